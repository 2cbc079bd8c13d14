"""Takes a feed in: its bytes are stored before anything is read in them."""

from dataclasses import dataclass
from datetime import datetime
from typing import IO

from comity.accounts.models import Seller, Staff
from comity.accounts.profiles import profile_in_force
from comity.accounts.selectors.roles import require_writer
from comity.common.errors import Refused
from comity.common.ids import new_id
from comity.common.outbox import emit
from comity.common.transactions import write
from comity.files.services.blobs import store
from comity.orders.models import Feed
from comity.orders.services.feeds.reading import HEAD, form_of

_CONTENT_TYPES = {
    Feed.Form.XML: "application/xml",
    Feed.Form.TSV: "text/tab-separated-values",
    Feed.Form.CSV: "text/csv",
    Feed.Form.JSONL: "application/jsonl",
}
_LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class Submitted:
    """The feed of a file; ``repeated``: the same file of the same kind came before, and nothing is done anew."""

    feed: Feed
    repeated: bool


def submit(
    seller: Seller, content: IO[bytes], *, kind: str, name: str, size: int, actor: str, now: datetime
) -> Submitted:
    """Store a file of ``size`` bytes and have it processed. Raises ``Refused``, with nothing stored."""
    if kind not in Feed.Kind.values:
        raise Refused("kind", "Choose what the file is: shipments, adjustments or acknowledgements.", "kind")
    _require_size(size, profile_in_force(seller.marketplace, now).feeds.bytes)
    head = content.read(HEAD)
    content.seek(0)
    form = form_of(head)
    blob = store(content, content_type=_CONTENT_TYPES[Feed.Form(form)], now=now)
    with write():
        locked = Seller.objects.select_for_update(of=("self",)).select_related("marketplace").get(pk=seller.pk)
        if earlier := Feed.objects.filter(seller=locked, kind=kind, blob=blob).first():
            return Submitted(earlier, repeated=True)
        feed = Feed.objects.create(
            seller=locked,
            public_id=new_id("fed", now),
            kind=kind,
            form=form,
            name=_shown(name),
            blob=blob,
            uploaded_by=actor,
            received_at=now,
        )
        emit(
            locked,
            name="feed.received",
            data={"feed": feed.public_id, "kind": kind},
            stream_id=locked.public_id,
            marketplace=locked.marketplace.public_id,
            actor=actor,
            now=now,
        )
        locked.save(update_fields=["event_count"])
    return Submitted(feed, repeated=False)


def submit_by_staff(staff: Staff, content: IO[bytes], *, kind: str, name: str, size: int, now: datetime) -> Submitted:
    """The same for a person at the desk: whoever only reads there sends no files. Raises ``Refused``."""
    require_writer(staff, field="file")
    return submit(staff.seller, content, kind=kind, name=name, size=size, actor=staff.user.public_id, now=now)


def _require_size(size: int, most: int) -> None:
    if not size:
        raise Refused("empty", "The file is empty. Choose it again.", "file")
    if size > most:
        sentence = (
            f"The file has {size / 1_000_000:.0f} MB; up to {most // 1_000_000} MB can be sent. Send it in parts."
        )
        raise Refused("size", sentence, "file")


def _shown(name: str) -> str:
    return "".join(sign for sign in name if sign.isprintable())[:_LONGEST_NAME]
