"""What others sign with: the shop that hands its signed-in buyers over, and carriers that push what they know."""

from http import HTTPStatus

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from comity.accounts.models import OperatorStaff
from comity.accounts.selectors.carrier_keys import carrier_keys_of, fresh_secret
from comity.accounts.services.carrier_keys import GRACE, renew_carrier_key
from comity.accounts.services.hand_over import renew_secret
from comity.common import clock
from comity.common.errors import Refused
from comity.integrations.carriers import carriers as known_carriers
from comity.web.account.gate import signed_in
from comity.web.compose import blank
from comity.web.desk.desks import operator_for
from comity.web.once import once
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


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def carriers(request: HttpRequest, marketplace: str) -> HttpResponse:
    """Which carriers push what they know. A press makes a new secret for one and shows it, once."""
    staff = operator_for(request.user, marketplace, "connect")
    if request.method != "POST":
        return _carriers(request, staff)
    typed, now = request.POST.get("carrier", ""), clock.now()

    def deed() -> str:  # sent twice it makes one: a second would end the time of the old one
        renew_carrier_key(marketplace=staff.marketplace, carrier=typed, by=staff.user, now=now)
        return now.isoformat()

    try:
        made = once(request, deed, route="carrier-secret", user=staff.user, now=now)
    except Refused as refused:
        shown = {"typed": typed.replace("\0", "\u2400"), "error": refused.sentence}
        return _carriers(request, staff, status=HTTPStatus.UNPROCESSABLE_ENTITY, **shown)
    secret = fresh_secret(staff.marketplace, typed, made=made, now=now)
    return _carriers(request, staff, secret=secret, made_for=typed)


def _carriers(request: HttpRequest, staff: OperatorStaff, *, status: int = HTTPStatus.OK, **more: str) -> HttpResponse:
    context = {
        **manage_frame(staff, "carriers"),
        "keys": carrier_keys_of(staff.marketplace),
        "carriers": known_carriers(),
        "grace_days": GRACE.days,
        "address": settings.BASE_URL + reverse("carrier-events", args=[staff.marketplace.slug]),
        "now": clock.now(),
        "key": blank().typed.key,
    }
    return render(request, "operator/carriers.html", context | more, status=status)
