# SPDX-License-Identifier: Apache-2.0

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


class InputError(Exception):
    """What a user has filled in or uploaded cannot be understood.

    The text says what is wrong with it.
    """
