"""Words for spans of time and moments. Everything is worked out on the server; scripts only let it move on."""

from datetime import date, datetime, timedelta

from django.utils import timezone
from django.utils.formats import date_format

MINUTE = 60
HOUR = 60 * MINUTE
DAY = 24 * HOUR
NEARLY = 1 / 6  # the last sixth of a span takes colour: 4 of 24 hours, as the mock has it


def span_words(span: timedelta | float) -> str:
    """``span`` (seconds, or a timedelta; its sign is dropped) in at most two units, rounded down: “5 h 25 min”.

    From 10 hours minutes are left out, from 2 days hours are: nobody plans by them.
    """
    seconds = int(abs(span.total_seconds() if isinstance(span, timedelta) else span))
    if seconds < MINUTE:
        return "less than a minute"
    if seconds < HOUR:
        return f"{seconds // MINUTE} min"
    if seconds < 10 * HOUR:
        minutes = seconds % HOUR // MINUTE
        return f"{seconds // HOUR} h" + (f" {minutes} min" if minutes else "")
    if seconds < 2 * DAY:
        return f"{seconds // HOUR} h"
    return f"{seconds // DAY} days"


def left_words(due: datetime, now: datetime) -> str:
    """How long until ``due``, or how long it is over: “3 h left”, “40 min over”."""
    return f"{span_words(due - now)} {'left' if due > now else 'over'}"


def state_of(due: datetime, started: datetime | None, now: datetime) -> str:
    """``late`` from the moment itself, ``soon`` in the last sixth of the span, else an empty text."""
    if due <= now:
        return "late"
    if started is not None and (due - now) <= (due - started) * NEARLY:
        return "soon"
    return ""


def share_left(due: datetime, started: datetime, now: datetime) -> float:
    """Which part of the span is left, 0 to 1."""
    whole = (due - started).total_seconds()
    return min(1.0, max(0.0, (due - now).total_seconds() / whole)) if whole > 0 else 0.0


def moment_words(at: datetime | date, now: datetime, style: str = "") -> str:
    """A moment in words: ``""`` “Mon 23 Nov, 14:20”, ``time`` “14:20”, ``day`` “Monday 23 November”, ``ago``.

    The year is named when it is not the present one; today is called so (“today 14:20”); a date has no time of day.
    """
    if style == "ago" and isinstance(at, datetime):
        return f"{span_words(now - at)} ago"
    local = timezone.localtime(at) if isinstance(at, datetime) else at
    today = timezone.localtime(now).date()
    if style == "time" and isinstance(local, datetime):
        return date_format(local, "H:i")
    day = _day_words(local, today, long=style == "day")
    if style == "day" or not isinstance(local, datetime):
        return day
    return f"{day}{'' if day == 'today' else ','} {date_format(local, 'H:i')}"


def _day_words(at: date, today: date, *, long: bool) -> str:
    day = at.date() if isinstance(at, datetime) else at
    pattern = ("l j F" if long else "D j M") + ("" if day.year == today.year else " Y")
    words = date_format(day, pattern)
    if day != today:
        return words
    return f"Today, {words}" if long else "today"
