# SPDX-License-Identifier: Apache-2.0

"""Glint, as its user sees it."""

from collections.abc import Sequence
from typing import Any

from workbench.demo import cloud as clouds


class Glint:
    """The Glint in a cloud's catalog.

    :param home: the cloud.
    """

    def __init__(self, home: clouds.Cloud) -> None:
        self._session = home.session

    def _call(self, method: str, path: str, body: Any = None) -> Any:
        return self._session.request(
            path,
            method,
            endpoint_filter={'service_type': 'image-replication'},
            json=body,
        ).json()

    def site(self, cloud: clouds.Cloud) -> str:
        """Return the id of a cloud's site; it is made if there is none."""
        for site in self._call('GET', '/v1/sites')['sites']:
            if site['auth_url'] == cloud.auth_url:
                return str(site['id'])
        body = {
            'name': cloud.name,
            'auth_url': cloud.auth_url,
            'region_name': cloud.region_name,
        }
        return str(self._call('POST', '/v1/sites', body)['id'])

    def credential(self, cloud: clouds.Cloud, site_id: str) -> str:
        """Return the state of the credential at a site; maybe a new one."""
        path = f'/v1/credentials?site_id={site_id}'
        for credential in self._call('GET', path)['credentials']:
            return str(credential['state'])
        body = {
            'site_id': site_id,
            'name': 'quickstart',
            'auth_type': 'v3applicationcredential',
            'auth': cloud.application_credential(),
        }
        return str(self._call('POST', '/v1/credentials', body)['state'])

    def replicate(
        self, image_id: str, site_ids: Sequence[str]
    ) -> dict[str, Any]:
        """Ask for an image to be copied, and return the replication."""
        body = {'image_id': image_id, 'target_site_ids': site_ids}
        replication: dict[str, Any] = self._call(
            'POST', '/v1/replications', body
        )
        return replication

    def replication(self, replication_id: str) -> dict[str, Any]:
        """Return a replication with its copies."""
        replication: dict[str, Any] = self._call(
            'GET', f'/v1/replications/{replication_id}'
        )
        return replication
