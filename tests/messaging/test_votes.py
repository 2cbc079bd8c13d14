"""“Did this solve it?”: what can be voted on, that a vote can be changed, and which one counts."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from comity.common.errors import NotFound
from comity.common.models import OutboxEvent
from comity.messaging.models import Message, Vote
from comity.messaging.selectors.care import answers_in, solved_rate, votes_in
from comity.messaging.services.votes import vote
from tests import factories
from tests.messaging.desk import Desk, make_desk


def answered(desk):
    """Ask and have it answered; the answer."""
    desk.ask()
    desk.deliver()
    answer = desk.answer().message
    desk.deliver()
    return answer


def say(desk, answer, solved):
    return vote(seat=desk.buyer_seat(), message_id=answer.public_id, solved=solved, now=desk.now)


def rate(desk, days=30):
    found = solved_rate(seller=desk.order.seller, days=days, now=desk.now)
    assert found.days == days
    return found.solved, found.voted


def of_same_shop(desk):
    """Another buyer with an order of the desk's shop."""
    person = factories.buyer(desk.order.marketplace)
    return Desk(factories.order(person, desk.order.seller), person, desk.staff, desk.operator)


def test_a_vote_is_told_with_who_gave_it(desk):
    answer = answered(desk)

    say(desk, answer, solved=False)

    event = OutboxEvent.objects.get(name="answer.voted")
    assert (event.actor, event.data["solved"]) == (desk.buyer.user.public_id, False)
    assert votes_in(desk.conversation) == {answer.public_id: False}


def test_a_vote_can_be_changed_and_the_log_keeps_both(desk):
    answer = answered(desk)
    for solved in (False, True, True):
        say(desk, answer, solved)

    told = OutboxEvent.objects.filter(name="answer.voted").order_by("id")
    assert [event.data["solved"] for event in told] == [False, True]
    assert (Vote.objects.count(), rate(desk)) == (1, (1, 1))


def test_of_a_conversation_the_last_vote_counts(desk):
    first, second = answered(desk), answered(desk)
    say(desk, second, solved=True)
    say(desk.later(1), first, solved=False)
    other = of_same_shop(desk)
    say(other, answered(other), solved=True)

    assert rate(desk) == (1, 2)


def test_the_rate_is_of_one_seller_and_one_window_in_one_query(desk):
    say(desk, answered(desk), solved=True)
    foreign = make_desk()
    say(foreign, answered(foreign), solved=False)

    with CaptureQueriesContext(connection) as captured:
        assert rate(desk) == (1, 1)
    assert len(captured) == 1
    before = solved_rate(seller=desk.order.seller, days=30, now=desk.now - timedelta(seconds=1))
    assert (rate(desk.later(48), days=1), before.voted) == ((0, 0), 0)


def test_only_delivered_answers_of_the_seller_can_be_voted_on(desk):
    answer = answered(desk)
    question = Message.objects.get(side="buyer")
    waiting = desk.answer("Not yet there.").message
    blocked = desk.answer("BLOCK this").message
    automatic = desk.answer("We are away.", automatic=True).message
    desk.deliver()
    Message.objects.filter(pk=waiting.pk).update(state="accepted")

    assert list(answers_in(desk.conversation)) == [answer]
    for message in (question, waiting, blocked, automatic):
        with pytest.raises(NotFound):
            say(desk, message, solved=True)
    assert not Vote.objects.exists()


def test_what_came_before_any_question_is_no_answer(desk):
    answer = answered(desk)
    Message.objects.filter(side="buyer").update(number=9)

    with pytest.raises(NotFound):
        say(desk, answer, solved=True)


def test_nobody_votes_but_the_buyer(desk):
    answer = answered(desk)
    stranger = make_desk()
    stranger.ask()

    for seat in (desk.seller_seat(), stranger.buyer_seat()):
        with pytest.raises(NotFound):
            vote(seat=seat, message_id=answer.public_id, solved=True, now=desk.now)
    assert not OutboxEvent.objects.filter(name="answer.voted").exists()


def test_a_vote_does_not_touch_the_record(desk):
    answer = answered(desk)
    before = desk.conversation.record_head

    say(desk, answer, solved=True)

    assert desk.conversation.record_head == before
