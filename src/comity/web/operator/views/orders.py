"""Orders and their money, as the books have it."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_safe

from comity.accounts.models import OperatorStaff
from comity.accounts.selectors.roles import may, require_writer
from comity.accounts.selectors.seats import operator_seat
from comity.common import clock
from comity.common.errors import NotFound, Refused
from comity.ledger.models import Entry, Journal, Payable, Payment
from comity.ledger.selectors.journals import journals_of, totals_of
from comity.ledger.services.payments import ask_again
from comity.ledger.services.writing_off import write_off
from comity.messaging.selectors.offers import is_escalated
from comity.orders.models import ERASED, CarrierEvent, Order
from comity.orders.selectors.adjustments import adjustments_of
from comity.orders.selectors.life import record_of
from comity.orders.selectors.orders import get_order_of_marketplace, lines_of, orders_of_marketplace
from comity.orders.selectors.parcels import said_of
from comity.web.account.gate import signed_in
from comity.web.desk.desks import operator_for, operator_frame
from comity.web.resolving import replaced_links
from comity.web.seller.refund_form import reason_words
from comity.web.subscribed import record_steps, renewal_of

_KINDS = {
    Journal.Kind.BROUGHT_FORWARD: "Paid before these books began",
    Journal.Kind.CAPTURE: "Charged for what has left",
    Journal.Kind.RELEASE: "Not charged any more",
    Journal.Kind.REFUND: "Given back by the seller",
    Journal.Kind.REIMBURSEMENT: "Given back by the marketplace",
    Journal.Kind.RESERVE: "Held back for a claim",
    Journal.Kind.UNRESERVE: "Not held back any more",
    Journal.Kind.CHARGEBACK: "Taken back by the buyer’s bank",
    Journal.Kind.REVERSAL: "Given again by the buyer’s bank",
    Journal.Kind.LOSS: "Taken by the buyer’s bank after it was given back",
    Journal.Kind.RECOVERY: "Given again of that by the buyer’s bank",
    Journal.Kind.WRITE_OFF: "Could not be taken from the buyer",
    Journal.Kind.OWED: "Refused by the provider: owed to the buyer otherwise",
}

_ACCOUNTS = {
    Entry.Account.PROVIDER: "Payment provider",
    Entry.Account.SELLER: "Seller",
    Entry.Account.RESERVE: "Held back",
    Entry.Account.MARKETPLACE: "Marketplace",
    Entry.Account.BUYER: "Buyer",
    Entry.Account.BEFORE: "Before these books",
}

_STATES = {one.value: one.label.replace("_", " ").capitalize() for one in Order.Status}


@require_safe
@signed_in
def orders(request: HttpRequest, marketplace: str) -> HttpResponse:
    """Every order of the marketplace, latest first; found by a part of the number, by seller and status."""
    staff = operator_for(request.user, marketplace, "verify")
    typed = {name: text for name in ("q", "seller", "status") if (text := request.GET.get(name, "").strip()[:100])}
    if typed.get("status") not in Order.Status.values:
        typed.pop("status", None)
    wanted = [typed.get(name, "") for name in ("q", "seller", "status")]
    context = {
        **operator_frame(staff, "orders"),
        "page": orders_of_marketplace(staff.marketplace, *wanted, page=request.GET.get("page")),
        "typed": typed,
        "query": f"{urlencode(typed)}&" if typed else "",
        "statuses": [("", "Any state"), *_STATES.items()],
    }
    return render(request, "operator/orders.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def order(request: HttpRequest, marketplace: str, order: str) -> HttpResponse:
    """One order with all that was booked of it; what is posted has a failed payment asked for again, or given up."""
    staff, found = _open(request, marketplace, order)
    if request.method != "POST":
        return _page(request, staff, found)
    try:
        done = _give_up(staff, found) if "give_up" in request.POST else _ask_again(staff, found, request.POST)
    except Refused as refused:
        return _page(request, staff, found, refused)
    return HttpResponseRedirect(f"{request.path}?done={done}")


def _open(request: HttpRequest, marketplace: str, order: str) -> tuple[OperatorStaff, Order]:
    """An order for who verifies; for who serves, one that a seller asks for help with (S29): they answer about it."""
    staff = operator_seat(request.user, marketplace)
    found = get_order_of_marketplace(staff.marketplace, order)
    if not (may(staff, "verify") or (may(staff, "serve") and is_escalated(found))):
        raise NotFound(order)
    return staff, found


def _give_up(staff: OperatorStaff, found: Order) -> str:
    require_writer(staff, action="manage")
    if found.payable is None:
        raise Refused("payment", "No money has moved for this order.")
    write_off(found.payable, by=staff.user, now=clock.now())
    return "given-up"


def _ask_again(staff: OperatorStaff, found: Order, typed: QueryDict) -> str:
    require_writer(staff, action="manage")
    payment_id = typed.get("payment", "")
    rows = Payment.objects.filter(journal__payable=found.payable_id, public_id=payment_id)
    payment = rows.first() if payment_id.isprintable() else None
    if payment is None or payment.state != Payment.State.FAILED:
        raise Refused("payment", "This payment has not failed, or not any more. Here is how it stands.")
    ask_again(payment, now=clock.now())
    return "asked"


def _page(request: HttpRequest, staff: OperatorStaff, found: Order, refused: Refused | None = None) -> HttpResponse:
    context = {
        **operator_frame(staff, "orders" if may(staff, "verify") else "service"),
        "order": found,
        "state": _STATES[found.status],
        "lines": [{"line": line, "total": line.quantity * line.unit_minor} for line in lines_of(found)],
        "adjustments": [(one, reason_words(one.reason)) for one in adjustments_of(found)],
        "replaced": replaced_links(found, "operator-order", {"marketplace": staff.marketplace.slug}),
        "said": _said(found),
        **_renewal(found),
        **(_money(found, found.payable) if found.payable else {}),
        "repairs": may(staff, "manage"),
        "verifies": may(staff, "verify"),
        "refusal": refused.sentence if refused else "",
        "done": request.GET.get("done", ""),
    }
    return render(request, "operator/order.html", context, status=422 if refused else 200)


def _said(order: Order) -> list[dict[str, Any]]:
    """What carriers said, as the steps of ``parts/timeline.html``."""
    passed_over = "does not count: before the order was placed, so of another parcel"
    return [
        {
            "what": CarrierEvent.Kind(one.kind).label.capitalize(),
            "code": one.tracking_number,
            "at": one.occurred_at,
            "detail": " · ".join(filter(None, (one.carrier, one.place, "" if counts else passed_over))),
        }
        for one, counts in said_of(order)
    ]


def _renewal(order: Order) -> dict[str, Any]:
    """The subscription that made the order, if one did, with its record. One query more."""
    renewal = renewal_of(order)
    steps = record_steps(record_of(renewal.subscription)) if renewal else []
    return {"renewal": renewal, "subscription_steps": steps}


def _money(order: Order, payable: Payable) -> dict[str, Any]:
    totals, journals = totals_of(payable), journals_of(payable)
    owes = any(one.kind == Journal.Kind.OWED for one in journals)
    told = {one.facts["payment"]: one for one in record_of(order) if one.what == "refund.owed"} if owes else {}
    why = {key: ERASED if one.erased else one.text for key, one in told.items()}
    return {
        "payable": payable,
        "journals": [{**_row(one), "why": why.get(one.cause, "")} for one in journals],
        "totals": [(_ACCOUNTS[Entry.Account(name)], total) for name, total in totals.items()],
        "sum": sum(totals.values()),
    }


def _row(journal: Journal) -> dict[str, Any]:
    payment = getattr(journal, "payment", None)
    moved = [(Entry.Account(one.account), one.amount_minor) for one in journal.entries.all()]
    return {
        "journal": journal,
        "kind": _KINDS[Journal.Kind(journal.kind)],
        "debits": [(_ACCOUNTS[name], amount) for name, amount in moved if amount > 0],
        "credits": [(_ACCOUNTS[name], -amount) for name, amount in moved if amount < 0],
        "payment": payment,
        "failed": payment is not None and payment.state == Payment.State.FAILED,
        "charge": journal.kind == Journal.Kind.CAPTURE,
    }
