"""A shop's pages of an order that has not left: the list by deadline, what is on record, what may be said."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from comity.accounts.models import Marketplace, Staff
from comity.messaging.services.search import index_buyers, index_orders
from comity.orders.models import CancelRequest, DelayNotice, Order
from comity.orders.services.adjusting import Change, adjust, full_adjustment
from comity.orders.services.cancel_requests import call_off
from comity.orders.services.deadlines import start_ship_deadlines
from comity.orders.services.delaying import choose, tell_delay
from comity.orders.services.overdue import watch_ship_deadlines
from comity.orders.services.results import only
from tests import factories
from tests.factories import NOW
from tests.orders.shipping import parcel, purchase, ship
from tests.web.desk.shop import signed_in

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
WHY = "The kiln cooled down, so the lamps are fired again."
FRIDAY = "2026-11-06"


@pytest.fixture
def order(shop, clock_at):
    """Placed an hour ago, to leave within two days."""
    clock_at(NOW)
    return placed(shop)


def placed(shop, **fields):
    at = fields.pop("placed_at", NOW - HOUR)
    made = shop.another(placed_at=at, **fields).order
    start_ship_deadlines([made], now=at)
    return Order.objects.select_related("seller", "marketplace", "buyer__user").get(pk=made.pk)


def words(response):
    page = re.sub(r"<(script|style|head)\b.*?</\1>", " ", response.content.decode(), flags=re.DOTALL)
    return unescape(" ".join(re.sub(r"<[^>]+>", " ", page).split()))


def post(client, shop, order, page, **fields):
    return client.post(shop.at(f"orders/{order.public_id}/{page}/"), {"key": "k-1", **fields})


def get(client, shop, order, page=""):
    return client.get(shop.at(f"orders/{order.public_id}/{page}"))


def test_orders_to_ship_have_late_ones_on_top_with_their_time(shop, client, clock_at):
    clock_at(NOW)
    soon, late = placed(shop), placed(shop, placed_at=NOW - 3 * DAY)
    shown = client.get(shop.at("orders/?status=to_ship"))
    assert re.findall(r'class="code">(305-[\d-]+)', shown.content.decode()) == [late.number, soon.number]
    assert "24 h over" in words(shown)
    assert "47 h left" in words(shown)
    only_late = client.get(shop.at("orders/?status=late")).content.decode()
    assert re.findall(r'class="code">(305-[\d-]+)', only_late) == [late.number]


def test_orders_whose_buyers_asked_to_cancel_are_found(shop, order, client):
    placed(shop)
    call_off(order=order, buyer=order.buyer, now=NOW)
    shown = client.get(shop.at("orders/?status=asked")).content.decode()
    assert re.findall(r'class="code">(305-[\d-]+)', shown) == [order.number]


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_to_ship_takes_the_same_queries_however_long(shop, client, clock_at, rows):
    clock_at(NOW)
    for _ in range(rows):
        placed(shop)
    with CaptureQueriesContext(connection) as queries:
        client.get(shop.at("orders/?status=to_ship"))
    # session, user, seat; count, rows, lines, clocks, requests to cancel, counts of the tabs
    assert len(queries) == 9, [query["sql"][:90] for query in queries]


def numbers(shop, client, query):
    return re.findall(r'class="code">(305-[\d-]+)', client.get(shop.at(f"orders/?{query}")).content.decode())


def test_orders_are_found_by_number_buyer_item_day_and_carrier(shop, client, clock_at):
    clock_at(NOW)
    old, new = placed(shop, placed_at=NOW - 3 * DAY), placed(shop)
    factories.shipment(new, carrier="DHL")
    index_orders([old.pk, new.pk])
    index_buyers([old.buyer_id, new.buyer_id])
    found = {
        f"q={old.number}": [old],
        f"q={old.number.split('-')[2]}": [old],
        f"q={new.buyer.name}": [new],
        f"q={old.lines.get().title}": [old],
        "q=nothing+of+this": [],
        "from=2026-11-02": [new],
        "until=2026-11-01": [old],
        "carrier=DHL": [new],
        "carrier=None+such": [new, old],
    }
    assert {query: numbers(shop, client, query) for query in found} == {
        query: [one.number for one in orders] for query, orders in found.items()
    }


def test_a_day_that_is_none_is_said_beside_its_field(shop, order, client):
    refused = client.get(shop.at("orders/?from=soon"))
    assert (refused.status_code, "Write a day as 2026-11-30." in words(refused)) == (422, True)
    assert 'value="soon"' in refused.content.decode()


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("from=2026-11-05&until=2026-11-01", "This day is before “Placed from”: exchange them, or leave one empty."),
        ("carrier=None+such", "No carrier here is called “None such”: choose one of the list."),
        ("status=lost", "There is no status “lost”. All orders are shown; choose one of those above."),
    ],
)
def test_what_cannot_be_asked_for_is_said_and_narrows_nothing(shop, order, client, asked, said):
    refused = client.get(shop.at(f"orders/?{asked}"))
    assert (refused.status_code, said in words(refused), numbers(shop, client, asked)) == (422, True, [order.number])


def test_each_status_says_how_many_there_are_and_whose_parcels_they_are(shop, order, client):
    placed(shop, fulfilment="marketplace")
    shown = words(client.get(shop.at("orders/")))
    assert "All To ship 1 Late 0" in shown
    assert "the marketplace ships it" in shown


@pytest.mark.requirement("S45", "S46")
def test_the_page_tells_all_that_is_on_record(shop, order, client, clock_at):
    call_off(order=order, buyer=order.buyer, reason="Bought twice.", now=NOW)
    told = tell_delay(staff=shop.owner, order=order, ship_on=NOW.date() + 4 * DAY, reason=WHY, now=NOW + HOUR)
    choose(order=order, buyer=order.buyer, notice_id=told.public_id, choice="keep", now=NOW + 2 * HOUR)
    watch_ship_deadlines(NOW + 6 * DAY)
    clock_at(NOW + 6 * DAY)
    shown = words(get(client, shop, order))
    steps = [
        "Placed",
        "The buyer asked to cancel",
        "Bought twice.",
        "You told the buyer of a delay",
        f"by Fri 6 Nov · {WHY} · by {shop.owner.user.name}",
        "The buyer keeps the order",
        "Not shipped as promised, and the buyer was not told",
        "Promised to arrive by",
    ]
    story = shown[shown.index("Where it stands") :]
    places = [story.index(step) for step in steps]
    assert places == sorted(places)
    assert "It is late. The buyer was not told before" in shown


@pytest.mark.parametrize("rounds", [1, 3])
def test_an_order_takes_the_same_queries_however_much_happened(shop, order, client, rounds):
    for number in range(rounds):
        day = NOW.date() + timedelta(days=4 + number)
        told = tell_delay(staff=shop.owner, order=order, ship_on=day, reason=WHY, now=NOW)
        choose(order=order, buyer=order.buyer, notice_id=told.public_id, choice="keep", now=NOW)
    get(client, shop, order)
    with CaptureQueriesContext(connection) as queries:
        get(client, shop, order)
    assert len(queries) == 21, [query["sql"][:90] for query in queries]


@pytest.mark.requirement("S45")
def test_a_delay_is_told_once_however_often_it_is_sent(shop, order, client):
    assert "Tell of a delay" in words(get(client, shop, order))
    for _ in range(2):
        sent = post(client, shop, order, "delay", ship_on=FRIDAY, reason=WHY)
        assert (sent.status_code, sent.url) == (302, shop.at(f"orders/{order.public_id}/?done=delayed"))
    assert "Told. The buyer now chooses whether to wait." in words(client.get(sent.url))
    assert "has yet to choose: to wait until Friday 6 November" in words(get(client, shop, order))
    assert list(DelayNotice.objects.values_list("reason", flat=True)) == [WHY]
    assert "Told before" in words(get(client, shop, order, "delay/"))


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"ship_on": "31.02.", "reason": WHY}, "This is no day"),
        ({"ship_on": "2026-11-01", "reason": WHY}, "Choose a later day than what was promised"),
        ({"ship_on": "9999-12-31", "reason": WHY}, "too far away"),
        ({"ship_on": FRIDAY, "reason": ""}, "Say why: the buyer reads it."),
        ({"ship_on": FRIDAY, "reason": "Pay on lamp.example.com"}, "This is a web address outside the marketplace."),
        ({"ship_on": FRIDAY, "reason": "Write to me at bea@example.com"}, "write what is needed here."),
        ({"ship_on": FRIDAY, "deliver_on": "2026-11-05", "reason": WHY}, "cannot arrive before"),
    ],
)
def test_a_delay_that_cannot_be_says_why_and_keeps_what_was_typed(shop, order, client, typed, sentence):
    refused = post(client, shop, order, "delay", **typed)
    assert refused.status_code == 422
    assert sentence in words(refused)
    assert all(value in unescape(refused.content.decode()) for value in typed.values())
    assert not DelayNotice.objects.exists()


def test_an_order_is_cancelled_with_a_reason(shop, order, client):
    refused = post(client, shop, order, "cancel", reason="Because")
    assert (refused.status_code, Order.objects.get().status) == (422, "unshipped")
    assert "Choose why the order cannot be fulfilled." in words(refused)
    sent = post(client, shop, order, "cancel", reason="PricingError")
    shown = words(client.get(sent.url))
    assert "Cancelled. The buyer is told, and is not charged." in shown
    assert "Nothing was shipped, and nothing will be." in shown
    assert "Packing slip" not in shown
    assert "You cancelled the order" in shown
    assert "The price was wrong." in shown
    assert "Tell of a delay" not in shown


def test_whatever_the_reason_what_the_seller_did_is_called_cancelled(shop, order, client):
    sent = post(client, shop, order, "cancel", reason="NoInventory")
    assert Order.objects.get().status == "unfulfillable"
    shown = words(client.get(sent.url))
    assert "Cancelled. The buyer is told, and is not charged." in shown
    assert "You cancelled the order There is none left." in shown
    assert "This order is cancelled: it cannot be cancelled any more" in words(get(client, shop, order, "cancel/"))
    assert numbers(shop, client, "status=cancelled") == [order.number]
    assert "unfulfillable" not in (shown + words(client.get(shop.at("orders/")))).lower()


@pytest.mark.requirement("S10", "C1")
def test_a_shop_that_tells_its_buyers_itself_is_led_there_after_giving_up(shop, order, client):
    Marketplace.objects.filter(pk=shop.market.pk).update(rulebook="amazon-2018-10")
    sent = client.get(post(client, shop, order, "cancel", reason="NoInventory").url)
    form = shop.at(f"orders/{order.public_id}/contact/order_unavailable/")
    assert "Cancelled. Now tell the buyer, who is not charged: nobody else does." in words(sent)
    assert f'href="{form}"' in sent.content.decode()


def test_of_an_order_that_left_in_part_the_rest_is_cancelled(shop, client, clock_at):
    clock_at(NOW)
    order = purchase(shop.seller)
    ship(shop.seller, parcel(order, ("1", 1)))
    order.refresh_from_db()
    left = full_adjustment(order)
    only(adjust(shop.seller, [Change(order.number, "CouldNotShip", left, "a-1")], source="comity", actor="", now=NOW))
    assert Order.objects.get(pk=order.pk).status == "unfulfillable"
    shown = words(get(client, shop, order))
    assert "Orders / Rest cancelled" in shown
    assert "You cancelled the rest It could not be shipped." in shown
    assert "Rest cancelled" in words(client.get(shop.at("orders/")))


def test_what_is_over_is_said_on_opening_and_not_done_again(shop, order, client):
    post(client, shop, order, "cancel", reason="PricingError")
    for page, sentence in (("cancel", "it cannot be cancelled any more"), ("delay", "there is no day of dispatch")):
        opened = get(client, shop, order, f"{page}/")
        assert f"This order is cancelled: {sentence}" in words(opened)
        assert 'type="submit">Cancel the order' not in opened.content.decode()
    again = post(client, shop, order, "cancel", key="k-2", reason="NoInventory")
    assert (again.status_code, "This order is cancelled: nothing was done now." in words(again)) == (422, True)


def test_where_it_goes_how_late_it_is_and_what_waits_stand_on_the_page(shop, client, clock_at):
    clock_at(NOW)
    order = placed(shop, placed_at=NOW - 5 * DAY, ship_to="Bea\nHafenstr. 4\n20457 Hamburg", status="partially_shipped")
    page = get(client, shop, order)
    buyers = signed_in(order.buyer.user).get(f"/{shop.market.slug}/orders/{order.public_id}/")
    shown = words(page)
    assert "To Bea Hafenstr. 4 20457 Hamburg" in shown
    assert "Before the rest leaves" in shown
    assert "Was to be shipped by 3 days late" in shown
    assert "Was to be shipped by (to come)" not in words(buyers)
    assert "Was to be shipped by" in words(buyers)
    assert re.search(r'aria-current="page"[^>]*>\s*Orders', page.content.decode())
    assert "20457 Hamburg" in words(get(client, shop, order, "ship/"))
    Order.objects.update(status="shipped")
    assert "Confirm a shipment" not in words(get(client, shop, order))


@pytest.mark.parametrize(
    ("choice", "status", "state"), [("accept", "cancelled", "accepted"), ("decline", "unshipped", "declined")]
)
def test_a_buyer_who_asks_to_cancel_is_answered(shop, order, client, choice, status, state):
    call_off(order=order, buyer=order.buyer, reason="Bought twice.", now=NOW)
    assert "asks to cancel. Bought twice. Answer" in words(get(client, shop, order))
    form = get(client, shop, order, "cancel-request/").content.decode()
    asked = re.search(r'name="asked" value="(\w+)"', form)[1]
    sent = post(client, shop, order, "cancel-request", asked=asked, choice=choice, answer="It is engraved already.")
    done = {"accept": "cancelled", "decline": "declined"}[choice]
    assert (sent.status_code, sent.url) == (302, shop.at(f"orders/{order.public_id}/?done={done}"))
    assert (Order.objects.get().status, CancelRequest.objects.get().state) == (status, state)
    assert get(client, shop, order, "cancel-request/").status_code == 404


def test_the_second_of_two_who_answer_sees_the_first(shop, order, client):
    request = call_off(order=order, buyer=order.buyer, now=NOW)
    sent = {"asked": request.public_id, "answer": "It is engraved already."}
    post(client, shop, order, "cancel-request", choice="decline", **sent)
    second = post(client, shop, order, "cancel-request", choice="accept", **{**sent, "key": "k-2"})
    assert second.status_code == 422
    assert "You have declined this request already. There is nothing to answer any more" in words(second)
    assert 'name="choice"' not in second.content.decode()
    assert Order.objects.get().status == "unshipped"


def test_nobody_waits_while_the_rules_read_why_it_is_late_and_they_read_once(shop, order, client, reading):
    for _ in range(2):
        assert post(client, shop, order, "delay", ship_on=FRIDAY, reason=WHY).status_code == 302
    assert (DelayNotice.objects.get().reason, reading) == (WHY, [0])


def test_nobody_waits_while_the_rules_read_an_answer_and_they_read_once(shop, order, client, reading):
    asked = call_off(order=order, buyer=order.buyer, now=NOW).public_id
    for _ in range(2):
        sent = post(client, shop, order, "cancel-request", asked=asked, choice="decline", answer="It is engraved.")
        assert sent.status_code == 302
    assert (CancelRequest.objects.get().answer, reading) == ("It is engraved.", [0])


@pytest.mark.parametrize("page", ["delay", "cancel"])
def test_who_only_reads_sees_no_form_and_sends_nothing(shop, order, page):
    client = signed_in(factories.staff(shop.seller, Staff.Role.READ_ONLY).user)
    assert "Your role reads here" in words(get(client, shop, order, f"{page}/"))
    assert "Tell of a delay" not in words(get(client, shop, order))
    refused = post(client, shop, order, page, ship_on=FRIDAY, reason="PricingError" if page == "cancel" else WHY)
    assert (refused.status_code, Order.objects.get().status) == (422, "unshipped")
    assert not DelayNotice.objects.exists()


@pytest.mark.requirement("S36")
@pytest.mark.parametrize("page", ["delay", "cancel"])
def test_what_the_marketplace_ships_is_not_the_shops_to_change(shop, client, clock_at, page):
    clock_at(NOW)
    order = placed(shop, fulfilment="marketplace")
    refused = post(client, shop, order, page, ship_on=FRIDAY, reason="PricingError" if page == "cancel" else WHY)
    assert refused.status_code == 422
    assert "The marketplace ships this order" in words(refused)
    assert "Before it leaves" not in words(get(client, shop, order))


def test_an_order_of_before_the_record_shows_what_is_known(shop, client, clock_at):
    clock_at(NOW)
    made = factories.shipment(shop.another(delivered_at=NOW - HOUR).order, tracking_number="JVGL0611223344").order
    Order.objects.update(status="delivered")
    shown = words(get(client, shop, made))
    story = shown[shown.index("Where it stands") :]
    assert story.index("Placed") < story.index("Shipped") < story.index("Delivered")


def test_what_was_never_taken_is_not_called_given_back(shop, order, client):
    change = Change(order.number, "NoInventory", full_adjustment(order), "a-1")
    only(adjust(shop.seller, [change], source="page", actor="", now=NOW))
    shown = words(get(client, shop, order))
    assert ("Not charged €24.50" in shown, "€24.50 not charged, " in shown, "Given back €" in shown) == (
        True,
        True,
        False,
    )
