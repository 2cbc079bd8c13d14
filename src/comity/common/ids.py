"""Public ids: typed, time-sorted, 128 bits, never sequential.

``msg_01jd8k6w3x...``: a prefix that says what it names, then 26 Crockford base-32 characters: 48 bits of
milliseconds and 80 random bits. Rows keep a bigint inside; this is what addresses, events and records show.
"""

import secrets
from datetime import datetime

from django.db import models

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_PAIRS = [first + second for first in _ALPHABET for second in _ALPHABET]
_SHIFTS = range(120, -1, -10)  # 13 pairs of characters, the first one on top
MAX_LENGTH = 31  # a prefix of up to four letters, an underscore, 26 characters


def new_id(prefix: str, now: datetime) -> str:
    """A fresh id of kind ``prefix`` (three or four letters) that sorts by ``now`` to the millisecond."""
    number = (int(now.timestamp() * 1000) << 80) | secrets.randbits(80)
    pairs = [_PAIRS[number >> shift & 1023] for shift in _SHIFTS]
    return f"{prefix}_{''.join(pairs)}"


class PublicIdField(models.CharField):  # type: ignore[type-arg]
    """The column of a public id; set once, by the service that creates the row."""

    def __init__(self, **options: object) -> None:
        options.setdefault("max_length", MAX_LENGTH)
        options.setdefault("unique", True)
        options.setdefault("editable", False)
        super().__init__(**options)  # type: ignore[arg-type]
