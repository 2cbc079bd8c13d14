"""The usual answer time: what it says, and that it says so in one query."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from comity.messaging.models import ReplyDeadline
from comity.messaging.selectors.answering import answer_words, expected_answer
from tests.factories import NOW

LIMITS = {"minimum": 3, "share": 80, "duty_hours": 24}


def said(*minutes, **limits):
    return answer_words([timedelta(minutes=each) for each in minutes], **(LIMITS | limits))


@pytest.mark.requirement("S91")
@pytest.mark.parametrize(
    ("minutes", "words"),
    [
        ((), "Answers within 24 hours"),
        ((5, 5), "Answers within 24 hours"),
        ((5, 5, 5), "Usually answers within an hour"),
        ((60, 60, 60), "Usually answers within an hour"),
        ((60, 61, 61), "Usually answers within 2 hours"),
        ((10, 10, 10, 10, 3000), "Usually answers within an hour"),
        ((10, 10, 10, 300, 3000), "Usually answers within 6 hours"),
        ((1440, 1440, 1440), "Usually answers within 24 hours"),
        ((1441, 1441, 1441), "Usually answers within 2 days"),
        ((5761, 5761, 5761), "Usually answers within 5 days"),
    ],
)
def test_answer_time_is_what_most_answers_kept(minutes, words):
    assert said(*minutes) == words


def test_few_answers_leave_the_duty_of_the_profile():
    assert said(5, 5, duty_hours=1) == "Answers within an hour"


@given(st.lists(st.integers(0, 20_000), min_size=3, max_size=60), st.integers(1, 100))
def test_no_slower_seller_looks_faster(minutes, share):
    slower = [each + 60 for each in minutes]

    assert _promise(said(*minutes, share=share)) <= _promise(said(*slower, share=share))


def _promise(words):
    amount = words.removeprefix("Usually answers within ")
    number, _, unit = amount.partition(" ")
    return (1 if number == "an" else int(number)) * (24 if unit == "days" else 1)


def answered(desk, hours, ago=timedelta()):
    """An answer of the desk's seller that took so many hours and came so long ago."""
    desk.ask()
    desk.deliver()
    desk.answer()
    desk.deliver()
    clock = ReplyDeadline.objects.latest("pk")
    ReplyDeadline.objects.filter(pk=clock.pk).update(
        started_at=NOW - ago - timedelta(hours=hours), ended_at=NOW - ago, ended_by=clock.ended_by
    )


def test_answer_time_comes_from_the_window_in_one_query(desk):
    for hours in (1, 2, 2, 3, 20):
        answered(desk, hours)
    answered(desk, 200, ago=timedelta(days=31))
    seller, market = desk.order.seller, desk.order.marketplace

    with CaptureQueriesContext(connection) as captured:
        assert expected_answer(seller, market, now=NOW) == "Usually answers within 3 hours"
    assert len(captured) == 1


def test_what_is_excused_or_owed_by_the_marketplace_tells_nothing(desk):
    for _ in range(5):
        answered(desk, 1)
    ReplyDeadline.objects.update(end="not_needed")

    seller = desk.order.seller
    assert expected_answer(seller, seller.marketplace, now=NOW) == "Answers within 24 hours"
    assert set(ReplyDeadline.objects.values_list("seller", flat=True)) == {desk.order.seller_id}
