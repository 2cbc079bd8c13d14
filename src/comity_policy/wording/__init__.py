"""What the rules say, in the author's language: English stands in the rules, the others in ``<language>.toml``.

A file has a table for each rule: its ``title`` and ``why``, its ``advice``, a sentence under ``reasons`` for each of
its forms, with "{}" where the English one has it, and ``names`` where the rule has them. Nothing here is read before
somebody asks for a language other than English. Tables for what the product finds by itself (a file that could not
be read, a gap in a saved reply) have no title and no why.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from functools import lru_cache
from importlib.resources import files
from typing import Protocol

from comity_policy.model import MEANT, UNCHECKED, Rule, sentence

# Every language in which the rules are told, by the name that its readers know.
LANGUAGES: Mapping[str, str] = {
    "en": "English",
    "es": "Español",
    "fr": "Français",
    "de": "Deutsch",
    "it": "Italiano",
    "pt": "Português",
}


class Tellable(Protocol):
    """A finding, the engine's or a stored one; see ``comity_policy.Finding``."""

    @property
    def rule(self) -> str: ...
    @property
    def form(self) -> str: ...
    @property
    def detail(self) -> str: ...
    @property
    def reason(self) -> str: ...
    @property
    def advice(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Told:
    """Why and how to fix it, and the ``language`` in which this is said, as two letters."""

    reason: str
    advice: str
    language: str


def told(finding: Tellable, language: str) -> Told:
    """Return what ``finding`` says in ``language``, a tag such as "de" or "pt-BR".

    As it stands in the finding, which is English, where the language is none of ``LANGUAGES``, where the finding does
    not know its form (it is older than that), or where a marketplace wrote the rule: then in whatever language it did.
    """
    book = _book(known_language(language))
    if finding.form == UNCHECKED and book.unchecked:
        return Told(book.unchecked, book.wait, book.language)
    words = book.words.get(finding.rule)
    form = words.form(finding.form, book.meant) if words else ""
    if words is None or not form:
        return Told(finding.reason, finding.advice, "en")
    return Told(sentence(form, book.figures(finding.detail), words.names), words.advice, book.language)


def worded(rule: Rule, language: str) -> Rule:
    """Return ``rule`` with its title, why, reasons and advice in ``language``; as it is where it is not told in it."""
    book = _book(known_language(language))
    words = book.words.get(rule.id)
    return replace(rule, **asdict(words), meant=book.meant) if words else rule


def known_language(tag: str) -> str:
    """Return the one of ``LANGUAGES`` that ``tag`` is a kind of, else "en"."""
    kind = tag[:2].lower() if tag[2:3] in {"", "-", "_"} else ""
    return kind if kind in LANGUAGES else "en"


@dataclass(frozen=True, slots=True)
class _Words:
    """The table of one rule."""

    advice: str
    reasons: Mapping[str, str]
    title: str = ""
    why: str = ""
    names: Mapping[str, str] = field(default_factory=dict)

    def form(self, form: str, meant: str) -> str:
        """Return the sentence of ``form``; nothing for an unknown one."""
        return self.reasons.get(form) or (sentence(meant, self.title) if form == MEANT else "")


@dataclass(frozen=True, slots=True)
class _Book:
    """One file: its tables, and what is said whatever the rule."""

    language: str
    words: Mapping[str, _Words] = field(default_factory=dict)
    meant: str = ""
    unchecked: str = ""
    wait: str = ""
    thousands: str = ","

    def figures(self, detail: str) -> str:
        """Return a number such as "4,000" as the language writes it, and anything else as it is."""
        return detail.replace(",", self.thousands) if detail.replace(",", "").isdecimal() else detail


@lru_cache(maxsize=len(LANGUAGES))
def _book(language: str) -> _Book:
    if language == "en":
        return _Book("en")
    data = tomllib.loads(files(__name__).joinpath(f"{language}.toml").read_text("utf-8"))
    whatever = {key: data.pop(key) for key in ("meant", "unchecked", "wait", "thousands")}
    return _Book(language, {rule: _Words(**table) for rule, table in data.items()}, **whatever)
