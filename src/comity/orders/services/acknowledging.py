"""A seller takes note of orders, or says that it cannot fulfil them: then they are over (spapi §5.6, rules §5)."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from comity.accounts.models import Seller
from comity.common.import_values import Fault
from comity.common.transactions import write
from comity.ledger.models import Journal
from comity.ledger.services.books import Move, book
from comity.orders.models import Adjustment, Order, OrderLine
from comity.orders.services import stock
from comity.orders.services.adjusting import Change, Part, adjust, full_adjustments
from comity.orders.services.cancelling import give_up
from comity.orders.services.naming import lock_named, unknown_order
from comity.orders.services.paying import money_of
from comity.orders.services.remaining import Left, left_of
from comity.orders.services.results import Result

# The 14 of the acknowledgement feed (rules §5).
CANCEL_REASONS = (
    *("NoInventory", "ShippingAddressUndeliverable", "CustomerExchange", "BuyerCanceled", "GeneralAdjustment"),
    *("CarrierCreditDecision", "RiskAssessmentInformationNotValid", "CarrierCoverageFailure", "CustomerReturn"),
    *("MerchandiseNotReceived", "CannotVerifyInformation", "PricingError", "RejectOrder", "WeatherDelay"),
)
_OF_BUYER = frozenset({"BuyerCanceled", "CustomerExchange"})
_NOT_LEFT = frozenset({Order.Status.PENDING, Order.Status.UNSHIPPED})
_OVER = frozenset({Order.Status.CANCELLED, Order.Status.UNFULFILLABLE})


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """The seller has the order (no ``reason``), or gives it up for one of ``CANCEL_REASONS``.

    ``order``: its number or public id.
    """

    order: str
    reason: str = ""


def acknowledge(
    seller: Seller, asked: Sequence[Acknowledgement], *, source: str, actor: str, now: datetime
) -> list[Result]:
    """Give up what cannot be fulfilled; what the seller has only taken note of stays as it is. A result for each.

    Without stock (NoInventory) it is adjusted with that reason, which is what the buyer is told and what takes the
    listings out of stock (S43); any other reason cancels the order. Refused are orders that have left, in part or
    whole, and those that the marketplace ships (S36); but where only what costs nothing is left to send, an adjustment
    cannot give it up, and this does: what is still open is charged, as with the parcel that it would have been.
    """
    with write():
        orders = lock_named(seller, [one.order for one in asked], now=now)
        free = _only_free(
            {orders[one.order].pk: orders[one.order] for one in asked if one.reason and one.order in orders}
        )
        results = _looked_at(asked, orders, free)
        doing = [
            (position, one, orders[one.order])
            for position, (one, result) in enumerate(zip(asked, results, strict=True))
            if one.reason and not result.faults and not result.repeated
        ]
        _charge({order.pk: order for _, _, order in doing if order.pk in free}.values(), actor=actor, now=now)
        _give_up([(one, order) for _, one, order in doing], actor=actor, now=now)
        empty = [(position, order) for position, one, order in doing if one.reason == Adjustment.Reason.NO_INVENTORY]
        whole = [order for _, order in empty if order.pk not in free]
        parts = full_adjustments(whole) if whole else {}
        _give_up_unpaid([order for _, order in empty if not parts.get(order.pk)], free, actor=actor, now=now)
        paid = [(position, order) for position, order in empty if parts.get(order.pk)]
        changes = [_without_stock(order, parts[order.pk]) for _, order in paid]
        answers = adjust(seller, changes, source=source, actor=actor, now=now) if changes else []
        for (position, _), answer in zip(paid, answers, strict=True):
            results[position] = answer
    return results


def _only_free(orders: Mapping[int, Order]) -> dict[int, Left]:
    """What is left of orders that have left in part, where nothing with a price is left to send, by key."""
    partly = [order for order in orders.values() if order.status == Order.Status.PARTIALLY_SHIPPED]
    found = left_of(partly) if partly else {}
    return {
        key: left for key, left in found.items() if left.waits and not any(line.unsent for line in left.lines.values())
    }


def _waits(line: OrderLine, left: Left) -> bool:
    return left.lines[line.external_id].waiting > 0


def _charge(orders: Collection[Order], *, actor: str, now: datetime) -> None:
    """Take what is open of orders that end with what has left: postage, say."""
    kind, owing = Journal.Kind.CAPTURE, [money_of(order) for order in orders if money_of(order).open_minor]
    if owing:
        book([Move(payable, kind, payable.open_minor, payable.subject, actor) for payable in owing], now=now)


def _looked_at(asked: Sequence[Acknowledgement], orders: Mapping[str, Order], free: Collection[int]) -> list[Result]:
    """A result for each; an order that is named twice is given up for one reason, the first."""
    results, reasons = [], dict[int, str]()
    for one in asked:
        result, order = _look(one, orders.get(one.order), free), orders.get(one.order)
        if order and one.reason and not result.faults and reasons.setdefault(order.pk, one.reason) != one.reason:
            sentence = f"Order {order.number} is named twice, with two reasons: give it up for one of them."
            result = Result(faults=(Fault("order", "named_twice", sentence),))
        results.append(result)
    return results


def _look(one: Acknowledgement, order: Order | None, free: Collection[int]) -> Result:
    if order is None:
        return unknown_order(one.order)
    if not one.reason:
        return Result(order.public_id)
    if order.fulfilment == Order.Fulfilment.MARKETPLACE:
        sentence = "The marketplace ships this order: it cannot be given up by you."
        return Result(faults=(Fault("order", "marketplace_fulfils", sentence),))
    if order.status in _OVER:
        return Result(order.public_id, repeated=True)
    if order.status not in _NOT_LEFT and order.pk not in free:
        sentence = f"Something of order {order.number} has left: give money back by an adjustment."
        return Result(faults=(Fault("order", "status", sentence),))
    return Result(order.public_id)


def _give_up(asked: Sequence[tuple[Acknowledgement, Order]], *, actor: str, now: datetime) -> None:
    stock.lock([order for _, order in asked], also=())  # of all first, as each reason is a step of its own
    ending: dict[tuple[str, str], dict[int, Order]] = {}
    for one, order in asked:
        if one.reason != Adjustment.Reason.NO_INVENTORY:
            partly = order.status == Order.Status.PARTIALLY_SHIPPED
            to = Order.Status.UNFULFILLABLE if partly else Order.Status.CANCELLED
            ending.setdefault((str(to), one.reason), {})[order.pk] = order
    for (end, reason), orders in ending.items():
        by = "buyer" if reason in _OF_BUYER else "seller"
        give_up(list(orders.values()), to=end, reason=reason, by=by, actor=actor, now=now)


def _without_stock(order: Order, parts: tuple[Part, ...]) -> Change:
    return Change(order.public_id, Adjustment.Reason.NO_INVENTORY, parts, reference=f"{order.public_id} unavailable")


def _give_up_unpaid(orders: Sequence[Order], free: Mapping[int, Left], *, actor: str, now: datetime) -> None:
    """End orders without money to adjust, as an adjustment would: there is none of their listings.

    Of one that has left in part, and is ``free`` to end, there is none of what has not.
    """
    reason, ending = str(Adjustment.Reason.NO_INVENTORY), {order.pk: order for order in orders}
    lines = OrderLine.objects.filter(order__in=ending)
    stock.never_had(one for one in lines if one.order_id not in free or _waits(one, free[one.order_id]))
    pending = [one for one in ending.values() if one.status == Order.Status.PENDING]
    others = [one for one in ending.values() if one.status != Order.Status.PENDING]
    for to, these in ((Order.Status.CANCELLED, pending), (Order.Status.UNFULFILLABLE, others)):
        if these:
            give_up(these, to=to, reason=reason, by="seller", actor=actor, now=now)
