"""How a seller settles a matter about an order: acknowledge, offer, ask the marketplace for help (S29)."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from comity.accounts.profiles import profile_in_force
from comity.common import clock
from comity.common.errors import NotFound, Refused
from comity.common.locales import money
from comity.messaging.models import Offer, Side
from comity.messaging.selectors.doors import Seat
from comity.messaging.selectors.offers import escalations_of, offers_in
from comity.messaging.services.carrying_out import OF_GOODS
from comity.messaging.services.escalations import escalate
from comity.messaging.services.offers import Answer, Proposal, answer, make
from comity.orders.models import Order
from comity.orders.selectors.returns import address_of_seller
from comity.orders.services.remaining import left_of
from comity.web import compose
from comity.web.account.gate import signed_in
from comity.web.desk.desks import SellerDesk
from comity.web.once import once
from comity.web.resolving import minor_of, offer_views

_DIGITS = 7  # of a number of pieces
_DONE = {
    "accepted": "Sent. The buyer can answer your offer now.",
    "held": "Not delivered yet: a person reads it first.",
    "answered": "Done. It is on record.",
    "asked": "Asked. The answer will stand here.",
}


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def resolve(request: HttpRequest, marketplace: str, seller: str, conversation: str) -> HttpResponse:
    """What may be done, what was offered, and what was asked; a form of each kind leads back here."""
    desk = SellerDesk(request.user, marketplace, seller)
    seat = desk.seat(conversation)
    if seat.conversation.order is None:
        raise NotFound(conversation)
    if request.method != "POST":
        return _show(request, desk, seat, compose.blank())
    return {"answer": _answer, "escalate": _escalate}.get(request.POST.get("do", ""), _offer)(request, desk, seat)


def _offer(request: HttpRequest, desk: SellerDesk, seat: Seat) -> HttpResponse:
    names = [name for name, _ in _piece_names(seat)]
    typed, now = compose.read(request, "kind", "amount", "address", *names), clock.now()
    tried = compose.attempt(lambda: make(seat=seat, proposal=_proposal(seat, typed), now=now), typed)
    if tried.sent is None:
        return _show(request, desk, seat, tried.form, status=tried.status)
    return redirect(f"{desk.url('resolve', seat.conversation)}?done={tried.sent.kind}")


def _proposal(seat: Seat, typed: compose.Typed) -> Proposal:
    kind = typed.more["kind"]
    assert seat.conversation.order is not None
    _require_fitting(seat, kind, typed.more)
    partial = kind == Offer.Kind.PARTIAL
    amount = minor_of(typed.more["amount"], seat.conversation.order.currency) if partial else 0
    pieces = {line: _number(typed.more[name]) for name, line in _piece_names(seat) if typed.more[name].strip()}
    return Proposal(kind, typed.text, typed.key, amount, typed.confirmed, pieces, typed.more["address"], typed.replaces)


def _require_fitting(seat: Seat, kind: str, typed: Mapping[str, str]) -> None:
    """What was typed for another kind of offer is not passed over: it would be offered otherwise than meant."""
    if kind not in Offer.Kind:
        return
    if kind != Offer.Kind.PARTIAL and typed["amount"].strip():
        raise Refused("amount", "An amount is for a partial refund. Choose that, or empty the amount.", "amount")
    if kind not in OF_GOODS and any(typed[name].strip() for name, _ in _piece_names(seat)):
        sentence = "Pieces are for a replacement or a return. Choose one of those, or empty the pieces."
        raise Refused("pieces", sentence, "pieces")


def _number(typed: str) -> int:
    clean = typed.strip()
    if not (clean.isascii() and clean.isdigit() and len(clean) <= _DIGITS):
        raise Refused(
            "pieces", f"“{clean[:40]}” pieces: enter a whole number, such as 1, or nothing for all.", "pieces"
        )
    return int(clean)


def _piece_names(seat: Seat) -> list[tuple[str, str]]:
    """The fields of pieces with the lines they are of; services name lines by their external id, the form by place."""
    assert seat.conversation.order is not None
    lines = seat.conversation.order.lines.order_by("pk").values_list("external_id", flat=True)
    return [(f"pieces-{number}", line) for number, line in enumerate(lines, start=1)]


def _answer(request: HttpRequest, desk: SellerDesk, seat: Seat) -> HttpResponse:
    posted = request.POST
    wanted = Answer(posted.get("choice", ""), posted.get("key", ""))
    try:
        answer(seat=seat, offer_id=posted.get("offer", ""), answer=wanted, now=clock.now())
    except Refused as refused:
        return _show(
            request, desk, seat, compose.blank(), status=HTTPStatus.UNPROCESSABLE_ENTITY, refusal=refused.sentence
        )
    return redirect(f"{desk.url('resolve', seat.conversation)}?done=answered")


def _escalate(request: HttpRequest, desk: SellerDesk, seat: Seat) -> HttpResponse:
    reason, now = request.POST.get("reason", ""), clock.now()
    try:
        once(
            request,
            lambda: escalate(seat=seat, reason=reason, now=now).public_id,
            route=f"escalate/{seat.conversation.public_id}",
            user=desk.user,
            now=now,
        )
    except Refused as refused:
        asked = {"help_error": refused.sentence, "help_typed": reason.replace("\0", "\u2400")}
        return _show(request, desk, seat, compose.blank(), status=HTTPStatus.UNPROCESSABLE_ENTITY, **asked)
    return redirect(f"{desk.url('resolve', seat.conversation)}?done=asked#help")


def _show(
    request: HttpRequest,
    desk: SellerDesk,
    seat: Seat,
    form: compose.Form,
    *,
    status: int = HTTPStatus.OK,
    **more: Any,
) -> HttpResponse:
    page = {**desk.frame(), **_page(desk, seat), **_goods(seat, form), "form": form}
    page["done"] = _DONE.get(request.GET.get("done", ""), "")
    return render(request, "seller/resolve.html", page | more, status=status)


def _page(desk: SellerDesk, seat: Seat) -> dict[str, Any]:
    conversation, now = seat.conversation, clock.now()
    order = conversation.order
    assert order is not None
    offers, asked = offers_in(conversation, Side.SELLER), escalations_of(conversation)
    money_left = _money_left(order)
    may_offer = desk.writes and order.fulfilment == "seller" and not money_left["all_given_back"]
    return {
        **money_left,
        "conversation": conversation,
        "conversation_href": f"{desk.url('conversation', conversation)}#newest",
        "acknowledge_href": acknowledge_href(desk, seat),
        "writes": desk.writes,
        "offers": offer_views(offers, side=Side.SELLER if desk.writes else "", place=desk.place),
        "may_offer": may_offer and not any(one.is_open for one in offers),
        "hours": profile_in_force(conversation.marketplace, now).offers.hours,
        "escalations": asked,
        "may_escalate": desk.writes and all(one.answered_at for one in asked),
        "help_key": compose.blank().typed.key,
    }


def _money_left(order: Order) -> dict[str, Any]:
    """What may be offered, and how much."""
    left = left_of([order])[order.pk].total_minor
    return {
        "all_given_back": not left,
        "kinds": [(key, *_words_of(label)) for key, label in Offer.Kind.choices],
        "amount_hint": f"Up to {money(left, order.currency)} is left, such as 5.00.",
    }


def _goods(seat: Seat, form: compose.Form) -> dict[str, Any]:
    """The fields of an offer that is about goods: pieces where there are several, and where they go."""
    order, typed = seat.conversation.order, form.typed.more
    assert order is not None
    lines = list(order.lines.order_by("pk"))
    several = len(lines) > 1 or any(line.quantity > 1 for line in lines)
    return {
        "address": typed.get("address") or address_of_seller(order),
        "pieces": [
            {
                "name": f"pieces-{number}",
                "title": line.title,
                "value": typed.get(f"pieces-{number}", ""),
                "hint": f"Of {line.quantity}, to be replaced or sent back. Nothing anywhere means all that was sent.",
            }
            for number, line in enumerate(lines if several else (), start=1)
        ],
    }


def _words_of(label: str) -> tuple[str, str]:
    first, _, rest = label.partition("; ")
    return first, rest.capitalize()


def acknowledge_href(desk: SellerDesk, seat: Seat) -> str:
    """The conversation with a first answer in its form."""
    page = desk.url("conversation", seat.conversation)
    return f"{page}{'&' if '?' in page else '?'}acknowledge=1#write"
