# SPDX-License-Identifier: Apache-2.0

"""What the user may do, by the rules of the service."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from openstack_dashboard import policy

from glint_dashboard.api import adapter


def rule(name: str) -> tuple[str, str]:
    """Name a rule as Horizon does.

    :param name: as ``site:create``.
    """
    return (adapter.SERVICE_TYPE, f'{adapter.SERVICE_TYPE}:{name}')


def allows(
    request: HttpRequest, name: str, target: Mapping[str, Any] | None = None
) -> bool:
    """Tell whether the user may do something.

    :param name: of the rule, as ``site:create``.
    :param target: what it is done to; without it, something of the user's
        project.
    """
    return bool(policy.check((rule(name),), request, dict(target or {})))
