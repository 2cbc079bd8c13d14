"""The audit trail: what people did on a marketplace, or to one shop, from the event log, newest first."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from comity.accounts.models import Marketplace, Seller, User
from comity.common.crypto import lookup_digest
from comity.common.days import end_of_day, midnight
from comity.common.models import OutboxEvent

EVENTS_A_PAGE = 50
OUTSIDE = "Somebody who does not work here"
# What a shop is told of: what its people did to it, and what the marketplace did to it openly. It all happened on the
# shop's own stream; reports, blocks, rulings and looks at the record lie on others, and a new event is not told before
# it stands here.
SHOP_KNOWS = frozenset(
    {
        "agreement.accepted",
        "agreement.declined",
        "agreement.proposed",
        "agreement.withdrawn",
        "audit.exported",
        "insert.written",
        "invitation.accepted",
        "invitation.revoked",
        "invitation.sent",
        "invitation.sent_again",
        "label.changed",
        "label.created",
        "label.deleted",
        "listing.changed",
        "listing.handling_changed",
        "notice.blocked",
        "payment.written_off",
        "payouts.held",
        "payouts.hold_lifted",
        "policy.published",
        "restriction.imposed",
        "restriction.lifted",
        "saved_reply.deleted",
        "saved_reply.saved",
        "seller.created",
        "staff.role_changed",
        "staff.seated",
        "staff.sign_in_failed",
        "staff.signed_in",
        "staff.unseated",
        "view.deleted",
        "view.saved",
    }
)
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
    """An event and the name of who did it; a person who is gone has only their id.

    A shop is told ``OUTSIDE``, and no id, of everybody who does not work there now.
    """

    event: OutboxEvent
    person: str


@dataclass(frozen=True, slots=True)
class AuditPage:
    """Deeds, and the key with which the older ones follow; 0 when there are none."""

    deeds: list[Deed]
    older: int


def audit_page(party: Marketplace | Seller, wanted: Wanted, *, before: int = 0) -> AuditPage:
    """A page of the trail, events older than the one with key ``before``. Two queries, however long the trail."""
    rows = _deeds(party, wanted, before)
    events = list(rows[: EVENTS_A_PAGE + 1])
    shown = events[:EVENTS_A_PAGE]
    return AuditPage(_named(party, shown), shown[-1].pk if len(events) > len(shown) else 0)


def audit_rows(party: Marketplace | Seller, wanted: Wanted) -> Iterator[Deed]:
    """The whole trail, for an export; read in portions, so that any length fits.

    Which days are meant is settled at once: the file is written when the reader's zone is no longer at hand.
    """
    return _in_portions(party, _deeds(party, wanted, 0))


def _in_portions(party: Marketplace | Seller, rows: QuerySet[OutboxEvent]) -> Iterator[Deed]:
    events = list(rows[:_PORTION])
    while events:
        yield from _named(party, events)
        events = list(rows.filter(id__lt=events[-1].pk)[:_PORTION])


def _deeds(party: Marketplace | Seller, wanted: Wanted, before: int) -> QuerySet[OutboxEvent]:
    rows = OutboxEvent.objects.order_by("-id")
    if isinstance(party, Seller):  # what an import did to a shop is news to it, though nobody's deed
        rows = rows.filter(stream=party.public_id, name__in=SHOP_KNOWS)
    else:
        rows = rows.filter(marketplace=party.public_id).exclude(actor="")
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
        conditions["actor__in"] = _people(party, wanted.person).values("public_id")
    return rows.filter(**conditions)


def _people(party: Marketplace | Seller, person: str) -> QuerySet[User]:
    """By id or e-mail address anybody; by a part of the name those who work there. A shop finds its own people only."""
    exact = Q(public_id=person) | Q(email_lookup=lookup_digest(person))
    if isinstance(party, Seller):
        return User.objects.filter(Q(name__icontains=person) | exact, staff_seats__seller=party)
    works_here = Q(staff_seats__seller__marketplace=party) | Q(operator_seats__marketplace=party)
    return User.objects.filter(exact | Q(name__icontains=person) & works_here)


def _named(party: Marketplace | Seller, events: Sequence[OutboxEvent]) -> list[Deed]:
    users = User.objects.filter(public_id__in={one.actor for one in events})
    if isinstance(party, Seller):
        users = users.filter(staff_seats__seller=party)
        names = dict(users.values_list("public_id", "name"))
        for one in events:
            one.actor = one.actor if one.actor in names else ""  # in memory only: who else did it is not told
        return [Deed(one, names.get(one.actor, OUTSIDE)) for one in events]
    names = dict(users.values_list("public_id", "name"))
    return [Deed(one, names.get(one.actor, one.actor)) for one in events]
