# SPDX-License-Identifier: Apache-2.0

"""How what is wanted becomes a rule, and how one is executed."""

from datetime import datetime
from typing import Any

from glint import context as glint_context
from glint import exception
from glint import states
from glint.db import image_listing
from glint.db import quota as db_quota
from glint.db import site as db_site
from glint.db.rule import execution as db_execution
from glint.db.rule import rule as db_rule
from glint.i18n import _
from glint.order import owner as owners
from glint.order import place
from glint.order import quota
from glint.order import resolve
from glint.rule import schedule

Context = glint_context.RequestContext
Rule = db_rule.Rule

FOLLOWED = (
    'name',
    'tags',
    'properties',
    'visibility',
    'hidden',
    'protected',
    'deactivated',
)

#: What a rule says of images; the database keeps it in one column.
_TERMS = (
    'select',
    'options',
    'follow',
    'on_drift',
    'on_missing',
    'on_removed',
    'publish',
    'max_active',
)
#: What the sites and credentials of a rule are found by.
SITES = ('target_site_ids', 'credential_ids')
#: What chooses images; hidden and copies only leave out some.
_CHOOSES = (
    'names',
    'tags',
    'properties',
    'visibility',
    'owner',
    'disk_formats',
    'max_size',
    'newest',
)


def filled(said: dict[str, Any]) -> dict[str, Any]:
    """Fill in the defaults of what is wanted.

    :param said: the name, the targets, and what else the body of a request
        may have.
    """
    options = said.get('options', {})
    return {
        'description': None,
        'enabled': True,
        'priority': states.NORMAL,
        'source_site_id': db_site.HOME_ID,
        'credential_ids': [],
        'follow': [*FOLLOWED],
        'on_drift': 'restore',
        'on_missing': 'restore',
        'publish': 'each',
        'max_active': 20,
        **said,
        # Two rules in opposite directions would copy each other's copies.
        'select': {'copies': False, **said.get('select', {})},
        'trigger': {
            'every': None,
            'cron': None,
            'timezone': 'UTC',
            'events': False,
            **said.get('trigger', {}),
        },
        'options': {
            'visibility': None,
            'preserve_id': True,
            'members': False,
            'on_conflict': 'fail',
            **options,
            'properties': {
                'set': {},
                'remove': [],
                **options.get('properties', {}),
            },
        },
        'on_removed': {
            'action': 'keep',
            'deselected': 'keep',
            'grace': 604800,
            'max_count': 10,
            'max_percent': 20,
            **said.get('on_removed', {}),
        },
    }


def said_by(rule: Rule) -> dict[str, Any]:
    """Say what a rule is, in the words in which it was wanted."""
    return {
        'name': rule.name,
        'description': rule.description,
        'enabled': rule.enabled,
        'priority': states.PRIORITIES[rule.priority],
        'source_site_id': rule.source_site_id,
        'target_site_ids': list(rule.target_site_ids),
        'credential_ids': list(rule.credential_ids or ()),
        'trigger': dict(rule.trigger),
        **{key: rule.terms[key] for key in _TERMS},
    }


def create(
    context: Context, owner: owners.Owner, wanted: dict[str, Any]
) -> Rule:
    """Store a rule, and have it executed if it is not by hand only.

    :param wanted: as from :func:`filled`.
    :raises GlintException: if it cannot be.
    """
    now = image_listing.now(context)
    _check(wanted, now)
    place.sites_of(context, owner, wanted)
    rule = db_rule.create(
        context,
        limit=quota.own(context, db_quota.RULES),
        project_id=owner.project_id,
        user_id=owner.user_id,
        **_columns(wanted),
        **_plan(wanted, now),
    )
    if rule.enabled and rule.next_execution_at is not None:
        db_execution.trigger(context, rule, states.CHANGE)
    return rule


def change(context: Context, rule: Rule, said: dict[str, Any]) -> Rule:
    """Change a rule.

    :param rule: as it was read; nobody may have changed it since.
    :param said: what is new.
    :raises GlintException: if it cannot be.
    """
    wanted = filled({**said_by(rule), **said})
    now = image_listing.now(context)
    _check(wanted, now)
    if wanted['source_site_id'] != rule.source_site_id:
        # At another source, all images of the first one seem to be gone.
        raise exception.BadRequest(
            reason=_(
                'source_site_id of a rule cannot change. Make another rule.'
            )
        )
    values = {
        key: value
        for key, value in _columns(wanted).items()
        if value != getattr(rule, key)
    }
    if values.keys() & SITES:
        _check_sites(context, rule, wanted, said)
        values['blocked'] = None
    if values.keys() & {'trigger', 'enabled'}:
        values |= {**_plan(wanted, now), 'blocked': None}
    if not values:
        return rule
    return db_rule.update(context, rule.id, rule.generation, **values)


def take_over(context: Context, rule: Rule) -> Rule:
    """Have a rule act for the caller from now on.

    :raises GlintException: if the caller has not all that it takes.
    """
    caller = owners.caller(context)
    if caller.project_id != rule.project_id:
        raise exception.BadRequest(
            reason=_(
                'the rule is of another project. Take it over with a token '
                'for that one.'
            )
        )
    usable = _usable(context, rule, caller, rule.target_site_ids)
    wanted = {**said_by(rule), 'credential_ids': usable}
    place.sites_of(context, caller, wanted)
    return db_rule.update(
        context,
        rule.id,
        rule.generation,
        user_id=caller.user_id,
        credential_ids=usable or None,
        blocked=None,
    )


def execute(
    context: Context, rule: Rule, dry_run: bool
) -> db_execution.Execution:
    """Have a rule executed because a user wants it.

    :returns: the execution; where one is on its way, that one, which another
        one follows.
    :raises RuleDisabled: if the rule is not to do anything.
    :raises RuleNotFound: if it is gone.
    """
    if dry_run:
        return db_execution.rehearse(context, rule)
    if not rule.enabled:
        raise exception.RuleDisabled(name=rule.name)
    made = db_execution.trigger(context, rule, states.MANUAL)
    found = made or db_execution.last(context, [rule.id]).get(rule.id)
    if found is None:
        raise exception.RuleNotFound(id=rule.id)
    return found


def _check(wanted: dict[str, Any], now: datetime) -> None:
    """Let through only what a conductor can do."""
    trigger = wanted['trigger']
    if wanted['publish'] != 'each':
        raise exception.BadRequest(
            reason=_('publish is not one of each; together is not there yet.')
        )
    if not any(wanted['select'].get(key) for key in _CHOOSES):
        raise exception.BadRequest(
            reason=_(
                'select chooses no images: give at least one of %s. The '
                'names ["*"] choose all.'
            )
            % ', '.join(_CHOOSES)
        )
    if trigger['events'] and wanted['source_site_id'] != db_site.HOME_ID:
        raise exception.BadRequest(
            reason=_(
                'trigger.events is for rules from the home site only. Give '
                'trigger.every or trigger.cron.'
            )
        )
    if trigger['events']:
        raise exception.BadRequest(
            reason=_(
                'trigger.events is true, but events are not there yet. Give '
                'trigger.every or trigger.cron.'
            )
        )
    try:
        schedule.check(trigger, now)
    except schedule.Unusable as e:
        raise exception.BadRequest(reason=str(e)) from None


def _check_sites(
    context: Context, rule: Rule, wanted: dict[str, Any], said: dict[str, Any]
) -> None:
    """Let a rule go to other sites only for whom it acts."""
    owner = owners.Owner(rule.project_id, rule.user_id)
    if owner != owners.caller(context):
        raise exception.Conflict(
            reason=_(
                'The rule uses the credentials of another user. Take it over '
                'before you change its targets or credentials.'
            )
        )
    if 'credential_ids' not in said:
        wanted['credential_ids'] = _usable(
            context, rule, owner, wanted['target_site_ids']
        )
    place.sites_of(context, owner, wanted)


def _usable(
    context: Context, rule: Rule, owner: owners.Owner, targets: list[str]
) -> list[str]:
    """Find those of a rule's credentials that somebody can use at sites."""
    usable = resolve.still_usable(context, rule.credential_ids or (), owner)
    sites = (rule.source_site_id, *targets)
    return [usable[site_id] for site_id in sites if site_id in usable]


def _columns(wanted: dict[str, Any]) -> dict[str, Any]:
    return {
        'name': wanted['name'],
        'description': wanted['description'],
        'enabled': wanted['enabled'],
        'priority': states.PRIORITIES.index(wanted['priority']),
        'source_site_id': wanted['source_site_id'],
        'target_site_ids': wanted['target_site_ids'],
        'credential_ids': wanted['credential_ids'] or None,
        'trigger': wanted['trigger'],
        'terms': {key: wanted[key] for key in _TERMS},
    }


def _plan(wanted: dict[str, Any], now: datetime) -> dict[str, Any]:
    """Say when a rule is executed next; the clock of a disabled one stands."""
    next_at = None
    if wanted['enabled']:
        next_at = schedule.next_at(wanted['trigger'], now)
    return {'planned_at': now, 'next_execution_at': next_at}
