"""The people of sellers and of the operator from a file. A batch is applied in the transaction of its caller."""

from typing import Any

from comity.accounts.models import OperatorStaff, Seller, Staff, User
from comity.accounts.services.importing import Kind, Outcome, Scope, users_for
from comity.accounts.services.staff import seat_operator, seat_staff
from comity.common import import_values as values
from comity.common.crypto import lookup_digest
from comity.common.errors import Refused
from comity.common.imports import Field, Row

_ROLES = (*Staff.Role.values, *OperatorStaff.Role.values)


def _small_email(raw: Any) -> str:
    return values.email(raw).lower()  # it names the row, whatever its case


def apply_staff(rows: list[Row], scope: Scope) -> Outcome:
    """Seat each person in the role of their row; a person who is not known yet is created and signs in by link."""
    outcome = Outcome()
    sellers = scope.known(Seller, [row.values["seller"] for row in rows if "seller" in row.values])
    good = [row for row in rows if _fits(row, sellers, outcome)]
    language = scope.home.language
    people = {lookup_digest(row.values["email"]): (row.values["email"], row.values["name"], language) for row in good}
    users = users_for(people, scope.now)
    for row in good:
        user = users[lookup_digest(row.values["email"])]
        try:
            changed = _seat(row, user, sellers.get(row.values.get("seller", "")), scope)
        except Refused as refused:
            outcome.refuse(row.refusal(refused.field, refused.code, refused.sentence))
        else:
            outcome.count(1, int(changed))
    return outcome


def _fits(row: Row, sellers: dict[str, Seller], outcome: Outcome) -> bool:
    """Refuse a row whose seller is not known or whose role is not one of that place."""
    shop = row.values.get("seller")
    if shop is not None and shop not in sellers:
        sentence = f"“{shop}” is not known here; import sellers first, from the same source."
        outcome.refuse(row.refusal("seller", "unknown_reference", sentence))
        return False
    roles = OperatorStaff.Role.values if shop is None else Staff.Role.values
    if row.values["role"] not in roles:
        place = "the operator (a row without a seller)" if shop is None else "a seller"
        sentence = f"is “{row.values['role']}”; the roles of {place} are {', '.join(roles)}."
        outcome.refuse(row.refusal("role", "unknown_choice", sentence))
        return False
    return True


def _seat(row: Row, user: User, seller: Seller | None, scope: Scope) -> bool:
    """Whether that changed anything. Raises ``Refused`` when it would leave a seller without an owner."""
    role = row.values["role"]
    if seller is None:
        if OperatorStaff.objects.filter(marketplace=scope.home, user=user, role=role).exists():
            return False
        seat_operator(marketplace=scope.home, user=user, role=role, now=scope.now)
        return True
    if Staff.objects.filter(seller=seller, user=user, role=role).exists():
        return False
    seat_staff(seller=seller, user=user, role=role, now=scope.now)
    return True


STAFF = Kind(
    "staff",
    (
        Field("email", _small_email, "E-mail address, in small letters; its owner signs in by link", required=True),
        Field("name", values.text(120), "The person's name; a person who is known keeps theirs", required=True),
        Field("role", values.choice(_ROLES), f"{', '.join(_ROLES)}; the first three with a seller", required=True),
        Field("seller", values.text(100), "external_id of the seller; nothing given means the operator"),
    ),
    apply_staff,
    key=("seller", "email"),
)
