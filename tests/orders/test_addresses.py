"""A buyer has an order sent elsewhere while nothing of it has left."""

import pytest

from comity.common.errors import Refused
from comity.common.models import OutboxEvent, RecordEntry
from comity.common.record import words_of
from comity.orders.models import Order
from comity.orders.services.addresses import change_address
from tests.factories import NOW, marketplace, order
from tests.orders.importing import ORDER, bring, bring_shop

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
    assert (entry.kind, words_of(entry), "Elm" in entry.facts) == ("marked", "1 Elm Street, Cork", False)
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


@pytest.mark.parametrize(
    "address", ["", " \n ", "x" * 1_001, "a\0b", "x", "Elm " * 26, "Elm Street\n" * 11, "1234567890\n" * 9]
)
def test_an_unusable_address_is_refused(address):
    made = order(ship_to="1 Elm Street, Cork")
    with pytest.raises(Refused) as refused:
        changed(made, address)
    assert (refused.value.field, stored(made)) == ("address", "1 Elm Street, Cork")


@pytest.mark.requirement("S20")
@pytest.mark.parametrize("talk", ["+44 20 7946 0958", "anna@shop.example", "www.pay-me.example"])
def test_the_rules_read_the_address_before_the_seller_does(talk):
    made = order(ship_to="1 Elm Street, Cork")
    with pytest.raises(Refused) as refused:
        changed(made, f"{NEW}\n{talk}")
    assert (refused.value.code, refused.value.field) == ("findings", "address")
    assert (talk in refused.value.sentence, stored(made)) == (True, "1 Elm Street, Cork")
    assert not RecordEntry.objects.filter(chain=made.public_id).exists()


OLD = "Bea\nOld Street 1\n10115 Berlin"


@pytest.mark.parametrize("live", [True, False])
def test_the_next_file_of_the_shop_does_not_put_the_old_address_back(live):
    marketplace(slug="north")
    bring_shop()
    rows = [{**ORDER, "external_id": external_id, "ship_to": OLD} for external_id in ("W-1", "W-2")]
    bring("orders", rows, live=live)
    changed(Order.objects.get(external_id="W-1"))
    assert bring("orders", rows, live=live).counts == (0, 2, 0)

    assert bring("orders", [{**row, "ship_to": "Bea\nLate Street 3"} for row in rows], live=live).counts == (1, 1, 0)
    assert [one.ship_to for one in Order.objects.order_by("external_id")] == [NEW, "Bea\nLate Street 3"]
