"""The audit trail: what people did on a marketplace, from the event log, newest first."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from comity.accounts.models import Marketplace, User
from comity.common.crypto import lookup_digest
from comity.common.days import end_of_day, midnight
from comity.common.models import OutboxEvent

EVENTS_A_PAGE = 50
_PORTION = 500  # rows of an export that are in memory at a time


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to look for; empty means all.

    ``person`` is a name, an e-mail address or an id; ``what`` an event's name or the family before its point;
    ``stream`` and ``message`` are ids of what it was done to; the first and last
    day are the reader's.
    """

    person: str = ""
    what: str = ""
    stream: str = ""
    message: str = ""
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Deed:
    """An event and the name of who did it; a person who is gone has only their id."""

    event: OutboxEvent
    person: str


@dataclass(frozen=True, slots=True)
class AuditPage:
    """Deeds, and the key with which the older ones follow; 0 when there are none."""

    deeds: list[Deed]
    older: int


def audit_page(marketplace: Marketplace, wanted: Wanted, *, before: int = 0) -> AuditPage:
    """A page of the trail, events older than the one with key ``before``. Two queries, however long the trail."""
    rows = _deeds(marketplace, wanted, before)
    events = list(rows[: EVENTS_A_PAGE + 1])
    shown = events[:EVENTS_A_PAGE]
    return AuditPage(_named(shown), shown[-1].pk if len(events) > len(shown) else 0)


def audit_rows(marketplace: Marketplace, wanted: Wanted) -> Iterator[Deed]:
    """The whole trail, for an export; read in portions, so that any length fits.

    Which days are meant is settled at once: the file is written when the reader's zone is no longer at hand.
    """
    return _in_portions(_deeds(marketplace, wanted, 0))


def _in_portions(rows: QuerySet[OutboxEvent]) -> Iterator[Deed]:
    events = list(rows[:_PORTION])
    while events:
        yield from _named(events)
        events = list(rows.filter(id__lt=events[-1].pk)[:_PORTION])


def _deeds(marketplace: Marketplace, wanted: Wanted, before: int) -> QuerySet[OutboxEvent]:
    rows = OutboxEvent.objects.filter(marketplace=marketplace.public_id).exclude(actor="").order_by("-id")
    conditions: dict[str, Any] = {"id__lt": before} if before else {}
    if wanted.what:
        conditions["name" if "." in wanted.what else "name__startswith"] = (
            wanted.what if "." in wanted.what else f"{wanted.what}."
        )
    if wanted.stream:
        conditions["stream"] = wanted.stream
    if wanted.message:
        conditions["data__message"] = wanted.message
    if wanted.since:
        conditions["occurred_at__gte"] = midnight(wanted.since)
    if wanted.until:
        conditions["occurred_at__lt"] = end_of_day(wanted.until)
    if wanted.person:
        conditions["actor__in"] = _people(marketplace, wanted.person).values("public_id")
    return rows.filter(**conditions)


def _people(marketplace: Marketplace, person: str) -> QuerySet[User]:
    """By id or e-mail address anybody; by a part of the name those who work there."""
    works_here = Q(staff_seats__seller__marketplace=marketplace) | Q(operator_seats__marketplace=marketplace)
    named = Q(name__icontains=person) & works_here
    return User.objects.filter(Q(public_id=person) | Q(email_lookup=lookup_digest(person)) | named)


def _named(events: Sequence[OutboxEvent]) -> list[Deed]:
    names = dict(User.objects.filter(public_id__in={one.actor for one in events}).values_list("public_id", "name"))
    return [Deed(one, names.get(one.actor, one.actor)) for one in events]
