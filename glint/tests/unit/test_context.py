# SPDX-License-Identifier: Apache-2.0

"""Tests of the context of a request."""

from concurrent import futures

from oslo_context import context as oslo_context

from glint import context
from glint.tests import base


class ContextTestCase(base.TestCase):
    def test_context_of_the_service_has_no_identity(self) -> None:
        made = context.for_service()
        self.assertEqual(
            [None] * 3, [made.user_id, made.project_id, made.auth_token]
        )
        self.assertTrue(made.request_id.startswith('req-'))

    def test_context_of_a_task_has_the_id_of_its_request(self) -> None:
        self.assertEqual('req-1', context.for_request('req-1').request_id)
        self.assertTrue(context.for_request(None).request_id)

    def test_context_of_a_task_has_what_the_caller_named_it(self) -> None:
        made = context.for_request('req-1', 'req-2', 'u', 'p')
        self.assertEqual(('u', 'p'), (made.user_id, made.project_id))
        self.assertEqual('req-1', made.request_id)
        self.assertEqual('req-2', made.global_request_id)

    def test_contexts_of_tasks_are_not_that_of_the_thread(self) -> None:
        current = context.RequestContext(user_id='u')
        context.for_service()
        context.for_request('req-1')
        self.assertIs(current, oslo_context.get_current())

    def test_other_thread_has_the_context_that_it_was_given(self) -> None:
        def see() -> str | None:
            current = oslo_context.get_current()
            return current and current.request_id

        context.RequestContext(request_id='req-1')
        carried = context.carried(see)
        context.RequestContext(request_id='req-2')
        with futures.ThreadPoolExecutor() as pool:
            self.assertIsNone(pool.submit(see).result())
            self.assertEqual('req-1', pool.submit(carried).result())
        self.assertEqual('req-2', see())

    def test_context_leaves_the_process_without_its_tokens(self) -> None:
        made = context.RequestContext(
            auth_token='canary-1',
            service_token='canary-2',
            user_id='u',
            project_id='p',
            roles=['member'],
            request_id='req-1',
        )
        values = context.without_token(made)
        self.assertNotIn('canary', repr(values))
        found = context.RequestContext.from_dict(values)
        self.assertEqual(
            ('u', 'p', ['member'], 'req-1'),
            (
                found.user_id,
                found.project_id,
                found.roles,
                found.request_id,
            ),
        )
        # The request itself still needs it.
        self.assertEqual('canary-1', made.auth_token)
