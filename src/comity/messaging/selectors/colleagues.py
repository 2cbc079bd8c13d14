"""Who else is writing at the same place."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from comity.accounts.models import User
from comity.common.prepared import Prepared
from comity.messaging.models import Draft


@dataclass(frozen=True, slots=True)
class Answering:
    """A colleague who is writing, and since when."""

    name: str
    since: datetime


def who_else_writes(*, place: str, user: User, within: timedelta, now: datetime) -> list[Answering]:
    """Everybody but ``user`` whose draft at ``place`` moved within the last ``within``. One query."""
    found = _writing(place=place, since=now - within, user=user.pk)
    return [Answering(draft.user.name, draft.started_at) for draft in found]


_writing = Prepared(
    lambda place, since, user: (
        Draft.objects.filter(place=place, updated_at__gt=since)
        .exclude(user=user)
        .select_related("user")
        .order_by("started_at", "pk")
    ),
    place=str,
    since=datetime,
    user=int,
)


def answering_token(answering: list[Answering]) -> str:
    """A short word for just these people and times, so that a page can ask whether they changed; empty for nobody."""
    told = "/".join(f"{one.name} {one.since.isoformat()}" for one in answering)
    return hashlib.sha256(told.encode()).hexdigest()[:12] if told else ""
