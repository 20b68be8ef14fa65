# SPDX-License-Identifier: Apache-2.0

"""Tests of the options, all of them."""

import pathlib
import re

from oslo_config import cfg
from oslo_config import generator

import glint
from glint import conf
from glint.conf import opts
from glint.tests import base

#: Where libraries say what their options are.
FOREIGN = ('service_user',)


class OptionsTestCase(base.TestCase):
    def options(self) -> dict[str, list[cfg.Opt]]:
        return {
            group.name if group else 'DEFAULT': options
            for group, options in opts.list_opts()
        }

    def test_every_group_is_listed(self) -> None:
        here = pathlib.Path(conf.__file__).parent
        modules = {path.stem for path in here.glob('*.py')}
        # Those of paths are in no group.
        expected = modules - {'__init__', 'opts', 'paths'} | {'DEFAULT'}
        self.assertEqual(expected, set(self.options()))

    def test_every_listed_option_can_be_read(self) -> None:
        for group, options in self.options().items():
            if group not in FOREIGN:
                place = conf.CONF if group == 'DEFAULT' else conf.CONF[group]
                for option in options:
                    getattr(place, option.dest)

    def test_every_option_is_explained_in_sentences(self) -> None:
        for group, options in self.options().items():
            for option in options if group not in FOREIGN else ():
                self.assertRegex(
                    option.help or '',
                    re.compile(r'^[A-Z].*[^.]\.$', re.DOTALL),
                    f'{group}.{option.name}',
                )

    def test_option_with_a_secret_is_marked(self) -> None:
        for options in self.options().values():
            for option in options:
                if 'password' in option.name or 'secret' in option.name:
                    self.assertTrue(option.secret, option.name)


class GeneratorTestCase(OptionsTestCase):
    def test_sample_has_every_group(self) -> None:
        top = pathlib.Path(glint.__file__).parents[1]
        sample = self.create_tempfiles([('glint.conf', '')])[0]
        generator.main(
            [
                '--config-file',
                str(top / 'etc/glint/glint-config-generator.conf'),
                '--output-file',
                sample,
            ]
        )
        text = pathlib.Path(sample).read_text()
        for group in (
            *self.options(),
            'database',
            'keystone_authtoken',
            'oslo_messaging_rabbit',
            'oslo_policy',
        ):
            self.assertIn(f'\n[{group}]\n', '\n' + text)
        self.assertNotIn('WARNING', self.logs.output)
