# SPDX-License-Identifier: Apache-2.0

"""The one place that reads query strings."""

from typing import Any
from urllib import parse as url

from oslo_utils import strutils

from glint import exception
from glint.api.validation import body
from glint.i18n import _

_MAX_ARGUMENTS = 64


def parse(environ: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    """Read the query of a request.

    :param environ: the WSGI environment.
    :param schema: the schema of the query. Values of its integer and
        boolean properties are converted if they are good; what is not is
        left to the validation.
    :returns: the arguments by name.
    :raises BadRequest: if it is malformed or names an argument twice.
    """
    try:
        raw = environ.get('QUERY_STRING', '').encode('latin-1').decode('utf-8')
        pairs = url.parse_qsl(
            raw,
            keep_blank_values=True,
            errors='strict',
            max_num_fields=_MAX_ARGUMENTS,
        )
    except ValueError:
        raise exception.BadRequest(
            reason=_('the query is too long or not in UTF-8.')
        ) from None
    types = schema.get('properties', {})
    query: dict[str, Any] = {}
    for name, value in pairs:
        body.check_text(name)
        body.check_text(value)
        if name in query:
            raise exception.BadRequest(
                reason=_('an argument is in the query twice.')
            )
        query[name] = _convert(value, types.get(name, {}).get('type'))
    return query


def _convert(value: str, kind: str | None) -> Any:
    if kind == 'integer' and value.isascii() and value.isdigit():
        # Longer ones are no sensible number, and slow to read.
        return int(value[:20])
    if kind == 'boolean':
        try:
            return strutils.bool_from_string(value, strict=True)
        except ValueError:
            return value
    return value
