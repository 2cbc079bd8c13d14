"""Takes a feed in: its bytes are stored before anything is read in them."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import IO

from django.db.models import Count, Sum
from django.db.models.functions import Coalesce

from comity.accounts.models import Seller, Staff
from comity.accounts.profiles import profile_in_force
from comity.accounts.profiles.orders import FeedTerms
from comity.accounts.selectors.roles import require_writer
from comity.common.errors import Refused
from comity.common.ids import new_id
from comity.common.outbox import emit
from comity.common.transactions import write
from comity.files.models import Blob
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
_CHUNK = 1 << 20  # bytes
_MB = 1_000_000


@dataclass(frozen=True, slots=True)
class Submitted:
    """The feed of a file; ``repeated``: the same file of the same kind came before, and nothing is done anew.

    One that could not be read to its end, for whatever reason, is read again from where it stood.
    """

    feed: Feed
    repeated: bool


def submit(
    seller: Seller, content: IO[bytes], *, kind: str, name: str, size: int, actor: str, now: datetime
) -> Submitted:
    """Store a file of ``size`` bytes and have it processed. Raises ``Refused``, with nothing stored.

    While too many of the seller wait, no other is taken in; one that was is known again.
    """
    if kind not in Feed.Kind.values:
        raise Refused("kind", "Choose what the file is: shipments, adjustments or acknowledgements.", "kind")
    terms = profile_in_force(seller.marketplace, now).feeds
    _require_size(size, terms.bytes)
    form = _form_of(content)
    if (full := _full(seller, size, terms)) and not _is_known(seller, kind, content):
        raise full
    blob = store(content, content_type=_CONTENT_TYPES[Feed.Form(form)], now=now)
    with write():
        locked = Seller.objects.select_for_update(of=("self",)).select_related("marketplace").get(pk=seller.pk)
        feed = Feed.objects.filter(seller=locked, kind=kind, blob=blob).first()
        if feed and not feed.fatal:
            return Submitted(feed, repeated=True)
        if full := _full(locked, size, terms):
            raise full
        feed = _go_on(feed) if feed else _taken_in(locked, blob, kind=kind, form=form, name=name, actor=actor, now=now)
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


def _taken_in(seller: Seller, blob: Blob, *, kind: str, form: str, name: str, actor: str, now: datetime) -> Feed:
    return Feed.objects.create(
        seller=seller,
        public_id=new_id("fed", now),
        kind=kind,
        form=form,
        name=_shown(name),
        blob=blob,
        uploaded_by=actor,
        received_at=now,
    )


def _go_on(feed: Feed) -> Feed:
    """A feed that could not be read to its end waits again; what was dealt with is not done twice."""
    feed.state, feed.fatal, feed.finished_at, feed.attempts = Feed.State.RECEIVED, "", None, 0
    feed.save(update_fields=["state", "fatal", "finished_at", "attempts"])
    return feed


def submit_by_staff(staff: Staff, content: IO[bytes], *, kind: str, name: str, size: int, now: datetime) -> Submitted:
    """The same for a person at the desk: whoever only reads there sends no files. Raises ``Refused``."""
    require_writer(staff, field="file")
    return submit(staff.seller, content, kind=kind, name=name, size=size, actor=staff.user.public_id, now=now)


def _require_size(size: int, most: int) -> None:
    if not size:
        raise Refused("empty", "The file is empty. Choose it again.", "file")
    if size > most:
        sentence = f"The file has {_megabytes(size)}; up to {_megabytes(most)} can be sent. Send it in parts."
        raise Refused("size", sentence, "file")


def _full(seller: Seller, size: int, terms: FeedTerms) -> Refused | None:
    """Why a file of ``size`` bytes cannot wait beside those that do, if so. One query."""
    waiting = Feed.objects.filter(seller=seller, state__in=(Feed.State.RECEIVED, Feed.State.PROCESSING))
    sums = waiting.aggregate(count=Count("pk"), bytes=Coalesce(Sum("blob__size"), 0))
    if not sums["count"] or (sums["count"] < terms.waiting and sums["bytes"] + size <= terms.waiting_bytes):
        return None
    one = "file of yours waits" if sums["count"] == 1 else "files of yours wait"
    sentence = (
        f"{sums['count']} {one} to be done, {_megabytes(sums['bytes'])}; up to {terms.waiting} of "
        f"{_megabytes(terms.waiting_bytes)} in all may. Send this one again in {terms.again_minutes} minutes."
    )
    return Refused("waiting", sentence, "file")


def _is_known(seller: Seller, kind: str, content: IO[bytes]) -> bool:
    """Whether the file came before, and is not to be done anew."""
    digest = hashlib.sha256()
    while piece := content.read(_CHUNK):
        digest.update(piece)
    content.seek(0)
    return Feed.objects.filter(seller=seller, kind=kind, blob__digest=digest.hexdigest(), fatal="").exists()


def _form_of(content: IO[bytes]) -> str:
    form = form_of(content.read(HEAD))
    content.seek(0)
    return form


def _megabytes(size: int) -> str:
    return f"{size / _MB:,.0f} MB" if size >= _MB else f"{max(size // 1_000, 1)} KB"


def _shown(name: str) -> str:
    return "".join(sign for sign in name if sign.isprintable())[:_LONGEST_NAME]
