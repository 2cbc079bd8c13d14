"""What carriers say: kept once, in any order, and never taken for more than it says."""

import threading
from datetime import timedelta
from importlib import import_module
from itertools import pairwise

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from comity.common.models import OutboxEvent, RecordEntry
from comity.orders.handlers import follow_parcel
from comity.orders.models import CarrierEvent, Order, Shipment
from comity.orders.services.scanning import Scan, take_scans
from tests import factories
from tests.factories import NOW
from tests.orders.importing import ORDER, bring, bring_shop
from tests.orders.shipping import UPS, codes, parcel, purchase, ship, state

pytestmark = pytest.mark.django_db
OTHER = "1Z999AA10123456799"
HOUR = timedelta(hours=1)


def scan(kind="accepted", hours=0, **change):
    said = {"carrier": "UPS", "tracking": UPS, "kind": kind, "occurred_at": NOW + hours * HOUR, "place": "Köln"}
    return Scan(**said | change)


def hear(order, *scans, now=NOW + 100 * HOUR):
    return take_scans(order.marketplace, scans, source="ups", now=now)


def told(order):
    events = OutboxEvent.objects.filter(stream=order.public_id).order_by("sequence")
    return [one.name for one in events if one.name != "shipment.confirmed"]


def confirmed_again(order):
    """What the worker does after a confirmation."""
    event = OutboxEvent.objects.filter(stream=order.public_id, name__startswith="shipment.co").order_by("id").last()
    follow_parcel(event, now=NOW)


def known():
    columns = ("first_scan_at", "delivered_at", "refused_at", "undeliverable_at", "returned_at")
    return [
        [column.removesuffix("_at") for column in columns if getattr(one, column)]
        for one in Shipment.objects.order_by("id")
    ]


def shipped():
    order = purchase()
    ship(order.seller, parcel(order))
    return order


def test_a_first_scan_is_known_and_says_nothing_of_arrival():
    order = shipped()
    (result,) = hear(order, scan())
    event = CarrierEvent.objects.get()
    assert (result.made, result.repeated, event.place, event.source) == (event.public_id, False, "Köln", "ups")
    assert (known(), state(order), told(order)) == ([["first_scan"]], "shipped", [])


def test_an_order_is_delivered_when_its_parcel_is():
    order = shipped()
    hear(order, scan(), scan("delivered", 5))
    assert (state(order), told(order)) == ("delivered", ["shipment.delivered", "order.delivered"])
    assert Order.objects.get().delivered_at == Shipment.objects.get().delivered_at == NOW + 5 * HOUR
    last = RecordEntry.objects.filter(chain=order.public_id).order_by("position").last()
    assert ('"to":"delivered"' in last.facts, last.kind) == (True, "moved")


def test_an_order_of_two_parcels_is_delivered_with_the_later_one():
    order = purchase()
    ship(order.seller, parcel(order, ("1", 2)))
    hear(order, scan("delivered", 9))
    assert state(order) == "partially_shipped"
    ship(order.seller, parcel(order, reference="P-2", tracking=OTHER))
    confirmed_again(order)
    assert state(order) == "shipped"
    hear(order, scan("delivered", 5, tracking=OTHER))
    assert (state(order), Order.objects.get().delivered_at) == ("delivered", NOW + 9 * HOUR)


@pytest.mark.parametrize("kind", ["refused", "undeliverable", "returned"])
def test_what_went_wrong_is_known_and_told_and_the_order_is_not_delivered(kind):
    order = shipped()
    hear(order, scan(kind))
    assert (known(), told(order), state(order)) == ([["first_scan", kind]], [f"shipment.{kind}"], "shipped")


def test_the_same_again_is_repeated_and_told_once():
    order = shipped()
    (first,) = hear(order, scan("delivered"))
    again, twice = hear(order, scan("delivered", carrier="ups", tracking=f" {UPS.lower()} "), scan("delivered"))
    assert [(one.made, one.repeated) for one in (again, twice)] == [(first.made, True)] * 2
    assert (CarrierEvent.objects.count(), told(order)) == (1, ["shipment.delivered", "order.delivered"])


def test_a_number_copied_from_a_label_is_the_one_that_the_carrier_says():
    order = purchase()
    ship(order.seller, parcel(order, carrier="DHL", tracking="JVGL 06 1234 5678 9012"))
    again = parcel(order, carrier="dhl", tracking="JVGL-0612345678-9012")
    assert [one.repeated for one in ship(order.seller, again)] == [True]
    hear(order, scan("delivered", carrier="DHL Paket", tracking="jvgl 0612 3456 7890 12"))
    assert (Shipment.objects.get().tracking_number, known()) == ("JVGL06123456789012", [["first_scan", "delivered"]])


SPELLED = [("DHL", "dhl parcel"), ("AUSTRIAN_POST", "Österreichische Post"), ("Parcel Way", "PARCEL-WAY")]


@pytest.mark.parametrize(("carrier", "other"), SPELLED)
@pytest.mark.parametrize("together", [True, False])
def test_one_scan_under_two_spellings_is_kept_once(carrier, other, together):
    order = purchase()
    ship(order.seller, parcel(order, carrier=other, tracking="pw 1234"))
    scans = [
        scan("delivered", carrier=carrier, tracking="PW1234"),
        scan("delivered", carrier=other, tracking="pw 12 34"),
    ]
    first, again = hear(order, *scans) if together else [hear(order, one)[0] for one in scans]
    assert (again.made, first.repeated, again.repeated) == (first.made, False, True)
    assert (CarrierEvent.objects.count(), told(order)) == (1, ["shipment.delivered", "order.delivered"])


def test_what_is_stored_is_known_by_its_carriers_key_and_as_its_number_is_written_now():
    order = purchase()
    ship(order.seller, parcel(order))
    hear(order, scan(), scan("refused", carrier="Parcel Way"))
    for table in (CarrierEvent, Shipment):
        table.objects.update(tracking_number=f"{UPS[:2]}-{UPS[2:]}")
    CarrierEvent.objects.filter(kind="refused").update(carrier_key="")
    import_module("comity.orders.migrations.0006_carrier_keys").key_carriers(apps, None)
    assert Shipment.objects.get().tracking_number == UPS
    stored = CarrierEvent.objects.order_by("kind").values_list("carrier_key", "tracking_number")
    assert list(stored) == [("ups", UPS), ("parcelway", f"{UPS[:2]}-{UPS[2:]}")]


def test_what_came_before_the_confirmation_counts_after_it():
    order = purchase()
    hear(order, scan(), scan("delivered", 5))
    assert (CarrierEvent.objects.count(), state(order), known()) == (2, "unshipped", [])
    ship(order.seller, parcel(order))
    assert state(order) == "shipped"
    for _ in range(2):
        confirmed_again(order)
    assert (state(order), told(order)) == ("delivered", ["shipment.delivered", "order.delivered"])


def test_a_corrected_number_brings_what_was_said_under_it():
    order = shipped()
    hear(order, scan("refused"), scan("delivered", 5, tracking=OTHER))
    ship(order.seller, parcel(order, tracking=OTHER))
    confirmed_again(order)
    assert (known(), state(order)) == ([["first_scan", "delivered"]], "delivered")


def test_what_was_said_before_the_order_is_about_another_parcel():
    order = shipped()
    hear(order, scan("delivered", -97))
    assert (known(), state(order), CarrierEvent.objects.count()) == ([[]], "shipped", 1)


def test_what_was_said_between_order_and_day_of_dispatch_is_about_this_one():
    order = purchase(placed_at=NOW - 72 * HOUR)
    ship(order.seller, parcel(order, shipped_at=NOW))
    hear(order, scan("delivered", -71))
    assert (known(), state(order)) == ([["first_scan", "delivered"]], "delivered")


@pytest.mark.parametrize("change", [{"carrier": "DHL"}, {"tracking": OTHER}])
def test_another_carrier_or_number_is_another_parcel(change):
    order = shipped()
    hear(order, scan("delivered", **change))
    assert (known(), state(order)) == ([[]], "shipped")


def test_another_marketplaces_parcel_is_another_one():
    order = shipped()
    take_scans(factories.marketplace(), [scan("delivered")], source="ups", now=NOW + HOUR)
    assert (known(), state(order)) == ([[]], "shipped")


def test_two_orders_in_one_box_both_arrive():
    first = shipped()
    second = purchase(first.seller)
    ship(first.seller, parcel(second))
    hear(first, scan("delivered"))
    assert (state(first), state(second)) == ("delivered", "delivered")


def test_a_parcel_of_an_order_that_is_over_is_followed_and_moves_nothing():
    order = shipped()
    Order.objects.update(status="cancelled")
    hear(order, scan("delivered"))
    assert (known(), state(order), told(order)) == ([["first_scan", "delivered"]], "cancelled", ["shipment.delivered"])


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"carrier": ""}, ("carrier", "bad_carrier")),
        ({"tracking": "x\0"}, ("tracking", "bad_tracking")),
        ({"kind": "lost"}, ("kind", "unknown_kind")),
        ({"occurred_at": NOW + 25 * HOUR}, ("occurred_at", "future")),
        ({"place": "a\0"}, ("place", "bad_place")),
        ({"place": "a" * 121}, ("place", "bad_place")),
    ],
)
def test_what_cannot_be_is_refused_and_the_rest_is_taken(change, fault):
    order = shipped()
    bad, good = hear(order, scan(**change), scan("in_transit"), now=NOW)
    assert (codes(bad), good.faults, CarrierEvent.objects.count()) == ([fault], (), 1)


SAID = [
    scan(),
    scan("in_transit", 1),
    scan("delivered", 9),
    scan("delivered", 7),
    scan("refused", 3),
    scan("refused", 2),
]
SAID += [scan(tracking=OTHER), scan("delivered", 8, tracking=OTHER), scan("returned", 4, tracking=OTHER)]


def rows():
    columns = ("first_scan_at", "delivered_at", "refused_at", "undeliverable_at", "returned_at")
    parcels = list(Shipment.objects.order_by("external_id").values_list("external_id", *columns))
    return parcels, list(Order.objects.values_list("status", "delivered_at"))


EXPECTED = (
    [
        ("P-1", NOW, NOW + 7 * HOUR, NOW + 2 * HOUR, None, None),
        ("P-2", NOW, NOW + 8 * HOUR, None, None, NOW + 4 * HOUR),
    ],
    [("delivered", NOW + 8 * HOUR)],
)


@settings(max_examples=40)
@given(
    order=st.permutations(SAID),
    repeated=st.lists(st.sampled_from(SAID), max_size=5),
    cuts=st.sets(st.integers(0, 14), max_size=3),
    confirmed=st.integers(0, 3),
)
def test_whatever_comes_first_or_twice_the_rows_are_the_same(order, repeated, cuts, confirmed):
    with transaction.atomic():
        bought = purchase()
        scans, edges = [*order, *repeated], sorted({0, *cuts, 14})
        for number, (first, last) in enumerate(pairwise(edges)):
            if number == min(confirmed, len(edges) - 2):
                ship(bought.seller, parcel(bought, ("1", 2)), parcel(bought, reference="P-2", tracking=OTHER))
                confirmed_again(bought)
            hear(bought, *scans[first:last])
        assert rows() == EXPECTED
        assert sorted(told(bought)) == sorted(
            ["shipment.refused", "shipment.delivered", "shipment.delivered", "shipment.returned", "order.delivered"]
        )
        transaction.set_rollback(True)


@pytest.mark.parametrize("count", [1, 3])
def test_many_cost_as_much_as_one(django_assert_num_queries, count):
    shop = factories.seller()
    orders = [purchase(shop) for _ in range(count)]
    numbers = [f"1Z999AA1012345{n:04}" for n in range(count)]
    for one, number in zip(orders, numbers, strict=True):
        ship(shop, parcel(one, tracking=number))
    with django_assert_num_queries(15):
        hear(orders[0], *[scan("delivered", tracking=number) for number in numbers])


@pytest.mark.postgres
def test_a_parcel_and_its_scan_at_the_same_moment_find_each_other(transactional_db):
    orders = [purchase() for _ in range(6)]
    ready = threading.Barrier(12)

    def run(job, order):
        try:
            ready.wait()
            job(order)
        finally:
            connection.close()

    def confirm(order):
        ship(order.seller, parcel(order))
        confirmed_again(order)

    def say(order):
        hear(order, scan("delivered"))

    threads = [threading.Thread(target=run, args=[job, order]) for order in orders for job in (confirm, say)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert {state(order) for order in orders} == {"delivered"}
    assert {len(told(order)) for order in orders} == {2}


@pytest.mark.postgres
def test_the_same_scan_from_many_at_once_is_kept_once(transactional_db):
    order = shipped()
    ready, results = threading.Barrier(4), []

    def run():
        try:
            ready.wait()
            results.extend(hear(order, scan("delivered")))
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(4)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert sorted(one.repeated for one in results) == [False, True, True, True]
    assert (CarrierEvent.objects.count(), told(order)) == (1, ["shipment.delivered", "order.delivered"])


ROW = {"carrier": "UPS", "tracking": UPS, "kind": "delivered", "occurred_at": "2026-02-04T10:00:00Z"}
BOX = {"order": "W-1", "external_id": "P-1", "carrier": "ups", "tracking_number": "1z 999aa10123456784"}


@pytest.fixture
def imported():
    factories.marketplace(slug="north")
    bring_shop()
    bring("orders", [ORDER])
    bring("shipments", [{**BOX, "shipped_at": "2026-02-03T10:00:00Z"}])


@pytest.mark.parametrize(("live", "events"), [(False, []), (True, ["shipment.delivered", "order.delivered"])])
def test_scans_from_a_file_move_parcels_and_only_a_live_file_tells(imported, live, events):
    assert bring("scans", [ROW, {**ROW, "kind": "accepted"}], live=live).counts == (2, 0, 0)
    assert (Order.objects.get().status, known()) == ("delivered", [["first_scan", "delivered"]])
    assert told(Order.objects.get()) == events
    assert bring("scans", [ROW], live=live).counts == (0, 1, 0)


def test_scans_from_a_table_are_refused_line_by_line(imported):
    lines = [
        "carrier,tracking,kind,occurred_at,place",
        f"UPS,{UPS},lost,2026-02-04T10:00:00Z,",
        f"UPS,{UPS},accepted,31.02.2026,",
    ]
    lines += ["UPS,none,accepted,2026-02-04T10:00:00Z,", f"UPS,{UPS},accepted,2026-02-04T10:00:00Z,Köln"]
    result = bring("scans", "\n".join(lines).encode(), form="csv")
    assert result.refusals == [
        (2, "kind", "unknown_choice"),
        (3, "occurred_at", "bad_time"),
        (4, "tracking", "bad_tracking"),
    ]
    assert CarrierEvent.objects.count() == 1


@pytest.mark.postgres
@pytest.mark.skipif(connection.vendor == "sqlite", reason="on SQLite one writes at a time")
@pytest.mark.django_db(transaction=True)
def test_two_pushes_with_the_same_events_in_another_order_wait_for_each_other():
    market, start, failed = factories.marketplace(), threading.Barrier(2), []

    def push(step):
        try:
            for round_ in range(3):
                scans = [scan(tracking=f"JD{round_}{number:06}") for number in range(500)]
                start.wait(20)
                take_scans(market, scans[::step], source="push", now=NOW)
        except DatabaseError as error:
            failed.append(error)
            start.abort()
        finally:
            connection.close()

    threads = [threading.Thread(target=push, args=[step]) for step in (1, -1)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert (failed, CarrierEvent.objects.count()) == ([], 1_500)
