"""The rules as text for people at a terminal."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from dataclasses import dataclass

from comity_policy.model import ROLES, Rule
from comity_policy.rulebook import Entry, Rulebook, rulebooks
from comity_policy.rules import all_rules
from comity_policy.wording import worded

_WIDTH = 26


def rule_list(rulebook: Rulebook) -> str:
    """Return a line for each rule: its id, the most that follows under ``rulebook``, and what it forbids."""
    groups = {entry.rule.id: entry.group for entry in rulebook.entries}
    rules = {**all_rules(), **{entry.rule.id: entry.rule for entry in rulebook.entries}}
    head = f"{rulebook.name}, in force from {rulebook.valid_from}"
    lines = [f"{rule.id:<{_WIDTH}} {groups.get(rule.id, '-'):<6} {rule.title}" for rule in rules.values()]
    return "\n".join([head, "", *lines]) + "\n"


@dataclass(frozen=True, slots=True)
class Page:
    """The text about one rule; or, not ``found``, a sentence that names those that there are."""

    text: str
    found: bool = True


def rule_page(rule_id: str, language: str = "en") -> Page:
    """Return everything about one rule; what it says to people, in ``language``."""
    rule = all_rules().get(rule_id)
    if rule is None:
        near = difflib.get_close_matches(rule_id, all_rules(), n=1)
        hint = f"Did you mean {near[0]}?" if near else f"There is {', '.join(all_rules())}."
        return Page(f"There is no rule {rule_id[:60]!r}. {hint}\n", found=False)
    return Page("\n".join(_page(worded(rule, language))) + "\n")


def _page(rule: Rule) -> Iterator[str]:
    yield f"{rule.id}: {rule.title}\n\n{rule.why}\n"
    yield from (f"  {form}: {rule.reason(form)}" for form in rule.reasons)
    yield f"\nAdvice: {rule.advice}\nSince {rule.since}; asked for by {', '.join(rule.source)}.\n"
    for book in rulebooks():
        for entry in book.entries:
            if entry.rule.id == rule.id:
                yield f"{book.name}, from {book.valid_from} ({entry.group})"
                yield from (f"  {line}" for line in _outcomes(entry))
    for title, texts in (
        ("Found", rule.flagged),
        ("Left alone", rule.accepted),
        ("Known to be missed", rule.known_miss),
    ):
        yield f"\n{title}:"
        yield from (f"  {_printable(text)}" for text in texts)


def _outcomes(entry: Entry) -> Iterator[str]:
    for form, by_role in entry.outcomes.items():
        yield f"{form}: {', '.join(f'{role} {by_role[role]}' for role in ROLES)}"
    for purpose, outcomes in entry.by_purpose.items():
        for form, by_role in outcomes.items():
            yield f"{form}, purpose {purpose}: {', '.join(f'{role} {by_role[role]}' for role in ROLES)}"


_LONGEST = 200


def _printable(text: str) -> str:
    shown = text if len(text) <= _LONGEST else f"{text[: _LONGEST // 2]} … {text[-_LONGEST // 2 :]}"
    return "".join(one if one.isprintable() else f"\\u{ord(one):04x}" for one in shown)
