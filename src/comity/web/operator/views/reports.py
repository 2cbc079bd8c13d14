"""Reports of messages: what waits for a decision, oldest first, and deciding (S86, S87)."""

from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from comity.accounts.models import OperatorStaff
from comity.common import clock
from comity.common.errors import Refused
from comity.messaging.models import Report
from comity.messaging.selectors.care import get_report, report_queue
from comity.messaging.selectors.conversations import messages_seen_by
from comity.messaging.selectors.desk import clocks_of
from comity.messaging.selectors.doors import get_seat_of_operator
from comity.messaging.selectors.topics import topic_label
from comity.messaging.services.reports import AlreadyDecided, decide
from comity.web.account.gate import signed_in
from comity.web.desk.desks import operator_for, operator_frame
from comity.web.desk.panes import about
from comity.web.desk.talk import author_name, side_name, talk

_BEFORE, _AFTER = 4, 2  # messages around the reported one that the page shows
_DECISIONS = (
    (Report.State.UPHELD, "It breaks the rules", "The reporter is told so, with your reason."),
    (Report.State.DISMISSED, "It keeps to the rules", "The reporter is told so, with your reason."),
)


@require_GET
@signed_in
def reports(request: HttpRequest, marketplace: str) -> HttpResponse:
    """The queue, or with ``?view=decided`` what was decided."""
    staff = operator_for(request.user, marketplace, "rule")
    decided = request.GET.get("view") == "decided"
    page = report_queue(marketplace=staff.marketplace, decided=decided, page=request.GET.get("page"))
    here = reverse("operator-reports", args=[staff.marketplace.slug])
    tabs = [
        {"label": "Open", "href": here, "current": not decided},
        {"label": "Decided", "href": f"{here}?view=decided", "current": decided},
    ]
    context = {
        **operator_frame(staff, "reports"),
        "page": page,
        "rows": [_row(found) for found in page],
        "tabs": tabs,
        "decided": decided,
        "done": request.GET.get("done") == "decided",
    }
    return render(request, "operator/reports.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def report(request: HttpRequest, marketplace: str, report: str) -> HttpResponse:
    """One report with what was said around the message. Who decides second is shown the first decision (409)."""
    staff = operator_for(request.user, marketplace, "rule")
    found = get_report(staff=staff, report_id=report)
    if request.method != "POST":
        return _show(request, staff, found, HTTPStatus.OK)
    state, reason = request.POST.get("state", ""), request.POST.get("reason", "")
    try:
        decide(report_id=report, staff=staff, user=staff.user, decision=state, reason=reason, now=clock.now())
    except AlreadyDecided:
        return _show(request, staff, get_report(staff=staff, report_id=report), HTTPStatus.CONFLICT)
    except Refused as refused:
        return _show(request, staff, found, HTTPStatus.UNPROCESSABLE_ENTITY, refused)
    return HttpResponseRedirect(f"{reverse('operator-reports', args=[staff.marketplace.slug])}?done=decided")


def _row(found: Report) -> dict[str, Any]:
    conversation = found.message.conversation
    return {
        "report": found,
        "by": side_name(conversation, found.side),
        "against": side_name(conversation, found.message.side),
        "snippet": found.message.text,
    }


def _show(
    request: HttpRequest, staff: OperatorStaff, found: Report, status: HTTPStatus, refused: Refused | None = None
) -> HttpResponse:
    context = {
        **operator_frame(staff, "reports"),
        **_reported(staff, found),
        "decisions": _DECISIONS,
        "too_late": status == HTTPStatus.CONFLICT,
        "state": request.POST.get("state", ""),
        "reason": request.POST.get("reason", "").replace("\0", "\u2400"),
        "errors": {_FIELDS.get(refused.field, "form"): refused.sentence} if refused else {},
    }
    return render(request, "operator/report.html", context, status=status)


def _reported(staff: OperatorStaff, found: Report) -> dict[str, Any]:
    """The message among those said before and after it."""
    seat = get_seat_of_operator(staff=staff, user=staff.user, conversation_id=found.message.conversation.public_id)
    conversation = seat.conversation
    messages = messages_seen_by(seat)
    place = next(n for n, message in enumerate(messages) if message.pk == found.message_id)
    near = messages[max(place - _BEFORE, 0) : place + 1 + _AFTER]
    return {
        "report": found,
        "author": author_name(conversation, messages[place]),
        "by": side_name(conversation, found.side),
        "topic": topic_label(conversation.topic),
        "about": about(conversation),
        "talk": talk(seat, near, clocks_of(conversation), page=""),
        "hidden": len(messages) - len(near),
    }


_FIELDS = {"state": "state", "reason": "reason", "text": "reason"}
