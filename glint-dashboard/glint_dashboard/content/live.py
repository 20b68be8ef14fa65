# SPDX-License-Identifier: Apache-2.0

"""Answers for pages that show progress while something runs."""

from typing import Any

from django.http import HttpRequest
from django.http import JsonResponse
from django.utils.decorators import method_decorator
from django.views import generic
from django.views.decorators import cache

from glint_dashboard import exception


@method_decorator(cache.never_cache, name='dispatch')
class LiveView(generic.View):
    """What has changed on a page, for its script.

    A script that asks is no user at work. So the session is not touched: it
    ends when it would end without the script, and an answer that arrives
    after the logout does not bring its cookie back.
    """

    def get(self, request: HttpRequest, **kwargs: str) -> JsonResponse:
        try:
            answer = JsonResponse(self.news(request, **kwargs))
        except exception.ServiceError as error:
            answer = JsonResponse({'error': str(error)}, status=503)
        request.session.modified = False
        return answer

    def news(self, request: HttpRequest, **kwargs: str) -> dict[str, Any]:
        """Say what is shown now.

        :returns: ``active``, whether to ask again soon; ``parts``, HTML by
            the name that elements have in ``data-live``; ``summary``, a
            sentence for those who cannot see it.
        """
        raise NotImplementedError
