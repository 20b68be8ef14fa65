# SPDX-License-Identifier: Apache-2.0

"""JSON schemas, and what is said to a client that does not keep to one."""

from collections.abc import Callable
from typing import Any

import jsonschema
from jsonschema import exceptions

from glint.api.validation import formats
from glint.i18n import _

_MAX_NAME = 64


def make(schema: dict[str, Any], name: str) -> Callable[[Any], str | None]:
    """Make the function that checks a value against a schema.

    :param schema: the schema.
    :param name: what the value is called where it is wrong as a whole.
    :returns: the function; it returns what is wrong, or None.
    """
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(
        schema, format_checker=formats.CHECKER
    )

    def find_fault(value: Any) -> str | None:
        first = min(
            validator.iter_errors(value),
            key=lambda error: [str(part) for part in error.absolute_path],
            default=None,
        )
        return None if first is None else _reason(first, name)

    return find_fault


def _reason(error: exceptions.ValidationError, name: str) -> str:
    """Say what is wrong, without a word of the value: it may be a secret."""
    path = '.'.join(_short(part) for part in error.absolute_path)
    return f'{path or name} {_what(error)}'


def _what(error: exceptions.ValidationError) -> str:
    wanted = error.validator_value
    match error.validator:
        case 'additionalProperties':
            known = error.schema.get('properties', {})
            unknown = sorted(
                _short(key) for key in set(error.instance) - set(known)
            )
            return _('has keys that are not known: %s.') % ', '.join(
                unknown[:5]
            )
        case 'required':
            missing = [key for key in wanted if key not in error.instance]
            return _('lacks %s.') % ', '.join(missing)
        case 'dependentRequired':
            pairs = [
                _('%(key)s without %(missing)s')
                % {'key': key, 'missing': ' and '.join(others)}
                for key, others in wanted.items()
                if key in error.instance
            ]
            return _('has %s.') % ', '.join(pairs)
        case 'anyOf':
            ways = [' and '.join(way['required']) for way in wanted]
            return _('needs %s.') % _(', or ').join(ways)
        case 'type':
            types = [wanted] if isinstance(wanted, str) else wanted
            return _('is not of the type %s.') % _(' or ').join(types)
        case 'enum':
            names = ['null' if one is None else str(one) for one in wanted]
            return _('is not one of %s.') % ', '.join(names)
        case 'format':
            return formats.MEANINGS[str(wanted)]
    sentence = _SENTENCES.get(str(error.validator), _('is not valid.'))
    return sentence % {'wanted': wanted}


_SENTENCES = {
    'minLength': _('is shorter than %(wanted)s characters.'),
    'maxLength': _('is longer than %(wanted)s characters.'),
    'minimum': _('is less than %(wanted)s.'),
    'maximum': _('is more than %(wanted)s.'),
    'minItems': _('has fewer than %(wanted)s items.'),
    'maxItems': _('has more than %(wanted)s items.'),
    'minProperties': _('has fewer than %(wanted)s keys.'),
    'maxProperties': _('has more than %(wanted)s keys.'),
    'uniqueItems': _('has an item twice.'),
    'pattern': _('does not match %(wanted)s.'),
}


def _short(part: str | int) -> str:
    text = str(part)
    return text if len(text) <= _MAX_NAME else f'{text[:_MAX_NAME]}...'
