"""Undo: until delivery an answer can be taken back, its words are not lost, and the deadline is what it was."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from comity.common.errors import NotFound, Refused
from comity.common.models import EventDelivery, OutboxEvent, RecordEntry
from comity.common.record import verify
from comity.jobs.pump import Pump
from comity.messaging.models import Conversation, Draft, Message, ReplyDeadline
from comity.messaging.selectors.agreement import disagreements
from comity.messaging.services.undo import undo
from tests import factories
from tests.messaging.desk import make_desk

SECOND = timedelta(seconds=1)
PLACE = "seller/here"


@pytest.fixture
def asked(desk):
    """The buyer has asked; the answer is due."""
    desk.ask()
    desk.deliver()
    return desk.later(1)


def take_back(desk, message, *, staff=None, typed=""):
    seat = desk.seller_seat(staff)
    return undo(seat=seat, message_id=message.public_id, place=PLACE, typed=typed, now=desk.now)


def work(now):
    """What the worker does at ``now``."""
    while Pump("worker").run_once(now):
        pass


def state(message):
    return Message.objects.values_list("state", flat=True).get(pk=message.pk)


@pytest.mark.requirement("S27")
def test_an_answer_taken_back_is_withdrawn_and_the_old_due_time_is_back(asked):
    due = asked.conversation.reply_due_at
    sent = asked.answer(undoable=True).message
    assert asked.conversation.reply_due_at is None

    take_back(asked, sent)

    assert (state(sent), asked.conversation.reply_due_at) == ("withdrawn", due)
    assert RecordEntry.objects.order_by("-position").values_list("kind", flat=True)[0] == "withdrawn"
    last = OutboxEvent.objects.order_by("-id")[0]
    assert (last.name, last.actor) == ("message.withdrawn", asked.staff.user.public_id)
    assert list(disagreements()) == []


def test_its_words_are_a_draft_again_before_what_was_typed_since(asked):
    sent = asked.answer("On its way.", undoable=True).message
    take_back(asked, sent, typed="By the way:")

    draft = Draft.objects.get(user=asked.staff.user, place=PLACE)
    assert draft.text == "On its way.\n\nBy the way:"


def test_it_is_delivered_when_the_time_is_over_and_not_before(asked):
    work(asked.now)
    sent = asked.answer(undoable=True).message

    work(asked.now + 9 * SECOND)
    before = state(sent)
    work(asked.now + 10 * SECOND)

    assert (before, state(sent)) == ("accepted", "delivered")
    assert sent.undo_until == asked.now + 10 * SECOND


def test_what_others_write_meanwhile_is_delivered_after_it(asked):
    work(asked.now)
    sent = asked.answer(undoable=True).message
    later = asked.ask("And another thing.").message

    work(asked.now + 9 * SECOND)
    assert state(later) == "accepted"
    work(asked.now + 10 * SECOND)

    positions = Message.objects.filter(pk__in=[sent.pk, later.pk]).order_by("number")
    first, second = positions.values_list("delivered_position", flat=True)
    assert first < second


@pytest.mark.requirement("S87")
def test_after_delivery_it_is_too_late_and_nothing_changes(asked):
    sent = asked.answer(undoable=True).message
    asked.deliver()
    entries = RecordEntry.objects.count()

    with pytest.raises(Refused, match="Too late") as refused:
        take_back(asked, sent)

    assert refused.value.code == "too_late"
    assert (state(sent), RecordEntry.objects.count(), Draft.objects.count()) == ("delivered", entries, 0)


@pytest.mark.parametrize("words", ["HOLD this", "BLOCK this"])
def test_what_is_held_or_blocked_cannot_be_taken_back(asked, words):
    sent = asked.answer(words, undoable=True).message

    with pytest.raises(Refused, match="Too late"):
        take_back(asked, sent)
    assert (state(sent), sent.undo_until) == (sent.state, None)


def test_what_was_not_meant_to_be_taken_back_goes_out_at_once(asked):
    sent = asked.answer().message
    with pytest.raises(Refused, match="Too late"):
        take_back(asked, sent)

    work(asked.now)

    assert state(sent) == "delivered"


def test_a_colleague_cannot_take_it_back_and_a_stranger_finds_nothing(asked):
    sent, question = asked.answer(undoable=True).message, Message.objects.get(number=1)
    colleague = factories.staff(asked.order.seller)

    with pytest.raises(Refused, match="Only who wrote"):
        take_back(asked, sent, staff=colleague)
    with pytest.raises(NotFound):
        take_back(asked, question)
    assert state(sent) == "accepted"


def test_taking_it_back_twice_is_taking_it_back_once(asked):
    sent = asked.answer(undoable=True).message
    take_back(asked, sent)
    entries = RecordEntry.objects.count()

    take_back(asked, sent)

    assert RecordEntry.objects.count() == entries
    assert Draft.objects.get().text == "On its way."


def test_the_delivery_of_what_was_taken_back_does_nothing(asked):
    sent = asked.answer(undoable=True).message
    take_back(asked, sent)

    work(asked.now + 60 * SECOND)

    assert state(sent) == "withdrawn"
    assert not EventDelivery.objects.exclude(state="done").exists()


@pytest.mark.requirement("S27")
def test_the_second_of_two_answers_counts_when_the_first_is_taken_back(asked):
    first = asked.answer(undoable=True).message
    second = asked.answer(undoable=True).message

    take_back(asked, first)

    assert asked.conversation.reply_due_at is None
    assert ReplyDeadline.objects.get().ended_by == second
    take_back(asked, second)
    assert asked.conversation.reply_due_at is not None


STEP = st.sampled_from(["ask", "answer", "undo", "wait", "work"])


def play(desk, steps):
    """Each step, whatever is refused; the worker runs at the time it is. Returns the time at the end."""
    now = desk.now
    for step in steps:
        if step == "wait":
            now += 7 * SECOND
        elif step == "work":
            work(now)
        elif step == "undo":
            mine = Message.objects.filter(side="seller", state="accepted", conversation__order=desk.order).last()
            if mine:
                undo(seat=desk.seller_seat(), message_id=mine.public_id, place=PLACE, typed="", now=now)
        elif step == "answer":
            desk.answer(undoable=True)
        else:
            desk.ask()
    return now


@pytest.mark.requirement("S27", "S87")
@pytest.mark.django_db
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(STEP, min_size=2, max_size=12))
def test_nothing_is_lost_or_doubled_whatever_is_taken_back(easy_rules, steps):
    desk = make_desk()
    desk.ask()
    work(desk.now)
    work(play(desk, steps) + timedelta(minutes=1))

    own = Message.objects.filter(conversation__order=desk.order)
    assert set(own.values_list("state", flat=True)) <= {"delivered", "withdrawn"}
    delivered = RecordEntry.objects.filter(chain=desk.conversation.public_id, kind="delivered").count()
    assert delivered == own.filter(state="delivered").count()
    due = ReplyDeadline.objects.filter(conversation=desk.conversation, ended_at=None)
    assert list(due.values_list("due_at", flat=True)) == [at for at in [desk.conversation.reply_due_at] if at]
    answered = own.filter(side="seller", state="delivered").exists()
    assert answered or due.exists()
    assert list(verify(Conversation.objects.values_list("public_id", "record_count", "record_head"))) == []


@pytest.mark.postgres
def test_of_undo_and_delivery_exactly_one_happens(transactional_db, easy_rules):
    desk = make_desk()
    desk.ask()
    work(desk.now)
    for _ in range(3):
        sent = desk.answer(undoable=True).message
        outcomes = together(lambda message=sent: take_back(desk, message), lambda: work(desk.now + 10 * SECOND))

        final = state(sent)
        kinds = set(RecordEntry.objects.filter(facts__contains=sent.public_id).values_list("kind", flat=True))
        assert final in kinds
        assert len(kinds & {"withdrawn", "delivered"}) == 1
        assert ("Refused" in outcomes) == (final == "delivered")


def together(*acts):
    """Run all acts at the same time, each with a connection of its own; the names of what they raised."""
    ready, raised = threading.Barrier(len(acts)), []

    def run(act):
        try:
            ready.wait()
            act()
        except Exception as error:  # noqa: BLE001 - its name is asserted on
            raised.append(type(error).__name__)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    return raised
