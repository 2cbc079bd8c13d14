"""Whole days in UTC."""

from datetime import UTC, date, datetime

from comity.common.days import end_of_day, midnight


def test_a_day_ends_where_the_next_begins_and_the_last_day_ends_too():
    assert end_of_day(date(2026, 2, 28)) == midnight(date(2026, 3, 1)) == datetime(2026, 3, 1, tzinfo=UTC)
    assert end_of_day(date.max) == datetime.max.replace(tzinfo=UTC)
