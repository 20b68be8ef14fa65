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

"""Tries credentials at their sites."""

from oslo_log import log
from oslo_utils import timeutils

from glint import states
from glint.conductor import access
from glint.db import credential as db_credential
from glint.db import engine
from glint.db import site as db_site
from glint.image import check as checks
from glint.image import failure
from glint.image import interrupt as interrupts

LOG = log.getLogger(__name__)


def check(context: engine.Context, credential_id: str) -> bool:
    """Try a credential and write to its row, and its site's, what came out.

    :returns: whether it works.
    :raises CredentialNotFound: if it is gone.
    """
    credential = db_credential.get(context, credential_id, None, None)
    try:
        session = access.open_session(
            context,
            credential.site_id,
            credential_id,
            interrupts.Interrupt(),
        )
        try:
            result = checks.check(session)
        finally:
            session.close()
    except failure.SiteFailure as e:
        LOG.info('Credential %s does not work: %s', credential_id, e.detail)
        # What may pass by itself says nothing against the credential.
        state = (
            states.CREDENTIAL_UNREACHABLE
            if e.retryable
            else states.CREDENTIAL_UNAUTHORIZED
        )
        db_credential.set_state(context, credential_id, state, e.detail)
        if e.retryable:
            db_site.set_health(
                context, credential.site_id, states.SITE_UNREACHABLE, e.detail
            )
        return False
    expires_at = result.expires_at
    db_credential.set_state(
        context,
        credential_id,
        states.CREDENTIAL_OK,
        None,
        expires_at=expires_at and timeutils.normalize_time(expires_at),
    )
    db_site.set_health(context, credential.site_id, states.SITE_OK, None)
    return True
