# SPDX-License-Identifier: Apache-2.0

"""One copy at its target, from the first look to the verified image."""

import contextlib
import uuid

from glint import states
from glint.conductor.copy import leftover
from glint.conductor.copy import making
from glint.conductor.copy import planner
from glint.conductor.copy import publishing
from glint.conductor.copy import run as runs
from glint.conductor.copy import source as sources
from glint.conductor.copy import storing
from glint.db.queue import reservation
from glint.image import images
from glint.image import record as records
from glint.image import session as sessions

#: How often a copy that waits for the data looks whether it is wanted.
_PATIENCE = 0.2
#: What Glance computes unless it is told otherwise, and every feed.
_ALGORITHM = 'sha512'


class Waiting(Exception):
    """Another copy makes the same image at the site.

    :ivar replication_id: the replication that it is of.
    """

    def __init__(self, replication_id: str) -> None:
        super().__init__(replication_id)
        self.replication_id = replication_id


def copy(run: runs.CopyRun, source: sources.Source) -> str:
    """Bring the image to the target.

    :param run: the copy; it always names what Glint made, from before it is
        made until it is removed.
    :param source: the image.
    :returns: the outcome: copied, adopted or skipped.
    :raises SiteFailure: if the source or the target fails.
    :raises Interrupted: if the run is interrupted.
    :raises Waiting: if it is to be tried again when another copy has ended.
    """
    with contextlib.ExitStack() as held:
        try:
            session = leftover.open_session(run, run.interrupt)
            held.callback(session.close)
            # While the source's record is on its way.
            session.token()
        finally:
            # What is wrong with the source comes first, for all targets.
            record = source.record(run.interrupt)
        run.image = record.get('name') or record['id']
        return _Target(run, source, record, session).copy()


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
        self._options = source.replication.options
        #: The ids that are reserved for the image's parts, by property.
        self._part_ids: dict[str, str] = {}

    def copy(self) -> str:
        left = self._left_behind()
        if left is not None and left['status'] == 'active':
            # The last attempt came as far as that, and then its conductor
            # or the answer was lost.
            storing.verify(
                self._run,
                self._session,
                left,
                records.hashes(self._record).get,
                self._record.get('size') or None,
            )
            self._finish(left)
            return states.COPIED
        with contextlib.ExitStack() as held:
            plan = self._plan(left, held)
            if plan.action == planner.COPY:
                return self._make(plan, left)
            if left is not None:
                leftover.remove(self._run, self._session, left['id'])
            return self._adopt(plan)

    def _make(self, plan: planner.Plan, left: images.Record | None) -> str:
        self._run.notes += plan.notes
        self._run.expect(plan.total)
        body = {**plan.body, **self._make_parts(plan)}
        made = self._making(body)
        if left is None:
            found = made.make()
            if found is None:
                adopted = planner.Plan(planner.ADOPT, image_id=made.image_id)
                return self._adopt(adopted)
        else:
            if any(left.get(key) != body[key] for key in plan.parts):
                images.update(
                    self._session,
                    left['id'],
                    {key: body[key] for key in plan.parts},
                )
            found = made.send()
        self._finish(found)
        return states.COPIED

    def _left_behind(self) -> images.Record | None:
        """Find what an earlier attempt left, and remove what is no use."""
        leftover.expect_late(self._run, self._source.replication)
        leftover.clean_parts(self._run, self._session, active=False)
        if self._run.target_image_id is None:
            return None
        found = images.find(self._session, self._run.target_image_id)
        if found is None:
            leftover.remove(
                self._run, self._session, self._run.target_image_id
            )
        if found is None or not leftover.is_ours(self._run, found):
            self._run.target_image_id = None
            return None
        if found['status'] == 'active' and records.hashes(self._record):
            return found
        if leftover.takes_data(found):
            return found
        leftover.remove(self._run, self._session, found['id'])
        self._run.target_image_id = None
        return None

    def _plan(
        self, left: images.Record | None, held: contextlib.ExitStack
    ) -> planner.Plan:
        """Plan, after nobody else can begin to make the same image.

        :param held: keeps the data for those who send them then.
        """
        image_id = str(uuid.uuid4())
        if self._options.get('preserve_id'):
            image_id = self._record['id']
        self._reserve(left['id'] if left else image_id)
        try:
            record = self._record
            if not (records.hashes(record) or record.get('size')):
                record = {**record, **self._read(held)}
            return self._look(record)
        except Exception:
            if left is None:
                # Nothing is made yet that would have to be removed.
                self._run.target_image_id = None
            for part_id in self._part_ids.values():
                self._run.forget_part(part_id)
            raise

    def _look(self, record: images.Record) -> planner.Plan:
        replication = self._source.replication
        plan = planner.make(
            self._session,
            record,
            self._options,
            records.Origin(
                replication.id,
                replication.source_site_id,
                self._run.unmarked,
            ),
            self._parts(),
            self._run.refused_at_target,
        )
        if plan.refusal is not None:
            self._run.notes += plan.notes
            raise plan.refusal
        return plan

    def _parts(self) -> dict[str, images.Record]:
        return {
            key: part.record(self._run.interrupt)
            for key, part in self._source.parts.items()
        }

    def _read(self, held: contextlib.ExitStack) -> images.Record:
        """Read all data of an image whose record tells neither size nor hash.

        Nothing can be sent before anyway, and it may be at the target.

        :returns: what the record does not tell.
        """
        feed = held.enter_context(self._source.feed())
        self._run.phase = states.READING
        while not feed.confirm(_PATIENCE):
            self._run.interrupt.check()
        return {
            'size': feed.size,
            'os_hash_algo': _ALGORITHM,
            'os_hash_value': feed.digest(_ALGORITHM),
        }

    def _reserve(self, image_id: str) -> None:
        """Reserve the image and its parts, to make them or to adopt them.

        :raises Waiting: if another copy makes one of them, which this one
            can adopt then.
        """
        found = self._parts()
        # One image may be the kernel and the ramdisk.
        ids = {record['id']: str(uuid.uuid4()) for record in found.values()}
        self._part_ids = {key: ids[found[key]['id']] for key in found}
        parts = {
            self._part_ids[key]: records.content(found[key]) for key in found
        }
        strangers: set[str] = set()
        while maker := self._run.reserve(image_id, parts, strangers):
            if not self._is_stranger(maker):
                raise Waiting(maker.replication_id)
            strangers.add(maker.copy_id)

    def _is_stranger(self, maker: reservation.Maker) -> bool:
        """Say whether this copy cannot see what another one makes.

        That one is in another project of the site then, by another
        credential, and leaves nothing to adopt.
        """
        return (
            maker.credential_id != self._run.copy.credential_id
            and maker.begun
            and not any(
                images.find(self._session, made_id)
                for made_id in maker.image_ids
            )
        )

    def _adopt(self, plan: planner.Plan) -> str:
        """Take the image that is there, or none where it is to be skipped."""
        leftover.clean_parts(self._run, self._session)
        self._run.notes += plan.notes
        for key, value in plan.refused.items():
            self._run.note_refusal(key, value)
        if plan.body:
            publishing.amend(
                self._run, self._session, str(plan.image_id), plan.body
            )
        self._run.target_image_id = plan.image_id
        self._run.bytes_total = 0
        adopts = plan.action == planner.ADOPT
        return states.ADOPTED if adopts else states.SKIPPED

    def _making(self, body: images.Record) -> making.Making:
        wanted = self._options.get('properties') or {}
        return making.Making(
            self._run,
            self._source,
            self._session,
            body,
            fixed=wanted.get('set', ()),
        )

    def _make_parts(self, plan: planner.Plan) -> images.Record:
        """Make the image's kernel and ramdisk, where they are missing.

        :returns: their ids by the property that is to name them.
        """
        ids: images.Record = {}
        for key, part in plan.parts.items():
            same = [i for i in ids if self._part_ids[i] == self._part_ids[key]]
            if same:
                ids[key] = ids[same[0]]
                continue
            if part.action == planner.ADOPT:
                # Who made it must not remove it before this image names it.
                ids[key] = str(part.image_id)
                self._run.adopt_part(self._part_ids[key], ids[key])
                self._run.assure()
                continue
            made = making.Making(
                self._run,
                self._source.parts[key],
                self._session,
                {'id': self._part_ids[key], **part.body},
                part=True,
            )
            made.make()
            # Who waits for it may adopt it, long before the image is there.
            self._run.note_part(made.image_id, None)
            self._run.assure()
            ids[key] = made.image_id
        return ids

    def _finish(self, found: images.Record) -> None:
        """Publish what was made, parts first.

        :param found: the target's record of the image.
        """
        self._run.bytes_total = self._run.bytes_sent
        for key, source in self._source.parts.items():
            if self._is_made(found.get(key)):
                publishing.publish(
                    self._run, source, self._session, found[key]
                )
        publishing.publish(self._run, self._source, self._session, found['id'])

    def _is_made(self, part_id: str | None) -> bool:
        """Say whether a part was made for this copy, and not adopted."""
        if part_id is None or part_id not in self._run.made_image_ids:
            return False
        found = images.find(self._session, part_id)
        return found is not None and leftover.is_made_by(self._run, found)
