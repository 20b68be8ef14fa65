# SPDX-License-Identifier: Apache-2.0

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
