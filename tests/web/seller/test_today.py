"""The day's page and the list of orders."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from comity.messaging.models import DeskVisit
from comity.messaging.selectors.today import rulings_since
from comity.messaging.services.undo import undo
from comity.messaging.services.votes import vote
from tests import factories
from tests.factories import NOW
from tests.web.desk.shop import reader_of, signed_in


def page(client, shop, path="today/"):
    return client.get(shop.at(path)).content.decode()


@pytest.mark.requirement("S77")
def test_the_day_says_what_is_due_to_ship_and_refused(shop, desk, client, clock_at):
    desk.answer("BLOCK me")
    shop.another().ask("And mine?")
    shop.desks[-1].deliver()
    clock_at(NOW + timedelta(hours=24, minutes=30))
    shown = page(client, shop)

    assert re.findall(r"<h2>(?:<a[^>]*>)?(.*?)(?:</a>)?</h2>", shown) == [
        "2 replies due",
        "2 orders to ship",
        "1 refused message",
    ]
    assert "2 overdue" in shown
    assert "BLOCK me" in shown


def test_a_refused_message_that_was_replaced_or_is_old_is_gone(shop, desk, client, clock_at):
    blocked = desk.answer("BLOCK me").message
    desk.answer("Better.", replaces=blocked.public_id)
    assert "No refused message" in page(client, shop)

    desk.answer("BLOCK again")
    assert "1 refused message" in page(client, shop)
    clock_at(NOW + timedelta(days=31))
    assert "No refused message" in page(client, shop)


@pytest.mark.requirement("S77")
def test_what_is_new_since_the_last_visit_stays_new_while_the_visit_lasts(shop, desk, client, clock_at):
    assert "Nothing new since" in page(client, shop)
    other = shop.another().later(2)
    other.ask("New?")
    other.deliver()
    for minutes in (60 * 3, 60 * 3 + 10):
        clock_at(NOW + timedelta(minutes=minutes))
        assert "1 conversation with unread messages" in page(client, shop)
    clock_at(NOW + timedelta(hours=5))
    assert "Nothing new since" in page(client, shop)


def test_each_person_has_visits_of_their_own(shop, desk, client):
    page(client, shop)
    page(signed_in(reader_of(shop).user), shop)

    assert DeskVisit.objects.count() == 2


@pytest.mark.parametrize("rows", [1, 3])
def test_the_day_takes_the_same_queries_however_much_there_is(shop, client, clock_at, rows):
    for _ in range(rows):
        shop.another().ask()
        shop.desks[-1].deliver()
        shop.desks[-1].answer("BLOCK me")
    page(client, shop)
    with CaptureQueriesContext(connection) as queries:
        page(client, shop)

    # session, user, seat; visit: read, savepoint, write, release; counts; due, orders, refused; clocks; votes
    assert len(queries) == 14, [query["sql"][:90] for query in queries]


def test_orders_to_ship_have_the_first_promise_on_top(shop, client):
    late = shop.another(placed_at=NOW - timedelta(days=9)).order
    soon = shop.another(placed_at=NOW - timedelta(days=2)).order
    factories.shipment(shop.another().order)
    shop.another(fulfilment="marketplace")
    numbers = re.findall(r'class="code">(305-[\d-]+)', page(client, shop, "orders/?status=to_ship"))

    assert numbers == [late.number, soon.number]


@pytest.mark.parametrize(("status", "count"), [("", 3), ("shipped", 1), ("cancelled", 0), ("nonsense", 3)])
def test_orders_by_status(shop, client, status, count):
    factories.shipment(shop.another().order)
    shop.another()
    shop.another()
    shown = page(client, shop, f"orders/?status={status}")

    assert shown.count('class="offer"') == count
    assert ("No orders here" in shown) == (count == 0)


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_of_orders_takes_the_same_queries_however_long(shop, client, rows):
    for _ in range(rows):
        shop.another()
    with CaptureQueriesContext(connection) as queries:
        page(client, shop, "orders/")

    # session, user, seat; count, rows, lines, clocks, who asks to cancel, counts of the tabs
    assert len(queries) == 9, [query["sql"][:90] for query in queries]


def test_an_answer_that_its_author_took_back_was_not_refused(shop, desk, client):
    sent = desk.answer("Sorry, not this.", undoable=True).message
    undo(seat=desk.seller_seat(), message_id=sent.public_id, place="seller/here", typed="", now=desk.now)

    assert "No refused message" in page(client, shop)


def test_the_day_says_how_many_matters_buyers_called_solved(shop, desk, client):
    assert "buyers voted" not in page(client, shop)
    answer = desk.answer().message
    desk.deliver()
    vote(seat=desk.buyer_seat(), message_id=answer.public_id, solved=True, now=desk.now)

    assert "1 of 1 matter on which buyers voted in the last 30 days was solved." in page(client, shop)


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL knows how many rows there are")
def test_new_rulings_are_looked_for_among_the_latest_and_not_in_all_conversations(shop):
    plan = rulings_since(shop.seller, NOW).explain().splitlines()
    tables = [re.search(r"messaging_(\w+) USING", line)[1] for line in plan]
    assert tables == ["ruling", "message", "conversation"]
    assert "(decided_at>?)" in plan[0]
