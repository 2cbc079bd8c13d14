"""The service inbox: what the marketplace answers itself, on its own clock."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from comity.messaging.models import Message
from comity.orders.models import Order
from comity.web.positions import sealed
from tests.factories import NOW
from tests.web.desk.shop import form, signed_in, with_role


@pytest.fixture
def agent(shop):
    return signed_in(with_role(shop, "service_agent").user)


@pytest.fixture
def asked(shop, clock_at):
    """A buyer wrote about a payment, which is the marketplace's to answer."""
    desk = shop.another()
    desk.ask("My card was charged twice", topic="payment")
    desk.deliver()
    clock_at(desk.later(1).now)
    return desk.buyer.conversations.get()


def html(response):
    return response.content.decode()


@pytest.mark.requirement("S7", "S27")
def test_what_the_marketplace_owns_waits_here_with_its_own_clock(shop, asked, agent, client):
    shown = html(agent.get(shop.operate("service/")))

    assert re.findall(r'class="snip" dir="auto">(.*?)<', shown) == ["My card was charged twice"]
    assert "23 h left" in shown
    assert "Nothing to answer" in html(client.get(shop.at("inbox/")))


@pytest.mark.requirement("S36")
def test_an_order_that_the_marketplace_ships_is_served_by_it(shop, agent):
    desk = shop.another(fulfilment=Order.Fulfilment.MARKETPLACE)
    desk.ask("Where is my parcel?", topic="order_status")
    desk.deliver()

    assert "Where is my parcel?" in html(agent.get(shop.operate("service/")))


def test_an_answer_goes_out_in_the_name_of_the_marketplace(shop, asked, agent):
    sent = agent.post(shop.operate(f"service/{asked.public_id}/reply/"), form("One charge is given back."))

    message = Message.objects.get(side="marketplace")
    assert sent.status_code == 302
    assert (message.state, message.text) == ("accepted", "One charge is given back.")
    asked.refresh_from_db()
    assert asked.reply_due_at is None


def test_the_rules_do_not_bind_the_marketplace(shop, asked, agent):
    agent.post(shop.operate(f"service/{asked.public_id}/reply/"), form("BLOCK me if you can"))

    assert Message.objects.get(side="marketplace").state == "accepted"


def test_no_response_needed(shop, asked, agent):
    answer = agent.post(shop.operate(f"service/{asked.public_id}/no-response-needed/"))

    asked.refresh_from_db()
    assert (answer.status_code, asked.reply_due_at) == (302, None)


def test_draft_news_and_empty_answer(shop, asked, agent):
    place = shop.operate(f"service/{asked.public_id}/")

    assert agent.post(f"{place}draft/", form("Dear buyer")).status_code == 204
    assert "Dear buyer" in html(agent.get(place))
    assert agent.get(f"{place}new/?after={sealed(asked, 'marketplace', asked.record_count)}").status_code == 204
    assert "My card was charged twice" in html(agent.get(f"{place}new/"))
    again = agent.get(f"{place}new/?after=nonsense")
    assert (again.status_code, again.headers["HX-Refresh"], again.content) == (204, "true", b"")


def test_a_conversation_with_a_seller_is_not_served_here(shop, agent):
    desk = shop.another()
    desk.ask()
    desk.deliver()
    place = shop.operate(f"service/{desk.conversation.public_id}/")

    assert agent.get(place).status_code == 404
    assert agent.post(f"{place}reply/", form()).status_code == 404
    assert Message.objects.count() == 1


@pytest.mark.parametrize("role", ["moderator", "adjudicator", "investigator"])
def test_other_roles_find_nothing(shop, asked, role):
    client = signed_in(with_role(shop, role).user)

    assert client.get(shop.operate("service/")).status_code == 404
    assert client.post(shop.operate(f"service/{asked.public_id}/reply/"), form()).status_code == 404
    assert Message.objects.count() == 1


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_takes_the_same_queries_however_long(shop, agent, clock_at, rows):
    for _ in range(rows):
        desk = shop.another()
        desk.ask("Charged twice", topic="payment")
        desk.deliver()
    clock_at(NOW)

    with CaptureQueriesContext(connection) as queries:
        agent.get(shop.operate("service/"))

    # session, user, seat, saved views, counts of the views, of the pages, keys, rows, labels, clocks, colleagues, labels
    assert len(queries) == 12, [query["sql"][:90] for query in queries]


@pytest.mark.parametrize(
    ("role", "page"),
    [
        ("service_agent", "service/"),
        ("moderator", "held/"),
        ("investigator", "conversations/"),
        ("adjudicator", "conversations/"),
        ("admin", "service/"),
    ],
)
def test_each_role_begins_at_its_own_page(shop, role, page):
    client = signed_in(with_role(shop, role).user)

    assert client.get(shop.operate()).url == shop.operate(page)
    assert client.get(shop.operate(page)).status_code == 200
