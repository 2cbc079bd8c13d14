"""Who works for a seller, and for the operator."""

from comity.accounts.models import Marketplace, OperatorStaff, Seller, Staff, User
from comity.common.errors import Refused
from comity.common.transactions import write


def seat_staff(*, seller: Seller, user: User, role: str) -> Staff:
    """Give ``user`` a seat with ``seller``, or another role on the seat it has. Raises ``Refused``."""
    _check_role(role, Staff.Role.values)
    with write():
        seats = _locked_seats(seller)
        seat = next((one for one in seats if one.user_id == user.pk), None) or Staff(seller=seller, user=user)
        others = [one for one in seats if one is not seat]
        had_owner = _has_owner(seats)
        seat.role = role
        _keep_an_owner([*others, seat], had_one=had_owner)
        seat.save()
    return seat


def unseat_staff(*, seller: Seller, user: User) -> None:
    """Take the seat of ``user`` with ``seller`` away; nothing happens without one. Raises ``Refused``."""
    with write():
        seats = _locked_seats(seller)
        _keep_an_owner([one for one in seats if one.user_id != user.pk], had_one=_has_owner(seats))
        Staff.objects.filter(seller=seller, user=user).delete()


def seat_operator(*, marketplace: Marketplace, user: User, role: str) -> OperatorStaff:
    """Give ``user`` a seat with the operator of ``marketplace``, or another role on it. Raises ``Refused``."""
    _check_role(role, OperatorStaff.Role.values)
    with write():
        seat, _ = OperatorStaff.objects.update_or_create(marketplace=marketplace, user=user, defaults={"role": role})
    return seat


def _locked_seats(seller: Seller) -> list[Staff]:
    Seller.objects.select_for_update().get(pk=seller.pk)  # else two owners could leave at the same time
    return list(Staff.objects.filter(seller=seller))


def _has_owner(seats: list[Staff]) -> bool:
    return any(seat.role == Staff.Role.OWNER for seat in seats)


def _keep_an_owner(seats: list[Staff], *, had_one: bool) -> None:
    if had_one and not _has_owner(seats):
        raise Refused("last_owner", "A seller keeps at least one owner: make somebody else owner first.", "role")


def _check_role(role: str, allowed: list[str]) -> None:
    if role not in allowed:
        raise Refused("role_unknown", f"There is no role “{role}”; choose one of {', '.join(allowed)}.", "role")
