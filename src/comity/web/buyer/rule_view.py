"""The rules in force as everybody reads them: what is not to be written, what follows, and how to do better."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from comity.accounts.models import Marketplace
from comity.common.errors import NotFound
from comity.screening.services import rulebook_in_force
from comity_policy.model import ROLES, Context, Example, Outcome

_LONGEST = 300


@dataclass(frozen=True, slots=True)
class Marked:
    """A stretch of an example that a rule marks."""

    start: int
    end: int
    outcome: str


@dataclass(frozen=True, slots=True)
class Sample:
    """An example: its text, and what a rule marks in it."""

    text: str
    marks: tuple[Marked, ...]


@dataclass(frozen=True, slots=True)
class RuleShown:
    """One rule of a marketplace: the strictest that follows for each side ("deliver": nothing), and how to do better.

    ``caught`` and ``passed`` are examples that need no more than their words to be understood.
    """

    id: str
    title: str
    why: str
    advice: str
    reasons: tuple[str, ...]
    seller: str
    buyer: str
    caught: tuple[Sample, ...]
    passed: tuple[Sample, ...]


def rules_shown(marketplace: Marketplace, *, now: datetime) -> list[RuleShown]:
    """Every rule that may stop or question a message there, by id; those on trial change nothing and are left out."""
    return [_shown(entry) for entry in rulebook_in_force(marketplace, now).entries if not entry.trial]


def rule_shown(marketplace: Marketplace, rule_id: str, *, now: datetime) -> RuleShown:
    """One of ``rules_shown``. Raises ``NotFound``."""
    for entry in rulebook_in_force(marketplace, now).entries:
        if entry.rule.id == rule_id and not entry.trial:
            return _shown(entry)
    raise NotFound(f"No rule “{rule_id}”.")


def _shown(entry: Any) -> RuleShown:
    rule = entry.rule
    strictest = {role: max(_outcomes(entry, role)) for role in ROLES}
    return RuleShown(
        id=rule.id,
        title=rule.title,
        why=rule.why,
        advice=rule.advice,
        reasons=tuple(sentence.replace("{}", "…") for form, sentence in rule.reasons.items() if form in entry.outcomes),
        seller=strictest["seller"].value,
        buyer=strictest["buyer"].value,
        caught=tuple(_samples(rule.flagged, max(strictest.values()).value)),
        passed=tuple(_samples(rule.accepted, "")),
    )


def _outcomes(entry: Any, role: str) -> Iterator[Outcome]:
    for outcomes in (entry.outcomes, *entry.by_purpose.values()):
        for by_role in outcomes.values():
            yield by_role[role]


def _samples(texts: tuple[str, ...], outcome: str) -> Iterator[Sample]:
    for text in texts:
        facts = text.context if isinstance(text, Example) else Context()
        if len(text) <= _LONGEST and facts == Context():
            yield _unmarked(text, outcome)


def _unmarked(text: str, outcome: str) -> Sample:
    """The words without «…», and where those stood."""
    plain, marks, start = "", [], 0
    for letter in text:
        if letter == "«":
            start = len(plain)
        elif letter == "»":
            marks.append(Marked(start, len(plain), outcome))
        else:
            plain += letter
    return Sample(plain, tuple(marks))
