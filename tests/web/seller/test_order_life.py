"""A shop's pages of an order that has not left: the list by deadline, what is on record, what may be said."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from comity.accounts.models import Staff
from comity.orders.models import CancelRequest, DelayNotice, Order
from comity.orders.services.cancel_requests import call_off
from comity.orders.services.deadlines import start_ship_deadlines
from comity.orders.services.delaying import choose, tell_delay
from comity.orders.services.overdue import watch_ship_deadlines
from tests import factories
from tests.factories import NOW
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
    # session, user, seat; count, rows, lines, clocks
    assert len(queries) == 7, [query["sql"][:90] for query in queries]


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
    assert len(queries) == 20, [query["sql"][:90] for query in queries]


@pytest.mark.requirement("S45")
def test_a_delay_is_told_once_however_often_it_is_sent(shop, order, client):
    assert "Tell of a delay" in words(get(client, shop, order))
    for _ in range(2):
        sent = post(client, shop, order, "delay", ship_on=FRIDAY, reason=WHY)
        assert (sent.status_code, sent.url) == (302, shop.at(f"orders/{order.public_id}/"))
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
    assert post(client, shop, order, "cancel", reason="PricingError").status_code == 302
    shown = words(get(client, shop, order))
    assert "You cancelled the order" in shown
    assert "The price was wrong." in shown
    assert "Tell of a delay" not in shown


@pytest.mark.parametrize(
    ("choice", "status", "state"), [("accept", "cancelled", "accepted"), ("decline", "unshipped", "declined")]
)
def test_a_buyer_who_asks_to_cancel_is_answered(shop, order, client, choice, status, state):
    call_off(order=order, buyer=order.buyer, reason="Bought twice.", now=NOW)
    assert "asks to cancel. Bought twice. Answer" in words(get(client, shop, order))
    form = get(client, shop, order, "cancel-request/").content.decode()
    asked = re.search(r'name="asked" value="(\w+)"', form)[1]
    sent = post(client, shop, order, "cancel-request", asked=asked, choice=choice, answer="It is engraved already.")
    assert sent.status_code == 302
    assert (Order.objects.get().status, CancelRequest.objects.get().state) == (status, state)
    assert get(client, shop, order, "cancel-request/").status_code == 404


def test_the_second_of_two_who_answer_sees_the_first(shop, order, client):
    request = call_off(order=order, buyer=order.buyer, now=NOW)
    sent = {"asked": request.public_id, "answer": "It is engraved already."}
    post(client, shop, order, "cancel-request", choice="decline", **sent)
    second = post(client, shop, order, "cancel-request", choice="accept", **{**sent, "key": "k-2"})
    assert second.status_code == 422
    assert "A colleague has declined this request already." in words(second)
    assert Order.objects.get().status == "unshipped"


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
