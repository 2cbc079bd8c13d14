"""The people of the operator and of the shops, and the shops themselves: what an admin manages."""

from http import HTTPStatus

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from comity.accounts.models import OperatorStaff
from comity.accounts.selectors.sellers import get_seller_of_marketplace, sellers_of
from comity.accounts.services.invitations import invite
from comity.accounts.services.sellers import create_seller
from comity.accounts.services.users import check_address
from comity.common import clock
from comity.common.errors import Refused
from comity.common.transactions import write
from comity.web.account.gate import signed_in
from comity.web.account.sending import send_later
from comity.web.desk import people
from comity.web.desk.desks import operator_for
from comity.web.operator.manage import manage_frame

_FIELDS = ("name", "external_id", "language", "time_zone", "email")


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def staff(request: HttpRequest, marketplace: str) -> HttpResponse:
    return people.people(request, _own_team(request, marketplace))


@require_POST
@signed_in
def staff_invitation(request: HttpRequest, marketplace: str, invitation: str) -> HttpResponse:
    return people.invitation(request, _own_team(request, marketplace), invitation)


@require_POST
@signed_in
def staff_colleague(request: HttpRequest, marketplace: str, user: str) -> HttpResponse:
    return people.colleague(request, _own_team(request, marketplace), user)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def sellers(request: HttpRequest, marketplace: str) -> HttpResponse:
    """The shops by name; what is posted opens another one and invites its first owner."""
    seat = operator_for(request.user, marketplace, "manage")
    typed = {name: request.POST.get(name, "") for name in _FIELDS}
    if request.method != "POST":
        place = seat.marketplace
        return _sellers_page(request, seat, {**typed, "language": place.language, "time_zone": place.time_zone})
    now = clock.now()
    try:
        check_address(typed["email"])
        with write():
            email = typed.pop("email")
            made = create_seller(marketplace=seat.marketplace, by=seat.user, now=now, **typed)
            mail = invite(party=made, email=email, role="owner", by=seat.user, base_url=settings.BASE_URL, now=now)
    except Refused as refused:
        return _sellers_page(request, seat, {"email": request.POST.get("email", ""), **typed}, refused)
    send_later(mail)
    return HttpResponseRedirect(f"{reverse('operator-seller', args=[marketplace, made.public_id])}?done=invited")


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def seller(request: HttpRequest, marketplace: str, seller: str) -> HttpResponse:
    return people.people(request, _team_of(request, marketplace, seller))


@require_POST
@signed_in
def seller_invitation(request: HttpRequest, marketplace: str, seller: str, invitation: str) -> HttpResponse:
    return people.invitation(request, _team_of(request, marketplace, seller), invitation)


@require_POST
@signed_in
def seller_colleague(request: HttpRequest, marketplace: str, seller: str, user: str) -> HttpResponse:
    return people.colleague(request, _team_of(request, marketplace, seller), user)


def _own_team(request: HttpRequest, marketplace: str) -> people.Team:
    seat = operator_for(request.user, marketplace, "manage")
    place = {"marketplace": marketplace}
    return people.Team(seat.marketplace, seat.user, "operator-staff", place, manage_frame(seat, "staff"))


def _team_of(request: HttpRequest, marketplace: str, seller: str) -> people.Team:
    seat = operator_for(request.user, marketplace, "manage")
    shop = get_seller_of_marketplace(seat.marketplace, seller)
    place = {"marketplace": marketplace, "seller": seller}
    return people.Team(shop, seat.user, "operator-seller", place, manage_frame(seat, "sellers"))


def _sellers_page(
    request: HttpRequest, seat: OperatorStaff, typed: dict[str, str], refused: Refused | None = None
) -> HttpResponse:
    query = request.GET.get("q", "")[:100]
    context = {
        **manage_frame(seat, "sellers"),
        "page": sellers_of(seat.marketplace, query=query, page=request.GET.get("page")),
        "query": query,
        "typed": {name: value.replace("\0", "\u2400") for name, value in typed.items()},
        "refused": refused,
        "errors": {refused.field: refused.sentence} if refused else {},
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if refused else HTTPStatus.OK
    return render(request, "operator/sellers.html", context, status=status)
