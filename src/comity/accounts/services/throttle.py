"""How often something may be tried: counted in the database, so that every process counts together (SEC10)."""

from datetime import datetime

from django.conf import settings
from django.db.models import F

from comity.accounts.models import SpentToken, Tries
from comity.common.crypto import lookup_digest
from comity.common.transactions import write


def take(*, kind: str, value: str, now: datetime) -> datetime | None:
    """Count one try of ``kind`` (a key of ``SIGN_IN_TRIES``) for ``value``.

    Returns nothing when it is allowed, else the moment from which the next is. A refused try is not counted.
    """
    limit, window = settings.SIGN_IN_TRIES[kind]
    with write():
        tries, _ = Tries.objects.select_for_update().get_or_create(key=_key(kind, value), defaults={"since": now})
        if now >= tries.since + window:
            tries.since, tries.count = now, 0
        if tries.count >= limit:
            reopens: datetime = tries.since + window
            return reopens
        tries.count += 1
        tries.save()
        return None


def give_back(*, kind: str, value: str) -> None:
    """The last try succeeded: it does not count."""
    with write():
        Tries.objects.filter(key=_key(kind, value), count__gt=0).update(count=F("count") - 1)


def forget(*, kind: str, value: str) -> None:
    """None of the tries for ``value`` counts any more."""
    with write():
        Tries.objects.filter(key=_key(kind, value)).delete()


def forget_past(*, now: datetime) -> int:
    """Delete counters whose window is over and spent tokens that have expired anyway; says how many rows."""
    longest = max(window for _, window in settings.SIGN_IN_TRIES.values())
    with write():
        counters, _ = Tries.objects.filter(since__lte=now - longest).delete()
        tokens, _ = SpentToken.objects.filter(expires_at__lte=now).delete()
    return counters + tokens


def _key(kind: str, value: str) -> str:
    return lookup_digest(f"{kind}\0{value}")
