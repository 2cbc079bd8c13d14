"""Who sends which kind of message for a shop: profile and rulebook say, unless seller and marketplace agreed otherwise.

Some kinds are the seller's under rulebooks that require its shipment mail, and the marketplace's under all others (C1).
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, F, Q, QuerySet

from comity.accounts.models import Marketplace, Seller
from comity.accounts.profiles import profile_in_force
from comity.common.errors import NotFound
from comity.messaging.models import Agreement, Side
from comity.orders.models import Order
from comity.screening.services import rulebook_in_force

PAGE_SIZE = 25
State = Agreement.State


@dataclass(frozen=True, slots=True)
class MessageKind:
    """A kind of message as the profile knows it, with its ``sender`` under the rulebook in force.

    ``purpose``: how the rules read what a seller sends of it. ``goes_with_shipment_mail``: it is the seller's where the
    rulebook requires that the seller tells the buyer of shipments (S40, S42, S47, C1, C9).
    """

    key: str
    label: str
    sender: str
    purpose: str = ""
    critical: bool = False
    goes_with_shipment_mail: bool = False


@dataclass(frozen=True, slots=True)
class Sender:
    """Who sends a kind of message: ``party`` is seller or marketplace; without ``agreement`` by the profile."""

    kind: MessageKind
    party: str
    agreement: Agreement | None


def message_kinds(marketplace: Marketplace, at: datetime) -> dict[str, MessageKind]:
    """The kinds of message of the marketplace's profile, by key."""
    rows = profile_in_force(marketplace, at).message_kinds
    by_seller = rulebook_in_force(marketplace, at).terms.shipment_mail == "required"
    kinds = [MessageKind(**row) for row in rows]
    return {
        one.key: replace(one, sender=Side.SELLER) if by_seller and one.goes_with_shipment_mail else one for one in kinds
    }


def who_sends(seller: Seller, kind: str, at: datetime) -> Sender:
    """Who sends messages of ``kind`` for ``seller`` on the day of ``at``. One query. Raises ``KeyError``."""
    known = message_kinds(seller.marketplace, at)[kind]
    return _sender(known, _in_force(seller, at).filter(kind=kind))


def who_tells(order: Order, kind: str, at: datetime) -> str:
    """The side that tells the buyer of ``order`` what is of ``kind``.

    Of what the marketplace ships it tells everything itself (S36), and everywhere what the profile does not name.
    """
    known = message_kinds(order.marketplace, at)
    if order.fulfilment == Order.Fulfilment.MARKETPLACE or kind not in known:
        return Side.MARKETPLACE
    return who_sends(order.seller, kind, at).party


def sent_by_marketplace(seller: Seller, at: datetime) -> frozenset[str]:
    """The kinds of message that the marketplace sends for ``seller``: to the rules they are reserved. One query."""
    return frozenset(one.kind.key for one in table_of(seller, at) if one.party == Side.MARKETPLACE)


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
