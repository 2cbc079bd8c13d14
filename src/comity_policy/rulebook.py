"""Rulebooks: dated, immutable files that say what follows when a rule finds something.

A file ``<name>@<date>.toml`` is in force from its date until the next one of its name. Its digest is the
SHA-256 of its bytes, so that a stored verdict names exactly the book it was reached under. The schema is in
``docs/rules/index.md``; whatever a book says wrongly is named when it is loaded, and it is not used at all.

A rule or a form that a book does not list does not act under it, so published books stay as they are when rules
grow. To add a rule: its file under ``rules/`` and a table in the newest book (a book not yet published may be
edited; ``GROWING`` in tests/policy/test_rulebook.py names it). To add a form: a reason in the rule and a line in
that table; the form "meant" needs only the line. To add a parameter to a rule that a published book lists: the
rule says in ``defaults`` what it was before.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from importlib.resources import files
from typing import Any

from comity_policy.model import MEANT, PURPOSES, ROLES, Outcome, Purpose, Role, Rule
from comity_policy.rules import all_rules


class RulebookError(ValueError):
    """A rulebook cannot be used; the message names the book, the place and what is allowed there."""


Outcomes = Mapping[str, Mapping[str, Outcome]]
# The most that a rule may do in a rulebook, whatever its lines say. "trial": it runs silently and is counted.
GROUPS = ("trial", "warn", "hold", "block")


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
        return any(self.outcome(form, role, purpose) > Outcome.DELIVER for form in self.outcomes)


@dataclass(frozen=True, slots=True)
class Rulebook:
    """A loaded rulebook; ``digest`` is the SHA-256 of its file in hex."""

    name: str
    valid_from: date
    digest: str
    entries: tuple[Entry, ...]


def load_rulebook(name: str, on: date) -> Rulebook:
    """Return the rulebook ``name`` in force on the day ``on``; raises ``RulebookError``."""
    dated = {start: data for book, start, data in _published() if book == name}
    if not dated:
        known = ", ".join(sorted({book for book, _, _ in _published()}))
        raise RulebookError(f"There is no rulebook {name!r}; there is: {known}.")
    starts = [start for start in dated if start <= on]
    if not starts:
        raise RulebookError(f"The rulebook {name!r} is in force from {min(dated)}, not yet on {on}.")
    return parse_rulebook(dated[max(starts)], name=name, valid_from=max(starts))


def rulebook_by_digest(digest: str) -> Rulebook:
    """Return the published rulebook with this SHA-256 digest; raises ``RulebookError``."""
    for name, start, data in _published():
        if hashlib.sha256(data).hexdigest() == digest:
            return parse_rulebook(data, name=name, valid_from=start)
    raise RulebookError(f"No published rulebook has the digest {digest}.")


@lru_cache(maxsize=1)
def _published() -> tuple[tuple[str, date, bytes], ...]:
    """Return name, first day and bytes of every rulebook file in the package."""
    folder = files("comity_policy").joinpath("rulebooks")
    found = []
    for file in folder.iterdir():
        if file.name.endswith(".toml"):
            name, _, day = file.name.removesuffix(".toml").partition("@")
            found.append((name, _day(file.name, day), file.read_bytes()))
    return tuple(sorted(found))


def _day(file_name: str, day: str) -> date:
    try:
        return date.fromisoformat(day)
    except ValueError:
        raise RulebookError(f"{file_name}: a rulebook file is named <name>@<year-month-day>.toml.") from None


@lru_cache(maxsize=64)
def _parse_published(data: bytes, name: str, valid_from: date) -> Rulebook:
    return _parse(data, name=name, valid_from=valid_from, rules=all_rules())


def parse_rulebook(data: bytes, *, name: str, valid_from: date, rules: Mapping[str, Rule] | None = None) -> Rulebook:
    """Return the rulebook written in ``data`` (TOML, UTF-8); raises ``RulebookError`` naming what is wrong."""
    if rules is None:
        return _parse_published(data, name, valid_from)
    return _parse(data, name=name, valid_from=valid_from, rules=rules)


def _parse(data: bytes, *, name: str, valid_from: date, rules: Mapping[str, Rule]) -> Rulebook:
    place = f"{name}@{valid_from}"
    try:
        document = tomllib.loads(data.decode("utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise RulebookError(f"{place}: not readable as TOML: {error}") from None
    _only(document, {"name", "valid_from", "rules"}, place)
    if (document.get("name"), document.get("valid_from")) != (name, valid_from):
        raise RulebookError(f"{place}: name and valid_from in the file must be {name!r} and {valid_from}.")
    if not document.get("rules"):
        raise RulebookError(f"{place}: a rulebook names at least one rule under [rules].")
    entries = tuple(_entry(place, rule_id, table, rules) for rule_id, table in sorted(document["rules"].items()))
    return Rulebook(name, valid_from, hashlib.sha256(data).hexdigest(), entries)


def _entry(place: str, rule_id: str, table: Any, rules: Mapping[str, Rule]) -> Entry:
    place = f"{place}: {rule_id}"
    rule = rules.get(rule_id)
    if rule is None:
        raise RulebookError(f"{place}: there is no such rule; there is: {', '.join(rules)}.")
    forms = {*rule.reasons, MEANT}
    _only(table, forms | {"group", "purposes", "parameters"}, place)
    listed = forms & set(table)
    if not listed:
        raise RulebookError(f"{place}: says nothing about any of {', '.join(sorted(forms))}.")
    group = table.get("group", "block")
    if group not in GROUPS:
        raise RulebookError(f"{place}: group must be one of {', '.join(GROUPS)}.")
    purposes = table.get("purposes", {})
    _only(purposes, set(PURPOSES), f"{place}: purposes")
    return Entry(
        rule,
        {form: _by_role(f"{place}: {form}", table[form], group) for form in sorted(listed)},
        {purpose: dict(_narrowed(place, purpose, purposes[purpose], listed, group)) for purpose in purposes},
        _parameters(place, rule, table.get("parameters", {})),
        trial=group == "trial",
    )


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
    ceiling = Outcome.BLOCK if group == "trial" else Outcome(group)
    return {role: min(Outcome(table[role]), ceiling) for role in ROLES}


def _parameters(place: str, rule: Rule, table: Any) -> Mapping[str, Any]:
    _only(table, set(rule.parameters), f"{place}: parameters")
    values = {**rule.defaults, **table}
    for name, kind in rule.parameters.items():
        if not isinstance(values.get(name), kind):
            raise RulebookError(f"{place}: parameters: {name} is needed and must be a {kind.__name__}.")
    return {name: tuple(value) if isinstance(value, list) else value for name, value in values.items()}


def _only(table: Any, allowed: set[str], place: str) -> None:
    if not isinstance(table, dict):
        raise RulebookError(f"{place}: must be a table.")
    unknown = sorted(set(table) - allowed)
    if unknown:
        raise RulebookError(f"{place}: unknown {', '.join(unknown)}; allowed: {', '.join(sorted(allowed))}.")
