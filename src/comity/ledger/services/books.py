"""Books what moved, many moves in a few statements. The caller holds the locks of the payables and the transaction.

capture        provider +  seller -       the buyer is charged for what has left (S72)
release        (nothing)                  what will not be charged any more
refund         seller +    provider -     the seller gives money back (S43, S49, S58)
reimbursement  marketplace + provider -   the marketplace gives it back
chargeback     seller +    provider -     the buyer's bank took it back
reserve        seller +    reserve -      held back while a claim is open
unreserve      reserve +   seller -
reversal       provider +  seller -       a chargeback that the buyer's bank took back
brought_forward provider + before -       paid before these books began
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

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
    }
)
SUMS = ["captured_minor", "released_minor", "refunded_minor", "reserved_minor", "event_count"]
# What a payment provider has to do about a journal; the rest is between the accounts.
ASKED = frozenset({Kind.CAPTURE, Kind.RELEASE, Kind.REFUND, Kind.REIMBURSEMENT})
_OWNED = frozenset({Account.SELLER, Account.RESERVE})


@dataclass(frozen=True, slots=True)
class Move:
    """Money of one payable on its way. ``cause``: what made it so, once for each kind; see ``Journal``."""

    payable: Payable
    kind: str
    amount_minor: int
    cause: str
    actor: str = ""


class MoreThanPaid(Refused):
    """There is not as much left as was asked for. Nothing was booked."""

    def __init__(self, asked: int, left: int, *, field: str = "amount") -> None:
        self.asked, self.left = asked, left
        super().__init__("more_than_paid", "This is more than what is left of the order's money.", field)


def room_for(payable: Payable, kind: str, cause: str) -> int:
    """How much of ``payable`` may move that way now because of ``cause``, in minor units.

    A reversal gives back no more than what was booked of the very chargeback with its cause.
    """
    if kind in (Kind.CAPTURE, Kind.RELEASE, Kind.BROUGHT_FORWARD):
        return payable.open_minor
    if kind == Kind.REVERSAL:
        return _charged_back(payable, cause)
    return payable.reserved_minor if kind == Kind.UNRESERVE else payable.refundable_minor


def _charged_back(payable: Payable, cause: str) -> int:
    rows = Journal.objects.filter(payable=payable, cause=cause, kind__in=(Kind.CHARGEBACK, Kind.REVERSAL))
    totals = dict(rows.values_list("kind").annotate(total=Sum("amount_minor")))
    return int(totals.get(Kind.CHARGEBACK, 0)) - int(totals.get(Kind.REVERSAL, 0))


def book(moves: Sequence[Move], *, now: datetime) -> list[Journal]:
    """Book ``moves`` in their order and change the sums of their payables.

    Four statements for any number, and one for each reversal.
    Payables that come more than once must be the same object. Raises ``MoreThanPaid`` before anything is written,
    with the sums as they were, and ``IntegrityError`` for a cause that is booked already.
    """
    _require_room(moves)
    journals = [_journal(move, now) for move in moves]
    insert_all(journals)
    pairs = zip(moves, journals, strict=True)
    add_all(entry for move, journal in pairs for entry in _entries(move, journal))
    add_all(_payment(journal, now) for journal in journals if journal.kind in ASKED)
    update_all({move.payable.pk: move.payable for move in moves}.values(), SUMS)
    return journals


def _require_room(moves: Sequence[Move]) -> None:
    done: list[Move] = []
    for move in moves:
        left = room_for(move.payable, move.kind, move.cause)
        if not 0 < move.amount_minor <= left:
            for earlier in reversed(done):
                _add(earlier, -1)
            raise MoreThanPaid(move.amount_minor, left)
        _add(move, 1)
        done.append(move)


def _add(move: Move, sign: int) -> None:
    column, direction = SUMS_OF[move.kind]
    changed = getattr(move.payable, column) + sign * direction * move.amount_minor
    setattr(move.payable, column, changed)


def _journal(move: Move, now: datetime) -> Journal:
    return Journal(
        marketplace_id=move.payable.marketplace_id,
        payable=move.payable,
        public_id=new_id("jnl", now),
        kind=move.kind,
        cause=move.cause,
        currency=move.payable.currency,
        amount_minor=move.amount_minor,
        actor=move.actor,
        occurred_at=now,
    )


def _entries(move: Move, journal: Journal) -> list[Entry]:
    if move.kind not in BOOKED:
        return []
    sides = zip(BOOKED[move.kind], (move.amount_minor, -move.amount_minor), strict=True)
    return [
        Entry(
            journal=journal,
            account=account,
            seller_id=move.payable.seller_id if account in _OWNED else None,
            amount_minor=amount,
        )
        for account, amount in sides
    ]


def _payment(journal: Journal, now: datetime) -> Payment:
    embedded = settings.PAYMENTS == "book"
    return Payment(
        journal=journal,
        public_id=new_id("pmt", now),
        provider=settings.PAYMENTS,
        state=Payment.State.DONE if embedded else Payment.State.REQUESTED,
        requested_at=now,
        run_after=now,
        settled_at=now if embedded else None,
    )
