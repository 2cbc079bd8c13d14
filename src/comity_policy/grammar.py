"""What a rulebook file may say, and what it means; the schema for people is in ``docs/rules/index.md``."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import re2

from comity_policy.model import MEANT, PURPOSES, ROLES, Outcome, Purpose, Role, Rule, Span
from comity_policy.reading import Reading
from comity_policy.terms import Terms, TermsError, read_terms
from comity_policy.text.fold import fold
from comity_policy.text.patterns import pattern

# The most that a rule may do in a rulebook, whatever its lines say. "off": it is not applied; "trial": it runs
# silently and is counted.
GROUPS = ("off", "trial", "warn", "hold", "block")
# The family of the rules that a rulebook brings itself.
OWN = "own"


class RulebookError(ValueError):
    """A rulebook cannot be used; the message names the book, the place and what is allowed there."""


Outcomes = Mapping[str, Mapping[str, Outcome]]


@dataclass(frozen=True, slots=True)
class Entry:
    """What one rulebook says about one rule: outcome by form and role, by purpose where that differs.

    ``trial``: the rule runs and is counted, and nothing follows.
    """

    rule: Rule
    outcomes: Outcomes
    by_purpose: Mapping[str, Outcomes] = field(default_factory=dict)
    parameters: Mapping[str, Any] = field(default_factory=dict)
    trial: bool = False

    def outcome(self, form: str, role: Role, purpose: Purpose) -> Outcome:
        """Return what follows: ``deliver`` for a form that the book does not list.

        Raises ``KeyError`` for a form that the rule has not declared.
        """
        by_role = self.by_purpose.get(purpose, {}).get(form) or self.outcomes.get(form)
        if by_role is None:
            self.rule.reason(form)
            return Outcome.DELIVER
        return by_role[role]

    def applies_to(self, role: Role, purpose: Purpose) -> bool:
        """Return whether anything that the rule may find leads to something."""
        return any(self.outcome(form, role, purpose) > Outcome.DELIVER for form in self.outcomes)

    @property
    def group(self) -> str:
        """The strictest thing that the rule does here; "trial" when it is only counted."""
        if self.trial:
            return "trial"
        every = [self.outcomes, *self.by_purpose.values()]
        return max(outcome for outcomes in every for roles in outcomes.values() for outcome in roles.values()).value


@dataclass(frozen=True, slots=True)
class Rulebook:
    """A loaded rulebook.

    ``digest``: the SHA-256 of its file in hex; of the other book's digest and its file where it extends one.
    ``terms``: what it says beside messages. ``valid_until``: the last day, where another name goes on from there.
    """

    name: str
    valid_from: date
    digest: str
    entries: tuple[Entry, ...]
    terms: Terms = field(default_factory=Terms)
    valid_until: date | None = None
    extends: str = ""


_KEYS = {"name", "valid_from", "valid_until", "extends", "group", "rules", "own", "terms"}


def read_book(
    data: bytes,
    *,
    name: str,
    valid_from: date,
    rules: Mapping[str, Rule],
    base: Callable[[str], tuple[dict[str, Any], str]],
) -> Rulebook:
    """Return the rulebook written in ``data`` (TOML, UTF-8); raises ``RulebookError`` naming what is wrong.

    ``base``: from ``name@day`` to the document that is extended and its digest.
    """
    place = f"{name}@{valid_from}"
    document, digest = read_document(data, place, base)
    if (document.get("name"), document.get("valid_from")) != (name, valid_from):
        raise RulebookError(f"{place}: name and valid_from in the file must be {name!r} and {valid_from}.")
    if not isinstance(document.get("rules"), dict) or not document["rules"]:
        raise RulebookError(f"{place}: a rulebook names at least one rule under [rules].")
    own = _own_rules(place, document.get("own", {}))
    known = {**rules, **own}
    most = _group(place, document)
    tables = sorted(document["rules"].items())
    entries = tuple(entry for rule_id, table in tables if (entry := _entry(place, rule_id, table, known, most)))
    if silent := sorted(own.keys() - document["rules"].keys()):
        raise RulebookError(f"{place}: {', '.join(silent)} stands under [own] and needs a table under [rules], too.")
    return Rulebook(
        name,
        valid_from,
        digest,
        entries,
        _terms(place, document.get("terms", {})),
        _last_day(place, document, valid_from),
        document.get("extends", ""),
    )


def read_document(
    data: bytes, place: str, base: Callable[[str], tuple[dict[str, Any], str]]
) -> tuple[dict[str, Any], str]:
    """Return what the file says with what it extends filled in, and the digest of both."""
    try:
        document = tomllib.loads(data.decode("utf-8"))
    except (ValueError, RecursionError) as error:  # also a number of too many digits, a list in lists without end
        raise RulebookError(f"{place}: not readable as TOML: {error}") from None
    _only(document, _KEYS, place)
    extended = document.get("extends")
    if extended is None:
        return document, hashlib.sha256(data).hexdigest()
    if not isinstance(extended, str) or "@" not in extended:
        raise RulebookError(f"{place}: extends names a dated rulebook, such as open-marketplace@2026-01-01.")
    below, digest = base(extended)
    below = {key: value for key, value in below.items() if key not in {"valid_until", "extends"}}
    return _merged(below, document), hashlib.sha256(digest.encode() + data).hexdigest()


def _merged(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """Return ``below`` with every table filled up and every other value replaced from ``above``."""
    merged = dict(below)
    for key, value in above.items():
        old = merged.get(key)
        merged[key] = _merged(old, value) if isinstance(old, dict) and isinstance(value, dict) else value
    return merged


def _last_day(place: str, document: Mapping[str, Any], valid_from: date) -> date | None:
    last = document.get("valid_until")
    if last is not None and (type(last) is not date or last < valid_from):
        raise RulebookError(f"{place}: valid_until is a day, such as 2027-01-31, and not before {valid_from}.")
    return last


def _terms(place: str, table: Any) -> Terms:
    try:
        return read_terms(table)
    except TermsError as error:
        raise RulebookError(f"{place}: terms: {error}") from None


def _group(place: str, table: Mapping[str, Any]) -> str:
    group = table.get("group", "block")
    if group not in GROUPS:
        raise RulebookError(f"{place}: group must be one of {', '.join(GROUPS)}.")
    return str(group)


def _entry(place: str, rule_id: str, table: Any, rules: Mapping[str, Rule], most: str) -> Entry | None:
    place = f"{place}: {rule_id}"
    rule = rules.get(rule_id)
    if rule is None:
        raise RulebookError(f"{place}: there is no such rule; there is: {', '.join(rules)}.")
    forms = {*rule.reasons, MEANT}
    _only(table, forms | {"group", "purposes", "parameters"}, place)
    listed = forms & set(table)
    if not listed:
        raise RulebookError(f"{place}: says nothing about any of {', '.join(sorted(forms))}.")
    group = min(_group(place, table), most, key=GROUPS.index)
    purposes = table.get("purposes", {})
    _only(purposes, set(PURPOSES), f"{place}: purposes")
    entry = Entry(
        rule,
        {form: _by_role(f"{place}: {form}", table[form], group) for form in sorted(listed)},
        {purpose: dict(_narrowed(place, purpose, purposes[purpose], listed, group)) for purpose in purposes},
        _parameters(place, rule, table.get("parameters", {})),
        trial=group == "trial",
    )
    return None if group == "off" else entry


def _narrowed(
    place: str, purpose: str, table: Any, forms: set[str], group: str
) -> Iterator[tuple[str, Mapping[str, Outcome]]]:
    _only(table, forms, f"{place}: {purpose}")
    for form, roles in table.items():
        yield form, _by_role(f"{place}: {purpose}: {form}", roles, group)


def _by_role(place: str, table: Any, group: str) -> Mapping[str, Outcome]:
    """Return what follows for each role, never more than the rule's group allows."""
    _only(table, set(ROLES), place)
    allowed = [outcome.value for outcome in Outcome]
    for role in ROLES:
        if table.get(role) not in allowed:
            raise RulebookError(f"{place}: {role} must be one of {', '.join(allowed)}.")
    ceiling = Outcome.BLOCK if group in {"off", "trial"} else Outcome(group)
    return {role: min(Outcome(table[role]), ceiling) for role in ROLES}


def _parameters(place: str, rule: Rule, table: Any) -> Mapping[str, Any]:
    _only(table, set(rule.parameters), f"{place}: parameters")
    values = {**rule.defaults, **table}
    for name, kind in rule.parameters.items():
        if type(values.get(name)) not in {kind, tuple if kind is list else kind}:
            raise RulebookError(f"{place}: parameters: {name} is needed and must be a {kind.__name__}.")
        _sound(f"{place}: parameters: {name}", values[name])
    return {name: tuple(value) if isinstance(value, list) else value for name, value in values.items()}


def _sound(place: str, value: Any) -> None:
    """Refuse what no parameter may be: a number below zero, a list of anything but words."""
    if isinstance(value, int) and value < 0:
        raise RulebookError(f"{place} must not be below zero.")
    if isinstance(value, list | tuple) and not all(isinstance(one, str) for one in value):
        raise RulebookError(f"{place} must be a list of words.")


_OWN_TEXTS = ("title", "why", "reason", "advice")


def _own_rules(place: str, tables: Any) -> Mapping[str, Rule]:
    """Return the rules that the book brings itself: patterns over the folded words of a text."""
    _only(tables, set(tables) if isinstance(tables, dict) else set(), f"{place}: own")
    return {f"{OWN}.{name}": _own_rule(f"{place}: {OWN}.{name}", name, table) for name, table in tables.items()}


def _own_rule(place: str, name: str, table: Any) -> Rule:
    _only(table, {*_OWN_TEXTS, "patterns"}, place)
    for key in _OWN_TEXTS:
        if not isinstance(table.get(key), str) or not table[key].strip():
            raise RulebookError(f"{place}: {key} is needed and must be text.")
    patterns = table.get("patterns")
    if not isinstance(patterns, list) or not patterns or not all(isinstance(one, str) for one in patterns):
        raise RulebookError(f"{place}: patterns is needed and must be a list of RE2 patterns.")
    compiled = [_compiled(place, one) for one in patterns]

    def find(reading: Reading, parameters: Mapping[str, Any]) -> Iterable[Span]:  # noqa: ARG001
        for one in compiled:
            for match in one.finditer(reading.words.text):
                if match.start() < match.end():
                    yield Span(*reading.words.span(*match.span()))

    return Rule(
        id=f"{OWN}.{name}",
        title=table["title"],
        since="",
        source=(),
        why=table["why"],
        reasons={"plain": table["reason"]},
        advice=table["advice"],
        gate=tuple(patterns),
        find=find,
        flagged=(),
        accepted=(),
        known_miss=(),
    )


_NO_LETTERS = pattern(r"\\(?:[pP](?:\{[^}]*\}|.)|x\{[^}]*\}|.)|\(\?P<")


def _compiled(place: str, text: str) -> Any:
    literal = _NO_LETTERS.sub("", text)
    if fold(literal).text != literal:
        raise RulebookError(f"{place}: {text!r} would find nothing: write it in lower case and without accents.")
    try:
        return pattern(text).compiled()
    except re2.error as error:
        raise RulebookError(f"{place}: RE2 does not take the pattern {text!r}: {error}") from None


def _only(table: Any, allowed: set[str], place: str) -> None:
    if not isinstance(table, dict):
        raise RulebookError(f"{place}: must be a table.")
    unknown = sorted(set(table) - allowed)
    if unknown:
        raise RulebookError(f"{place}: unknown {', '.join(unknown)}; allowed: {', '.join(sorted(allowed))}.")
