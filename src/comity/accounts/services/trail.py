"""What people do to a shop, a buyer or a marketplace, told on its stream: the event log is the audit trail."""

from datetime import datetime, timedelta
from typing import Literal

from comity.accounts.models import Buyer, Marketplace, OperatorStaff, Seller, Staff, User
from comity.common.models import OutboxEvent
from comity.common.outbox import emit
from comity.common.transactions import write

_SAME_LOOK = timedelta(hours=1)


def note(party: Seller | Buyer | Marketplace, name: str, *, by: User | None, now: datetime, **ids: str) -> None:
    """Tell event ``name`` on the stream of ``party``, whose row is locked; call inside the transaction of the deed.

    ``by`` is None for what a file or the system did. ``ids`` are ids and plain words of ours, never personal data.
    """
    row = type(party).objects.select_for_update().get(pk=party.pk)
    home = row if isinstance(row, Marketplace) else row.marketplace
    emit(
        row,
        name=name,
        data=ids,
        stream_id=row.public_id,
        marketplace=home.public_id,
        actor=by.public_id if by else "",
        now=now,
    )
    row.save(update_fields=["event_count"])


def note_sign_in(*, user: User, now: datetime) -> None:
    """Tell every shop and marketplace where ``user`` has a seat that they signed in; buyers leave no such trace."""
    with write():
        note_of_person(user, "staff.signed_in", now=now)


def note_failed_sign_in(*, user: User, tries: int, now: datetime) -> None:
    """Tell the same places that somebody gave a wrong password for ``user``: ``tries`` times within the hour so far."""
    with write():
        note_of_person(user, "staff.sign_in_failed", now=now, tries=str(tries))


def note_of_person(user: User, name: str, *, now: datetime, **ids: str) -> None:
    """Tell event ``name`` on the stream of every shop and marketplace where ``user`` has a seat."""
    for staff in Staff.objects.filter(user=user).select_related("seller__marketplace").order_by("seller_id"):
        note(staff.seller, name, by=user, now=now, user=user.public_id, **ids)
    for seat in OperatorStaff.objects.filter(user=user).select_related("marketplace").order_by("marketplace_id"):
        note(seat.marketplace, name, by=user, now=now, user=user.public_id, **ids)


def note_reading(
    *,
    marketplace: Marketplace,
    by: User,
    now: datetime,
    name: Literal["audit.opened", "record.searched"] = "audit.opened",
) -> None:
    """Tell that ``by`` looks at the audit trail, or for what is on record; once for a row of such looks.

    The trail must not fill with itself, nor with every page of the same search.
    """
    theirs = OutboxEvent.objects.filter(marketplace=marketplace.public_id, actor=by.public_id).order_by("-id")
    last = theirs.values_list("name", "occurred_at").first()
    if last and last[0] == name and now - last[1] < _SAME_LOOK:
        return
    with write():
        note(marketplace, name, by=by, now=now)


def note_export(*, party: Seller | Marketplace, by: User, form: str, now: datetime) -> None:
    """Tell that ``by`` has taken the trail of a shop or marketplace away, as ``form``."""
    with write():
        note(party, "audit.exported", by=by, now=now, form=form)
