"""Profiles: dated sets of windows and thresholds, content-addressed like rulebooks.

A file ``name@date.toml`` is valid from its date until the next one of that name. It never changes. A marketplace
may replace single values on its settings page; file and values together have a digest of their own. A deadline
stores the digest it was made under, and ``selectors.settings.profile_by_digest`` finds that profile years later.
"""

import hashlib
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
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


@cache
def profile_files() -> tuple[Profile, ...]:
    """Every profile that ships with this version, by file name."""
    return tuple(_read(path) for path in sorted(_FOLDER.glob("*.toml")))


def _read(path: Path) -> Profile:
    raw = path.read_bytes()
    values = tomllib.loads(raw.decode())
    values |= {"purposes": read_purposes(values["purposes"]), "review_request": read_review(values["review_request"])}
    values |= {"attachments": read_limits(values["attachments"])}
    values |= {name: terms(**_frozen(values[name])) for name, terms in _TERMS.items()}
    return Profile(digest=hashlib.sha256(raw).hexdigest(), **values)


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
    base = next(profile for profile in profile_files() if profile.digest == base_digest)
    both = canonical({"base": base_digest, "values": dict(values)})
    return replace(base, **dict(values), digest=hashlib.sha256(both.encode()).hexdigest())
