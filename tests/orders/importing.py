"""Imports from Python values, for tests."""

import io
import json

from comity.orders.services.imports import run_import
from tests.factories import NOW

ORDER = {
    "external_id": "W-1",
    "seller": "s1",
    "buyer": "b1",
    "status": "unshipped",
    "fulfilment": "seller",
    "currency": "EUR",
    "placed_at": "2026-02-01T10:00:00+01:00",
    "lines": [
        {"external_id": "1", "listing": "l1", "title": "Oil lamp", "sku": "LAMP", "quantity": 2, "price": "12.50"}
    ],
}
SHIPMENT = {"external_id": "P-1", "carrier": "Parcel Post", "shipped_at": "2026-02-03T10:00:00Z"}


class Watch:
    """Remembers what an import reported."""

    def __init__(self):
        self.refusals = []
        self.warnings = []
        self.bytes_read = []

    def refused(self, refusal):
        self.refusals.append(refusal)

    def warned(self, warning):
        self.warnings.append(warning)

    def advanced(self, bytes_read):
        self.bytes_read.append(bytes_read)


class Result:
    """Counts as (applied, unchanged, refused), refusals and warnings as (line, field, code)."""

    def __init__(self, done, watch):
        self.run, self.earlier, self.watch = done.run, done.earlier, watch
        self.counts = (done.run.applied, done.run.unchanged, done.run.refused)
        self.refusals = [(one.line, one.field, one.code) for one in watch.refusals]
        self.warnings = [(one.line, one.field, one.code) for one in watch.warnings]


def bring(kind, rows, *, form="jsonl", market=None, source="shop", live=False, now=NOW):
    """Import ``rows``: dictionaries, or the bytes of a file."""
    content = rows if isinstance(rows, bytes) else "\n".join(json.dumps(row) for row in rows).encode()
    watch = Watch()
    done = run_import(
        kind,
        io.BytesIO(content),
        form=form,
        marketplace_slug=market,
        source=source,
        live=live,
        now=now,
        progress=watch,
    )
    return Result(done, watch)


def bring_shop(market=None):
    """Seller s1, buyer b1, product p1 and listing l1."""
    bring("sellers", [{"external_id": "s1", "name": "Shop", "owner_email": "shop@example.com"}], market=market)
    bring("buyers", [{"external_id": "b1", "name": "Bea", "email": "bea@example.com"}], market=market)
    bring("products", [{"external_id": "p1", "kind": "non_media", "title": "Oil lamp"}], market=market)
    offer = {"external_id": "l1", "seller": "s1", "product": "p1", "sku": "LAMP", "price": "12.50", "currency": "EUR"}
    bring("listings", [offer], market=market)
