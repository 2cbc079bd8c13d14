"""Business days are those of the country of a zone, in that zone."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.common.business_days import add_business_days, end_of_business_day

FRIDAY_NOON = datetime(2026, 11, 6, 12, tzinfo=UTC)
ZONES = st.sampled_from(sorted(available_timezones() - {"localtime", "Factory"}))
DAYS = st.dates(date(1990, 1, 1), date(2060, 1, 1))
MOMENTS = st.builds(datetime.combine, DAYS, st.times(timezones=st.just(UTC)))


def end(since, days, zone="Europe/Berlin"):
    return end_of_business_day(since, days, zone).astimezone(ZoneInfo(zone)).isoformat()[:19]


@pytest.mark.requirement("S73", "S74")
@pytest.mark.parametrize(
    ("zone", "days", "last"),
    [
        ("Europe/Berlin", 0, "2026-11-06T23:59:59"),
        ("Europe/Berlin", 1, "2026-11-09T23:59:59"),
        ("Europe/Berlin", 2, "2026-11-10T23:59:59"),
        ("America/New_York", 4, "2026-11-13T23:59:59"),  # Veterans Day between them
        ("Asia/Jerusalem", 1, "2026-11-08T23:59:59"),  # Friday and Saturday are off
        ("Japan", 11, "2026-11-24T23:59:59"),  # an old name of Asia/Tokyo; 23 November is off
        ("UTC", 2, "2026-11-10T23:59:59"),
    ],
)
def test_the_last_second_of_the_business_day(zone, days, last):
    assert end(FRIDAY_NOON, days, zone) == last


def test_the_day_begins_where_the_seller_is():
    late = datetime(2026, 11, 5, 23, 30, tzinfo=UTC)
    assert end(late, 1, "Europe/Berlin") == "2026-11-09T23:59:59"
    assert end(late, 1, "America/Chicago") == "2026-11-06T23:59:59"


def test_what_begins_on_a_day_off_begins_with_the_next_business_day():
    saturday = FRIDAY_NOON + timedelta(days=1)
    assert [end(saturday, days) for days in (0, 1, 2)] == [
        "2026-11-09T23:59:59",
        "2026-11-09T23:59:59",
        "2026-11-10T23:59:59",
    ]


def test_holidays_are_those_of_their_year():
    christmas_eve = datetime(2026, 12, 24, 12, tzinfo=UTC)
    assert end(christmas_eve, 5) == "2027-01-04T23:59:59"  # 25, 26 and 1 are off, and so are two weekends


def test_the_time_of_day_stays_over_a_change_of_clocks():
    friday = datetime(2026, 10, 23, 15, tzinfo=UTC)  # 17:00 in Berlin; clocks go back on Sunday
    assert add_business_days(friday, 1, "Europe/Berlin") == datetime(2026, 10, 26, 16, tzinfo=UTC)


@given(MOMENTS, st.integers(0, 12), ZONES)
def test_more_days_end_later_and_on_a_business_day(since, days, zone):
    place = ZoneInfo(zone)
    first, second = (end_of_business_day(since, n, zone).astimezone(place) for n in (days, days + 1))
    assert since.astimezone(place).date() + timedelta(days=days) <= first.date() <= second.date()
    assert (first.hour, first.minute, first.second) == (23, 59, 59)
    assert end_of_business_day(first.astimezone(UTC), 0, zone) == first


@given(DAYS, ZONES)
def test_a_holiday_is_never_far_from_work(day, zone):
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=ZoneInfo(zone))
    assert add_business_days(noon, 0, zone) - noon < timedelta(days=20)
