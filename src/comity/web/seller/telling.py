"""What a shop reads of who tells the buyer: rulebook or agreement may leave that to the shop (C1, S10)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.urls import reverse

from comity.accounts.profiles import profile_in_force
from comity.messaging.models import Side
from comity.messaging.selectors.agreements import who_tells
from comity.orders.models import Order

SHIPMENT = "shipment_confirmation"
# What was just done with an order, by the word that its form leads back with; what a shop reads that tells it itself.
_DONE: Mapping[str, tuple[str, str, str]] = {
    "shipped": (
        "Confirmed.",
        "The buyer is told how to follow the parcel.",
        "Now tell the buyer how to follow the parcel: nobody else does.",
    ),
    "corrected": (
        "Corrected.",
        "The buyer is told.",
        "Nobody tells the buyer: write to them if they should know.",
    ),
    "cancelled": (
        "Cancelled.",
        "The buyer is told, and is not charged.",
        "Now tell the buyer, who is not charged: nobody else does.",
    ),
    "declined": ("Declined.", "The order stands, and the buyer reads why.", ""),
    "delayed": ("Told.", "The buyer now chooses whether to wait.", ""),
}
_TO_WRITE = ("shipped", "cancelled")  # a correction is owed by nobody


def done_with(order: Order, what: str, place: Mapping[str, str], *, now: datetime) -> dict[str, Any] | None:
    """The input of ``parts/banner.html`` where something was done; None where nothing was. ``place``: of the desk."""
    if what not in _DONE:
        return None
    lead, told, owed = _DONE[what]
    kind = _kind_of(order, what)
    if not owed or tells_of(order, kind, now):
        return {"lead": lead, "text": told, "href": ""}
    href = form_of(order, kind, place, now=now) if what in _TO_WRITE else ""
    return {"lead": lead, "text": owed, "href": href}


def tells_of(order: Order, kind: str, now: datetime) -> bool:
    """Whether the marketplace tells the buyer of ``order`` what is of ``kind``. One query."""
    return who_tells(order, kind, now) != Side.SELLER


def form_of(order: Order, kind: str, place: Mapping[str, str], *, now: datetime) -> str:
    """Where a shop writes to the buyer what is of ``kind``; empty where there is no form for it."""
    purposes = profile_in_force(order.marketplace, now).purposes
    key = next((one.key for one in purposes if one.declares == kind), "")
    return reverse("seller-contact-purpose", kwargs={**place, "order": order.public_id, "purpose": key}) if key else ""


def _kind_of(order: Order, what: str) -> str:
    if what != "cancelled":
        return SHIPMENT
    return "order_unavailable" if order.status == Order.Status.UNFULFILLABLE else "cancellation_confirmation"
