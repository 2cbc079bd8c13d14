"""A buyer's pages of an order that has not arrived: calling it off, waiting for it, what became of it."""

from datetime import timedelta

import pytest

from comity.common import clock
from comity.orders.models import CancelRequest, DelayNotice, Order, OrderLine, ShipmentLine
from comity.orders.services.adjusting import Change, Part, adjust
from comity.orders.services.cancel_requests import answer_request
from comity.orders.services.confirming import Confirmation, confirm
from comity.orders.services.deadlines import start_ship_deadlines
from comity.orders.services.delaying import tell_delay
from comity.orders.services.results import only
from tests import factories
from tests.factories import NOW
from tests.web.buyer.shop import field, words

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
WHY = "The kiln cooled down, so the lamps are fired again."


@pytest.fixture
def order(shop, monkeypatch):
    """Placed an hour ago."""
    monkeypatch.setattr(clock, "now", lambda: NOW)
    return placed(shop)


def placed(shop, **fields):
    at = fields.pop("placed_at", NOW - HOUR)
    made = factories.order(shop.buyer, shop.seller, shop.listing, placed_at=at, **fields)
    start_ship_deadlines([made], now=at)
    return Order.objects.select_related("seller", "marketplace", "buyer__user").get(pk=made.pk)


def call_off(shop, order, **typed):
    page = shop.get(f"orders/{order.public_id}/cancel/")
    return shop.post(f"orders/{order.public_id}/cancel/", key=field(page, "key"), **typed)


def page_of(shop, order):
    return words(shop.get(f"orders/{order.public_id}/"))


def test_for_half_an_hour_an_order_is_cancelled_at_once(shop, order):
    fresh = placed(shop, placed_at=NOW)
    assert "you cancel without asking" in page_of(shop, fresh)
    assert call_off(shop, fresh).status_code == 302
    shown = page_of(shop, fresh)
    assert "You cancelled it" in shown
    assert "Something in the box" not in shown
    assert "Changed your mind?" not in shown


def test_who_goes_back_to_an_answer_lands_at_the_order(shop, order):
    page = shop.get(f"orders/{order.public_id}/delay/")
    assert (page.status_code, page.url.endswith(f"/orders/{order.public_id}/")) == (302, True)


def test_the_list_says_that_a_promised_day_has_passed(shop, order):
    assert "Promised by" in words(shop.get("orders/"))
    Order.objects.update(deliver_by=NOW - DAY, status="shipped")
    assert "On its way · Late: promised by" in words(shop.get("orders/"))
    assert "Promised to arrive by 1 day late" in page_of(shop, order)


def test_of_an_order_that_left_in_part_the_rest_is_cancelled(shop, order):
    Order.objects.filter(pk=order.pk).update(status="unfulfillable")
    assert "Could not be fulfilled" in page_of(shop, order)
    factories.shipment(order)
    Order.objects.filter(pk=order.pk).update(status="unfulfillable")
    for shown in (page_of(shop, order), words(shop.get("orders/"))):
        assert ("Rest cancelled" in shown, "Could not be fulfilled" in shown) == (True, False)


def test_after_that_the_seller_is_asked_and_answers(shop, order):
    assert "Ask to cancel" in page_of(shop, order)
    assert call_off(shop, order, reason="Bought twice.").status_code == 302
    shown = page_of(shop, order)
    assert "You asked to cancel" in shown
    assert "Bought twice." in shown
    request = CancelRequest.objects.get()
    told = {"accept": False, "answer": "It is engraved already."}
    answer_request(staff=shop.staff, order=order, request_id=request.public_id, **told, now=NOW + HOUR)
    shown = page_of(shop, order)
    assert "The seller declined to cancel It is engraved already." in shown
    assert f"Asked and declined {order.seller.name} has declined" in shown
    assert "Ask to cancel again" in shown


def test_a_form_that_is_sent_twice_asks_once(shop, order):
    page = shop.get(f"orders/{order.public_id}/cancel/")
    for _ in range(2):
        sent = shop.post(f"orders/{order.public_id}/cancel/", key=field(page, "key"), reason="Bought twice.")
        assert sent.status_code == 302
    assert CancelRequest.objects.count() == 1


def test_nobody_waits_while_the_rules_read_why_it_is_called_off_and_they_read_once(shop, order, reading):
    for _ in range(2):
        sent = shop.post(f"orders/{order.public_id}/cancel/", key="k", reason="Bought twice.")
        assert sent.status_code == 302
    assert (CancelRequest.objects.get().reason, reading) == ("Bought twice.", [0])


def test_words_that_cannot_be_sent_come_back(shop, order):
    refused = call_off(shop, order, reason="Write to bea@example.com")
    assert refused.status_code == 422
    assert "Write to bea@example.com" in words(refused)
    assert not CancelRequest.objects.exists()


@pytest.mark.parametrize("fields", [{"status": "shipped"}, {"fulfilment": "marketplace"}, {"status": "cancelled"}])
def test_what_cannot_be_called_off_is_not_offered_and_is_refused(shop, order, fields):
    other = placed(shop, **fields)
    assert "Changed your mind?" not in page_of(shop, other)
    refused = shop.post(f"orders/{other.public_id}/cancel/", key="k")
    assert (refused.status_code, Order.objects.get(pk=other.pk).status) == (422, fields.get("status", "unshipped"))


def told(shop, order):
    day = NOW.date() + 4 * DAY
    return tell_delay(staff=shop.staff, order=order, ship_on=day, reason=WHY, now=NOW)


@pytest.mark.requirement("S45", "S46")
@pytest.mark.parametrize(
    ("choice", "status", "sentence"),
    [("keep", "unshipped", "You kept the order"), ("cancel", "cancelled", "You did not want to wait")],
)
def test_the_buyer_of_a_late_order_keeps_or_cancels_it(shop, order, choice, status, sentence):
    told(shop, order)
    shown = shop.get(f"orders/{order.public_id}/")
    days = (
        "It leaves by Friday 6 November ; promised was Wednesday 4 November , and is with you by Wednesday 11 November"
    )
    assert f"ships later {days} . {WHY}" in words(shown)
    typed = {"key": field(shown, "key"), "notice": field(shown, "notice"), "choice": choice}
    for _ in range(2):
        assert shop.post(f"orders/{order.public_id}/delay/", **typed).status_code == 302
    assert (Order.objects.get(pk=order.pk).status, DelayNotice.objects.get().choice) == (status, choice)
    shown = page_of(shop, order)
    assert sentence in shown
    assert "Keep the order" not in shown


def test_a_choice_that_comes_too_late_says_what_changed(shop, order):
    notice = told(shop, order)
    Order.objects.filter(pk=order.pk).update(status="shipped")
    typed = {"key": "k", "notice": notice.public_id, "choice": "cancel"}
    refused = shop.post(f"orders/{order.public_id}/delay/", **typed)
    assert refused.status_code == 422
    assert "This order is shipped since: there is nothing to choose any more." in words(refused)


@pytest.mark.requirement("S57")
def test_the_page_shows_what_was_shipped_and_what_was_given_back(shop, order):
    sent = Confirmation(order.number, (), "DHL", "Express", "JJD000390007827", NOW, "p1")
    only(confirm(shop.seller, [sent], source="page", actor="", now=NOW))
    shown = page_of(shop, order)
    story = shown[shown.index("Where it stands") :]
    assert "Shipped JJD000390007827 DHL, Express" in story
    part = Part("1", "Principal", 245, None)
    change = Change(order.number, "GeneralAdjustment", (part,), "a1", note="He is a good customer.")
    only(adjust(shop.seller, [change], source="page", actor="", now=NOW))
    shown = page_of(shop, order)
    story = shown[shown.index("Where it stands") :]
    assert "Given back to you €2.45" in story
    assert f"{order.lines.get().title}" in story
    assert "Goodwill or an agreement" in story
    assert "good customer" not in shown  # the shop's own note
    assert "Changed your mind?" not in shown


def parted(shop, *, known=True, **fields):
    """Three lamps and two shades; one lamp has left, or ``known``: nobody says what."""
    made = placed(shop, **fields)
    made.lines.update(quantity=3, title="Oil lamp")
    if known:
        ShipmentLine.objects.filter(shipment=factories.shipment(made)).update(quantity=1)
    shade = {"external_id": "2", "title": "Shade", "sku": "SH", "quantity": 2, "unit_minor": 100}
    OrderLine.objects.create(order=made, **shade)
    Order.objects.filter(pk=made.pk).update(status="partially_shipped")
    return made


NEVER = {"ship_from": None, "ship_by": None, "deliver_from": None, "deliver_by": None}
SAID = {**NEVER, "ship_by": NOW + DAY}


@pytest.mark.parametrize("fulfilment", ["seller", "marketplace"])
@pytest.mark.parametrize(
    ("promised", "row", "page"),
    [
        ({}, "Promised by Mon 9 Nov", "Promised to arrive by Mon 9 Nov"),
        (SAID, "To be shipped by Tue 3 Nov", "To be shipped by Tue 3 Nov"),
        ({**NEVER, "ship_by": NOW - DAY}, "Was to be shipped by Sun 1 Nov", "Was to be shipped by Sun 1 Nov"),
        ({"deliver_by": NOW - DAY}, "Late: promised by Sun 1 Nov", "Promised to arrive by Sun 1 Nov 1 day late"),
    ],
)
def test_of_an_order_that_left_in_part_the_rest_and_its_day_are_told(shop, order, fulfilment, promised, row, page):
    parted_order = parted(shop, fulfilment=fulfilment, **promised)
    assert f"Partly shipped · 2 × Oil lamp and 2 more pieces to come · {row} · " in words(shop.get("orders/"))
    parcels = page_of(shop, parted_order).split("Where it stands")[0]
    assert "Still to come 2 × Oil lamp , 2 × Shade" in parcels
    assert page in parcels.split("Still to come")[1]


def test_of_a_rest_that_was_promised_no_day_that_is_told(shop, order):
    made = parted(shop, fulfilment="marketplace", **NEVER)
    assert "Still to come 2 × Oil lamp , 2 × Shade Promised no day was named" in page_of(shop, made)


def test_of_an_order_whose_parcels_are_not_known_it_is_told_that_something_is_to_come(shop, order):
    made = parted(shop, known=False, fulfilment="marketplace")
    assert "Still to come the rest of the order" in page_of(shop, made)
    assert "Partly shipped · the rest to come · Promised by" in words(shop.get("orders/"))


@pytest.mark.parametrize("rows", [1, 3])
def test_what_is_to_come_takes_the_same_queries_however_many_orders_wait(shop, order, rows, django_assert_num_queries):
    for _ in range(rows):
        made = parted(shop)
    shop.get("orders/")
    with django_assert_num_queries(13):
        shop.get("orders/")
    with django_assert_num_queries(27):
        shop.get(f"orders/{made.public_id}/")
