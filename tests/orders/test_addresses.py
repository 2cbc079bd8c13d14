"""A buyer has an order sent elsewhere while nothing of it has left."""

import pytest

from comity.common.errors import Refused
from comity.common.models import OutboxEvent, RecordEntry
from comity.orders.models import Order
from comity.orders.services.addresses import change_address
from tests.factories import NOW, order

pytestmark = pytest.mark.django_db
NEW = "12 Mill Lane, Dublin"


def changed(made, address=NEW):
    return change_address(order=made, buyer=made.buyer, address=address, now=NOW)


def stored(made):
    return Order.objects.get(pk=made.pk).ship_to


def test_the_new_address_counts_and_the_old_one_stays_on_record():
    made = order(ship_to="1 Elm Street, Cork")
    changed(made, f"  {NEW} ")
    assert stored(made) == NEW
    entry = RecordEntry.objects.select_related("body").get(chain=made.public_id)
    assert (entry.kind, entry.body.text, "Elm" in entry.facts) == ("marked", "1 Elm Street, Cork", False)
    event = OutboxEvent.objects.get(stream=made.public_id)
    assert (event.name, event.actor, event.data) == (
        "order.address_changed",
        made.buyer.user.public_id,
        {"order": made.public_id},
    )


def test_the_same_address_again_changes_nothing():
    made = order(ship_to=NEW)
    changed(made)
    assert not RecordEntry.objects.filter(chain=made.public_id).exists()


@pytest.mark.parametrize("status", ["partially_shipped", "shipped", "delivered", "cancelled", "unfulfillable"])
def test_what_has_left_or_is_over_keeps_its_address(status):
    made = order(ship_to="1 Elm Street, Cork", status=status)
    with pytest.raises(Refused) as refused:
        changed(made)
    assert (refused.value.code, refused.value.field, stored(made)) == ("has_left", "address", "1 Elm Street, Cork")


@pytest.mark.parametrize("address", ["", " \n ", "x" * 1_001, "a\0b"])
def test_an_unusable_address_is_refused(address):
    made = order(ship_to="1 Elm Street, Cork")
    with pytest.raises(Refused) as refused:
        changed(made, address)
    assert (refused.value.field, stored(made)) == ("address", "1 Elm Street, Cork")
