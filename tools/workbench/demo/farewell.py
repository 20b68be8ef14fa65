# SPDX-License-Identifier: Apache-2.0

"""What to type next."""

import json
import os
import pathlib
from typing import Any

from cloudlab import private_file


def show(
    root: pathlib.Path,
    lab: dict[str, Any],
    image: dict[str, Any],
    site_ids: list[str],
) -> None:
    """Write commands that work as they are printed.

    :param root: the folder of the quickstart.
    :param lab: what lab.json says.
    :param image: the record of the replicated image.
    :param site_ids: where it is now.
    """
    home = lab['clouds'][0]
    glint = lab['glint']['endpoint']
    private_file.write(root / 'auth.json', _auth(home['member']))
    folder = os.path.relpath(root)
    body = json.dumps(
        {'image_id': image['id'], 'target_site_ids': site_ids}, indent=2
    )
    body = body.replace('\n', '\n      ')
    print(f"""
What to type next

  A token of the user demo, for the calls below:
    TOKEN=$(curl -si -H 'Content-Type: application/json' \\
      -d @{folder}/auth.json {home['auth_url']}/auth/tokens \\
      | tr -d '\\r' | sed -n 's/^x-subject-token: //Ip')

  The sites that Glint knows, and what it has done:
    curl -sH "X-Auth-Token: $TOKEN" {glint}/v1/sites
    curl -sH "X-Auth-Token: $TOKEN" {glint}/v1/replications

  The same image once more: it is adopted, and no byte is sent:
    curl -sH "X-Auth-Token: $TOKEN" -H 'Content-Type: application/json' \\
      {glint}/v1/replications -d '{body}'

  Another image, from the beginning:    tools/quickstart
  Stop all servers, keep the data:      tools/quickstart --stop
  Stop all servers, remove everything:  tools/quickstart --clean

  For the openstack command, with --os-cloud home, west or east:
    export OS_CLIENT_CONFIG_FILE={folder}/lab/clouds.yaml
  and for its image replication commands:
    pip install python-openstackclient ./python-glintclient
    openstack --os-cloud home image replicate {image['name']} \\
      --to west --wait""")


def _auth(member: dict[str, str]) -> str:
    """Make the body of a request for a token."""
    user = {
        'name': member['username'],
        'password': member['password'],
        'domain': {'name': member['user_domain_name']},
    }
    project = {
        'name': member['project_name'],
        'domain': {'name': member['project_domain_name']},
    }
    identity = {'methods': ['password'], 'password': {'user': user}}
    scope = {'project': project}
    return json.dumps({'auth': {'identity': identity, 'scope': scope}})
