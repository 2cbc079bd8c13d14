"""A recall as the buyer reads it, and as everybody reads a public one (S2)."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from comity.accounts.selectors.seats import buyer_seat
from comity.common import clock
from comity.messaging.selectors.notices import get_public_recall, get_recall_of_buyer
from comity.messaging.services.notice_sending import acknowledge
from comity.web.account.gate import signed_in
from comity.web.buyer.frame import frame, visitor
from comity.web.buyer.recall_view import own_recall_view, recall_view


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def recall(request: HttpRequest, marketplace: str, notice: str) -> HttpResponse:
    """What it is for this buyer; a press says "I have read this"."""
    buyer = buyer_seat(request.user, marketplace)
    if request.method == "POST":
        acknowledge(buyer=buyer, notice_id=notice, now=clock.now())
        return redirect("buyer-recall", marketplace, notice)
    shown = own_recall_view(get_recall_of_buyer(buyer, notice))
    context = {**frame(request, buyer.marketplace, buyer, "buyer-messages"), "now": clock.now(), **shown}
    return render(request, "buyer/recall.html", context)


@require_safe
def product_recall(request: HttpRequest, marketplace: str, notice: str) -> HttpResponse:
    """A public recall, for whoever looks at the product."""
    market, buyer = visitor(request, marketplace)
    shown = recall_view(get_public_recall(market, notice))
    return render(request, "buyer/recall.html", {**frame(request, market, buyer), "now": clock.now(), **shown})
