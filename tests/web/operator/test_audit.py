"""The audit trail: everything that people did, in sentences, narrowed by the address, taken away as a file."""

import ast
import csv
import io
import json
import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

import comity
from comity.accounts.models import User
from comity.accounts.services import sign_in
from comity.accounts.services.restrictions import restrict
from comity.accounts.services.sign_in import check_password
from comity.accounts.services.trail import note, note_failed_sign_in
from comity.common.errors import Refused
from comity.common.models import OutboxEvent
from comity.common.spreadsheets import harmless
from comity.jobs.pump import Pump
from comity.messaging.models import Message
from comity.web.desk.deeds import DEEDS
from comity_policy.rules import all_rules
from tests import factories
from tests.factories import NOW, PASSWORD
from tests.web.desk.shop import signed_in, with_role

EVENT = re.compile(r"[a-z_]+\.[a-z_]+")
# Words with a point in services that are no deeds: file names, the queue's handlers, record kinds, what never stays.
NO_EVENTS = re.compile(
    r".*\.(xml|html|toml|css|parquet)|(messaging|comity)\..*|saved_reply\.gap|file\.unread|sign_in\.failed"
)


@pytest.fixture
def admin(shop, clock_at):
    clock_at(NOW)
    return signed_in(shop.admin.user)


def html(response):
    return response.content.decode()


def rows(response):
    """Who did what, as the page says it."""
    found = re.findall(r'<th scope="row"><a href="[^"]*"><bdi>(.*?)</bdi></a> (.*?)</th>', html(response))
    return [row for row in found if row[1] != DEEDS["audit.opened"]]


def export(admin, shop, form, query=""):
    answer = admin.get(shop.operate(f"audit/export/?form={form}{query}"))
    return b"".join(answer.streaming_content).decode()


def events_in_source():
    """Every word with a point that a service or handler writes down, and those that it makes of a state."""
    found = {f"message.{state}" for state in Message.State.values} | {"notice.approved", "notice.returned"}
    for path in Path(comity.__file__).parent.rglob("*.py"):
        if "services" in path.parts or path.name == "handlers.py":
            words = (node.value for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Constant))
            found |= {word for word in words if isinstance(word, str) and EVENT.fullmatch(word)}
    return {name for name in found if not NO_EVENTS.fullmatch(name)} - all_rules().keys()


def test_every_event_in_the_source_has_its_sentence():
    assert events_in_source() - DEEDS.keys() == set()


def test_what_people_did_is_told_in_sentences_newest_first(shop, admin):
    desk = shop.another()
    desk.ask()
    restrict(buyer=desk.buyer, kind="messaging", reason="Spam", by=shop.admin.user, now=NOW)

    assert rows(admin.get(shop.operate("audit/"))) == [
        (shop.admin.user.name, "restricted somebody"),
        (desk.buyer.user.name, "sent a message"),
    ]


def test_what_happens_by_itself_is_not_on_the_trail(shop, admin):
    shop.another().ask()
    shop.desks[0].deliver()
    assert [what for _, what in rows(admin.get(shop.operate("audit/")))] == ["sent a message"]


@pytest.fixture
def trail(shop, clock_at):
    """Two people, two days, a message and a shop."""
    desk = shop.another()
    sent = desk.ask().message
    desk.later(30)
    note(shop.seller, "staff.seated", by=shop.owner.user, now=desk.now, user="usr_x")
    clock_at(desk.now)
    return sent


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["gave somebody a seat with a shop", "sent a message"]),
        ("person={owner}", ["gave somebody a seat with a shop"]),
        ("person={owner_email}", ["gave somebody a seat with a shop"]),
        ("person={buyer_id}", ["sent a message"]),
        ("person=Nobody", []),
        ("what=staff.seated", ["gave somebody a seat with a shop"]),
        ("what=message", ["sent a message"]),
        ("about={seller}", ["gave somebody a seat with a shop"]),
        ("about={message}", ["sent a message"]),
        ("about=msg_unknown", []),
        ("since=2026-11-03", ["gave somebody a seat with a shop"]),
        ("until=2026-11-02", ["sent a message"]),
        ("since=2026-11-02&until=2026-11-03&what=staff", ["gave somebody a seat with a shop"]),
    ],
)
def test_filters_in_the_address_narrow_the_trail(shop, trail, query, found):
    told = {
        "owner": shop.owner.user.name,
        "owner_email": shop.owner.user.email.upper(),
        "buyer_id": shop.desks[0].buyer.user.public_id,
        "seller": shop.seller.public_id,
        "message": trail.public_id,
    }
    answer = signed_in(shop.admin.user).get(shop.operate(f"audit/?{query.format(**told)}"))
    assert [what for _, what in rows(answer)] == found


@pytest.mark.parametrize(
    ("query", "found"), [("since=2026-11-03", 2), ("until=2026-11-02", 0), ("until=2026-11-03", 1)]
)
def test_days_are_the_readers_on_the_page_and_in_the_file(shop, trail, query, found):
    shop.admin.user.time_zone = "Pacific/Kiritimati"  # where the message was sent on the 3rd, at two at night
    shop.admin.user.save()
    admin = signed_in(shop.admin.user)
    assert len(rows(admin.get(shop.operate(f"audit/?{query}")))) == found
    assert (
        len([line for line in export(admin, shop, "csv", f"&{query}").splitlines() if "audit" not in line]) == found + 1
    )


def test_a_day_that_is_none_is_refused_by_example(shop, admin):
    answer = admin.get(shop.operate("audit/?since=yesterday&person=Ines"))
    assert answer.status_code == 422
    assert "yesterday is no day: write it as 2026-02-28." in html(answer)
    assert 'value="Ines"' in html(answer)


def test_pages_follow_each_other_without_a_gap_or_a_repeat(shop, admin, monkeypatch):
    monkeypatch.setattr("comity.accounts.selectors.audit.EVENTS_A_PAGE", 2)
    for number in range(5):
        note(shop.seller, "label.created", by=shop.owner.user, now=NOW, label=f"label-{number}")
    url, seen = shop.operate("audit/?what=label.created"), []
    while url:
        page = html(admin.get(url))
        seen += re.findall(r"<samp>(label-\d)</samp>", page)
        following = re.search(r'<a href="([^"]*before=[\w-]+)" rel="next">', page)
        url = shop.operate("audit/") + following[1].replace("&amp;", "&") if following else ""
    assert seen == [f"label-{number}" for number in range(4, -1, -1)]


@pytest.mark.parametrize("number", [1, 3])
def test_the_trail_takes_the_same_queries_however_long(shop, admin, number):
    for _ in range(number):
        note(shop.seller, "staff.seated", by=factories.user(), now=NOW)
    admin.get(shop.operate("audit/"))

    with CaptureQueriesContext(connection) as queries:
        admin.get(shop.operate("audit/"))

    # session, user, seat, the reader's last deed, the trail, names, held messages in the navigation
    assert len(queries) == 7, [query["sql"][:90] for query in queries]


def test_another_marketplaces_trail_is_out_of_sight(shop, admin):
    elsewhere = factories.operator()
    note(elsewhere.marketplace, "settings.changed", by=elsewhere.user, now=NOW)
    assert rows(admin.get(shop.operate("audit/"))) == []
    assert elsewhere.user.public_id not in export(admin, shop, "jsonl")


@pytest.mark.parametrize(("role", "status"), [("investigator", 200), ("moderator", 404), ("adjudicator", 404)])
def test_only_who_audits_sees_it(shop, role, status):
    client = signed_in(with_role(shop, role).user)
    assert client.get(shop.operate("audit/")).status_code == status
    assert client.get(shop.operate("audit/export/?form=csv")).status_code == status


@pytest.mark.requirement("S87")
def test_reading_and_taking_away_are_on_the_trail_themselves(shop, admin):
    shop.another().ask()
    conversation = shop.desks[0].conversation.public_id
    for page in (f"conversations/{conversation}/", f"conversations/{conversation}/export/", "audit/", "audit/"):
        admin.get(shop.operate(page))
    export(admin, shop, "csv")

    told = OutboxEvent.objects.filter(actor=shop.admin.user.public_id).order_by("id").values_list("name", flat=True)
    assert list(told) == ["record.opened", "record.exported", "audit.opened", "audit.exported"]


def test_who_signs_in_with_a_seat_is_on_the_trail_and_a_buyer_is_not(shop):
    desk = shop.another()
    for person in (shop.owner.user, desk.buyer.user):
        check_password(email=person.email, password=PASSWORD, network="n", now=NOW)
    told = OutboxEvent.objects.values_list("name", "actor", "stream")
    assert list(told) == [("staff.signed_in", shop.owner.user.public_id, shop.seller.public_id)]


def fail(person_or_address, times, now=NOW):
    email = getattr(person_or_address, "email", person_or_address)
    for _ in range(times):
        with pytest.raises(Refused):
            check_password(email=email, password="not that one", network=f"of {email}", now=now)


def statements(queries):
    """The statements without what they are about."""
    return [re.sub(r"'[^']*'|\b\d+\b|\bs\d+_x\d+\b", "?", query["sql"]) for query in queries]


def work_of_failures(person_or_address):
    with CaptureQueriesContext(connection) as queries:
        fail(person_or_address, 10)
    return statements(queries)


def everybody(shop):
    """Of a shop, of the marketplace, a buyer, nobody."""
    return [shop.owner.user, shop.admin.user, shop.another().buyer.user, "nobody@example.com"]


@pytest.mark.requirement("S87")
def test_a_wrong_password_is_the_same_work_for_every_address_and_touches_no_shop(shop):
    first, *others = [work_of_failures(one) for one in everybody(shop)]
    assert others == [first] * 3
    assert [work for work in first if re.search("accounts_(seller|staff|operatorstaff|marketplace)", work)] == []


def test_noting_it_at_once_would_show_who_has_a_seat(shop, monkeypatch):
    def at_once(*, data, now, **_):
        for user in User.objects.filter(public_id=data["user"]):
            note_failed_sign_in(user=user, tries=1, now=now)

    monkeypatch.setattr(sign_in, "emit_alone", at_once)
    works = [len(work_of_failures(one)) for one in everybody(shop)]
    assert works[0] > works[2] > works[3]


def test_what_is_typed_is_not_in_the_log(shop):
    for one in everybody(shop):
        fail(one, 1)
    events = OutboxEvent.objects.order_by("id").values_list("name", "marketplace", "actor", "data")
    ids = [shop.owner.user.public_id, shop.admin.user.public_id, shop.desks[0].buyer.user.public_id, ""]
    assert list(events) == [("sign_in.failed", "", "", {"user": user, "tries": "1"}) for user in ids]


def work_off():
    while Pump("pump").run_once(NOW + timedelta(days=1)):
        pass


def test_wrong_passwords_are_on_the_trail_at_the_first_and_the_tenth_time_within_an_hour(shop):
    owner = shop.owner.user
    fail(owner, 10)
    fail(owner, 5, NOW + timedelta(minutes=30))
    fail(owner, 1, NOW + timedelta(hours=1))
    work_off()

    events = OutboxEvent.objects.order_by("id").values_list("name", "actor", "stream", "data")
    moments = OutboxEvent.objects.order_by("id").values_list("occurred_at", flat=True)
    assert list(moments) == [NOW, NOW, NOW + timedelta(hours=1)]
    about = ("staff.sign_in_failed", owner.public_id, shop.seller.public_id)
    assert list(events) == [(*about, {"user": owner.public_id, "tries": tries}) for tries in ("1", "10", "1")]


def test_wrong_passwords_of_buyers_and_for_unknown_addresses_leave_nothing_on_the_trail(shop):
    fail(shop.another().buyer.user, 1)
    fail("nobody@example.com", 1)
    work_off()
    assert not OutboxEvent.objects.exists()


def test_no_cell_of_the_export_is_a_formula(shop, admin):
    shop.owner.user.name = "=HYPERLINK(1)"
    shop.owner.user.save()
    note(shop.seller, "staff.seated", by=shop.owner.user, now=NOW, user="usr_x")

    lines = list(csv.DictReader(io.StringIO(export(admin, shop, "csv", "&what=staff"))))
    assert [(line["person"], line["event"], line["details"]) for line in lines] == [
        ("'=HYPERLINK(1)", "staff.seated", '{"user":"usr_x"}')
    ]


@given(st.sampled_from("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20"), st.text())
def test_a_harmless_cell_never_begins_like_a_formula(first, rest):
    assert harmless(first + rest) == f"'{first}{rest}"
    assert harmless(f"a{first}{rest}") == f"a{first}{rest}"


def test_json_lines_have_everything_of_the_filtered_trail(shop, admin):
    note(shop.seller, "staff.seated", by=shop.owner.user, now=NOW, user="usr_x")
    (line,) = export(admin, shop, "jsonl", "&what=staff.seated").splitlines()
    assert json.loads(line) == {
        "when": NOW.isoformat(),
        "person_id": shop.owner.user.public_id,
        "person": shop.owner.user.name,
        "event": "staff.seated",
        "what": "gave somebody a seat with a shop",
        "about": shop.seller.public_id,
        "details": {"user": "usr_x"},
    }


def test_an_export_longer_than_a_portion_is_whole(shop, admin, monkeypatch):
    monkeypatch.setattr("comity.accounts.selectors.audit._PORTION", 2)
    for _ in range(5):
        note(shop.seller, "staff.seated", by=shop.owner.user, now=NOW)
    assert len(export(admin, shop, "jsonl", "&what=staff.seated").splitlines()) == 5


def test_an_unknown_form_of_export_is_refused_and_not_on_the_trail(shop, admin):
    assert admin.get(shop.operate("audit/export/?form=exe")).status_code == 400
    assert not OutboxEvent.objects.exists()


def test_the_last_day_of_the_calendar_ends_a_trail_too(admin, shop):
    with_role(shop, "moderator")
    assert admin.get(shop.operate("audit/?until=9999-12-31")).status_code == 200
    assert len(export(admin, shop, "csv", "&since=0001-01-01&until=9999-12-31").splitlines()) > 1


def test_a_search_of_the_record_is_on_the_trail_once_in_a_row(admin, shop, clock_at):
    for query in ("", "?until=never", "?q=lamp", "?q=lamp&page=2", "?state=held"):
        admin.get(shop.operate(f"search/record/{query}"))
    assert rows(admin.get(shop.operate("audit/"))) == [(shop.admin.user.name, "searched everything on record")]

    event = OutboxEvent.objects.get(name="record.searched")
    assert (event.actor, event.stream, event.data) == (shop.admin.user.public_id, shop.market.public_id, {})
