# SPDX-License-Identifier: Apache-2.0

"""The demonstration: an image is made, replicated, and read back."""

import concurrent.futures
import datetime
import hashlib
import json
import os
import pathlib
import sys
from typing import Any

from openstack import exceptions
from openstack.image.v2 import image as images

from cloudlab import program
from workbench.demo import cd
from workbench.demo import clouds
from workbench.demo import screen


def _make_image(root: pathlib.Path, home: clouds.Cloud) -> images.Image:
    """Give the home cloud an image that no cloud has yet."""
    print('[2/5] Making a CD image that boots')
    known = [image.name or '' for image in home.image.images()]
    number = sum('quickstart-' in name for name in known) + 1
    name = f'quickstart-{number}'
    path = root / f'{name}.iso'
    try:
        cd.make(path, name)
        made = home.image.create_image(
            name,
            filename=str(path),
            disk_format='iso',
            container_format='bare',
            os_distro='none',
            allow_duplicates=True,
        )
    finally:
        path.unlink(missing_ok=True)
    image: images.Image = home.image.get_image(made.id)
    program.say(
        f'{name}, {screen.mib(image.size)}, uploaded to {home.name} as '
        f'{image.id}'
    )
    return image


def _register(
    glint: Any, others: list[clouds.Cloud]
) -> dict[str, clouds.Cloud]:
    """Make the other clouds known to Glint.

    :returns: the clouds, by the ids of their sites.
    """
    print('[3/5] Telling Glint of the other clouds')
    found = {}
    for cloud in others:
        site_id, state = clouds.register(glint, cloud)
        found[site_id] = cloud
        program.say(
            f'{cloud.name:<5} {cloud.auth["auth_url"]}  application '
            f'credential: {state}'
        )
    program.say('home  needs no credential: Glint is in its catalog')
    return found


def _replicate(
    glint: Any, image: images.Image, sites: dict[str, clouds.Cloud]
) -> dict[str, str]:
    """Have the image copied to all sites, and watch it.

    :returns: the ids of the copies, by the ids of the sites.
    """
    print('[4/5] Replicating')
    asked = glint.create_replication(
        image_id=image.id, target_site_ids=list(sites)
    )
    program.say(f'POST /v1/replications: 202, {asked.id}')
    with screen.Bars({key: c.name for key, c in sites.items()}) as bars:
        done = glint.wait_for_replication(
            asked, interval=0.2, callback=lambda now: bars.show(now.copies)
        )
    began, ended = map(
        datetime.datetime.fromisoformat, (done.started_at, done.finished_at)
    )
    program.say(
        f'{image.name} went to {len(sites)} clouds in '
        f'{(ended - began).total_seconds():.1f} s.'
    )
    return {c.target_site_id: c.target_image_id for c in done.copies}


def _compare(
    image: images.Image, copies: dict[str, str], sites: dict[str, clouds.Cloud]
) -> None:
    """Download what the other clouds have, and compare it."""

    def sha512(site_id: str) -> str:
        answer = sites[site_id].image.download_image(
            copies[site_id], stream=True
        )
        return hashlib.file_digest(answer.raw, 'sha512').hexdigest()

    with concurrent.futures.ThreadPoolExecutor() as pool:
        hashes = set(pool.map(sha512, copies))
    names = ' and '.join(sites[site_id].name for site_id in copies)
    if hashes != {image.hash_value}:
        sys.exit(f'The bytes downloaded from {names} differ.')
    program.say(
        f'Downloaded from {names} once more: the same {image.size} bytes.'
    )


def _farewell(
    root: pathlib.Path,
    home: clouds.Cloud,
    image: images.Image,
    site_ids: list[str],
) -> None:
    """Write commands that work as they are printed."""
    folder = os.path.relpath(root)
    endpoint = home.session.get_endpoint(service_type='image-replication')
    body = json.dumps({'image_id': image.id, 'target_site_ids': site_ids})
    print(f"""
What to type next

  For the openstack command, as the user demo of the cloud home:
    export OS_CLIENT_CONFIG_FILE={folder}/lab/clouds.yaml OS_CLOUD=home
    PATH=$PWD/{folder}/venv/bin:$PATH
    openstack image replication site list
    openstack image replicate {image.name} --to west --wait

  For calls of the API, a token first:
    TOKEN=$(openstack token issue -f value -c id)
    curl -sH "X-Auth-Token: $TOKEN" {endpoint}/v1/sites
    curl -sH "X-Auth-Token: $TOKEN" {endpoint}/v1/replications

  The same image once more: it is adopted, and no byte is sent:
    curl -sH "X-Auth-Token: $TOKEN" -H 'Content-Type: application/json' \\
      {endpoint}/v1/replications \\
      -d '{body}'

  Another image, from the beginning:    tools/quickstart
  Stop all servers, keep the data:      tools/quickstart --stop
  Stop all servers, remove everything:  tools/quickstart --clean""")


def main(root: pathlib.Path, *names: str) -> None:
    """Show it all.

    :param root: the folder of the quickstart.
    :param names: of the clouds; Glint belongs to the first one.
    """
    home, *others = map(clouds.connect, names)
    glint: Any = home.image_replication
    image = _make_image(root, home)
    sites = _register(glint, others)
    copies = _replicate(glint, image, sites)
    print('[5/5] Asking each Glance what it has')
    screen.matrix(
        {c.name: c.image.images(status='active') for c in (home, *others)}
    )
    _compare(image, copies, sites)
    _farewell(root, home, image, list(sites))


if __name__ == '__main__':
    program.margin = 6 * ' '
    try:
        main(pathlib.Path(sys.argv[1]), *sys.argv[2:])
    except exceptions.SDKException as error:
        sys.exit(f'{error}')
