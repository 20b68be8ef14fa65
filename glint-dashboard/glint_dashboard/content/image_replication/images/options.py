# SPDX-License-Identifier: Apache-2.0

"""What is to become of images, as the form of the plan asks for it."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from glint_dashboard import exception

#: The fields of the form.
FIELDS = (
    'image_name',
    'visibility',
    'set_properties',
    'remove_properties',
    'on_conflict',
    'on_difference',
)
#: What there is to choose from, by field.
CHOICES = {
    'visibility': (
        ('', gettext_lazy('as at the source')),
        ('private', gettext_lazy('private')),
        ('shared', gettext_lazy('shared')),
        ('community', gettext_lazy('community')),
        ('public', gettext_lazy('public')),
    ),
    'on_conflict': (
        ('', gettext_lazy('keep both under the same name')),
        ('rename', gettext_lazy('give the new image another name')),
        ('skip', gettext_lazy('do not copy it')),
        ('fail', gettext_lazy('end the copy with an error')),
    ),
    'on_difference': (
        ('', gettext_lazy('make a copy beside it')),
        ('amend', gettext_lazy('amend it, if it is our own')),
        ('adopt', gettext_lazy('use it as it is')),
    ),
}


def shown(form: Mapping[str, str]) -> dict[str, str]:
    """Return what the form has, to be shown in it again."""
    return {name: form.get(name, '') for name in FIELDS}


def given(form: Mapping[str, str]) -> dict[str, Any]:
    """Make the options of a request of what the form has.

    :raises InputError: when it cannot be understood.
    """
    options: dict[str, Any] = {
        name: form.get(name, '').strip() for name in ('image_name', *CHOICES)
    }
    options['properties'] = _filled(
        {
            'set': _properties(form.get('set_properties', '')),
            'remove': list(
                dict.fromkeys(_lines(form.get('remove_properties', '')))
            ),
        }
    )
    return _filled(options)


def _properties(text: str) -> dict[str, str]:
    found = {}
    for line in _lines(text):
        name, equals, value = line.partition('=')
        if not equals or not name.strip():
            raise exception.InputError(
                _(
                    'Write properties to set as name=value, one in each '
                    'line; "%s" is none.'
                )
                % line
            )
        found[name.strip()] = value.strip()
    return found


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _filled(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value}
