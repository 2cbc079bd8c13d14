"""The rulebook in force as people read it: each rule, what follows from it for whom, since when."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from comity.accounts.models import Marketplace
from comity.screening.services import rulebook_in_force
from comity_policy.rulebook import GROUPS, Entry, Rulebook, rulebooks


@dataclass(frozen=True, slots=True)
class Consequence:
    """What follows when a rule finds something in one form; ``purpose`` where it differs for that one."""

    form: str
    told: str
    purpose: str
    seller: str
    buyer: str


@dataclass(frozen=True, slots=True)
class RuleInForce:
    """One rule of a rulebook. ``group``: the most that it does; ``since``: the first day on which it did something."""

    id: str
    title: str
    why: str
    advice: str
    group: str
    since: date
    source: tuple[str, ...]
    needs: tuple[str, ...]
    consequences: tuple[Consequence, ...]


def rules_in_force(marketplace: Marketplace, now: datetime) -> list[RuleInForce]:
    """Every rule by which ``marketplace`` judges at ``now``: the strictest groups first, by id within one."""
    book = rulebook_in_force(marketplace, now)
    since = _first_days(book)
    rules = [_told(entry, since[entry.rule.id]) for entry in book.entries]
    return sorted(rules, key=lambda rule: (-GROUPS.index(rule.group), rule.id))


def _first_days(book: Rulebook) -> dict[str, date]:
    """The day of the first rulebook of that name which has the rule, for each rule of ``book``."""
    first = {entry.rule.id: book.valid_from for entry in book.entries}
    for earlier in rulebooks():
        if earlier.name == book.name:
            for entry in earlier.entries:
                if entry.rule.id in first:
                    first[entry.rule.id] = min(first[entry.rule.id], earlier.valid_from)
    return first


def _told(entry: Entry, since: date) -> RuleInForce:
    rule = entry.rule
    return RuleInForce(
        id=rule.id,
        title=rule.title,
        why=rule.why,
        advice=rule.advice,
        group=entry.group,
        since=since,
        source=rule.source,
        needs=tuple(sorted(rule.needs)),
        consequences=tuple(_consequences(entry)),
    )


def _consequences(entry: Entry) -> Iterator[Consequence]:
    for purpose, outcomes in {"": entry.outcomes, **entry.by_purpose}.items():
        for form, by_role in outcomes.items():
            yield Consequence(form, entry.rule.reason(form), purpose, by_role["seller"].value, by_role["buyer"].value)
