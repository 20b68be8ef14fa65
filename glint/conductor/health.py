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

"""What the end of a copy tells about the health of its two sites."""

from oslo_db import exception as db_exception
from oslo_log import log

from glint.conductor import run as runs
from glint.conductor import source as sources
from glint.db import engine
from glint.db import health as db_health
from glint.image import failure

LOG = log.getLogger(__name__)

#: The codes of failures in which a site did not do its part at all.
_SILENCE = frozenset(
    (
        'bad_answer',
        'source_lost',
        'storage_unavailable',
        'timeout',
        'unavailable',
        'unreachable',
        'upload_lost',
    )
)


def completed(run: runs.CopyRun, source: sources.Source) -> None:
    """Both sites of a copy work."""
    for site_id in (
        run.copy.target_site_id,
        source.replication.source_site_id,
    ):
        _note(run.context, site_id, None)


def failed(
    run: runs.CopyRun, source: sources.Source, cause: failure.SiteFailure
) -> None:
    """A site did not answer, or gave an answer that ends the copy."""
    site_id = cause.site_id
    if cause.code == 'source_lost':
        site_id = source.replication.source_site_id
    if site_id is None:
        return
    if cause.code not in _SILENCE:
        if cause.http_status is not None:
            _note(run.context, site_id, None)
    # All copies of a source get the same failure, which is one.
    elif not cause.noted:
        cause.noted = True
        _note(run.context, site_id, cause.detail)


def _note(context: engine.Context, site_id: str, detail: str | None) -> None:
    """Write it down if that is possible; the copy's end matters more."""
    try:
        if detail is None:
            db_health.answered(context, site_id)
        else:
            db_health.failed(context, site_id, detail)
    except db_exception.DBError as e:
        LOG.warning('The health of site %s was not noted: %s', site_id, e)
