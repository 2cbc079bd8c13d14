"""What a marketplace has set: the profile of a digest, and the history of changes."""

import logging
from collections.abc import Iterator, Mapping
from contextlib import suppress
from functools import lru_cache

from django.core.paginator import Page, Paginator

from comity.accounts.models import Marketplace, SettingsVersion
from comity.accounts.profiles import Profile, profile_files, profile_texts, read_again, replaced
from comity.common.published import Kind, keep, kept

_log = logging.getLogger(__name__)
CHANGES_A_PAGE = 25


@lru_cache(maxsize=64)
def profile_by_digest(digest: str) -> Profile | None:
    """The profile a deadline was made under: a file, or a file with the values of some marketplace's settings.

    Files of earlier releases are read as they were kept. None, and one line in the log of each process, for one that
    nobody kept: `comity doctor` names it.
    """
    shipped = {profile.digest: profile for profile in profile_files()}
    found = shipped.get(digest) or _kept(digest, shipped)
    if found is None:
        _log.error("no profile has the digest %s", digest)
    return found


def keep_profiles() -> None:
    """Keep the files of this release in the database."""
    keep(Kind.PROFILE, profile_texts())


def _kept(digest: str, shipped: Mapping[str, Profile]) -> Profile | None:
    earlier = [profile for profile in _earlier() if profile.digest not in shipped]
    known = SettingsVersion.objects.filter(digest=digest).values_list("values", flat=True).first()
    # Settings outlive their file: with the next file of that name they make a profile that no row names.
    candidates = [known] if known is not None else SettingsVersion.objects.values_list("values", flat=True).iterator()
    made = (replaced(base, values) for values in candidates for base in (*shipped.values(), *earlier) if values)
    return next((profile for profile in (*earlier, *made) if profile.digest == digest), None)


def _earlier() -> Iterator[Profile]:
    """What was kept and can still be read."""
    for digest, text in kept(Kind.PROFILE).items():
        with suppress(LookupError, TypeError, ValueError):
            yield read_again(text, digest)


def settings_history(marketplace: Marketplace, page: int | str | None = 1) -> "Page[SettingsVersion]":
    """Who changed what, when and why, latest first. Two queries."""
    rows = SettingsVersion.objects.filter(marketplace=marketplace).select_related("made_by").order_by("-id")
    return Paginator(rows, CHANGES_A_PAGE).get_page(page)
