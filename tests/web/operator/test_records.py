"""The record of a conversation: every entry, whether the chain is whole, and the export."""

import hashlib
import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from comity.common.models import RecordBody, RecordEntry
from tests import factories
from tests.web.desk.shop import signed_in, with_role


@pytest.fixture
def investigator(shop):
    return signed_in(with_role(shop, "investigator").user)


def html(response):
    return response.content.decode()


def record_of(shop, desk, rest=""):
    return shop.operate(f"conversations/{desk.conversation.public_id}/{rest}")


@pytest.mark.requirement("S87")
def test_every_entry_is_shown_and_the_chain_is_unbroken(shop, desk, investigator):
    shown = html(investigator.get(record_of(shop, desk)))

    assert "3 entries, unbroken." in shown
    assert "Where is it?" in shown
    for entry in RecordEntry.objects.all():
        assert f'id="entry-{entry.position}"' in shown
        assert f"<b>{entry.position} {entry.kind}</b>" in shown
        assert entry.digest[:12] in shown


@pytest.mark.requirement("S87")
def test_the_first_altered_entry_is_named(shop, desk, investigator):
    RecordBody.objects.update(text="Something else")

    shown = html(investigator.get(record_of(shop, desk)))

    assert "The first altered entry is number 1: the words have been altered." in shown
    assert "unbroken" not in shown


def test_the_export_can_be_checked_without_us(shop, desk, investigator):
    answer = investigator.get(record_of(shop, desk, "export/"))

    lines = [json.loads(line) for line in b"".join(answer.streaming_content).decode().splitlines()]
    head = ""
    for line in lines:
        words = hashlib.sha256(bytes.fromhex(line["salt"]) + line["text"].encode()).hexdigest() if line["salt"] else ""
        assert words == line["body_digest"]
        head = hashlib.sha256(f"{head}{line['header']}{words}".encode()).hexdigest()
        assert head == line["digest"]
    assert (len(lines), head) == (3, desk.conversation.record_head)
    assert answer["Content-Disposition"] == f'attachment; filename="{desk.conversation.public_id}.jsonl"'


def test_a_conversation_is_found_by_its_order_number(shop, desk, investigator):
    other = shop.another()
    other.ask("Another")

    found = html(investigator.get(shop.operate(f"conversations/?q={desk.order.number}")))
    nothing = html(investigator.get(shop.operate("conversations/?q=000")))

    assert desk.conversation.public_id in found
    assert other.conversation.public_id not in found
    assert "Nothing found" in nothing


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_takes_the_same_queries_however_long(shop, investigator, rows):
    for _ in range(rows):
        shop.another().ask()

    with CaptureQueriesContext(connection) as queries:
        investigator.get(shop.operate("conversations/"))

    # session, user, seat, count of the pages, rows
    assert len(queries) == 5, [query["sql"][:90] for query in queries]


@pytest.mark.parametrize("messages", [1, 3])
def test_a_record_takes_the_same_queries_however_long(shop, desk, investigator, messages):
    for _ in range(messages - 1):
        desk.ask("And?")
    address = record_of(shop, desk)

    with CaptureQueriesContext(connection) as queries:
        investigator.get(address)

    # session, user, seat, conversation; entries and head logs for the check; count of the pages, entries,
    # and that it was opened: savepoint, lock, event, its number, release
    assert len(queries) == 13, [query["sql"][:90] for query in queries]


@pytest.mark.parametrize("role", ["moderator", "service_agent"])
@pytest.mark.parametrize("rest", ["", "export/"])
def test_other_roles_find_nothing(shop, desk, role, rest):
    assert signed_in(with_role(shop, role).user).get(record_of(shop, desk, rest)).status_code == 404


def test_another_marketplaces_record_is_missing(shop, desk):
    elsewhere = factories.operator()
    address = f"/{elsewhere.marketplace.slug}/operate/conversations/{desk.conversation.public_id}/"

    assert signed_in(elsewhere.user).get(address).status_code == 404
