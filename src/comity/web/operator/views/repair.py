"""Deliveries that were given up: tried again, or skipped so that their stream goes on."""

from collections.abc import Callable
from functools import partial
from http import HTTPStatus

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from comity.common import clock, dead_letters
from comity.common.errors import Refused
from comity.messaging.handlers import NEVER_SKIPPED
from comity.web.account.gate import signed_in
from comity.web.desk.desks import operator_for
from comity.web.operator.manage import manage_frame

_PAGE_SIZE = 25
_ACTIONS: dict[str, Callable[..., None]] = {
    "retry": dead_letters.retry,
    "skip": partial(dead_letters.skip, never=NEVER_SKIPPED),
}
_DONE = {"retry": "It is tried again now.", "skip": "Skipped. The stream goes on."}


@require_GET
@signed_in
def given_up(request: HttpRequest, marketplace: str) -> HttpResponse:
    """What could not be done after every attempt, oldest first."""
    staff = operator_for(request.user, marketplace, "repair")
    rows = dead_letters.dead_letters(marketplace=staff.marketplace.public_id)
    page = Paginator(rows, _PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        **manage_frame(staff, "repair"),
        "page": page,
        "never": NEVER_SKIPPED,
        "done": _DONE.get(request.GET.get("done", ""), ""),
    }
    return render(request, "operator/given_up.html", context)


@require_POST
@signed_in
def repair(request: HttpRequest, marketplace: str, delivery: int) -> HttpResponse:
    """Try one again, or skip it."""
    staff = operator_for(request.user, marketplace, "repair")
    action = request.POST.get("action", "")
    if action not in _ACTIONS:
        return HttpResponseBadRequest("Say retry or skip.", content_type="text/plain")
    try:
        _ACTIONS[action](delivery_id=delivery, marketplace=staff.marketplace.public_id, now=clock.now())
    except Refused as refused:
        return HttpResponse(refused.sentence, status=HTTPStatus.CONFLICT, content_type="text/plain")
    return HttpResponseRedirect(f"{reverse('operator-dead-letters', args=[marketplace])}?done={action}")
