# SPDX-License-Identifier: Apache-2.0

"""Which part of Glint may import which: the one table of its layers."""

from collections.abc import Iterator
from typing import NamedTuple


class Layer(NamedTuple):
    """What the modules below one prefix may and must not import.

    ``allowed`` names what is excepted from ``forbidden``, here and in the
    rows of the wider prefixes.
    """

    forbidden: tuple[str, ...] = ()
    allowed: tuple[str, ...] = ()


# Tests may import anything.
EXEMPT = ('glint.tests',)

# What every part may use.
_GROUND = (
    'glint.conf',
    'glint.exception',
    'glint.gate',
    'glint.i18n',
    'glint.interrupt',
    'glint.outage',
    'glint.states',
    'glint.version',
)

# What both sides of the queue may do with the database.
_TABLES = (
    'glint.db.credential',
    'glint.db.engine',
    'glint.db.image_copy',
    'glint.db.image_listing',
    'glint.db.replication',
    'glint.db.site',
)

LAYERS = {
    'glint': Layer(
        forbidden=(
            'alembic',
            'castellan',
            'glanceclient',
            'glint.db.models',
            'glint.tests',
            'glintclient',
            'pecan',
            'sqlalchemy',
            'webob',
        ),
    ),
    'glint.cmd': Layer(forbidden=('glint.image',)),
    'glint.wsgi': Layer(forbidden=('glint.cmd', 'glint.image')),
    'glint.api': Layer(
        forbidden=('glint',),
        allowed=(
            *_GROUND,
            'glint.api',
            'glint.conductor.rpcapi',
            'glint.context',
            *_TABLES,
            'glint.db.attempt',
            'glint.db.listing',
            'glint.db.queue.waiting',
            'glint.db.quota',
            'glint.db.rule',
            'glint.db.summary',
            'glint.inventory',
            'glint.order',
            'glint.policies',
            'glint.policy',
            'glint.rpc',
            'glint.rule',
            'glint.secrets',
            'pecan',
            'webob',
        ),
    ),
    # What an API and a conductor both need to place work: no request.
    'glint.order': Layer(
        forbidden=('glint',),
        allowed=(
            *_GROUND,
            'glint.context',
            *_TABLES,
            'glint.db.quota',
            'glint.db.rule',
            'glint.home',
            'glint.order',
            'glint.rule',
            'glint.secrets',
        ),
    ),
    'glint.inventory': Layer(
        forbidden=('glint',),
        allowed=(*_GROUND, *_TABLES, 'glint.db.listing', 'glint.inventory'),
    ),
    # Pure functions: no database, no message, and nobody is asked.
    'glint.rule': Layer(
        forbidden=('glint',),
        allowed=(
            *_GROUND,
            'glint.image.difference',
            'glint.image.record',
            'glint.rule',
        ),
    ),
    'glint.conductor': Layer(
        forbidden=('glint',),
        allowed=(
            *_GROUND,
            'glint.conductor',
            'glint.context',
            *_TABLES,
            'glint.db.change',
            'glint.db.leftover',
            'glint.db.queue',
            'glint.db.rule',
            'glint.home',
            'glint.image',
            'glint.notification',
            'glint.order',
            'glint.presence',
            'glint.report',
            'glint.rpc',
            'glint.rule',
            'glint.secrets',
            'glint.stream',
        ),
    ),
    # Bytes: no database, no message, nothing of what is to be copied where.
    'glint.stream': Layer(
        forbidden=('glint',),
        allowed=(*_GROUND, 'glint.context', 'glint.image', 'glint.stream'),
    ),
    'glint.image': Layer(
        forbidden=('glint',),
        allowed=(*_GROUND, 'glint.image', 'glanceclient'),
    ),
    'glint.secrets': Layer(
        forbidden=('glint',),
        allowed=(
            *_GROUND,
            'glint.context',
            'glint.db.engine',
            'glint.db.kept_secret',
            'glint.secrets',
            'castellan',
        ),
    ),
    'glint.db': Layer(
        forbidden=('glint',),
        allowed=(
            *_GROUND,
            'glint.context',
            'glint.db',
            'alembic',
            'sqlalchemy',
        ),
    ),
    'glint.home': Layer(forbidden=('glint',), allowed=_GROUND),
    'glint.notification': Layer(
        forbidden=('glint',),
        allowed=(*_GROUND, 'glint.context', 'glint.db.change', 'glint.rpc'),
    ),
    'glint.presence': Layer(
        forbidden=('glint',),
        allowed=(
            *_GROUND,
            'glint.context',
            'glint.db.engine',
            'glint.db.queue.service',
        ),
    ),
    'glint.policy': Layer(
        forbidden=('glint',),
        allowed=(*_GROUND, 'glint.context', 'glint.policies'),
    ),
    'glint.policies': Layer(forbidden=('glint',), allowed=('glint.policies',)),
    'glint.report': Layer(forbidden=('glint',), allowed=_GROUND),
    'glint.rpc': Layer(
        forbidden=('glint',), allowed=(*_GROUND, 'glint.context')
    ),
    'glint.conf': Layer(
        forbidden=('glint',), allowed=('glint.conf', 'glint.i18n')
    ),
    'glint.exception': Layer(forbidden=('glint',), allowed=('glint.i18n',)),
    'glint.gate': Layer(forbidden=('glint',), allowed=('glint.exception',)),
    'glint.states': Layer(forbidden=('glint',), allowed=('glint.i18n',)),
    'glint.i18n': Layer(forbidden=('glint',)),
    'glint.interrupt': Layer(forbidden=('glint',)),
    'glint.outage': Layer(forbidden=('glint',)),
    'glint.version': Layer(forbidden=('glint',)),
    'glint.hacking': Layer(forbidden=('glint',), allowed=('glint.hacking',)),
}


def may_import(importer: str, imported: str) -> bool:
    """Look up the table; the row of the most specific importer decides.

    :param importer: full name of the module with the import
    :param imported: full name of what it imports
    :returns: False when a row forbids it
    """
    if _is_below(importer, EXEMPT):
        return True
    for prefix in _prefixes(importer):
        layer = LAYERS.get(prefix, Layer())
        if _is_below(imported, layer.allowed):
            return True
        if _is_below(imported, layer.forbidden):
            return False
    return True


def _prefixes(name: str) -> Iterator[str]:
    while name:
        yield name
        name = name.rpartition('.')[0]


def _is_below(name: str, prefixes: tuple[str, ...]) -> bool:
    return not set(_prefixes(name)).isdisjoint(prefixes)
