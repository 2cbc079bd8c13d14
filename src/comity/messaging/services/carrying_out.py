"""What follows an accepted offer, in the transaction that accepts it: money, an order that replaces, a return.

The conversation is locked before, then the order, its money and its listings here. What of an order has not left
is not sent any more once all of its money is given back.
"""

from collections.abc import Mapping
from datetime import datetime

from comity.common import locales
from comity.common.errors import Refused
from comity.ledger.services.payments import step_for
from comity.messaging.models import Offer
from comity.orders.models import Adjustment, AdjustmentPart, Order
from comity.orders.selectors.returns import returnable
from comity.orders.services.adjusting import Change, Part, adjust, full_adjustment
from comity.orders.services.adjustment_plans import step_sentence
from comity.orders.services.cancelling import give_up_rest
from comity.orders.services.happenings import lock_orders
from comity.orders.services.paying import lock_money
from comity.orders.services.remaining import left_of
from comity.orders.services.replacing import first_of, replace, replaceable
from comity.orders.services.returning.requests import open_agreed
from comity.orders.services.statuses import TO_SHIP

Kind = Offer.Kind
OF_GOODS = (Kind.REPLACEMENT, Kind.RETURN)
SOURCE = "offer"  # of the adjustments that accepted offers make
_WAITS = TO_SHIP | {Order.Status.PENDING}  # all of it, or what has not left yet


def carry_out(offer: Offer, *, by: str, now: datetime) -> None:
    """Do what ``offer`` says, once, and set what came of it, unsaved; ``by``: public id of who accepts it.

    Raises ``Refused`` (``amount``, ``more_than_left``, ``payment_step``, ``pieces``, ``given_back``, ``out_of_stock``);
    the caller undoes what was done.
    """
    orders = lock_orders([offer.order_id, first_of(offer.order).pk])
    lock_money(orders.values(), now=now)
    order = orders[offer.order_id]
    if offer.is_money:
        offer.adjustment = _give_back(offer, order, by, now=now)
        return
    pieces = offer.pieces or offered_pieces(offer.kind, order, {})
    if offer.kind == Kind.REPLACEMENT:
        offer.made = replace(order, pieces, offer=offer.public_id, actor=by, now=now).public_id
        return
    require_pieces(offer.kind, order, pieces)
    require_worth(offer.amount_minor, pieces, order)
    made = open_agreed(order, pieces, promised_minor=offer.amount_minor, address=offer.address, actor=by, now=now)
    offer.made = made.public_id


def offered_pieces(kind: str, order: Order, wanted: Mapping[str, int]) -> dict[str, int]:
    """How many pieces of each line an offer of that kind is about: what is ``wanted``; all that can be, without it.

    Raises ``Refused`` (``pieces``, ``given_back``) where so many cannot be.
    """
    chosen = {name: quantity for name, quantity in wanted.items() if quantity} or _possible(kind, order)
    require_pieces(kind, order, chosen)
    return chosen


def require_pieces(kind: str, order: Order, pieces: Mapping[str, int]) -> None:
    """Raise ``Refused`` unless these pieces of the order can be replaced or come back."""
    most = _possible(kind, order)
    done = "replaced" if kind == Kind.REPLACEMENT else "sent back"
    if not most:
        raise Refused("pieces", f"Nothing of this order has been sent that could be {done} now.", "pieces")
    for name, quantity in pieces.items():
        if not 0 < quantity <= most.get(name, 0):
            sentence = f"{quantity} of item {name}: at most {most.get(name, 0)} can be {done} now."
            raise Refused("pieces", sentence, "pieces")


def worth_of(pieces: Mapping[str, int], order: Order) -> int:
    """What was paid for these pieces, in minor units: all that is left where it is the whole order, never more.

    What was given back for them before is not part of it.
    """
    left = left_of([order])[order.pk]
    if all(pieces.get(name) == one.line.quantity for name, one in left.lines.items()):
        return left.total_minor
    worth = 0
    for name, quantity in pieces.items():
        one = left.lines[name]
        worth += max(min(left.worth(one.line.unit_minor * quantity), one.principal), 0)
    return min(worth + -worth % left.step, left.total_minor)


def require_worth(amount: int, pieces: Mapping[str, int], order: Order) -> None:
    """Raise ``Refused`` (``more_than_left``) unless ``amount``, in minor units, can be promised for these pieces."""
    worth = worth_of(pieces, order)
    if 0 < amount <= worth:
        return
    some = f"Of what was paid for these pieces {locales.money(worth, order.currency)} is left to give back."
    none = "Nothing of what was paid for these pieces is left to give back."
    raise Refused("more_than_left", some if worth else none, "pieces")


def _possible(kind: str, order: Order) -> dict[str, int]:
    if kind == Kind.REPLACEMENT:
        return replaceable(order)
    return {one.line.external_id: one.left for one in returnable(order) if one.left}


def require_amount(amount: int, left: int, order: Order) -> None:
    """Raise ``Refused`` unless ``amount`` may be given back where so much is ``left``; all in minor units."""
    if left <= 0:
        raise Refused("more_than_left", "Nothing of what was paid for this order is left to give back.", "amount")
    if amount <= 0:
        raise Refused("amount", "Give an amount above zero, such as 5.00.", "amount")
    if amount > left:
        most = locales.money(left, order.currency)
        raise Refused("more_than_left", f"Of what was paid for this order {most} is left to give back.", "amount")
    if amount % (step := step_for(order.payable)):
        raise Refused("payment_step", step_sentence(step, order.currency), "amount")


def _give_back(offer: Offer, order: Order, by: str, *, now: datetime) -> Adjustment:
    """The money of an accepted offer, once: its public id is the reference."""
    amount = offer.counter_minor or offer.amount_minor
    left = left_of([order])[order.pk].total_minor
    require_amount(amount, left, order)
    whole = (Part("", AdjustmentPart.Component.GOODWILL, amount),)
    parts = full_adjustment(order) if amount == left else whole
    reason = Adjustment.Reason.GENERAL_ADJUSTMENT
    change = Change(order.public_id, reason, parts, offer.public_id)
    (result,) = adjust(order.seller, [change], source=SOURCE, actor=by, now=now)
    for fault in result.faults:
        raise Refused(fault.code, fault.sentence, "offer")
    if amount == left and order.status in _WAITS:  # nobody pays for it any more: nobody has to send it
        given_up = list(lock_orders([order.pk]).values())  # as the adjustment left it
        give_up_rest(given_up, reason=str(reason), by="seller", actor=by, now=now)
    return Adjustment.objects.get(public_id=result.made)
