from datetime import UTC, date, datetime, timedelta

import pytest
from django.http import HttpResponse
from django.template import Context, Template
from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as st

from comity.accounts.models import User
from comity.web.middleware import ReadersTime
from comity.web.templatetags import times

NOW = datetime(2026, 11, 23, 11, 20, tzinfo=UTC)
DAY = timedelta(days=1)


def rendered(source, **context):
    return Template(source).render(Context({"now": NOW, **context}))


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "less than a minute"),
        (59, "less than a minute"),
        (60, "1 min"),
        (3599, "59 min"),
        (3600, "1 h"),
        (5 * 3600 + 25 * 60 + 59, "5 h 25 min"),
        (10 * 3600 + 59 * 60, "10 h"),
        (48 * 3600 - 1, "47 h"),
        (48 * 3600, "2 days"),
        (-2400, "40 min"),
    ],
)
def test_a_span_is_said_in_at_most_two_units(seconds, words):
    assert times.span_words(seconds) == words


@pytest.mark.parametrize(
    ("left", "state", "words"),
    [
        (timedelta(hours=20, minutes=55), "", "20 h left"),
        (timedelta(hours=4, seconds=1), "", "4 h left"),
        (timedelta(hours=4), "soon", "4 h left"),
        (timedelta(0), "late", "less than a minute over"),
        (-timedelta(minutes=40), "late", "40 min over"),
    ],
)
def test_a_deadline_says_how_long_and_takes_colour_in_its_last_sixth(left, state, words):
    due = NOW + left
    assert times.left_words(due, NOW) == words
    assert times.state_of(due, due - DAY, NOW) == state


def test_without_a_start_nothing_is_nearly_due():
    assert times.state_of(NOW + timedelta(minutes=1), None, NOW) == ""


@given(st.integers(-(10**6), 10**6), st.integers(0, 10**6))
def test_the_ring_is_never_fuller_than_full(until_due, whole):
    due = NOW + timedelta(seconds=until_due)
    assert 0 <= times.share_left(due, due - timedelta(seconds=whole), NOW) <= 1


@pytest.mark.parametrize(
    ("at", "style", "words"),
    [
        (NOW + 3 * timedelta(hours=1), "", "today 14:20"),
        (NOW + DAY, "", "Tue 24 Nov, 11:20"),
        (datetime(2027, 2, 19, 9, 5, tzinfo=UTC), "", "Fri, 19 Feb 2027, 09:05"),
        (date(2026, 12, 21), "", "Mon 21 Dec"),
        (NOW, "time", "11:20"),
        (NOW, "day", "Today, Monday 23 November"),
        (NOW - DAY, "day", "Sunday 22 November"),
        (NOW - timedelta(minutes=78), "ago", "1 h 18 min ago"),
    ],
)
def test_a_moment_in_words(at, style, words):
    assert times.moment_words(at, NOW, style) == words


def test_a_moment_carries_the_exact_instant():
    assert rendered("{% moment at %}", at=NOW) == '<time datetime="2026-11-23T11:20+00:00">today 11:20</time>'


def test_an_unknown_moment_is_nothing():
    assert rendered("{% moment at %}{% ring at %}", at=None) == ""


@pytest.mark.requirement("S27")
def test_a_ring_shows_words_share_and_instant():
    html = rendered(
        '{% ring due started "answer by" %}', due=NOW + 3 * timedelta(hours=1), started=NOW - 21 * timedelta(hours=1)
    )
    assert 'class="due soon"' in html
    assert 'stroke-dasharray="3.9 32"' in html
    assert '<time datetime="2026-11-23T14:20+00:00">answer by today 14:20 · <span class="togo">3 h left</span>' in html


def test_over_is_another_shape_and_not_only_another_colour():
    html = rendered("{% ring due started %}", due=NOW - timedelta(minutes=40), started=NOW - DAY)
    assert "#i-warn" in html
    assert 'class="ring"' not in html
    assert "40 min over" in html


def told(user, source="{% moment at %} {% time_zone %}", **context):
    """A page for ``user`` on which a moment stands."""
    request = RequestFactory().get("/")
    request.user = user
    return ReadersTime(lambda _: HttpResponse(rendered(source, at=NOW, **context)))(request).text


def test_moments_are_told_in_the_readers_time_zone_which_is_named_once():
    html = '<time datetime="2026-11-23T20:20+09:00">today 20:20</time> Times are in Asia/Tokyo.'
    assert told(User(time_zone="Asia/Tokyo")) == html


@pytest.mark.parametrize("user", [None, User(time_zone="Nowhere/Atall"), User(time_zone="../etc/passwd")])
def test_without_a_zone_that_exists_moments_are_told_in_utc(user):
    html = '<time datetime="2026-11-23T11:20+00:00">today 11:20</time> Times are in UTC.'
    assert told(user) == html


def test_a_page_writes_as_its_reader_does_and_says_which_language_that_is():
    source = '{% moment day %} {% moment at %} {% money 123450 "EUR" %} {{ 1200|thousands }} {% locale_tag %} {{ day|on:"short" }}'
    html = (
        '<time datetime="2026-12-21" lang="de-DE">Mo., 21. Dez.</time> '
        '<time datetime="2026-11-23T11:20+00:00">today 11:20</time> '
        "1.234,50\N{NO-BREAK SPACE}€ 1.200 de-DE-u-nu-latn 21. Dez."
    )
    assert told(User(language="de-DE"), source, day=date(2026, 12, 21)) == html


def test_one_readers_zone_is_gone_with_the_answer():
    told(User(time_zone="Asia/Tokyo"))
    assert rendered("{% time_zone %}") == "Times are in UTC."


def test_an_answer_that_tells_no_moment_looks_nobody_up():
    class Unasked:
        @property
        def time_zone(self):
            pytest.fail("looked up")

        language = time_zone

    assert told(Unasked(), "quiet") == "quiet"
