# SPDX-License-Identifier: Apache-2.0

"""The sites of a rule, as its user reaches them."""

from collections.abc import Collection
from concurrent import futures
import dataclasses

from glint import conf
from glint import context as glint_context
from glint import exception
from glint import interrupt as interrupts
from glint.conductor import access
from glint.conductor import credential
from glint.db import engine
from glint.db.rule import rule as db_rule
from glint.image import failure
from glint.image import images
from glint.image import listing
from glint.image import session as sessions
from glint.order import owner as owners
from glint.order import resolve
from glint.rule import terms

_TIMEOUT = 'timeout'
#: How many sites, or images, are asked for at the same time.
_PARALLEL = 16


@dataclasses.dataclass(frozen=True)
class Sight:
    """What all sites of a rule list.

    :ivar project_id: as which the source was asked.
    :ivar source: what it lists.
    :ivar targets: what each target lists; None for one that does not.
    :ivar warnings: why one does not, for people.
    """

    project_id: str | None
    source: terms.Listing
    targets: dict[str, terms.Listing | None]
    warnings: list[str]

    @property
    def complete(self) -> bool:
        """Whether all sites listed all that they have."""
        return self.source.complete and all(
            listed is not None and listed.complete
            for listed in self.targets.values()
        )


class Sites:
    """Sessions at the sites of a rule, by the credentials of its user."""

    def __init__(
        self,
        context: engine.Context,
        rule: db_rule.Rule,
        interrupt: interrupts.Interrupt,
    ) -> None:
        self._context = context
        self._rule = rule
        self._interrupt = interrupt
        self._owner = owners.Owner(rule.project_id, rule.user_id)
        self._chosen = resolve.still_usable(
            context, rule.credential_ids or (), self._owner
        )

    def open(
        self, site_id: str, interrupt: interrupts.Interrupt | None = None
    ) -> sessions.SiteSession:
        """Open a session; connects to nothing yet.

        :raises GlintException: if the user has no credential for the site.
        :raises SiteFailure: if the site or the credential cannot be used.
        """
        return access.open_session(
            self._context,
            site_id,
            self.credential(site_id),
            interrupt or self._interrupt,
        )

    def credential(self, site_id: str) -> str:
        """Find the credential to use at a site.

        :returns: its id.
        :raises GlintException: if the user has none.
        """
        site = resolve.site(self._context, site_id, self._owner)
        return resolve.existing(self._context, site, self._owner, self._chosen)

    def look(self) -> Sight:
        """Have all sites list their images, at the same time.

        :raises GlintException: and SiteFailure if the source does not.
        :raises Interrupted: if the work was told to stop.
        """
        read = glint_context.carried(self._read)
        with futures.ThreadPoolExecutor(_PARALLEL) as pool:
            source = pool.submit(read, self._rule.source_site_id)
            jobs = {
                site_id: pool.submit(read, site_id)
                for site_id in self._rule.target_site_ids
            }
        warnings: list[str] = []
        targets: dict[str, terms.Listing | None] = {}
        for site_id, job in jobs.items():
            try:
                _project_id, targets[site_id] = job.result()
            except (failure.SiteFailure, exception.GlintException) as e:
                targets[site_id] = None
                warnings.append(str(e))
        project_id, found = source.result()
        return Sight(project_id, found, targets, warnings)

    def _read(self, site_id: str) -> tuple[str | None, terms.Listing]:
        """Have one site list its images, within a bounded time."""
        seconds = conf.CONF.conductor.listing_timeout
        try:
            with self._interrupt.limited(seconds, _TIMEOUT) as limited:
                session = self.open(site_id, limited)
                try:
                    found = listing.read_whole(
                        session, conf.CONF.conductor.max_listed_images
                    )
                    project_id = session.access().project_id
                finally:
                    session.close()
        except interrupts.Interrupted as e:
            if e.reason == _TIMEOUT:
                raise credential.late() from None
            raise
        return project_id, terms.Listing(
            {record['id']: record for record in found.images}, found.complete
        )

    def answers(self, image_ids: Collection[str]) -> dict[str, int]:
        """Ask the source for images one by one.

        :returns: the HTTP status of each answer; those without one are left
            out.
        """
        if not image_ids:
            return {}
        session = self.open(self._rule.source_site_id)

        def ask(image_id: str) -> int:
            try:
                images.get(session, image_id)
            except failure.SiteFailure as e:
                return e.http_status or 0
            return 200

        try:
            with futures.ThreadPoolExecutor(_PARALLEL) as pool:
                asked = sorted(image_ids)
                found = list(pool.map(glint_context.carried(ask), asked))
        finally:
            session.close()
        return {
            image_id: status
            for image_id, status in zip(asked, found, strict=True)
            if status
        }
