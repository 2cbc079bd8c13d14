"""An account-level hold: a seller's money stays where it is for a while."""

from datetime import datetime

from comity.accounts.models import Seller, User
from comity.accounts.services import trail
from comity.common.errors import NotFound, Refused
from comity.common.ids import new_id
from comity.common.transactions import write
from comity.ledger.models import Hold

_REASON = 2000  # characters


def hold(*, seller: Seller, reason: str, by: User | None, now: datetime, ends_at: datetime | None = None) -> Hold:
    """Pay nothing out to ``seller`` from now until ``ends_at``, or until it is lifted; the shop is told by the event.

    Raises ``Refused`` without a reason, and for an end that is past.
    """
    clean = reason.strip()
    if not 0 < len(clean) <= _REASON:
        raise Refused("reason", f"Say why, in 1 to {_REASON:,} characters: the seller reads it.", "reason")
    if ends_at and ends_at <= now:
        raise Refused(
            "past", "This moment has passed. Enter a later one, or none to hold until it is lifted.", "ends_at"
        )
    with write():
        made = Hold.objects.create(
            seller=seller,
            public_id=new_id("hld", now),
            reason=clean,
            made_by=by.public_id if by else "",
            starts_at=now,
            ends_at=ends_at,
        )
        trail.note(seller, "payouts.held", by=by, now=now, hold=made.public_id)
    return made


def lift(*, seller: Seller, hold_id: str, by: User | None, now: datetime) -> None:
    """End a hold before its time; one that is over stays as it is. Raises ``NotFound`` for another seller's."""
    with write():
        rows = Hold.objects.select_for_update().filter(seller=seller, public_id=hold_id)
        found = rows.first() if hold_id.isprintable() else None
        if found is None:
            raise NotFound(hold_id)
        if found.lifted_at or (found.ends_at and found.ends_at <= now):
            return
        found.lifted_at, found.lifted_by = now, by.public_id if by else ""
        found.save(update_fields=["lifted_at", "lifted_by"])
        trail.note(seller, "payouts.hold_lifted", by=by, now=now, hold=found.public_id)
