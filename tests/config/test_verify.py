"""`comity verify`: intact, or the first altered entry by name."""

import json
from datetime import timedelta

import pytest

from comity.common.models import RecordEntry, RecordHeadLog
from comity.common.record import Entry, append, write_head_log
from comity.config import cli
from comity.messaging.models import Conversation, Message
from comity.messaging.selectors.conversations import record_heads
from tests.factories import NOW, buyer, order
from tests.messaging.desk import make_desk, verdict_by_first_word

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(monkeypatch):
    monkeypatch.setattr("comity.messaging.services.posting.screen", verdict_by_first_word)
    return make_desk()


@pytest.fixture
def conversation():
    """On record with three entries."""
    one = order(buyer())
    made = Conversation(
        marketplace=one.marketplace,
        public_id="cnv_1",
        buyer=one.buyer,
        addressee="seller",
        seller=one.seller,
        order=one,
        topic="other",
        opened_at=NOW,
    )
    entries = [Entry("posted", {"n": 1}, "Hello"), Entry("screened"), Entry("delivered")]
    append(made, entries, chain="cnv_1", marketplace=one.marketplace.public_id, now=NOW)
    made.save()
    return made


def test_an_intact_record(conversation, capsys):
    assert cli.main(["verify"]) == 0
    assert capsys.readouterr().out == "1 conversation with 3 entries: all intact.\n"
    assert cli.main(["verify", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {
        "chains": 1,
        "entries": 3,
        "intact": True,
        "faults": [],
        "disagreements": [],
    }


def test_the_first_altered_entry_is_named(conversation, capsys):
    RecordEntry.objects.filter(position__gte=2).update(digest="0" * 64)
    assert cli.main(["verify"]) == 1
    shown = capsys.readouterr()
    assert shown.out.startswith("cnv_1, entry 2: ")
    assert shown.out.endswith("1 conversation with 3 entries: 1 altered.\n")
    assert shown.err == ""


def test_a_head_log_is_of_a_marketplace_and_no_conversation(conversation, capsys):
    market = conversation.marketplace.public_id
    for day in (NOW, NOW + timedelta(days=1)):
        write_head_log(marketplace=market, day_on=day.date(), heads=record_heads())
    RecordHeadLog.objects.update(signature="0" * 64)
    assert cli.main(["verify"]) == 1
    assert capsys.readouterr().out.splitlines() == [
        f"marketplace {market}: the head log of 2026-11-02 has been altered.",
        f"marketplace {market}: the head log of 2026-11-03 has been altered.",
        "1 conversation with 3 entries: 2 head logs altered.",
    ]


def test_a_message_that_pages_show_otherwise_is_named(desk, capsys):
    message = desk.ask("BLOCK me").message
    Message.objects.update(state="delivered")
    chain = message.conversation.public_id
    what = "is shown with the state “delivered”; the record says “blocked”"
    assert cli.main(["verify"]) == 1
    assert capsys.readouterr().out == (
        f"{chain}, message {message.public_id}: {what}.\n1 conversation with 2 entries: 1 altered.\n"
    )
    assert cli.main(["verify", "--json"]) == 1
    facts = json.loads(capsys.readouterr().out)
    assert (facts["intact"], facts["faults"]) == (False, [])
    assert facts["disagreements"] == [{"chain": chain, "message": message.public_id, "what": what}]


def test_a_cut_tail_is_found(conversation, capsys):
    RecordEntry.objects.filter(position=3).delete()
    assert cli.main(["verify", "--json"]) == 1
    facts = json.loads(capsys.readouterr().out)
    assert [(fault["chain"], fault["position"]) for fault in facts["faults"]] == [("cnv_1", 3)]
