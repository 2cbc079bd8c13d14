"""How far files move orders is on the orders' records; what a live file moves is told."""

from datetime import UTC, datetime

import pytest

from comity.accounts.models import Buyer
from comity.common.models import OutboxEvent
from comity.common.record import verify
from comity.messaging.selectors.conversations import record_heads
from comity.orders.models import CancelRequest, Order
from comity.orders.selectors.life import record_of
from comity.orders.services.cancel_requests import call_off
from comity.orders.services.statuses import completed_at
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


@pytest.mark.parametrize("status", ["shipped", "delivered", "cancelled"])
def test_what_a_file_moves_on_from_pending_leaves_no_request_to_cancel_waiting(status):
    bring("orders", [STEPS[0]], live=True)
    call_off(order=Order.objects.get(), buyer=Buyer.objects.get(), now=NOW)
    bring("orders", [{**(DELIVERED if status == "delivered" else ORDER), "status": status}], live=True)
    assert CancelRequest.objects.values_list("state", "answered_at").get() == ("overtaken", NOW)


def test_a_request_to_cancel_waits_on_while_the_order_does():
    bring("orders", [STEPS[0]], live=True)
    call_off(order=Order.objects.get(), buyer=Buyer.objects.get(), now=NOW)
    for row in STEPS[:2]:
        bring("orders", [row], live=True)
    assert CancelRequest.objects.get().state == "waiting"


@pytest.mark.parametrize("status", ["cancelled", "unfulfillable"])
def test_an_order_that_a_live_file_gives_up_without_a_moment_is_over_now(status):
    promised = {**ORDER, "deliver_by": "2026-12-24T10:00:00Z"}
    bring("orders", [promised], live=True)
    for _ in range(2):
        assert bring("orders", [{**promised, "status": status}], live=True).counts[2] == 0
        assert (Order.objects.get().cancelled_at, completed_at(Order.objects.get())) == (NOW, NOW)


def test_the_moment_that_a_file_tells_is_kept():
    bring("orders", [ORDER], live=True)
    bring("orders", [{**ORDER, "status": "cancelled", "cancelled_at": "2026-02-02T10:00:00Z"}], live=True)
    assert Order.objects.get().cancelled_at == datetime(2026, 2, 2, 10, tzinfo=UTC)


def test_of_history_no_step_is_told():
    for row in STEPS:
        bring("orders", [row])
    assert on_record() == []


@pytest.mark.parametrize("count", [1, 3])
def test_to_move_many_costs_as_much_as_one(django_assert_num_queries, count):
    rows = [{**STEPS[0], "external_id": f"W-{number}"} for number in range(count)]
    bring("orders", rows, live=True)
    for step, queries in ((ORDER, 31), (DELIVERED, 36)):
        with django_assert_num_queries(queries):
            bring("orders", [{**step, "external_id": row["external_id"]} for row in rows], live=True)
