"""Orders and their money, as the books have it."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_safe

from comity.accounts.models import OperatorStaff
from comity.accounts.selectors.roles import may, require_writer
from comity.common import clock
from comity.common.errors import Refused
from comity.ledger.models import Journal, Payable, Payment
from comity.ledger.selectors.journals import journals_of, totals_of
from comity.ledger.services.payments import ask_again
from comity.orders.models import Order
from comity.orders.selectors.adjustments import adjustments_of
from comity.orders.selectors.orders import get_order_of_marketplace, lines_of, orders_of_marketplace
from comity.web.account.gate import signed_in
from comity.web.desk.desks import operator_for, operator_frame

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
}


@require_safe
@signed_in
def orders(request: HttpRequest, marketplace: str) -> HttpResponse:
    """Every order of the marketplace, latest first; one is found by its number or id."""
    staff = operator_for(request.user, marketplace, "verify")
    query = request.GET.get("q", "")[:100]
    page = orders_of_marketplace(staff.marketplace, query=query, page=request.GET.get("page"))
    context = {**operator_frame(staff, "records"), "page": page, "query": query}
    return render(request, "operator/orders.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def order(request: HttpRequest, marketplace: str, order: str) -> HttpResponse:
    """One order with all that was booked of it; what is posted has a failed payment asked for again."""
    staff = operator_for(request.user, marketplace, "verify")
    found = get_order_of_marketplace(staff.marketplace, order)
    if request.method != "POST":
        return _page(request, staff, found)
    try:
        _ask_again(staff, found, request.POST.get("payment", ""))
    except Refused as refused:
        return _page(request, staff, found, refused)
    return HttpResponseRedirect(f"{request.path}?done=1")


def _ask_again(staff: OperatorStaff, found: Order, payment_id: str) -> None:
    require_writer(staff, action="manage")
    rows = Payment.objects.filter(journal__payable=found.payable_id, public_id=payment_id)
    payment = rows.first() if payment_id.isprintable() else None
    if payment is None or payment.state != Payment.State.FAILED:
        raise Refused("payment", "This payment has not failed, or not any more. Here is how it stands.")
    ask_again(payment, now=clock.now())


def _page(request: HttpRequest, staff: OperatorStaff, found: Order, refused: Refused | None = None) -> HttpResponse:
    context = {
        **operator_frame(staff, "records"),
        "order": found,
        "state": found.get_status_display().replace("_", " ").capitalize(),
        "lines": [{"line": line, "total": line.quantity * line.unit_minor} for line in lines_of(found)],
        "adjustments": adjustments_of(found),
        **(_money(found.payable) if found.payable else {}),
        "repairs": may(staff, "manage"),
        "refusal": refused.sentence if refused else "",
        "done": "done" in request.GET,
    }
    return render(request, "operator/order.html", context, status=422 if refused else 200)


def _money(payable: Payable) -> dict[str, Any]:
    totals = totals_of(payable)
    return {
        "payable": payable,
        "journals": [_row(journal) for journal in journals_of(payable)],
        "totals": totals.items(),
        "sum": sum(totals.values()),
    }


def _row(journal: Journal) -> dict[str, Any]:
    payment = getattr(journal, "payment", None)
    return {
        "journal": journal,
        "kind": _KINDS[Journal.Kind(journal.kind)],
        "debits": [entry for entry in journal.entries.all() if entry.amount_minor > 0],
        "credits": [(entry.account, -entry.amount_minor) for entry in journal.entries.all() if entry.amount_minor < 0],
        "payment": payment,
        "failed": payment is not None and payment.state == Payment.State.FAILED,
    }
