"""The held queue: what waits for a person, oldest until first, and the ruling."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from comity.accounts.models import OperatorStaff
from comity.common import clock
from comity.common.errors import Refused
from comity.messaging.models import Message
from comity.messaging.selectors.desk import get_message_to_rule
from comity.messaging.selectors.inbox import held_queue
from comity.messaging.services.rulings import AlreadyRuled, rule
from comity.web.account.gate import signed_in
from comity.web.desk.desks import operator_for, operator_frame
from comity.web.operator.forms import RulingForm, read_ruling
from comity.web.operator.view_models import queue_groups, ruled, ruling_page

_DONE = {
    "release": "Released. It is on its way, and its author is told.",
    "return": "Returned to its author.",
    "block": "Blocked. Its author is told.",
}


@require_GET
@signed_in
def queue(request: HttpRequest, marketplace: str) -> HttpResponse:
    """The queue; beside it the message whose time runs out first."""
    staff = operator_for(request.user, marketplace, "rule")
    return _page(request, staff, None, RulingForm())


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def ruling(request: HttpRequest, marketplace: str, message: str) -> HttpResponse:
    """One held message and the decision on it. Who comes second is told who came first (409)."""
    staff = operator_for(request.user, marketplace, "rule")
    found = get_message_to_rule(staff=staff, message_id=message)
    if request.method != "POST":
        held = found.state == Message.State.HELD
        return _page(request, staff, found, RulingForm()) if held else _too_late(request, staff, found, HTTPStatus.OK)
    return _rule(request, staff, found)


def _rule(request: HttpRequest, staff: OperatorStaff, found: Message) -> HttpResponse:
    form = read_ruling(request)
    try:
        made = rule(
            message_id=found.public_id,
            staff=staff,
            user=staff.user,
            decision=form.decision,
            reason=form.reason,
            now=clock.now(),
        )
    except AlreadyRuled:
        found = get_message_to_rule(staff=staff, message_id=found.public_id)
        return _too_late(request, staff, found, HTTPStatus.CONFLICT, form)
    except Refused as refusal:
        return _page(request, staff, found, RulingForm(form.decision, form.reason, refusal))
    return HttpResponseRedirect(f"{reverse('operator-held', args=[staff.marketplace.slug])}?done={made.decision}")


def _page(request: HttpRequest, staff: OperatorStaff, message: Message | None, form: RulingForm) -> HttpResponse:
    now = clock.now()
    page = held_queue(marketplace=staff.marketplace, page=request.GET.get("page"))
    shown = message or next(iter(page), None)
    groups = queue_groups(page, current=shown.public_id if shown else "", place=staff.marketplace.slug, now=now)
    context = {
        **operator_frame(staff, "held"),
        **(ruling_page(staff, shown, now=now) if shown else {}),
        "now": now,
        "page": page,
        "groups": groups,
        "form": form,
        "open": "mid" if message else "left",
        "done": _DONE.get(request.GET.get("done", ""), ""),
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.refusal else HTTPStatus.OK
    return render(request, "operator/held.html", context, status=status)


def _too_late(
    request: HttpRequest, staff: OperatorStaff, message: Message, status: HTTPStatus, form: RulingForm | None = None
) -> HttpResponse:
    context = {
        **operator_frame(staff, "held"),
        "ruling": ruled(getattr(message, "ruling", None)),
        "message": message,
        "form": form,
        "mine": getattr(message, "ruling", None) and message.ruling.decided_by_id == staff.user_id,
    }
    return render(request, "operator/ruled.html", context, status=status)
