"""What sellers ask the marketplace for help with: the whole conversation, and the answer (S29)."""

from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from comity.accounts.models import Marketplace, OperatorStaff
from comity.common import clock
from comity.common.errors import Refused
from comity.messaging.models import Escalation
from comity.messaging.selectors.conversations import messages_seen_by
from comity.messaging.selectors.desk import clocks_of
from comity.messaging.selectors.doors import get_seat_of_operator
from comity.messaging.selectors.offers import get_escalation, waiting_escalations
from comity.messaging.selectors.topics import topic_label
from comity.messaging.services.access import note_access
from comity.messaging.services.escalations import answer_escalation
from comity.web.account.gate import signed_in
from comity.web.compose import blank
from comity.web.desk.desks import operator_for, operator_frame
from comity.web.desk.panes import about
from comity.web.desk.talk import talk
from comity.web.once import once


def rows(marketplace: Marketplace) -> list[dict[str, Any]]:
    """The input of ``operator/escalations.html``: what nobody has answered, the oldest first."""
    return [
        {
            "href": reverse("operator-escalation", args=[marketplace.slug, one.public_id]),
            "seller": one.conversation.seller.name if one.conversation.seller else "",
            "at": one.made_at,
            "reason": one.reason,
        }
        for one in waiting_escalations(marketplace)
    ]


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def escalation(request: HttpRequest, marketplace: str, escalation: str) -> HttpResponse:
    """One of them with all that was said; reading it is on the audit trail."""
    staff = operator_for(request.user, marketplace, "serve")
    found = get_escalation(staff, escalation)
    if request.method != "POST":
        note_access(conversation=found.conversation, name="record.opened", by=staff.user, now=clock.now())
        return _show(request, staff, found)
    typed, now = request.POST.get("answer", ""), clock.now()

    def deed() -> str:
        return str(answer_escalation(staff=staff, escalation_id=escalation, text=typed, now=now).public_id)

    try:
        once(request, deed, route=f"escalation/{found.public_id}", user=staff.user, now=now)
    except Refused as refused:
        shown = {"typed": typed.replace("\0", "\u2400"), "error": refused.sentence}
        shown |= {"refusal": refused.sentence} if refused.field != "answer" or found.answered_at else {}
        return _show(request, staff, found, status=HTTPStatus.UNPROCESSABLE_ENTITY, **shown)
    return redirect("operator-service-inbox", marketplace)


def _show(
    request: HttpRequest, staff: OperatorStaff, found: Escalation, *, status: int = HTTPStatus.OK, **more: Any
) -> HttpResponse:
    about_it = found.conversation.public_id
    seat = get_seat_of_operator(staff=staff, user=staff.user, conversation_id=about_it)
    page = {
        **operator_frame(staff, "service"),
        "escalation": found,
        "conversation": seat.conversation,
        "topic": topic_label(seat.conversation.topic),
        "about": about(seat.conversation),
        "order": seat.conversation.order,
        "talk": talk(seat, messages_seen_by(seat), clocks_of(seat.conversation), page=""),
        "key": blank().typed.key,
    }
    return render(request, "operator/escalation.html", page | more, status=status)
