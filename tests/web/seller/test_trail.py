"""A shop's own trail: what its people did and what was openly done to it, for owners, and nothing else."""

import csv
import io
import json
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from comity.accounts.models import Restriction, Staff
from comity.accounts.selectors.audit import OUTSIDE, SHOP_KNOWS
from comity.accounts.services.restrictions import lift, restrict
from comity.accounts.services.staff import seat_staff, unseat_staff
from comity.accounts.services.trail import note
from comity.catalog.services.listings import tell_handling_change
from comity.common.models import OutboxEvent
from comity.common.transactions import write
from comity.messaging.services.reports import report
from comity.web.desk import trail
from comity.web.desk.deeds import DEEDS
from tests import factories
from tests.factories import NOW
from tests.web.desk.shop import signed_in


def html(response):
    return response.content.decode()


def rows(response):
    """Who did what, as the page says it."""
    return re.findall(r'<th scope="row"><bdi>(.*?)</bdi> (.*?)</th>', html(response))


def export(client, shop, query=""):
    return b"".join(client.get(shop.at(f"trail/export/?form=csv{query}")).streaming_content).decode()


@pytest.fixture
def history(shop):
    """The owner seats and unseats a colleague; the marketplace restricts the shop; another shop has a trail, too."""
    owner, helper = shop.owner.user, factories.user(name="Ben Gone")
    seat_staff(seller=shop.seller, user=helper, role="agent", by=owner, now=NOW)
    note(shop.seller, "label.created", by=helper, now=NOW, label="lab_1")
    unseat_staff(seller=shop.seller, user=helper, by=owner, now=NOW)
    restrict(seller=shop.seller, kind="messaging", reason="Spam", by=shop.admin.user, now=NOW)
    note(factories.seller(shop.market), "label.created", by=owner, now=NOW, label="lab_2")
    return shop


def test_an_owner_reads_who_did_what_and_outsiders_have_no_name(history, client):
    owner = history.owner.user.name
    answer = client.get(history.at("trail/"))

    assert rows(answer) == [
        (OUTSIDE, "restricted somebody"),
        (owner, "took somebody&#x27;s seat with a shop away"),
        (OUTSIDE, "made a label"),
        (owner, "gave somebody a seat with a shop"),
    ]
    assert history.admin.user.name not in html(answer)
    assert history.admin.user.public_id not in html(answer) + export(client, history)


def test_what_the_shop_may_not_know_of_is_not_there(shop, client):
    desk = shop.another()
    asked = desk.ask().message
    desk.deliver()
    answered = desk.answer().message
    desk.deliver()
    report(seat=desk.buyer_seat(), message_id=answered.public_id, reason="spam", words="Bad", now=NOW)
    for name in ("report.decided", "party.blocked", "record.opened", "message.ruled", "note.written"):
        note(shop.seller, name, by=shop.admin.user, now=NOW, message=asked.public_id)

    assert rows(client.get(shop.at("trail/"))) == []
    assert len(export(client, shop).splitlines()) == 2  # the head, and that it was taken away


def test_every_event_that_a_shop_knows_has_its_sentence_and_none_is_of_the_marketplace_s_own_work():
    assert SHOP_KNOWS - DEEDS.keys() == set()
    secret = (
        "report.",
        "party.",
        "record.",
        "message.",
        "note.",
        "upload.",
        "settings.",
        "operator_staff.",
        "ruling.",
        "team.",
    )
    assert [name for name in SHOP_KNOWS if name.startswith(secret)] == []


def test_what_an_import_did_to_the_shop_reads_as_from_outside(shop, client):
    listing = factories.listing(shop.seller)
    with write():
        tell_handling_change(shop.seller, listing, before=1, reason="By a file.", by=None, now=NOW)

    assert rows(client.get(shop.at("trail/"))) == [(OUTSIDE, DEEDS["listing.handling_changed"])]
    assert [line["person"] for line in csv.DictReader(io.StringIO(export(client, shop, "&what=listing")))] == [OUTSIDE]


def test_no_detail_is_the_number_of_a_row(history, client):
    lift(restriction=Restriction.objects.get(), by=history.admin.user, now=NOW)
    details = [json.loads(line["details"]) for line in csv.DictReader(io.StringIO(export(client, history)))]
    assert details[1:3] == [{"kind": "messaging"}] * 2
    assert [value for row in details for value in row.values() if value.isdecimal()] == []
    assert [
        value for value in re.findall("<samp>(.*?)</samp>", html(client.get(history.at("trail/")))) if value.isdecimal()
    ] == []


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("what=label.created", 1),
        ("what=staff", 2),
        ("what=report.decided", 0),
        ("person={owner}", 2),
        ("person={admin}", 0),
        ("since=2026-11-03", 0),
        ("until=2026-11-02", 4),
        ("about=anything", 4),
    ],
)
def test_filters_in_the_address_narrow_page_and_file(history, client, query, found):
    asked = query.format(owner=history.owner.user.email, admin=history.admin.user.email)
    assert len(rows(client.get(history.at(f"trail/?{asked}")))) == found
    lines = list(csv.DictReader(io.StringIO(export(client, history, f"&{asked}"))))
    assert len([line for line in lines if line["event"] != "audit.exported"]) == found


def test_a_day_that_is_none_is_refused_by_example_and_gives_no_file(shop, client):
    answer = client.get(shop.at("trail/?since=yesterday"))
    assert (answer.status_code, "yesterday is no day: write it as 2026-02-28." in html(answer)) == (422, True)
    assert client.get(shop.at("trail/export/?form=csv&since=yesterday")).status_code == 400
    assert not OutboxEvent.objects.filter(name="audit.exported").exists()


def test_taking_it_away_is_on_the_trail(shop, client):
    export(client, shop)
    assert rows(client.get(shop.at("trail/"))) == [(shop.owner.user.name, DEEDS["audit.exported"])]


def test_the_next_page_does_not_say_how_much_happens_elsewhere(shop, client, monkeypatch):
    monkeypatch.setattr("comity.accounts.selectors.audit.EVENTS_A_PAGE", 1)
    for number in range(2):
        note(shop.seller, "label.created", by=shop.owner.user, now=NOW, label=f"lab_{number}")
    newest, again = (html(client.get(shop.at("trail/"))) for _ in range(2))
    places = [re.search(r"\?before=([^\"]+)\" rel=", page)[1] for page in (newest, again)]
    assert [len(place) for place in places] == [48, 48]
    assert places[0] != places[1]
    older, elsewhere = shop.at(f"trail/?before={places[0]}"), shop.operate(f"audit/?before={places[0]}")

    assert re.findall(r"lab_\d", html(client.get(older))) == ["lab_0"]
    assert "lab_1" in html(client.get(shop.at("trail/?before=1")))  # a bare key is none: the newest page
    assert "lab_1" in html(signed_in(shop.admin.user).get(elsewhere + "&what=label"))


@pytest.mark.parametrize("role", [Staff.Role.AGENT, Staff.Role.READ_ONLY])
def test_who_does_not_manage_finds_no_trail(shop, role):
    client = signed_in(factories.staff(shop.seller, role=role).user)
    answers = [client.get(shop.at(path)) for path in ("trail/", "trail/export/?form=csv")]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert not OutboxEvent.objects.exists()


@pytest.mark.parametrize("number", [1, 3])
def test_the_trail_takes_the_same_queries_however_long(shop, client, number):
    for _ in range(number):
        note(shop.seller, "staff.seated", by=factories.user(), now=NOW)
    with CaptureQueriesContext(connection) as queries:
        assert len(rows(client.get(shop.at("trail/")))) == number

    # session, user, seat, the trail, names
    assert len(queries) == 5, [query["sql"][:90] for query in queries]


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (True, "yes"),
        (False, "no"),
        (["usr_1", "usr_2"], "usr_1, usr_2"),
        (3, "3"),
        ("2026-03-02T12:14:39.267400+00:00", "2 March 2026, 12:14 (UTC)"),
        ("2026-03-02", "2026-03-02"),
        ("That", "That"),
    ],
)
def test_what_belongs_to_a_deed_is_told_as_people_read_it(value, words):
    told = trail.told(value)
    assert "".join(character for character in told if character.isprintable()) == words
