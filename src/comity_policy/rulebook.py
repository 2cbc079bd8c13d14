"""Rulebooks: dated, immutable files that say what follows when a rule finds something.

A file ``<name>@<date>.toml`` is in force from its date until the next one of its name. Its digest is the
SHA-256 of its bytes, so that a stored verdict names exactly the book it was reached under. A file ``<name>.toml``
is an alias: it lists books of other names that follow each other. The schema is in ``docs/rules/index.md``;
whatever a book says wrongly is named when it is loaded, and it is not used at all.

A rule or a form that a book does not list does not act under it, so published books stay as they are when rules
grow. To add a rule: its file under ``rules/`` and a table in the newest book (a book not yet published may be
edited; ``GROWING`` in tests/policy/test_rulebook.py names it). To add a form: a reason in the rule and a line in
that table; the form "meant" needs only the line. Rule and form speak other languages from ``wording/``. To add a
parameter to a rule that a published book lists: the rule says in ``defaults`` what it was before.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from importlib.resources import files
from itertools import pairwise
from pathlib import Path
from typing import Any

from comity_policy.grammar import GROUPS, Entry, Rulebook, RulebookError, read_book, read_document
from comity_policy.model import Rule
from comity_policy.rules import all_rules

__all__ = [
    "GROUPS",
    "Entry",
    "Rulebook",
    "RulebookError",
    "load_rulebook",
    "parse_rulebook",
    "rulebook_by_digest",
    "rulebook_names",
    "rulebook_texts",
    "rulebooks",
]

_FOREVER = date.max


def load_rulebook(name: str, on: date, *, folder: Path | None = None) -> Rulebook:
    """Return the rulebook ``name`` in force on the day ``on``; raises ``RulebookError``.

    ``folder``: where a marketplace keeps books of its own, beside those that come with the engine.
    """
    shelf = _shelf(folder)
    if name in shelf.aliases:
        return _of_alias(shelf, name, on)
    dated = {start: data for (book, start), data in shelf.books.items() if book == name}
    if not dated:
        raise RulebookError(f"There is no rulebook {name!r}; there is: {', '.join(rulebook_names(folder))}.")
    starts = [start for start in dated if start <= on]
    if not starts:
        raise RulebookError(f"The rulebook {name!r} is in force from {min(dated)}, not yet on {on}.")
    return _loaded(shelf, name, max(starts))


def rulebook_by_digest(digest: str, *, folder: Path | None = None) -> Rulebook:
    """Return the published rulebook with this SHA-256 digest; raises ``RulebookError``."""
    for book in rulebooks(folder):
        if book.digest == digest:
            return book
    raise RulebookError(f"No published rulebook has the digest {digest}.")


def rulebook_names(folder: Path | None = None) -> list[str]:
    """Return every name that ``load_rulebook`` knows, aliases included."""
    shelf = _shelf(folder)
    return sorted({*(name for name, _ in shelf.books), *shelf.aliases})


@lru_cache(maxsize=8)
def rulebooks(folder: Path | None = None) -> tuple[Rulebook, ...]:
    """Return every book, by name and day.

    Raises ``RulebookError`` for the first that cannot be used, and for an alias whose books overlap: called when a
    process starts, so that it does not run with one.
    """
    shelf = _shelf(folder)
    books = tuple(_loaded(shelf, name, day) for name, day in sorted(shelf.books))
    for alias in shelf.aliases:
        _in_order(shelf, alias)
    return books


def rulebook_texts() -> dict[str, bytes]:
    """Return the files of every book that comes with the engine, by digest; raises ``RulebookError``."""
    shelf = _shelf(None)
    return {_document(shelf, f"{name}@{day}", ())[1]: data for (name, day), data in shelf.books.items()}


def parse_rulebook(
    data: bytes,
    *,
    name: str,
    valid_from: date,
    rules: Mapping[str, Rule] | None = None,
    base: Callable[[str], tuple[dict[str, Any], str]] | None = None,
) -> Rulebook:
    """Return the rulebook written in ``data`` (TOML, UTF-8); raises ``RulebookError`` naming what is wrong.

    It may extend the books that come with the engine, or those that ``base`` knows: from ``name@day`` to the document
    and its digest.
    """
    shelf = _shelf(None)
    known = all_rules() if rules is None else rules
    below = base or (lambda book: _document(shelf, book, ()))
    return read_book(data, name=name, valid_from=valid_from, rules=known, base=below)


@dataclass(frozen=True, eq=False)
class _Shelf:
    """The bytes of every dated book, and the names that each alias stands for."""

    books: Mapping[tuple[str, date], bytes]
    aliases: Mapping[str, tuple[str, ...]]


@lru_cache(maxsize=8)
def _shelf(folder: Path | None) -> _Shelf:
    books: dict[tuple[str, date], bytes] = {}
    aliases: dict[str, tuple[str, ...]] = {}
    for place in (files("comity_policy").joinpath("rulebooks"), *([folder] if folder else [])):
        for file in sorted(place.iterdir(), key=lambda one: one.name):
            name, dated, day = file.name.removesuffix(".toml").partition("@")
            if not file.name.endswith(".toml"):
                continue
            if not dated:
                aliases[name] = _alias(file.name, file.read_bytes())
                continue
            if (name, _day(file.name, day)) in books:
                raise RulebookError(f"{file.name}: there is a book of this name and day already; choose a later day.")
            books[name, _day(file.name, day)] = file.read_bytes()
    return _Shelf(books, aliases)


def _day(file_name: str, day: str) -> date:
    try:
        return date.fromisoformat(day)
    except ValueError:
        raise RulebookError(f"{file_name}: a rulebook file is named <name>@<year-month-day>.toml.") from None


def _alias(file_name: str, data: bytes) -> tuple[str, ...]:
    try:
        names = tomllib.loads(data.decode("utf-8"))["books"]
        return tuple(str(name) for name in names)
    except (ValueError, RecursionError, KeyError, TypeError):
        raise RulebookError(f"{file_name}: an alias says books = [names of rulebooks] and nothing else.") from None


def _of_alias(shelf: _Shelf, alias: str, on: date) -> Rulebook:
    books = _in_order(shelf, alias)
    for book in books:
        if book.valid_from <= on <= (book.valid_until or _FOREVER):
            return book
    raise RulebookError(
        f"None of the rulebooks of {alias!r} is in force on {on}; the first is from {books[0].valid_from}."
    )


def _in_order(shelf: _Shelf, alias: str) -> list[Rulebook]:
    """Return the alias's books by their days; raises ``RulebookError`` where two overlap or leave a gap."""
    dated = [key for key in shelf.books if key[0] in shelf.aliases[alias]]
    unknown = sorted(set(shelf.aliases[alias]) - {name for name, _ in dated})
    if unknown or not dated:
        raise RulebookError(f"{alias}: there is no rulebook {', '.join(unknown) or 'in it'}.")
    books = sorted((_loaded(shelf, *key) for key in dated), key=lambda book: book.valid_from)
    for book, later in pairwise(books):
        if book.valid_until != later.valid_from - timedelta(days=1):
            end = book.valid_until or "no end"
            raise RulebookError(f"{alias}: {book.name} ends on {end} and {later.name} begins on {later.valid_from}.")
    return books


@lru_cache(maxsize=256)
def _loaded(shelf: _Shelf, name: str, day: date) -> Rulebook:
    data = shelf.books[name, day]
    return read_book(
        data, name=name, valid_from=day, rules=all_rules(), base=lambda book: _document(shelf, book, (f"{name}@{day}",))
    )


def _document(shelf: _Shelf, book: str, below: tuple[str, ...]) -> tuple[dict[str, Any], str]:
    """Return what the dated ``book`` says and its digest; ``below``: the books that lead to it."""
    name, _, day = book.partition("@")
    data = shelf.books.get((name, _day(book, day)))
    if data is None or book in below:
        raise RulebookError(f"{below[-1] if below else 'extends'}: there is no rulebook {book!r} that it could extend.")
    return read_document(data, book, lambda further: _document(shelf, further, (*below, book)))
