"""Whole days in UTC, as filters and forms mean them."""

from datetime import UTC, date, datetime, time, timedelta


def midnight(day: date) -> datetime:
    """The first moment of ``day``, in UTC."""
    return datetime.combine(day, time(), UTC)


def end_of_day(day: date) -> datetime:
    """The first moment after ``day``, in UTC; of the last day there is, its last moment."""
    return datetime.max.replace(tzinfo=UTC) if day == date.max else midnight(day + timedelta(days=1))
