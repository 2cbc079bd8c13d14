"""`comity import`: a file of rows becomes rows of the marketplace, or a report of why not.

The file is stored first, as it came. Good lines are applied in batches, each in one transaction with the counts
of the run, so that what the run says is true whenever the process dies; a second run changes nothing that the
first has done.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import IO, Any, Protocol

from django.db import DataError, IntegrityError

from comity.accounts.models import Buyer, Marketplace, Seller
from comity.accounts.services.import_staff import STAFF
from comity.accounts.services.importing import BUYERS, MARKETPLACES, SELLERS, Kind, Outcome, Scope
from comity.catalog.services.importing import LISTINGS, PRODUCTS
from comity.common.errors import Refused
from comity.common.import_values import BadValue, visible
from comity.common.imports import BadFile, Raw, Reader, Refusal, Row, parse_values
from comity.common.outbox import emit
from comity.common.transactions import write
from comity.files.services.blobs import open_checked, store
from comity.orders.models import ImportRun, Order
from comity.orders.services.import_orders import ORDERS
from comity.orders.services.import_shipments import SHIPMENTS
from comity.orders.services.import_subscriptions import SUBSCRIPTIONS
from comity.orders.services.scanning import SCANS

_EVERY = (MARKETPLACES, SELLERS, STAFF, BUYERS, PRODUCTS, LISTINGS, ORDERS, SHIPMENTS, SUBSCRIPTIONS, SCANS)
KINDS = {kind.name: kind for kind in _EVERY}
FORMATS = {"jsonl": "application/jsonl", "csv": "text/csv"}
BATCH = 500  # rows in one transaction: what is lost, and done again, when the process dies
# By kind of file: of which rows it may change what people search for, and the column that names them.
_ABOUT: dict[str, tuple[type[Any], str]] = {
    "sellers": (Seller, "external_id"),
    "buyers": (Buyer, "external_id"),
    "orders": (Order, "external_id"),
    "shipments": (Order, "order"),
}
MOST_STORED = 1_000  # refusals kept with the run; the report file has all of them


class Watcher(Protocol):
    """Who wants to see an import at work."""

    def refused(self, refusal: Refusal) -> None:
        """A line was not applied."""

    def warned(self, warning: Refusal) -> None:
        """A line was applied, and its sender should know this."""

    def advanced(self, bytes_read: int) -> None:
        """So many bytes of the file have been read."""


@dataclass(frozen=True, slots=True)
class Done:
    """A finished run, and the finished run before it that read the very same file, if there was one."""

    run: ImportRun
    earlier: ImportRun | None


def run_import(
    kind: str,
    file: IO[bytes],
    *,
    form: str,
    marketplace_slug: str | None,
    source: str,
    live: bool,
    now: datetime,
    progress: Watcher,
) -> Done:
    """Apply the rows of ``file`` (opened for bytes), which is ``form`` jsonl or csv.

    A historic import tells nobody; a ``live`` one of what is new, ``order.placed`` and ``shipment.confirmed``, and how
    far it moved the rest. Raises ``Refused`` when the marketplace is not clear; nothing that stands in the file raises.
    """
    chosen = KINDS[kind]
    scope = Scope(None if chosen is MARKETPLACES else _marketplace(marketplace_slug), source, live, now)
    blob = store(file, content_type=FORMATS[form], now=now)
    same = ImportRun.objects.filter(marketplace=scope.marketplace, kind=kind, source=source, blob=blob)
    earlier = same.filter(finished_at__isnull=False).order_by("-id").first()
    run = ImportRun.objects.create(
        marketplace=scope.marketplace, kind=kind, source=source, blob=blob, live=live, started_at=now
    )
    with open_checked(blob) as stored, closing(_Importer(chosen, scope, run, progress)) as importer:
        importer.read(stored, form)
    run.finished_at = now
    run.save()
    return Done(run, earlier)


def _stored(refusal: Refusal) -> dict[str, Any]:
    shown = replace(refusal, field=visible(refusal.field), sentence=visible(refusal.sentence))
    return asdict(shown)


def _marketplace(slug: str | None) -> Marketplace:
    every = list(Marketplace.objects.order_by("slug")[:50])
    slugs = ", ".join(one.slug for one in every)
    if not every:
        raise Refused("no_marketplace", "There is no marketplace yet: import a file of marketplaces first.")
    if slug is None and len(every) > 1:
        raise Refused("which_marketplace", f"Say which marketplace the file is for: --marketplace, one of {slugs}.")
    found = next((one for one in every if slug in (None, one.slug)), None)
    if found is None:
        found = Marketplace.objects.filter(slug=slug).first()
    if found is None:
        raise Refused("unknown_marketplace", f"There is no marketplace “{slug}”; there are {slugs}.")
    return found


class _Importer:
    """One run at work. Holds a batch of rows and, on disk, which keys of the file are applied."""

    def __init__(self, kind: Kind, scope: Scope, run: ImportRun, watcher: Watcher) -> None:
        self.kind, self.scope, self.run, self.watcher = kind, scope, run, watcher
        # An unnamed SQLite database: in memory while small, then in a temporary file that goes with it.
        self._seen = sqlite3.connect("", isolation_level=None)
        self._seen.execute("PRAGMA journal_mode=OFF")
        self._seen.execute("CREATE TABLE seen (key TEXT PRIMARY KEY, line INTEGER) WITHOUT ROWID")
        self._seen.execute("BEGIN")

    def close(self) -> None:
        self._seen.close()

    def read(self, file: IO[bytes], form: str) -> None:
        """Apply every good row of the file, batch by batch."""
        reader = Reader(file, self.refuse)
        try:
            for batch in self._batches(self._rows(self._raws(reader, form))):
                self._apply(batch)
                self.watcher.advanced(reader.bytes_read)
        except BadFile as bad:
            self.refuse(bad.refusal)
        self.watcher.advanced(reader.bytes_read)

    def refuse(self, *refusals: Refusal) -> None:
        """Count one row as refused, for one or more reasons."""
        self.run.refused += 1
        self._report(list(refusals))

    def _report(self, refusals: list[Refusal]) -> None:
        room = MOST_STORED - len(self.run.refusals)
        self.run.refusals += [_stored(one) for one in refusals[:room]]
        for one in refusals:
            self.watcher.refused(one)

    def _raws(self, reader: Reader, form: str) -> Iterator[Raw]:
        if form == "jsonl":
            return reader.json_lines()
        raws = reader.csv(self.kind.columns or self.kind.fields)
        return self.kind.fold(raws) if self.kind.fold else raws

    def _rows(self, raws: Iterator[Raw]) -> Iterator[Row]:
        for raw in raws:
            try:
                if raw.faults:
                    raise BadValue.of(list(raw.faults))
                row = Row(raw, parse_values(raw.values, self.kind.fields))
            except BadValue as bad:
                self.refuse(*(raw.refusal(fault) for fault in bad.faults))
                continue
            yield row

    def _batches(self, rows: Iterator[Row]) -> Iterator[list[Row]]:
        """Batches in which every key stands once.

        A key that comes again ends the batch: when it is looked at, the fate of the row before it is known.
        """
        batch: dict[str, Row] = {}
        for row in rows:
            key = self._key(row)
            if key in batch or len(batch) >= BATCH:
                yield list(batch.values())
                batch = {}
            if self._not_yet_applied(key, row):
                batch[key] = row
        if batch:
            yield list(batch.values())

    def _key(self, row: Row) -> str:
        return "\0".join(str(row.values.get(name, "")) for name in self.kind.key)

    def _not_yet_applied(self, key: str, row: Row) -> bool:
        found = self._seen.execute("SELECT line FROM seen WHERE key = ?", (key,)).fetchone()
        if found is None:
            return True
        sentence = f"stands in line {found[0]} already; that line counts."
        self.refuse(row.refusal(self.kind.key[-1], "duplicate", sentence))
        return False

    def _remember(self, batch: list[Row], outcome: Outcome) -> None:
        """Keep the keys of the rows that count; a row that was refused takes nothing from a later one."""
        refused = {one.line for one in outcome.refusals}
        good = [row for row in batch if refused.isdisjoint((row.raw.line, *row.raw.item_lines))]
        self._seen.executemany("INSERT INTO seen VALUES (?, ?)", [(self._key(row), row.raw.line) for row in good])

    def _apply(self, batch: list[Row]) -> None:
        """Apply a batch, or its halves when somebody else wrote the same rows at the same moment."""
        try:
            with write():
                outcome = self.kind.apply(batch, self.scope)
                self._count(outcome)
                self._announce(batch, outcome)
        except (IntegrityError, DataError):
            if len(batch) == 1:
                sentence = "contradicts something that is stored already, or was written by somebody else meanwhile."
                self.refuse(batch[0].refusal(self.kind.key[-1], "conflict", sentence))
                return
            middle = len(batch) // 2
            self._apply(batch[:middle])
            self._apply(batch[middle:])
            return
        self.run.applied += outcome.applied
        self.run.unchanged += outcome.unchanged
        self.run.refused += outcome.refused
        self._report(outcome.refusals)
        for one in outcome.warnings:
            self.watcher.warned(one)
        self._remember(batch, outcome)

    def _announce(self, batch: list[Row], outcome: Outcome) -> None:
        """Tell, once a batch, whose rows an import may have changed; it says nothing of what happened to an order."""
        if self.kind.name not in _ABOUT or not outcome.applied:
            return
        model, column = _ABOUT[self.kind.name]
        names = {row.values[column] for row in batch}
        rows = model.objects.filter(marketplace=self.scope.home, source=self.scope.source, external_id__in=names)
        home = Marketplace.objects.select_for_update().get(pk=self.scope.home.pk)
        emit(
            home,
            name=f"{self.kind.name}.imported",
            data={f"{model.__name__.lower()}s": list(rows.order_by("pk").values_list("public_id", flat=True))},
            stream_id=home.public_id,
            marketplace=home.public_id,
            now=self.scope.now,
        )
        home.save(update_fields=["event_count"])

    def _count(self, outcome: Outcome) -> None:
        """Write the counts in the batch's own transaction; in memory they advance once it is committed."""
        ImportRun.objects.filter(pk=self.run.pk).update(
            applied=self.run.applied + outcome.applied,
            unchanged=self.run.unchanged + outcome.unchanged,
            refused=self.run.refused + outcome.refused,
        )
