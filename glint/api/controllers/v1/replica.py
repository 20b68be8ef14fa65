# SPDX-License-Identifier: Apache-2.0

"""The calls on the replicas of rules."""

from typing import Any

import pecan

from glint import policy
from glint.api import expose
from glint.api import pagination
from glint.api.controllers.v1 import rule as rule_controller
from glint.api.schemas import replica as schemas
from glint.api.views import replica as views
from glint.db.rule import replica as db_replica
from glint.policies import rule as policies


class ReplicasController:
    """``/v1/rules/{rule_id}/replicas``."""

    @expose.expose(
        query=schemas.index_request_query, answer=schemas.index_response_body
    )
    def index(self, rule_id: str, query: dict[str, Any]) -> dict[str, Any]:
        context = pecan.request.context
        policy.authorize_own(context, policies.GET)
        rule = rule_controller.get(context, rule_id)
        rows = db_replica.index(context, rule.id, pagination.wanted(query))
        return pagination.answer('replicas', rows, query, views.view)
