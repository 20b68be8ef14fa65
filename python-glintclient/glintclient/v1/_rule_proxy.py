# SPDX-License-Identifier: Apache-2.0

"""The calls of ``conn.image_replication`` that are about rules."""

from collections.abc import Callable
from collections.abc import Generator
from typing import Any

from glintclient.v1 import _base_proxy
from glintclient.v1 import _wait
from glintclient.v1 import execution as _execution
from glintclient.v1 import execution_item as _execution_item
from glintclient.v1 import replica as _replica
from glintclient.v1 import rule as _rule

Rule = _rule.Rule
Execution = _execution.Execution
ExecutionItem = _execution_item.ExecutionItem
Replica = _replica.Replica


class Proxy(_base_proxy.Proxy):
    """Rules keep the same images at several sites."""

    # ====== Rules ======

    def rules(self, **query: Any) -> Generator[Rule, None, None]:
        """List the rules of the project.

        :param query: fields to filter by, such as ``name`` or ``enabled``;
            ``sort_key`` and ``sort_dir``; ``limit``, the size of a page.
        :returns: a generator of rules, which gets a page at a time.
        """
        return self._list(Rule, **query)

    def get_rule(self, rule: str | Rule) -> Rule:
        """Get a rule.

        :param rule: its id, or a rule.
        :returns: the rule.
        :raises openstack.exceptions.NotFoundException: if there is none.
        """
        return self._get(Rule, rule)

    def find_rule(
        self, name_or_id: str, ignore_missing: bool = False
    ) -> Rule | None:
        """Find a rule.

        :param name_or_id: its name or id.
        :param ignore_missing: whether to return None if there is none.
        :returns: the rule.
        :raises openstack.exceptions.NotFoundException: if there is none.
        """
        return self._find(Rule, name_or_id, ignore_missing=ignore_missing)

    def create_rule(self, **attrs: Any) -> Rule:
        """Make a rule.

        :param attrs: ``name`` and ``target_site_ids``; all other fields of a
            rule that are not answered only are optional.
        :returns: the rule.
        :raises openstack.exceptions.BadRequestException: if it says what
            cannot be, or if there is no credential for a site.
        :raises openstack.exceptions.ConflictException: if the name is taken.
        """
        return self._create(Rule, **attrs)

    def update_rule(self, rule: str | Rule, **attrs: Any) -> Rule:
        """Change a rule.

        :param rule: its id, or a rule.
        :param attrs: the fields to change. ``if_match``, the generation that
            they are meant for, refuses the change if the rule was changed
            meanwhile.
        :returns: the rule as it is then.
        :raises openstack.exceptions.NotFoundException: if there is none.
        :raises openstack.exceptions.HttpException: 412 if it was changed
            meanwhile.
        """
        return self._update(Rule, rule, **attrs)

    def delete_rule(
        self, rule: str | Rule, ignore_missing: bool = True
    ) -> None:
        """Delete a rule; the images that it kept stay.

        :param rule: its id, or a rule.
        :param ignore_missing: whether it is no error if there is none.
        """
        self._delete(Rule, rule, ignore_missing=ignore_missing)

    def execute_rule(
        self, rule: str | Rule, dry_run: bool = False
    ) -> Execution:
        """Have a rule executed now.

        :param rule: its id, or a rule.
        :param dry_run: whether only to tell what would be done.
        :returns: the execution, which is queued; see
            :meth:`wait_for_execution`.
        """
        found = self._get_resource(Rule, rule)
        answer = found.put(self, 'execute', {'dry_run': dry_run})
        return Execution.existing(
            connection=self._get_connection(),
            **{**answer.json(), 'rule_id': found.id},
        )

    def take_over_rule(self, rule: str | Rule) -> Rule:
        """Become the user of a rule, with whose credentials it works.

        :param rule: its id, or a rule.
        :returns: the rule as it is then.
        :raises openstack.exceptions.NotFoundException: if there is none.
        """
        return self._get_resource(Rule, rule).act(self, 'takeover')

    def replicas(
        self, rule: str | Rule, **query: Any
    ) -> Generator[Replica, None, None]:
        """List the images that a rule keeps.

        :param rule: its id, or a rule.
        :param query: fields to filter by: ``state``, ``target_site_id`` and
            ``source_image_id``; ``sort_key`` and ``sort_dir``; ``limit``, the
            size of a page.
        :returns: a generator of replicas, which gets a page at a time.
        """
        return self._list(Replica, rule_id=Rule.given_id(rule), **query)

    # ====== Executions ======

    def executions(
        self, rule: str | Rule, **query: Any
    ) -> Generator[Execution, None, None]:
        """List the executions of a rule.

        :param rule: its id, or a rule.
        :param query: fields to filter by, such as ``state``; ``sort_key``
            and ``sort_dir``; ``limit``, the size of a page.
        :returns: a generator of executions, which gets a page at a time.
        """
        return self._list(Execution, rule_id=Rule.given_id(rule), **query)

    def get_execution(
        self,
        execution: str | Execution,
        rule: str | Rule | None = None,
    ) -> Execution:
        """Get an execution.

        :param execution: its id, or an execution.
        :param rule: the rule, unless the execution knows it.
        :returns: the execution.
        :raises openstack.exceptions.NotFoundException: if there is none.
        """
        return self._get(
            Execution,
            execution,
            skip_cache=True,
            **_of_rule(execution, rule),
        )

    def execution_items(
        self,
        execution: str | Execution,
        rule: str | Rule | None = None,
    ) -> Generator[ExecutionItem, None, None]:
        """List what an execution does, in the order in which it does it.

        :param execution: its id, or an execution.
        :param rule: the rule, unless the execution knows it.
        :returns: a generator of items, which gets a page at a time.
        """
        found = self._get_resource(
            Execution, execution, **_of_rule(execution, rule)
        )
        return self._list(
            ExecutionItem,
            rule_id=found.rule_id,
            execution_id=Execution.given_id(found),
        )

    def approve_execution(
        self,
        execution: str | Execution,
        rule: str | Rule | None = None,
    ) -> Execution:
        """Let an execution take away more images than its rule allows.

        :param execution: its id, or an execution, in ``needs_approval``. What
            its items list is taken away, if it still has to be.
        :param rule: the rule, unless the execution knows it.
        :returns: the execution as it is then.
        :raises openstack.exceptions.ConflictException: if it needs none.
        :raises openstack.exceptions.ForbiddenException: if the policy does
            not let the user.
        """
        return self._get_resource(
            Execution, execution, **_of_rule(execution, rule)
        ).approve(self)

    def cancel_execution(
        self,
        execution: str | Execution,
        rule: str | Rule | None = None,
    ) -> Execution:
        """Stop an execution.

        :param execution: its id, or an execution.
        :param rule: the rule, unless the execution knows it.
        :returns: the execution as it is then.
        :raises openstack.exceptions.ConflictException: if it has ended.
        """
        return self._get_resource(
            Execution, execution, **_of_rule(execution, rule)
        ).cancel(self)

    def wait_for_execution(
        self,
        execution: str | Execution,
        rule: str | Rule | None = None,
        *,
        interval: float = 1,
        wait: float | None = None,
        callback: Callable[[Execution], None] | None = None,
    ) -> Execution:
        """Wait until an execution has ended, or needs to be approved.

        A service that does not answer is asked again for a minute.

        :param execution: its id, or an execution.
        :param rule: the rule, unless the execution knows it.
        :param interval: seconds between two looks at it.
        :param wait: seconds to wait at most; None for ever.
        :param callback: is called with the execution after each look.
        :returns: the execution, which is completed.
        :raises openstack.exceptions.ResourceFailure: if it is not.
            ``extra_data`` is the execution.
        :raises openstack.exceptions.ResourceTimeout: after ``wait`` seconds.
        """
        return _wait.executed(
            _wait.wait(
                lambda: self.get_execution(execution, rule),
                interval=interval,
                limit=wait,
                callback=callback,
            )
        )


def _of_rule(
    execution: str | Execution, rule: str | Rule | None
) -> dict[str, Any]:
    if rule is not None:
        return {'rule_id': Rule.given_id(rule)}
    if isinstance(execution, str):
        raise ValueError('An execution given by its id needs its rule.')
    return {}
