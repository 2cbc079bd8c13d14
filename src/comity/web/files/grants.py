"""The signed address of one file for one person: it works for minutes (reliability §4, threat 15)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.urls import reverse

from comity.common.errors import NotFound

_SIGNER = Signer(salt="comity.web.files.grant")


@dataclass(frozen=True, slots=True)
class Grant:
    """Who may have which file of which marketplace, and whether still."""

    marketplace: str
    attachment: str
    user: str
    expired: bool


def grant_for(*, marketplace: str, attachment: str, user: str, seconds: int | None = None, now: datetime) -> str:
    """The word that stands in the address; ``seconds``: how long it counts, else as the settings say."""
    until = now + timedelta(seconds=seconds or settings.FILES_LINK_SECONDS)
    return _SIGNER.sign_object([marketplace, attachment, user, int(until.timestamp())])


def address_of(grant: str) -> str:
    """Where the file is fetched: on the pages' own origin, or on the one set apart for files."""
    return f"{settings.FILES_URL}{reverse('download', args=[grant])}"


def read_grant(word: str, *, now: datetime) -> Grant:
    """What ``word`` says. Raises ``NotFound`` when it is not ours."""
    try:
        marketplace, attachment, user, until = _SIGNER.unsign_object(word)
    except (BadSignature, ValueError, TypeError):
        raise NotFound(word) from None
    return Grant(marketplace, attachment, user, expired=now.timestamp() >= until)
