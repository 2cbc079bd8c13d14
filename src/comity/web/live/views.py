"""Where open pages ask whether anything of theirs has changed: no session, no query of its own."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from comity.common import clock
from comity.web.live import tickets
from comity.web.live.hub import hub
from comity.web.live.news import answer


@never_cache
@require_GET
def changes(request: HttpRequest) -> HttpResponse:
    """204 when nothing has; else JSON: ``changed`` (“list”, “talk”) and ``after`` for the next question.

    403 for a ticket that is not ours or too old: the page fetches itself as its reader, and a new one with it.
    Most questions never come here: see ``web.live.quick``.
    """
    now = clock.now()
    try:
        ticket = tickets.read(request.GET.get("ticket", ""), now=now)
    except tickets.BadTicket:
        return HttpResponse(status=HTTPStatus.FORBIDDEN, content_type="text/plain")
    hub.look(now.timestamp())
    news = answer(hub, ticket, request.GET.get("after", ""))
    return JsonResponse(news) if news else HttpResponse(status=HTTPStatus.NO_CONTENT)
