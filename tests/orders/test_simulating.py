"""The demo's parcels move by themselves, the same way each time."""

from datetime import timedelta

import pytest

from comity.common.models import OutboxEvent
from comity.integrations.carriers.simulator import journey
from comity.orders.models import CarrierEvent, Shipment
from comity.orders.services.simulating import move_parcels
from tests import factories
from tests.factories import NOW
from tests.orders.shipping import parcel, purchase, ship, state

MINUTE = timedelta(minutes=1)


def test_a_journey_follows_from_the_number_and_goes_on():
    one = list(journey("PW1", since=NOW, pace=MINUTE))
    assert one == list(journey("PW1", since=NOW, pace=MINUTE))
    assert [word.kind for word in one] == ["accepted", "in_transit", "in_transit", "delivered"]
    assert NOW < one[0].occurred_at < one[1].occurred_at < one[2].occurred_at < one[3].occurred_at < NOW + 6 * MINUTE


def test_now_and_then_a_parcel_comes_back():
    ends = [list(journey(f"PW{n}", since=NOW, pace=MINUTE))[-1].kind for n in range(100)]
    assert (set(ends), 2 <= ends.count("returned") <= 20) == ({"delivered", "returned"}, True)


@pytest.mark.django_db
def test_parcels_confirmed_here_move_until_they_arrive_and_others_do_not():
    order = purchase()
    ship(order.seller, parcel(order, carrier="Parcelway", tracking="PW1"))
    imported = factories.shipment(tracking_number="PW1")
    move_parcels(NOW)
    assert not CarrierEvent.objects.exists()
    for minutes in (2, 2, 9, 10):
        move_parcels(NOW + minutes * MINUTE)
    assert (state(order), Shipment.objects.get(pk=imported.pk).first_scan_at) == ("delivered", None)
    assert CarrierEvent.objects.count() == 4
    assert OutboxEvent.objects.filter(name="order.delivered").count() == 1
