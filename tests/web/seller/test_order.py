"""The seller's page of one order."""

from tests import factories
from tests.web.desk.shop import signed_in


def test_items_parcels_and_the_waiting_buyer(shop, desk, client):
    factories.shipment(desk.order, tracking_number="JVGL0611223344")

    shown = client.get(shop.at(f"orders/{desk.order.public_id}/")).content.decode()

    assert desk.order.lines.get().title in shown
    assert "€24.50" in shown
    assert "JVGL0611223344" in shown
    assert "waits for an answer" in shown
    assert f"inbox/{desk.conversation.public_id}/#newest" in shown


def test_an_order_without_conversation(shop, client):
    order = factories.order(factories.buyer(shop.market), shop.seller)

    shown = client.get(shop.at(f"orders/{order.number}/")).content.decode()

    assert "Nothing has been shipped yet" in shown
    assert "not shipped" in client.get(shop.at("orders/")).content.decode().lower()
    assert "aid and not shipped" not in shown + client.get(shop.at("orders/")).content.decode()
    assert "waits for an answer" not in shown


def test_another_shops_order_is_missing(shop, desk):
    other = factories.staff(factories.seller(shop.market))
    client = signed_in(other.user)

    address = shop.at(f"orders/{desk.order.public_id}/").replace(shop.seller.public_id, other.seller.public_id)
    assert client.get(address).status_code == 404
