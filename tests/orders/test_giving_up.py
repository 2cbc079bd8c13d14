"""What an order that is given up lets go of: its money, its pieces, its clock, a question that waits."""

import json

import pytest
from django.db import transaction

from comity.catalog.models import Listing
from comity.common.models import OutboxEvent, RecordEntry
from comity.ledger.models import Journal, Payable
from comity.orders.models import CancelRequest, Order, OrderLine, ShipDeadline, ShipmentLine
from comity.orders.services.cancelling import give_up
from comity.orders.services.happenings import ImpossibleStep, lock_orders
from comity.orders.services.paying import lock_money
from tests.factories import NOW, buyer, listing, marketplace, order, seller, shipment

pytestmark = pytest.mark.django_db


def give_up_all(orders, to="cancelled", reason="BuyerCanceled"):
    with transaction.atomic():
        locked = list(lock_orders([one.pk for one in orders]).values())
        lock_money(locked, now=NOW)
        give_up(locked, to=to, reason=reason, by="buyer", actor="usr_1", now=NOW)


def waiting_order(taken=1, **fields):
    made = order(**fields)
    made.lines.update(taken=taken)
    clock = {"started_at": made.placed_at, "due_at": made.ship_by, "profile_digest": "p"}
    ShipDeadline.objects.create(order=made, remind_at=made.ship_by, cancel_at=made.ship_by, **clock)
    CancelRequest.objects.create(order=made, public_id=f"ask_{made.pk}", asked_at=NOW)
    return made


def test_an_order_that_is_given_up_lets_go_of_everything():
    made = waiting_order(total_minor=2_450)
    give_up_all([made])
    made.refresh_from_db()
    assert (made.status, made.cancelled_at) == ("cancelled", NOW)
    assert Payable.objects.values_list("released_minor", "captured_minor").get() == (2_450, 0)
    assert Journal.objects.values_list("kind", "cause", "actor").get() == ("release", made.public_id, "usr_1")
    assert (Listing.objects.get().quantity, OrderLine.objects.get().taken) == (10, 0)
    assert ShipDeadline.objects.values_list("end", "ended_at").get() == ("cancelled", NOW)
    assert CancelRequest.objects.values_list("state", "answered_at").get() == ("overtaken", NOW)
    facts = json.loads(RecordEntry.objects.get().facts)
    assert (facts["by"], facts["actor"], facts["reason"]) == ("buyer", "usr_1", "BuyerCanceled")
    event = OutboxEvent.objects.get()
    assert (event.name, event.data) == (
        "order.cancelled",
        {"reason": "BuyerCanceled", "by": "buyer", "order": made.public_id},
    )


def test_of_a_part_that_has_left_nothing_comes_back_into_stock():
    made = waiting_order(taken=3)
    made.lines.update(quantity=5)
    shipment(made)
    ShipmentLine.objects.update(quantity=2)
    Order.objects.update(status="partially_shipped")
    give_up_all([made], to="unfulfillable", reason="CouldNotShip")
    assert (Listing.objects.get().quantity, OrderLine.objects.get().taken) == (10, 2)
    assert OutboxEvent.objects.get().name == "order.unfulfillable"


@pytest.mark.parametrize("status", ["shipped", "delivered", "cancelled", "partially_shipped"])
def test_what_has_left_or_is_over_cannot_be_cancelled(status):
    made = waiting_order()
    Order.objects.update(status=status)
    with pytest.raises(ImpossibleStep):
        give_up_all([made])
    assert (Listing.objects.get().quantity, Journal.objects.count()) == (9, 0)
    assert ShipDeadline.objects.get().ended_at is None
    assert CancelRequest.objects.get().state == "waiting"


@pytest.mark.parametrize("count", [1, 3])
def test_many_are_given_up_at_the_cost_of_one(django_assert_num_queries, count):
    shop = seller(marketplace())
    offers = [listing(shop) for _ in range(count)]
    made = [waiting_order(person=buyer(shop.marketplace), shop=shop, offer=offer) for offer in offers]
    with django_assert_num_queries(16):
        give_up_all(made)
