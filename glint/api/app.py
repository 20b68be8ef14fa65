# SPDX-License-Identifier: Apache-2.0

"""The WSGI application of the API."""

from collections.abc import Callable
from typing import Any

from keystonemiddleware import auth_token
import microversion_parse.middleware
from oslo_config import cfg
from oslo_middleware import healthcheck
from oslo_middleware import http_proxy_to_wsgi
from oslo_middleware import request_id
from oslo_middleware import sizelimit
from oslo_middleware.healthcheck import opts as healthcheck_opts
import pecan
import pecan.core
from webob import multidict

from glint import conf
from glint.api import audit
from glint.api import errors
from glint.api import hooks
from glint.api import microversion
from glint.api import remainder
from glint.api import slots
from glint.api.controllers import root

Application = Callable[[dict[str, Any], Any], Any]


class _Request(pecan.core.Request):
    """Leaves query and body alone: :mod:`glint.api.validation` reads them."""

    GET = params = multidict.NoVars('')
    json = None


def make_app() -> Application:
    """Make the application; connects to nothing yet.

    :returns: a WSGI application.
    """
    slots.prepare()
    application: Application = pecan.make_app(
        root.RootController(),
        hooks=[hooks.AnswerJSON(), hooks.Context(), hooks.Errors()],
        request_cls=_Request,
        default_renderer='json',
        force_canonical=False,
        guess_content_type_from_ext=False,
    )
    # The innermost first.
    for wrap in (
        # Inside of the identity headers, so that it knows who calls, and of
        # the errors' bodies, for it passes answers on as they are.
        _audit,
        # Who calls: everything inside can rely on the identity headers.
        _authenticate,
        # Outside of it, so that also a 401 says which version answered.
        _negotiate_version,
        # Before anything reads the body.
        sizelimit.RequestBodySizeLimiter,
        # Outside of it, so that also a 413 arrives.
        remainder.Remainder,
        # Gives the errors of all of the above their body.
        errors.Errors,
        # For load balancers: no token and no version, and it is no error
        # of the API if the database is down.
        _check_health,
        # Makes links as clients see the address, before any are made.
        http_proxy_to_wsgi.HTTPProxyToWSGI,
        # Outermost: everything has a request id, also in the log.
        request_id.RequestId,
    ):
        application = wrap(application)
    return application


def _audit(application: Application) -> Application:
    """Note all calls with a token, if the operator wants it."""
    if not conf.CONF.audit.enabled:
        return application
    middleware: Application = audit.make_middleware(application, root.PUBLIC)
    return middleware


def _authenticate(application: Application) -> Application:
    """Ask for a token, but for the version documents."""
    for name, value in (
        ('service_type', microversion.SERVICE_TYPE),
        # Only a service can make up for a token that has expired.
        ('service_token_roles_required', True),
    ):
        conf.CONF.set_default(name, value, group='keystone_authtoken')
    protected = auth_token.AuthProtocol(
        application, {'oslo_config_config': conf.CONF}
    )

    def choose(environ: dict[str, Any], start_response: Any) -> Any:
        path = environ.get('PATH_INFO', '').rstrip('/') or '/'
        public = path in root.PUBLIC
        return (application if public else protected)(environ, start_response)

    return choose


def _negotiate_version(application: Application) -> Application:
    middleware: Application = (
        microversion_parse.middleware.MicroversionMiddleware(
            application, microversion.SERVICE_TYPE, microversion.VERSIONS
        )
    )
    return middleware


def _check_health(application: Application) -> Application:
    """Answer ``/healthcheck``; the middleware would answer every path."""
    cfg.set_defaults(
        healthcheck_opts.HEALTHCHECK_OPTS,
        backends=['glint_database', 'glint_messaging'],
    )
    health = healthcheck.Healthcheck(None, {})

    def choose(environ: dict[str, Any], start_response: Any) -> Any:
        health_asked = environ.get('PATH_INFO') == '/healthcheck'
        return (health if health_asked else application)(
            environ, start_response
        )

    return choose
