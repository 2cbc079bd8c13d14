"""How often something may be tried: counted in the database, so that every process counts together (SEC10)."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import F

from comity.accounts.models import SpentToken, Tries
from comity.common.crypto import lookup_digest
from comity.common.transactions import write

_LONGEST = timedelta(days=1)  # of all windows: what is older counts no more


def take(*, kind: str, value: str, now: datetime) -> datetime | None:
    """Count one try of ``kind`` (a key of ``SIGN_IN_TRIES``) for ``value``.

    Returns nothing when it is allowed, else the moment from which the next is. A refused try is not counted.
    """
    limit, window = settings.SIGN_IN_TRIES[kind]
    return take_some(kind=kind, value=value, amount=1, limit=limit, window=window, now=now)


def take_some(*, kind: str, value: str, amount: int, limit: int, window: timedelta, now: datetime) -> datetime | None:
    """Count ``amount`` of ``kind`` for ``value``, of which ``window`` (a day at most) takes ``limit``.

    Returns nothing when that is allowed, else the moment from which counting begins anew; then nothing is counted.
    """
    with write():
        tries, _ = Tries.objects.select_for_update().get_or_create(key=_key(kind, value), defaults={"since": now})
        if now >= tries.since + window:
            tries.since, tries.count = now, 0
        if tries.count + amount > limit:
            reopens: datetime = tries.since + window
            return reopens
        tries.count += amount
        tries.save()
        return None


def tally(*, kind: str, value: str, window: timedelta, now: datetime) -> int:
    """Count one more of ``kind`` for ``value``: how many that makes in the window that runs."""
    with write():
        tries, _ = Tries.objects.select_for_update().get_or_create(key=_key(kind, value), defaults={"since": now})
        if now >= tries.since + window:
            tries.since, tries.count = now, 0
        tries.count += 1
        tries.save()
        return tries.count


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
    with write():
        counters, _ = Tries.objects.filter(since__lte=now - _LONGEST).delete()
        tokens, _ = SpentToken.objects.filter(expires_at__lte=now).delete()
    return counters + tokens


def _key(kind: str, value: str) -> str:
    return lookup_digest(f"{kind}\0{value}")
