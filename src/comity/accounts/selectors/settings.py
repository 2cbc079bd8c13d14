"""What a marketplace has set: the profile of a digest, and the history of changes."""

from django.core.paginator import Page, Paginator

from comity.accounts.models import Marketplace, SettingsVersion
from comity.accounts.profiles import Profile, profile_files, with_values

CHANGES_A_PAGE = 25


def profile_by_digest(digest: str) -> Profile:
    """The profile a deadline was made under: a file, or a file with the values of some marketplace's settings.

    Raises ``LookupError`` when its file is gone.
    """
    files = profile_files()
    for profile in files:
        if profile.digest == digest:
            return profile
    known = SettingsVersion.objects.filter(digest=digest).values_list("values", flat=True).first()
    # Settings outlive their file: with the next file of that name they make a profile that no row names.
    candidates = [known] if known is not None else SettingsVersion.objects.values_list("values", flat=True).iterator()
    for values in candidates:
        for profile in files:
            if (made := with_values(profile, values)).digest == digest:
                return made
    raise LookupError(f"No profile has the digest {digest}.")


def settings_history(marketplace: Marketplace, page: int | str | None = 1) -> "Page[SettingsVersion]":
    """Who changed what, when and why, latest first. Two queries."""
    rows = SettingsVersion.objects.filter(marketplace=marketplace).select_related("made_by").order_by("-id")
    return Paginator(rows, CHANGES_A_PAGE).get_page(page)
