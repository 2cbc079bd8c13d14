"""What stands under a message besides its words, for buyer and seller alike: reporting it, and whether it helped.

Also the pages for reporting a message and for blocking the other side; the views of both sides call them.
"""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from comity.common import clock
from comity.common.errors import NotFound, Refused
from comity.messaging.models import ANSWERS_NOTHING, Message, Report, Side
from comity.messaging.selectors.care import PARTIES, blocking, get_reportable, has_blocked, reports_of, votes_in
from comity.messaging.selectors.doors import Seat
from comity.messaging.services.blocks import block, unblock, until_when
from comity.messaging.services.reports import report

State = Message.State
Shown = list[dict[str, Any]]
Address = Callable[[str, str], str]  # of an action ("report", "vote") on a message, by its id
_OUTCOME = {
    Report.State.OPEN: "{marketplace} reads it and tells you what it decides.",
    Report.State.UPHELD: "{marketplace} agrees that it breaks the rules:",
    Report.State.DISMISSED: "{marketplace} found that it keeps to the rules:",
}


def with_care(seat: Seat, messages: list[Message], shown: Shown, *, address: Address, writes: bool = True) -> Shown:
    """``shown`` with ``care`` for ``parts/care.html`` where a message has any. Two queries."""
    if seat.side not in PARTIES:
        return shown
    reports, votes = reports_of(seat), votes_in(seat.conversation)
    question = _last_answer(messages) if seat.side == Side.BUYER else ""
    cares = {message.public_id: _votes(seat, message, votes, question, address) for message in messages}
    for message in messages:
        if message.side in PARTIES and message.side != seat.side and message.state == State.DELIVERED:
            found = reports.get(message.public_id)
            href = address("report", message.public_id) if writes and found is None else ""
            cares[message.public_id] |= {"report_href": href, "report": _report(seat, found)}
    return [one | ({"care": care} if any((care := cares.get(one["id"], {})).values()) else {}) for one in shown]


def _votes(seat: Seat, message: Message, votes: dict[str, bool], question: str, address: Address) -> dict[str, Any]:
    solved = votes.get(message.public_id)
    if message.public_id == question:
        return {"vote_url": address("vote", question), "yes": solved is True, "no": solved is False}
    if solved is None:
        return {}
    who = "You said" if seat.side == Side.BUYER else "The buyer says"
    return {"voted": f"{who} that this {'solved' if solved else 'did not solve'} it."}


def _last_answer(messages: list[Message]) -> str:
    """The id of the seller's last delivered answer to something the buyer wrote; see ``selectors.care.answers_in``."""
    asked, last = False, ""
    for message in messages:
        delivered = message.state == State.DELIVERED
        asked = asked or (delivered and message.side == Side.BUYER)
        unasked = message.automatic or message.purpose in ANSWERS_NOTHING
        if asked and delivered and message.side == Side.SELLER and not unasked:
            last = message.public_id
    return last


def _report(seat: Seat, found: Report | None) -> dict[str, Any] | None:
    if found is None:
        return None
    outcome = _OUTCOME[Report.State(found.state)].format(marketplace=seat.conversation.marketplace.name)
    return {"reason": found.get_reason_display(), "outcome": outcome, "why": found.explanation}


def block_link(seat: Seat, href: str) -> dict[str, Any] | None:
    """The way to block the other side, or to take it back; none towards the marketplace. One query."""
    if seat.conversation.addressee != Side.SELLER:
        return None
    return {"href": href, "blocked": has_blocked(seat)}


def report_page(
    request: HttpRequest, seat: Seat, message_id: str, *, frame: dict[str, Any], other: str, back: str
) -> HttpResponse:
    """Report a message: its words, the reasons, and what happens then. Sent back to ``back``, the conversation."""
    message = get_reportable(seat=seat, message_id=message_id)
    reason, words, refusal = request.POST.get("reason", ""), request.POST.get("words", ""), None
    if request.method == "POST":
        try:
            report(seat=seat, message_id=message_id, reason=reason, words=words, now=clock.now())
        except Refused as refused:
            refusal = refused
    if refusal is None and (request.method == "POST" or message_id in reports_of(seat)):
        return HttpResponseRedirect(f"{back}#{message_id}")
    context = {
        **frame,
        "message": message,
        "other": other,
        "back": back,
        "reasons": Report.Reason.choices,
        "reason": reason,
        "words": words.replace("\0", "\u2400"),
        "errors": {_FIELDS.get(refusal.field, "form"): refusal.sentence} if refusal else {},
    }
    return render(
        request, "care/report.html", context, status=HTTPStatus.UNPROCESSABLE_ENTITY if refusal else HTTPStatus.OK
    )


_FIELDS = {"reason": "reason", "words": "words", "text": "words"}


def block_page(request: HttpRequest, seat: Seat, *, frame: dict[str, Any], other: str, back: str) -> HttpResponse:
    """What a block does, when none is possible, and the button; the same for taking it back."""
    if seat.side not in PARTIES or seat.conversation.addressee != Side.SELLER:
        raise NotFound(seat.conversation.public_id)
    refusal, now = "", clock.now()
    if request.method == "POST":
        try:
            (block if request.POST.get("block") == "yes" else unblock)(seat=seat, now=now)
        except Refused as refused:
            refusal = refused.sentence
        else:
            return HttpResponseRedirect(back)
    between = blocking(seat.conversation, now=now)
    context = {
        **frame,
        "other": other,
        "back": back,
        "blocked": seat.side in between.sides,
        "open_order": until_when(between),
        "refusal": refusal,
    }
    return render(request, "care/block.html", context, status=HTTPStatus.CONFLICT if refusal else HTTPStatus.OK)
