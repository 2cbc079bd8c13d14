"""What should not have been in the box: reported by the buyer, decided by the marketplace (S54, S75, S76).

Only the marketplace reads the report, so its words pass no rules; the order's record has them.
"""

from collections.abc import Sequence
from datetime import datetime

from comity.accounts.models import OperatorStaff
from comity.accounts.profiles import profile_in_force
from comity.accounts.selectors.roles import may
from comity.common.errors import Refused
from comity.common.ids import new_id
from comity.common.texts import clean_text
from comity.common.transactions import write
from comity.files.services.uploads import Upload
from comity.orders.models import BoxPhoto, BoxReport, Order
from comity.orders.selectors.boxes import get_box_of_marketplace, has_left, takes_part
from comity.orders.services.happenings import Happening, happen, lock_order
from comity.orders.services.returning.photos import require_photos


class AlreadyDecided(Refused):
    """Somebody else decided first."""

    def __init__(self) -> None:
        super().__init__("already_decided", "Somebody has decided on this already.", "upheld")


def report_box(
    order: Order, *, kind: str, text: str, photos: Sequence[Upload] = (), actor: str, now: datetime
) -> BoxReport:
    """The buyer tells the marketplace what was in the box, once a kind; words or a photo are needed.

    Raises ``Refused``: ``kind``, ``empty`` and what is wrong with the words, ``photos``, ``not_shipped``, ``again``.
    """
    if kind not in BoxReport.Kind.values:
        raise Refused("kind", "Choose what was in the box.", "kind")
    if text.strip() or not photos:
        limit = profile_in_force(order.marketplace, now).orders.words_characters
        empty = "Say what was in the box, or add a photo."
        text = clean_text(text, limit=limit, what="What you wrote", empty=empty, field="text")
    require_photos(photos, order=order, now=now)
    with write():
        locked = lock_order(order)
        if not has_left(locked):
            raise Refused("not_shipped", "Nothing of this order has been shipped yet, so there is no box to report.")
        if BoxReport.objects.filter(order=locked, kind=kind).exists():
            raise Refused("again", "You have reported this already for this order. The decision appears here.", "kind")
        made = BoxReport.objects.create(
            order=locked, public_id=new_id("box", now), kind=kind, text=text.strip(), reported_at=now
        )
        BoxPhoto.objects.bulk_create(BoxPhoto(report=made, blob=one.blob, name=one.name[:200]) for one in photos)
        about = {"box": made.public_id, "kind": kind}
        happen([Happening(locked, "box.reported", about, actor=actor, text=made.text or None)], now=now)
    return made


def decide_box(staff: OperatorStaff, report_id: str, *, upheld: bool | None, reason: str, now: datetime) -> BoxReport:
    """The marketplace says whether the box broke its rules, with a reason that the buyer reads.

    So does the seller who packed it where it is upheld, but not whose order it was.
    Raises ``NotFound``, ``AlreadyDecided`` and ``Refused``: ``role``, ``upheld``, ``own`` and what is wrong with the
    reason.
    """
    if not may(staff, "rule"):
        raise Refused("role", "Your role does not decide on reports.", "upheld")
    found = get_box_of_marketplace(staff.marketplace, report_id)
    if upheld is None:
        raise Refused("upheld", "Choose whether the box broke the rules.", "upheld")
    limit = profile_in_force(staff.marketplace, now).orders.words_characters
    empty = "Say why: the buyer who reported it reads this reason, and the seller if the box broke the rules."
    reason = clean_text(reason, limit=limit, what="The reason", empty=empty, field="reason")
    with write():
        order = lock_order(found.order)
        found.refresh_from_db(fields=["decided_at"])
        if found.decided_at:
            raise AlreadyDecided
        if takes_part(order, staff.user):
            raise Refused("own", "You take part in this order: somebody else must decide.", "upheld")
        found.upheld, found.decision, found.decided_by, found.decided_at = upheld, reason, staff.user.public_id, now
        found.save(update_fields=["upheld", "decision", "decided_by", "decided_at"])
        about = {"box": found.public_id, "upheld": upheld}
        happen([Happening(order, "box.decided", about, actor=found.decided_by, text=reason)], now=now)
    return found
