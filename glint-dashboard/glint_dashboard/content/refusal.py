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

"""What the service says when an action of a table is refused."""

from collections.abc import Iterator
import contextlib

from django.http import HttpRequest
from horizon import exceptions
from horizon import messages

from glint_dashboard import exception


@contextlib.contextmanager
def told(request: HttpRequest) -> Iterator[None]:
    """Show the service's sentence instead of Horizon's "Unable to".

    :raises HandledException: which Horizon's actions say nothing about.
    """
    try:
        yield
    except exception.ServiceError as error:
        messages.error(request, str(error))
        wrapped = [type(error), error, error.__traceback__]
        raise exceptions.HandledException(wrapped) from None
