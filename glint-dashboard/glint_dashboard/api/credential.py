# SPDX-License-Identifier: Apache-2.0

"""Calls on credentials."""

from typing import Any

from django.http import HttpRequest
from django.views.decorators import debug

from glint_dashboard.api import adapter


def index(request: HttpRequest) -> list[dict[str, Any]]:
    """List the credentials of the user and those shared in the project."""
    return list(
        adapter.index(request, 'credentials', sort_key='name', sort_dir='asc')
    )


@debug.sensitive_variables()
def create(request: HttpRequest, **values: Any) -> Any:
    return adapter.call(request, 'POST', 'credentials', values)


def check(request: HttpRequest, credential_id: str) -> Any:
    path = f'credentials/{credential_id}/check'
    return adapter.call(request, 'POST', path)


def delete(request: HttpRequest, credential_id: str) -> None:
    adapter.call(request, 'DELETE', f'credentials/{credential_id}')
