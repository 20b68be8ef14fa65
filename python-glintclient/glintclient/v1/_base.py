# SPDX-License-Identifier: Apache-2.0

"""What all resources have in common."""

from collections.abc import Iterable
from collections.abc import Sequence
from typing import Any
from typing import Self

from keystoneauth1 import adapter
from openstack import exceptions
from openstack import resource
from openstack import utils
import requests


class Resource(resource.Resource):
    """A resource of the image replication service."""

    _max_microversion = '1.0'

    @property
    def label(self) -> str:
        """What tells it apart from others of the same name."""
        return self.id

    @classmethod
    def given_id(cls, value: Any) -> Any:
        """Return an id that was given, or that of a resource.

        :raises openstack.exceptions.InvalidRequest: if it is empty, as the
            address with it is that of the list.
        """
        found = cls._get_id(value)
        if found == '':
            raise exceptions.InvalidRequest(
                'A name or ID is empty; give that of one of the '
                f'{cls.resources_key}.'
            )
        return found

    def _prepare_request(self, **options: Any) -> Any:
        self.given_id(self)
        return super()._prepare_request(**options)

    def act(
        self,
        session: adapter.Adapter,
        verb: str,
        body: dict[str, Any] | None = None,
    ) -> Self:
        """Have something done with it.

        :param session: the proxy.
        :param verb: what the address ends with.
        :param body: what else there is to say.
        :returns: itself, as it is then.
        """
        self._translate_response(self.put(session, verb, body))
        return self

    def put(
        self,
        session: adapter.Adapter,
        verb: str,
        body: dict[str, Any] | None = None,
    ) -> requests.Response:
        """Have something done with it whose answer is another resource.

        :param session: the proxy.
        :param verb: what the address ends with.
        :param body: what else there is to say.
        :returns: the answer.
        """
        said = {} if body is None else {'json': body}
        return session.put(
            utils.urljoin(self._prepare_request(requires_id=True).url, verb),
            microversion=self._get_microversion(session),
            **said,
        )

    @classmethod
    def only(cls, name: str, found: Sequence[Self]) -> Self:
        """Return the only one of some, or list all of them.

        :param name: what they were found by.
        :param found: at least one.
        :raises openstack.exceptions.DuplicateResource: if there are more.
        """
        if len(found) > 1:
            raise exceptions.DuplicateResource(
                f'{len(found)} {cls.resources_key} are called {name}; name '
                'one of them by its ID:\n'
                + '\n'.join(f'  {item.label}' for item in found)
            )
        return found[0]

    @classmethod
    def _get_one_match(
        cls, name_or_id: str, results: Iterable[Self]
    ) -> Self | None:
        found = [i for i in results if name_or_id in (i.id, i.name)]
        return cls.only(name_or_id, found) if found else None
