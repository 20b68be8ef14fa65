# SPDX-License-Identifier: Apache-2.0

"""Tests of secrets that a key manager keeps."""

import contextlib
from datetime import timedelta
import logging
import traceback
from typing import Any
from unittest import mock

from castellan import key_manager as castellan
from castellan.common import exception as castellan_exception
from castellan.key_manager import key_manager as interface

from glint import exception
from glint.db import credential as db_credential
from glint.db import kept_secret
from glint.db import models
from glint.secrets import api as secrets
from glint.secrets import key_manager
from glint.tests.unit.db import base

AUTH = {'username': 'alice', 'password': 'canary ☃ "\\ \n'}


class Keeper:
    """Stands in for the server behind castellan.

    :ivar contents: the payloads by their names.
    :ivar error: raised by each call, if it is set.
    """

    def __init__(self) -> None:
        self.contents: dict[str, Any] = {}
        self.error: Exception | None = None
        self.users: list[Any] = []

    def _enter(self, context: Any) -> None:
        self.users.append(context)
        # The libraries tell what they send.
        for name in (
            'keystoneauth.session',
            'castellan.key_manager.barbican_key_manager',
        ):
            logging.getLogger(name).debug('sent: %s', self.contents)
        if self.error:
            raise self.error

    def store(self, context: Any, managed_object: Any) -> str:
        ref = f'ref-{len(self.users)}'
        self.contents[ref] = managed_object
        self._enter(context)
        return ref

    def get(self, context: Any, ref: str) -> Any:
        self._enter(context)
        if ref not in self.contents:
            raise castellan_exception.ManagedObjectNotFoundError(uuid=ref)
        return self.contents[ref]

    def delete(self, context: Any, ref: str) -> None:
        self._enter(context)
        if self.contents.pop(ref, None) is None:
            raise castellan_exception.ManagedObjectNotFoundError(uuid=ref)


class TestCase(base.TestCase):
    def setUp(self) -> None:
        super().setUp()
        key_manager.forget()
        self.addCleanup(key_manager.forget)
        self.config(group='secrets', backend='castellan')
        self.keeper = Keeper()
        manager = mock.create_autospec(interface.KeyManager, instance=True)
        for name in ('store', 'get', 'delete'):
            getattr(manager, name).side_effect = getattr(self.keeper, name)
        # Registers the options, as it does for real.
        castellan.API()
        for place, name in (
            (castellan, 'API'),
            (key_manager.service_user, 'ServiceUser'),
        ):
            patcher = mock.patch.object(place, name, autospec=True)
            self.addCleanup(patcher.stop)
            patcher.start()
        castellan.API.return_value = manager
        self.site_id = self.add_site().id

    def encrypt(self, credential_id: str = 'c1') -> secrets.Encrypted:
        return secrets.encrypt(self.context, credential_id, AUTH)

    def sweep(self) -> list[str]:
        return list(secrets.sweep(self.context))

    def write(self, credential_id: str, stored: secrets.Encrypted) -> Any:
        return self.add_credential(
            self.site_id,
            id=credential_id,
            name=credential_id,
            scheme=stored.scheme,
            key_id=stored.key_id,
            secret=stored.secret,
        )

    def assertUnavailable(self, function: Any, *arguments: Any) -> str:
        error = self.assertRaises(
            exception.SecretsUnavailable, function, *arguments
        )
        shown = ''.join(traceback.format_exception(error))
        for text in (repr(error), shown, self.logs.output):
            self.assertNotIn('canary', text)
        return str(error)


class KeyManagerTest(TestCase):
    def test_what_is_kept_can_be_read(self) -> None:
        stored = self.encrypt()
        self.assertEqual('castellan', stored.scheme)
        self.assertEqual('barbican', stored.key_id)
        self.assertEqual(AUTH, secrets.decrypt('c1', stored))
        self.assertEqual(('castellan', 'barbican'), secrets.current())
        self.assertNotIn('canary', self.logs.output)

    def test_log_of_others_stays(self) -> None:
        self.encrypt()
        logging.getLogger('keystoneauth.session').debug('of a site')
        self.assertIn('of a site', self.logs.output)

    def test_secret_of_another_row_is_refused(self) -> None:
        stored = self.encrypt()
        reason = self.assertUnavailable(secrets.decrypt, 'c2', stored)
        self.assertIn('belongs to another', reason)

    def test_what_is_no_credential_is_refused(self) -> None:
        stored = self.encrypt()
        for content in (b'', b'canary', b'[]', b'{"id": "c1"}', None):
            found = mock.Mock(spec=('get_encoded',))
            found.get_encoded.return_value = content
            self.keeper.contents[stored.secret] = found
            self.assertUnavailable(secrets.decrypt, 'c1', stored)

    def test_every_failure_becomes_one_that_says_what_to_do(self) -> None:
        stored = self.encrypt()
        for error in (
            castellan_exception.KeyManagerError(reason='down'),
            castellan_exception.Forbidden(),
            KeyError('title'),
            OSError('refused'),
        ):
            self.keeper.error = error
            for function, arguments in (
                (self.encrypt, ()),
                (secrets.decrypt, ('c1', stored)),
                (key_manager.delete, ('barbican', stored.secret)),
            ):
                reason = self.assertUnavailable(function, *arguments)
                self.assertIn('the key manager did not', reason)
                self.assertIn('Ask the operator', reason)
            self.assertIn(str(error)[:8], self.logs.output)

    def test_error_that_quotes_the_secret_is_not_logged(self) -> None:
        def quote(_context: Any, managed_object: Any) -> str:
            raise ValueError(managed_object.get_encoded().decode())

        key_manager._manager().store.side_effect = quote
        self.assertUnavailable(self.encrypt)
        self.assertIn('quotes the secret', self.logs.output)

    def test_secret_of_another_key_manager_is_not_looked_for(self) -> None:
        stored = secrets.Encrypted('castellan', 'vault', 'ref-0')
        asked = len(self.keeper.users)
        reason = self.assertUnavailable(secrets.decrypt, 'c1', stored)
        self.assertIn('"vault"', reason)
        self.assertEqual(asked, len(self.keeper.users))

    def test_unknown_key_manager_is_refused(self) -> None:
        key_manager.forget()
        castellan.API.side_effect = ImportError('no such driver')
        self.assertUnavailable(secrets.current)

    def test_deleting_twice_is_no_error(self) -> None:
        stored = self.encrypt()
        for _time in range(2):
            key_manager.delete(stored.key_id, stored.secret)
        self.assertEqual({}, self.keeper.contents)


class RegisterTest(TestCase):
    """What Barbican has and no row names."""

    def age(self, hours: int) -> None:
        rows = kept_secret.unreferenced(
            self.context, 'barbican', timedelta(hours=-1), 9
        )
        for row in rows:
            self.set_columns(
                models.KeptSecret,
                row.id,
                created_at=row.created_at - timedelta(hours=hours),
            )

    def test_secret_stays_as_long_as_its_row(self) -> None:
        self.write('c1', self.encrypt())
        self.age(2)
        self.assertEqual([], self.sweep())
        db_credential.delete(self.context, 'c1')
        self.assertEqual(['c1'], self.sweep())
        self.assertEqual({}, self.keeper.contents)
        self.assertEqual([], self.sweep())

    def test_secret_waits_for_its_row_but_not_for_ever(self) -> None:
        self.encrypt()
        self.assertEqual([], self.sweep())
        self.age(2)
        self.assertEqual(['c1'], self.sweep())
        self.assertEqual({}, self.keeper.contents)

    def test_refused_row_leaves_no_secret(self) -> None:
        self.write('c1', self.encrypt())
        stored = self.encrypt('c2')
        self.assertRaises(
            exception.CredentialExists,
            self.add_credential,
            self.site_id,
            id='c2',
            name='c1',
            scheme=stored.scheme,
            key_id=stored.key_id,
            secret=stored.secret,
        )
        self.assertEqual(['c2'], self.sweep())
        self.assertEqual(1, len(self.keeper.contents))

    def test_replaced_secret_is_deleted(self) -> None:
        row = self.write('c1', self.encrypt())
        new = self.encrypt()
        self.assertEqual([], self.sweep())
        db_credential.swap_secret(
            self.context,
            row,
            scheme=new.scheme,
            key_id=new.key_id,
            secret=new.secret,
        )
        self.assertEqual(['c1'], self.sweep())
        self.assertEqual([new.secret], list(self.keeper.contents))

    def test_secret_that_a_user_replaced_is_deleted(self) -> None:
        row = self.write('c1', self.encrypt())
        new, late = self.encrypt(), self.encrypt()
        for stored in (new, late):
            with contextlib.suppress(exception.CredentialChanged):
                db_credential.update(
                    self.context,
                    row,
                    state='ok',
                    scheme=stored.scheme,
                    key_id=stored.key_id,
                    secret=stored.secret,
                )
        self.assertEqual(['c1', 'c1'], self.sweep())
        self.assertEqual([new.secret], list(self.keeper.contents))

    def test_what_cannot_be_read_back_is_deleted(self) -> None:
        for content in (b'{"id": "c1", "auth": {}}', b'{}'):
            found = mock.Mock(spec=('get_encoded',))
            found.get_encoded.return_value = content
            get = key_manager._manager().get
            get.side_effect = lambda *_arguments, found=found: found
            self.assertUnavailable(self.encrypt)
            self.assertEqual({}, self.keeper.contents)

    def test_sweep_that_fails_goes_on_later(self) -> None:
        self.write('c1', self.encrypt())
        db_credential.delete(self.context, 'c1')
        self.keeper.error = OSError('down')
        self.assertUnavailable(self.sweep)
        self.keeper.error = None
        self.assertEqual(['c1'], self.sweep())

    def test_secrets_of_another_key_manager_are_left_alone(self) -> None:
        kept_secret.register(self.context, 'c1', 'vault', 'ref')
        kept_secret.abandon(self.context, 'c1', 'ref')
        self.assertEqual([], self.sweep())
