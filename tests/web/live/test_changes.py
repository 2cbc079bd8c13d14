"""Asking whether anything changed: with a ticket of one's own, for one's own, at no cost."""

import re
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.core import signing
from django.test import Client

from comity.common import clock
from comity.common.crypto import open_number, seal_number
from comity.jobs.pump import Pump
from comity.web.live import quick, tickets, views
from comity.web.live.hub import Hub
from tests import factories
from tests.factories import NOW
from tests.web.desk.shop import signed_in, with_role

ADDRESS = "/live/changes/"
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def hub(monkeypatch):
    """A hub that looks whenever it is asked."""
    made = Hub()
    look = made.look
    monkeypatch.setattr(made, "look", lambda at: look(at, pause=0))
    monkeypatch.setattr(views, "hub", made)
    made.look(0)
    return made


def ticket_on(client, address):
    return re.search(r'data-ticket="([^"]+)"', client.get(address).content.decode())[1]


def ask(ticket, after=""):
    return Client().get(ADDRESS, {"ticket": ticket, "after": after})


def at(position):
    """What a page carries that knows the log up to there."""
    return seal_number(position, about="comity.web.live")


def moved(ticket, after=0):
    """What changed for the holder."""
    Pump("live", {}).run_once(NOW)
    answer = ask(ticket, at(after))
    return answer.json()["changed"] if answer.status_code == 200 else answer.status_code


def test_a_message_moves_the_pages_of_both_sides_and_of_nobody_else(shop, hub):
    desk = shop.another()
    stranger = factories.buyer(shop.market).user
    rival = factories.staff(factories.seller(shop.market))
    messages = f"/{shop.market.slug}/messages/"
    pages = {
        "buyer": ticket_on(signed_in(desk.buyer.user), messages),
        "seller": ticket_on(signed_in(shop.owner.user), shop.at("inbox/")),
        "stranger": ticket_on(signed_in(stranger), messages),
        "rival": ticket_on(signed_in(rival.user), f"/{shop.market.slug}/sell/{rival.seller.public_id}/inbox/"),
        "moderator": ticket_on(signed_in(with_role(shop, "moderator").user), shop.operate("held/")),
        "service": ticket_on(signed_in(with_role(shop, "service_agent").user), shop.operate("service/")),
    }
    desk.ask()
    desk.deliver()
    quiet = dict.fromkeys(["stranger", "rival", "moderator", "service"], 204)
    assert {who: moved(ticket) for who, ticket in pages.items()} == {"buyer": ["list"], "seller": ["list"], **quiet}

    after = hub.position
    desk.ask("HOLD this")
    heard = {who: moved(ticket, after) for who, ticket in pages.items()}
    assert heard == {**quiet, "buyer": ["list"], "seller": 204, "moderator": ["list"]}


def test_an_open_conversation_hears_of_itself(shop):
    desk = shop.another()
    desk.ask()
    desk.deliver()
    page = shop.at(f"inbox/{desk.conversation.public_id}/")
    ticket = ticket_on(signed_in(shop.owner.user), page)
    desk.answer()
    assert moved(ticket) == ["list", "talk"]


def test_the_first_answer_says_where_the_log_stands_and_the_next_is_empty(shop, client):
    ticket = ticket_on(client, shop.at("inbox/"))
    first = ask(ticket).json()
    assert open_number(first["after"], about="comity.web.live") == 0
    assert ask(ticket, first["after"]).status_code == 204


@pytest.mark.parametrize(
    "spoil",
    [
        lambda ticket: "",
        lambda ticket: ticket.replace("s", "b", 1),
        lambda ticket: f"s1 {ticket}",
        lambda ticket: ticket[:-1],
        lambda ticket: signing.TimestampSigner(salt="another").sign("s1"),
        lambda ticket: "\x00",
    ],
)
def test_a_ticket_that_is_not_ours_is_refused(shop, client, spoil):
    ticket = ticket_on(client, shop.at("inbox/"))
    assert ask(spoil(ticket)).status_code == 403


def test_a_ticket_lasts_a_quarter_of_an_hour(shop, client, clock_at):
    ticket = ticket_on(client, shop.at("inbox/"))
    now = clock.now()
    clock_at(now + tickets.LIFETIME - timedelta(seconds=5))
    assert ask(ticket).status_code == 200
    clock_at(now + tickets.LIFETIME + timedelta(seconds=5))
    assert ask(ticket).status_code == 403


def test_without_the_check_of_the_signature_a_forged_ticket_would_do(shop, monkeypatch):
    """The mutant that ``test_a_ticket_that_is_not_ours_is_refused`` must notice."""
    monkeypatch.setattr(signing.Signer, "unsign", lambda signer, text: text.rpartition(":")[0])
    forged = f"s{shop.seller.pk}:{signing.b62_encode(int(clock.now().timestamp()))}:forged"
    assert ask(forged).status_code == 200


def test_asking_takes_no_query_of_its_own(shop, client, django_assert_num_queries):
    ticket = ticket_on(client, shop.at("inbox/"))
    with django_assert_num_queries(1):  # the look at the log, shared by all who ask within half a second
        ask(ticket, "0")


def test_pages_without_a_reader_carry_no_ticket(shop):
    assert "data-ticket" not in Client().get("/sign-in/").content.decode()
    assert "data-ticket" not in Client().get(f"/{shop.market.slug}/").content.decode()


def test_nothing_changed_is_said_before_a_request_is_made_and_everything_else_by_the_view(
    shop, client, hub, monkeypatch
):
    monkeypatch.setattr(quick, "hub", hub)
    monkeypatch.setattr(quick, "close_old_connections", lambda: None)  # the test's own
    passed_on = []
    application = quick.in_front_of(lambda environ, start: passed_on.append(environ["QUERY_STRING"]) or [b"view"])
    ticket = ticket_on(client, shop.at("inbox/"))

    def put(query, method="GET", path=quick.PATH):
        said = []
        environ = {"PATH_INFO": path, "REQUEST_METHOD": method, "QUERY_STRING": query}
        body = application(environ, lambda status, headers: said.append(status))
        return said[0] if said else b"".join(body)

    good = urlencode({"ticket": ticket, "after": at(hub.position)})
    assert put(good) == "204 No Content"
    assert [put(query) for query in ("", urlencode({"ticket": ticket}), good.replace("s", "b", 1))] == [b"view"] * 3
    assert [put(good, "POST"), put(good, path="/")] == [b"view"] * 2
    desk = shop.another()
    desk.ask()
    desk.deliver()
    Pump("live", {}).run_once(NOW)
    assert put(good) == b"view"
    assert len(passed_on) == 6
