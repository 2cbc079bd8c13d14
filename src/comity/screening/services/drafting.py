"""What a change of the rules would make: nonsense refused in words, the new rulebook beside the present one.

A marketplace's own version is TOML that extends the published rulebook; nothing here is stored.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from comity.accounts.models import Marketplace
from comity.common import locales
from comity.common.errors import Refused
from comity.screening.models import RulebookVersion
from comity.screening.services import Book, book_of, published_rulebook, rulebook_of
from comity_policy.model import ROLES, Outcome
from comity_policy.rulebook import Entry, RulebookError

LONGEST_AHEAD = timedelta(days=366)
CHOICES = ("block", "hold", "warn", "trial")  # the groups between which a rule is moved
_NOTHING = "Nothing would change: every message would fare as it does now."
_Tables = dict[str, dict[str, Any]]


class RulesRefused(Refused):
    """Nothing was proposed; ``errors`` has a sentence for each field that is wrong."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__("rules", "Nothing was proposed: please check what is marked.")
        self.errors = dict(errors)


@dataclass(frozen=True, slots=True)
class RuleChange:
    """What was typed: a rule's group, its outcomes as {(form, role): outcome}, the first day."""

    rule: str
    group: str
    outcomes: Mapping[tuple[str, str], str]
    day: str


@dataclass(frozen=True, slots=True)
class Drafted:
    """A rulebook that is not proposed yet, beside the one that would be in force on its first day."""

    before: Book
    after: Book
    content: str


def draft_change(marketplace: Marketplace, change: RuleChange, *, now: datetime) -> Drafted:
    """The marketplace's rules with ``change`` made. Raises ``RulesRefused``."""
    first, errors = _first_day(marketplace, change.day, now)
    before = rulebook_of(marketplace, first)
    entry = next((entry for entry in before.entries if entry.rule.id == change.rule), None)
    if entry is None:
        raise RulesRefused({"form": f"{before.name} has no rule {change.rule[:60]}."})
    if change.group not in CHOICES:
        errors["group"] = "Choose what the rule may do at most: block, hold, warn or trial."
    errors |= _outcomes_wrong(entry, change)
    if errors:
        raise RulesRefused(errors)
    tables = own_tables(marketplace)
    tables[change.rule] = tables.get(change.rule, {}) | _changed(entry, change)
    return _drafted(marketplace, {rule: table for rule, table in tables.items() if table}, first, before)


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


def _outcomes_wrong(entry: Entry, change: RuleChange) -> dict[str, str]:
    most = change.group if change.group in list(Outcome) else Outcome.BLOCK
    for (form, role), outcome in change.outcomes.items():
        if form not in entry.outcomes or role not in ROLES or outcome not in list(Outcome):
            return {"outcomes": "Choose for each line: blocked, held, warned or nothing."}
        if outcome != entry.outcomes[form][role] and Outcome(outcome) > most:
            sentence = f"“{entry.rule.reason(form)}” cannot lead to {outcome} while the rule does no more than {most}"
            return {"outcomes": f"{sentence}: choose less here, or more for the rule."}
    return {}


def _changed(entry: Entry, change: RuleChange) -> dict[str, Any]:
    """What the version's table of the rule has to say for what was typed."""
    table: dict[str, Any] = {} if change.group == entry.group else {"group": change.group}
    for form, by_role in entry.outcomes.items():
        present = {role: by_role[role].value for role in ROLES}
        typed = {role: change.outcomes.get((form, role), present[role]) for role in ROLES}
        table |= {} if typed == present else {form: typed}
    return table


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
        lines += [f'{form} = {{ seller = "{by["seller"]}", buyer = "{by["buyer"]}" }}' for form, by in _forms(table)]
    return "\n".join(lines) + "\n"


def _forms(table: Mapping[str, Any]) -> list[tuple[str, Mapping[str, str]]]:
    return sorted((form, by_role) for form, by_role in table.items() if form != "group")
