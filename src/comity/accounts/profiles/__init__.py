"""Profiles: dated sets of windows and thresholds, content-addressed like rulebooks.

A file ``name@date.toml`` is valid from its date until the next one of that name. It never changes: a deadline
stores the digest of the file it was made under, and ``profile_by_digest`` finds that file years later.
"""

import hashlib
import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

_FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Profile:
    """Windows in hours of wall time, limits in characters; see the file for their sources."""

    digest: str
    name: str
    valid_from: date
    reply_hours: int
    escalation_hours: int
    ruling_hours: int
    automatic_reply_stops_clock: bool
    message_characters: int


@cache
def _profiles() -> tuple[Profile, ...]:
    return tuple(_read(path) for path in sorted(_FOLDER.glob("*.toml")))


def _read(path: Path) -> Profile:
    raw = path.read_bytes()
    return Profile(digest=hashlib.sha256(raw).hexdigest(), **tomllib.loads(raw.decode()))


def profile_in_force(name: str, on: date) -> Profile:
    """The latest profile ``name`` valid on that day. Raises ``LookupError`` when there is none."""
    fitting = [p for p in _profiles() if p.name == name and p.valid_from <= on]
    if not fitting:
        raise LookupError(f"No profile “{name}” is valid on {on:%Y-%m-%d}.")
    return max(fitting, key=lambda profile: profile.valid_from)


def profile_by_digest(digest: str) -> Profile:
    """The profile a deadline was made under. Raises ``LookupError`` when its file is gone."""
    for profile in _profiles():
        if profile.digest == digest:
            return profile
    raise LookupError(f"No profile has the digest {digest}.")
