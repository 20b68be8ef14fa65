# SPDX-License-Identifier: Apache-2.0

"""Sites by name: the API knows them by their ids."""

from typing import Any

from osc_lib import exceptions

from glintclient.i18n import _
from glintclient.v1 import site as _site

Site = _site.Site


class SiteNames:
    """All sites that the user sees, listed once.

    :param client: the proxy.
    :param query: which sites, if not those of the project.
    """

    def __init__(self, client: Any, **query: Any) -> None:
        self.all: list[Site] = list(client.sites(**query))
        self._names = {item.id: item.name for item in self.all}

    @property
    def home(self) -> Site:
        """The site that Glint belongs to."""
        return next(item for item in self.all if item.home)

    def find(self, name_or_id: str) -> Site:
        """Find a site by its name or id.

        :raises CommandError: if there is none.
        :raises openstack.exceptions.DuplicateResource: if there are several.
        """
        for item in self.all:
            if item.id == name_or_id:
                return item
        found = [item for item in self.all if item.name == name_or_id]
        if not found:
            raise exceptions.CommandError(
                _('There is no site %(name)s. Your sites are %(all)s.')
                % {
                    'name': name_or_id,
                    'all': ', '.join(sorted(self._names.values())),
                }
            )
        return Site.only(name_or_id, found)

    def name(self, site_id: str) -> str:
        """Return the name of a site, its id if it is not to be seen."""
        return self._names.get(site_id, site_id)

    def word(self, site_id: str) -> str:
        """Return what :meth:`find` finds a site by.

        :returns: the name, but the id where several sites have the name.
        """
        name = self.name(site_id)
        several = list(self._names.values()).count(name) > 1
        return site_id if several else name
