"""The reply clock: 24 hours of wall time from the first unanswered buyer message."""

from datetime import timedelta

import pytest

from comity.common.errors import Refused
from comity.messaging.models import ReplyDeadline
from comity.messaging.selectors.conversations import next_step
from comity.messaging.services.marks import mark_no_response_needed
from tests.factories import NOW
from tests.messaging.desk import make_desk

DAY = timedelta(hours=24)
HOUR = timedelta(hours=1)


def deadlines():
    return list(ReplyDeadline.objects.order_by("pk").values_list("started_at", "due_at", "end"))


@pytest.mark.requirement("S27", "C4")
def test_clock_starts_on_delivery_and_runs_24_hours(desk):
    desk.ask()
    assert desk.conversation.reply_due_at is None

    desk.later(1).deliver()

    assert desk.conversation.reply_due_at == NOW + HOUR + DAY
    assert deadlines() == [(NOW + HOUR, NOW + HOUR + DAY, "")]


@pytest.mark.requirement("S27")
@pytest.mark.parametrize("start", ["2026-03-06T17:00Z", "2026-03-28T23:30Z", "2028-02-28T12:00Z"])
def test_weekends_clock_changes_and_leap_days_count_like_any_hour(desk, monkeypatch, start):
    monkeypatch.setattr("tests.messaging.desk.NOW", moment := __import__("datetime").datetime.fromisoformat(start))
    desk.ask()
    desk.deliver()

    assert desk.conversation.reply_due_at - moment == DAY


@pytest.mark.requirement("S27")
def test_second_message_does_not_hide_the_older_deadline(desk):
    desk.ask()
    desk.deliver()
    desk.later(5).ask("And which carrier?")
    desk.deliver()

    assert desk.conversation.reply_due_at == NOW + DAY
    assert len(deadlines()) == 1


@pytest.mark.requirement("S27")
def test_answer_stops_the_clock_and_the_next_question_starts_a_new_one(desk):
    desk.ask()
    desk.deliver()
    desk.later(2).answer()
    assert desk.conversation.reply_due_at is None

    desk.deliver()
    desk.later(1).ask("Thanks, and when?")
    desk.deliver()

    assert deadlines() == [(NOW, NOW + DAY, "answered"), (NOW + 3 * HOUR, NOW + 3 * HOUR + DAY, "")]


def test_blocked_answer_never_stops_the_clock(desk):
    desk.ask()
    desk.deliver()

    assert desk.later(2).answer("BLOCK me").kind == "blocked"

    assert desk.conversation.reply_due_at == NOW + DAY


def test_held_answer_stops_the_clock_and_released_leaves_it_stopped(desk):
    desk.ask()
    desk.deliver()
    held = desk.later(2).answer("HOLD this").message
    assert desk.conversation.reply_due_at is None

    desk.later(20).rule(held, "release")
    desk.deliver()

    assert desk.conversation.reply_due_at is None
    assert deadlines() == [(NOW, NOW + DAY, "answered")]


@pytest.mark.parametrize("decision", ["return", "block"])
def test_held_answer_that_does_not_go_out_gives_the_old_due_time_back(desk, decision):
    desk.ask()
    desk.deliver()
    held = desk.later(2).answer("HOLD this").message

    desk.later(30).rule(held, decision)

    assert desk.conversation.reply_due_at == NOW + DAY
    assert deadlines() == [(NOW, NOW + DAY, "")]


def test_clock_that_began_meanwhile_is_merged_into_the_older_one(desk):
    desk.ask()
    desk.deliver()
    held = desk.later(2).answer("HOLD this").message
    desk.later(1).ask("Hello?")
    desk.deliver()

    desk.later(1).rule(held, "return")

    assert desk.conversation.reply_due_at == NOW + DAY
    assert deadlines() == [(NOW, NOW + DAY, ""), (NOW + 3 * HOUR, NOW + 3 * HOUR + DAY, "merged")]


@pytest.mark.parametrize("first", ["return", "block"])
def test_another_reply_written_meanwhile_is_the_answer(desk, first):
    desk.ask()
    desk.deliver()
    held = desk.later(1).answer("HOLD this").message
    desk.later(1).answer("On its way.")
    desk.deliver()

    desk.later(30).rule(held, first)

    assert (desk.conversation.reply_due_at, deadlines()) == (None, [(NOW, NOW + DAY, "answered")])


def test_of_two_held_replies_the_last_one_given_back_brings_the_due_time_back(desk):
    desk.ask()
    desk.deliver()
    one, two = (desk.later(1).answer("HOLD this").message for _ in range(2))
    desk.rule(one, "return")
    assert desk.conversation.reply_due_at is None

    desk.rule(two, "return")

    assert desk.conversation.reply_due_at == NOW + DAY


@pytest.mark.requirement("S32")
def test_automatic_reply_does_not_stop_the_clock_unless_the_profile_says_so(desk):
    desk.ask()
    desk.deliver()

    desk.later(1).answer("We are closed today.", automatic=True)
    desk.deliver()

    assert desk.conversation.reply_due_at == NOW + DAY
    assert desk.conversation.buyer_waiting_since == NOW


@pytest.mark.requirement("S32")
def test_automatic_reply_stops_the_clock_where_the_profile_says_so(desk, monkeypatch):
    from comity.messaging.services import clock

    real = clock.profile_in_force
    monkeypatch.setattr(
        clock,
        "profile_in_force",
        lambda *a: __import__("dataclasses").replace(real(*a), automatic_reply_stops_clock=True),
    )
    desk.ask()
    desk.deliver()

    desk.later(1).answer("We are closed today.", automatic=True)

    assert desk.conversation.reply_due_at is None


@pytest.mark.requirement("S27")
def test_no_response_needed_ends_the_clock_on_record_and_a_new_message_restarts_it(desk):
    desk.ask("Thanks, all good.")
    desk.deliver()
    mark_no_response_needed(seat=desk.later(1).seller_seat(), now=desk.now)
    assert (desk.conversation.reply_due_at, deadlines()[0][2]) == (None, "not_needed")

    desk.later(1).ask("One more thing: where is it?")
    desk.deliver()

    assert desk.conversation.reply_due_at == NOW + 2 * HOUR + DAY


def test_mark_is_refused_where_nothing_is_due(desk):
    desk.ask()
    desk.deliver()
    desk.answer()
    before = desk.conversation.record_count

    with pytest.raises(Refused, match="No answer is due"):
        mark_no_response_needed(seat=desk.seller_seat(), now=desk.now)

    assert desk.conversation.record_count == before


def test_marketplace_in_a_seller_conversation_does_not_answer_for_the_seller(desk):
    desk.ask()
    desk.deliver()

    desk.later(1).serve()
    desk.deliver()

    assert desk.conversation.reply_due_at == NOW + DAY


@pytest.mark.requirement("S91", "C4")
def test_buyer_waits_48_hours_from_sending_for_the_next_step(desk):
    desk.ask()
    desk.later(3).deliver()

    before = next_step(desk.conversation, now=NOW + timedelta(hours=47, minutes=59))
    after = next_step(desk.conversation, now=NOW + timedelta(hours=48))

    assert (before.opens_at, before.open, after.open) == (NOW + timedelta(hours=48), False, True)


@pytest.mark.requirement("S91")
def test_wait_ends_when_the_answer_is_delivered_not_when_it_is_held(desk):
    desk.ask()
    desk.deliver()
    held = desk.later(1).answer("HOLD this").message
    desk.deliver()
    assert desk.conversation.buyer_waiting_since == NOW

    desk.rule(held, "release")
    desk.deliver()

    assert desk.conversation.buyer_waiting_since is None


@pytest.mark.requirement("S91")
def test_an_answer_ends_the_wait_only_for_what_it_could_know_of(desk):
    desk.ask()
    desk.deliver()
    held = desk.later(1).ask("HOLD this").message
    desk.later(1).answer()
    desk.deliver()

    desk.later(1).rule(held, "release")
    desk.deliver()

    assert desk.conversation.buyer_waiting_since == NOW + HOUR


@pytest.mark.requirement("S91")
def test_a_late_release_revives_no_wait_that_another_answer_ended(desk):
    desk.ask()
    desk.deliver()
    held = desk.later(1).answer("HOLD this").message
    desk.later(1).ask("Hello?")
    desk.deliver()
    desk.later(1).answer()
    desk.deliver()

    desk.later(1).rule(held, "release")
    desk.deliver()

    assert desk.conversation.buyer_waiting_since is None


def test_blocked_question_starts_no_wait_and_a_returned_one_takes_its_wait_back(desk):
    desk.ask("BLOCK me")
    assert desk.conversation.buyer_waiting_since is None
    held = desk.ask("HOLD this").message
    assert desk.conversation.buyer_waiting_since == NOW

    desk.rule(held, "return")

    assert desk.conversation.buyer_waiting_since is None


@pytest.mark.requirement("S8")
def test_marketplace_has_its_own_clock_and_the_sellers_never_starts(desk):
    sent = desk.ask("I was charged twice.", topic="payment")
    desk.deliver()
    sent.message.refresh_from_db()

    assert (sent.message.conversation.addressee, sent.message.conversation.reply_due_at) == ("marketplace", NOW + DAY)
    assert ReplyDeadline.objects.get().owed_by == "marketplace"


def test_deadline_stores_the_digest_of_its_profile(db, easy_rules):
    from comity.accounts.selectors.settings import profile_by_digest

    desk = make_desk()
    desk.ask()
    desk.deliver()

    assert profile_by_digest(ReplyDeadline.objects.get().profile_digest).reply_hours == 24
