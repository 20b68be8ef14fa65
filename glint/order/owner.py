# SPDX-License-Identifier: Apache-2.0

"""Whose sites and credentials are used."""

from typing import NamedTuple

from glint import context as glint_context
from glint import exception


class Owner(NamedTuple):
    """A user in a project."""

    project_id: str
    user_id: str


def caller(context: glint_context.RequestContext) -> Owner:
    """Say who calls.

    :param context: the context of the request.
    :raises NoProject: if the caller has no project.
    """
    if not context.project_id or not context.user_id:
        raise exception.NoProject()
    return Owner(context.project_id, context.user_id)
