"""A seller confirms what has left: charged once, along the table, and nothing that cannot be."""

import threading
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection

from comity.common.models import OutboxEvent, RecordBody
from comity.common.transactions import write
from comity.ledger.models import Journal, Payable
from comity.orders.models import CancelRequest, Order, ShipDeadline, Shipment, ShipmentLine
from comity.orders.services.adjusting import Change, Part, adjust
from comity.orders.services.cancelling import give_up
from comity.orders.services.naming import lock_named
from tests import factories
from tests.factories import NOW
from tests.orders.shipping import UPS, charged, codes, parcel, purchase, ship, state

pytestmark = pytest.mark.django_db
DAY_OF_ORDER = datetime(2026, 10, 29, tzinfo=ZoneInfo("Europe/Berlin"))  # as its seller's calendar has it
TOMORROW = datetime(2026, 11, 3, tzinfo=ZoneInfo("Europe/Berlin"))


def told(order):
    return list(OutboxEvent.objects.filter(stream=order.public_id).order_by("sequence").values_list("name", flat=True))


def nothing_happened(order):
    untouched = (state(order), charged(order), told(order)) == ("unshipped", [], [])
    return untouched and not Shipment.objects.filter(order=order).exists()


@pytest.mark.requirement("S59", "S72")
def test_everything_in_one_parcel_ships_and_charges_the_order():
    order = purchase()
    (result,) = ship(order.seller, parcel(order))
    shipment = Shipment.objects.get()
    assert (result.made, result.repeated, result.faults, result.warnings) == (shipment.public_id, False, (), ())
    assert (shipment.carrier, shipment.service, shipment.tracking_number) == ("UPS", "Standard", UPS)
    assert (shipment.confirmed_at, shipment.confirmed_by, shipment.expected_by) == (NOW, "usr_1", order.deliver_by)
    assert sorted(ShipmentLine.objects.values_list("line__external_id", "quantity")) == [("1", 2), ("2", 1)]
    assert (state(order), charged(order)) == ("shipped", [("capture", 3_300)])


@pytest.mark.requirement("S72")
def test_each_parcel_charges_its_pieces_and_the_last_one_the_rest():
    order = purchase()
    ship(order.seller, parcel(order, ("1", 1)))
    assert (state(order), charged(order)) == ("partially_shipped", [("capture", 1_000)])
    ship(order.seller, parcel(order, ("1", 1), ("2", 1), reference="P-2"))
    assert (state(order), charged(order)) == ("shipped", [("capture", 1_000), ("capture", 2_300)])
    assert told(order) == ["shipment.confirmed", "shipment.confirmed"]
    causes = list(Journal.objects.order_by("id").values_list("cause", flat=True))
    assert causes == list(Shipment.objects.order_by("id").values_list("public_id", flat=True))


def test_two_parcels_in_one_call_follow_each_other():
    order = purchase()
    first, second, third = ship(
        order.seller,
        parcel(order, ("1", 2)),
        parcel(order, ("1", 1), reference="P-2"),
        parcel(order, reference="P-3"),
    )
    assert (codes(second), first.faults, third.faults) == ([("items[0].quantity", "too_many")], (), ())
    assert charged(order) == [("capture", 2_000), ("capture", 1_300)]


def test_each_parcel_has_its_share_of_a_discount():
    order = purchase(extra=-2_500)
    ship(order.seller, parcel(order, ("1", 2)))
    ship(order.seller, parcel(order, reference="P-2"))
    assert (state(order), charged(order)) == ("shipped", [("capture", 333), ("capture", 167)])


def test_what_costs_more_than_what_is_left_takes_what_is_left():
    order = purchase(extra=0)
    goodwill = Change(order.number, "GeneralAdjustment", (Part("", "Goodwill", 2_500),), "a-1")
    adjust(order.seller, [goodwill], source="comity", actor="", now=NOW)
    ship(order.seller, parcel(order, ("1", 2)))
    ship(order.seller, parcel(order, reference="P-2"))
    assert (state(order), charged(order)) == ("shipped", [("release", 2_500), ("capture", 500)])


def test_the_clock_ends_and_a_request_to_cancel_is_overtaken_when_nothing_is_left():
    order = purchase()
    ShipDeadline.objects.create(order=order, started_at=NOW, due_at=NOW, remind_at=NOW, cancel_at=NOW)
    CancelRequest.objects.create(order=order, public_id="crq_1", asked_at=NOW)
    ship(order.seller, parcel(order, ("1", 2)))
    assert ShipDeadline.objects.get().ended_at is None
    ship(order.seller, parcel(order, reference="P-2"))
    assert (ShipDeadline.objects.get().end, CancelRequest.objects.get().state) == ("shipped", "overtaken")


@pytest.mark.parametrize(
    "change", [{}, {"carrier": "ups", "tracking": "1z 999aa1 0123456784"}, {"items": (("2", 1), ("1", 2))}]
)
def test_the_same_again_is_repeated_and_changes_nothing(change):
    order = purchase()
    (first,) = ship(order.seller, parcel(order))
    (again,) = ship(order.seller, parcel(order, **change))
    assert (again.made, again.repeated) == (first.made, True)
    assert (charged(order), told(order), Shipment.objects.count()) == ([("capture", 3_300)], ["shipment.confirmed"], 1)


def test_the_same_twice_in_one_call_is_one_parcel():
    order = purchase()
    first, again = ship(order.seller, parcel(order), parcel(order))
    assert (again.made, again.repeated, Shipment.objects.count()) == (first.made, True, 1)


@pytest.mark.requirement("S31")
def test_a_correction_changes_what_was_said_and_books_nothing():
    order = purchase()
    (first,) = ship(order.seller, parcel(order))
    Shipment.objects.update(first_scan_at=NOW)
    later = NOW + timedelta(hours=1)
    (second,) = ship(order.seller, parcel(order, carrier="DHL", tracking="00340434161094021501"), now=later)
    shipment = Shipment.objects.get()
    assert (second.made, second.repeated) == (first.made, False)
    assert (shipment.carrier, shipment.tracking_number) == ("DHL", "00340434161094021501")
    assert (shipment.corrected_at, shipment.confirmed_at, shipment.first_scan_at) == (later, NOW, None)
    assert (charged(order), told(order)) == ([("capture", 3_300)], ["shipment.confirmed", "shipment.corrected"])
    assert UPS in RecordBody.objects.get().text


def test_a_parcel_can_be_corrected_in_the_call_that_confirms_it():
    order = purchase()
    ship(order.seller, parcel(order), parcel(order, tracking=""))
    assert (Shipment.objects.get().tracking_number, charged(order)) == ("", [("capture", 3_300)])
    assert told(order) == ["shipment.confirmed", "shipment.corrected"]


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"items": (("1", 1),)}, ("items", "items_fixed")),
        ({"tracking": "mail me"}, ("tracking", "bad_tracking")),
        ({"shipped_at": NOW + timedelta(days=3)}, ("shipped_at", "future")),
    ],
)
def test_a_correction_that_cannot_be_changes_nothing(change, fault):
    order = purchase()
    ship(order.seller, parcel(order))
    (result,) = ship(order.seller, parcel(order, **change))
    assert (codes(result), Shipment.objects.get().corrected_at) == ([fault], None)


def test_what_has_arrived_is_not_corrected_any_more():
    order = purchase()
    ship(order.seller, parcel(order))
    Shipment.objects.update(delivered_at=NOW)
    (result,) = ship(order.seller, parcel(order, tracking="T1234567890"))
    assert (codes(result), Shipment.objects.get().tracking_number) == ([("reference", "delivered")], UPS)


@pytest.mark.requirement("S75")
@pytest.mark.parametrize(
    ("items", "fault"),
    [
        ((("9", 1),), ("items[0].line", "unknown_line")),
        ((("1", 3),), ("items[0].quantity", "too_many")),
        ((("1", 0),), ("items[0].quantity", "not_positive")),
        ((("1", -1),), ("items[0].quantity", "not_positive")),
        ((("2", 1), ("1", 1), ("1", 1)), ("items[2].line", "duplicate")),
        ((("1", 1), ("1\0", 1)), ("items[1].line", "unknown_line")),
    ],
)
def test_only_what_was_ordered_can_leave(items, fault):
    order = purchase()
    (result,) = ship(order.seller, parcel(order, *items))
    assert codes(result) == [fault]
    assert nothing_happened(order)


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"shipped_at": TOMORROW}, ("shipped_at", "future")),
        ({"shipped_at": DAY_OF_ORDER - timedelta(seconds=1)}, ("shipped_at", "before_order")),
        ({"carrier": ""}, ("carrier", "carrier_missing")),
        ({"carrier": "Other"}, ("carrier", "carrier_missing")),
        ({"carrier": "www.my-shop.com"}, ("carrier", "bad_carrier")),
        ({"carrier": "Call 0171 234 5678"}, ("carrier", "bad_carrier")),
        ({"service": "me@shop.example"}, ("service", "bad_service")),
        ({"tracking": "https://shop.example/1"}, ("tracking", "bad_tracking")),
        ({"tracking": "NONE"}, ("tracking", "bad_tracking")),
        ({"carrier": "Northline Post", "tracking": "call 020 7946 0958 for it"}, ("tracking", "bad_tracking")),
        ({"tracking": "1" * 61}, ("tracking", "bad_tracking")),
        ({"reference": ""}, ("reference", "bad_reference")),
        ({"reference": "a\0"}, ("reference", "bad_reference")),
    ],
)
def test_what_cannot_be_is_refused(change, fault):
    order = purchase()
    (result,) = ship(order.seller, parcel(order, **change))
    assert codes(result) == [fault]
    assert nothing_happened(order)


@pytest.mark.parametrize("moment", [TOMORROW - timedelta(seconds=1), DAY_OF_ORDER])
def test_the_day_of_the_order_without_its_hour_and_all_of_today_are_believed(moment):
    order = purchase()
    assert ship(order.seller, parcel(order, shipped_at=moment))[0].faults == ()


def test_a_number_that_is_odd_for_its_carrier_is_taken_with_a_warning():
    order = purchase()
    (result,) = ship(order.seller, parcel(order, tracking="12345"))
    assert [(one.field, one.code) for one in result.warnings] == [("tracking", "unusual_tracking")]
    assert state(order) == "shipped"


def test_a_carrier_that_nobody_knows_and_a_letter_without_number_are_taken():
    order = purchase()
    (result,) = ship(order.seller, parcel(order, carrier="  Müller & Sons   Bikes ", tracking="", service=""))
    assert (result.faults, result.warnings, Shipment.objects.get().carrier) == ((), (), "Müller & Sons Bikes")


@pytest.mark.parametrize(
    ("status", "fault"),
    [
        ("cancelled", ("order", "order_over")),
        ("unfulfillable", ("order", "order_over")),
        ("pending", ("order", "order_pending")),
    ],
)
def test_an_order_that_is_over_or_not_paid_does_not_leave(status, fault):
    order = purchase(status=status)
    before = charged(order)
    (result,) = ship(order.seller, parcel(order))
    assert (codes(result), state(order), charged(order), Shipment.objects.count()) == ([fault], status, before, 0)


def test_nothing_more_leaves_than_there_was():
    order = purchase()
    ship(order.seller, parcel(order))
    (result,) = ship(order.seller, parcel(order, reference="P-2"))
    assert (codes(result), Shipment.objects.count()) == ([("items", "nothing_left")], 1)


@pytest.mark.requirement("S36")
def test_what_the_marketplace_ships_is_not_the_sellers_to_confirm():
    order = purchase(fulfilment="marketplace")
    (result,) = ship(order.seller, parcel(order))
    assert codes(result) == [("order", "marketplace_fulfils")]
    assert nothing_happened(order)


@pytest.mark.parametrize("name", ["305-0000000-0000000", "ord_nobody", "x\0y", ""])
def test_another_sellers_order_is_as_unknown_as_none(name):
    order = purchase()
    (of_nobody,) = ship(order.seller, parcel(name))
    (of_another,) = ship(factories.seller(order.marketplace), parcel(order))
    assert codes(of_nobody) == codes(of_another) == [("order", "unknown_order")]
    assert nothing_happened(order)


def test_a_bad_one_does_not_concern_the_others():
    order = purchase()
    shop = order.seller
    good, bad = purchase(shop), order
    refused, made = ship(shop, parcel(bad, ("9", 1)), parcel(good.public_id))
    assert (codes(refused), made.faults, state(good)) == ([("items[0].line", "unknown_line")], (), "shipped")
    assert nothing_happened(bad)


def test_pieces_that_are_not_sent_any_more_do_not_keep_the_order_open():
    order = purchase()
    made = order.adjustments.create(
        public_id="adj_1", external_id="A", reason="NoInventory", amount_minor=1_000, made_at=NOW
    )
    made.parts.create(line=order.lines.get(external_id="1"), component="Principal", amount_minor=1_000)
    (result,) = ship(order.seller, parcel(order, ("1", 2)))
    assert codes(result) == [("items[0].quantity", "too_many")]
    assert " is left to send." in result.faults[0].sentence
    ship(order.seller, parcel(order, ("1", 1), ("2", 1)))
    assert state(order) == "shipped"


@pytest.mark.parametrize("count", [1, 3])
def test_many_cost_as_much_as_one(django_assert_num_queries, count):
    shop = factories.seller()
    orders = [purchase(shop) for _ in range(count)]
    with django_assert_num_queries(20):
        ship(shop, *[parcel(one) for one in orders])


def in_threads(*jobs):
    ready = threading.Barrier(len(jobs))

    def run(job):
        try:
            ready.wait()
            job()
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[job]) for job in jobs]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]


@pytest.mark.postgres
def test_the_same_parcel_confirmed_by_many_at_once_is_charged_once(transactional_db):
    order = purchase()
    results = []
    in_threads(*[lambda: results.extend(ship(order.seller, parcel(order)))] * 4)
    assert sorted(one.repeated for one in results) == [False, True, True, True]
    assert (charged(order), Shipment.objects.count()) == ([("capture", 3_300)], 1)


@pytest.mark.postgres
def test_what_is_cancelled_while_it_is_confirmed_is_one_or_the_other(transactional_db):
    orders = [purchase() for _ in range(4)]

    def cancel(order):
        with write():
            found = lock_named(order.seller, [order.number], now=NOW)[order.number]
            if found.status == Order.Status.UNSHIPPED:
                give_up([found], to="cancelled", reason="test", by="seller", actor="usr_1", now=NOW)

    jobs = [lambda one=one: ship(one.seller, parcel(one)) for one in orders]
    in_threads(*jobs, *[lambda one=one: cancel(one) for one in orders])
    for order in orders:
        kinds = {"shipped": [("capture", 3_300)], "cancelled": [("release", 3_300)]}
        assert charged(order) == kinds[state(order)]
        assert Payable.objects.get(order=order).open_minor == 0


def test_what_fails_half_way_stores_nothing(monkeypatch):
    order = purchase()

    def fail(*_args, **_more):
        raise RuntimeError("the power went")

    monkeypatch.setattr("comity.orders.services.confirming.happen", fail)
    with pytest.raises(RuntimeError):
        ship(order.seller, parcel(order))
    assert nothing_happened(order)
    assert Payable.objects.get(order=order).captured_minor == 0
