# SPDX-License-Identifier: Apache-2.0

"""The calls on sites."""

from typing import Any

import pecan

from glint import context as glint_context
from glint import exception
from glint import policy
from glint.api import expose
from glint.api import pagination
from glint.api.schemas import site as schemas
from glint.api.views import site as views
from glint.db import listing
from glint.db import quota as db_quota
from glint.db import site as db_site
from glint.order import quota
from glint.policies import site as policies

Context = glint_context.RequestContext

_DEFAULTS = {
    'description': None,
    'region_name': None,
    'interface': 'public',
    'ca_cert': None,
    'enabled': True,
    'shared': False,
}


class SitesController:
    """``/v1/sites`` and below."""

    @expose.expose(
        query=schemas.index_request_query, answer=schemas.index_response_body
    )
    def index(self, query: dict[str, Any]) -> dict[str, Any]:
        context = pecan.request.context
        policy.authorize_own(context, policies.INDEX)
        project_id = context.project_id
        if query.get('all_projects'):
            policy.authorize_own(context, policies.ALL_PROJECTS)
            project_id = None
        page = pagination.wanted(query)
        rows = db_site.index(context, project_id, page)
        return pagination.answer('sites', rows, query, views.view)

    @expose.expose(
        body=schemas.create_request_body,
        answer=schemas.show_response_body,
        status=201,
    )
    def create(self, body: dict[str, Any]) -> dict[str, Any]:
        context = pecan.request.context
        policy.authorize_own(context, policies.CREATE)
        values = {**_DEFAULTS, **body}
        if values['shared']:
            policy.authorize_own(context, policies.SHARE)
        _normalize(values)
        _check_name(context, values['name'])
        site = db_site.create(
            context,
            limit=_limit(context, values['shared']),
            project_id=context.project_id,
            **values,
        )
        expose.locate(site.id)
        return views.view(site)

    @expose.expose(answer=schemas.show_response_body)
    def show(self, site_id: str) -> dict[str, Any]:
        context = pecan.request.context
        policy.authorize_own(context, policies.GET)
        return views.view(_get(context, site_id))

    @expose.expose(
        body=schemas.update_request_body, answer=schemas.show_response_body
    )
    def update(self, site_id: str, body: dict[str, Any]) -> dict[str, Any]:
        context = pecan.request.context
        site = _get(context, site_id)
        _authorize_change(context, policies.UPDATE, site)
        _normalize(body)
        values = {
            key: value
            for key, value in body.items()
            if value != getattr(site, key)
        }
        if 'shared' in values:
            policy.authorize_own(context, policies.SHARE)
        if 'name' in values:
            _check_name(context, values['name'])
        if values:
            site = db_site.update(
                context, site_id, _only_user(context), **values
            )
        return views.view(site)

    @expose.expose(query=schemas.delete_request_query, status=204)
    def delete(self, site_id: str, query: dict[str, Any]) -> None:
        context = pecan.request.context
        site = _get(context, site_id)
        _authorize_change(context, policies.DELETE, site)
        cascade = query.get('cascade', True)
        db_site.delete(context, site_id, context.user_id, cascade)


def _limit(context: Context, shared: bool) -> db_quota.Limit | None:
    """Say how many sites the project may have; shared ones are for all."""
    if shared:
        return None
    return quota.own(context, db_quota.SITES)


def _get(context: Context, site_id: str) -> Any:
    view = policy.view(context, policies.ALL_PROJECTS)
    return db_site.get(context, site_id, view)


def _authorize_change(context: Context, rule: str, site: Any) -> None:
    """Let through only who may change or delete a site.

    A shared one is in use by other projects, whose credentials are sent to
    it: to be a member of its project is not enough.
    """
    if site.home:
        raise exception.HomeSiteFixed()
    policy.authorize(context, rule, {'project_id': site.project_id})
    if site.shared:
        policy.authorize_own(context, policies.SHARE)


def _only_user(context: Context) -> str | None:
    """Say whose credentials alone may be sent elsewhere; None for all.

    Users must not have the secrets of others sent to where they like.
    Operators may: they move a shared site when its cloud has moved.
    """
    if policy.allows(context, policies.SHARE, {}):
        return None
    return context.user_id


def _normalize(values: dict[str, Any]) -> None:
    if 'auth_url' in values:
        values['auth_url'] = values['auth_url'].rstrip('/')


def _check_name(context: Context, name: str) -> None:
    """Keep names unique among the sites that a project can see."""
    page = listing.Page(limit=1, filters={'name': name})
    if db_site.index(context, context.project_id, page):
        raise exception.SiteExists(name=name)
