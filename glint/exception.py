# SPDX-License-Identifier: Apache-2.0

"""Every error that the API can answer, with its stable code.

``code`` is what programs match on, prefixed with ``image-replication.`` in
answers: once released, a code is never changed. ``status`` is the HTTP
status, ``title`` one short line, and the message a sentence that says what
is wrong and what to do about it.
"""

from typing import Any
from typing import ClassVar

from glint.i18n import _


class GlintException(Exception):
    """Base of all errors; the keyword arguments fill ``msg_fmt``."""

    status: ClassVar[int] = 500
    code: ClassVar[str] = 'internal'
    title: ClassVar[str] = 'Internal error'
    msg_fmt: ClassVar[str] = _('An unexpected error occurred.')
    #: Which of the keyword arguments are in answers, for programs.
    fields: ClassVar[tuple[str, ...]] = ()
    #: After how many seconds another try is worth it, if that is known.
    retry_after: ClassVar[int | None] = None

    def __init__(self, message: str | None = None, **kwargs: Any) -> None:
        self.kwargs = kwargs
        super().__init__(message or self.msg_fmt % kwargs)

    @property
    def for_operators(self) -> str:
        """What logs and commands say, which only operators read."""
        return str(self)


class BadRequest(GlintException):
    status = 400
    code = 'request.invalid'
    title = 'Invalid request'
    msg_fmt = _('The request is not valid: %(reason)s')


class Unauthorized(GlintException):
    status = 401
    code = 'request.unauthorized'
    title = 'Unauthorized'
    msg_fmt = _(
        'Send a valid token in X-Auth-Token; this one is missing, wrong or '
        'has expired.'
    )


class UnknownSite(BadRequest):
    code = 'replication.unknown_site'
    title = 'Unknown site'
    msg_fmt = _(
        'There is no site %(site_id)s that you can use. The list of sites has '
        'those that there are.'
    )


class SiteDisabled(BadRequest):
    code = 'replication.site_disabled'
    title = 'Site disabled'
    msg_fmt = _(
        'The site %(name)s is disabled. Enable it or choose another one.'
    )


class SourceIsTarget(BadRequest):
    code = 'replication.source_is_target'
    title = 'Source and target are the same'
    msg_fmt = _(
        'The site %(name)s is the source of this replication, so it cannot be '
        'a target as well.'
    )


class NoCredential(BadRequest):
    code = 'replication.no_credential'
    title = 'No credential for a site'
    msg_fmt = _(
        'You have no credential for the site %(name)s. Register one, or ask a '
        'member of your project to share theirs.'
    )


class UnknownCredential(BadRequest):
    code = 'replication.unknown_credential'
    title = 'Unknown credential'
    msg_fmt = _(
        'There is no credential %(id)s that you can use. The list of '
        'credentials has those that there are.'
    )


class CredentialMismatch(BadRequest):
    code = 'replication.credential_mismatch'
    title = 'Credentials and sites do not match'
    msg_fmt = _('The credential %(id)s cannot be used here: %(reason)s')


class CredentialRejected(BadRequest):
    code = 'credential.rejected'
    title = 'Credential rejected'
    msg_fmt = _(
        'The credential was not stored, as its site does not take it: '
        '%(reason)s It can be stored without a check nevertheless.'
    )


class TrustRefused(BadRequest):
    code = 'credential.trust_refused'
    title = 'Trust refused'
    msg_fmt = _(
        'The home Keystone did not let you delegate to Glint: %(reason)s '
        'Register a credential for the home site instead, once.'
    )


class Forbidden(GlintException):
    status = 403
    code = 'request.forbidden'
    title = 'Forbidden'
    msg_fmt = _('Your roles do not allow this (rule %(rule)s).')


class NoProject(GlintException):
    status = 403
    code = 'request.no_project'
    title = 'No project'
    msg_fmt = _('Send a token that is for a project.')


class OverQuota(GlintException):
    status = 403
    code = 'quota.exceeded'
    title = 'Quota exceeded'
    msg_fmt = _(
        'The project has %(used)s of at most %(limit)s %(resource)s, so it '
        'cannot have %(requested)s more. Delete what is not needed, or cancel '
        'replications, or ask the operator of the cloud for a higher limit.'
    )
    fields = ('resource', 'limit', 'used', 'requested')


class HomeSiteFixed(GlintException):
    status = 403
    code = 'site.home'
    title = 'The home site is fixed'
    msg_fmt = _(
        'The home site is set in the configuration of Glint and can be '
        'neither changed nor deleted through the API.'
    )


class NotFound(GlintException):
    status = 404
    code = 'request.not_found'
    title = 'Not found'
    msg_fmt = _('There is nothing at this address.')


class SiteNotFound(NotFound):
    code = 'site.not_found'
    title = 'Site not found'
    msg_fmt = _('There is no site %(id)s.')


class CredentialNotFound(NotFound):
    code = 'credential.not_found'
    title = 'Credential not found'
    msg_fmt = _('There is no credential %(id)s.')


class ReplicationNotFound(NotFound):
    code = 'replication.not_found'
    title = 'Replication not found'
    msg_fmt = _('There is no replication %(id)s.')


class CopyNotFound(NotFound):
    code = 'copy.not_found'
    title = 'Copy not found'
    msg_fmt = _('There is no copy %(id)s.')


class RuleNotFound(NotFound):
    code = 'rule.not_found'
    title = 'Rule not found'
    msg_fmt = _('There is no rule %(id)s.')


class ExecutionNotFound(NotFound):
    code = 'execution.not_found'
    title = 'Execution not found'
    msg_fmt = _('The rule has no execution %(id)s.')


class MethodNotAllowed(GlintException):
    status = 405
    code = 'request.method_not_allowed'
    title = 'Method not allowed'
    msg_fmt = _('This address does not take %(method)s.')


class NotAcceptable(GlintException):
    status = 406
    code = 'request.version_not_acceptable'
    title = 'Version not acceptable'
    msg_fmt = _(
        'The version in OpenStack-API-Version is not one from %(min_version)s '
        'to %(max_version)s.'
    )
    fields = ('min_version', 'max_version')


class Conflict(GlintException):
    status = 409
    code = 'request.conflict'
    title = 'Conflict'
    msg_fmt = _('The request conflicts with what is there: %(reason)s')


class RuleChanged(GlintException):
    status = 412
    code = 'rule.changed'
    title = 'Rule changed'
    msg_fmt = _(
        'The rule %(id)s was changed meanwhile: its generation is '
        '%(generation)s now. Read it again, then send the change with the '
        'new generation in If-Match.'
    )
    fields = ('generation',)


class SiteExists(Conflict):
    code = 'site.exists'
    title = 'Site exists'
    msg_fmt = _('There is a site named %(name)s already; choose another name.')


class RuleExists(Conflict):
    code = 'rule.exists'
    title = 'Rule exists'
    msg_fmt = _('There is a rule named %(name)s already; choose another name.')


class SiteInUse(Conflict):
    code = 'site.in_use'
    title = 'Site in use'
    msg_fmt = _('Glint has not finished at the site %(name)s: %(reason)s')


class SiteNotEmpty(Conflict):
    code = 'site.not_empty'
    title = 'Site has credentials'
    msg_fmt = _(
        'Credentials for the site %(name)s would be deleted with it: '
        '%(count)s, of which other users have %(others)s. Delete them first, '
        'or let them go with the site (cascade).'
    )


class SiteHasCredentials(Conflict):
    code = 'site.has_credentials'
    title = 'Site has credentials of others'
    msg_fmt = _(
        'Other users have credentials for the site %(name)s, and auth_url, '
        'ca_cert, region_name and interface decide where these are sent and '
        'whom they are trusted to. Add another site instead, or ask the '
        'operator of Glint to change this one.'
    )


class CredentialExists(Conflict):
    code = 'credential.exists'
    title = 'Credential exists'
    msg_fmt = _(
        'You have a credential named %(name)s for this site already; choose '
        'another name or delete the old one first.'
    )


class CredentialChanged(Conflict):
    code = 'credential.changed'
    title = 'Credential changed meanwhile'
    msg_fmt = _(
        'Another request replaced the secret of the credential %(id)s in the '
        'meantime, so this one changed nothing. Look at it, then try again.'
    )


class TrustFixed(Conflict):
    code = 'credential.trust_fixed'
    title = 'A trust is fixed'
    msg_fmt = _(
        'The credential %(id)s is a trust that Glint made, so it cannot be '
        'changed. To use something else for the home site, register a '
        'credential for it and delete this one.'
    )


class CredentialInUse(Conflict):
    code = 'credential.in_use'
    title = 'Credential in use'
    msg_fmt = _(
        'Copies that use the credential %(id)s are queued or running. Wait '
        'for them or cancel them, then delete it.'
    )


class CredentialRefused(Conflict):
    code = 'credential.refused'
    title = 'Credential refused'
    msg_fmt = _(
        'The credential %(id)s is refused by its site: %(reason)s Check it '
        'again when it works, or register another one for the site; then try '
        'again.'
    )


class ReplicationNotFinal(Conflict):
    code = 'replication.not_final'
    title = 'Replication still active'
    msg_fmt = _(
        'The replication %(id)s is %(state)s. Cancel it or wait until it has '
        'finished, then delete it.'
    )


class ReplicationHasLeftovers(Conflict):
    code = 'replication.has_leftovers'
    title = 'An unfinished image is left'
    msg_fmt = _(
        'An unfinished image of the replication %(id)s could not be removed '
        'yet; the notes of its copies say why. Glint tries on. Delete the '
        'replication when it is gone, or after you deleted the credential.'
    )


class ClientTokenUsed(Conflict):
    code = 'replication.client_token_used'
    title = 'Client token used already'
    msg_fmt = _(
        'The client token %(token)s belongs to the replication %(id)s, of the '
        'image %(image_id)s, and this request asks for something else. Repeat '
        'the first request unchanged, or choose another token for this one.'
    )


class StateConflict(Conflict):
    code = 'replication.state_conflict'
    title = 'Not possible in this state'
    msg_fmt = _('%(what)s is %(state)s, so it cannot be %(verb)s.')


class ExecutionStateConflict(StateConflict):
    code = 'execution.state_conflict'


class RuleDisabled(Conflict):
    code = 'rule.disabled'
    title = 'Rule disabled'
    msg_fmt = _(
        'The rule %(name)s is disabled, so it is not executed. Enable it '
        'first; a dry run is possible.'
    )


class BodyTooLarge(GlintException):
    status = 413
    code = 'request.body_too_large'
    title = 'Body too large'
    msg_fmt = _('The body of the request is too large.')


class UnsupportedMediaType(GlintException):
    status = 415
    code = 'request.unsupported_media_type'
    title = 'Unsupported media type'
    msg_fmt = _('Send the body as application/json.')


class SecretsUnavailable(GlintException):
    status = 503
    code = 'secrets.unavailable'
    title = 'Secret store unavailable'
    msg_fmt = _(
        'Glint cannot read or write secrets now: %(reason)s Ask the operator '
        'of Glint.'
    )

    @property
    def for_operators(self) -> str:
        """They are not told to ask themselves."""
        words = _('Glint cannot read or write secrets now: %s')
        return str(words % self.kwargs['reason'])


class DatabaseUnavailable(GlintException):
    status = 503
    code = 'database.unavailable'
    title = 'Database unavailable'
    msg_fmt = _(
        'The database of Glint does not answer. Try again; if it stays so, '
        'ask the operator of Glint.'
    )


class DatabaseBusy(GlintException):
    status = 503
    code = 'database.busy'
    title = 'Database busy'
    msg_fmt = _(
        'Another call or a conductor holds what this call needs in the '
        'database of Glint. Nothing was changed. Try again in some seconds; '
        'if it stays so, ask the operator of Glint.'
    )
    retry_after = 5


class QuotaUnavailable(GlintException):
    status = 503
    code = 'quota.unavailable'
    title = 'Limits unavailable'
    msg_fmt = _(
        'The home Keystone did not say what the limits of the project are. '
        'Try again; if it stays so, ask the operator of Glint.'
    )


class TooManyWaiting(GlintException):
    status = 503
    code = 'request.too_many_waiting'
    title = 'Too many requests wait'
    msg_fmt = _(
        'Too many requests that take time are under way, of your project or '
        'of all: checks of credentials, plans, images that are listed anew, '
        'and requests that are sent slowly. Try again in a few seconds.'
    )
    retry_after = 5


class ConductorUnavailable(GlintException):
    status = 503
    code = 'conductor.unavailable'
    title = 'No conductor answered'
    msg_fmt = _(
        'No conductor of Glint answered in time. Try again; if it stays so, '
        'ask the operator of Glint.'
    )


class HomeUnavailable(GlintException):
    status = 503
    code = 'home.unavailable'
    title = 'Home Keystone unavailable'
    msg_fmt = _(
        'The home Keystone did not answer: %(reason)s Try again later.'
    )
