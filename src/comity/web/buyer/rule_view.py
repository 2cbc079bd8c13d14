"""The rules in force as everybody reads them: what is not to be written, what follows, and how to do better."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest

from comity.accounts.models import Marketplace
from comity.common.errors import NotFound
from comity.screening.services import rulebook_in_force
from comity.web.wording import readers_language
from comity_policy.model import MEANT, ROLES, Context, Example, Outcome
from comity_policy.wording import LANGUAGES, worded

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

    ``language``: that of title, why, advice and reasons; English for a rule that a marketplace wrote itself.
    ``caught`` and ``passed`` are examples that need no more than their words to be understood.
    """

    id: str
    language: str
    title: str
    why: str
    advice: str
    reasons: tuple[str, ...]
    seller: str
    buyer: str
    caught: tuple[Sample, ...]
    passed: tuple[Sample, ...]


def rules_shown(marketplace: Marketplace, *, language: str = "en", now: datetime) -> list[RuleShown]:
    """Every rule that may stop or question a message there, by id; those on trial change nothing and are left out."""
    return [_shown(entry, language) for entry in rulebook_in_force(marketplace, now).entries if not entry.trial]


def rule_shown(marketplace: Marketplace, rule_id: str, *, language: str = "en", now: datetime) -> RuleShown:
    """One of ``rules_shown``. Raises ``NotFound``."""
    for entry in rulebook_in_force(marketplace, now).entries:
        if entry.rule.id == rule_id and not entry.trial:
            return _shown(entry, language)
    raise NotFound(f"No rule “{rule_id}”.")


def languages_of(request: HttpRequest) -> dict[str, Any]:
    """In which language rules are shown: the address's, else the reader's; and the same page in each of the others.

    ``query`` keeps what the address says on the way to another page.
    """
    chosen = request.GET.get("language", "")
    language = chosen if chosen in LANGUAGES else readers_language()
    links = [
        {"label": name, "href": f"?language={code}", "lang": code, "current": code == language}
        for code, name in LANGUAGES.items()
    ]
    return {"language": language, "languages": links, "query": f"?language={chosen}" if chosen in LANGUAGES else ""}


def _shown(entry: Any, language: str) -> RuleShown:
    rule = worded(entry.rule, language)
    strictest = {role: max(_outcomes(entry, role)) for role in ROLES}
    return RuleShown(
        id=rule.id,
        language="en" if rule is entry.rule else language,
        title=rule.title,
        why=rule.why,
        advice=rule.advice,
        reasons=tuple(rule.reason(form, "…") for form in (*rule.reasons, MEANT) if form in entry.outcomes),
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
