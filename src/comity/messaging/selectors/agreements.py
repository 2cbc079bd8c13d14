"""Who sends which kind of message for a shop: the profile's word unless seller and marketplace agreed otherwise."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, F, Q, QuerySet

from comity.accounts.models import Marketplace, Seller
from comity.accounts.profiles import profile_in_force
from comity.common.errors import NotFound
from comity.messaging.models import Agreement

PAGE_SIZE = 25
State = Agreement.State


@dataclass(frozen=True, slots=True)
class MessageKind:
    """A kind of message as the profile knows it. ``purpose``: how the rules read what a seller sends of it."""

    key: str
    label: str
    sender: str
    purpose: str = ""
    critical: bool = False


@dataclass(frozen=True, slots=True)
class Sender:
    """Who sends a kind of message: ``party`` is seller or marketplace; without ``agreement`` by the profile."""

    kind: MessageKind
    party: str
    agreement: Agreement | None


def message_kinds(marketplace: Marketplace, at: datetime) -> dict[str, MessageKind]:
    """The kinds of message of the marketplace's profile, by key."""
    return {row["key"]: MessageKind(**row) for row in profile_in_force(marketplace, at).message_kinds}


def who_sends(seller: Seller, kind: str, at: datetime) -> Sender:
    """Who sends messages of ``kind`` for ``seller`` on the day of ``at``. One query. Raises ``KeyError``."""
    known = message_kinds(seller.marketplace, at)[kind]
    return _sender(known, _in_force(seller, at).filter(kind=kind))


def table_of(seller: Seller, at: datetime) -> list[Sender]:
    """Who sends each kind on the day of ``at``, in the profile's order. One query."""
    agreed = list(_in_force(seller, at))
    return [
        _sender(kind, (one for one in agreed if one.kind == kind.key))
        for kind in message_kinds(seller.marketplace, at).values()
    ]


def proposals_of(seller: Seller) -> list[Agreement]:
    """What waits for an answer, oldest first, with who proposed it. One query."""
    return list(_with_people(seller.agreements.filter(state=State.PROPOSED)).order_by("proposed_at", "pk"))


def history_of(seller: Seller, page: int | str | None = 1) -> "Page[Any]":
    """Every proposal that was answered, latest first."""
    answered = _with_people(seller.agreements.exclude(state=State.PROPOSED))
    return Paginator(answered.order_by("-answered_at", "-pk"), PAGE_SIZE).get_page(page)


def get_agreement(seller: Seller, agreement_id: str) -> Agreement:
    """The seller's agreement with that public id. Raises ``NotFound``."""
    # A NUL in an address would make PostgreSQL raise instead of finding nothing.
    found = seller.agreements.filter(public_id=agreement_id).first() if agreement_id.isprintable() else None
    if found is None:
        raise NotFound(agreement_id)
    return found


def sellers_by_agreement(marketplace: Marketplace, page: int | str | None = 1) -> "Page[Any]":
    """The sellers with ``waiting`` and ``accepted`` proposals counted; those with something to answer first."""
    rows = Seller.objects.filter(marketplace=marketplace).annotate(
        waiting=Count("agreements", filter=Q(agreements__state=State.PROPOSED)),
        accepted=Count("agreements", filter=Q(agreements__state=State.ACCEPTED)),
    )
    return Paginator(rows.order_by("-waiting", "name", "pk"), PAGE_SIZE).get_page(page)


def _in_force(seller: Seller, at: datetime) -> QuerySet[Agreement]:
    """Accepted and begun, the one that counts first."""
    begun = _with_people(seller.agreements.filter(state=State.ACCEPTED, valid_from__lte=at.date()))
    return begun.order_by("-valid_from", F("answered_at").desc(), "-pk")


def _with_people(agreements: QuerySet[Agreement]) -> QuerySet[Agreement]:
    return agreements.select_related("proposed_by", "answered_by")


def _sender(kind: MessageKind, agreed: Iterable[Agreement]) -> Sender:
    latest = next(iter(agreed), None)
    return Sender(kind, latest.party if latest else kind.sender, latest)
