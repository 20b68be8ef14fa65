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

"""One copy at its target, from the first look to the verified image."""

from collections.abc import Callable
from collections.abc import Mapping
from typing import Any
import uuid

from oslo_log import log

from glint import conf
from glint import states
from glint.conductor import access
from glint.conductor import feed as feeds
from glint.conductor import planner
from glint.conductor import run as runs
from glint.conductor import source as sources
from glint.db import image_copy as db_image_copy
from glint.i18n import _
from glint.image import failure
from glint.image import failure_table
from glint.image import images
from glint.image import interrupt as interrupts
from glint.image import record as records
from glint.image import session as sessions
from glint.image import upload

LOG = log.getLogger(__name__)


def copy(run: runs.CopyRun, source: sources.Source) -> str:
    """Bring the image to the target.

    :param run: the copy; its target_image_id always names what Glint made,
        from before it is made until it is removed.
    :param source: the image.
    :returns: the outcome, copied or adopted.
    :raises SiteFailure: if the source or the target fails.
    :raises Interrupted: if the run is interrupted.
    """
    record = source.record(run.interrupt)
    session = _open(run, run.interrupt)
    try:
        return _Target(run, source, record, session).copy()
    finally:
        session.close()


def clean(
    run: runs.CopyRun, interrupt: interrupts.Interrupt | None = None
) -> None:
    """Remove what Glint made at the target and did not finish.

    :param interrupt: cuts it; the run's own one may be set already. The
        session's timeouts hold in any case.
    :raises SiteFailure: if that is not possible now.
    :raises Interrupted: if the interrupt was set.
    """
    if run.target_image_id is None:
        return
    session = _open(run, interrupt or interrupts.Interrupt())
    try:
        found = _find(session, run.target_image_id)
        if found is not None and _is_ours(run, found):
            protected = bool(found.get('protected'))
            images.delete(session, found['id'], protected=protected)
            LOG.info(
                'Removed the unfinished image %s at site %s',
                found['id'],
                session.site.name,
            )
    finally:
        session.close()
    run.target_image_id = None


def _open(
    run: runs.CopyRun, interrupt: interrupts.Interrupt
) -> sessions.SiteSession:
    return access.open_session(
        run.context,
        run.copy.target_site_id,
        run.copy.credential_id,
        interrupt,
    )


def _find(
    session: sessions.SiteSession, image_id: str
) -> images.Record | None:
    try:
        return images.get(session, image_id)
    except failure.SiteFailure as e:
        if e.http_status in (404, 410):
            return None
        raise


def _is_ours(run: runs.CopyRun, record: images.Record) -> bool:
    """Say whether a record was made for this replication, and for no other.

    With preserve_id somebody else may have an image of the noted id, and
    what was left behind active may have been adopted since.
    """
    marker = record.get(records.REPLICATION_ID)
    return marker == run.copy.replication_id and not db_image_copy.is_adopted(
        run.context, run.copy.target_site_id, record['id']
    )


def markers(
    replication_id: str,
    site_id: str,
    source: images.Record,
) -> dict[str, str]:
    """Make the properties that tell what Glint made, and from what.

    :param replication_id: the replication.
    :param site_id: the source site.
    :param source: the record of the image there.
    """
    result = {
        records.SOURCE_SITE: site_id,
        records.SOURCE_ID: source['id'],
        records.REPLICATION_ID: replication_id,
    }
    for algorithm, value in records.hashes(source).items():
        result[records.SOURCE_HASH] = f'{algorithm}:{value}'
    return result


class _Fenced:
    """A feed that lets its last byte go only while the copy is ours."""

    def __init__(self, feed: feeds.Feed, run: runs.CopyRun) -> None:
        self._feed = feed
        self._run = run
        self.wait = feed.wait
        self.read_into = feed.read_into

    @property
    def size(self) -> int | None:
        return self._feed.size

    def confirm(self, timeout: float) -> bool:
        if not self._feed.confirm(timeout):
            return False
        self._run.assure()
        return True


class _Target:
    """The steps of one copy."""

    def __init__(
        self,
        run: runs.CopyRun,
        source: sources.Source,
        record: images.Record,
        session: sessions.SiteSession,
    ) -> None:
        self._run = run
        self._source = source
        self._record = record
        self._session = session
        self._options: Mapping[str, Any] = source.replication.options

    def copy(self) -> str:
        left = self._left_behind()
        if left is not None and left['status'] == 'active':
            # The last attempt came as far as that, and then its conductor
            # or the answer was lost.
            self._verify(
                left,
                records.hashes(self._record).get,
                self._record.get('size') or None,
            )
        else:
            plan = planner.make(
                self._session, self._record, self._options, self._markers()
            )
            if plan.refusal is not None:
                raise plan.refusal
            if plan.action == planner.ADOPT:
                clean(self._run)
                self._run.target_image_id = plan.image_id
                self._run.bytes_total = 0
                return states.ADOPTED
            self._run.notes += plan.notes
            if left is None:
                self._create(dict(plan.body))
            self._send()
        self._publish()
        return states.COPIED

    def _markers(self) -> dict[str, str]:
        replication = self._source.replication
        return markers(
            replication.id, replication.source_site_id, self._record
        )

    def _left_behind(self) -> images.Record | None:
        """Find what an earlier attempt left, and remove what is no use."""
        if self._run.target_image_id is None:
            return None
        found = _find(self._session, self._run.target_image_id)
        if found is None or not _is_ours(self._run, found):
            self._run.target_image_id = None
            return None
        if found['status'] == 'active' and records.hashes(self._record):
            return found
        # With a hash it is a refused upload, which Glance takes no second
        # one for; saving means that an upload broke off or still goes on.
        clear = not found.get('checksum') and not found.get('os_hash_value')
        if found['status'] == 'queued' and clear:
            return found
        clean(self._run)
        return None

    def _create(self, body: dict[str, Any]) -> None:
        """Make the record, after its id is noted.

        So no crash can leave an image behind that nobody knows of.
        """
        body.setdefault('id', str(uuid.uuid4()))
        self._note(body['id'])
        try:
            images.create(self._session, body)
        except failure.SiteFailure as e:
            if e.action != failure_table.Action.INSPECT:
                raise
            # Somebody has, or had, an image of this id; that is not ours.
            self._run.notes.append(
                _('The id %s is taken at the site, so a new one was made.')
                % body['id']
            )
            body['id'] = str(uuid.uuid4())
            self._note(body['id'])
            images.create(self._session, body)

    def _note(self, image_id: str) -> None:
        self._run.target_image_id = image_id
        self._run.assure()

    def _send(self) -> None:
        with self._source.feed() as feed:
            self._run.phase = states.READING
            self._run.send(feed.size)
            try:
                upload.upload(
                    self._session,
                    self._image_id,
                    _Fenced(feed, self._run),
                    interrupt=self._run.interrupt,
                    progress=lambda sent: self._run.progress(sent, feed.size),
                    stall_timeout=conf.CONF.network.stall_timeout,
                )
            except failure.SiteFailure as e:
                if e.action != failure_table.Action.INSPECT:
                    raise
                self._inspect(e)
            self._run.phase = states.VERIFYING
            found = images.get(self._session, self._image_id)
            self._verify(found, feed.digest, feed.size)
            self._source.note_size(found['size'])

    def _inspect(self, cause: failure.SiteFailure) -> None:
        """Go on only if the image arrived although the answer did not."""
        found = _find(self._session, self._image_id)
        if found is None or found['status'] != 'active':
            raise cause

    def _verify(
        self,
        found: images.Record,
        digest: Callable[[str], str | None],
        size: int | None,
    ) -> None:
        self._run.phase = states.VERIFYING
        wrong = records.verify(digest, size, found, self._session.site.name)
        if wrong is not None:
            raise wrong
        self._run.bytes_sent = self._run.bytes_total = found['size']

    @property
    def _image_id(self) -> str:
        return str(self._run.target_image_id)

    def _publish(self) -> None:
        """Set what had to wait until the image was proved right."""
        members: list[str] = []
        if self._options.get('members'):
            members = images.members(self._source.session, self._record['id'])
        for step in records.after_active(self._record, self._options, members):
            try:
                self._take(step)
            except failure.SiteFailure as e:
                if e.retryable:
                    raise
                self._run.notes.append(
                    _('%(key)s could not be set. %(reason)s')
                    % {'key': step.key, 'reason': e.detail}
                )

    def _take(self, step: records.Step) -> None:
        if step.key == 'members':
            for project_id in step.value:
                images.add_member(self._session, self._image_id, project_id)
        else:
            images.update(
                self._session, self._image_id, {step.key: step.value}
            )
