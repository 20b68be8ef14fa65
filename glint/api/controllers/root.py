# SPDX-License-Identifier: Apache-2.0

"""All addresses of the API, and what answers them."""

from collections.abc import Callable
import re
from typing import Any

import pecan
import webob
import webob.exc

from glint.api import microversion
from glint.api.controllers import version
from glint.api.controllers.v1 import credential
from glint.api.controllers.v1 import execution
from glint.api.controllers.v1 import image
from glint.api.controllers.v1 import image_copy
from glint.api.controllers.v1 import replica
from glint.api.controllers.v1 import replication
from glint.api.controllers.v1 import rule
from glint.api.controllers.v1 import site

Handler = Callable[..., Any]

_versions = version.VersionController()
_sites = site.SitesController()
_credentials = credential.CredentialsController()
_images = image.ImagesController()
_replications = replication.ReplicationsController()
_copies = image_copy.CopiesController()
_rules = rule.RulesController()
_replicas = replica.ReplicasController()
_executions = execution.ExecutionsController()

#: From each address to its methods. What is in braces is a UUID.
ROUTES: dict[str, dict[str, Handler]] = {
    '/': {'GET': _versions.index},
    '/v1': {'GET': _versions.show},
    '/v1/sites': {'GET': _sites.index, 'POST': _sites.create},
    '/v1/sites/{site_id}': {
        'GET': _sites.show,
        'PATCH': _sites.update,
        'DELETE': _sites.delete,
    },
    '/v1/credentials': {
        'GET': _credentials.index,
        'POST': _credentials.create,
    },
    '/v1/credentials/{credential_id}': {
        'GET': _credentials.show,
        'PATCH': _credentials.update,
        'DELETE': _credentials.delete,
    },
    '/v1/credentials/{credential_id}/check': {'POST': _credentials.check},
    '/v1/images': {'GET': _images.index},
    '/v1/replications': {
        'GET': _replications.index,
        'POST': _replications.create,
    },
    '/v1/replications/{replication_id}': {
        'GET': _replications.show,
        'PATCH': _replications.update,
        'DELETE': _replications.delete,
    },
    '/v1/replications/{replication_id}/cancel': {'PUT': _replications.cancel},
    '/v1/replications/{replication_id}/retry': {'PUT': _replications.retry},
    '/v1/replications/{replication_id}/copies': {'GET': _copies.index},
    '/v1/replications/{replication_id}/copies/{copy_id}': {
        'GET': _copies.show
    },
    '/v1/replications/{replication_id}/copies/{copy_id}/cancel': {
        'PUT': _copies.cancel
    },
    '/v1/replications/{replication_id}/copies/{copy_id}/retry': {
        'PUT': _copies.retry
    },
    '/v1/rules': {'GET': _rules.index, 'POST': _rules.create},
    '/v1/rules/{rule_id}': {
        'GET': _rules.show,
        'PATCH': _rules.update,
        'DELETE': _rules.delete,
    },
    '/v1/rules/{rule_id}/execute': {'PUT': _rules.execute},
    '/v1/rules/{rule_id}/takeover': {'PUT': _rules.takeover},
    '/v1/rules/{rule_id}/replicas': {'GET': _replicas.index},
    '/v1/rules/{rule_id}/executions': {'GET': _executions.index},
    '/v1/rules/{rule_id}/executions/{execution_id}': {'GET': _executions.show},
    '/v1/rules/{rule_id}/executions/{execution_id}/cancel': {
        'PUT': _executions.cancel
    },
    '/v1/rules/{rule_id}/executions/{execution_id}/approve': {
        'PUT': _executions.approve
    },
}

#: Addresses that need no token.
PUBLIC = ('/', '/v1')

#: The microversions that brought addresses, by what these begin with; the
#: others are as old as the API.
SINCE = {'/v1/rules': '1.1'}

_UUID = '([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})'
_PATTERNS = [
    (re.compile(re.sub(r'{\w+}', _UUID, path.rstrip('/')) + '/?'), methods)
    for path, methods in ROUTES.items()
]


def since(path: str) -> str:
    """:returns: the microversion that an address has been there from."""
    for prefix, version_ in SINCE.items():
        if path.startswith(prefix):
            return version_
    return microversion.VERSIONS[0]


class RootController:
    """Where pecan begins to look for what answers a call."""

    @pecan.expose()
    def _route(
        self, args: list[str], request: webob.Request
    ) -> tuple[Handler, list[str]]:
        """Look up the table, instead of pecan's walk through attributes."""
        for pattern, methods in _PATTERNS:
            match = pattern.fullmatch(request.path_info)
            if match is None:
                continue
            if not microversion.has(request.environ, since(request.path_info)):
                break
            method = 'GET' if request.method == 'HEAD' else request.method
            if method not in methods:
                raise webob.exc.HTTPMethodNotAllowed(
                    headers={'Allow': ', '.join(sorted(methods))}
                )
            return methods[method], list(match.groups())
        raise webob.exc.HTTPNotFound()
