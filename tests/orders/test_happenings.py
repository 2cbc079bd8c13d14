"""What happens to orders is on their record, told, and along the table."""

import pytest
from django.db import transaction

from comity.common.models import OutboxEvent, RecordEntry
from comity.common.record import verify
from comity.messaging.selectors.conversations import record_heads
from comity.orders.models import Order
from comity.orders.services.happenings import Happening, ImpossibleStep, happen, lock_orders
from tests.factories import NOW, buyer, marketplace, order, seller

pytestmark = pytest.mark.django_db


def orders(count):
    market = marketplace()
    shop, person = seller(market), buyer(market)
    return [order(person, shop) for _ in range(count)]


def test_a_step_is_stored_recorded_and_told():
    (one,) = orders(1)
    with transaction.atomic():
        locked = lock_orders([one.pk])[one.pk]
        happen([Happening(locked, "order.shipped", {"shipment": "shp_1"}, to="shipped", actor="usr_1")], now=NOW)
    one.refresh_from_db()
    assert (one.status, one.record_count, one.event_count) == ("shipped", 1, 1)
    event = OutboxEvent.objects.get(stream=one.public_id)
    assert (event.name, event.actor, event.data) == (
        "order.shipped",
        "usr_1",
        {"shipment": "shp_1", "order": one.public_id},
    )
    entry = RecordEntry.objects.get(chain=one.public_id)
    assert (entry.kind, '"from":"unshipped"' in entry.facts, '"to":"shipped"' in entry.facts) == ("moved", True, True)
    assert list(verify(record_heads(), whole=True)) == []


def test_an_impossible_step_stores_nothing():
    (one,) = orders(1)
    with pytest.raises(ImpossibleStep), transaction.atomic():
        happen([Happening(lock_orders([one.pk])[one.pk], "order.delivered", to="delivered")], now=NOW)
    assert Order.objects.get(pk=one.pk).status == "unshipped"
    assert not RecordEntry.objects.filter(chain=one.public_id).exists()


@pytest.mark.parametrize("count", [1, 3])
def test_many_cost_as_much_as_one(django_assert_num_queries, count):
    made = orders(count)
    with transaction.atomic():
        locked = lock_orders([one.pk for one in made]).values()
        with django_assert_num_queries(3):
            happen([Happening(one, "order.late") for one in locked], now=NOW)


def test_an_altered_entry_of_an_order_shows():
    (one,) = orders(1)
    with transaction.atomic():
        happen([Happening(lock_orders([one.pk])[one.pk], "order.late")], now=NOW)
    RecordEntry.objects.filter(chain=one.public_id).update(facts='{"what":"order.shipped"}')
    (fault,) = verify(record_heads(), whole=True)
    assert (fault.chain, fault.position) == (one.public_id, 1)
