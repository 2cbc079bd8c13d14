"""Checks a draft against the rulebook that its marketplace has in force.

Fails closed: a rulebook that cannot be loaded raises, and nothing is sent; an error inside a rule holds the
message (the engine says so in the verdict), and so does a second reader that is switched on and cannot be loaded.
"""

import logging
import tomllib
from datetime import date, datetime
from functools import lru_cache
from typing import Any, Never

from django.conf import settings

from comity.accounts.models import Marketplace
from comity.screening.models import RulebookVersion
from comity.screening.services.keeping import kept_rulebook
from comity_policy import rulebook as engine_rulebooks
from comity_policy.engine import SecondReader, check
from comity_policy.model import Context, Draft, Outcome, Purpose, Role, Verdict
from comity_policy.reader import ReaderError
from comity_policy.reader import shipped as second_reader
from comity_policy.rulebook import Rulebook, RulebookError, load_rulebook, parse_rulebook

_log = logging.getLogger(__name__)

Book = Rulebook  # for those above, who do not import the engine


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
        rulebook_in_force(marketplace, now),
        text=text,
        role=role,
        purpose=purpose,
        language=language,
        marketplace=marketplace,
        known_ids=known_ids,
        **facts,
    )


def screen_under(
    rulebook: Book,
    *,
    text: str,
    role: Role,
    purpose: Purpose,
    language: str,
    marketplace: Marketplace,
    known_ids: frozenset[str],
    twice: bool = True,
    **facts: Any,
) -> Verdict:
    """The verdict on ``text`` under a rulebook that need not be in force; see ``screen``.

    ``twice``: let the second reader read it too, where the installation has one switched on; it takes some twenty
    milliseconds.
    """
    draft = Draft(text=text, role=role, purpose=purpose, language=language or None)
    context = Context(known_ids=known_ids, trusted_domains=frozenset(marketplace.trusted_domains), **facts)
    return check(draft, context, rulebook, reader=_reader() if twice and settings.SECOND_READER else None)


class _Unloaded:
    """In place of a second reader that cannot be loaded: the engine holds what nobody could read."""

    digest = "0" * 64  # of no weights

    def read(self, *_: object) -> Never:
        raise ReaderError


def _reader() -> SecondReader:
    try:
        return second_reader()
    except Exception:  # noqa: BLE001 - whatever is wrong, a message waits rather than being lost; the next one tries again
        _log.exception("the second reader cannot be loaded: messages wait for a person")
        return _Unloaded()


def name_may_be_shown(*, name: str, marketplace: Marketplace, now: datetime) -> bool:
    """Whether a buyer of ``marketplace`` may see ``name`` beside what its person writes.

    People name themselves, and files name them; a name is held against the rules as what a seller answers is, and
    one that would not go out as it stands is not shown.
    """
    digest = rulebook_in_force(marketplace, now).digest
    return _passes(name, digest, frozenset(marketplace.trusted_domains))


def rulebook_in_force(marketplace: Marketplace, now: datetime) -> Book:
    """The rulebook by which ``marketplace`` judges at ``now``."""
    return rulebook_of(marketplace, now.date())


def rulebook_of(marketplace: Marketplace, day: date) -> Book:
    """The marketplace's own latest version for ``day`` (UTC), else the published rulebook that its settings name.

    Own versions count for the rulebook that they were made for. Raises ``RulebookError``.
    """
    for version in reversed(marketplace.rulebook_versions):
        if version["of"] == marketplace.rulebook and version["from"] <= day.isoformat():
            return rulebook_by_digest(version["digest"])
    return published_rulebook(marketplace, day)


def published_rulebook(marketplace: Marketplace, day: date) -> Book:
    """The rulebook that came with the release, whatever the marketplace changed in it. Raises ``RulebookError``."""
    return _loaded(marketplace.rulebook, day.toordinal())


@lru_cache(maxsize=256)
def rulebook_by_digest(digest: str) -> Book:
    """The rulebook with that digest, published with this release, an earlier one or by a marketplace.

    Raises ``RulebookError``.
    """
    try:
        return engine_rulebooks.rulebook_by_digest(digest)
    except RulebookError:
        version = RulebookVersion.objects.filter(digest=digest).first()
        return kept_rulebook(digest, version.content if version else "")


def book_of(content: str) -> Book:
    """The rulebook that a marketplace's own TOML makes with the one that it extends. Raises ``RulebookError``."""
    head = tomllib.loads(content)
    return parse_rulebook(content.encode(), name=head["name"], valid_from=head["valid_from"])


@lru_cache(maxsize=256)
def rulebook_date(digest: str) -> date | None:
    """From when the rulebook with that digest is valid.

    None when nothing was checked, and, with one line in the log of each process, where nobody kept the book:
    `comity doctor` names it.
    """
    try:
        return rulebook_by_digest(digest).valid_from if digest else None
    except RulebookError as error:
        _log.error("no date for the rulebook %s: %s", digest, error)
        return None


@lru_cache(maxsize=4096)  # a page names the same few people again and again
def _passes(name: str, rulebook: str, trusted_domains: frozenset[str]) -> bool:
    draft = Draft(text=name, role="seller", purpose="reply", language=None)
    context = Context(known_ids=frozenset(), trusted_domains=trusted_domains)
    return check(draft, context, rulebook_by_digest(rulebook)).outcome == Outcome.DELIVER


@lru_cache(maxsize=64)
def _loaded(name: str, day: int) -> Book:
    return load_rulebook(name, date.fromordinal(day))
