"""A shop gives money back for an order, in part or in full (S49, S58)."""

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from comity.accounts.selectors.roles import may, require_writer
from comity.common import clock
from comity.common.errors import Refused
from comity.common.ids import new_id
from comity.common.import_values import BadValue, Fault
from comity.orders.models import Adjustment, Order
from comity.orders.selectors.adjustments import adjustments_of
from comity.orders.selectors.orders import get_order_of_seller
from comity.orders.services.adjusting import Change, adjust, full_adjustment
from comity.orders.services.remaining import Left, left_of
from comity.web.account.gate import signed_in
from comity.web.desk.desks import SellerDesk
from comity.web.once import once
from comity.web.seller.refund_form import (
    Amounts,
    amounts_typed,
    errors_of,
    others_of,
    read_amounts,
    reason_words,
    reasons,
    refusal_of,
    rows_of,
    seen_minor,
)

SOURCE = "comity"


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def refund(request: HttpRequest, marketplace: str, seller: str, order: str) -> HttpResponse:
    """What is left of the order's money and what was given back; what is posted gives back more of it."""
    desk = SellerDesk(request.user, marketplace, seller)
    found = get_order_of_seller(desk.staff, order)
    if request.method != "POST":
        return _page(request, desk, found, {})
    try:
        errors = _give_back(request, desk, found)
    except BadValue as bad:
        errors = errors_of(bad.faults)
    except Refused as refused:
        errors = refusal_of(refused)
    if errors:
        return _page(request, desk, get_order_of_seller(desk.staff, order), errors)
    return HttpResponseRedirect(f"{request.path}?done=1")


class _NotMade(Refused):
    """What the service found wrong, all of it."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        super().__init__(faults[0].code, faults[0].sentence)
        self.faults = faults


def _give_back(request: HttpRequest, desk: SellerDesk, found: Order) -> dict[str, str]:
    """Give back what the form says, once; what is wrong with it, by field."""
    require_writer(desk.staff)
    now = clock.now()
    amounts = _amounts(request, found)
    change = _change(request, found, amounts, now)
    deed = partial(_adjusted, found, change, desk.user.public_id, now)
    try:
        once(request, deed, route="seller-refund", user=desk.user, now=now)
    except _NotMade as refused:
        return errors_of(refused.faults, amounts.fields)
    return {}


def _adjusted(found: Order, change: Change, actor: str, now: datetime) -> str:
    (result,) = adjust(found.seller, [change], source=SOURCE, actor=actor, now=now)
    if result.faults:
        raise _NotMade(result.faults)
    return result.made


def _amounts(request: HttpRequest, found: Order) -> Amounts:
    left, posted = left_of([found])[found.pk], request.POST.dict()
    if "all" not in posted:
        return read_amounts(posted, found, left)
    if amounts_typed(posted, left):
        sentence = "Amounts are filled in. Empty them to give back all, or give back these amounts."
        raise Refused("amounts_typed", sentence)
    return Amounts(full_adjustment(found), ())


def _change(request: HttpRequest, found: Order, amounts: Amounts, now: datetime) -> Change:
    if (reason := request.POST.get("reason", "")) not in Adjustment.Reason:
        raise Refused("reason", "Choose a reason: the buyer is told, and your figures count it.", "reason")
    note = request.POST.get("note", "").replace("\r\n", "\n").strip()
    seen = seen_minor(request.POST.dict())
    return Change(found.public_id, reason, amounts.parts, new_id("ref", now), note, seen_minor=seen)


def _page(request: HttpRequest, desk: SellerDesk, found: Order, errors: Mapping[str, str]) -> HttpResponse:
    left = left_of([found])[found.pk]
    typed = request.POST.dict()
    context = {
        **desk.frame(current="orders"),
        **_state(desk, found, left),
        "order": found,
        "left": left,
        "less": left.total_minor < sum(one.principal for one in left.lines.values()),
        "besides": found.total_minor > sum(one.paid for one in left.lines.values()),
        "rows": rows_of(left, typed, errors),
        "others": others_of(typed, errors),
        "reasons": reasons(),
        "typed": {"reason": typed.get("reason", ""), "note": typed.get("note", "").replace("\0", "\u2400")},
        "errors": errors,
        "key": new_id("key", clock.now()),
        "done": "done" in request.GET,
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if errors else HTTPStatus.OK
    return render(request, "seller/refund.html", context, status=status)


def _state(desk: SellerDesk, found: Order, left: Left) -> dict[str, Any]:
    """Whether anything can be given back here, and what was."""
    ours = found.fulfilment == Order.Fulfilment.SELLER
    return {
        "ours": ours,
        "writes": may(desk.staff, "reply"),
        "possible": ours and may(desk.staff, "reply") and left.total_minor > 0,
        "given": [{"one": one, "reason": reason_words(one.reason)} for one in adjustments_of(found)],
    }
