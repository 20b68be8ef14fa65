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

"""What goes wrong with calls of the image replication service.

Horizon learns of these classes while it reads its settings, so this module
imports nothing.
"""


class ServiceError(Exception):
    """The service refused a call, or could not be asked.

    The text is the service's own sentence.

    :ivar code: what went wrong, such as ``image-replication.site.in_use``.
    :ivar status: of HTTP, None where there was no answer.
    """

    def __init__(
        self, sentence: str, code: str = '', status: int | None = None
    ) -> None:
        super().__init__(sentence)
        self.code = code
        self.status = status


class NotFound(ServiceError):
    """What is asked for does not exist, or not for this user."""
