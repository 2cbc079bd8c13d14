"""One value of an imported line: from what stands in the file to what a column takes, or why not.

A parser takes the raw value (text from CSV; anything JSON knows from JSON Lines) and returns the clean one. It
raises ``BadValue`` with a code for machines and a sentence for people, which continues "field: …".
"""

import re
import tomllib
import unicodedata
import zoneinfo
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from importlib import resources
from typing import Any, NamedTuple

Parser = Callable[[Any], Any]

_AMOUNT = re.compile(r"(-?)([0-9]{1,12})(?:\.([0-9]{1,6}))?")
_CENTS_AFTER_COMMA = re.compile(r"[0-9]{1,12},[0-9]{2}")  # groups of thousands have three digits
_COMMA_AMOUNT = re.compile(r"-?[0-9][0-9.]*,[0-9]+")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_FIRST_YEAR, _LAST_YEAR = 1970, 2200
_LONGEST_INTEGER = 18  # digits; fits a bigint with room


class Fault(NamedTuple):
    """What is wrong with one field."""

    field: str
    code: str
    sentence: str


class BadValue(ValueError):
    """One or more faults; the field of a parser's own fault is empty and filled in by its caller."""

    def __init__(self, code: str, sentence: str, field: str = "") -> None:
        super().__init__(sentence)
        self.faults = [Fault(field, code, sentence)]

    @classmethod
    def of(cls, faults: list[Fault]) -> "BadValue":
        """All of ``faults`` at once."""
        bad = cls(faults[0].code, faults[0].sentence)
        bad.faults = faults
        return bad


def text(limit: int, *, lines: bool = False) -> Parser:
    """Trimmed text of at most ``limit`` code points; with ``lines``, line breaks and tabs may be in it."""

    def parse(raw: Any) -> str:
        if isinstance(raw, int) and not isinstance(raw, bool):
            raw = str(raw)
        if not isinstance(raw, str):
            raise BadValue("type", f"is {_kind_of(raw)}, expected is text.")
        clean = raw.strip()
        if len(clean) > limit:
            raise BadValue("too_long", f"has {len(clean)} characters; at most {limit} are allowed.")
        if bad := _control_character(clean, lines=lines):
            raise BadValue("control_character", f"contains the invisible character U+{ord(bad):04X}; remove it.")
        return clean

    return parse


def choice(names: Iterable[str]) -> Parser:
    """One of ``names``."""
    known = tuple(names)

    def parse(raw: Any) -> str:
        clean = raw.strip() if isinstance(raw, str) else raw
        if clean not in known:
            raise BadValue("unknown_choice", f"is {_shown(raw)}; allowed are {', '.join(known)}.")
        return str(clean)

    return parse


def integer(low: int, high: int) -> Parser:
    """A whole number from ``low`` to ``high``."""

    def parse(raw: Any) -> int:
        clean = raw.strip() if isinstance(raw, str) else str(raw)
        if isinstance(raw, bool) or not re.fullmatch(rf"-?[0-9]{{1,{_LONGEST_INTEGER}}}", clean):
            raise BadValue("not_a_number", f"is {_shown(raw)}, expected is a whole number such as 3.")
        if not low <= int(clean) <= high:
            raise BadValue("out_of_range", f"is {clean}; allowed are {low} to {high}.")
        return int(clean)

    return parse


def amount(raw: Any) -> Decimal:
    """An amount of money, not negative, in the major unit: ``12.50``, ``12,50``. ``minor`` makes it an integer."""
    clean = raw.strip() if isinstance(raw, str) else format(raw, "f") if isinstance(raw, Decimal) else str(raw)
    if _CENTS_AFTER_COMMA.fullmatch(clean):
        clean = clean.replace(",", ".")
    if _COMMA_AMOUNT.fullmatch(clean):
        raise BadValue("comma_decimal", f"is {_shown(raw)}: write decimals with a point and no separators, as 1234.50.")
    found = None if isinstance(raw, bool) else _AMOUNT.fullmatch(clean)
    if found is None:
        raise BadValue("not_a_number", f"is {_shown(raw)}, expected is an amount such as 12.50, of at most 12 digits.")
    if found[1]:
        raise BadValue("negative", f"is {_shown(raw)}: an amount cannot be below 0.")
    return Decimal(clean)


def minor(value: Decimal, currency_code: str, *, field: str) -> int:
    """``value`` in minor units of the currency. Raises when it has more decimals than the currency."""
    exponent = currencies()[currency_code]
    scaled = value.scaleb(exponent)
    if scaled != scaled.to_integral_value():
        allowed = f"{exponent} decimals" if exponent else "no decimals"
        raise BadValue("decimals", f"is {value}, but {currency_code} has {allowed}.", field)
    return int(scaled)


def major(amount_minor: int, currency_code: str) -> Decimal:
    """``amount_minor`` as people write it: 310.50."""
    return Decimal(amount_minor).scaleb(-currencies()[currency_code])


def currency(raw: Any) -> str:
    """An ISO 4217 code in capitals."""
    if not isinstance(raw, str) or raw.strip() not in currencies():
        raise BadValue("unknown_currency", f"is {_shown(raw)}, expected is an ISO 4217 code such as EUR or USD.")
    return raw.strip()


@cache
def currencies() -> dict[str, int]:
    """The currencies in circulation and how many decimals each has."""
    table = tomllib.loads(resources.files("comity.common").joinpath("currencies.toml").read_text("utf-8"))
    return {code: int(exponent) for exponent, codes in table.items() for code in codes.split()}


def language(raw: Any) -> str:
    """A language tag such as ``en`` or ``pt-BR``."""
    clean = raw.strip() if isinstance(raw, str) else ""
    if len(clean) > 12 or not _LANGUAGE.fullmatch(clean):  # noqa: PLR2004 - the columns' length
        raise BadValue("bad_language", f"is {_shown(raw)}, expected is a language tag such as en or pt-BR.")
    return str(clean)


def time_zone(raw: Any) -> str:
    """The IANA name of a time zone."""
    if not isinstance(raw, str) or raw.strip() not in _time_zones():
        raise BadValue("unknown_time_zone", f"is {_shown(raw)}, expected is a name such as Europe/Berlin or UTC.")
    return raw.strip()


@cache
def _time_zones() -> frozenset[str]:
    return frozenset(zoneinfo.available_timezones())


def email(raw: Any) -> str:
    """An e-mail address, case kept."""
    from django.core.exceptions import ValidationError  # slow to load, for a process that reads a feed
    from django.core.validators import validate_email  # likewise

    clean = raw.strip() if isinstance(raw, str) else ""
    try:
        validate_email(clean)
    except ValidationError:
        raise BadValue("bad_email", "is not an e-mail address such as name@example.com.") from None
    return str(clean)


def instant(raw: Any) -> datetime:
    """A moment with its distance from UTC, returned in UTC. A time without a zone is refused: nobody can know it."""
    try:
        moment = datetime.fromisoformat(raw.strip())
    except (AttributeError, ValueError):
        sentence = f"is {_shown(raw)}, which is no date and time; write it as 2026-02-28T17:30:00+01:00."
        raise BadValue("bad_time", sentence) from None
    if moment.tzinfo is None:
        raise BadValue("no_zone", f"is {_shown(raw)} without a time zone; add Z for UTC or an offset such as +01:00.")
    if not _FIRST_YEAR <= moment.year < _LAST_YEAR:
        raise BadValue("out_of_range", f"is {_shown(raw)}; years {_FIRST_YEAR} to {_LAST_YEAR - 1} are allowed.")
    return moment.astimezone(UTC)


def day(raw: Any) -> date:
    """A calendar day."""
    try:
        return date.fromisoformat(raw.strip())
    except (AttributeError, ValueError):
        raise BadValue("bad_date", f"is {_shown(raw)}, which is no date; write it as 2026-02-28.") from None


def words(limit: int) -> Parser:
    """A list of up to ``limit`` short words: a JSON list, or text with blanks between."""
    word = text(253)

    def parse(raw: Any) -> list[str]:
        parts = raw.split() if isinstance(raw, str) else raw
        if not isinstance(parts, list) or len(parts) > limit:
            raise BadValue("type", f"is {_kind_of(raw)}, expected is a list of at most {limit} words.")
        return [word(part) for part in parts]

    return parse


def _control_character(clean: str, *, lines: bool) -> str | None:
    """The first character that no screen shows and no database should store."""
    if clean.isprintable():
        return None
    allowed = "\n\t\r" if lines else ""
    return next((one for one in clean if unicodedata.category(one) in ("Cc", "Cs") and one not in allowed), None)


def _shown(raw: Any) -> str:
    """A raw value in a sentence, shortened, so that a wrong cell can be found by its look."""
    if raw is None or isinstance(raw, (list, dict, bool)):
        return _kind_of(raw)
    shown = str(raw)[:40]
    return f"“{visible(shown)}{'…' if len(str(raw)) > len(shown) else ''}”"


def visible(words: str) -> str:
    """``words`` with a replacement character for each that no screen shows or that cannot be stored."""
    return "".join(one if one.isprintable() else "\ufffd" for one in words)


def _kind_of(raw: Any) -> str:
    kinds = {bool: "true or false", list: "a list", dict: "an object", type(None): "empty"}
    return kinds.get(type(raw), "a number" if isinstance(raw, (int, Decimal)) else "text")
