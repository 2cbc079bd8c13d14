"""Whole days as filters and forms mean them: the reader's, from midnight to midnight where they are."""

from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from django.utils import timezone


def midnight(day: date, zone: tzinfo | None = None) -> datetime:
    """The first moment of ``day`` in the reader's zone (or in ``zone``), in UTC.

    Where clocks go forward at midnight a day begins at one o'clock; where they go back then, at the first midnight.
    """
    try:
        return datetime.combine(day, time(), zone or timezone.get_current_timezone()).astimezone(UTC)
    except OverflowError:  # the first day there is, east of Greenwich
        return datetime.min.replace(tzinfo=UTC)


def end_of_day(day: date, zone: tzinfo | None = None) -> datetime:
    """The first moment after ``day``, likewise; of the last day there is, its last moment."""
    return datetime.max.replace(tzinfo=UTC) if day == date.max else midnight(day + timedelta(days=1), zone)


def months_after(day: date, months: int, *, anchor: int) -> date:
    """The day ``months`` after the month of ``day``: the ``anchor``-th of that month, or its last where it has none.

    So 31 January, 28 February and 31 March follow each other with 31 as their anchor.
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(anchor, monthrange(year, month + 1)[1]))
