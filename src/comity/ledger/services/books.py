"""Books what moved, many moves in a few statements. The caller holds the locks of the payables and the transaction.

capture        provider +  seller -       the buyer is charged for what has left (S72)
release        (nothing)                  what will not be charged any more
refund         seller +    provider -     the seller gives money back (S43, S49, S58)
reimbursement  marketplace + provider -   the marketplace gives it back
chargeback     seller +    provider -     the buyer's bank took it back
loss           seller +    provider -     and more than the order still had
reserve        seller +    reserve -      held back while a claim is open
unreserve      reserve +   seller -
reversal       provider +  seller -       a chargeback that the buyer's bank took back
recovery       provider +  seller -       a loss that it took back
write_off      seller +    provider -     booked as charged, and never to be had from the buyer
owed           provider +  buyer -        booked as given back, and refused by the provider: paid to the buyer otherwise
brought_forward provider + before -       paid before these books began

Of a chargeback and a loss the marketplace may bear a part in the seller's place; it gets that part of what comes back.
Of a write-off it gets from the seller what it was to give the buyer, who never paid it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

from django.conf import settings
from django.db.models import Sum

from comity.common.errors import Refused
from comity.common.ids import new_id
from comity.common.prepared import add_all, insert_all, update_all
from comity.ledger.models import Entry, Journal, Payable, Payment

Kind = Journal.Kind
Account = Entry.Account

# Which account is debited and which credited, and which sum of the payable grows or shrinks.
BOOKED: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        Kind.BROUGHT_FORWARD: (Account.PROVIDER, Account.BEFORE),
        Kind.CAPTURE: (Account.PROVIDER, Account.SELLER),
        Kind.REFUND: (Account.SELLER, Account.PROVIDER),
        Kind.REIMBURSEMENT: (Account.MARKETPLACE, Account.PROVIDER),
        Kind.CHARGEBACK: (Account.SELLER, Account.PROVIDER),
        Kind.RESERVE: (Account.SELLER, Account.RESERVE),
        Kind.UNRESERVE: (Account.RESERVE, Account.SELLER),
        Kind.REVERSAL: (Account.PROVIDER, Account.SELLER),
        Kind.LOSS: (Account.SELLER, Account.PROVIDER),
        Kind.RECOVERY: (Account.PROVIDER, Account.SELLER),
        Kind.WRITE_OFF: (Account.SELLER, Account.PROVIDER),
        Kind.OWED: (Account.PROVIDER, Account.BUYER),
    }
)
SUMS_OF: Mapping[str, tuple[str, int]] = MappingProxyType(
    {
        Kind.BROUGHT_FORWARD: ("captured_minor", 1),
        Kind.CAPTURE: ("captured_minor", 1),
        Kind.RELEASE: ("released_minor", 1),
        Kind.REFUND: ("refunded_minor", 1),
        Kind.REIMBURSEMENT: ("refunded_minor", 1),
        Kind.CHARGEBACK: ("refunded_minor", 1),
        Kind.RESERVE: ("reserved_minor", 1),
        Kind.UNRESERVE: ("reserved_minor", -1),
        Kind.REVERSAL: ("refunded_minor", -1),
        Kind.LOSS: ("lost_minor", 1),
        Kind.RECOVERY: ("lost_minor", -1),
        Kind.WRITE_OFF: ("refunded_minor", 1),
    }
)
# What a buyer's bank gives again, and what it had taken.
GIVEN_AGAIN: Mapping[str, str] = MappingProxyType({Kind.RECOVERY: Kind.LOSS, Kind.REVERSAL: Kind.CHARGEBACK})
SUMS = ["captured_minor", "released_minor", "refunded_minor", "reserved_minor", "lost_minor", "event_count"]
# What a payment provider has to do about a journal; the rest is between the accounts.
ASKED = frozenset({Kind.CAPTURE, Kind.RELEASE, Kind.REFUND, Kind.REIMBURSEMENT})
_OWNED = frozenset({Account.SELLER, Account.RESERVE})


@dataclass(frozen=True, slots=True)
class Move:
    """Money of one payable on its way. ``cause``: what made it so, once for each kind; see ``Journal``.

    ``marketplace_minor``: how much of a chargeback or a loss the marketplace bears in the seller's place; below zero in
    a write-off what it does not bear any more.
    """

    payable: Payable
    kind: str
    amount_minor: int
    cause: str
    actor: str = ""
    marketplace_minor: int = 0


class MoreThanPaid(Refused):
    """There is not as much left as was asked for. Nothing was booked."""

    def __init__(self, asked: int, left: int, *, field: str = "amount") -> None:
        self.asked, self.left = asked, left
        super().__init__("more_than_paid", "This is more than what is left of the order's money.", field)


def room_for(payable: Payable, kind: str, cause: str) -> int:
    """How much of ``payable`` may move that way now because of ``cause``, in minor units.

    A reversal gives back no more than what was booked of the very chargeback with its cause, a recovery of its loss.
    All disputes together take no more than was captured.
    """
    if kind in (Kind.CAPTURE, Kind.RELEASE, Kind.BROUGHT_FORWARD):
        return payable.open_minor
    if kind in GIVEN_AGAIN:
        return disputed(payable, cause)[GIVEN_AGAIN[kind]]
    if kind == Kind.LOSS:
        return payable.captured_minor - sum(disputed(payable).values())
    if kind == Kind.OWED:
        return payable.refunded_minor
    return payable.reserved_minor if kind == Kind.UNRESERVE else payable.refundable_minor


def disputed(payable: Payable, cause: str = "") -> dict[str, int]:
    """What a bank has of it as a chargeback and as a loss, by the dispute ``cause`` or by all. One query."""
    rows = Journal.objects.filter(payable=payable, kind__in=(*GIVEN_AGAIN, *GIVEN_AGAIN.values()))
    rows = rows.filter(cause=cause) if cause else rows
    totals = dict(rows.values_list("kind").annotate(total=Sum("amount_minor")))
    return {taken: int(totals.get(taken, 0)) - int(totals.get(again, 0)) for again, taken in GIVEN_AGAIN.items()}


def book(moves: Sequence[Move], *, now: datetime) -> list[Journal]:
    """Book ``moves`` in their order and change the sums of their payables.

    Four statements for any number, and two for each reversal and recovery.
    Payables that come more than once must be the same object. Raises ``MoreThanPaid`` before anything is written,
    with the sums as they were, and ``IntegrityError`` for a cause that is booked already.
    """
    _require_room(moves)
    journals = [_journal(move, now) for move in moves]
    insert_all(journals)
    pairs = zip(moves, journals, strict=True)
    add_all(Entry, (entry for move, journal in pairs for entry in _entries(move, journal)))
    same = _same_in_payments(now)
    asked = (journal for journal in journals if journal.kind in ASKED)
    add_all(Payment, ({**same, "journal_id": one.pk, "public_id": new_id("pmt", now)} for one in asked))
    update_all({move.payable.pk: move.payable for move in moves}.values(), SUMS)
    return journals


def _require_room(moves: Sequence[Move]) -> None:
    done: list[Move] = []
    for move in moves:
        left = room_for(move.payable, move.kind, move.cause)
        least = 0 if move.marketplace_minor < 0 else 1  # then something moves without the buyer
        if not least <= move.amount_minor <= left:
            for earlier in reversed(done):
                _add(earlier, -1)
            raise MoreThanPaid(move.amount_minor, left)
        _add(move, 1)
        done.append(move)


def _add(move: Move, sign: int) -> None:
    if move.kind not in SUMS_OF:  # what is owed otherwise was given back before
        return
    column, direction = SUMS_OF[move.kind]
    changed = getattr(move.payable, column) + sign * direction * move.amount_minor
    setattr(move.payable, column, changed)


def _journal(move: Move, now: datetime) -> Journal:
    return Journal(
        marketplace_id=move.payable.marketplace_id,
        payable_id=move.payable.pk,
        public_id=new_id("jnl", now),
        kind=move.kind,
        cause=move.cause,
        currency=move.payable.currency,
        amount_minor=move.amount_minor,
        actor=move.actor,
        occurred_at=now,
    )


def _entries(move: Move, journal: Journal) -> list[dict[str, Any]]:
    return [
        {
            "journal_id": journal.pk,
            "account": account,
            "seller_id": move.payable.seller_id if account in _OWNED else None,
            "amount_minor": amount,
        }
        for account, amount in _sides(move)
        if amount
    ]


def _sides(move: Move) -> Iterator[tuple[str, int]]:
    borne = _borne_by_marketplace(move)
    for account, sign in zip(BOOKED.get(move.kind, ()), (1, -1), strict=False):
        if account == Account.SELLER and borne:
            yield from ((account, sign * (move.amount_minor - borne)), (Account.MARKETPLACE, sign * borne))
        else:
            yield account, sign * move.amount_minor


def _borne_by_marketplace(move: Move) -> int:
    """Of what is given again the marketplace gets first what it bore."""
    if move.kind not in GIVEN_AGAIN:
        return move.marketplace_minor
    kinds = (move.kind, GIVEN_AGAIN[move.kind])
    borne = Entry.objects.filter(account=Account.MARKETPLACE, journal__cause=move.cause, journal__kind__in=kinds)
    total = borne.filter(journal__payable=move.payable).aggregate(total=Sum("amount_minor"))["total"]
    return min(move.amount_minor, total or 0)


def _same_in_payments(now: datetime) -> dict[str, Any]:
    """What all payments of now have in common."""
    embedded = settings.PAYMENTS == "book"
    return {
        "provider": settings.PAYMENTS,
        "state": Payment.State.DONE if embedded else Payment.State.REQUESTED,
        "requested_at": now,
        "run_after": now,
        "settled_at": now if embedded else None,
    }
