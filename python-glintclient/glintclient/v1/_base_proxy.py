# SPDX-License-Identifier: Apache-2.0

"""What all calls have in common."""

from collections.abc import Generator
import inspect
from typing import Any

from openstack import exceptions
from openstack import fields
from openstack import proxy
from openstack import resource
import requests

from glintclient import exceptions as errors

#: What openstacksdk takes for every list, beside filters.
_OF_LISTS = {
    'jmespath_filters',
    *inspect.signature(resource.Resource.list).parameters,
}


class Proxy(proxy.Proxy):
    """Turns errors into exceptions, and takes no filter that is none."""

    def request(
        self, url: str, method: str, *args: Any, **kwargs: Any
    ) -> requests.Response:
        """Send a request.

        :returns: the answer, which is no error.
        :raises openstack.exceptions.HttpException: for one that is.
        """
        if 'json' in kwargs:
            # keystoneauth would write the body to the debug log, and that of
            # a credential has its secret.
            kwargs.setdefault('log', '/credentials' not in f'/{url}')
        response = super().request(url, method, *args, **kwargs)
        errors.raise_from_response(response)
        return response

    def _list(
        self,
        resource_type: type[resource.ResourceT],
        *args: Any,
        **attrs: Any,
    ) -> Generator[resource.ResourceT, None, None]:
        # openstacksdk leaves out what it does not know.
        unknown = {key for key in attrs if not _is_known(resource_type, key)}
        if unknown:
            raise exceptions.InvalidResourceQuery(
                f'A list of {resource_type.resources_key} cannot be filtered '
                f'by {", ".join(sorted(unknown))}.',
                extra_data=unknown,
            )
        return super()._list(resource_type, *args, **attrs)


def _is_known(resource_type: type[resource.Resource], key: str) -> bool:
    """Say whether a list can be filtered by a key."""
    # By a field that the server does not filter by, openstacksdk filters.
    return (
        key in resource_type._query_mapping._mapping
        or key in _OF_LISTS
        or isinstance(vars(resource_type).get(key), fields.Body | fields.URI)
    )
