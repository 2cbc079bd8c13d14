"""Shipments from files move their orders along."""

import pytest

from comity.common.models import OutboxEvent
from comity.common.transactions import write
from comity.orders.models import Order, Shipment, ShipmentLine
from comity.orders.selectors.returns import returnable
from comity.orders.selectors.slips import slips_of
from comity.orders.services.confirming import Confirmation, confirm
from comity.orders.services.replacing import replaceable
from tests.factories import NOW, marketplace
from tests.orders.importing import ORDER, SHIPMENT, bring, bring_shop
from tests.orders.shipping import charged

pytestmark = pytest.mark.django_db
ROW = {**SHIPMENT, "order": "W-1"}


@pytest.fixture(autouse=True)
def shop():
    marketplace(slug="north")
    bring_shop()
    bring("orders", [ORDER])


def half(**change):
    return {**ROW, "lines": [{"line": "1", "quantity": 1}], **change}


def status():
    return Order.objects.get().status


def test_a_shipment_of_everything_ships_the_order():
    assert bring("shipments", [ROW]).counts == (1, 0, 0)
    assert (status(), Shipment.objects.get().carrier) == ("shipped", "Parcel Post")


def test_halves_ship_the_order_partially_and_then_wholly():
    bring("shipments", [half()])
    assert status() == "partially_shipped"
    bring("shipments", [half(external_id="P-2")])
    assert status() == "shipped"


def test_the_order_is_delivered_when_its_last_parcel_has_arrived():
    bring("shipments", [half(delivered_at="2026-02-05T10:00:00Z"), half(external_id="P-2")])
    assert (status(), Order.objects.get().delivered_at) == ("shipped", None)
    assert bring("shipments", [half(external_id="P-2", delivered_at="2026-02-06T10:00:00Z")]).counts == (1, 0, 0)
    assert (status(), Order.objects.get().delivered_at.isoformat()) == ("delivered", "2026-02-06T10:00:00+00:00")


def test_the_same_shipments_again_change_nothing():
    rows = [half(), half(external_id="P-2")]
    bring("shipments", rows)
    assert bring("shipments", rows).counts == (0, 2, 0)


@pytest.mark.parametrize(
    ("change", "field", "code"),
    [
        ({"order": "W-9"}, "order", "unknown_reference"),
        ({"lines": [{"line": "9", "quantity": 1}]}, "lines[0].line", "unknown_reference"),
        ({"lines": [{"line": "1", "quantity": 3}]}, "lines[0].quantity", "out_of_range"),
        ({"lines": [{"line": "1", "quantity": 1}] * 2}, "lines[1].line", "duplicate"),
        ({"delivered_at": "2026-02-02T10:00:00Z"}, "delivered_at", "sequence"),
        ({"shipped_at": "2026-01-02T10:00:00Z", "delivered_at": "2026-01-30T10:00:00Z"}, "delivered_at", "sequence"),
        ({"shipped_at": "2026-12-01T10:00:00Z"}, "shipped_at", "future"),
        ({"carrier": ""}, "carrier", "missing"),
    ],
)
def test_a_shipment_that_cannot_be_is_refused(change, field, code):
    result = bring("shipments", [{**ROW, **change}])
    assert (result.counts, result.refusals) == ((0, 0, 1), [(1, field, code)])
    assert (status(), Shipment.objects.count()) == ("unshipped", 0)


def whole(number, **change):
    return {**SHIPMENT, "external_id": f"P-{number}", "lines": [{"line": "1", "quantity": 2}], **change}


def returnable_pieces():
    return [one.left for one in returnable(Order.objects.get())]


def known():
    """Status, pieces in parcels, pieces that may come back, that may be sent again, and what was charged."""
    one = Order.objects.get(external_id="W-1")
    sent = [(each.shipment.external_id, each.quantity) for each in ShipmentLine.objects.order_by("pk")]
    return one.status, sent, returnable_pieces(), replaceable(one), charged(one)


LOST = ("shipped", [("P-1", 2), ("P-2", 1)], [2], {"1": 2}, [("brought_forward", 2_500)])


def test_of_history_what_was_lost_and_sent_again_is_told_and_no_more_comes_back_than_was_bought():
    rows = [whole(1, order="W-1"), half(external_id="P-2")]
    assert bring("shipments", rows).counts == (2, 0, 0)
    assert known() == LOST
    assert (bring("shipments", rows).counts, known()) == ((0, 2, 0), LOST)


def test_inside_of_a_historic_order_too():
    again = {**whole(2), "lines": [{"line": "1", "quantity": 1}]}
    row = {**ORDER, "status": "shipped", "shipments": [whole(1), again]}
    assert (bring("orders", [row]).counts, known()) == ((1, 0, 0), LOST)
    assert (bring("orders", [row]).counts, known()) == ((0, 1, 0), LOST)


@pytest.mark.parametrize("inside", [True, False])
def test_what_was_sent_again_is_paid_for_once_and_stands_for_no_line_that_has_yet_to_leave(inside):
    wick = {**ORDER["lines"][0], "external_id": "2", "quantity": 1, "price": "10.00"}
    row = {**ORDER, "external_id": "W-2", "lines": [*ORDER["lines"], wick]}
    again = {**whole(2), "lines": [{"line": "1", "quantity": 1}]}
    parted = {**row, "status": "partially_shipped", "shipments": [whole(1), again]}
    assert bring("orders", [{**parted, "external_id": "W-3"}]).counts == (1, 0, 0)
    if inside:
        assert [bring("orders", [one]).counts for one in (row, parted, parted)] == [(1, 0, 0), (1, 0, 0), (0, 1, 0)]
    else:
        bring("orders", [row])
        assert bring("shipments", [{**one, "order": "W-2"} for one in parted["shipments"]]).counts == (2, 0, 0)
    one = Order.objects.get(external_id="W-2")
    assert charged(one) == [("brought_forward", 2_500)]
    parcel = Confirmation(one.number, (("2", 1),), "DHL", "", "JD014600006281230704", NOW, "p1")
    with write():
        (result,) = confirm(one.seller, [parcel], source="page", actor="", now=NOW)
    assert (result.faults, charged(one)) == ((), [("brought_forward", 2_500), ("capture", 1_000)])


def test_the_slip_of_what_was_sent_again_has_the_pieces_that_were_bought():
    bring("shipments", [whole(1, order="W-1"), half(external_id="P-2")])
    (slip,) = slips_of([Order.objects.get()])
    assert [(line.external_id, pieces) for line, pieces in slip.rows] == [("1", 2)]


def test_live_shipments_inside_of_their_order_have_no_more_than_was_ordered():
    two = {**ORDER, "external_id": "W-2", "status": "shipped", "shipments": [whole(1), whole(2)]}
    result = bring("orders", [two], live=True)
    assert result.refusals == [(1, "shipments[1].lines[0].quantity", "out_of_range")]
    said = "is 2, but other shipments have 2 of the 2 that were ordered: 0 at most."
    assert result.watch.refusals[0].sentence == said


def test_one_more_live_shipment_has_no_more_than_those_that_are_known_leave():
    bring("orders", [{**ORDER, "status": "shipped", "shipments": [whole(1)]}], live=True)
    result = bring("orders", [{**ORDER, "status": "shipped", "shipments": [whole(2)]}], live=True)
    assert result.refusals == [(1, "shipments[0].lines[0].quantity", "out_of_range")]
    assert returnable_pieces() == [2]


def test_nothing_is_shipped_of_a_cancelled_order():
    bring("orders", [{**ORDER, "status": "cancelled"}])
    assert bring("shipments", [ROW]).refusals == [(1, "order", "status")]
    assert Shipment.objects.count() == 0


def test_a_live_shipment_is_announced_once():
    for _ in range(2):
        bring("shipments", [ROW], live=True)
    one = Order.objects.get()
    told = OutboxEvent.objects.exclude(name__endswith=".imported")
    assert list(told.values_list("name", "stream", "sequence")) == [("shipment.confirmed", one.public_id, 1)]
    assert told.get().data == {"order": one.public_id, "shipment": Shipment.objects.get().public_id}


def test_shipments_in_csv_are_of_the_whole_order():
    content = b"order\texternal_id\tcarrier\tshipped_at\nW-1\tP-1\tPost\t2026-02-03T10:00:00Z\n"
    assert bring("shipments", content, form="csv").counts == (1, 0, 0)
    assert status() == "shipped"
