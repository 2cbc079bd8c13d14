"""How dates, times, money and numbers are written in a language, from the Unicode locale data (CLDR) in Babel.

Words on pages and in mails are English; what is written here follows the reader. Three things are our own:

    * English without a region has the day first and 24 hours, as in Britain, but plain $, € and ¥: people of many
      countries read it, and 11/12 or 2:20 would mislead half of them.
    * Figures are the Western ones everywhere. Order numbers, codes and what people type into fields are, and two kinds
      of figures on one page are misread.
    * What belongs to a script from right to left is isolated (U+2068 … U+2069), so that the sentence around it keeps
      its order.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime, time
from decimal import Decimal
from functools import cached_property, lru_cache
from unicodedata import category
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel import Locale, UnknownLocaleError, localedata
from babel.dates import DateTimePattern, match_skeleton, parse_pattern
from babel.numbers import NumberPattern, get_currency_symbol
from babel.numbers import parse_pattern as parse_number
from django.utils import timezone

from comity.common.import_values import currencies

# What is told of a day: the fields of CLDR's skeletons, short and long, without and with the year.
DAY, DAY_OF_YEAR = "MMMEd", "yMMMEd"
LONG_DAY, LONG_DAY_OF_YEAR = "MMMMEEEEd", "yMMMMEEEEd"
_STYLES = {"short": "MMMd", "dated": "yMMMd", "month": "yMMMM"}  # of ``day``; "long" is the locale's own

_KEPT = 32  # locales in memory, about 0.3 MB each; all that Babel knows would be 190 MB
_WRITTEN = 2048  # days, times and amounts kept of each
_ENGLISH = ("en", "en_GB")  # without a region: its money, its dates
_ISOLATED = "\N{FIRST STRONG ISOLATE}{}\N{POP DIRECTIONAL ISOLATE}"
_MINUS = "\N{MINUS SIGN}"  # as wide as a plus, unlike the hyphen of most locales
_QUOTED = re.compile(r"('[^']*')")


class Formats:
    """The ways to write of one language tag; made once, then kept."""

    def __init__(self, tag: str) -> None:
        found = _locale(tag)
        english = str(found) == "en"
        self._money = found
        self._dates = Locale.parse(_ENGLISH[1]) if english else found
        self._patterns: dict[str, DateTimePattern] = {}
        self._of_money: dict[tuple[int, bool], NumberPattern] = {}
        # A list says the same days, times and prices again and again, and Babel takes 0.1 ms for each.
        self._days = lru_cache(_WRITTEN)(self._day)
        self._clocks = lru_cache(_WRITTEN)(self._time)
        self._amounts = lru_cache(_WRITTEN)(self._amount)
        self.tag = str(self._dates).replace("_", "-")  # for scripts, which know the same data
        self.right_to_left = found.text_direction == "rtl"

    def day(self, at: date, skeleton: str) -> str:
        """The date of ``at`` with the fields of a CLDR skeleton; an empty one: day, month in full, year."""
        return self._days(at.date() if isinstance(at, datetime) else at, skeleton)

    def clock(self, at: datetime) -> str:
        """The time of day of ``at`` as it stands, in hours and minutes."""
        return self._clocks(at.hour, at.minute)

    def money(self, minor: int, currency: str, *, bare: bool) -> str:
        """``minor`` units of ``currency``, which has as many decimals as ISO 4217 says; ``bare``: the figures only."""
        return self._amounts(minor, currency, bare)

    def _day(self, at: date, skeleton: str) -> str:
        return str(self._pattern(skeleton).apply(at, self._dates))

    def _time(self, hour: int, minute: int) -> str:
        return str(self._clock.apply(time(hour, minute), self._dates))

    def with_clock(self, day: str, clock: str) -> str:
        """A day and a time of day together."""
        return self._together.replace("{1}", day).replace("{0}", clock)

    def _amount(self, minor: int, currency: str, bare: bool) -> str:  # noqa: FBT001 - cached by it
        digits = currencies()[currency]
        amount = Decimal(minor).scaleb(-digits)
        pattern = self._figures(digits, bare)
        text = pattern.apply(amount, self._money, currency=currency, currency_digits=False)
        return (text if bare else _spaced(text, get_currency_symbol(currency, self._money))).replace("-", _MINUS)

    def _figures(self, digits: int, bare: bool) -> NumberPattern:  # noqa: FBT001 - a key
        if (digits, bare) not in self._of_money:
            known = self._money.decimal_formats[None] if bare else self._money.currency_formats["standard"]
            made = parse_number(known.pattern)
            made.frac_prec = (digits, digits)
            self._of_money[digits, bare] = made
        return self._of_money[digits, bare]

    def number(self, number: int) -> str:
        """``number`` with its thousands apart."""
        pattern: NumberPattern = self._money.decimal_formats[None]
        return str(pattern.apply(number, self._money)).replace("-", _MINUS)

    @cached_property
    def _clock(self) -> DateTimePattern:
        found: DateTimePattern = self._dates.time_formats["short"]
        return found

    @cached_property
    def _together(self) -> str:
        return str(self._dates.datetime_formats["medium"])

    def _pattern(self, skeleton: str) -> DateTimePattern:
        if skeleton not in self._patterns:
            self._patterns[skeleton] = self._found(skeleton) if skeleton else self._dates.date_formats["long"]
        return self._patterns[skeleton]

    def _found(self, skeleton: str) -> DateTimePattern:
        """The locale's pattern for these fields, or the nearest one with names as long as they are asked for."""
        known = self._dates.datetime_skeletons
        nearest = (skeleton if skeleton in known else match_skeleton(skeleton, known)) or "yMMMd"
        text = known[nearest].pattern
        return parse_pattern(_in_full(text) if nearest != skeleton and "EEEE" in skeleton else text)


@lru_cache(maxsize=_KEPT)
def formats(tag: str) -> Formats:
    """The formats of a language tag such as ``de`` or ``pt-BR``; of an unknown one its language's, else English."""
    made = Formats(tag)
    localedata._cache.clear()  # noqa: SLF001 - it has no end, and anybody may choose any language
    return made


def day_in(tag: str, at: date) -> str:
    """``at`` in full for text that is sent or stored: “31 October 2026”, “31. Oktober 2026”. No isolating signs."""
    return formats(tag).day(at, "")


def moment_in(tag: str, at: datetime) -> str:
    """The same with the time of day."""
    ways = formats(tag)
    return ways.with_clock(ways.day(at, ""), ways.clock(at))


def clock_in(tag: str, zone: str, at: datetime) -> str:
    """The time of day of ``at`` for a mail to somebody with this language and zone, which is named."""
    there = zone_of(zone)
    return f"{formats(tag).clock(timezone.localtime(at, there))} ({zone_words(there.key)})"


class _Reader:
    """Whoever is written for. The language is asked for when something is written, and once."""

    def __init__(self, language: Callable[[], str]) -> None:
        self._language = language
        self.otherwise = "en"  # of those who chose none: the marketplace's, once it is known

    @cached_property
    def chosen(self) -> str:
        return self._language()

    @property
    def formats(self) -> Formats:
        return formats(self.chosen or self.otherwise)


_NOBODY = _Reader(lambda: "")
_reader: ContextVar[_Reader] = ContextVar("reader", default=_NOBODY)


@contextmanager
def reading(language: Callable[[], str]) -> Iterator[None]:
    """Inside, things are written for a reader of ``language()``; empty: of the marketplace's language."""
    token = _reader.set(_Reader(language))
    try:
        yield
    finally:
        _reader.reset(token)


def otherwise(language: str) -> None:
    """The language for a reader who chose none, from here on."""
    if (reader := _reader.get()) is not _NOBODY:
        reader.otherwise = language


def readers() -> Formats:
    """The formats of the reader."""
    return _reader.get().formats


def isolated(text: str) -> str:
    """``text`` as it can stand in an English sentence."""
    return _ISOLATED.format(text) if text and readers().right_to_left else text


def day(at: date | None, style: str = "long") -> str:
    """The day of ``at`` for the reader, in their zone: long, dated (short with the year), short or month; or nothing.

    “2 November 2026”, “2 Nov 2026”, “2 Nov”, “November 2026”.
    """
    if at is None:
        return ""
    return isolated(readers().day(timezone.localtime(at) if isinstance(at, datetime) else at, _STYLES.get(style, "")))


def moment(at: datetime) -> str:
    """The day and the time of ``at`` for the reader, in their zone, which is named: “2 November 2026, 14:20 (UTC)”."""
    local, ways = timezone.localtime(at), readers()
    return f"{isolated(ways.with_clock(ways.day(local, ''), ways.clock(local)))} {_zone()}"


def clock(at: datetime) -> str:
    """The time of day of ``at`` for the reader, in their zone, which is named: “14:20 (UTC)”."""
    return f"{isolated(readers().clock(timezone.localtime(at)))} {_zone()}"


def _zone() -> str:
    return f"({zone_words(timezone.get_current_timezone_name())})"


def zone_of(name: str) -> ZoneInfo:
    """The time zone of this name; UTC for an unknown one."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


def zone_words(zone: str) -> str:
    """The name of a time zone as people read it."""
    return zone.replace("_", " ")


def money(minor: int, currency: str, *, bare: bool = False) -> str:
    """``minor`` units of ``currency`` for the reader: “€129.00”, “129,00 €”; ``bare``: the figures only."""
    return isolated(readers().money(minor, currency, bare=bare))


def number(count: int) -> str:
    """``count`` for the reader: “1,200”, “1.200”."""
    return isolated(readers().number(count))


def _locale(tag: str) -> Locale:
    for wanted in (tag, re.split("[-_]", tag)[0], "en"):
        try:
            return Locale.parse(wanted, sep="-")
        except (UnknownLocaleError, ValueError):
            continue
    raise AssertionError("English is always there")


def _in_full(pattern: str) -> str:
    parts = _QUOTED.split(pattern)
    return "".join(
        part if at % 2 else re.sub("c+|E+", "EEEE", re.sub("M{3,}|L{3,}", "MMMM", part))
        for at, part in enumerate(parts)
    )


def _spaced(text: str, symbol: str) -> str:
    """Letters of a currency apart from the figures (CLDR’s currencySpacing, which Babel leaves out)."""
    start = text.find(symbol)
    end = start + len(symbol)
    if start > 0 and text[start - 1].isdecimal() and category(symbol[0])[0] not in "SZ":
        return f"{text[:start]}\N{NO-BREAK SPACE}{text[start:]}"
    if end < len(text) and text[end].isdecimal() and category(symbol[-1])[0] not in "SZC":
        return f"{text[:end]}\N{NO-BREAK SPACE}{text[end:]}"
    return text
