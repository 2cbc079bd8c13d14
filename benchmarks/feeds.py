"""Feeds of shipments and adjustments: `python benchmarks/feeds.py [--records 100000] [--postgres]`.

How many records a second are applied, of 1,000 and of so many records, and of the first and last tenth of these; how
that compares with a bare `bulk_create` of rows like those that they leave behind, in the same run; the processor time
of this process for a record, which hardly depends on what else the machine does; and the memory of the two processes
that do it. One JSON line for each kind; exit 1 when a figure falls short: 2,000 records a second, 0.25 of the bare
insert, 0.8 of the first tenth in the last one, 200 MB.
"""

import argparse
import json
import os
import sys
import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
os.environ["DJANGO_SETTINGS_MODULE"] = "comity.config.settings_test"

from benchmarks.serving import pss

RATE, RATIO, FLAT, MEMORY_MB = 2_000, 0.25, 0.8, 200


@dataclass
class _Watch:
    """Looks on with every batch: how many records are done, when, and the memory of both processes in MB."""

    marks: list[tuple[int, float]] = field(default_factory=lambda: [(0, time.perf_counter())])
    began_cpu: float = field(default_factory=time.process_time)
    memory_mb: float = 0

    def __call__(self, done: int) -> None:
        self.marks.append((done, time.perf_counter()))
        self.memory_mb = max(self.memory_mb, pss(os.getpid()))

    def per_second(self, begin: float = 0, end: float = 1) -> float:
        """Records a second in that part of the file."""
        batches = len(self.marks) - 1
        first, since = self.marks[min(round(begin * batches), batches - 1)]
        last, until = self.marks[max(round(end * batches), 1)]
        return (last - first) / (until - since)

    @property
    def cpu_us(self) -> float:
        return (time.process_time() - self.began_cpu) / self.marks[-1][0] * 1e6


def main() -> int:
    """Print the figures; 1 when one falls short."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--records", type=int, default=100_000)
    parser.add_argument("--postgres", action="store_true")
    arguments = parser.parse_args()
    with ExitStack() as stack:
        _database(stack, postgres=arguments.postgres)
        fine = [_measure(kind, arguments.records) for kind in ("shipping_confirmation", "order_adjustment")]
    return 0 if all(fine) else 1


def _database(stack: ExitStack, *, postgres: bool) -> None:
    folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="comity-bench-"))
    os.environ["COMITY_DATA"] = folder
    os.environ["COMITY_DATABASE_URL"] = f"sqlite://{folder}/comity.sqlite3"
    if postgres:
        from tests import postgres as server

        cluster = stack.enter_context(server.running_cluster(durable=True))
        os.environ["COMITY_DATABASE_URL"] = cluster.create_migrated_database("bench")
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)


def _measure(kind: str, records: int) -> bool:
    shop, small, large = _world(kind, records)
    first, rest = _run(shop, kind, small), _run(shop, kind, large)
    cpu_us, bare, flat = rest.cpu_us, _bare(kind, shop, records), rest.per_second(0.9, 1) / rest.per_second(0, 0.1)
    facts = {
        "feed": kind,
        "database": "postgresql" if "postgresql" in os.environ["COMITY_DATABASE_URL"] else "sqlite",
        "records": records,
        "per_second": round(rest.per_second()),
        "per_second_of_1000": round(first.per_second()),
        "last_tenth_to_first": round(flat, 2),
        "bare_rows_per_second": round(bare),
        "ratio": round(rest.per_second() / bare, 2),
        "own_cpu_us": round(cpu_us),
        "memory_mb": round(rest.memory_mb),
    }
    sys.stdout.write(json.dumps(facts) + "\n")
    sys.stdout.flush()
    fast = rest.per_second() >= RATE and rest.per_second() / bare >= RATIO
    return fast and flat >= FLAT and rest.memory_mb <= MEMORY_MB


def _world(kind: str, records: int) -> tuple[Any, Path, Path]:
    """A shop with that many orders, and a small and a large file about them."""
    from comity.orders.models import Order, OrderLine
    from comity.orders.services.paying import open_payables_of
    from tests.factories import NOW, buyer, listing, marketplace, seller

    shop = seller(marketplace())
    person, offer = buyer(shop.marketplace), listing(shop)
    status = "unshipped" if kind == "shipping_confirmation" else "delivered"
    for begin in range(0, records + 1_000, 2_000):
        orders = [
            _order(shop, person, status, number, NOW) for number in range(begin, min(begin + 2_000, records + 1_000))
        ]
        Order.objects.bulk_create(orders)
        about = {"title": "Oil lamp", "sku": offer.sku, "quantity": 1, "unit_minor": 2450, "external_id": "1"}
        OrderLine.objects.bulk_create([OrderLine(order=one, listing=offer, **about) for one in orders])
        open_payables_of(orders, now=NOW)
    numbers = list(Order.objects.filter(seller=shop).order_by("pk").values_list("number", flat=True))
    return shop, _file(kind, numbers[:1_000]), _file(kind, numbers[1_000:])


def _order(shop: Any, person: Any, status: str, number: int, now: datetime) -> Any:
    from comity.common.ids import new_id
    from comity.orders.models import Order

    return Order(
        marketplace=shop.marketplace,
        seller=shop,
        buyer=person,
        public_id=new_id("ord", now),
        external_id=f"o{number}",
        number=f"{shop.pk:03}-{number:07}-{number:07}",
        status=status,
        fulfilment="seller",
        currency="EUR",
        total_minor=2450,
        placed_at=now,
        delivered_at=now if status == "delivered" else None,
    )


_SHIPPED = """<AmazonOrderID>{0}</AmazonOrderID><FulfillmentDate>2026-11-02T12:00:00Z</FulfillmentDate>
<FulfillmentData><CarrierCode>DHL</CarrierCode><ShippingMethod>Standard</ShippingMethod>
<ShipperTrackingNumber>JVGL0605{1:010}</ShipperTrackingNumber></FulfillmentData>
<Item><AmazonOrderItemCode>1</AmazonOrderItemCode><Quantity>1</Quantity></Item>"""
_ADJUSTED = """<AmazonOrderID>{0}</AmazonOrderID><AdjustedItem><AmazonOrderItemCode>1</AmazonOrderItemCode>
<AdjustmentReason>CustomerReturn</AdjustmentReason><ItemPriceAdjustments><Component><Type>Principal</Type>
<Amount currency="EUR">10.00</Amount></Component></ItemPriceAdjustments></AdjustedItem>"""
_BODIES = {"shipping_confirmation": ("OrderFulfillment", _SHIPPED), "order_adjustment": ("OrderAdjustment", _ADJUSTED)}


def _file(kind: str, numbers: list[str]) -> Path:
    element, inner = _BODIES[kind]
    path = Path(os.environ["COMITY_DATA"], f"{kind}-{len(numbers)}.xml")
    with path.open("w") as file:
        file.write(f"<AmazonEnvelope><MessageType>{element}</MessageType>\n")
        for position, number in enumerate(numbers):
            message = inner.format(number, position)
            file.write(f"<Message><MessageID>{position}</MessageID><{element}>{message}</{element}></Message>\n")
        file.write("</AmazonEnvelope>\n")
    return path


def _run(shop: Any, kind: str, path: Path) -> _Watch:
    """From the file to the last commit."""
    from comity.orders.services.feeds.processing import process
    from comity.orders.services.feeds.submitting import submit
    from tests.factories import NOW

    watch = _Watch()
    with path.open("rb") as content:
        size = path.stat().st_size
        feed = submit(shop, content, kind=kind, name=path.name, size=size, actor="", now=NOW).feed
    done = process(feed, now=NOW, watch=watch)
    if done.refused or done.fatal or not done.applied:
        raise SystemExit(f"{kind}: {done.refused} refused, {done.fatal}")
    return watch


def _bare(kind: str, shop: Any, records: int) -> float:
    """Records a second when rows like those that they leave are inserted as they are, 500 records a transaction."""
    from django.db import transaction

    made = [_rows(kind, shop, line) for line in _lines(shop, min(records, 20_000))]
    begun = time.perf_counter()
    for start in range(0, len(made), 500):
        with transaction.atomic():
            for rows in zip(*made[start : start + 500], strict=True):
                type(rows[0]).objects.bulk_create(rows)
    return len(made) / (time.perf_counter() - begun)


def _lines(shop: Any, most: int) -> Any:
    from comity.orders.models import OrderLine

    return OrderLine.objects.filter(order__seller=shop).select_related("order")[:most]


def _rows(kind: str, shop: Any, line: Any) -> list[Any]:
    """What a record leaves behind, beside the order and its payable, which are changed."""
    from comity.common.ids import new_id
    from comity.common.models import OutboxEvent, RecordEntry
    from comity.ledger.models import Entry, Journal, Payment
    from comity.orders.models import Adjustment, AdjustmentPart, Shipment, ShipmentLine
    from tests.factories import NOW

    own, order = new_id("bch", NOW), line.order
    if kind == "shipping_confirmation":
        first: Any = Shipment(order=order, public_id=own, external_id=own, carrier="DHL", shipped_at=NOW)
        second: Any = ShipmentLine(shipment=first, line=line, quantity=1)
    else:
        first = Adjustment(order=order, public_id=own, external_id=own, reason="Other", amount_minor=1, made_at=NOW)
        second = AdjustmentPart(adjustment=first, line=line, component="Principal", amount_minor=1)
    journal = Journal(
        marketplace=shop.marketplace,
        payable=order.payable,
        public_id=own,
        kind="refund",
        cause=own,
        currency="EUR",
        amount_minor=1,
        occurred_at=NOW,
    )
    return [
        first,
        second,
        journal,
        Entry(journal=journal, account="seller", seller=shop, amount_minor=1),
        Entry(journal=journal, account="provider", amount_minor=-1),
        Payment(journal=journal, public_id=own, provider="book", state="done", requested_at=NOW, run_after=NOW),
        RecordEntry(chain=own, marketplace=own, position=1, kind="marked", facts="{}" * 40, digest=own),
        OutboxEvent(public_id=own, name="bare", marketplace=own, stream=own, sequence=1, occurred_at=NOW),
    ]


if __name__ == "__main__":
    sys.exit(main())
