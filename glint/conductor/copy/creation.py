# SPDX-License-Identifier: Apache-2.0

"""Makes the record of one image at a target, before its data."""

from collections.abc import Container
from collections.abc import Mapping
from typing import Any
import uuid

from glint.conductor.copy import adoption
from glint.conductor.copy import leftover
from glint.conductor.copy import preflight
from glint.conductor.copy import run as runs
from glint.conductor.copy import source as sources
from glint.i18n import _
from glint.image import failure
from glint.image import images
from glint.image import record as records
from glint.image import session as sessions
from glint.image.refusal import row as failure_row

Action = failure_row.Action


class Creation:
    """The record of the image that was asked for, or of a part of it.

    :param source: the image at the source, open.
    :param session: at the target.
    :param body: the record to create; where it has no id, the one that is
        noted is used, or a new one.
    :param fixed: the properties that must not be left out.
    :param part: whether it is made for another image.
    :ivar image_id: the image at the target.
    """

    def __init__(
        self,
        run: runs.CopyRun,
        source: sources.Source,
        session: sessions.SiteSession,
        body: Mapping[str, Any],
        fixed: Container[str],
        part: bool,
    ) -> None:
        self.image_id = '' if part else run.target_image_id or ''
        self._run = run
        self._session = session
        self._body = {'id': self.image_id or str(uuid.uuid4()), **body}
        self._fixed = fixed
        self._part = part
        self._record = source.record(run.interrupt)
        self._options = source.replication.options
        #: What the target does not let be set.
        self._dropped: list[str] = []

    def create(self) -> bool:
        """Make the record, after its id is noted.

        So no crash can leave an image behind that nobody knows of.

        :returns: False if the image is at the target already, complete.
        :raises SiteFailure: if the target refuses the record.
        """
        asked = self._body['id']
        made = self._create(asked)
        self._note_dropped()
        return made

    def recreate(self) -> None:
        """Replace an image that takes no data any more.

        :raises SiteFailure: if the target refuses the record.
        """
        leftover.remove(self._run, self._session, self.image_id)
        if self._body['id'] != self._record['id']:
            # An id is never free again. One that is to be preserved is
            # asked for all the same, so that the user reads what became of
            # it.
            self._body['id'] = str(uuid.uuid4())
        self.create()

    def _create(self, asked: str) -> bool:
        while True:
            self._note(self._body['id'])
            try:
                self._post()
            except failure.SiteFailure as e:
                if e.action == Action.DROP_PROPERTY:
                    self._drop(e)
                elif e.action == Action.INSPECT and self.image_id == asked:
                    if self._is_there():
                        return False
                    if self._insists(asked):
                        raise
                    # Somebody has, or had, an image of this id.
                    self._run.notes.append(
                        _('The id %s is taken at the site; a new one is used.')
                        % asked
                    )
                    self._run.note_refusal('id', asked)
                    self._body['id'] = str(uuid.uuid4())
                else:
                    raise
            else:
                return True

    def _post(self) -> None:
        # An id that is to be preserved is not to be given up for that. Nor
        # is it a proof before the target has taken it: others know it.
        chosen = self.image_id != self._record['id']
        unmarked = records.REPLICATION_ID not in self._body
        if chosen:
            self._run.unanswered.add(self.image_id)
            if unmarked:
                self._mark_in_row()
        try:
            leftover.create(self._run, self._session, self._body)
        except leftover.OtherId as e:
            raise e.cause from None
        except failure.SiteFailure as e:
            # One that makes no sense is an answer all the same.
            if not e.retryable or (e.http_status or 500) < 500:
                self._run.unanswered.discard(self.image_id)
            if (e.http_status or 500) < 500:
                self._run.unmarked -= {self.image_id}
            raise preflight.explained(e, self._body) from None
        self._run.unanswered.discard(self.image_id)
        if unmarked and not chosen:
            self._mark_in_row()

    def _mark_in_row(self) -> None:
        """Note that only the row tells that Glint made the image."""
        self._run.unmarked |= {self.image_id}
        self._run.assure()

    def _note(self, image_id: str) -> None:
        if self._part:
            self._run.forget_part(self.image_id)
            self._run.note_part(image_id, records.content(self._record))
        else:
            self._run.target_image_id = image_id
        self.image_id = image_id
        self._run.assure()

    def _drop(self, cause: failure.SiteFailure) -> None:
        """Leave out the properties that a site names in its refusal."""
        dropped = [
            key
            for key in records.properties(self._body)
            if f"'{key}'" in cause.said and key not in self._fixed
        ]
        if not dropped:
            raise cause
        for key in dropped:
            self._body.pop(key, None)
            if not self._part and key not in records.MARKERS:
                self._run.note_refusal(key)
        self._dropped += dropped

    def _note_dropped(self) -> None:
        """Tell the user what was left out."""
        if dropped := [
            key for key in self._dropped if key not in records.MARKERS
        ]:
            self._run.notes.append(
                _('Left out, as the site reserves it: %s.')
                % ', '.join(dropped)
            )
        if marks := [key for key in self._dropped if key in records.MARKERS]:
            self._run.notes.append(
                _(
                    "Glint's own marks are left out, as the site reserves "
                    'them: %s. Glint knows the image by its id.'
                )
                % ', '.join(marks)
            )
        self._dropped = []

    def _insists(self, image_id: str) -> bool:
        """Say whether the user wants this id or none."""
        return (
            image_id == self._record['id']
            and self._options.get('on_conflict') == 'fail'
        )

    def _is_there(self) -> bool:
        """Say whether the image of the id is the one to make."""
        found = images.find(self._session, self.image_id)
        return found is not None and adoption.is_right(
            self._session,
            self._record,
            self._options,
            found,
            {key: [self._body.get(key, '')] for key in records.BOOT},
        )
