"""The ticket that a page carries: which channels its reader may listen to, signed, for a quarter of an hour.

Whoever asks with it is told "something changed" and nothing else; what changed the page fetches as its reader.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core import signing

LIFETIME = timedelta(minutes=15)  # how long somebody who lost a seat still hears that it moves
_signer = signing.TimestampSigner(salt="comity.web.live")


@dataclass(frozen=True, slots=True)
class Ticket:
    """A ticket that was ours: its channels and when it was made, to the second."""

    channels: frozenset[str]
    issued_at: int


class BadTicket(Exception):
    """Not ours, altered, or too old."""


def watch(*channels: str, src: str = "") -> dict[str, Any]:
    """The input of ``parts/live.html``: ``src`` is where the page's lists come from, the page itself unless said."""
    return {"ticket": issue(*channels), "src": src, "stream": settings.LIVE_URL}


def issue(*channels: str) -> str:
    """A ticket for these channels."""
    return _signer.sign(" ".join(sorted(channels)))


def read(text: str, *, now: datetime) -> Ticket:
    """The ticket behind ``text``. Raises ``BadTicket``."""
    try:
        # Not max_age: the signer would ask the clock itself.
        stamped = signing.Signer(salt="comity.web.live").unsign(text)
        channels, _, stamp = stamped.rpartition(":")
        issued_at = signing.b62_decode(stamp)
    except (signing.BadSignature, ValueError) as error:
        raise BadTicket from error
    if not 0 <= now.timestamp() - issued_at + 60 <= LIFETIME.total_seconds() + 60:
        raise BadTicket
    return Ticket(frozenset(channels.split()), issued_at)
