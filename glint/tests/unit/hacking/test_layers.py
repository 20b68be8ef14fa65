# SPDX-License-Identifier: Apache-2.0

"""Tests of the table of the layers."""

import ddt

from glint.hacking import layers
from glint.tests import base


@ddt.ddt
class LayersTestCase(base.TestCase):
    @ddt.data(
        ('glint.api.app', 'glint.conductor.manager'),
        ('glint.api.app', 'glint.conductor'),
        ('glint.api.app', 'glint.db.models.Site'),
        ('glint.api.app', 'glint.db.migration'),
        ('glint.api.app', 'glint.db.queue.lease'),
        ('glint.api.app', 'glint.image.session'),
        ('glint.api.app', 'glint.cmd.manage'),
        ('glint.cmd.manage', 'glint.db.models'),
        ('glint.cmd.manage', 'glint.image'),
        ('glint.cmd.manage', 'sqlalchemy.orm'),
        ('glint.wsgi.api', 'glint.cmd'),
        ('glint.conductor.manager', 'glint.api.errors'),
        ('glint.conductor.manager', 'glint.db.models'),
        ('glint.conductor.manager', 'glint.policies.base'),
        ('glint.conductor.manager', 'glint.policy'),
        ('glint.conductor.manager', 'pecan'),
        ('glint.conductor.manager', 'webob.exc'),
        ('glint.conductor.manager', 'glanceclient'),
        ('glint.conductor.rpcapi', 'glint.api'),
        ('glint.image.session', 'glint.context'),
        ('glint.image.session', 'glint.db.site'),
        ('glint.image.session', 'glint.rpc'),
        ('glint.image.session', 'castellan'),
        ('glint.secrets.fernet', 'glint.db.site'),
        ('glint.secrets.api', 'glint.db.credential'),
        ('glint.api.app', 'glint.db.kept_secret'),
        ('glint.api.app', 'castellan'),
        ('glint.secrets.fernet', 'glanceclient'),
        ('glint.db.site', 'glint.api'),
        ('glint.db.site', 'glint.conductor.rpcapi'),
        ('glint.db.site', 'glint.secrets'),
        ('glint.policy', 'glint.db.site'),
        ('glint.policies.site', 'glint.policy'),
        ('glint.rpc', 'glint.conductor'),
        ('glint.notification', 'glint.conductor'),
        ('glint.notification', 'glint.db.queue.lease'),
        ('glint.conf.network', 'glint.exception'),
        ('glint.exception', 'glint.states'),
        ('glint.states', 'glint.exception'),
        ('glint.i18n', 'glint.conf'),
        ('glint.context', 'glintclient.v1'),
        ('glint.service', 'glint.tests.base'),
    )
    @ddt.unpack
    def test_import_across_the_layers_is_forbidden(self, importer, imported):
        self.assertFalse(layers.may_import(importer, imported))

    @ddt.data(
        ('glint.cmd.conductor', 'glint.conductor.service'),
        ('glint.cmd.manage', 'glint.db.migration'),
        ('glint.wsgi.api', 'glint.api.app'),
        ('glint.api.app', 'glint.api.errors'),
        ('glint.api.app', 'glint.conductor.rpcapi'),
        ('glint.api.app', 'glint.db.queue.waiting'),
        ('glint.api.app', 'glint.db.site.get'),
        ('glint.api.app', 'glint.policies.site'),
        ('glint.api.app', 'pecan.rest'),
        ('glint.conductor.manager', 'glint.db.site'),
        ('glint.conductor.manager', 'glint.image.session'),
        ('glint.conductor.manager', 'glint.secrets'),
        ('glint.image.session', 'glanceclient.v2'),
        ('glint.secrets.key_manager', 'castellan.key_manager'),
        ('glint.secrets.api', 'glint.db.kept_secret'),
        ('glint.db.site', 'glint.db.models'),
        ('glint.db.migrations.env', 'alembic.context'),
        ('glint.conf.network', 'glint.i18n._'),
        ('glint.conf.opts', 'glint.conf.network'),
        ('glint.tests.unit.db.test_api', 'glint.db.models'),
        ('glint.tests.functional.base', 'glanceclient'),
    )
    @ddt.unpack
    def test_import_within_the_layers_is_allowed(self, importer, imported):
        self.assertTrue(layers.may_import(importer, imported))

    def test_prefix_is_compared_by_whole_names(self):
        self.assertTrue(layers.may_import('glint.conductor.x', 'pecanary'))
        self.assertTrue(layers.may_import('glint.x', 'glint.db.models_map'))
