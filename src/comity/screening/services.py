"""Checks a draft against the rulebook that its marketplace has in force.

Fails closed: a rulebook that cannot be loaded raises, and nothing is sent; an error inside a rule holds the
message (the engine says so in the verdict).
"""

from datetime import date, datetime
from functools import lru_cache
from typing import Any

from comity.accounts.models import Marketplace
from comity_policy.engine import check
from comity_policy.model import Context, Draft, Outcome, Purpose, Role, Verdict
from comity_policy.rulebook import Rulebook, load_rulebook, rulebook_by_digest


def screen(
    *,
    text: str,
    role: Role,
    purpose: Purpose,
    language: str,
    marketplace: Marketplace,
    known_ids: frozenset[str],
    now: datetime,
    **facts: Any,
) -> Verdict:
    """The verdict on ``text``. ``known_ids``: order numbers, tracking numbers and SKUs never taken for contacts.

    ``facts``: others that the caller knows and the rules may use, by the names of ``comity_policy.Context``.
    """
    return screen_under(
        marketplace.rulebook,
        now.date(),
        text=text,
        role=role,
        purpose=purpose,
        language=language,
        marketplace=marketplace,
        known_ids=known_ids,
        **facts,
    )


def screen_under(
    rulebook: str,
    day: date,
    *,
    text: str,
    role: Role,
    purpose: Purpose,
    language: str,
    marketplace: Marketplace,
    known_ids: frozenset[str],
    **facts: Any,
) -> Verdict:
    """The verdict on ``text`` under the rulebook of that name as of a day; see ``screen``."""
    draft = Draft(text=text, role=role, purpose=purpose, language=language or None)
    context = Context(known_ids=known_ids, trusted_domains=frozenset(marketplace.trusted_domains), **facts)
    return check(draft, context, _loaded(rulebook, day.toordinal()))


def name_may_be_shown(*, name: str, marketplace: Marketplace, now: datetime) -> bool:
    """Whether a buyer of ``marketplace`` may see ``name`` beside what its person writes.

    People name themselves, and files name them; a name is held against the rules as what a seller answers is, and
    one that would not go out as it stands is not shown.
    """
    return _passes(name, marketplace.rulebook, now.date().toordinal(), frozenset(marketplace.trusted_domains))


def rulebook_in_force(marketplace: Marketplace, now: datetime) -> Rulebook:
    """The rulebook by which ``marketplace`` judges at ``now``."""
    return _loaded(marketplace.rulebook, now.date().toordinal())


def rulebook_date(digest: str) -> str:
    """From when the rulebook with that digest is valid, as ISO date; empty when nothing was checked."""
    return rulebook_by_digest(digest).valid_from.isoformat() if digest else ""


@lru_cache(maxsize=4096)  # a page names the same few people again and again
def _passes(name: str, rulebook: str, day: int, trusted_domains: frozenset[str]) -> bool:
    draft = Draft(text=name, role="seller", purpose="reply", language=None)
    context = Context(known_ids=frozenset(), trusted_domains=trusted_domains)
    return check(draft, context, _loaded(rulebook, day)).outcome == Outcome.DELIVER


@lru_cache(maxsize=64)
def _loaded(name: str, day: int) -> Rulebook:
    return load_rulebook(name, date.fromordinal(day))
