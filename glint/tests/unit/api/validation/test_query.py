# SPDX-License-Identifier: Apache-2.0

import ddt

from glint.api.validation import query
from glint.tests.unit.api import base


@ddt.ddt
class QueryTest(base.TestCase):
    @ddt.data(
        'nothing=1',
        'limit=0',
        'limit=-1',
        'limit=x',
        'limit=',
        'limit=1.5',
        'limit=%D9%A3',
        'limit=1&limit=2',
        'marker=x',
        'marker=',
        'sort_key=ca_cert',
        'sort_key=nothing',
        'sort_dir=up',
        'enabled=perhaps',
        'enabled=',
        'name=%00',
        'name=%FF',
        'name=a%0Ab',
        'name=',
        'name=' + 'x' * 256,
        '&'.join(f'a{number}=1' for number in range(100)),
        '%00=1',
    )
    def test_bad_query_returns_400(self, text):
        self.refused(400, 'request.invalid', 'GET', f'/v1/sites?{text}')

    @ddt.data('', '&', 'limit=1', 'limit=99999999999999999999999', 'enabled=1')
    def test_good_query_returns_200(self, text):
        self.call('GET', f'/v1/sites?{text}')

    def test_query_where_none_belongs_returns_400(self):
        site_id = self.add_site()['id']
        self.refused(
            400, 'request.invalid', 'GET', f'/v1/sites/{site_id}?limit=1'
        )


class ParseTest(base.TestCase):
    def test_escaped_and_plain_utf8_are_the_same(self):
        plain = 'name=Zürich'.encode().decode('latin-1')
        for raw in ('name=Z%C3%BCrich', plain):
            self.assertEqual(
                {'name': 'Zürich'}, query.parse({'QUERY_STRING': raw}, {})
            )

    def test_only_integers_and_booleans_are_converted(self):
        schema = {
            'properties': {
                'limit': {'type': 'integer'},
                'enabled': {'type': 'boolean'},
                'name': {'type': 'string'},
            }
        }
        self.assertEqual(
            {'limit': 7, 'enabled': False, 'name': '7', 'other': 'true'},
            query.parse(
                {'QUERY_STRING': 'limit=7&enabled=no&name=7&other=true'},
                schema,
            ),
        )
