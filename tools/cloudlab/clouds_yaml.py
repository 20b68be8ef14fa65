# SPDX-License-Identifier: Apache-2.0

"""The clouds.yaml of a lab, for openstacksdk and the openstack command."""

import json

from cloudlab import plan
from cloudlab import private_file


def write(lab: plan.Lab) -> None:
    """Write clouds.yaml: NAME is a cloud's member, NAME-admin its admin."""
    entries = {}
    for cloud in lab.clouds:
        for suffix, account in (
            ('', cloud.member),
            ('-admin', cloud.admin),
            ('-reader', cloud.reader),
            ('-other', cloud.other),
        ):
            entries[cloud.name + suffix] = {
                'auth_type': 'password',
                'auth': {
                    'auth_url': cloud.auth_url,
                    'username': account.username,
                    'password': account.password,
                    'user_domain_name': account.user_domain_name,
                    'project_name': account.project_name,
                    'project_domain_name': account.project_domain_name,
                },
                'region_name': cloud.region_name,
                'identity_api_version': '3',
            }
    # Each JSON document is a YAML document, too.
    text = json.dumps({'clouds': entries}, indent=2) + '\n'
    private_file.write(lab.path / 'clouds.yaml', text)
