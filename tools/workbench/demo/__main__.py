# SPDX-License-Identifier: Apache-2.0

"""The demonstration: an image is made, replicated, and read back."""

import concurrent.futures
import datetime
import json
import pathlib
import sys
from typing import Any

from keystoneauth1 import exceptions

from workbench.demo import cloud as clouds
from workbench.demo import farewell
from workbench.demo import glint as glints
from workbench.demo import iso
from workbench.demo import matrix
from workbench.demo import screen
from workbench.demo import watch


def _make_image(root: pathlib.Path, home: clouds.Cloud) -> dict[str, Any]:
    """Give the home cloud an image that no cloud has yet."""
    print('[2/5] Making a CD image that boots')
    images = home.images()
    number = sum('quickstart-' in str(i['name']) for i in images) + 1
    name = f'quickstart-{number}'
    path = root / f'{name}.iso'
    try:
        iso.make(path, name)
        image = home.upload(path, name)
    finally:
        path.unlink(missing_ok=True)
    screen.say(
        f'{name}, {screen.mib(image["size"])}, uploaded to {home.name} as '
        f'{image["id"]}'
    )
    return image


def _register(
    glint: glints.Glint, others: list[clouds.Cloud]
) -> dict[str, str]:
    """Make the other clouds known to Glint.

    :returns: their names, by the ids of their sites.
    """
    print('[3/5] Telling Glint of the other clouds')
    names = {}
    for cloud in others:
        site_id = glint.site(cloud)
        state = glint.credential(cloud, site_id)
        names[site_id] = cloud.name
        screen.say(
            f'{cloud.name:<5} {cloud.auth_url}  application credential: '
            f'{state}'
        )
    screen.say('home  needs no credential: Glint is in its catalog')
    return names


def _replicate(
    glint: glints.Glint, image: dict[str, Any], names: dict[str, str]
) -> dict[str, Any]:
    """Have the image copied to all sites, and watch it."""
    print('[4/5] Replicating')
    replication = glint.replicate(image['id'], list(names))
    screen.say(f'POST /v1/replications: 202, {replication["id"]}')
    replication = watch.watch(glint, replication['id'], names)
    for copy in replication['copies']:
        if copy['state'] != 'completed':
            name = names[copy['target_site_id']]
            sys.exit(f'{name}: {copy["error"] or copy["state"]}')
    began, ended = (
        datetime.datetime.fromisoformat(replication[key])
        for key in ('started_at', 'finished_at')
    )
    seconds = (ended - began).total_seconds()
    screen.say(
        f'{image["name"]} went to {len(names)} clouds in {seconds:.1f} s.'
    )
    return replication


def _compare(
    image: dict[str, Any],
    replication: dict[str, Any],
    others: dict[str, clouds.Cloud],
) -> None:
    """Download what the other clouds have, and compare it."""
    copies = [
        (others[copy['target_site_id']], copy['target_image_id'])
        for copy in replication['copies']
    ]
    with concurrent.futures.ThreadPoolExecutor() as pool:
        hashes = list(pool.map(lambda copy: copy[0].sha512(copy[1]), copies))
    names = ' and '.join(cloud.name for cloud, _image_id in copies)
    if set(hashes) != {image['os_hash_value']}:
        sys.exit(f'The bytes downloaded from {names} differ.')
    screen.say(
        f'Downloaded from {names} once more: the same {image["size"]} bytes.'
    )


def main(root: pathlib.Path) -> None:
    """Show it all.

    :param root: the folder of the quickstart.
    """
    lab = json.loads((root / 'lab' / 'lab.json').read_text())
    home, *others = (clouds.Cloud(record) for record in lab['clouds'])
    glint = glints.Glint(home)
    image = _make_image(root, home)
    names = _register(glint, others)
    replication = _replicate(glint, image, names)
    print('[5/5] Asking each Glance what it has')
    matrix.show([home, *others])
    by_name = {cloud.name: cloud for cloud in others}
    _compare(
        image,
        replication,
        {site_id: by_name[name] for site_id, name in names.items()},
    )
    farewell.show(root, lab, image, list(names))


if __name__ == '__main__':
    try:
        main(pathlib.Path(sys.argv[1]))
    except exceptions.ClientException as error:
        sys.exit(f'{error}')
