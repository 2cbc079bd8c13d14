"""Money is given back, with a reason and by component; what was not taken yet is not taken any more (S43, S49, S58).

One adjustment or a feed's thousand cost the same number of statements. What is not sent any more (``NOT_SENT``) ends
the order once nothing is left to send, in one call or several, and what there is none of is out of stock.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from comity.accounts.models import Seller
from comity.accounts.profiles import profile_in_force
from comity.common.ids import new_id
from comity.common.import_values import Fault
from comity.common.locales import money
from comity.common.many import many
from comity.common.prepared import add_all, insert_all
from comity.common.transactions import unanswered, write
from comity.ledger.models import Journal
from comity.ledger.services.books import Move, book
from comity.orders.models import ERASED, Adjustment, AdjustmentPart, Order
from comity.orders.services import stock
from comity.orders.services.adjustment_plans import (
    Change,
    Component,
    Part,
    Plan,
    Reason,
    Share,
    faults_of,
    plan,
    shares_of,
)
from comity.orders.services.cancelling import give_up
from comity.orders.services.happenings import Happening, happen
from comity.orders.services.naming import lock_named, unknown_order
from comity.orders.services.paying import money_of
from comity.orders.services.remaining import NOT_SENT, Left, left_of
from comity.orders.services.results import Result

__all__ = ["Change", "Part", "adjust", "full_adjustment", "full_adjustments"]

Kind = Journal.Kind
_Known = dict[tuple[int, str], Adjustment]
_NONE_THERE = frozenset({Reason.NO_INVENTORY, Reason.PRODUCT_OUT_OF_STOCK})


def adjust(
    seller: Seller,
    changes: Sequence[Change],
    *,
    source: str,
    actor: str,
    now: datetime,
    side: str = Order.Fulfilment.SELLER,
) -> list[Result]:
    """Make these adjustments of the seller's orders, each or not at all; a result for each, in their order.

    ``source`` and the reference of a change are its identity: the same again is ``repeated``, with other content the
    fault ``reference_taken``. Never more is adjusted than was paid, of a line's price and of all together
    (``more_than_paid``). Refused is also what the marketplace fulfils (S36), unless that is the ``side`` that adjusts.
    """
    with write():
        orders = lock_named(seller, [change.order for change in changes], now=now)
        known = _known(orders.values(), changes, source)
        left = left_of(list({order.pk: order for order in orders.values()}.values()))
        batch = _Batch(seller, _Origin(source, side, actor, now), known)
        results = [batch.take(change, orders, left) for change in changes]
        batch.carry_out()
    return results


def full_adjustment(order: Order) -> tuple[Part, ...]:
    """The parts that adjust everything that is left of an order: prices by line, the rest as ``Other``.

    Empty when nothing is left. ``payable`` is loaded. Three queries.
    """
    return full_adjustments([order])[order.pk]


def full_adjustments(orders: Collection[Order]) -> dict[int, tuple[Part, ...]]:
    """``full_adjustment`` of each, by key. Three queries for any number."""
    return {key: _everything(left) for key, left in left_of({one.pk: one for one in orders}.values()).items()}


def _everything(left: Left) -> tuple[Part, ...]:
    rest, parts = left.total_minor, []
    for name, one in left.lines.items():
        if amount := min(one.principal, rest):
            parts.append(Part(name, Component.PRINCIPAL, amount, one.line.quantity if amount == one.paid else None))
            rest -= amount
    return (*parts, Part("", Component.OTHER, rest)) if rest else tuple(parts)


def _known(orders: Iterable[Order], changes: Iterable[Change], source: str) -> _Known:
    references = {change.reference for change in changes if change.reference.isprintable()}
    keys = {one.pk for one in orders}
    rows = Adjustment.objects.filter(order__in=many(keys), source=source, external_id__in=many(references))
    return {(one.order_id, one.external_id): one for one in rows.prefetch_related("parts")}


@dataclass(frozen=True, slots=True)
class _Origin:
    """Where adjustments come from: file or page, side, person, moment."""

    source: str
    side: str
    actor: str
    now: datetime


class _Batch:
    """The adjustments of one call: planned one after the other, then written together."""

    def __init__(self, seller: Seller, origin: _Origin, known: _Known) -> None:
        self._by, self._known = origin, known
        self._deducts = profile_in_force(seller.marketplace, origin.now).money.deducts
        self._made: list[tuple[Plan, Adjustment]] = []
        self._contents = {key: _content_of(one) for key, one in known.items()}

    def take(self, change: Change, orders: dict[str, Order], left: dict[int, Left]) -> Result:
        """Plan one change, or say why not."""
        order = orders.get(change.order)
        if order is None:
            return unknown_order(change.order)
        if order.fulfilment == Order.Fulfilment.MARKETPLACE != self._by.side:
            sentence = "The marketplace sends this order and gives money back for it: ask the marketplace."
            return Result(faults=(Fault("order", "marketplace_fulfils", sentence),))
        if faults := faults_of(change, left[order.pk]):
            return Result(faults=tuple(faults))
        shares = shares_of(change, left[order.pk], self._deducts)
        if earlier := self._known.get((order.pk, change.reference)):
            return self._repeated(change, shares, earlier, order.currency)
        if change.seen_minor not in (None, left[order.pk].total_minor):
            return Result(faults=(_overtaken(change, left[order.pk]),))
        planned = plan(change, left[order.pk], shares)
        return self._add(planned) if isinstance(planned, Plan) else Result(faults=(planned,))

    def _repeated(self, change: Change, shares: tuple[Share, ...], earlier: Adjustment, currency: str) -> Result:
        note = ERASED if earlier.note == ERASED else change.note
        if self._contents[earlier.order_id, earlier.external_id] == _content(change.reason, note, shares):
            return Result(earlier.public_id, repeated=True)
        amount = money(earlier.amount_minor, currency)
        sentence = f"“{change.reference}” is the reference of {amount} given back before. Use another for a new one."
        return Result(faults=(Fault("reference", "reference_taken", sentence),))

    def _add(self, planned: Plan) -> Result:
        order, change = planned.left.order, planned.change
        made = Adjustment(
            order=order,
            public_id=new_id("adj", self._by.now),
            source=self._by.source,
            external_id=change.reference,
            reason=change.reason,
            amount_minor=planned.amount_minor,
            refunded_minor=planned.refunded_minor,
            released_minor=planned.released_minor,
            note=change.note,
            made_by=self._by.actor,
            made_at=self._by.now,
        )
        self._made.append((planned, made))
        self._known[order.pk, change.reference] = made
        self._contents[order.pk, change.reference] = _content(change.reason, change.note, planned.shares)
        return Result(made.public_id)

    def carry_out(self) -> None:
        """Write what was planned."""
        if not self._made:
            return
        with unanswered():
            insert_all([made for _, made in self._made])
            add_all(AdjustmentPart, (_part(made, share) for one, made in self._made for share in one.shares))
            book([move for one, made in self._made for move in self._moves(one, made)], now=self._by.now)
            happen([self._happening(made) for _, made in self._made], now=self._by.now)
        self._end()

    def _moves(self, planned: Plan, made: Adjustment) -> list[Move]:
        payable = money_of(planned.left.order)
        amounts = {
            Kind.RELEASE: made.released_minor,
            Kind.REFUND: made.refunded_minor,
            Kind.CAPTURE: planned.charged_minor,
        }
        moving = ((kind, amount) for kind, amount in amounts.items() if amount)
        return [Move(payable, kind, amount, made.public_id, self._by.actor) for kind, amount in moving]

    def _happening(self, made: Adjustment) -> Happening:
        data = {"adjustment": made.public_id, "reason": str(made.reason)}
        return Happening(made.order, "adjustment.made", data, actor=self._by.actor, text=made.note or None)

    def _end(self) -> None:
        """Give up what is not sent any more: it is in stock again, but for what there is not."""
        ended = [one for one, _ in self._made if one.ends]
        unsold = [one for one, _ in self._made if one.change.reason in _NONE_THERE]
        missing = [share.line for one in unsold for share in one.shares if share.line]
        fewer = [one for one, _ in self._made if one.change.reason in NOT_SENT and not one.ends]
        kept = [line for one in fewer for line in one.left.lines.values() if line.given_up]
        also = {line.listing_id for line in (*missing, *(one.line for one in kept))}
        stock.lock([one.left.order for one in ended], also=also)
        stock.took_nothing(missing)
        stock.keep({one.line.pk: one.line.quantity - one.given_up for one in kept})
        for to, reason in sorted({(_end_of(one), one.change.reason) for one in ended}):
            orders = [one.left.order for one in ended if (_end_of(one), one.change.reason) == (to, reason)]
            by = "buyer" if reason == Reason.CUSTOMER_CANCEL else "seller"
            give_up(orders, to=to, reason=str(reason), by=by, actor=self._by.actor, now=self._by.now)
        stock.sell_out(missing)  # last: nothing that another order of the batch gives back is there either


def _overtaken(change: Change, left: Left) -> Fault:
    seen, now = (money(amount, left.order.currency) for amount in (change.seen_minor or 0, left.total_minor))
    sentence = f"{now} is left of this order, not {seen} as when you opened this page: look at what was given back"
    return Fault("", "overtaken", f"{sentence} meanwhile. What you typed is still here; send it again if it holds.")


def _end_of(planned: Plan) -> str:
    """A buyer cancels what has not begun to leave; else what is not sent could not be."""
    status, reason = planned.left.order.status, planned.change.reason
    called_off = reason == Reason.CUSTOMER_CANCEL and status == Order.Status.UNSHIPPED
    return Order.Status.CANCELLED if called_off or status == Order.Status.PENDING else Order.Status.UNFULFILLABLE


def _part(made: Adjustment, share: Share) -> dict[str, Any]:
    return {
        "adjustment_id": made.pk,
        "line_id": share.line.pk if share.line else None,
        "component": share.component,
        "quantity": share.quantity,
        "amount_minor": share.amount_minor,
    }


_Content = tuple[str, str, list[tuple[int, str, int, int]]]


def _content(reason: str, note: str, shares: Iterable[Share]) -> _Content:
    rows = [(one.line.pk if one.line else 0, str(one.component), one.quantity or 0, one.amount_minor) for one in shares]
    return str(reason), note, sorted(rows)


def _content_of(made: Adjustment) -> _Content:
    rows = [(one.line_id or 0, one.component, one.quantity or 0, one.amount_minor) for one in made.parts.all()]
    return made.reason, made.note, sorted(rows)
