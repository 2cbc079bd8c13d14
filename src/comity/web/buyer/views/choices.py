"""What a buyer lets sellers send unasked."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from comity.accounts.models import Buyer
from comity.accounts.profiles import profile_in_force
from comity.accounts.selectors.seats import buyer_seat
from comity.accounts.services.contact_choices import choose_unsolicited
from comity.common import clock
from comity.web.account.gate import signed_in
from comity.web.buyer.frame import frame, person

CHOICES = (
    ("yes", "Take them", "Questions before shipping, delivery days, invoices, one review request for an order."),
    ("no", "Decline them", "Only what is critical comes. Sellers still answer what you ask."),
)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def contact_choices(request: HttpRequest, marketplace: str) -> HttpResponse:
    """Take or decline unsolicited messages."""
    buyer = buyer_seat(request.user, marketplace)
    if request.method != "POST":
        return render(request, "buyer/contact_choices.html", _page(request, buyer))
    chosen = request.POST.get("unsolicited", "")
    if chosen not in ("yes", "no"):
        page = _page(request, buyer) | {"error": "Choose whether you take them or decline them."}
        return render(request, "buyer/contact_choices.html", page, status=422)
    choose_unsolicited(buyer=buyer, user=person(request), wanted=chosen == "yes", now=clock.now())
    return redirect(f"{reverse('buyer-contact-choices', args=[marketplace])}?done=saved")


def _page(request: HttpRequest, buyer: Buyer) -> dict[str, Any]:
    purposes = profile_in_force(buyer.marketplace, clock.now()).purposes
    return {
        **frame(request, buyer.marketplace, buyer, "buyer-messages"),
        "choices": CHOICES,
        "chosen": "no" if buyer.unsolicited_declined_at else "yes",
        "declined_at": buyer.unsolicited_declined_at,
        "critical": [purpose for purpose in purposes if purpose.critical],
        "saved": request.GET.get("done") == "saved",
    }
