"""The people of a shop, managed by its owners."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods, require_POST

from comity.accounts.selectors.roles import may
from comity.accounts.selectors.seats import seller_seat
from comity.common.errors import NotFound
from comity.web.account.gate import signed_in
from comity.web.desk import people
from comity.web.desk.desks import seller_frame


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def staff(request: HttpRequest, marketplace: str, seller: str) -> HttpResponse:
    return people.people(request, _team(request, marketplace, seller))


@require_POST
@signed_in
def invitation(request: HttpRequest, marketplace: str, seller: str, invitation: str) -> HttpResponse:
    return people.invitation(request, _team(request, marketplace, seller), invitation)


@require_POST
@signed_in
def colleague(request: HttpRequest, marketplace: str, seller: str, user: str) -> HttpResponse:
    return people.colleague(request, _team(request, marketplace, seller), user)


def _team(request: HttpRequest, marketplace: str, seller: str) -> people.Team:
    seat = seller_seat(request.user, marketplace, seller)
    if not may(seat, "manage"):
        raise NotFound(f"The role {seat.role} does not manage.")
    place = {"marketplace": marketplace, "seller": seller}
    return people.Team(seat.seller, seat.user, "seller-staff", place, seller_frame(seat, "staff"))
