"""Who works for a seller, and for the operator. Each change is on the audit trail; ``by`` is who made it."""

from collections.abc import Collection
from datetime import datetime

from comity.accounts.models import Marketplace, OperatorStaff, Seller, Staff, User
from comity.accounts.services.trail import note
from comity.common.errors import Refused
from comity.common.transactions import write


def seat_staff(*, seller: Seller, user: User, role: str, by: User | None = None, now: datetime) -> Staff:
    """Give ``user`` a seat with ``seller``, or another role on the seat it has. Raises ``Refused``."""
    _check_role(role, Staff.Role.values)
    with write():
        seats = _locked_seats(seller)
        seat = next((one for one in seats if one.user_id == user.pk), None) or Staff(seller=seller, user=user)
        others = [one for one in seats if one is not seat]
        had_owner = _has_owner(seats)
        name = "staff.role_changed" if seat.pk else "staff.seated"
        seat.role = role
        _keep_an_owner([*others, seat], had_one=had_owner)
        seat.save()
        note(seller, name, by=by, now=now, user=user.public_id, role=role)
    return seat


def unseat_staff(*, seller: Seller, user: User, by: User | None = None, now: datetime) -> None:
    """Take the seat of ``user`` with ``seller`` away; nothing happens without one. Raises ``Refused``."""
    with write():
        seats = _locked_seats(seller)
        _keep_an_owner([one for one in seats if one.user_id != user.pk], had_one=_has_owner(seats))
        if Staff.objects.filter(seller=seller, user=user).delete()[0]:
            note(seller, "staff.unseated", by=by, now=now, user=user.public_id)


def seat_operator(
    *, marketplace: Marketplace, user: User, role: str, by: User | None = None, now: datetime
) -> OperatorStaff:
    """Give ``user`` a seat with the operator of ``marketplace``, or another role on it. Raises ``Refused``."""
    _check_role(role, OperatorStaff.Role.values)
    with write():
        others = _other_admins(marketplace, user)
        seat = OperatorStaff.objects.filter(marketplace=marketplace, user=user).first()
        _keep_an_admin(seat, role, others)
        name = "operator_staff.role_changed" if seat else "operator_staff.seated"
        seat = seat or OperatorStaff(marketplace=marketplace, user=user)
        seat.role = role
        seat.save()
        note(marketplace, name, by=by, now=now, user=user.public_id, role=role)
    return seat


def unseat_operator(*, marketplace: Marketplace, user: User, by: User | None = None, now: datetime) -> None:
    """Take the seat of ``user`` with the operator away; nothing happens without one. Raises ``Refused``."""
    with write():
        others = _other_admins(marketplace, user)
        seat = OperatorStaff.objects.filter(marketplace=marketplace, user=user).first()
        if seat is None:
            return
        _keep_an_admin(seat, "", others)
        seat.delete()
        note(marketplace, "operator_staff.unseated", by=by, now=now, user=user.public_id)


def _locked_seats(seller: Seller) -> list[Staff]:
    Seller.objects.select_for_update().get(pk=seller.pk)  # else two owners could leave at the same time
    return list(Staff.objects.filter(seller=seller))


def _other_admins(marketplace: Marketplace, user: User) -> Collection[int]:
    """The administrators besides ``user``; locks the marketplace, else two could leave at the same time."""
    Marketplace.objects.select_for_update().get(pk=marketplace.pk)
    admins = OperatorStaff.objects.filter(marketplace=marketplace, role=OperatorStaff.Role.ADMIN)
    return list(admins.exclude(user=user).values_list("pk", flat=True))


def _keep_an_admin(seat: OperatorStaff | None, role: str, others: Collection[int]) -> None:
    """A marketplace that has an administrator keeps one: nobody else could let another in."""
    leaves = seat is not None and seat.role == OperatorStaff.Role.ADMIN != role
    if leaves and not others:
        raise Refused("last_admin", "A marketplace keeps at least one admin: make somebody else admin first.", "role")


def _has_owner(seats: list[Staff]) -> bool:
    return any(seat.role == Staff.Role.OWNER for seat in seats)


def _keep_an_owner(seats: list[Staff], *, had_one: bool) -> None:
    if had_one and not _has_owner(seats):
        raise Refused("last_owner", "A seller keeps at least one owner: make somebody else owner first.", "role")


def _check_role(role: str, allowed: list[str]) -> None:
    if role not in allowed:
        raise Refused("role_unknown", f"There is no role “{role}”; choose one of {', '.join(allowed)}.", "role")
