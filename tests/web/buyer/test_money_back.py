"""A buyer sees the parcels and the refunds of an order on its page (S57)."""

import pytest

from comity.ledger.models import Journal
from comity.ledger.services.books import Move, book
from comity.orders.services.adjusting import Change, Part, adjust
from comity.orders.services.results import only
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db


def give_back(order, amount, reference):
    change = Change(order.number, "GeneralAdjustment", (Part("1", "Principal", amount),), reference)
    only(adjust(order.seller, [change], source="comity", actor="", now=NOW))


def page(shop, order):
    return shop.get(f"orders/{order.public_id}/").content.decode()


@pytest.mark.requirement("S57")
def test_parcels_and_refunds_stand_on_the_page_of_the_order(shop):
    order = factories.order(shop.buyer, shop.seller)
    assert "Money back" not in page(shop, order)
    give_back(order, 450, "a-1")
    assert "you do not have to pay" in page(shop, order)
    parcel = factories.shipment(order)
    order.payable.refresh_from_db()
    book([Move(order.payable, Journal.Kind.CAPTURE, 2_000, parcel.public_id)], now=NOW)
    give_back(order, 700, "a-2")
    shown = page(shop, order)
    for words in (parcel.tracking_number, "€4.50", "€7.00"):
        assert words in shown
