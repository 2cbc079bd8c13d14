"""Whether a shop answers its subscribers as quickly as everybody else (S13)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from comity.accounts.models import Seller
from comity.accounts.profiles import profile_in_force
from comity.messaging.models import ReplyDeadline, Side
from comity.orders.models import Subscription

_Waits = Sequence[tuple[datetime, datetime | None]]


@dataclass(frozen=True, slots=True)
class Answers:
    """How a group was answered: questions that count, the median time of an answer, the share in time in per cent.

    Nothing but the count where there are too few to say anything.
    """

    count: int
    usual: timedelta | None = None
    in_time: int | None = None


@dataclass(frozen=True, slots=True)
class Parity:
    """Subscribers against everybody else over ``days``; in time is within ``hours``. ``minimum``: of each group."""

    subscribers: Answers
    others: Answers
    days: int
    hours: int
    minimum: int

    @property
    def comparable(self) -> bool:
        """Whether there are enough of both."""
        return min(self.subscribers.count, self.others.count) >= self.minimum


def parity_of(seller: Seller, *, now: datetime) -> Parity:
    """The seller's answers of the profile's days, by whether who asked had a subscription of its then. Two queries.

    A question counts once it was answered, or once the time for it is over; what needed no answer does not count.
    """
    profile = profile_in_force(seller.marketplace, now)
    terms, due = profile.subscriptions, timedelta(hours=profile.reply_hours)
    since = now - timedelta(days=terms.parity_days)
    answered = ReplyDeadline.objects.filter(seller=seller, end=ReplyDeadline.End.ANSWERED, ended_at__gt=since)
    waiting = ReplyDeadline.objects.filter(
        conversation__seller=seller,
        conversation__addressee=Side.SELLER,
        conversation__reply_due_at__isnull=False,
        ended_at__isnull=True,
        started_at__gt=since,
        started_at__lte=now - due,
    )
    rows = [row for found in (answered, waiting) for row in _rows(found, seller, terms.parity_sample)]
    groups = ([(begun, ended) for begun, ended, one in rows if one is wanted] for wanted in (True, False))
    subscribers, others = (_answers(group, due, terms.parity_minimum) for group in groups)
    return Parity(subscribers, others, terms.parity_days, profile.reply_hours, terms.parity_minimum)


def _rows(deadlines: QuerySet[ReplyDeadline], seller: Seller, most: int) -> list[tuple[Any, Any, Any]]:
    going_on = Q(cancelled_at=None) | Q(cancelled_at__gt=OuterRef("started_at"))
    going_on &= Q(ended_at=None) | Q(ended_at__gt=OuterRef("started_at"))
    theirs = Subscription.objects.filter(
        going_on, buyer=OuterRef("conversation__buyer"), seller=seller, started_at__lte=OuterRef("started_at")
    )
    found = deadlines.annotate(subscriber=Exists(theirs)).order_by("-ended_at", "-pk")
    return list(found.values_list("started_at", "ended_at", "subscriber")[:most])


def _answers(waits: _Waits, due: timedelta, minimum: int) -> Answers:
    if len(waits) < minimum:
        return Answers(len(waits))
    times = [(ended - begun).total_seconds() for begun, ended in waits if ended]
    in_time = sum(time <= due.total_seconds() for time in times) * 100 // len(waits)
    return Answers(len(waits), timedelta(seconds=median(times)) if times else None, in_time)
