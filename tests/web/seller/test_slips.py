"""The paper in the box: a page and a PDF, of one order or of many."""

import io

import pytest
from pypdf import PdfReader

from comity.orders.models import Order, OrderLine, Shipment, ShipmentLine
from comity.orders.services.adjusting import Change, Part, adjust
from tests import factories
from tests.factories import NOW
from tests.orders.shipping import UPS, parcel, purchase, ship

BY = {"source": "page", "actor": "usr_1", "now": NOW}
TO = "Žofie Łukasiewicz\n1 Lamp Street\nΑθήνα"


@pytest.fixture(autouse=True)
def now(monkeypatch):
    monkeypatch.setattr("comity.common.clock.now", lambda: NOW)


@pytest.fixture
def order(shop):
    return purchase(shop.seller, ship_to=TO)


def pages(answer):
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    return [page.extract_text() for page in PdfReader(io.BytesIO(answer.content)).pages]


def pdf(client, shop, order, query=""):
    return client.get(shop.at(f"orders/{order.public_id}/packing-slip/pdf/{query}"))


def many(client, shop, *orders, **typed):
    return client.post(shop.at("orders/packing-slips/"), {"order": [one.public_id for one in orders], **typed})


def expected(shop, order, *rows, above=(), below=()):
    """What stands on a slip, word for word."""
    market = shop.market.name
    head = ["Packing slip", f"Order {order.number}, placed 29 October 2026 on {market}", *above]
    foot = f"Questions about this order, or something to send back? Write to us from the order’s page on {market}."
    sent = ["Sold by", shop.seller.name, "To", *order.ship_to.split("\n"), *below]
    words = " ".join([*head, *sent, "Item SKU Pieces", *rows, foot, f"Order {order.number}"])
    return words.split()


@pytest.mark.requirement("S65")
def test_the_pdf_says_what_is_sent_to_whom_and_no_price(shop, order, client):
    answer = pdf(client, shop, order)
    (page,) = pages(answer)
    line = order.lines.first()
    assert page.split() == expected(shop, order, f"{line.title} {line.sku} 2", "Lamp 2 L 1")
    assert answer["Content-Disposition"] == f'attachment; filename="packing-slip-{order.number}.pdf"'


def test_a_parcel_is_counted_once_all_have_left(shop, order, client):
    ship(shop.seller, parcel(order, ("2", 1)))
    first = Shipment.objects.get()
    where, sent = f"?shipment={first.public_id}", ("Carrier", f"UPS, {UPS}")
    title = f"{order.lines.first().title} {order.lines.first().sku} 2"
    assert pages(pdf(client, shop, order))[0].split() == expected(shop, order, title, above=["Parcel 2 of 2"])
    assert pages(pdf(client, shop, order, where))[0].split() == expected(
        shop, order, "Lamp 2 L 1", above=["Parcel 1"], below=sent
    )
    ship(shop.seller, parcel(order, reference="P-2"))
    assert "Parcel 1 of 2" in pages(pdf(client, shop, order, where))[0]
    shown = client.get(shop.at(f"orders/{order.public_id}/packing-slip/{where}")).content.decode()
    assert "<b>Parcel 1 of 2</b>" in shown


def test_what_was_given_up_is_not_on_the_slip(shop, order, client):
    ship(shop.seller, parcel(order, ("1", 2)))
    whole = Part("2", "Principal", 1000)
    (result,) = adjust(shop.seller, [Change(order.public_id, "NoInventory", (whole,), "n1")], **BY)
    assert (result.faults, Order.objects.get(pk=order.pk).status) == ((), "unfulfillable")
    line = order.lines.first()
    (page,) = pages(pdf(client, shop, order))
    rows = page.split("Pieces")[1].split("Questions")[0]
    assert rows.split() == f"{line.title} {line.sku} 2".split()


def test_of_parcels_that_do_not_say_what_is_in_them_the_slip_has_the_whole_order(shop, order, client):
    ship(shop.seller, parcel(order))
    ShipmentLine.objects.all().delete()
    line = order.lines.first()
    assert pages(pdf(client, shop, order))[0].split() == expected(
        shop, order, f"{line.title} {line.sku} 2", "Lamp 2 L 1"
    )


@pytest.mark.parametrize("title", ["花瓶", "אגרטל", "कप", "Vase 🏺", "m\u0302ug"])
def test_what_the_typeface_cannot_show_goes_to_the_page_that_a_browser_prints(shop, order, client, title):
    order.lines.update(title=title)
    answer = pdf(client, shop, order)
    shown = answer.content.decode()
    assert (answer.status_code, "Print this page with your browser instead" in shown, title in shown) == (
        422,
        True,
        True,
    )
    assert 'href="' + shop.at(f"orders/{order.public_id}/packing-slip/pdf/") not in shown


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        ("Vase {nb}", "Vase {nb}"),
        ("e\u0301\u200btui\u2028\nrot", "étui rot"),
        ("\x07a\u00a0b", "a b"),
        ("**a** <b>", "**a** <b>"),
    ],
)
def test_words_stand_as_they_are_without_what_is_never_seen(shop, order, client, title, shown):
    OrderLine.objects.filter(order=order, external_id="2").update(title=title)
    assert f"{shown} L 1" in " ".join(pages(pdf(client, shop, order))[0].split())


def test_a_long_order_has_its_number_and_the_heading_on_every_page(shop, order, client):
    OrderLine.objects.bulk_create(
        OrderLine(order=order, external_id=f"x{at}", title=f"Lamp {at}", sku="L", quantity=1, unit_minor=1)
        for at in range(60)
    )
    first, *_, last = pages(pdf(client, shop, order))
    assert f"Order {order.number}, page 3" in last.replace("\n", " ")
    assert ("Item" in last, "Lamp 59" in last, "Lamp 59" in first) == (True, True, False)


def test_slips_of_many_orders_are_one_file(shop, order, client):
    other = purchase(shop.seller, ship_to="2 Mill Lane")
    answer = many(client, shop, order, other)
    first, second = pages(answer)
    assert answer["Content-Disposition"] == 'attachment; filename="packing-slips-2026-11-02.pdf"'
    assert (f"Order {order.number}" in first, other.number in first) == (True, False)
    assert (f"Order {other.number}" in second, order.number in second) == (True, False)


def test_without_all_characters_of_all_there_is_no_file_and_nothing_typed_is_lost(shop, order, client):
    other = purchase(shop.seller)
    other.lines.update(title="花瓶")
    answer = many(client, shop, order, other, **{f"{order.public_id}-tracking": "PW77"})
    shown = answer.content.decode()
    assert (answer.status_code, f"all characters of {other.number}." in shown) == (422, True)
    assert ('value="PW77"' in shown, shown.count(" checked>")) == (True, 2)


def test_nothing_ticked_and_too_much_are_said(shop, order, client):
    assert "Tick the orders whose packing slips" in many(client, shop).content.decode()
    answer = client.post(shop.at("orders/packing-slips/"), {"order": [order.public_id, *map(str, range(100))]})
    assert (answer.status_code, "Up to 100 slips" in answer.content.decode()) == (422, True)


def test_another_shops_order_is_not_there(shop, order, client):
    other = purchase(factories.seller(shop.market))
    assert pdf(client, shop, other).status_code == 404
    assert "Tick the orders" in many(client, shop, other).content.decode()
    ship(other.seller, parcel(other))
    assert pdf(client, shop, order, f"?shipment={Shipment.objects.get().public_id}").status_code == 404


@pytest.mark.parametrize("lines", [1, 3])
def test_a_slip_takes_as_many_queries_for_one_line_as_for_three(shop, client, lines, django_assert_num_queries):
    order = purchase(shop.seller, pieces=(1,) * lines)
    pdf(client, shop, order)
    with django_assert_num_queries(9):
        assert pages(pdf(client, shop, order))


@pytest.mark.parametrize("orders", [1, 3])
def test_many_slips_take_as_many_queries_as_one(shop, client, orders, django_assert_num_queries):
    made = [purchase(shop.seller) for _ in range(orders)]
    many(client, shop, *made)
    with django_assert_num_queries(9):
        assert len(pages(many(client, shop, *made))) == orders


@pytest.mark.parametrize(
    "fields", [{"fulfilment": "marketplace"}, {"status": "cancelled"}, {"status": "unfulfillable"}]
)
def test_what_the_shop_does_not_send_has_no_address(shop, client, fields):
    order = purchase(shop.seller, ship_to=TO, **fields)
    for page in ("", "ship/", "packing-slip/"):
        answer = client.get(shop.at(f"orders/{order.public_id}/{page}"))
        assert (answer.status_code, "Lamp Street" in answer.content.decode()) == (200, False)
    (page,) = pages(pdf(client, shop, order))
    assert (f"To {order.buyer.name}" in " ".join(page.split()), "Lamp Street" in page) == (True, False)


def test_the_page_that_asks_for_ticks_confirms_shipments_and_turns_its_pages(shop, client):
    for _ in range(21):
        purchase(shop.seller)
    refused = client.post(shop.at("orders/packing-slips/?page=2"), {})
    shown, there = refused.content.decode(), shop.at("orders/confirm/")
    assert (refused.status_code, refused.context["problem"]) == (422, "Tick the orders whose packing slips you want.")
    assert f'<form method="post" action="{there}?page=2"' in shown
    assert f'formaction="{shop.at("orders/packing-slips/")}?page=2"' in shown
    assert f'<a href="{there}?page=1" rel="prev">' in shown


def test_the_address_of_the_slips_opened_again_leads_to_where_orders_are_ticked(shop, order, client):
    answer = client.get(shop.at("orders/packing-slips/"))
    assert (answer.status_code, answer["Location"]) == (302, shop.at("orders/confirm/"))
