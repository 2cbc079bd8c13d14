"""What a buyer gets back for a return, computed and not yet booked. Amounts are minor units.

For each line: what was paid for its pieces, less the deduction of its grade. Beside it the postage: the way there is
given back where the seller is at fault, or within the first days (rules §5), in proportion to the value; the way back
is taken off where the buyer pays for it and used a label of the seller's. Where less is left of the order's money, for
something was given back otherwise, all that comes back is smaller in proportion. Where an amount was promised, that
comes back as far as it was not given back otherwise: what it has beyond the goods counts as the way there, as does what
makes it an amount that the payment provider can move. All rounding is for the buyer: who sends
the pieces back one by one gets no less than who sends them together.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, pairwise

from django.db.models import Sum

from comity.accounts.profiles.returns import ReturnTerms
from comity.orders.models import AdjustmentPart, Order, Return, ReturnLine
from comity.orders.selectors.returns import returnable
from comity.orders.services.adjusting import Part
from comity.orders.services.remaining import Left
from comity.orders.services.returning.eligibility import days_since

Component = AdjustmentPart.Component
_ALL = 100  # per cent


@dataclass(frozen=True, slots=True)
class LineSum:
    """``paid`` for the pieces as far as it was not given back before; ``deducted`` of it; ``left`` for the buyer."""

    line: ReturnLine
    paid: int
    percent: int
    deducted: int
    left: int


@dataclass(frozen=True, slots=True)
class RefundSum:
    """What comes back: goods, the way there (``outbound``), less the way back (``postage``).

    ``short``: by how much it is less than it would be, as no more is left of the order's money.
    """

    lines: tuple[LineSum, ...]
    outbound: int
    postage: int
    short: int

    @property
    def total(self) -> int:
        """What the buyer gets."""
        return sum(one.left for one in self.lines) + self.outbound - self.postage

    @property
    def parts(self) -> tuple[Part, ...]:
        """The same as parts of an adjustment."""
        goods = [
            Part(one.line.line.external_id, Component.PRINCIPAL, one.left + one.deducted, one.line.quantity)
            for one in self.lines
        ]
        fees = [Part(one.line.line.external_id, Component.RESTOCKING_FEE, one.deducted) for one in self.lines]
        ways = [Part("", Component.SHIPPING, self.outbound), Part("", Component.RETURN_SHIPPING, self.postage)]
        return tuple(part for part in (*goods, *fees, *ways) if part.amount_minor)


def refund_of(
    returned: Return, terms: ReturnTerms, left: Left, *, postage: int = 0, lines: Sequence[ReturnLine] | None = None
) -> RefundSum:
    """The sums of a return; a line that was not graded has no deduction. Five queries.

    ``left``: of its order; ``lines``: its lines as they might be graded, where they are not as stored.
    """
    lines = list(lines or returned.lines.select_related("line").order_by("pk"))
    goods = sum(one.line.unit_minor * one.line.quantity for one in left.lines.values())
    total = returned.order.total_minor
    sums = tuple(_line_sum(one, left) for one in lines)
    value = sum(one.line.unit_minor * one.quantity for one in lines)
    promised = returned.promised_minor
    if promised is None:
        way = max(total - goods, 0) if _gives_outbound(returned, lines, terms) else 0
        share = -(-way * value // goods) if goods else 0
        outbound = min(share, way - _shipping_back(returned.order) if way else 0)
    else:
        outbound = _beyond_goods(promised, sums, left)
    amounts = [*(one.left for one in sums), max(outbound, 0)]
    amounts[-1] += -sum(amounts) % left.step
    *lefts, outbound = _within(amounts, left.total_minor if promised is None else min(left.total_minor, promised))
    sums = tuple(replace(one, left=part) for one, part in zip(sums, lefts, strict=True))
    return RefundSum(sums, outbound, postage, sum(amounts) - sum(lefts) - outbound)


def _beyond_goods(promised: int, sums: Sequence[LineSum], left: Left) -> int:
    """What else comes back of a promise: for the whole order all that is left of it, for single pieces nothing.

    What was given back for the goods, before the promise or after, comes back no second time as something else.
    """
    coming = {one.line.line_id: one.line.quantity for one in sums}
    whole = all(coming.get(one.line.pk) == one.line.quantity for one in left.lines.values())
    if not whole or all(one.percent == _ALL for one in sums):
        return 0
    return min(promised, left.total_minor) - sum(one.paid for one in sums)


def _within(amounts: Sequence[int], most: int) -> list[int]:
    """These amounts, or where they come to more than ``most``, parts of them in proportion that come to it."""
    whole = sum(amounts)
    if whole <= most:
        return list(amounts)
    ends = [end * most // whole for end in accumulate(amounts, initial=0)]
    return [end - start for start, end in pairwise(ends)]


def _line_sum(line: ReturnLine, left: Left) -> LineSum:
    paid = -left.worth(-line.line.unit_minor * line.quantity)  # rounded up: one by one they must come to all
    paid = max(min(paid, left.lines[line.line.external_id].principal), 0)
    percent = line.deduction_percent or 0
    deducted = paid * percent // 100 // left.step * left.step
    return LineSum(line, paid, percent, deducted, paid - deducted)


def _gives_outbound(returned: Return, lines: list[ReturnLine], terms: ReturnTerms) -> bool:
    if returned.postage == Return.Postage.SELLER:
        return True
    coming = {one.line_id for one in lines}
    market = returned.order.marketplace
    days: Mapping[int, int] = {
        one.line.pk: days_since(one.delivered_at, returned.requested_at, marketplace=market, terms=terms)
        for one in returnable(returned.order)
        if one.line.pk in coming
    }
    return max(days.values(), default=0) <= terms.outbound_days


def _shipping_back(order: Order) -> int:
    """What of the way there was given back before: of each adjustment no more than came back with it."""
    given = AdjustmentPart.objects.filter(adjustment__order=order, component=Component.SHIPPING)
    rows = given.values("adjustment").annotate(shipping=Sum("amount_minor"))
    return sum(min(one) for one in rows.values_list("shipping", "adjustment__amount_minor"))
