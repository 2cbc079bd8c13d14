"""What a change of the rules would make: nonsense refused in words, the new rulebook beside the present one.

A marketplace's own version is TOML that extends the published rulebook; nothing here is stored.
"""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from comity.accounts.models import Marketplace
from comity.common import locales
from comity.common.errors import Refused
from comity.screening.models import RulebookVersion
from comity.screening.services import Book, book_of, published_rulebook, rulebook_of
from comity_policy.model import PURPOSES, ROLES, Outcome
from comity_policy.rulebook import Entry, RulebookError

LONGEST_AHEAD = timedelta(days=366)
CHOICES = ("block", "hold", "warn", "trial")  # the groups between which a rule is moved
_NOTHING = "Nothing would change: every message would fare as it does now."
_NO_OUTCOME = "Choose what follows: blocked, held, warned or nothing."
_Tables = dict[str, dict[str, Any]]


class RulesRefused(Refused):
    """Nothing was proposed; ``errors`` has a sentence for each field that is wrong."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__("rules", "Nothing was proposed: please check what is marked.")
        self.errors = dict(errors)


@dataclass(frozen=True, slots=True)
class RuleChange:
    """What was typed for one rule: the most that it may do, and its outcomes as {(form, role, purpose): outcome}.

    Without a purpose it is the outcome under any; what is typed for one purpose is empty where it is that of any.
    """

    rule: str
    group: str
    outcomes: Mapping[tuple[str, str, str], str]


@dataclass(frozen=True, slots=True)
class Drafted:
    """A rulebook that is not proposed yet, beside the one that would be in force on its first day."""

    before: Book
    after: Book
    content: str


def draft_changes(marketplace: Marketplace, changes: Sequence[RuleChange], day: str, *, now: datetime) -> Drafted:
    """The marketplace's rules with all ``changes`` made from ``day`` on.

    Raises ``RulesRefused``; its errors are named ``day``, ``form``, and as ``field_name`` names what was typed.
    """
    first, errors = _first_day(marketplace, day, now)
    before = rulebook_of(marketplace, first)
    entries = {entry.rule.id: entry for entry in before.entries}
    for change in changes:
        if change.rule not in entries:
            raise RulesRefused({"form": f"{before.name} has no rule {change.rule[:60]}."})
        errors |= _wrong(entries[change.rule], change)
    if not changes:
        errors["form"] = "Choose a rule to change."
    if errors:
        raise RulesRefused(errors)
    tables, fixed = own_tables(marketplace), published_rulebook(marketplace, first)
    kept = {entry.rule.id: entry.by_purpose for entry in fixed.entries}
    for change in changes:
        own = tables.get(change.rule, {})
        tables[change.rule] = _changed(entries[change.rule], change, own, kept.get(change.rule, {}))
    return _drafted(marketplace, {rule: table for rule, table in tables.items() if table}, first, before)


def field_name(rule: str, *parts: str) -> str:
    """Under which what is typed about ``rule`` is posted: its group, or the outcome of (form, role, purpose)."""
    return ":".join([rule, *filter(None, parts)])


def draft_again(marketplace: Marketplace, version: RulebookVersion | None, day: str, *, now: datetime) -> Drafted:
    """What ``version`` changed, as of a new day; without one, the published rulebook as it is. Raises like above."""
    first, errors = _first_day(marketplace, day, now)
    if errors:
        raise RulesRefused(errors)
    return _drafted(marketplace, _tables(version), first, rulebook_of(marketplace, first))


def earliest_day(marketplace: Marketplace, now: datetime) -> date:
    """On which a further version may begin (UTC): today, or when the latest one does."""
    own = [one["from"] for one in marketplace.rulebook_versions if one["of"] == marketplace.rulebook]
    return max([now.date(), *map(date.fromisoformat, own[-1:])])


def own_tables(marketplace: Marketplace) -> _Tables:
    """What the latest published version says about rules; nothing where there is none for this rulebook."""
    digests = [one["digest"] for one in marketplace.rulebook_versions if one["of"] == marketplace.rulebook]
    return _tables(RulebookVersion.objects.filter(digest=digests[-1]).first() if digests else None)


def extended(marketplace: Marketplace, first: date) -> str:
    """The dated name of the published rulebook that a version from ``first`` on extends."""
    base = published_rulebook(marketplace, first)
    return f"{base.name}@{base.valid_from}"


def _tables(version: RulebookVersion | None) -> _Tables:
    return tomllib.loads(version.content).get("rules", {}) if version else {}


def _wrong(entry: Entry, change: RuleChange) -> dict[str, str]:
    """A sentence for each thing typed about one rule that cannot be."""
    errors: dict[str, str] = {}
    if change.group not in CHOICES:
        errors[field_name(change.rule, "group")] = "Choose what the rule may do at most: block, hold, warn or trial."
    most = change.group if change.group in list(Outcome) else Outcome.BLOCK
    for (form, role, purpose), outcome in change.outcomes.items():
        name = field_name(change.rule, form, role, purpose)
        if not _is_line(entry, form, role, purpose) or outcome not in [*Outcome, *([""] if purpose else [])]:
            errors[name] = _NO_OUTCOME
        elif outcome and outcome != shown_outcome(entry, form, role, purpose) and Outcome(outcome) > most:
            sentence = f"“{entry.rule.reason(form)}” cannot lead to {outcome} while the rule does no more than {most}"
            errors[name] = f"{sentence}: choose less here, or more for the rule."
    return errors


def shown_outcome(entry: Entry, form: str, role: str, purpose: str) -> str:
    """What the rulebook says there; empty for a purpose about which it says nothing of its own."""
    lines: Mapping[str, Mapping[str, Outcome]] = entry.by_purpose.get(purpose, {}) if purpose else entry.outcomes
    return lines[form][role].value if form in lines else ""


def _is_line(entry: Entry, form: str, role: str, purpose: str) -> bool:
    return form in entry.outcomes and role in ROLES and purpose in ("", *PURPOSES)


def _changed(entry: Entry, change: RuleChange, own: Mapping[str, Any], kept: Mapping[str, Any]) -> dict[str, Any]:
    """The version's table of the rule for what was typed, from its ``own`` one so far.

    ``kept``: the lines by purpose of the published rulebook, which can be said otherwise and not left out.
    """
    table: dict[str, Any] = {} if change.group == entry.group else {"group": change.group}
    general = {form: _by_role(entry, change, form, "") for form in entry.outcomes}
    table |= {form: typed for form, typed in general.items() if typed != _present(entry, form, "")}
    table = {name: lines for name, lines in own.items() if name != "purposes"} | table
    rows = {purpose: dict(lines) for purpose, lines in own.get("purposes", {}).items()}
    for form, purpose in sorted({(form, purpose) for form, _, purpose in change.outcomes if purpose}):
        typed = _by_role(entry, change, form, purpose)
        if typed != _present(entry, form, purpose):
            rows.setdefault(purpose, {})[form] = {role: typed[role] or general[form][role] for role in ROLES}
    rows = {purpose: dict(_telling(lines, general, kept.get(purpose, {}))) for purpose, lines in rows.items()}
    return table | ({"purposes": rows} if any(rows.values()) else {})


def _telling(
    lines: Mapping[str, Any], general: Mapping[str, Any], kept: Mapping[str, Any]
) -> Iterator[tuple[str, Mapping[str, str]]]:
    """The lines of one purpose without those that say what holds for any."""
    return ((form, by_role) for form, by_role in lines.items() if by_role != general.get(form) or form in kept)


def _present(entry: Entry, form: str, purpose: str) -> dict[str, str]:
    return {role: shown_outcome(entry, form, role, purpose) for role in ROLES}


def _by_role(entry: Entry, change: RuleChange, form: str, purpose: str) -> dict[str, str]:
    present = _present(entry, form, purpose)
    return {role: change.outcomes.get((form, role, purpose), present[role]) for role in ROLES}


def _first_day(marketplace: Marketplace, typed: str, now: datetime) -> tuple[date, dict[str, str]]:
    """The day, the earliest for one that cannot be; and what is wrong with it."""
    today, earliest = now.date(), earliest_day(marketplace, now)
    try:
        first = date.fromisoformat(typed.strip())
    except ValueError:
        shown = f"not {typed.strip()[:20]}" if typed.strip().isprintable() and typed.strip() else "and it is needed"
        return earliest, {"day": f"The first day is a day such as {earliest.isoformat()}, {shown}."}
    if not earliest <= first <= today + LONGEST_AHEAD:
        last = locales.day(today + LONGEST_AHEAD, "dated")
        return earliest, {"day": f"Choose a first day from {locales.day(earliest, 'dated')} to {last}."}
    return first, {}


def _drafted(marketplace: Marketplace, tables: _Tables, first: date, before: Book) -> Drafted:
    content = _written(marketplace.slug, first, extended(marketplace, first), tables)
    try:
        after = book_of(content)
    except RulebookError as wrong:
        raise RulesRefused({"form": f"This makes no rulebook. {wrong}"}) from wrong
    if _effects(before) == _effects(after):
        raise RulesRefused({"form": _NOTHING})
    return Drafted(before, after, content)


def _effects(book: Book) -> list[Any]:
    return [
        (one.rule.id, one.trial, one.outcomes, one.by_purpose, sorted(one.parameters.items())) for one in book.entries
    ]


def _written(name: str, first: date, base: str, tables: _Tables) -> str:
    lines = [f'name = "{name}"', f"valid_from = {first.isoformat()}", f'extends = "{base}"']
    for rule, table in sorted(tables.items()):
        lines += ["", f'[rules."{rule}"]']
        lines += [f'group = "{table["group"]}"'] if "group" in table else []
        lines += _lines({form: by_role for form, by_role in table.items() if form not in ("group", "purposes")})
        for purpose, by_form in sorted(table.get("purposes", {}).items()):
            lines += [f'[rules."{rule}".purposes.{purpose}]', *_lines(by_form)] if by_form else []
    return "\n".join(lines) + "\n"


def _lines(by_form: Mapping[str, Mapping[str, str]]) -> list[str]:
    return [
        f'{form} = {{ seller = "{by["seller"]}", buyer = "{by["buyer"]}" }}' for form, by in sorted(by_form.items())
    ]
