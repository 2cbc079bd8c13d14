"""How far files move orders is on the orders' records; what a live file moves is told."""

import pytest

from comity.common.models import OutboxEvent
from comity.common.record import verify
from comity.messaging.selectors.conversations import record_heads
from comity.orders.models import Order
from comity.orders.selectors.life import record_of
from comity.web.order_story import story
from tests.factories import NOW, marketplace
from tests.orders.importing import ORDER, SHIPMENT, bring, bring_shop

pytestmark = pytest.mark.django_db
SHIPPED = {**ORDER, "status": "shipped"}
DELIVERED = {**ORDER, "status": "delivered", "delivered_at": "2026-02-05T10:00:00Z"}
STEPS = ({**ORDER, "status": "pending"}, ORDER, SHIPPED, DELIVERED)


@pytest.fixture(autouse=True)
def shop():
    marketplace(slug="north")
    bring_shop()


def parcel(name, pieces):
    return {**SHIPMENT, "external_id": name, "lines": [{"line": "1", "quantity": pieces}]}


def on_record():
    one = Order.objects.get()
    told = OutboxEvent.objects.filter(stream=one.public_id).order_by("sequence").values_list("name", flat=True)
    recorded = [entry.what for entry in record_of(one)]
    assert list(told) == recorded
    assert list(verify(record_heads(), whole=True)) == []
    return recorded


@pytest.mark.requirement("S59")
def test_each_step_of_a_live_file_is_on_record_once():
    for row in STEPS:
        for _ in range(2):
            bring("orders", [row], live=True)
    assert on_record() == ["order.placed", "order.paid", "order.shipped", "order.delivered"]
    told = story(Order.objects.get(), [], [], reader="buyer", now=NOW)
    assert [one["what"] for one in told] == ["Ordered", "Paid", "Shipped", "Delivered"]


def test_several_steps_in_one_file_are_each_on_record():
    bring("orders", [STEPS[0]], live=True)
    bring("orders", [STEPS[3]], live=True)
    assert on_record() == ["order.placed", "order.paid", "order.shipped", "order.delivered"]


def test_what_leaves_in_a_parcel_is_told_as_that_parcel():
    bring("orders", [ORDER], live=True)
    bring("orders", [{**ORDER, "status": "partially_shipped"}], live=True)
    for parcels in ([parcel("P-1", 1)], [parcel("P-1", 1), parcel("P-2", 1)]):
        status = ("partially_shipped", "shipped")[len(parcels) - 1]
        bring("orders", [{**ORDER, "status": status, "shipments": parcels}], live=True)
    assert on_record() == ["order.placed", "order.shipped", "shipment.confirmed", "shipment.confirmed"]
    assert OutboxEvent.objects.get(name="order.shipped").data["part"] is True


def test_what_has_arrived_with_its_parcel_in_one_file_is_all_of_it_on_record():
    arrived = {**SHIPMENT, "delivered_at": "2026-02-05T10:00:00Z"}
    bring("orders", [ORDER], live=True)
    bring("orders", [{**SHIPPED, "shipments": [arrived]}], live=True)
    assert on_record() == ["order.placed", "shipment.confirmed", "shipment.delivered", "order.delivered"]


def test_of_history_no_step_is_told():
    for row in STEPS:
        bring("orders", [row])
    assert on_record() == []
