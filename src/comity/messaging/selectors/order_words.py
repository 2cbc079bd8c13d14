"""What buyers are told of their orders, in their language: words from ``selectors/words``, filled from stored facts.

A ``Telling`` says of what there is to tell; ``told`` makes the marketplace's text of it, in which a line without its
fact is left out; ``template`` a seller's, in which what is missing stays as a gap that has to be filled.
"""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from itertools import accumulate

from django.db.models import prefetch_related_objects

from comity.common.locales import formats
from comity.integrations.carriers import tracking_href
from comity.messaging.models import Conversation
from comity.messaging.selectors.variables import (
    OF_TEMPLATES,
    VARIABLES,
    case_of_order,
    day_there,
    filled,
    places,
    values_of,
)
from comity.orders.models import Adjustment, CancelRequest, DelayNotice, Order, OrderLine, Return, Shipment
from comity.orders.selectors.life import arrival_of
from comity.orders.selectors.parcels import address_for_shop

_FALLBACK = "en"
_UNAVAILABLE = (Adjustment.Reason.NO_INVENTORY, Adjustment.Reason.COULD_NOT_SHIP)


@dataclass(frozen=True, slots=True)
class Telling:
    """Something to tell about an order. ``kind`` of message; ``words``: which text says it, by default that kind's."""

    kind: str
    order: Order
    words: str = ""
    shipment: Shipment | None = None
    adjustment: Adjustment | None = None
    delay: DelayNotice | None = None
    returned: Return | None = None
    replaced: Order | None = None
    request: CancelRequest | None = None

    @property
    def about(self) -> str:
        """The public id of what it is about besides the order."""
        subject = self.shipment or self.returned or self.adjustment or self.delay or self.request or self.order
        return str(subject.public_id)


def words_in(name: str, language: str) -> tuple[str, str]:
    """Language and text of ``name`` in ``language``, in the language it is a kind of, or in English."""
    for code in (language.lower(), language.lower().partition("-")[0], _FALLBACK):
        if code in _texts():
            return code, _texts()[code][name].strip()
    raise LookupError(name)


def told(telling: Telling, *, limit: int) -> tuple[str, str]:
    """Language and text of what the marketplace says, items in at most half of ``limit`` characters."""
    language, text = words_in(telling.words or telling.kind, telling.order.buyer.language)
    values = facts_of(telling, language, room=limit // 2)
    lines = [line for line in text.splitlines() if all(values.get(place.name) for place in places(line))]
    return language, filled("\n".join(lines), values)


def template(name: str, telling: Telling) -> tuple[str, str]:
    """Language and text that a seller's message begins with: gaps where a fact is missing that people may know."""
    language, text = words_in(name, telling.order.buyer.language)
    values = facts_of(telling, language)
    askable = {*VARIABLES, *OF_TEMPLATES}
    lines = [
        line for line in text.splitlines() if all(values.get(one.name) or one.name in askable for one in places(line))
    ]
    if not address_for_shop(telling.order):
        values["order.address"] = ""
    values["tracking.link"] = ""  # the rules take links for a way out, and the buyer has it in Your Orders
    return language, filled("\n".join(line for line in lines if "{{tracking.link}}" not in line), values)


def acknowledgement(conversation: Conversation) -> str:
    """A first answer to a buyer who is not content with an order; empty where there is no order."""
    order = conversation.order
    if order is None:
        return ""
    return filled(words_in("acknowledgement", conversation.buyer.language)[1], {"order.number": order.number})


def in_words(name: str, order: Order, amount_minor: int, pieces: Mapping[str, int], *, room: int) -> str:
    """The sentence ``name`` about an offer of this money and of these pieces, in the buyer's language.

    Pieces that do not fit in ``room`` characters are counted at the end of those that do.
    """
    language, text = words_in(name, order.buyer.language)
    amount = formats(language).money(amount_minor, order.currency, bare=False)
    lines = [(line, pieces[line.external_id]) for line in order.lines.order_by("pk") if line.external_id in pieces]
    items = _fitting(_each(lines), language, room)
    return filled(text, {"order.number": order.number, "offer.amount": amount, "offer.items": items})


def facts_of(telling: Telling, language: str, *, room: int | None = None) -> dict[str, str]:
    """The value of every variable that words may name; empty where nothing is known.

    Items that do not fit in ``room`` characters are counted at the end of those that do.
    """
    order, shipment = telling.order, telling.shipment
    values = values_of(case_of_order(order, writer=None, language=language))
    values |= {
        "order.total": formats(language).money(order.total_minor, order.currency, bare=False),
        "order.address": ", ".join(line.strip() for line in order.ship_to.splitlines() if line.strip()),
        "order.items": _items_of(shipment or order, language, room),
    }
    if shipment:
        values |= _of_shipment(shipment, order, language)
    if adjustment := telling.adjustment:
        values["refund.amount"] = formats(language).money(adjustment.amount_minor, order.currency, bare=False)
        values["refund.date"] = day_there(adjustment.made_at, order.marketplace.time_zone, language)
        values["refund.items"] = _fitting(adjusted_items(adjustment), language, room)
        values["refund.reason"] = reason_in(adjustment.reason, language)
    if telling.request:
        values["cancel.answer"] = " ".join(telling.request.answer.split())
    if telling.replaced:
        values["replaced.number"] = telling.replaced.number
    if telling.returned:
        values["return.items"] = _items_of(telling.returned, language, room)
    return values | (_of_delay(telling.delay, order, language) if telling.delay else {})


def reason_in(reason: str, language: str) -> str:
    """Why an adjustment was made, by its code, in the words of its buyer; empty where the code tells them nothing."""
    name = f"reason_{reason}"
    return words_in(name, language)[1] if name in _texts()[_FALLBACK] else ""


def adjusted_items(adjustment: Adjustment) -> list[str]:
    """“2 x Ash table lamp”, or without a number where none is known, for each line it is about. Two queries."""
    pieces: dict[str, int | None] = {}
    prefetch_related_objects([adjustment], "parts__line")
    for one in adjustment.parts.all():
        if one.line:
            pieces[one.line.title] = one.quantity or pieces.get(one.line.title)
    return [f"{quantity} x {title}" if quantity else title for title, quantity in pieces.items()]


def _items_of(what: Order | Shipment | Return, language: str, room: int | None) -> str:
    """“2 x Ash table lamp, 1 x Bulb”. One query."""
    if isinstance(what, Order):
        items = _each((line, line.quantity) for line in what.lines.order_by("pk"))
    else:
        items = _each((one.line, one.quantity) for one in what.lines.select_related("line").order_by("pk"))
    return _fitting(items, language, room)


def _fitting(items: list[str], language: str, room: int | None) -> str:
    ends = accumulate(len(one) + 2 for one in items)
    fit = len(items) if room is None else sum(end - 2 <= room for end in ends)
    if fit == len(items):
        return ", ".join(items)
    more = filled(words_in("more_items", language)[1], {"items.more": str(len(items) - fit)})
    return ", ".join([*items[:fit], more])


def _each(rows: Iterable[tuple[OrderLine, int]]) -> list[str]:
    return [f"{quantity} x {line.title}" for line, quantity in rows]


def _of_shipment(shipment: Shipment, order: Order, language: str) -> dict[str, str]:
    return {
        "carrier": ", ".join(part for part in (shipment.carrier, shipment.service) if part),
        "tracking.number": shipment.tracking_number,
        "tracking.link": tracking_href(shipment.carrier, shipment.tracking_number),
        "expected_by": day_there(shipment.expected_by or order.deliver_by, order.seller.time_zone, language),
    }


def _of_delay(delay: DelayNotice, order: Order, language: str) -> dict[str, str]:
    zone = order.seller.time_zone  # the calendar in which the seller chose them
    return {
        "delay.ship_by": day_there(delay.ship_by, zone, language),
        "delay.deliver_by": day_there(arrival_of(order, delay), zone, language),
        "delay.reason": " ".join(delay.reason.split()),
    }


def is_unavailable(adjustment: Adjustment) -> bool:
    """Whether it was made because something cannot be sent (S42, S43)."""
    return adjustment.reason in _UNAVAILABLE


def of_adjustment(adjustment: Adjustment, order: Order) -> Telling:
    """What an adjustment is told as: an order that cannot be sent, money back, or money that is not taken."""
    if is_unavailable(adjustment):
        words = f"unavailable_{adjustment.reason}"
        return Telling("order_unavailable", order, words, adjustment=adjustment)
    words = "refund_confirmation" if adjustment.refunded_minor else "release_confirmation"
    return Telling("refund_confirmation", order, words, adjustment=adjustment)


@cache
def _texts() -> Mapping[str, Mapping[str, str]]:
    folder = resources.files("comity.messaging.selectors").joinpath("words")
    found = (one for one in folder.iterdir() if one.name.endswith(".toml"))
    return {one.name.removesuffix(".toml"): tomllib.loads(one.read_text("utf-8")) for one in found}
