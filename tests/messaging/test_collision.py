"""Colleagues at one conversation: each sees that another writes, and nobody sends over another's head."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from comity.common.models import OutboxEvent
from comity.messaging.models import Draft, Message
from comity.messaging.selectors.colleagues import answering_token, who_else_writes
from comity.messaging.services.collision import Overtaken
from comity.messaging.services.drafts import save_draft
from tests import factories
from tests.messaging.desk import make_desk
from tests.messaging.test_undo import together, work

WINDOW = timedelta(minutes=2)
PLACE = "seller/here"


@pytest.fixture
def asked(desk):
    desk.ask()
    desk.deliver()
    return desk.later(1)


def colleague_of(desk, name="Ines"):
    return factories.staff(desk.order.seller, user=factories.user(name=name))


def seen_by(desk):
    return desk.conversation.message_count


def write(user, now, text="Hello"):
    save_draft(user=user, place=PLACE, text=text, limit=4000, rest=WINDOW, now=now)


def others(desk, now):
    return who_else_writes(place=PLACE, user=desk.staff.user, within=WINDOW, now=now)


def test_a_colleague_who_writes_is_named_with_the_time_of_the_first_word(asked):
    ines = colleague_of(asked).user
    write(ines, asked.now)
    write(ines, asked.now + timedelta(minutes=1), "Hello again")

    assert [(one.name, one.since) for one in others(asked, asked.now + timedelta(minutes=2))] == [("Ines", asked.now)]


def test_nobody_is_named_for_an_old_draft_an_own_one_or_one_elsewhere(asked):
    ines = colleague_of(asked).user
    write(ines, asked.now)
    write(asked.staff.user, asked.now)
    save_draft(user=ines, place="seller/there", text="Hello", limit=4000, now=asked.now + WINDOW)

    assert others(asked, asked.now + WINDOW) == []
    assert answering_token([]) == ""


def test_whoever_goes_on_after_a_rest_begins_anew(asked):
    ines = colleague_of(asked).user
    write(ines, asked.now)
    later = asked.now + timedelta(hours=3)
    write(ines, later, "Hello again")

    [one] = others(asked, later)
    assert one.since == later
    assert Draft.objects.count() == 1


def test_the_token_changes_with_people_and_times_only(asked):
    ines, noor = colleague_of(asked).user, colleague_of(asked, "Noor").user
    write(ines, asked.now)
    alone = answering_token(others(asked, asked.now))
    write(ines, asked.now + timedelta(seconds=5), "more")
    assert answering_token(others(asked, asked.now)) == alone
    write(noor, asked.now)
    assert answering_token(others(asked, asked.now)) not in (alone, "")


@pytest.mark.requirement("S34")
def test_an_answer_over_a_colleagues_head_is_refused_and_nothing_is_stored(asked):
    seen = seen_by(asked)
    first = asked.answer("It left today.", staff=colleague_of(asked)).message
    before = (Message.objects.count(), OutboxEvent.objects.count())

    with pytest.raises(Overtaken, match="Ines answered while you were writing") as overtaken:
        asked.answer("It leaves tomorrow.", seen=seen)

    assert overtaken.value.message == first
    assert (Message.objects.count(), OutboxEvent.objects.count()) == before
    assert asked.answer("It leaves tomorrow.", seen=seen_by(asked)).kind == "accepted"


def test_a_held_answer_of_a_colleague_is_in_the_way_too_and_a_blocked_one_is_not(asked):
    ines = colleague_of(asked)
    seen = seen_by(asked)
    asked.answer("BLOCK this", staff=ines)
    assert asked.answer(seen=seen).kind == "accepted"
    seen = seen_by(asked)
    asked.answer("HOLD this", staff=ines)
    with pytest.raises(Overtaken):
        asked.answer(seen=seen)


def test_what_the_buyer_or_oneself_wrote_since_is_in_nobodys_way(asked):
    seen = seen_by(asked)
    asked.ask("Still there?")
    asked.answer("One moment.")

    assert asked.answer("It left today.", seen=seen).kind == "accepted"


def test_the_look_for_colleagues_costs_nothing_where_nothing_came(asked):
    seat = asked.seller_seat()
    from comity.messaging.services.collision import require_not_overtaken

    with CaptureQueriesContext(connection) as queries:
        require_not_overtaken(seat.conversation, seat, seat.conversation.message_count)
        require_not_overtaken(seat.conversation, seat, None)
    assert len(queries) == 0


@pytest.mark.postgres
def test_of_two_answers_at_once_one_is_sent(transactional_db, easy_rules):
    desk = make_desk()
    desk.ask()
    work(desk.now)
    people = [colleague_of(desk, name) for name in ("Ines", "Noor", "Tomas")]
    seen = seen_by(desk)

    raised = together(*(lambda staff=staff: desk.answer("Mine.", staff=staff, seen=seen) for staff in people))

    assert raised == ["Overtaken", "Overtaken"]
    assert Message.objects.filter(side="seller").count() == 1


def test_the_race_is_lost_without_the_look(asked, monkeypatch):
    """The mutant: an answer that does not look for colleagues is sent over their heads."""
    monkeypatch.setattr("comity.messaging.services.messages.require_not_overtaken", lambda *_: None)
    seen = seen_by(asked)
    asked.answer(staff=colleague_of(asked))
    asked.answer(seen=seen)
    assert Message.objects.filter(side="seller").count() == 2
