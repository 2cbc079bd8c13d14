"""Carriers: who they are, how their numbers look, where a parcel is followed. What they are is data: carriers.toml."""

import re
import tomllib
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from typing import Any
from urllib.parse import quote

OTHER = "other"  # a code in sellers' files for a carrier that is none of the table; its name stands beside it
TYPED_NUMBER = 80  # characters of a number as people copy it, blanks and all; one that is kept has 60 at most
_APART = re.compile(r"[\s\u2010-\u2015-]+")  # between groups of a number: blanks, hyphens, dashes
_BLANKS = re.compile(r"\s+")
_NUMBER = re.compile(r"(?=[^0-9]*[0-9])[0-9A-Z][0-9A-Z/-]{0,59}")
_NAME = re.compile(r"[^\W_](?:[^\W_]|[ &'’+():,-]|/(?!/)|\.(?!\w)){0,59}")
_PHONE = re.compile(r"(?:[0-9][^0-9\w]{0,3}){6}")
_WORD = re.compile(r"[^\W\d_]{3,}")
_DOUBTED = re.compile(r"[A-Z]*0[0-9]{9,10}[A-Z]*|00[0-9]{9,13}|.*[A-Z]{5}.*")  # dialled at home, from abroad; words


@dataclass(frozen=True, slots=True)
class Carrier:
    """One carrier. ``link`` has ``{tracking}`` in it; empty where nothing can be followed by number alone."""

    code: str
    name: str
    aliases: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()
    link: str = ""

    def fits(self, tracking: str) -> bool:
        """Whether a ``tidy`` number looks like one of this carrier's."""
        return not self.patterns or _any_of(self.patterns).fullmatch(tracking) is not None


@cache
def carriers() -> tuple[Carrier, ...]:
    """Every carrier of the table, in its order."""
    table = tomllib.loads(resources.files(__name__).joinpath("carriers.toml").read_text("utf-8"))
    return tuple(_read(one) for one in table["carriers"])


def _read(one: dict[str, Any]) -> Carrier:
    lists = {name: tuple(one.get(name, ())) for name in ("aliases", "services", "patterns")}
    return Carrier(one["code"], one["name"], **lists, link=one.get("link", ""))


def find_carrier(name: str) -> Carrier | None:
    """The carrier with this code, name or alias, however it is capitalised; None for one that nobody described."""
    return _by_key().get(_key(name))


def carrier_name(name: str) -> str:
    """The one way in which a carrier is written: its name in the table, else ``name`` with single blanks."""
    found = find_carrier(name)
    return found.name if found else _BLANKS.sub(" ", name).strip()


def same_carrier(name: str) -> str:
    """What is equal for two names of one carrier."""
    return _key(carrier_name(name))


def tidy(tracking: str, carrier: str = "") -> str:
    """A tracking number as carriers write it: no blanks, capitals; no hyphens where it fits ``carrier`` without.

    Where words stand apart, no number is made of them, unless it fits the carrier (without one: any of the table) and
    reads like no telephone number with a word. A word has three letters or more: labels set apart two, or four of DHL.
    """
    if tracking.isalnum():
        return tracking.upper()
    groups = tracking.split()
    words = len(groups) > 1 and any(_WORD.fullmatch(one) for one in groups)
    plain = "".join(groups).upper()
    bare = _APART.sub("", tracking).upper() if carrier else plain
    if (words or bare != plain) and not (words and _DOUBTED.fullmatch(bare)) and _fits(bare, carrier):
        return bare
    return " ".join(groups).upper() if words else plain


def _fits(number: str, carrier: str) -> bool:
    """Whether a number is of the pattern of its carrier, if that has one; of any where no carrier is named."""
    described = (find_carrier(carrier),) if carrier else carriers()
    return any(one.fits(number) for one in described if one and one.patterns)


def is_number(tracking: str) -> bool:
    """Whether a ``tidy`` number can be one at all: letters, digits and hyphens, a digit among them, 60 at most."""
    return _NUMBER.fullmatch(tracking) is not None


def is_odd(carrier: str, tracking: str) -> bool:
    """Whether a number does not look like one of its carrier's; of one that nobody described: like any carrier's."""
    known, number = find_carrier(carrier), tidy(tracking, carrier)
    if not known:
        return _DOUBTED.fullmatch(number) is not None
    return bool(number) and not known.fits(number)


def is_name(name: str) -> bool:
    """Whether this can be a carrier's or a service's name: buyers read it, so no address and no phone is one."""
    return _NAME.fullmatch(name) is not None and not _PHONE.search(name)


def tracking_href(carrier: str, tracking: str) -> str:
    """Where the parcel is followed; empty where the table knows no address for it."""
    found = find_carrier(carrier)
    if not found or not found.link or not tracking:
        return ""
    return found.link.replace("{tracking}", quote(tidy(tracking, carrier), safe=""))


@cache
def _by_key() -> dict[str, Carrier]:
    return {_key(name): one for one in carriers() for name in (one.code, one.name, *one.aliases)}


@lru_cache(maxsize=1_000)  # a seller's file names the same few carriers again and again
def _key(name: str) -> str:
    return "".join(one for one in name.casefold() if one.isalnum())


@cache
def _any_of(patterns: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(patterns))
