"""A seller's own words that ask for a review use up the order's one request, as the button does."""

from datetime import timedelta

import pytest

from comity.common.models import OutboxEvent
from comity.messaging.models import Message, ReviewRequest
from comity.messaging.services.messages import Reply, reply
from comity.messaging.services.review_requests import AlreadyAsked, ask_for_review
from comity.messaging.services.undo import undo
from tests import factories
from tests.factories import NOW
from tests.messaging.desk import make_desk
from tests.messaging.test_history import DECEMBER, REQUEST, about_nothing_ordered, asked, seats, told, waiting_desk
from tests.messaging.test_outreach import in_threads

__all__ = ["asked", "told"]  # fixtures


@pytest.mark.requirement("S26", "S35", "S51", "C6")
def test_own_words_that_ask_for_a_review_use_up_the_orders_one_request(asked):
    first = asked.answer(f"It is red. {REQUEST}")
    second = asked.answer(REQUEST)
    asked.deliver()

    assert (first.kind, second.kind) == ("accepted", "blocked")
    assert [(one.rule, one.form) for one in second.message.findings.all()] == [("review.repeat", "plain")]
    assert ReviewRequest.objects.get().message == first.message
    assert Message.objects.filter(side="seller", state="delivered").count() == 1
    assert OutboxEvent.objects.get(name="review.requested").actor == asked.staff.user.public_id


@pytest.mark.requirement("S35", "C6")
def test_after_own_words_the_button_asks_no_more(asked):
    asked.answer(REQUEST)

    with pytest.raises(AlreadyAsked):
        ask_for_review(staff=asked.staff, order=asked.order, now=asked.now)
    assert Message.objects.filter(side="seller").count() == 1


@pytest.mark.requirement("S35", "C6")
def test_after_the_button_own_words_ask_no_more(asked):
    request = ask_for_review(staff=asked.staff, order=asked.order, now=asked.now)
    sent = asked.answer(REQUEST)
    asked.deliver()

    assert (sent.kind, sent.message.findings.get().rule) == ("blocked", "review.repeat")
    assert list(Message.objects.filter(side="seller", state="delivered")) == [request.message]


def test_the_button_asks_also_after_many_messages_without_an_answer(asked):
    for number in range(4):
        asked.answer(f"Here is part {number} of it.")

    assert ask_for_review(staff=asked.staff, order=asked.order, now=asked.now).message.state == "accepted"


def test_a_request_taken_back_leaves_its_place_free(asked):
    first = asked.answer(REQUEST, undoable=True).message
    undo(seat=asked.seller_seat(), message_id=first.public_id, place="here", typed="", now=asked.now)

    again = asked.answer(REQUEST)

    assert (again.kind, ReviewRequest.objects.get().message) == ("accepted", again.message)


@pytest.mark.parametrize("word", ["BLOCK", "WARN"])
def test_a_request_that_is_stopped_uses_nothing_up(asked, told, word):
    asked.answer(f"{word} {REQUEST}")
    asked.answer("It is red.")

    assert not ReviewRequest.objects.exists()
    assert told[-1]["review_requests"] == 0


def test_a_buyers_words_and_words_without_an_order_use_nothing_up(asked):
    asked.ask(REQUEST)
    desk, conversation = about_nothing_ordered()
    reply(seat=seats(desk, conversation)[1], reply=Reply(text=REQUEST, key="k"), now=desk.now)

    assert not ReviewRequest.objects.exists()


@pytest.mark.parametrize(("opens", "form"), [(30, "early"), (-60, "late")])
@pytest.mark.requirement("S35")
def test_own_words_keep_to_the_days_as_well(db, opens, form):
    days = {"deliver_from": NOW + timedelta(days=opens), "deliver_by": NOW + timedelta(days=opens)}
    desk = make_desk(status="shipped", **days).later(DECEMBER)
    desk.ask()
    desk.deliver()
    sent = desk.answer(REQUEST)
    desk.deliver()

    assert (sent.kind, [(one.rule, one.form) for one in sent.message.findings.all()]) == (
        "blocked", [("review.repeat", form)],
    )  # fmt: skip
    assert not Message.objects.filter(side="seller", state="delivered").exists()


@pytest.mark.postgres
@pytest.mark.requirement("S35", "C6")
def test_of_four_who_ask_at_once_with_button_and_words_one_does(transactional_db):
    desk = waiting_desk()
    people = [factories.staff(desk.order.seller) for _ in range(4)]

    def ask(number):
        if number % 2:
            return ask_for_review(staff=people[number], order=desk.order, now=desk.now).message.state
        return desk.answer(REQUEST, staff=people[number], key=f"form {number}").kind

    done = in_threads(ask, 4)

    assert done.count("accepted") == 1
    assert set(done) <= {"accepted", "already_asked", "blocked"}
    assert (ReviewRequest.objects.count(), Message.objects.filter(side="seller", state="accepted").count()) == (1, 1)


@pytest.mark.postgres
@pytest.mark.requirement("S26")
def test_follow_ups_sent_at_once_are_counted_one_after_the_other(transactional_db, told):
    desk = waiting_desk()
    people = [factories.staff(desk.order.seller) for _ in range(4)]
    in_threads(lambda number: desk.answer(f"Part {number}.", staff=people[number], key=f"form {number}").kind, 4)

    assert sorted(one["follow_ups"] for one in told if one["role"] == "seller") == [0, 1, 2, 3]
