"""Sending again what did not arrive as it should: a new order for which nothing is owed, beside the first."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.models import QuerySet, Sum

from comity.common.errors import Refused
from comity.orders.models import Order, OrderLine, Replacement, Return, ReturnLine, ShipmentLine
from comity.orders.selectors.replacements import replacements_about, sent_again
from comity.orders.services.happenings import Happening, happen
from comity.orders.services.placing import place
from comity.orders.services.remaining import Left, left_of
from comity.orders.services.statuses import LEFT

_SOURCE = "replacement"
_CAME_TO_NOTHING = (Return.State.DECLINED, Return.State.CLOSED)


def replaceable(order: Order) -> dict[str, int]:
    """How many pieces of each line can be sent again, by external id: those with the buyer, that are paid for.

    Of what was sent that leaves out what comes back, unless its return was declined or called off; what was sent again
    before or will be; and lines whose price was given back whole. An order that was brought in
    without its parcels has left as a whole once its status says so. Raises ``Refused`` (``given_back``) where all that
    was paid has been given back, for a replacement what was paid for the order that it replaces.
    """
    left = left_of([order])[order.pk]
    _require_paid(order, left)
    lines = OrderLine.objects.filter(order=order).order_by("pk")
    bought = dict(lines.values_list("external_id", "quantity"))
    sent = _pieces(ShipmentLine.objects.filter(shipment__order=order), "line__external_id")
    if not sent and order.status in LEFT:
        sent = bought
    back = ReturnLine.objects.filter(returned__order=order).exclude(returned__state__in=_CAME_TO_NOTHING)
    back_of = _pieces(back, "line__external_id")
    again_of = sent_again(order)
    sent = {name: min(pieces, bought[name]) for name, pieces in sent.items()}  # what was lost is in two parcels
    free = {name: sent.get(name, 0) - back_of.get(name, 0) - again_of.get(name, 0) for name in left.lines}
    paid = {name for name, one in left.lines.items() if one.principal > 0 or not one.paid}
    return {name: pieces for name, pieces in free.items() if pieces > 0 and name in paid}


def first_of(order: Order) -> Order:
    """The order whose money stands behind ``order``: itself, or for a replacement what was replaced first."""
    while (of := replacements_about(order).of) is not None:
        order = of
    return order


def _require_paid(order: Order, left: Left) -> None:
    first = first_of(order)
    if first.pk != order.pk:
        left = left_of([first])[first.pk]
    if first.total_minor and not left.total_minor:
        sentence = "All that was paid for this order has been given back: nothing is sent again for nothing."
        raise Refused("given_back", sentence, "pieces")


def _pieces(rows: "QuerySet[Any]", name: str) -> dict[str, int]:
    return dict(rows.order_by().values_list(name).annotate(Sum("quantity")))


def replace(order: Order, pieces: Mapping[str, int], *, offer: str, actor: str, now: datetime) -> Order:
    """Make the order that replaces ``pieces`` (by external id of the line) of a locked ``order``.

    It has the same two sides and the same address, costs nothing and begins like any order: number, stock, clock and
    ``order.placed``. The transit time that was promised counts from its own ship date. Since nothing was paid for it
    nothing can be given back for it either: the money, and so a return, is a matter of the first order, as the buyer
    expects who wants the money after all. Raises ``Refused`` (``out_of_stock``, ``pieces``, ``given_back``); the caller
    undoes what was stored, passes an ``offer`` once and holds the locks of the money.
    """
    lines = {line.external_id: line for line in order.lines.all()}
    most = replaceable(order)
    if not pieces or any(not 0 < pieces[name] <= most.get(name, 0) for name in pieces):
        sentence = "Only what was sent with this order, is paid for and with the buyer can be replaced, and only once."
        raise Refused("pieces", sentence, "offer")
    again = [_line(lines[name], quantity) for name, quantity in pieces.items()]
    (made,) = place([(_order(order, offer, now), again)], now=now)
    _require_stock(made)
    _promise(made, order)
    Replacement.objects.create(order=made, of=order, offer=offer)
    data = {"replacement": made.public_id, "offer": offer}
    happen([Happening(order, "order.replaced", data, actor=actor)], now=now)
    return made


def _order(of: Order, offer: str, now: datetime) -> Order:
    return Order(
        marketplace=of.marketplace,
        seller_id=of.seller_id,
        buyer_id=of.buyer_id,
        source=_SOURCE,
        external_id=offer,
        status=Order.Status.UNSHIPPED,
        fulfilment=of.fulfilment,
        currency=of.currency,
        total_minor=0,
        language=of.language,
        ship_to=of.ship_to,
        placed_at=now,
    )


def _line(of: OrderLine, quantity: int) -> OrderLine:
    return OrderLine(
        listing_id=of.listing_id,
        external_id=of.external_id,
        title=of.title,
        sku=of.sku,
        quantity=quantity,
        unit_minor=0,
    )


def _require_stock(made: Order) -> None:
    """What is of no listing we know may be there."""
    for line in made.lines.filter(listing__isnull=False):
        if line.taken < line.quantity:
            there = f"only {line.taken} of {line.quantity} pieces are" if line.taken else "none is"
            sentence = (
                f"“{line.title}” cannot be sent again now: {there} in stock. The offer stays open; write to the other "
                "side, or settle it with money."
            )
            raise Refused("out_of_stock", sentence, "offer")


def _promise(made: Order, of: Order) -> None:
    """Its arrival, as long after its ship date as was promised the first time."""
    if made.ship_by and of.ship_by and of.deliver_by and of.deliver_by >= of.ship_by:
        made.deliver_by = made.ship_by + (of.deliver_by - of.ship_by)
        made.save(update_fields=["deliver_by"])
