"""Applies feeds: a batch of records a transaction, and how far the feed has come in the same one.

received -> processing -> done | fatal. Who processes a feed holds it for a while (``leased_until``) and says so with
every batch; one that died is taken over from where it stood. Two that process the same feed at once cannot apply a
record twice: the second finds that the feed has moved on, and stops.
"""

import logging
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import InterfaceError, OperationalError, transaction
from django.db.models import Exists, F, OuterRef, QuerySet, Subquery

from comity.accounts.models import Seller
from comity.accounts.profiles import profile_in_force
from comity.accounts.profiles.orders import FeedTerms
from comity.common.buggify import crash_point
from comity.common.import_values import BadValue, Fault, visible
from comity.common.imports import LONGEST_LINE
from comity.common.leasing import free, lease
from comity.common.many import many
from comity.common.outbox import emit
from comity.common.transactions import write
from comity.files.services.blobs import BlobAltered, open_checked
from comity.orders.models import Feed, FeedResult, Order, OrderLine
from comity.orders.services.feeds.kinds import KINDS, SOURCE, Known, KnownOrder, faults_of, understand
from comity.orders.services.feeds.places import written
from comity.orders.services.feeds.reading import Fatal, records
from comity.orders.services.naming import lock_named
from comity.orders.services.results import Result

_log = logging.getLogger(__name__)
LEASE = timedelta(minutes=5)  # longer than a batch takes on the slowest machine
# So often one file may end its process, by the memory that it takes, say, before all others of its shop wait no longer;
# more than once, for it may have been another's fault. A service that is stopped lets it finish a batch before.
_MOST_ATTEMPTS = 5
_MOST_TOLD = 20  # faults of one record: each is a row for as long as the feed is kept
_State = Feed.State
_UNDER_WAY = (_State.RECEIVED, _State.PROCESSING)


_AWAY = (OperationalError, InterfaceError)  # the database's trouble, which passes; it is no record's fault


class Overtaken(Exception):
    """Somebody else has processed what was about to be applied."""


@dataclass(slots=True)
class _Record:
    """One record on its way: what it asks for, or what is wrong with it."""

    raw: Mapping[str, Any]
    requests: list[Any] = field(default_factory=list)
    results: list[Result] = field(default_factory=list)
    faults: tuple[Fault, ...] = ()

    @property
    def size(self) -> int:
        """In how many bytes it came, as the process says that took the file apart."""
        return int(self.raw.get("bytes", 0))

    @property
    def named(self) -> str:
        """The order as the record calls it; empty where it calls none."""
        values = self.raw["values"]
        return str(values.get("order") or values.get("merchant_order") or "")


def process_due(now: datetime) -> int:
    """Process one feed that waits; 0 when none does. Safe to call from many workers."""
    taken = lease(lambda: _waiting(now), most=1, until=now + LEASE, take=_attempt, one_of="seller")
    for feed in taken:
        try:
            process(feed, now=now)
        except _AWAY:
            Feed.objects.filter(pk=feed.pk, records=feed.records, attempts=feed.attempts).update(
                attempts=F("attempts") - 1
            )
            raise
    return len(taken)


def _attempt(feed: Feed) -> Sequence[str]:
    feed.attempts += 1
    return ["attempts"]


def _waiting(now: datetime) -> QuerySet[Feed]:
    """One of a seller at a time, first of whom waits longest since one of theirs was finished; theirs in their order.

    So a shop with many files keeps another waiting for one of them, not for all.
    """
    waiting = Feed.objects.filter(free(now), state__in=_UNDER_WAY)
    theirs = Feed.objects.filter(seller=OuterRef("seller"))
    taken = theirs.filter(~free(now), state__in=_UNDER_WAY)
    finished = theirs.exclude(state__in=_UNDER_WAY).order_by("-id").values("finished_at")[:1]
    return waiting.exclude(Exists(taken)).order_by(Subquery(finished).asc(nulls_first=True), "id")


def give_up_leases() -> None:
    """Free what a process that is gone held; only where there is one worker at a time."""
    Feed.objects.filter(state__in=_UNDER_WAY, leased_until__isnull=False).update(leased_until=None)


def process(feed: Feed, *, now: datetime, watch: Callable[[int], None] | None = None) -> Feed:
    """Apply what has not been applied yet of ``feed``; it is done or fatal afterwards.

    ``watch`` is told how many records are dealt with. A feed that somebody else finishes meanwhile is left to them.
    """
    seller = Seller.objects.select_related("marketplace").get(pk=feed.seller_id)
    terms = profile_in_force(seller.marketplace, now).feeds
    fatal, began = "", time.monotonic()
    try:
        _require_progress(feed)
        for batch in _batches(_unread(feed, terms), terms.batch):
            at = now + timedelta(seconds=time.monotonic() - began)  # a long feed is not all of one moment
            _apply(feed, seller, batch, now=at)
            crash_point("feed_batch_applied")
            if watch:
                watch(batch[-1].raw["record"])
    except Fatal as end:
        fatal = end.sentence
    except (BlobAltered, FileNotFoundError):
        fatal = "The file that was kept is damaged: send it again."
    except Overtaken:
        return Feed.objects.get(pk=feed.pk)
    return _finish(feed, seller, fatal, now=now + timedelta(seconds=time.monotonic() - began))


def _require_progress(feed: Feed) -> None:
    """Raises ``Fatal`` where whoever took the feed never came to say so again."""
    if feed.attempts > _MOST_ATTEMPTS:
        sentence = f"Working on record {feed.records + 1} and those behind it broke off {_MOST_ATTEMPTS} times"
        raise Fatal("broken", f"{sentence}: send these in smaller files; if it happens again, ask the marketplace.")


def _unread(feed: Feed, terms: FeedTerms) -> Iterator[_Record]:
    """The records behind those that are dealt with."""
    limits = {
        "bytes": terms.bytes,
        "ratio": terms.ratio,
        "memory_bytes": terms.memory_bytes,
        "seconds": terms.seconds,
    }
    with open_checked(feed.blob) as content:
        for raw in records(content, kind=feed.kind, form=feed.form, limits=limits):
            if raw["record"] > terms.records:
                most = f"{terms.records:,}"
                raise Fatal("records", f"The file has more than {most} records: what is behind them was not read.")
            if raw["record"] > feed.records:
                yield _Record(raw)


def _batches(unread: Iterator[_Record], size: int) -> Iterator[list[_Record]]:
    """Batches in which no order stands twice: what one record does, the next one about the same order must see.

    One has up to ``size`` records, and of several no more bytes than one line of a file may: all of it is held as
    objects. Where the document ends to be readable, what stood before is a batch first.
    """
    batch: list[_Record] = []
    names: set[str] = set()
    held = 0
    end: Fatal | None = None
    try:
        for record in unread:
            name = record.named
            held += record.size
            if len(batch) >= size or name in names or (batch and held > LONGEST_LINE):
                yield batch
                batch, names, held = [], set(), record.size
            batch.append(record)
            names |= {name} - {""}
    except Fatal as fatal:
        end = fatal
    if batch:
        yield batch
    if end:
        raise end


def _apply(feed: Feed, seller: Seller, batch: list[_Record], *, now: datetime) -> None:
    """Apply a batch, or its halves where something in it cannot be; one record that cannot is refused by itself."""
    try:
        with write():
            locked = _lock(feed)
            _ask(feed, seller, batch, now=now)
            _count(locked, batch, now=now)
    except (Overtaken, *_AWAY):
        raise
    except Exception as error:  # noqa: BLE001 - one record must not stop all others, for whatever reason
        if len(batch) > 1:
            middle = len(batch) // 2
            for half in (batch[:middle], batch[middle:]):
                _apply(feed, seller, [_Record(one.raw) for one in half], now=now)
            return
        _log.error("a record of feed %s failed: %s", feed.public_id, type(error).__name__)
        sentence = "contradicts something that is stored already, or was written by somebody else meanwhile."
        _refuse_alone(feed, batch[0], Fault("", "conflict", sentence), now=now)
        return
    feed.records, feed.state = locked.records, locked.state
    feed.applied, feed.unchanged, feed.refused = locked.applied, locked.unchanged, locked.refused


def _refuse_alone(feed: Feed, record: _Record, fault: Fault, *, now: datetime) -> None:
    record.requests, record.results, record.faults = [], [], (fault,)
    with write():
        locked = _lock(feed)
        _count(locked, [record], now=now)
    feed.records, feed.refused = locked.records, locked.refused


def _lock(feed: Feed) -> Feed:
    """The feed as it is now, locked. Raises ``Overtaken`` when it has moved on without us."""
    locked = Feed.objects.select_for_update(of=("self",)).get(pk=feed.pk)
    if locked.records != feed.records or locked.state not in _UNDER_WAY:
        raise Overtaken
    return locked


def _ask(feed: Feed, seller: Seller, batch: list[_Record], *, now: datetime) -> None:
    """Understand the records and ask the service: once for all, and by itself for one that asks for several things."""
    kind = KINDS[feed.kind]
    known = Known(seller, _orders(seller, batch), now)
    for record in batch:
        try:
            if record.raw["faults"]:
                raise BadValue.of([Fault(*fault) for fault in record.raw["faults"]])
            clean = understand(record.raw["values"], kind)
            record.requests = kind.requests(clean, known)
        except BadValue as bad:
            record.faults = _told(faults_of(bad))
    if any(len(record.requests) > 1 for record in batch):
        # Each of these is asked for by itself, behind the others, whose listings are locked by then: orders come first.
        lock_named(seller, (request.order for record in batch for request in record.requests), now=now)
    asking = [record for record in batch if len(record.requests) == 1]
    asked = [record.requests[0] for record in asking]
    answers = kind.ask(seller, asked, source=SOURCE, actor=feed.uploaded_by, now=now) if asked else []
    for record, answer in zip(asking, answers, strict=True):
        record.results, record.faults = [answer], _told(answer.faults)
    for record in batch:
        if len(record.requests) > 1:
            _ask_whole(feed, seller, record, now=now)


def _ask_whole(feed: Feed, seller: Seller, record: _Record, *, now: datetime) -> None:
    """All that a record asks for, or nothing of it."""
    with transaction.atomic():
        for request in record.requests:
            asked = KINDS[feed.kind].ask(seller, [request], source=SOURCE, actor=feed.uploaded_by, now=now)
            record.results += asked
            record.faults = _told(asked[0].faults)
            if record.faults:
                transaction.set_rollback(True)
                break


def _orders(seller: Seller, batch: Sequence[_Record]) -> dict[str, KnownOrder | None]:
    """The seller's orders that the batch names, by number, and by the shop's own id: None where several have it."""
    named = {str(record.raw["values"].get("order", ""))[:60] for record in batch}
    own = {str(record.raw["values"].get("merchant_order", ""))[:100] for record in batch}
    numbers, own_ids = ({one for one in names if one and one.isprintable()} for names in (named, own))
    # Whose the first are is compared here: asked for it, too, SQLite reads all orders of the seller to find a few.
    ways = (
        Order.objects.filter(marketplace=seller.marketplace_id, number__in=many(numbers)),
        Order.objects.filter(seller=seller, external_id__in=many(own_ids)),
    )
    columns = ("seller", "pk", "number", "external_id", "public_id", "currency")
    rows = [row for one in ways for row in one.values_list(*columns)]
    found = [row for owner, *row in rows if owner == seller.pk]
    known = {key: KnownOrder(public_id, currency, {}) for key, _, _, public_id, currency in found}
    lines = OrderLine.objects.filter(order__in=many(known)).order_by("id")
    for key, line, pieces in lines.values_list("order", "external_id", "quantity"):
        known[key].pieces[line] = pieces
    orders: dict[str, KnownOrder | None] = {}
    for key, _, own_id, _, _ in found:
        if own_id in own_ids:
            orders[own_id] = known[key] if orders.setdefault(own_id, known[key]) is known[key] else None
    return orders | {number: known[key] for key, number, _, _, _ in found}


def _count(locked: Feed, batch: Sequence[_Record], *, now: datetime) -> None:
    """Write down what became of the records and how far the feed has come, in the transaction that applied them."""
    refused = [record for record in batch if record.faults]
    good = [record for record in batch if not record.faults]
    unchanged = sum(all(result.repeated for result in record.results) and bool(record.results) for record in good)
    results = [_result(locked, record, fault) for record in refused for fault in record.faults]
    for record in good:
        said = [fault for result in record.results for fault in result.warnings]
        results += [_result(locked, record, fault, warning=True) for fault in said]
    FeedResult.objects.bulk_create(results)
    locked.records = batch[-1].raw["record"]
    locked.refused += len(refused)
    locked.unchanged += unchanged
    locked.applied += len(good) - unchanged
    locked.state, locked.leased_until, locked.attempts = _State.PROCESSING, now + LEASE, 0
    locked.save(update_fields=["records", "refused", "unchanged", "applied", "attempts", "state", "leased_until"])


def _told(found: Sequence[Fault]) -> tuple[Fault, ...]:
    """The first of what is wrong with a record, and how much more is."""
    if len(found) <= _MOST_TOLD:
        return tuple(found)
    sentence = f"More is wrong with this record than these {_MOST_TOLD}; not listed: {len(found) - _MOST_TOLD:,}."
    return (*found[:_MOST_TOLD], Fault("", "more", sentence))


def _result(feed: Feed, record: _Record, fault: Fault, *, warning: bool = False) -> FeedResult:
    return FeedResult(
        feed=feed,
        record=record.raw["record"],
        line=record.raw["line"],
        message=visible(record.raw["id"])[:60],
        order_number=visible(record.named)[:60],
        field=visible(written(fault, record.raw, kind=feed.kind, form=feed.form))[:60],
        code=fault.code[:40],
        sentence=visible(fault.sentence),
        warning=warning,
    )


def _finish(feed: Feed, seller: Seller, fatal: str, *, now: datetime) -> Feed:
    with write():
        locked_seller = Seller.objects.select_for_update(of=("self",)).get(pk=seller.pk)
        locked = Feed.objects.select_for_update(of=("self",)).get(pk=feed.pk)
        if locked.state not in _UNDER_WAY:
            return locked
        # A document that breaks off in the middle is done as far as it goes.
        locked.state = _State.FATAL if fatal and not locked.records else _State.DONE
        locked.fatal, locked.finished_at, locked.leased_until = visible(fatal), now, None
        locked.save(update_fields=["state", "fatal", "finished_at", "leased_until"])
        emit(
            locked_seller,
            name="feed.finished",
            data={"feed": locked.public_id, "state": str(locked.state)},
            stream_id=seller.public_id,
            marketplace=seller.marketplace.public_id,
            now=now,
        )
        locked_seller.save(update_fields=["event_count"])
    return locked
