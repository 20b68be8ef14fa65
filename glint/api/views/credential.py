# SPDX-License-Identifier: Apache-2.0

"""How credentials look in answers: without their secrets."""

from typing import Any

from glint.api.views import moment


def view(credential: Any) -> dict[str, Any]:
    """:param credential: a row of the table of credentials."""
    return {
        'id': credential.id,
        'site_id': credential.site_id,
        'name': credential.name,
        'auth_type': credential.auth_type,
        'shared': credential.shared,
        'state': credential.state,
        'checked_at': moment.view(credential.checked_at),
        'detail': credential.detail,
        'expires_at': moment.view(credential.expires_at),
        'user_id': credential.user_id,
        'project_id': credential.project_id,
        'created_at': moment.view(credential.created_at),
    }
