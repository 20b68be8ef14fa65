# SPDX-License-Identifier: Apache-2.0

import urllib.parse

import ddt

from glint.image import query
from glint.tests import base


@ddt.ddt
class PathTest(base.TestCase):
    def _asked(self, **fields: str) -> dict[str, str]:
        path, _mark, text = query.path(**fields).partition('?')
        self.assertEqual('/v2/images', path)
        return dict(urllib.parse.parse_qsl(text, strict_parsing=True))

    @ddt.data(
        'container_format',
        'created_at',
        'disk_format',
        'id',
        'name',
        'status',
        'updated_at',
    )
    def test_value_that_may_have_an_operator_is_quoted(
        self, field: str
    ) -> None:
        self.assertEqual(
            {field: 'eq:in:a,b'}, self._asked(**{field: 'in:a,b'})
        )

    @ddt.data('checksum', 'glint_source_id', 'limit', 'marker', 'os_hidden')
    def test_value_that_has_none_is_left_alone(self, field: str) -> None:
        self.assertEqual({field: 'in:a,b'}, self._asked(**{field: 'in:a,b'}))

    @ddt.data('a&name=b', 'a+b', '100%25', ' a ', 'ä☃', 'a"b\\c', "a'b", '#?')
    def test_value_arrives_as_it_is(self, value: str) -> None:
        self.assertEqual({'name': f'eq:{value}'}, self._asked(name=value))
