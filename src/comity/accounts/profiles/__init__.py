"""Profiles: dated sets of windows and thresholds, content-addressed like rulebooks.

A file ``name@date.toml`` is valid from its date until the next one of that name. It never changes. A marketplace
may replace single values on its settings page; file and values together have a digest of their own. A deadline
stores the digest it was made under, and ``selectors.settings.profile_by_digest`` finds that profile years later:
files are kept in the database too (``common.published``), so that a later release need not have them.
"""

import hashlib
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import date, datetime
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from comity.accounts.profiles.orders import (
    DutyTerms,
    FeedTerms,
    MoneyTerms,
    OfferTerms,
    OrderTerms,
    QualityTerms,
    ReportTerms,
    SubscriptionTerms,
)
from comity.accounts.profiles.purposes import Purpose, ReviewTerms, read_purposes, read_review
from comity.accounts.profiles.returns import ReturnTerms, read_returns
from comity.common.canonical import canonical
from comity.files.services.limits import Limits, read_limits

if TYPE_CHECKING:
    from comity.accounts.models import Marketplace

_FOLDER = Path(__file__).parent
_TERMS: Mapping[str, Callable[..., Any]] = {
    "orders": OrderTerms,
    "returns": read_returns,
    "money": MoneyTerms,
    "feeds": FeedTerms,
    "duties": DutyTerms,
    "offers": OfferTerms,
    "quality": QualityTerms,
    "reports": ReportTerms,
    "subscriptions": SubscriptionTerms,
}


@dataclass(frozen=True, slots=True)
class Profile:
    """Windows in hours of wall time, limits in characters; see the file for their sources."""

    digest: str
    name: str
    valid_from: date
    reply_hours: int
    escalation_hours: int
    ruling_hours: int
    ruling_alarm_hours: int
    invitation_days: int
    automatic_reply_stops_clock: bool
    message_characters: int
    proactive_days: int
    proactive_anchor: str
    purposes: tuple[Purpose, ...]
    review_request: ReviewTerms
    answer_window_days: int
    answer_minimum: int
    answer_sample: int
    answer_share: int
    policy_characters: int
    description_characters: int
    undo_seconds: int
    answering_minutes: int
    saved_replies: int
    shared_views: int
    bulk_conversations: int
    visit_minutes: int
    refused_days: int
    ruling_reasons: Mapping[str, list[str]]
    message_kinds: list[dict[str, Any]]
    notice_limit: int
    notice_limit_days: int
    notice_batch: int
    recall_reminder_days: int
    attachments: Limits
    orders: OrderTerms
    returns: ReturnTerms
    money: MoneyTerms
    feeds: FeedTerms
    duties: DutyTerms
    offers: OfferTerms
    quality: QualityTerms
    reports: ReportTerms
    subscriptions: SubscriptionTerms


@cache
def profile_files() -> tuple[Profile, ...]:
    """Every profile that ships with this version, by file name."""
    return tuple(_read(tomllib.loads(text.decode()), digest) for digest, text in profile_texts().items())


@cache
def profile_texts() -> Mapping[str, bytes]:
    """The files of those, by digest."""
    texts = [path.read_bytes() for path in sorted(_FOLDER.glob("*.toml"))]
    return {hashlib.sha256(text).hexdigest(): text for text in texts}


def read_again(text: str, digest: str) -> Profile:
    """A profile of an earlier release, of the text of its file.

    What that does not say, since it was not asked for then, is as the file of today says for its day; as the first one
    of its name does where that begins later. Raises ``LookupError``, ``TypeError`` or ``ValueError`` where it cannot be
    read any more.
    """
    old = tomllib.loads(text)
    begins = min((one.valid_from for one in profile_files() if one.name == old["name"]), default=old["valid_from"])
    today = profile_from_file(old["name"], max(begins, old["valid_from"]))
    shipped = tomllib.loads(profile_texts()[today.digest].decode())
    return _read(_filled(shipped, old, today), digest)


def _filled(shipped: dict[str, Any], old: Mapping[str, Any], today: Any) -> dict[str, Any]:
    """``shipped`` with all that ``old`` says and is still asked for; ``today``: what the first is read as."""
    known = {one.name for one in fields(today)} | shipped.keys()
    found = {**shipped, **{name: value for name, value in old.items() if name in known}}
    for name in shipped.keys() & old.keys():
        if is_dataclass(inner := getattr(today, name, None)):
            found[name] = _filled(shipped[name], old[name], inner)
    return found


def _read(values: dict[str, Any], digest: str) -> Profile:
    values |= {"purposes": read_purposes(values["purposes"]), "review_request": read_review(values["review_request"])}
    values |= {"attachments": read_limits(values["attachments"])}
    values |= {name: terms(**_frozen(values[name])) for name, terms in _TERMS.items()}
    return Profile(digest=digest, **values)


def _frozen(values: dict[str, Any]) -> dict[str, Any]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in values.items()}


@lru_cache(maxsize=64)
def profile_from_file(name: str, on: date) -> Profile:
    """The latest profile ``name`` valid on that day. Raises ``LookupError`` when there is none."""
    fitting = [p for p in profile_files() if p.name == name and p.valid_from <= on]
    if not fitting:
        raise LookupError(f"No profile “{name}” is valid on {on:%Y-%m-%d}.")
    return max(fitting, key=lambda profile: profile.valid_from)


def profile_in_force(marketplace: "Marketplace", at: datetime) -> Profile:
    """The profile of ``marketplace`` at that moment: its file, and what its settings replace. No query."""
    base = profile_from_file(marketplace.profile, at.date())
    since = at.timestamp()
    for version in reversed(marketplace.profile_versions):
        if version["from"] <= since:
            return with_values(base, version["values"])
    return base


def with_values(base: Profile, values: Mapping[str, Any]) -> Profile:
    """``base`` with some scalars replaced, under the digest of both; ``base`` itself when nothing is."""
    return _with_values(base.digest, tuple(sorted(values.items()))) if values else base


@lru_cache(maxsize=256)
def _with_values(base_digest: str, values: tuple[tuple[str, Any], ...]) -> Profile:
    return replaced(next(profile for profile in profile_files() if profile.digest == base_digest), dict(values))


def replaced(base: Profile, values: Mapping[str, Any]) -> Profile:
    """The same of any ``base``, shipped or kept."""
    both = canonical({"base": base.digest, "values": dict(values)})
    return replace(base, **values, digest=hashlib.sha256(both.encode()).hexdigest())
