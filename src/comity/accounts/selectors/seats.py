"""The seats of a user: buyer here, staff there. Each door is one query and says nothing to strangers."""

from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser

from comity.accounts.models import Buyer, OperatorStaff, Staff, User
from comity.common.errors import NotFound


@dataclass(frozen=True, slots=True)
class Seats:
    """Every seat of one user, by marketplace and name."""

    buyer: list[Buyer]
    seller: list[Staff]
    operator: list[OperatorStaff]


def buyer_seat(user: User | AnonymousUser, slug: str) -> Buyer:
    """The buyer that ``user`` is on marketplace ``slug``, with its marketplace. Raises ``NotFound``."""
    _refuse_anonymous(user)
    seat = Buyer.objects.select_related("marketplace", "user").filter(marketplace__slug=slug, user=user.pk).first()
    if seat is None:
        raise NotFound(f"No buyer seat on “{slug}”.")
    return seat


def seller_seat(user: User | AnonymousUser, slug: str, seller_public_id: str) -> Staff:
    """The staff seat of ``user`` with that seller, with seller and marketplace. Raises ``NotFound``."""
    _refuse_anonymous(user)
    seats = Staff.objects.select_related("seller__marketplace", "user")
    seat = seats.filter(user=user.pk, seller__public_id=seller_public_id, seller__marketplace__slug=slug).first()
    if seat is None:
        raise NotFound(f"No seat with seller “{seller_public_id}” on “{slug}”.")
    return seat


def operator_seat(user: User | AnonymousUser, slug: str) -> OperatorStaff:
    """The seat of ``user`` with the operator of marketplace ``slug``. Raises ``NotFound``."""
    _refuse_anonymous(user)
    seats = OperatorStaff.objects.select_related("marketplace", "user")
    seat = seats.filter(user=user.pk, marketplace__slug=slug).first()
    if seat is None:
        raise NotFound(f"No operator seat on “{slug}”.")
    return seat


def seats_of(user: User) -> Seats:
    """All seats of ``user`` for the home page: three queries, whatever their number."""
    buyers = Buyer.objects.select_related("marketplace").filter(user=user)
    sellers = Staff.objects.select_related("seller__marketplace").filter(user=user)
    operators = OperatorStaff.objects.select_related("marketplace").filter(user=user)
    return Seats(
        buyer=list(buyers.order_by("marketplace__name")),
        seller=list(sellers.order_by("seller__marketplace__name", "seller__name")),
        operator=list(operators.order_by("marketplace__name")),
    )


def buyer_seats_on(user: User, slug: str) -> Seats:
    """Only the buyer's seat of ``user`` on marketplace ``slug``: all that a handed-over session may see."""
    seats = Buyer.objects.select_related("marketplace").filter(user=user, marketplace__slug=slug)
    return Seats(buyer=list(seats), seller=[], operator=[])


def _refuse_anonymous(user: User | AnonymousUser) -> None:
    if user.pk is None:
        raise NotFound("Nobody is signed in.")  # else `user=None` would find buyers who never signed in
