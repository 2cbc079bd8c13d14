"""A seller takes note of orders, or says that it cannot fulfil them: then they are over (spapi §5.6, rules §5)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from comity.accounts.models import Seller
from comity.common.import_values import Fault
from comity.common.transactions import write
from comity.orders.models import Adjustment, Order, OrderLine
from comity.orders.services import stock
from comity.orders.services.adjusting import Change, Part, adjust, full_adjustments
from comity.orders.services.cancelling import give_up
from comity.orders.services.naming import lock_named, unknown_order
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
    whole, and those that the marketplace ships (S36).
    """
    with write():
        orders = lock_named(seller, [one.order for one in asked], now=now)
        results = _looked_at(asked, orders)
        doing = [
            (position, one, orders[one.order])
            for position, (one, result) in enumerate(zip(asked, results, strict=True))
            if one.reason and not result.faults and not result.repeated
        ]
        _give_up([(one, order) for _, one, order in doing], actor=actor, now=now)
        empty = [(position, order) for position, one, order in doing if one.reason == Adjustment.Reason.NO_INVENTORY]
        parts = full_adjustments([order for _, order in empty]) if empty else {}
        _give_up_unpaid([order for _, order in empty if not parts[order.pk]], actor=actor, now=now)
        paid = [(position, order) for position, order in empty if parts[order.pk]]
        changes = [_without_stock(order, parts[order.pk]) for _, order in paid]
        answers = adjust(seller, changes, source=source, actor=actor, now=now) if changes else []
        for (position, _), answer in zip(paid, answers, strict=True):
            results[position] = answer
    return results


def _looked_at(asked: Sequence[Acknowledgement], orders: Mapping[str, Order]) -> list[Result]:
    """A result for each; an order that is named twice is given up for one reason, the first."""
    results, reasons = [], dict[int, str]()
    for one in asked:
        result, order = _look(one, orders.get(one.order)), orders.get(one.order)
        if order and one.reason and not result.faults and reasons.setdefault(order.pk, one.reason) != one.reason:
            sentence = f"Order {order.number} is named twice, with two reasons: give it up for one of them."
            result = Result(faults=(Fault("order", "named_twice", sentence),))
        results.append(result)
    return results


def _look(one: Acknowledgement, order: Order | None) -> Result:
    if order is None:
        return unknown_order(one.order)
    if not one.reason:
        return Result(order.public_id)
    if order.fulfilment == Order.Fulfilment.MARKETPLACE:
        sentence = "The marketplace ships this order: it cannot be given up by you."
        return Result(faults=(Fault("order", "marketplace_fulfils", sentence),))
    if order.status in _OVER:
        return Result(order.public_id, repeated=True)
    if order.status not in _NOT_LEFT:
        sentence = f"Something of order {order.number} has left: give money back by an adjustment."
        return Result(faults=(Fault("order", "status", sentence),))
    return Result(order.public_id)


def _give_up(asked: Sequence[tuple[Acknowledgement, Order]], *, actor: str, now: datetime) -> None:
    stock.lock([order for _, order in asked], also=())  # of all first, as each reason is a step of its own
    for reason in dict.fromkeys(one.reason for one, _ in asked if one.reason != Adjustment.Reason.NO_INVENTORY):
        by = "buyer" if reason in _OF_BUYER else "seller"
        orders = {order.pk: order for one, order in asked if one.reason == reason}
        give_up(list(orders.values()), to=Order.Status.CANCELLED, reason=reason, by=by, actor=actor, now=now)


def _without_stock(order: Order, parts: tuple[Part, ...]) -> Change:
    return Change(order.public_id, Adjustment.Reason.NO_INVENTORY, parts, reference=f"{order.public_id} unavailable")


def _give_up_unpaid(orders: Sequence[Order], *, actor: str, now: datetime) -> None:
    """End orders without money to adjust, as an adjustment would: there is none of their listings."""
    reason, ending = str(Adjustment.Reason.NO_INVENTORY), {order.pk: order for order in orders}
    stock.never_had(OrderLine.objects.filter(order__in=ending))
    pending = [one for one in ending.values() if one.status == Order.Status.PENDING]
    others = [one for one in ending.values() if one.status != Order.Status.PENDING]
    for to, these in ((Order.Status.CANCELLED, pending), (Order.Status.UNFULFILLABLE, others)):
        if these:
            give_up(these, to=to, reason=reason, by="seller", actor=actor, now=now)
