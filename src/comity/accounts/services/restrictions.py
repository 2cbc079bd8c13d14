"""Imposing and lifting restrictions."""

from datetime import datetime

from comity.accounts.models import Buyer, Restriction, Seller, User
from comity.accounts.services.trail import note
from comity.common.errors import Refused
from comity.common.transactions import write


def restrict(
    *,
    seller: Seller | None = None,
    buyer: Buyer | None = None,
    kind: str,
    reason: str,
    ends_at: datetime | None = None,
    by: User | None = None,
    now: datetime,
) -> Restriction:
    """Forbid ``kind`` to a seller or a buyer from ``now`` until ``ends_at``, or until lifted. Raises ``Refused``.

    ``by`` is who did it, for the audit trail.
    """
    party = seller or buyer
    if party is None or (seller and buyer):
        raise ValueError("say either a seller or a buyer")
    if kind not in Restriction.Kind.values:
        raise ValueError(f"no restriction is called {kind}")
    if not reason.strip():
        raise Refused("reason_missing", "Say why: the person is told this reason.", "reason")
    if ends_at is not None and ends_at <= now:
        raise Refused("end_passed", "The end lies in the past: choose a later one or none.", "ends_at")
    with write():
        made = Restriction.objects.create(
            marketplace=party.marketplace,
            seller=seller,
            buyer=buyer,
            kind=kind,
            reason=reason.strip(),
            starts_at=now,
            ends_at=ends_at,
        )
        note(party, "restriction.imposed", by=by, now=now, kind=kind)
    return made


def lift(*, restriction: Restriction, by: User | None = None, now: datetime) -> Restriction:
    """End a restriction at ``now``. One that is lifted already keeps its first moment."""
    with write():
        row = Restriction.objects.select_for_update().get(pk=restriction.pk)
        if row.lifted_at is None:
            row.lifted_at = now
            row.save(update_fields=["lifted_at"])
            party = row.seller or row.buyer
            assert party is not None  # a constraint of the table
            note(party, "restriction.lifted", by=by, now=now, kind=row.kind)
    return row
