# SPDX-License-Identifier: Apache-2.0

"""Rules in files, as "rule show -f yaml" writes them."""

import argparse
import dataclasses
import json
from typing import Any

from osc_lib import exceptions
import yaml

from glintclient.i18n import _
from glintclient.osc.v1 import cloud
from glintclient.osc.v1 import rule_view
from glintclient.osc.v1 import span
from glintclient.v1 import rule as _rule

#: Parts of a rule that have parts of their own.
_PARTS = ('select', 'trigger', 'options', 'on_removed')
#: Those that are lengths of time.
_SPANS = (('trigger', 'every'), ('on_removed', 'grace'))
_SOURCE = ('source_site', 'source_site_id')
_TARGETS = ('target_sites', 'target_site_ids')
_SAID = {'name', *rule_view.SAID, *_SOURCE, *_TARGETS}


@dataclasses.dataclass
class Said:
    """What a file says of a rule.

    :ivar fields: as the API wants them, but for the sites.
    :ivar source: the name or ID of the source.
    :ivar targets: those of the targets.
    """

    fields: dict[str, Any] = dataclasses.field(default_factory=dict)
    source: str | None = None
    targets: list[str] | None = None


def read(path: str) -> Said:
    """Read a rule from a file.

    What is only answered of a rule, such as its state, is passed over.

    :param path: of the file, in YAML or JSON.
    :raises CommandError: if it is no rule.
    """
    try:
        # A tag such as 2026-10-07 is meant as it is written, and JSON has
        # no dates.
        found = json.loads(
            json.dumps(yaml.safe_load(cloud.read_file(path)), default=str)
        )
    except (yaml.YAMLError, ValueError, TypeError, RecursionError) as e:
        raise _fault(path, _('it cannot be read as YAML: %s') % e) from e
    if not isinstance(found, dict):
        raise _fault(path, _('it does not name the fields of a rule.'))
    if unknown := found.keys() - _SAID - _answered():
        raise _fault(
            path,
            _('a rule has no %s.') % ', '.join(sorted(unknown)),
        )
    said = {key: value for key, value in found.items() if key in _SAID}
    source = _only(said, _SOURCE)
    targets = _only(said, _TARGETS)
    if not isinstance(targets, list | None):
        raise _fault(path, _('target_sites is no list.'))
    for key in _PARTS:
        if not isinstance(said.get(key, {}), dict):
            raise _fault(path, _('%s has no fields.') % key)
    for part, key in _SPANS:
        value = said.get(part, {}).get(key)
        if isinstance(value, str):
            try:
                said[part][key] = span.read(value)
            except argparse.ArgumentTypeError as e:
                raise _fault(path, str(e)) from e
    return Said(said, source, targets)


def _only(said: dict[str, Any], keys: tuple[str, ...]) -> Any:
    """Take out a field that has two names."""
    found = [said.pop(key) for key in keys if key in said]
    return found[0] if found else None


def _answered() -> set[str]:
    """Name all that is shown of a rule."""
    return {*_rule.Rule().to_dict(computed=False, headers=False)}


def _fault(path: str, reason: str) -> exceptions.CommandError:
    return exceptions.CommandError(
        _('The file %(path)s is no rule: %(reason)s')
        % {'path': path, 'reason': reason}
    )
