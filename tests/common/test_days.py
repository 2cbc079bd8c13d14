from datetime import UTC, date, datetime

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from comity.common.days import end_of_day, midnight


def at(month, day, hour):
    return datetime(2026, month, day, hour, tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "day", "first", "after"),
    [
        ("UTC", date(2026, 11, 2), at(11, 2, 0), at(11, 3, 0)),
        ("Asia/Tokyo", date(2026, 11, 2), at(11, 1, 15), at(11, 2, 15)),
        ("America/New_York", date(2026, 11, 1), at(11, 1, 4), at(11, 2, 5)),  # 25 hours
        ("Europe/Berlin", date(2026, 3, 29), at(3, 28, 23), at(3, 29, 22)),  # 23 hours
        ("Africa/Cairo", date(2026, 4, 24), at(4, 23, 22), at(4, 24, 21)),  # no midnight
        ("America/Havana", date(2026, 11, 1), at(11, 1, 4), at(11, 2, 5)),  # two midnights
    ],
)
def test_a_day_is_the_readers(zone, day, first, after):
    with timezone.override(zone):
        assert (midnight(day), end_of_day(day)) == (first, after)


def test_a_day_that_is_everybodys_is_not_the_readers():
    with timezone.override("Asia/Tokyo"):
        assert midnight(date(2026, 11, 2), UTC) == datetime(2026, 11, 2, tzinfo=UTC)
        assert end_of_day(date(2026, 11, 2), UTC) == datetime(2026, 11, 3, tzinfo=UTC)


@given(st.dates(), st.sampled_from(["UTC", "Asia/Tokyo", "America/New_York", "Pacific/Apia", "America/Santiago"]))
def test_days_follow_each_other_without_a_gap(day, zone):
    with timezone.override(zone):
        assert midnight(day) < end_of_day(day)
        if day < date.max:
            assert end_of_day(day) == midnight(date.fromordinal(day.toordinal() + 1))
