# Licensed under the Apache License, Version 2.0 (the "License"); you may
# not use this file except in compliance with the License. You may obtain
# a copy of the License at
#
#      http://www.apache.org/licenses/LICENSE-2.0
#
# Unless required by applicable law or agreed to in writing, software
# distributed under the License is distributed on an "AS IS" BASIS, WITHOUT
# WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied. See the
# License for the specific language governing permissions and limitations
# under the License.

"""Which sites and credentials a replication uses."""

from typing import Any

from glint import context as glint_context
from glint import exception
from glint.api import home
from glint.api import owner as owners
from glint.db import credential as db_credential
from glint.db import site as db_site

Context = glint_context.RequestContext


def site(context: Context, site_id: str, owner: owners.Owner) -> Any:
    """Find a site to copy from or to.

    :param owner: whose replication it is for.
    :raises UnknownSite: if there is none that the project can see.
    :raises SiteDisabled: if it is not to be used.
    """
    try:
        found = db_site.get(context, site_id, owner.project_id)
    except exception.SiteNotFound:
        raise exception.UnknownSite(site_id=site_id) from None
    if not found.enabled:
        raise exception.SiteDisabled(name=found.name)
    return found


def credential(context: Context, at: Any, owner: owners.Owner) -> str:
    """Find the credential to use at a site; make a trust if it is home.

    :param at: the site.
    :param owner: whose replication it is for; the own credentials of the
        user come before those that others share in the project.
    :returns: the id of the credential.
    :raises NoCredential: if there is none.
    """
    if at.home and owner == owners.caller(context):
        return str(home.credential_for_home(context).id)
    found = db_credential.choose(context, at.id, *owner)
    if found is None:
        raise exception.NoCredential(name=at.name)
    return found.id
