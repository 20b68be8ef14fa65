# SPDX-License-Identifier: Apache-2.0

"""Decides whether a caller may do something."""

import functools
from typing import Any

from oslo_policy import policy

from glint import conf
from glint import context as glint_context
from glint import exception
from glint import policies

Context = glint_context.RequestContext


@functools.cache
def get_enforcer() -> policy.Enforcer:
    """:returns: the enforcer of this process, with all rules."""
    enforcer = policy.Enforcer(conf.CONF)
    enforcer.register_defaults(policies.list_rules())
    return enforcer


def reset() -> None:
    """Forget the rules, so that they are read again."""
    get_enforcer.cache_clear()


def allows(context: Context, rule: str, target: dict[str, Any]) -> bool:
    """Tell whether a caller may do something.

    :param context: the context of the request.
    :param rule: the name of a registered rule.
    :param target: project_id, and user_id where the rule asks for it, of
        what is to be used.
    """
    return get_enforcer().authorize(rule, target, context)


def authorize(context: Context, rule: str, target: dict[str, Any]) -> None:
    """Let through only a caller who may do something.

    :param context: the context of the request.
    :param rule: the name of a registered rule.
    :param target: project_id, and user_id where the rule asks for it, of
        what is to be used.
    :raises Forbidden: if the caller may not.
    """
    if not allows(context, rule, target):
        raise exception.Forbidden(rule=rule)


def authorize_own(context: Context, rule: str) -> None:
    """Let through only who may do something with what is their own.

    :param context: the context of the request.
    :param rule: the name of a registered rule.
    :raises Forbidden: if the caller may not.
    """
    authorize(context, rule, _own(context))


def view(context: Context, rule: str) -> str | None:
    """Say whose things a caller can see one by one.

    :param context: the context of the request.
    :param rule: the rule of those who see the things of all projects.
    :returns: the id of the caller's project; None if it is all projects.
    :raises NoProject: if the caller has no project.
    """
    if allows(context, rule, _own(context)):
        return None
    if not context.project_id:
        raise exception.NoProject()
    return context.project_id


def _own(context: Context) -> dict[str, Any]:
    return {'project_id': context.project_id, 'user_id': context.user_id}
