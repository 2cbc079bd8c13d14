"""What a buyer's bank takes back is booked; see ``models`` for who bears it. The caller holds the lock of the payable.

What was told is kept, so that money which a bank gives again before its withdrawal is told stays with who bears it, and
what could not be booked is once there is room.
"""

from collections.abc import Mapping
from datetime import datetime

from comity.common.errors import Refused
from comity.common.import_values import major
from comity.common.transactions import write
from comity.ledger.models import Dispute, Journal, Payable
from comity.ledger.selectors.balances import balances
from comity.ledger.services.books import GIVEN_AGAIN, MoreThanPaid, Move, book, disputed, room_for

Kind = Journal.Kind
_COLUMNS = {"reversal": "reinstated_minor", "chargeback": "withdrawn_minor"}
# What gives back comes first: it makes room.
_ORDER = (*GIVEN_AGAIN, Kind.CHARGEBACK, Kind.LOSS)
_Told = tuple[int, int]  # what the bank took and gave again
_Booked = dict[tuple[str, str], int]  # amount of each kind and cause


def remember(payable: Payable, kind: str, cause: str, amount_minor: int, currency: str) -> None:
    """Keep what is told, once. ``currency``: empty for the order's."""
    dispute, _ = Dispute.objects.get_or_create(payable=payable, cause=cause, defaults={"currency": currency})
    if getattr(dispute, _COLUMNS[kind]) is None:
        setattr(dispute, _COLUMNS[kind], max(amount_minor, 0))
        dispute.currency, dispute.translated_minor = dispute.currency or currency, None
        dispute.save(update_fields=[_COLUMNS[kind], "currency", "translated_minor"])


def settle(payable: Payable, *, marketplace_bears: bool, now: datetime) -> bool:
    """Book what follows from all that was told; whether anything did. ``marketplace_bears``: it fulfils the order."""
    disputes, booked = list(Dispute.objects.filter(payable=payable).order_by("pk")), _booked(payable)
    # Once, before the first is booked: what the bank took is not less because only a part of it is booked so far.
    told = {one.cause: _told(one, _of(booked, one.cause)) for one in disputes}
    before = len(booked)
    while move := _next(payable, told, booked, marketplace_bears=marketplace_bears):
        book([move], now=now)
        booked[move.kind, move.cause] = move.amount_minor
    return len(booked) > before


def translate(payable: Payable, cause: str, amount_minor: int, *, marketplace_bears: bool, now: datetime) -> int:
    """Book a dispute that was told in another currency: ``amount_minor`` is what the bank has of the order by it now.

    Returns what was booked before. Raises ``Refused`` with nothing changed: for one that is unknown or in the order's
    currency, for more than was captured, while a claim holds a part of what it would take, and where it was said before
    and this is more, or less for the second time.
    """
    with write():
        locked = Payable.objects.select_for_update().get(pk=payable.pk)
        dispute = Dispute.objects.filter(payable=locked, cause=cause).first()
        if dispute is None:
            raise Refused("unknown_dispute", f"No dispute “{cause}” was told of about this order.", "dispute")
        if not dispute.currency:
            raise Refused("own_currency", "This dispute is in the order's currency: it is booked by itself.")
        before = sum(disputed(locked, cause).values())
        dispute.translated_minor = amount_minor
        dispute.save(update_fields=["translated_minor"])
        settle(locked, marketplace_bears=marketplace_bears, now=now)
        after = sum(disputed(locked, cause).values())
        if after != amount_minor:
            raise _not_so(locked, before, amount_minor, after)
    return before


def _not_so(payable: Payable, before: int, asked: int, booked: int) -> Refused:
    if before:
        has = f"{major(before, payable.currency):f} {payable.currency}"
        rule = "What is booked becomes less once, when the bank gives something again, and never more."
        return Refused("booked", f"{has} of it is booked already. {rule}")
    if payable.reserved_minor:
        return Refused("held", "A claim holds a part of this order's money. Decide the claim first.")
    return MoreThanPaid(asked, booked)


def _next(payable: Payable, told: Mapping[str, _Told], booked: _Booked, *, marketplace_bears: bool) -> Move | None:
    for kind in _ORDER:
        for cause, (taken, again) in told.items():
            done = _of(booked, cause)
            wanted = 0 if kind in done else _wanted(kind, done, taken, again)
            if wanted and (amount := min(wanted, _room(payable, kind, cause))) > 0:
                borne = _borne(payable, kind, amount, marketplace_bears=marketplace_bears)
                return Move(payable, kind, amount, cause, marketplace_minor=borne)
    return None


def _booked(payable: Payable) -> _Booked:
    rows = Journal.objects.filter(payable=payable, kind__in=_ORDER).values_list("kind", "cause", "amount_minor")
    return {(kind, cause): amount for kind, cause, amount in rows}


def _of(booked: _Booked, cause: str) -> dict[str, int]:
    return {kind: amount for (kind, of), amount in booked.items() if of == cause}


def _told(one: Dispute, done: dict[str, int]) -> _Told:
    """What the bank took and gave again, in the order's currency; what is booked while that is not known."""
    if not one.currency:
        return one.withdrawn_minor or 0, one.reinstated_minor or 0
    booked = done.get(Kind.CHARGEBACK, 0) + done.get(Kind.LOSS, 0)
    if one.translated_minor is None:
        return booked, 0
    taken = booked or one.translated_minor
    return taken, max(taken - one.translated_minor, 0)


def _wanted(kind: str, done: dict[str, int], taken: int, again: int) -> int:
    """How much of a dispute is still to be booked as ``kind``: what is given again makes up for the loss first."""
    charged, lost = done.get(Kind.CHARGEBACK, 0), done.get(Kind.LOSS, 0)
    rest = max(taken - charged, 0)
    made_up = min(again, rest)
    wanted = {
        Kind.RECOVERY: max(lost - (rest - made_up), 0),
        Kind.REVERSAL: min(again - made_up, charged),
        Kind.CHARGEBACK: taken - lost,
        Kind.LOSS: rest - made_up,
    }
    return wanted[Kind(kind)]


def _room(payable: Payable, kind: str, cause: str) -> int:
    return 0 if kind == Kind.LOSS and payable.reserved_minor else room_for(payable, kind, cause)


def _borne(payable: Payable, kind: str, amount: int, *, marketplace_bears: bool) -> int:
    if marketplace_bears:
        return amount
    if kind != Kind.LOSS:
        return 0
    has = balances([payable.seller_id]).get((payable.seller_id, payable.currency), 0)
    return amount - min(amount, max(has, 0))
