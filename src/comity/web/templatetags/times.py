"""Words for spans of time and moments. Everything is worked out on the server; scripts only let it move on."""

from datetime import date, datetime, timedelta

from django.utils import timezone

from comity.common import locales

MINUTE = 60
HOUR = 60 * MINUTE
DAY = 24 * HOUR
_FIELDS = {  # (long, of this year) -> what is told of a day
    (False, True): locales.DAY,
    (False, False): locales.DAY_OF_YEAR,
    (True, True): locales.LONG_DAY,
    (True, False): locales.LONG_DAY_OF_YEAR,
}
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
    """A moment as the reader writes it: ``""`` “Mon 23 Nov, 14:20”, ``time`` “14:20”, ``day`` “Monday 23 November”.

    The year is named when it is not the present one; today is called so (“today 14:20”); a date has no time of day;
    ``ago`` is “3 h ago”.
    """
    if style == "ago" and isinstance(at, datetime):
        return f"{span_words(now - at)} ago"
    local = timezone.localtime(at) if isinstance(at, datetime) else at
    today = timezone.localtime(now).date()
    if style == "time" and isinstance(local, datetime):
        return locales.isolated(locales.readers().clock(local))
    ways, long = locales.readers(), style == "day"
    is_today = (local.date() if isinstance(local, datetime) else local) == today
    day = ways.day(local, _FIELDS[long, local.year == today.year])
    if long or not isinstance(local, datetime):
        return _today(locales.isolated(day), long=long) if is_today else locales.isolated(day)
    clock = ways.clock(local)
    return f"today {locales.isolated(clock)}" if is_today else locales.isolated(ways.with_clock(day, clock))


def is_english(words: str) -> bool:
    """Whether what ``moment_words`` said is an English phrase rather than a date."""
    return words.endswith(" ago") or words.lower().startswith("today")


def _today(day: str, *, long: bool) -> str:
    return f"Today, {day}" if long else "today"
