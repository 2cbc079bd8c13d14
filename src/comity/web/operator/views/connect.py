"""How a shop is connected: the secret with which it hands its signed-in buyers over."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from comity.accounts.services.hand_over import renew_secret
from comity.common import clock
from comity.web.account.gate import signed_in
from comity.web.desk.desks import operator_for
from comity.web.operator.manage import manage_frame


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def hand_over(request: HttpRequest, marketplace: str) -> HttpResponse:
    """Where the shop sends its buyers. A press makes a new secret and shows it, once."""
    staff = operator_for(request.user, marketplace, "connect")
    secret = ""
    if request.method == "POST":
        secret = renew_secret(marketplace=staff.marketplace, by=staff.user, now=clock.now())
    context = {
        **manage_frame(staff, "connect"),
        "secret": secret,
        "has_secret": bool(secret or staff.marketplace.hand_over_secret),
        "address": settings.BASE_URL + reverse("hand-over", args=[marketplace]),
    }
    return render(request, "operator/hand_over.html", context)
