"""The seller's inbox: what needs an answer first, the oldest deadline on top."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import factories
from tests.factories import NOW
from tests.web.desk.shop import reader_of, signed_in


def ask_hourly(shop, texts):
    """Each text by another buyer, an hour after the one before; all are delivered."""
    for hour, text in enumerate(texts):
        desk = shop.another().later(hour)
        desk.ask(text)
        desk.deliver()
    return shop.desks


def snippets(response):
    return re.findall(r'<span class="snip" dir="auto">(.*?)</span>', response.content.decode())


@pytest.mark.requirement("S27", "S34")
def test_oldest_deadline_stands_on_top_and_overdue_has_its_own_group(shop, client, clock_at):
    ask_hourly(shop, ["first", "second", "third"])
    clock_at(NOW.replace(day=3, hour=13, minute=30))  # 25.5, 24.5 and 23.5 hours after

    page = client.get(shop.at("inbox/"))

    assert snippets(page) == ["first", "second", "third"]
    assert re.findall(r'<div class="group"><h3>(.*?)</h3><span>(\d+)', page.content.decode()) == [
        ("Overdue", "2"),
        ("Needs an answer", "1"),
    ]


@pytest.mark.requirement("S27")
def test_a_second_message_does_not_hide_the_older_deadline(shop, client, clock_at):
    first, _ = ask_hourly(shop, ["first", "second"])
    first.later(5).ask("first again")
    first.deliver()
    clock_at(first.now)

    assert snippets(client.get(shop.at("inbox/"))) == ["first again", "second"]


def test_views_and_their_counts(shop, client, clock_at):
    answered, held, _open = ask_hourly(shop, ["a", "b", "c"])
    answered.later(3).answer("Answered.")
    answered.deliver()
    held.later(3).answer("HOLD this")
    clock_at(held.now)

    def view(name):
        return snippets(client.get(shop.at(f"inbox/?view={name}")))

    assert (view("to_answer"), view("waiting"), view("held")) == (["c"], ["Answered."], ["b"])
    assert sorted(view("all")) == ["Answered.", "b", "c"]
    tabs = re.findall(r">(\w[\w ]*) <b>(\d+)</b></a>", client.get(shop.at("inbox/")).content.decode())
    assert tabs == [("Inbox", "1"), ("To answer", "1"), ("Waiting", "1"), ("Held", "1")]


@pytest.mark.parametrize(
    ("view", "title"),
    [("to_answer", "Nothing to answer"), ("waiting", "Nobody is waiting"), ("held", "Nothing is held")],
)
def test_an_empty_view_says_so(shop, client, view, title):
    assert title in client.get(shop.at(f"inbox/?view={view}")).content.decode()


def test_a_message_that_reached_nobody_is_in_no_view(shop, client):
    shop.another().ask("HOLD it")

    assert snippets(client.get(shop.at("inbox/?view=all"))) == []


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_takes_the_same_queries_however_long(shop, client, clock_at, rows):
    ask_hourly(shop, "abc"[:rows])
    clock_at(NOW)

    with CaptureQueriesContext(connection) as queries:
        client.get(shop.at("inbox/"))

    # session, user, seat, colleagues, labels, saved views, counts of the views, of the pages, keys, rows, labels, clocks
    assert len(queries) == 11, [query["sql"] for query in queries]


def test_pages_keep_the_view(shop, client, clock_at, monkeypatch):
    monkeypatch.setattr("comity.messaging.selectors.inbox.INBOX_PAGE_SIZE", 2)
    ask_hourly(shop, ["a", "b", "c"])
    clock_at(NOW)

    page = client.get(shop.at("inbox/?view=all&page=2")).content.decode()

    assert 'href="?view=all&amp;page=1"' in page
    assert len(re.findall('class="snip"', page)) == 1


def test_others_find_no_inbox(shop):
    stranger = signed_in(factories.staff().user)
    of_another_shop = signed_in(factories.staff(factories.seller(shop.market)).user)

    assert stranger.get(shop.at("inbox/")).status_code == 404
    assert of_another_shop.get(shop.at("inbox/")).status_code == 404
    assert signed_in(reader_of(shop).user).get(shop.at("inbox/")).status_code == 200


def test_the_addresses_above_lead_to_the_day(shop, client):
    today = shop.at("today/")
    assert client.get(shop.at())["Location"] == today
    assert client.get(f"/{shop.market.slug}/sell/")["Location"] == today


def test_an_empty_view_speaks_of_itself(shop, desk, client):
    shown = client.get(shop.at("inbox/?view=held")).content.decode()
    assert shown.count("Nothing is held") == 2  # list and middle
    assert "answered" not in shown
