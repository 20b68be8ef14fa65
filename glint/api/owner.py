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
