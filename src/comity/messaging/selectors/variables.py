"""What saved replies may name: a closed table of variables, each with its value for one conversation.

In a text a variable stands in double braces, ``{{order.number}}``. ``filled`` replaces each once: a value that
looks like a variable stays what it is. Values come from imports and buyers, so nobody trusts them: the message
that they become part of goes through the rules like any other.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone

from comity.accounts.models import Buyer, Marketplace, Seller, User
from comity.catalog.models import Listing
from comity.common.locales import day_in, zone_of
from comity.messaging.models import Conversation, Side
from comity.orders.models import Order, Shipment

_PLACE = re.compile(r"\{\{\s*([^{}]*?)\s*\}\}")
_BRACES = re.compile(r"\{\{|\}\}")


@dataclass(frozen=True, slots=True)
class Case:
    """What a text is filled from: whoever writes (``writer``) to whom about what, in the reader's ``language``."""

    marketplace: Marketplace
    writer: User | None
    language: str
    seller: Seller | None = None
    buyer: Buyer | None = None
    order: Order | None = None
    listing: Listing | None = None
    titles: tuple[str, ...] = ()
    skus: tuple[str, ...] = ()
    shipments: tuple[Shipment, ...] = ()


@dataclass(frozen=True, slots=True)
class Variable:
    """One variable: what it means, what it looks like, and its value; an empty value is a gap."""

    name: str
    means: str
    sample: str
    value: Callable[[Case], str]

    @property
    def in_braces(self) -> str:
        """As it stands in a text: ``{{order.number}}``."""
        return f"{{{{{self.name}}}}}"


def _sender(case: Case) -> str:
    return case.seller.name if case.seller else case.marketplace.name


def day_there(at: datetime | None, zone: str, language: str) -> str:
    """The day that ``at`` is in ``zone``, in words; empty for an unknown one. The text is kept: it knows no reader."""
    return day_in(language, timezone.localtime(at, zone_of(zone))) if at else ""


def _placed(case: Case) -> str:
    return day_there(case.order.placed_at, case.marketplace.time_zone, case.language) if case.order else ""


def _promised(name: str) -> Callable[[Case], str]:
    """The day in the column ``name`` of the order, in the seller's zone, as the clock counts it."""

    def value(case: Case) -> str:
        order = case.order
        if order is None:
            return ""
        seller = case.seller or order.seller
        return day_there(getattr(order, name), seller.time_zone, case.language)

    return value


def _carriers(case: Case) -> str:
    return ", ".join(dict.fromkeys(one.carrier for one in case.shipments))


def _tracking_numbers(case: Case) -> str:
    return ", ".join(one.tracking_number for one in case.shipments if one.tracking_number)


_TABLE = (
    Variable("buyer.name", "the buyer’s name", "Amara Nwosu", lambda case: case.buyer.name if case.buyer else ""),
    Variable("seller.name", "your shop’s name (the marketplace’s, at its own desk)", "Alder & Loom", _sender),
    Variable(
        "agent.name", "the name of the person who answers", "Ines Ferreira", lambda c: c.writer.name if c.writer else ""
    ),
    Variable("marketplace.name", "the marketplace’s name", "Wayfold", lambda case: case.marketplace.name),
    Variable("order.number", "the order number", "305-0004821-9004821", lambda c: c.order.number if c.order else ""),
    Variable("order.date", "the day of the order", "18 November 2026", _placed),
    Variable("item.title", "the item; several with commas between", "Ash table lamp", lambda c: ", ".join(c.titles)),
    Variable("item.sku", "its SKU; several with commas between", "AL-1107", lambda case: ", ".join(case.skus)),
    Variable("ship_by", "the day by which it must ship", "20 November 2026", _promised("ship_by")),
    Variable("deliver_by", "the day by which it is promised to arrive", "25 November 2026", _promised("deliver_by")),
    Variable("carrier", "who carries the parcel", "Parcel Post", _carriers),
    Variable(
        "tracking.number", "the tracking number; several with commas between", "JVGL0611223344", _tracking_numbers
    ),
)
VARIABLES: Mapping[str, Variable] = {variable.name: variable for variable in _TABLE}

# What only the templates of messages about an order name besides (``selectors.order_words``), and what it means.
OF_TEMPLATES: Mapping[str, str] = {
    "order.items": "what was bought, and how many",
    "order.address": "the address to which it goes",
    "expected_by": "the day by which the parcel is expected",
    "refund.amount": "the amount that is given back",
    "refund.date": "the day on which it was given back",
    "return.items": "what came back, and how many",
}

SAMPLE: Mapping[str, str] = {name: variable.sample for name, variable in VARIABLES.items()}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a text names a variable, known or not: code points, braces included."""

    name: str
    start: int
    end: int


def places(text: str) -> Iterator[Place]:
    """Every pair of double braces in ``text``, in order."""
    return (Place(found[1], found.start(), found.end()) for found in _PLACE.finditer(text))


def unfinished(text: str) -> bool:
    """Whether double braces stand in ``text`` that no others close or open."""
    return _BRACES.search(_PLACE.sub("", text)) is not None


def filled(text: str, values: Mapping[str, str]) -> str:
    """``text`` with every variable replaced that has a value; the others stay as they stand, as gaps."""
    return _PLACE.sub(lambda found: values.get(found[1]) or found[0], text)


def values_of(case: Case) -> dict[str, str]:
    """The value of every variable; empty where there is none."""
    return {name: variable.value(case) for name, variable in VARIABLES.items()}


def case_of(conversation: Conversation, *, side: str, writer: User, language: str) -> Case:
    """What texts in ``conversation`` are filled from: 2 queries with an order, none without."""
    return Case(
        marketplace=conversation.marketplace,
        writer=writer,
        language=language,
        seller=conversation.seller if side == Side.SELLER else None,
        buyer=conversation.buyer,
        **(_of_order(conversation.order) if conversation.order else _of_listing(conversation.listing)),
    )


def case_of_order(order: Order, *, writer: User | None, language: str) -> Case:
    """The same for an order about which nothing need have been said: 2 queries."""
    return Case(
        marketplace=order.marketplace,
        writer=writer,
        language=language,
        seller=order.seller,
        buyer=order.buyer,
        **_of_order(order),
    )


def _of_order(order: Order) -> dict[str, Any]:
    lines = list(order.lines.order_by("id").values_list("title", "sku"))
    return {
        "order": order,
        "titles": tuple(title for title, _ in lines),
        "skus": tuple(sku for _, sku in lines),
        "shipments": tuple(order.shipments.order_by("shipped_at", "id")),
    }


def _of_listing(listing: Listing | None) -> dict[str, Any]:
    return {"listing": listing, "titles": (listing.product.title,), "skus": (listing.sku,)} if listing else {}
