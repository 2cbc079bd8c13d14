"""Money of one order moves for a reason of the marketplace's or the buyer's bank: claims, chargebacks, amends."""

from datetime import datetime

from comity.common.errors import NotFound, Refused
from comity.common.transactions import write
from comity.ledger.models import Journal, Payable
from comity.ledger.services.books import Move, book
from comity.ledger.services.disputes import settle

Kind = Journal.Kind
MOVES = frozenset({Kind.RESERVE, Kind.UNRESERVE, Kind.REIMBURSEMENT, Kind.CHARGEBACK, Kind.REVERSAL})


def move(
    subject: str,
    kind: str,
    amount_minor: int,
    *,
    cause: str,
    actor: str = "",
    marketplace_bears: bool = False,
    now: datetime,
) -> Journal:
    """Book ``amount_minor`` of the order with the public id ``subject``; see ``books`` for what each kind does.

    ``kind``: one of ``MOVES``; charges and refunds have services of their own. ``cause``: what made it so, a claim or
    a dispute, say; the same again is answered with what was booked. What is held back no more goes first to what the
    buyer's bank has taken; ``marketplace_bears``: it fulfils the order, and so bears disputes. Raises ``NotFound``,
    ``MoreThanPaid``, and ``Refused`` when ``cause`` moved another amount before.
    """
    if kind not in MOVES:
        raise ValueError(f"{kind}: one of {', '.join(sorted(MOVES))}")
    with write():
        payable = Payable.objects.select_for_update().filter(subject=subject).first()
        if payable is None:
            raise NotFound(subject)
        earlier = Journal.objects.filter(kind=kind, cause=cause).first()
        if earlier is None:
            (booked,) = book([Move(payable, kind, amount_minor, cause, actor)], now=now)
            if kind == Kind.UNRESERVE:
                settle(payable, marketplace_bears=marketplace_bears, now=now)
            return booked
        if (earlier.payable_id, earlier.amount_minor) != (payable.pk, amount_minor):
            raise Refused("reference_taken", f"{cause} has moved another amount before. Use a new reference.", "cause")
        return earlier
