"""A carrier that exists only here: what it would say of a parcel follows from the parcel's number alone."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

_TOWNS = ("Ashford", "Brackley", "Corbridge", "Dunmore", "Elmstead", "Farnham")
_REFUSED_OF = 12  # one parcel in so many comes back


@dataclass(frozen=True, slots=True)
class Word:
    """What the carrier says: a kind of event, when and where."""

    kind: str
    occurred_at: datetime
    place: str


def journey(tracking: str, *, since: datetime, pace: timedelta) -> Iterator[Word]:
    """Everything that will be said of a parcel handed over at ``since``; one step of its way takes about ``pace``."""
    chance = hashlib.sha256(tracking.encode()).digest()
    kinds = ["accepted", "in_transit", "in_transit"]
    kinds += ["refused", "returned"] if chance[0] % _REFUSED_OF == 0 else ["delivered"]
    at = since
    for number, kind in enumerate(kinds, start=1):
        at += pace * (0.5 + chance[number] / 255)
        yield Word(kind, at, _TOWNS[chance[-number] % len(_TOWNS)])
