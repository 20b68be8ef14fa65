# SPDX-License-Identifier: Apache-2.0

"""Answers about versions."""

from glint_tempest_plugin.api_schema.v1 import types

_MICROVERSION = {'type': 'string', 'pattern': r'^\d+\.\d+$'}
_VERSION = types.struct(
    id={'type': 'string', 'pattern': r'^v\d+\.\d+$'},
    status=types.enum('CURRENT', 'SUPPORTED', 'DEPRECATED', 'EXPERIMENTAL'),
    min_version=_MICROVERSION,
    version=_MICROVERSION,
    links=types.listed(types.struct(rel=types.enum('self'), href=types.TEXT)),
)

index = types.answer(200, types.struct(versions=types.listed(_VERSION)))
show = types.answer(200, types.struct(version=_VERSION))
