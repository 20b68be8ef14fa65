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
