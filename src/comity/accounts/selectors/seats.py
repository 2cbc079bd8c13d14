"""The seats of a user: buyer here, staff there. Each door is one query and says nothing to strangers."""

from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet

from comity.accounts.models import Buyer, Marketplace, OperatorStaff, Seller, Staff, User
from comity.accounts.selectors.roles import OPERATOR_MAY, SELLER_MAY, Action
from comity.common.errors import NotFound
from comity.common.prepared import Prepared

_buyers = Prepared(
    lambda user, slug: Buyer.objects.select_related("marketplace").filter(user=user, marketplace__slug=slug),
    user=int,
    slug=str,
)
_staff = Prepared(
    lambda user, slug, seller: Staff.objects.select_related("seller__marketplace").filter(
        user=user, seller__marketplace__slug=slug, seller__public_id=seller
    ),
    user=int,
    slug=str,
    seller=str,
)
_operators = Prepared(
    lambda user, slug: OperatorStaff.objects.select_related("marketplace").filter(user=user, marketplace__slug=slug),
    user=int,
    slug=str,
)


@dataclass(frozen=True, slots=True)
class Seats:
    """Every seat of one user, by marketplace and name."""

    buyer: list[Buyer]
    seller: list[Staff]
    operator: list[OperatorStaff]


def buyer_seat(user: User | AnonymousUser, slug: str) -> Buyer:
    """The buyer that ``user`` is on marketplace ``slug``, with its marketplace. Raises ``NotFound``."""
    person = _person(user)
    seat = _buyers.first(user=person.pk, slug=slug)
    if seat is None:
        raise NotFound(f"No buyer seat on “{slug}”.")
    seat.user = person
    return seat


def seller_seat(user: User | AnonymousUser, slug: str, seller_public_id: str) -> Staff:
    """The staff seat of ``user`` with that seller, with seller and marketplace. Raises ``NotFound``."""
    person = _person(user)
    seat = _staff.first(user=person.pk, slug=slug, seller=seller_public_id)
    if seat is None:
        raise NotFound(f"No seat with seller “{seller_public_id}” on “{slug}”.")
    seat.user = person
    return seat


def operator_seat(user: User | AnonymousUser, slug: str) -> OperatorStaff:
    """The seat of ``user`` with the operator of marketplace ``slug``. Raises ``NotFound``."""
    person = _person(user)
    seat = _operators.first(user=person.pk, slug=slug)
    if seat is None:
        raise NotFound(f"No operator seat on “{slug}”.")
    seat.user = person
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


def works_at(seller_id: int | None, user: User) -> bool:
    """Whether ``user`` has a seat, of any role, with the shop of that row id. One query."""
    return Staff.objects.filter(seller=seller_id, user=user).exists()


def people_of(party: Seller | Marketplace, action: Action) -> QuerySet[User]:
    """Who, by their role with that shop or with the operator of that marketplace, may take ``action``."""
    roles = _roles(party, action)
    if isinstance(party, Seller):
        return User.objects.filter(staff_seats__seller=party, staff_seats__role__in=roles, is_active=True)
    return User.objects.filter(operator_seats__marketplace=party, operator_seats__role__in=roles, is_active=True)


def lock_seat(party: Seller | Marketplace, action: Action, user_id: str) -> User | None:
    """The one of them with that public id, None for no such person. One query, in a transaction.

    Until it ends nobody takes the seat away or gives it another role.
    """
    rows: QuerySet[Staff] | QuerySet[OperatorStaff]
    rows = Staff.objects.filter(seller=party) if isinstance(party, Seller) else party.operator_staff.all()
    seats = rows.filter(role__in=_roles(party, action), user__public_id=user_id, user__is_active=True)
    seat = seats.select_related("user").select_for_update(of=("self",)).first()
    return seat.user if seat else None


def _roles(party: Seller | Marketplace, action: Action) -> list[str]:
    table = SELLER_MAY if isinstance(party, Seller) else OPERATOR_MAY
    return [role for role, actions in table.items() if action in actions]


def _person(user: User | AnonymousUser) -> User:
    if isinstance(user, AnonymousUser):
        raise NotFound("Nobody is signed in.")
    return user
