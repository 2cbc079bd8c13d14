from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.db import connection

from comity.accounts.models import SpentToken, Tries
from comity.accounts.services import throttle, tokens
from comity.jobs.schedules import prune
from tests.factories import NOW

WINDOW = timedelta(minutes=15)
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _three_tries(settings):
    settings.SIGN_IN_TRIES = {"address": (3, WINDOW), "network": (2, WINDOW)}


def take(value="ines@example.com", kind="address", now=NOW):
    return throttle.take(kind=kind, value=value, now=now)


@pytest.mark.django_db
def test_a_window_takes_its_number_and_then_says_when_it_opens_again():
    assert [take() for _ in range(5)] == [None] * 3 + [NOW + WINDOW] * 2
    assert [take(now=NOW + WINDOW) for _ in range(4)] == [None] * 3 + [NOW + 2 * WINDOW]


@pytest.mark.django_db
def test_kinds_and_values_are_counted_apart_and_case_is_not():
    assert [take("Ines@example.com") for _ in range(3)] == [None] * 3
    assert take("ines@EXAMPLE.com") == NOW + WINDOW
    assert [take("other@example.com"), take(kind="network")] == [None, None]


@pytest.mark.django_db
def test_an_amount_that_does_not_fit_is_not_counted_and_a_smaller_one_may_fit():
    def some(amount, now=NOW):
        return throttle.take_some(kind="bytes", value="usr_1", amount=amount, limit=10, window=DAY, now=now)

    assert [some(6), some(5), some(4), some(1)] == [None, NOW + DAY, None, NOW + DAY]
    assert [some(11, NOW + DAY), some(10, NOW + DAY)] == [NOW + 2 * DAY, None]


@pytest.mark.django_db
def test_a_try_is_given_back_and_all_are_forgotten():
    [take() for _ in range(3)]
    throttle.give_back(kind="address", value="ines@example.com")
    assert [take(), take()] == [None, NOW + WINDOW]
    throttle.forget(kind="address", value="ines@example.com")
    assert [take() for _ in range(4)] == [None] * 3 + [NOW + WINDOW]


@pytest.mark.django_db
def test_what_is_over_is_cleared_away_and_the_rest_stays():
    take("old")
    take("young", now=NOW + WINDOW)
    tokens.spend(token="old", expires_at=NOW, now=NOW)
    tokens.spend(token="young", expires_at=NOW + 2 * DAY, now=NOW)
    assert throttle.forget_past(now=NOW + DAY) == 2
    assert (Tries.objects.get().since, tokens.is_spent("young"), SpentToken.objects.count()) == (NOW + WINDOW, True, 1)


def at_once(times, action):
    def alone(_):
        try:
            return action()
        finally:
            connection.close()

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(alone, range(times)))


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_tries_at_the_same_time_are_all_counted():
    assert at_once(12, take).count(None) == 3


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_many_who_spend_a_token_at_once_one_succeeds():
    spent = at_once(12, lambda: tokens.spend(token="x", expires_at=NOW, now=NOW))
    assert sorted(spent) == [False] * 11 + [True]


@pytest.mark.django_db
def test_the_worker_clears_away_past_tries_and_ended_sessions():
    take("old", now=NOW - DAY)
    for key, ends in (("ended", NOW - WINDOW), ("open", NOW + WINDOW)):
        Session.objects.create(session_key=key, session_data="", expire_date=ends)
    prune(NOW)
    assert (Tries.objects.count(), Session.objects.get().session_key) == (0, "open")
