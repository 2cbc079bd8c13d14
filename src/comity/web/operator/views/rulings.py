"""The held queue: what waits for a person, oldest until first, and the ruling."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from comity.accounts.models import OperatorStaff
from comity.accounts.profiles import profile_in_force
from comity.common import clock
from comity.common.errors import Refused
from comity.messaging.models import Message
from comity.messaging.selectors.desk import get_message_to_rule
from comity.messaging.selectors.held import Take, next_held, takes_of
from comity.messaging.selectors.inbox import held_queue
from comity.messaging.services.rulings import AlreadyRuled, rule, take
from comity.web.account.gate import signed_in
from comity.web.desk.desks import operator_for, operator_frame
from comity.web.operator.forms import RulingForm, read_ruling
from comity.web.operator.view_models import RULING_WORDS, queue_groups, ruled, ruling_href, ruling_page

_DONE = {
    "release": "Released. It is on its way, and its author is told.",
    "return": "Returned to its author.",
    "block": "Blocked. Its author is told.",
    "taken": "The others see that you are on it.",
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
        _require_fitting(staff, form)
        made = rule(
            message_id=found.public_id,
            staff=staff,
            user=staff.user,
            decision=form.decision,
            reason=form.told,
            now=clock.now(),
        )
    except AlreadyRuled:
        found = get_message_to_rule(staff=staff, message_id=found.public_id)
        return _too_late(request, staff, found, HTTPStatus.CONFLICT, form)
    except Refused as refusal:
        return _page(request, staff, found, replace(form, refusal=refusal))
    return _on_to_next(staff, found, made.decision)


def _require_fitting(staff: OperatorStaff, form: RulingForm) -> None:
    """A ready reason for another decision would tell the author two things at once."""
    reasons = profile_in_force(staff.marketplace, clock.now()).ruling_reasons
    others = [decision for decision, of in reasons.items() if form.preset in of and decision != form.decision]
    if others and form.decision in reasons and form.preset not in reasons[form.decision]:
        words = RULING_WORDS[others[0]].lower()
        raise Refused("preset", f"This reason belongs to “{words}”: choose another one, or that decision.", "preset")


def _on_to_next(staff: OperatorStaff, ruled_on: Message, decision: str) -> HttpResponse:
    """The message that runs out next, so that a queue is worked without going back to it."""
    place = staff.marketplace.slug
    following = next_held(staff.marketplace, ruled_on)
    address = ruling_href(place, following) if following else reverse("operator-held", args=[place])
    return HttpResponseRedirect(f"{address}?done={decision}#{'newest' if following else 'list'}")


@require_POST
@signed_in
def taking(request: HttpRequest, marketplace: str, message: str) -> HttpResponse:
    """“I am on it”: the others see who, and since when."""
    staff = operator_for(request.user, marketplace, "rule")
    found = get_message_to_rule(staff=staff, message_id=message)
    try:
        take(message_id=found.public_id, staff=staff, user=staff.user, now=clock.now())
    except AlreadyRuled:
        return _too_late(request, staff, found, HTTPStatus.CONFLICT)
    except Refused as refusal:
        return _page(request, staff, found, RulingForm(refusal=refusal))
    return HttpResponseRedirect(f"{ruling_href(marketplace, found)}?done=taken#write")


def _page(request: HttpRequest, staff: OperatorStaff, message: Message | None, form: RulingForm) -> HttpResponse:
    now = clock.now()
    page = held_queue(marketplace=staff.marketplace, page=request.GET.get("page"))
    shown = message or next(iter(page), None)
    takes = takes_of([*page, *([shown] if shown else [])])
    current = shown.public_id if shown else ""
    groups = queue_groups(page, takes, current=current, place=staff.marketplace.slug, now=now)
    context = {
        **operator_frame(staff, "held"),
        **(ruling_page(staff, shown, now=now) if shown else {}),
        **_desk_of(staff, takes.get(current), now),
        "now": now,
        "page": page,
        "groups": groups,
        "form": form,
        "open": "mid" if message else "left",
        "done": _DONE.get(request.GET.get("done", ""), ""),
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.refusal else HTTPStatus.OK
    return render(request, "operator/held.html", context, status=status)


def _desk_of(staff: OperatorStaff, taken: Take | None, now: datetime) -> dict[str, Any]:
    """Who is on the message in view, and the reasons that stand ready for each decision."""
    reasons = profile_in_force(staff.marketplace, now).ruling_reasons
    return {
        "take": taken,
        "taken_by_me": taken is not None and taken.actor == staff.user.public_id,
        "presets": [("", "In your own words, below"), *_presets(reasons)],
    }


def _presets(reasons: Mapping[str, Sequence[str]]) -> list[tuple[str, list[tuple[str, str]]]]:
    return [(RULING_WORDS[decision], [(reason, reason) for reason in of]) for decision, of in reasons.items()]


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
