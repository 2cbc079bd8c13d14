"""A shop confirms shipments on its pages: all or some pieces, one order or many, corrected, and printed."""

import re
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest

from comity.accounts.models import Marketplace
from comity.common.models import OutboxEvent
from comity.orders.models import Order, Shipment, ShipmentLine
from comity.orders.selectors.orders import shipments_of
from comity.orders.services.cancel_requests import call_off
from comity.orders.services.scanning import Scan, take_scans
from comity.web.order_story import story
from tests import factories
from tests.factories import NOW
from tests.orders.shipping import UPS, charged, parcel, purchase, ship, state
from tests.web.buyer.shop import words
from tests.web.desk.shop import signed_in
from tests.web.pages import errors_of, untied

DAY, TODAY = "2026-11-01", "2026-11-02"
TYPED = {"carrier": "UPS", "service": "Express", "tracking": UPS, "shipped_on": DAY}


@pytest.fixture(autouse=True)
def now(monkeypatch):
    monkeypatch.setattr("comity.common.clock.now", lambda: NOW)


@pytest.fixture
def order(shop):
    shop.seller.time_zone = "Europe/Berlin"
    shop.seller.save()
    return purchase(shop.seller, ship_to="Bea\n1 Lamp Street")


def page(client, shop, order, *rest):
    return client.get(shop.at("/".join(["orders", order.public_id, *rest, ""])))


def send(client, shop, order, *rest, key="form_1", **typed):
    return client.post(shop.at("/".join(["orders", order.public_id, *rest, ""])), {**TYPED, "key": key, **typed})


@pytest.mark.requirement("S59")
def test_the_form_suggests_everything_and_a_press_ships_it(shop, order, client):
    shown = page(client, shop, order, "ship").content.decode()
    assert 'name="pieces_0" value="2"' in shown
    assert '<option value="Royal Mail">' in shown
    answer = send(client, shop, order, "ship", pieces_0=2, pieces_1=1)
    assert (answer.status_code, answer["Location"]) == (302, shop.at(f"orders/{order.public_id}/?done=shipped"))
    one = Shipment.objects.get()
    assert (one.shipped_at, one.confirmed_by) == (datetime(2026, 11, 1, 11, tzinfo=UTC), shop.owner.user.public_id)
    assert (state(order), charged(order)) == ("shipped", [("capture", 3_300)])


@pytest.mark.requirement("S10", "C1")
@pytest.mark.parametrize(("rulebook", "told"), [("open-marketplace", True), ("amazon-2018-10", False)])
def test_where_the_shop_tells_the_buyer_itself_its_pages_say_so_and_where(shop, order, client, rulebook, told):
    Marketplace.objects.filter(pk=shop.market.pk).update(rulebook=rulebook)
    before = words(page(client, shop, order, "ship"))
    assert ("The buyer is charged for it and told how to follow it" in before) == told
    assert ("How to follow it you tell them then: nobody else does." in before) == (not told)
    sent = client.get(send(client, shop, order, "ship", pieces_0=2, pieces_1=1)["Location"])
    form = shop.at(f"orders/{order.public_id}/contact/confirm_shipment/")
    assert ("Confirmed. The buyer is told how to follow the parcel." in words(sent)) == told
    assert ("Confirmed. Now tell the buyer how to follow the parcel: nobody else does." in words(sent)) == (not told)
    assert (f'<a class="small" href="{form}">Write to the buyer</a>' in sent.content.decode()) == (not told)

    place = ("shipments", Shipment.objects.get().public_id)
    assert ("Nobody tells the buyer: write to them" in words(page(client, shop, order, *place))) == (not told)
    corrected = words(client.get(send(client, shop, order, *place, service="Standard")["Location"]))
    assert ("Corrected. The buyer is told." in corrected) == told
    assert ("Corrected. Nobody tells the buyer: write to them if they should know." in corrected) == (not told)


def test_a_number_is_taken_as_it_stands_on_its_label(shop, order, client):
    typed = {"carrier": "DHL", "tracking": "JVGL 06 1234 5678 9012"}
    answer = send(client, shop, order, "ship", pieces_0=2, pieces_1=1, **typed)
    assert (answer.status_code, answer["Location"]) == (302, shop.at(f"orders/{order.public_id}/?done=shipped"))
    assert Shipment.objects.get().tracking_number == "JVGL06123456789012"


def test_some_pieces_are_a_parcel_of_their_own(shop, order, client):
    send(client, shop, order, "ship", pieces_0=1, pieces_1=0)
    assert (state(order), ShipmentLine.objects.get().quantity) == ("partially_shipped", 1)
    shown = page(client, shop, order, "ship").content.decode()
    assert 'name="pieces_0" value="1"' in shown


def test_a_colleague_who_confirms_pieces_meanwhile_is_seen(shop, order, client):
    seen = re.search(r'name="seen" value="(\d+)"', page(client, shop, order, "ship").content.decode())[1]
    assert send(client, shop, order, "ship", seen=seen, pieces_0=1, pieces_1=0).status_code == 302
    answer = send(client, shop, order, "ship", key="form_2", seen=seen, pieces_0=1, pieces_1=0, tracking="")
    shown = answer.content.decode()
    assert (answer.status_code, Shipment.objects.count()) == (422, 1)
    assert "2 pieces are left to send, not 3 as when you opened this page" in shown
    now = re.search(r'name="seen" value="(\d+)"', shown)[1]
    assert send(client, shop, order, "ship", key="form_2", seen=now, pieces_0=1, pieces_1=0).status_code == 302


@pytest.fixture
def running(monkeypatch):
    """Every look at the clock is a second later than the one before."""
    seconds = count()
    monkeypatch.setattr("comity.common.clock.now", lambda: NOW + timedelta(seconds=next(seconds)))


def told():
    return list(OutboxEvent.objects.filter(name__startswith="shipment.").values_list("name", flat=True))


@pytest.mark.parametrize("sent", [(1, 0), (2, 0), (2, 1)])
def test_the_same_form_twice_is_one_parcel(shop, order, client, running, sent):
    first, again = (
        send(client, shop, order, "ship", pieces_0=sent[0], pieces_1=sent[1], shipped_on=TODAY) for _ in range(2)
    )
    assert (first.status_code, again.status_code, again["Location"]) == (302, 302, first["Location"])
    one = Shipment.objects.get()
    assert (sum(one.lines.values_list("quantity", flat=True)), one.corrected_at) == (sum(sent), None)
    assert (len(charged(order)), told()) == (1, ["shipment.confirmed"])


def test_the_same_form_with_other_content_is_refused(shop, order, client, running):
    send(client, shop, order, "ship", pieces_0=1, pieces_1=0)
    answer = send(client, shop, order, "ship", pieces_0=1, pieces_1=1)
    assert (answer.status_code, "already been sent with other content" in answer.content.decode()) == (422, True)
    assert (Shipment.objects.count(), told()) == (1, ["shipment.confirmed"])


def test_a_page_that_is_older_than_a_colleagues_parcel_ships_no_other_line(shop, order, client):
    page(client, shop, order, "ship")
    ship(shop.seller, parcel(order, ("1", 2)))
    answer = send(client, shop, order, "ship", pieces_0=1, pieces_1=0)
    shown = answer.content.decode()
    assert (answer.status_code, "enter 0" in errors_of(shown, "pieces_0"), untied(shown)) == (422, True, [])
    assert (Shipment.objects.count(), charged(order)) == (1, [("capture", 2_000)])
    assert send(client, shop, order, "ship", pieces_0=0, pieces_1=1).status_code == 302
    assert [one.line.external_id for one in Shipment.objects.latest("id").lines.all()] == ["2"]


def test_a_correction_of_the_same_day_keeps_the_moment(shop, order, client, running):
    send(client, shop, order, "ship", pieces_0=2, pieces_1=1, shipped_on=TODAY)
    one = Shipment.objects.get()
    send(client, shop, order, "shipments", one.public_id, shipped_on=TODAY)
    assert (Shipment.objects.get().shipped_at, told()) == (one.shipped_at, ["shipment.confirmed"])
    send(client, shop, order, "shipments", one.public_id, shipped_on=TODAY, tracking="1Z999AA10123456783")
    assert (Shipment.objects.get().shipped_at, told()) == (one.shipped_at, ["shipment.confirmed", "shipment.corrected"])


@pytest.mark.parametrize(
    ("typed", "field", "words"),
    [
        ({"pieces_0": "3"}, "pieces_0", "from 0 to 2"),
        ({"pieces_0": "-1"}, "pieces_0", "from 0 to 2"),
        ({"pieces_0": "many"}, "pieces_0", "from 0 to 2"),
        ({"carrier": ""}, "carrier", "Say who carries it"),
        ({"carrier": "Other"}, "carrier", "Say who carries it"),
        ({"carrier": "www.shop.example"}, "carrier", "no carrier"),
        ({"tracking": "call me"}, "tracking", "letters A to Z"),
        ({"carrier": "Northline Post", "tracking": "call 020 7946 0958 for it"}, "tracking", "no words"),
        ({"shipped_on": "31.02."}, "shipped_on", "no day"),
        ({"shipped_on": "2026-11-03"}, "shipped_on", "future"),
        ({"shipped_on": "2026-10-01"}, "shipped_on", "cannot have left before"),
    ],
)
def test_what_cannot_be_is_said_beside_its_field_and_nothing_typed_is_lost(shop, order, client, typed, field, words):
    answer = send(client, shop, order, "ship", **{"pieces_0": "2", "pieces_1": "1", **typed})
    shown = answer.content.decode()
    assert (answer.status_code, words in errors_of(shown, field), untied(shown)) == (422, True, [])
    assert 'value="Express"' in shown
    assert (state(order), Shipment.objects.count()) == ("unshipped", 0)


def test_a_parcel_with_nothing_in_it_is_none(shop, order, client):
    answer = send(client, shop, order, "ship", pieces_0=0, pieces_1=0)
    assert (answer.status_code, "how many pieces" in answer.content.decode()) == (422, True)
    assert Shipment.objects.count() == 0


def test_what_somebody_else_sent_meanwhile_is_said(shop, order, client):
    page(client, shop, order, "ship")
    ship(shop.seller, parcel(order))
    answer = send(client, shop, order, "ship", pieces_0=2, pieces_1=1)
    assert (answer.status_code, "confirmed already" in answer.content.decode()) == (422, True)
    assert Shipment.objects.count() == 1


def test_an_odd_number_is_taken_and_shown_for_a_second_look(shop, order, client):
    answer = send(client, shop, order, "ship", pieces_0=2, pieces_1=1, tracking="12345")
    one = Shipment.objects.get()
    assert answer["Location"] == shop.at(f"orders/{order.public_id}/shipments/{one.public_id}/")
    assert "does not look like one" in client.get(answer["Location"]).content.decode()


@pytest.mark.requirement("S31")
def test_a_parcel_is_corrected_and_nothing_is_charged_again(shop, order, client):
    ship(shop.seller, parcel(order))
    one = Shipment.objects.get()
    shown = page(client, shop, order, "shipments", one.public_id).content.decode()
    assert (f'value="{UPS}"' in shown, f'value="{DAY}"' in shown) == (True, True)
    answer = send(client, shop, order, "shipments", one.public_id, carrier="Parcelway", tracking="pw 1")
    one.refresh_from_db()
    assert (answer.status_code, one.carrier, one.tracking_number) == (302, "Parcelway", "PW1")
    assert (one.shipped_at, charged(order)) == (NOW - timedelta(days=1), [("capture", 3_300)])


def test_a_correction_that_changes_nothing_is_not_said_to_be_told(shop, order, client):
    send(client, shop, order, "ship", pieces_0=2, pieces_1=1)
    answer = send(client, shop, order, "shipments", Shipment.objects.get().public_id)
    assert (answer.status_code, answer["Location"]) == (302, shop.at(f"orders/{order.public_id}/"))
    assert not OutboxEvent.objects.filter(name="shipment.corrected").exists()


def test_each_entry_keeps_the_number_it_was_about(shop, order, client):
    ship(shop.seller, parcel(order))
    take_scans(order.marketplace, [Scan("UPS", UPS, "returned", NOW)], source="ups", now=NOW)
    ship(shop.seller, parcel(order, tracking="1Z999AA10123456799"))
    ship(shop.seller, parcel(order, tracking="T2", carrier="DHL", service=""))
    steps = story(order, shipments_of(order), [], reader="buyer", now=NOW)
    assert [(one["what"], one["code"], one["detail"]) for one in steps if "code" in one] == [
        ("Shipped", UPS, "UPS, Standard"),
        ("A parcel went back to the seller", UPS, "UPS, Standard"),
        ("Tracking was corrected", "1Z999AA10123456799", "UPS, Standard"),
        ("Tracking was corrected", "T2", "DHL"),
    ]
    assert "back with its sender" not in page(client, shop, order).content.decode()


def test_what_has_arrived_cannot_be_corrected(shop, order, client):
    ship(shop.seller, parcel(order))
    one = Shipment.objects.get()
    Shipment.objects.update(delivered_at=NOW)
    assert (
        "What was said of this parcel stays" in page(client, shop, order, "shipments", one.public_id).content.decode()
    )
    answer = send(client, shop, order, "shipments", one.public_id, tracking="T1234567890")
    assert (answer.status_code, Shipment.objects.get().tracking_number) == (422, UPS)


@pytest.mark.requirement("S57")
def test_both_sides_follow_a_parcel_through_the_table_of_carriers(shop, order, client):
    ship(shop.seller, parcel(order), parcel(order, ("1", 1), carrier="Parcelway", reference="P-2"))
    link = f'href="https://www.ups.com/track?tracknum={UPS}"'
    assert link in page(client, shop, order).content.decode()
    theirs = signed_in(order.buyer.user).get(f"/{shop.market.slug}/orders/{order.public_id}/").content.decode()
    assert (link in theirs, "nothing yet" in theirs, "Expected by" in theirs) == (True, True, True)
    Shipment.objects.update(carrier="Parcelway", refused_at=NOW)
    theirs = signed_in(order.buyer.user).get(f"/{shop.market.slug}/orders/{order.public_id}/").content.decode()
    assert (UPS in theirs, "https://www.ups" in theirs, "refused" in theirs) == (True, False, True)


@pytest.mark.requirement("S65")
def test_the_packing_slip_has_order_address_and_pieces_and_no_prices(shop, order, client):
    shown = page(client, shop, order, "packing-slip").content.decode()
    assert (order.number in shown, "1 Lamp Street" in shown, ">2</td>" in shown) == (True, True, True)
    assert not re.search(r"€|10\.00|33\.00", shown)


def test_the_day_on_the_slip_is_that_of_its_reader(shop, order, client):
    Order.objects.filter(pk=order.pk).update(placed_at=datetime(2026, 10, 28, 23, 30, tzinfo=UTC))
    shop.owner.user.time_zone = "Europe/Berlin"
    shop.owner.user.save()
    assert "placed 29 October 2026 on" in page(client, shop, order, "packing-slip").content.decode()


def test_a_slip_of_one_parcel_has_what_is_in_it(shop, order, client):
    ship(shop.seller, parcel(order, ("2", 1)))
    one = Shipment.objects.get()
    address = shop.at(f"orders/{order.public_id}/packing-slip/?shipment={one.public_id}")
    assert re.findall(r'num">(\d)</td>', client.get(address).content.decode()) == ["1"]
    assert re.findall(r'num">(\d)</td>', page(client, shop, order, "packing-slip").content.decode()) == ["2"]
    assert client.get(shop.at(f"orders/{order.public_id}/packing-slip/?shipment=shp_x%00")).status_code == 404


def many(client, shop, *orders, **typed):
    data = {"order": [one.public_id for one in orders]}
    for one in orders:
        data |= {f"{one.public_id}-{name}": value for name, value in {**TYPED, "key": "form_1", **typed}.items()}
    return client.post(shop.at("orders/confirm/"), data)


def test_many_orders_are_confirmed_by_one_press(shop, order, client):
    other, third = purchase(shop.seller), purchase(shop.seller)
    shown = client.get(shop.at("orders/confirm/")).content.decode()
    assert all(one.number in shown for one in (order, other, third))
    answer = many(client, shop, order, other)
    assert (answer.status_code, answer["Location"]) == (
        302,
        shop.at(f"orders/confirm/?done={order.number},{other.number}"),
    )
    shown = client.get(answer["Location"]).content.decode()
    assert shown.count(f"{order.number}</a>") == shown.count(f"{other.number}</a>") == 1
    assert [state(one) for one in (order, other, third)] == ["shipped", "shipped", "unshipped"]
    assert many(client, shop, order, other).status_code == 302
    assert charged(order) == [("capture", 3_300)]


def test_many_twice_tells_each_buyer_once(shop, order, client, running):
    other = purchase(shop.seller)
    for _ in range(2):
        assert "?done=" in many(client, shop, order, other, shipped_on=TODAY)["Location"]
    assert (told(), Shipment.objects.filter(corrected_at=None).count()) == (["shipment.confirmed"] * 2, 2)


def test_what_a_colleague_confirmed_meanwhile_is_said_with_a_link_and_what_is_here_stays_below(shop, order, client):
    other = purchase(shop.seller)
    ship(shop.seller, parcel(order))
    answer = many(client, shop, order, other, key="form_2", tracking="call me")
    shown = answer.content.decode()
    link = f'<a class="code" href="{shop.at(f"orders/{order.public_id}/")}">{order.number}</a>'
    assert f"Not confirmed:</b> {link}. A tracking number has" in shown
    shown = many(client, shop, order, key="form_2").content.decode()
    assert f"Not confirmed:</b> {link}. Everything of this order is confirmed already, since 2 November 2026" in shown
    assert (answer.status_code, f"#row-{order.public_id}" in shown, Shipment.objects.count()) == (422, False, 1)


def test_a_name_that_no_order_can_have_is_passed_over(shop, order, client):
    answer = client.post(shop.at("orders/confirm/"), {"order": "ord_\0"})
    assert (answer.status_code, "Tick the orders" in answer.content.decode()) == (422, True)


def test_the_good_ones_are_done_and_the_others_stay_as_they_were_typed(shop, order, client):
    other = purchase(shop.seller)
    data = {"order": [order.public_id, other.public_id]}
    for one, tracking in ((order, "call me"), (other, UPS)):
        data |= {
            f"{one.public_id}-{name}": value for name, value in {**TYPED, "key": "k", "tracking": tracking}.items()
        }
    answer = client.post(shop.at("orders/confirm/"), data)
    shown = answer.content.decode()
    assert (answer.status_code, state(order), state(other)) == (422, "unshipped", "shipped")
    assert (f"{other.number}</a>" in shown, 'value="call me"' in shown, untied(shown)) == (True, True, [])
    assert f'Not confirmed, see below:</b> <a class="code" href="#row-{order.public_id}">{order.number}</a>' in shown
    assert f'id="row-{order.public_id}"' in shown
    assert "A tracking number has letters A to Z" in shown


def test_an_odd_number_is_asked_for_once_more_and_taken_as_it_is_then(shop, order, client):
    asked = many(client, shop, order, carrier="DHL", tracking="XX1")
    assert (asked.status_code, state(order)) == (422, "unshipped")
    assert "Correct it, or confirm once more" in asked.content.decode()
    sure = re.search(r'-sure" value="([^"]+)"', asked.content.decode())[1]
    assert many(client, shop, order, carrier="DHL", tracking="XX2", sure=sure).status_code == 422
    assert many(client, shop, order, carrier="DHL", tracking="XX1", sure=sure).status_code == 302
    assert Shipment.objects.get().tracking_number == "XX1"


def test_what_may_be_dialled_is_asked_for_once_more_whoever_carries_it(shop, order, client):
    asked = many(client, shop, order, carrier="Northline Post", tracking="020 7946 0958")
    assert "This does not look like a number of Northline Post." in asked.content.decode()
    words = many(client, shop, order, carrier="Northline Post", tracking="call 020 7946 0958 for it")
    assert "no words and no blanks" in words.content.decode()
    assert (asked.status_code, words.status_code, state(order)) == (422, 422, "unshipped")


def test_carrier_and_day_are_typed_once_for_all_that_are_ticked(shop, order, client):
    other = purchase(shop.seller)
    data = {"tick": "all", "all-carrier": "DHL", f"{other.public_id}-carrier": "UPS"}
    shown = client.post(shop.at("orders/confirm/"), data)
    assert (shown.status_code, shown.content.decode().count(" checked>"), state(order)) == (200, 2, "unshipped")
    assert 'value="UPS"' in shown.content.decode()
    data |= {"order": [order.public_id, other.public_id], "all-shipped_on": TYPED["shipped_on"]}
    data |= {f"{one.public_id}-key": f"form_{one.pk}" for one in (order, other)}
    del data["tick"]
    assert client.post(shop.at("orders/confirm/"), data).status_code == 302
    assert [one.carrier for one in Shipment.objects.order_by("order")] == ["DHL", "UPS"]


def test_who_asks_to_cancel_is_marked_and_not_ticked_with_all(shop, order, client):
    other = purchase(shop.seller)
    call_off(order=order, buyer=order.buyer, reason="Bought twice.", now=NOW + timedelta(days=1))
    shown = client.post(shop.at("orders/confirm/"), {"tick": "all"}).content.decode()
    assert re.findall(r'value="(ord_\w+)" checked', shown) == [other.public_id]
    assert [page.count("uyer asks to cancel") for page in (shown, client.get(shop.at("orders/")).content.decode())] == [
        1,
        1,
    ]


def test_of_a_partly_shipped_order_what_is_left_stands_there(shop, order, client):
    send(client, shop, order, "ship", pieces_0=1, pieces_1=1)
    shown = client.get(shop.at("orders/confirm/")).content.decode()
    first, second = order.lines.order_by("id")
    assert (f"1 × <bdi>{first.title}</bdi>" in shown, second.title in shown) == (True, False)


def test_nothing_ticked_is_said_and_what_was_typed_stays(shop, order, client):
    answer = client.post(shop.at("orders/confirm/"), {f"{order.public_id}-tracking": "PW77"})
    assert (answer.status_code, f"Filled in and not ticked: {order.number}" in answer.content.decode()) == (422, True)
    assert 'value="PW77"' in answer.content.decode()


def test_what_is_filled_in_and_not_ticked_is_said_and_stays(shop, order, client):
    other = purchase(shop.seller)
    data = {f"{order.public_id}-{name}": value for name, value in {**TYPED, "key": "form_1"}.items()}
    answer = client.post(
        shop.at("orders/confirm/"), data | {"order": order.public_id, f"{other.public_id}-tracking": "PW77"}
    )
    shown = answer.content.decode()
    assert (answer.status_code, state(order), state(other)) == (422, "shipped", "unshipped")
    assert f"Filled in and not ticked: {other.number}." in shown
    assert ('value="PW77"' in shown, f"{order.number}</a>" in shown) == (True, True)


def test_another_shops_order_is_not_there(shop, order, client):
    other = purchase(factories.seller(shop.market))
    assert many(client, shop, other).status_code == 422
    assert page(client, shop, other, "ship").status_code == 404
    assert (send(client, shop, other, "ship", pieces_0=2).status_code, state(other)) == (404, "unshipped")
    ship(other.seller, parcel(other))
    foreign = Shipment.objects.get(order=other)
    assert page(client, shop, order, "shipments", foreign.public_id).status_code == 404


def test_who_only_reads_ships_nothing(shop, order):
    reader = signed_in(factories.staff(shop.seller, role="read_only").user)
    assert "An owner or agent" in page(reader, shop, order, "ship").content.decode()
    assert send(reader, shop, order, "ship", pieces_0=2, pieces_1=1).status_code == 422
    assert many(reader, shop, order).status_code == 422
    assert state(order) == "unshipped"


@pytest.mark.requirement("S36")
def test_what_the_marketplace_ships_has_no_button_here(shop, client):
    theirs = purchase(shop.seller, fulfilment="marketplace")
    assert "Confirm a shipment" not in page(client, shop, theirs).content.decode()
    answer = send(client, shop, theirs, "ship", pieces_0=2, pieces_1=1)
    assert (answer.status_code, "The marketplace ships this order" in answer.content.decode()) == (422, True)


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_of_many_takes_as_many_questions_for_one_as_for_three(shop, client, django_assert_num_queries, count):
    for _ in range(count):
        purchase(shop.seller)
    with django_assert_num_queries(12):
        assert client.get(shop.at("orders/confirm/")).status_code == 200
