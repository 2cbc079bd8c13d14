"""Sending: what is stored, what is refused, and that a repeat changes nothing."""

import re
import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from comity.accounts.models import Staff
from comity.common.errors import Refused
from comity.common.idempotency import KeyReused
from comity.common.models import OutboxEvent, RecordBody, RecordEntry
from comity.messaging.models import Conversation, Finding, Message
from comity.messaging.services.contact import Subject
from comity.messaging.services.messages import Reply, reply
from comity.messaging.services.text import MessageRefused, clean
from tests import factories
from tests.factories import NOW
from tests.messaging.desk import make_desk, nothing_stored


def kinds():
    return list(RecordEntry.objects.order_by("position").values_list("kind", flat=True))


@pytest.mark.requirement("S24", "S87")
def test_accepted_message_is_on_record_with_verdict_and_event(desk):
    sent = desk.ask("Where is it?")

    message = Message.objects.get()
    assert (sent.kind, message.state, message.text, message.number) == ("accepted", "accepted", "Where is it?", 1)
    assert kinds() == ["posted", "screened"]
    assert list(OutboxEvent.objects.values_list("name", "sequence")) == [("message.accepted", 1)]
    assert (message.rulebook_digest, message.engine_version) == ("r" * 64, "1")


@pytest.mark.requirement("S87", "C7")
@pytest.mark.parametrize(("word", "kind", "held"), [("BLOCK", "blocked", False), ("HOLD", "held", True)])
def test_refused_message_is_on_record_with_its_findings_and_reaches_nobody(desk, word, kind, held):
    sent = desk.ask(f"{word} this")
    desk.deliver()

    message = Message.objects.get()
    assert (sent.kind, message.state, message.text) == (kind, kind, f"{word} this")
    assert list(Finding.objects.values_list("rule", "start", "end")) == [("test.rule", 0, 4)]
    assert (message.held_until is not None) == held
    assert desk.conversation.last_message is None


def test_warning_asks_once_and_stores_nothing_until_confirmed(desk):
    asked = desk.ask("WARN me", key="k")
    assert (asked.kind, asked.message) == ("confirm", None)
    assert nothing_stored()

    sent = desk.ask("WARN me", key="k", confirmed=asked.verdict.input)

    assert (sent.kind, Message.objects.get().findings.count()) == ("accepted", 1)


def test_confirmation_of_other_words_confirms_nothing(desk):
    asked = desk.ask("WARN me")

    assert desk.ask("WARN them", confirmed=asked.verdict.input).kind == "confirm"
    assert nothing_stored()


@pytest.mark.requirement("S87")
def test_message_is_delivered_once_however_often_the_handler_runs(desk):
    desk.ask()
    for _ in range(3):
        desk.deliver()

    assert kinds() == ["posted", "screened", "delivered"]
    assert OutboxEvent.objects.filter(name="message.delivered").count() == 1


def test_held_message_is_never_delivered_by_time_alone(desk):
    held = desk.ask("HOLD this").message

    desk.later(24 * 400).deliver()

    held.refresh_from_db()
    assert held.state == "held"


def test_new_message_replaces_the_blocked_one(desk):
    desk.ask()
    desk.deliver()
    blocked = desk.answer("BLOCK me").message

    mended = desk.answer("It left today.", replaces=blocked.public_id).message

    assert mended.replaces == blocked


def test_same_key_is_one_message_and_gives_the_same_answer(desk):
    first = desk.ask(key="k")
    again = desk.ask(key="k")

    assert (again.repeated, again.kind, again.message.pk) == (True, "accepted", first.message.pk)
    assert Message.objects.count() == 1


def test_same_key_with_other_words_is_refused(desk):
    desk.ask("Where is it?", key="k")

    with pytest.raises(KeyReused):
        desk.ask("Where are they?", key="k")
    assert Message.objects.count() == 1


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "empty"),
        (" \n\t ", "empty"),
        ("\u200b\u200d\ufeff\u2060", "empty"),
        ("\u3164\u2800", "empty"),
        ("x" * 4001, "too_long"),
        ("a\x00b", "unsendable"),
        ("a\ud83db", "unsendable"),
    ],
)
def test_text_that_cannot_be_a_message_is_refused_and_nothing_is_stored(desk, text, code):
    with pytest.raises(MessageRefused) as refused:
        desk.ask(text)

    assert (refused.value.code, refused.value.field) == (code, "text")
    assert nothing_stored()
    assert not Conversation.objects.exists()


def test_limit_counts_code_points_after_line_ends_are_one():
    assert clean("😀" * 4000, limit=4000) == "😀" * 4000
    assert clean("a\r\nb\rc  \n", limit=5) == "a\nb\nc"


def test_limit_and_count_are_in_the_sentence():
    with pytest.raises(MessageRefused, match="4,001 characters; up to 4,000 can be sent"):
        clean("x" * 4001, limit=4000)


def test_read_only_seat_sends_nothing(desk):
    desk.ask()
    desk.deliver()
    reader = factories.staff(desk.order.seller, role=Staff.Role.READ_ONLY)

    with pytest.raises(Refused, match="Your role reads here"):
        desk.answer(staff=reader)
    assert Message.objects.count() == 1


@pytest.mark.requirement("S23")
def test_restricted_seller_is_told_why_and_sends_nothing(desk):
    from comity.accounts.services.restrictions import restrict

    desk.ask()
    desk.deliver()
    restrict(seller=desk.order.seller, kind="messaging", reason="Phone numbers.", ends_at=None, now=desk.now)

    with pytest.raises(MessageRefused, match="Reason: Phone numbers"):
        desk.answer()
    assert Message.objects.count() == 1


def test_topic_that_is_not_offered_is_refused(desk):
    with pytest.raises(MessageRefused) as refused:
        desk.ask(topic="weather")

    assert refused.value.field == "topic"
    assert nothing_stored()


def statements(captured):
    """Verb and table of each statement; transaction brackets are not statements to the database's planner."""
    found = (re.match(r'\(?(SELECT|INSERT|UPDATE|DELETE).*?(?:FROM|INTO|UPDATE)? ?"(\w+)"', q["sql"]) for q in captured)
    return [f"{hit[1]} {hit[2]}" for hit in found if hit]


def test_accepting_a_message_takes_at_most_ten_statements(desk):
    desk.ask()
    desk.deliver()
    seat = desk.seller_seat()

    with CaptureQueriesContext(connection) as captured:
        reply(seat=seat, reply=Reply(text="It left today.", key="k"), now=desk.now)

    assert statements(captured) == [
        "SELECT common_idempotencykey",
        "SELECT messaging_conversation",  # locked; says too whether a party is restricted
        "SELECT orders_orderline",  # ids that are not contacts
        "INSERT common_recordentry",
        "INSERT common_recordbody",
        "INSERT messaging_message",
        "UPDATE messaging_replydeadline",
        "INSERT common_outboxevent",
        "UPDATE messaging_conversation",
        "INSERT common_idempotencykey",
    ]


@pytest.mark.postgres
def test_two_writers_open_one_conversation(transactional_db, easy_rules):
    desk = make_desk()
    ready = threading.Barrier(4)
    failures = []

    def write(n):
        try:
            ready.wait()
            desk.ask(f"Question {n}")
        except Exception as error:  # noqa: BLE001 - whatever it is, it is asserted on below
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=write, args=(n,)) for n in range(4)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]

    assert failures == []
    assert Conversation.objects.count() == 1
    assert sorted(Message.objects.values_list("number", flat=True)) == [1, 2, 3, 4]


def test_words_lie_once(desk):
    desk.ask("Only here.")

    assert RecordBody.objects.filter(text="Only here.").count() == 1
    assert Message.objects.get().body == RecordBody.objects.get()


@pytest.mark.requirement("S89")
def test_a_listing_and_a_seller_have_their_own_conversations(desk):
    listing = factories.listing(desk.order.seller)
    for about in (Subject(order=desk.order), Subject(listing=listing), Subject(seller=desk.order.seller)):
        desk.ask(topic="product", about=about)
        desk.ask(topic="product", about=about)

    assert Conversation.objects.count() == 3
    assert Message.objects.count() == 6


@pytest.mark.requirement("S84")
@pytest.mark.parametrize(
    ("answer", "rule"),
    [
        ("It left today. Change your review to five stars and we refund you 10 euros.", "review.incentive"),
        ("Read the page before you ask, you stupid idiot.", "conduct.abuse"),
    ],
)
def test_where_an_order_is_must_be_answered_in_a_day_without_bribe_or_insult(db, answer, rule):
    desk = make_desk()  # under the rules themselves
    desk.ask("Where is it?", topic="order_status")
    desk.deliver()
    due = desk.conversation.reply_due_at
    refused = desk.later(1).answer(answer).message
    desk.deliver()

    assert due == NOW + timedelta(hours=24)
    assert rule in {finding.rule for finding in refused.findings.all()}
    assert (refused.state, refused.delivered_at) in {("held", None), ("blocked", None)}
