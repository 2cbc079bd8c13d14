"""The money of a return: given back as an adjustment with the reason CustomerReturn (S49), or refused with a reason."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from comity.accounts.profiles.returns import Eligibility, ReturnTerms
from comity.common.errors import Refused
from comity.common.transactions import write
from comity.ledger.services.payments import step_for
from comity.orders.models import Adjustment, Return, ReturnLine
from comity.orders.services.adjusting import Change, adjust
from comity.orders.services.adjustment_plans import step_sentence
from comity.orders.services.happenings import lock_order
from comity.orders.services.paying import lock_money, money_of
from comity.orders.services.remaining import left_of
from comity.orders.services.results import only
from comity.orders.services.returning.eligibility import eligible_lines
from comity.orders.services.returning.steps import locked_return, move, terms_of
from comity.orders.services.returning.sums import RefundSum, refund_of
from comity.orders.services.returning.words import read_answer

State = Return.State
_SOURCE = "return"


def refund(returned: Return, *, side: str, postage_minor: int = 0, actor: str, now: datetime) -> Adjustment:
    """Give back what was paid, less the deduction of each line's grade and the way back where it is the buyer's.

    No more than is left of the order's money; what was given back before is given back once.
    ``postage_minor``: what the seller's label cost. Raises ``Refused``: ``state``, the wrong side, ``postage`` (the
    seller pays for the way back, or gave no label), ``nothing_left``, ``held``. Nothing is stored then.
    """
    with write():
        found = locked_return(returned, to=State.REFUNDED, side=side)
        if found.state != State.GRADED:
            raise Refused("state", "Look at the goods first and say in which condition each item is.")
        _require_postage(found, postage_minor)
        return pay_back(found, actor=actor, now=now, postage=postage_minor)


def refuse(returned: Return, *, side: str, reason: str, actor: str, now: datetime) -> None:
    """Refuse the refund of goods that have arrived, with a ``reason`` that the buyer reads.

    Only where the table refuses every line as it was graded, another thing came than was sent, or nothing is left to
    give back. Raises ``Refused``: ``state``, the wrong side, ``must_refund``, unusable words.
    """
    reason = read_answer(reason, order=returned.order, now=now)
    with write():
        found = locked_return(returned, to=State.DECLINED, side=side)
        if found.state != State.GRADED:
            raise Refused("state", "Look at the goods first and say in which condition each item is.")
        _require_refusable(found, now=now)
        found.answer = reason
        move(found, State.DECLINED, actor=actor, now=now, columns=["answer"], text=reason)


def pay_back(
    returned: Return, *, actor: str, now: datetime, postage: int = 0, columns: Iterable[str] = ()
) -> Adjustment:
    """Adjust the order of a locked return and take it to refunded.

    Raises ``Refused``: ``held`` while a claim holds a part of what would come back, and as ``adjust`` says.
    """
    order = returned.order
    sums = _sums(returned, now=now, postage=postage)
    if money_of(order).reserved_minor and _with_held(returned, postage=postage).total > sums.total:
        sentence = "A claim holds a part of this order's money. Decide the claim, then give back what is due."
        raise Refused("held", sentence)
    if sums.total <= 0:
        raise Refused(
            "nothing_left", "Nothing would be left to give back. Lower the deduction, or refuse with a reason."
        )
    change = Change(order.public_id, Adjustment.Reason.CUSTOMER_RETURN, sums.parts, returned.public_id)
    side = order.fulfilment  # whose the answer is (S36)
    made = only(adjust(order.seller, [change], source=_SOURCE, actor=actor, now=now, side=side)).made
    returned.order = lock_order(order)  # its record has grown
    returned.adjustment = Adjustment.objects.get(public_id=made)
    data = {"adjustment": made}
    move(returned, State.REFUNDED, actor=actor, now=now, columns=["adjustment", *columns], data=data)
    return returned.adjustment


def would_pay_back(returned: Return, *, now: datetime) -> bool:
    """Whether anything of the money of a locked return is still there, or held for a claim."""
    lock_money([returned.order], now=now)
    return _with_held(returned).total > 0


def can_pay_back(returned: Return, *, now: datetime) -> bool:
    """Whether the money of a locked return is still there, and all of it."""
    sums = _sums(returned, now=now)
    return sums.total > 0 and not sums.short


def sums_of(returned: Return, *, postage: int = 0, lines: Sequence[ReturnLine] | None = None) -> RefundSum:
    """What a refund would be now, for a page; with ``lines`` as these are graded."""
    left = left_of([returned.order])[returned.order.pk]
    return refund_of(returned, terms_of(returned), left, postage=postage, lines=lines)


def _sums(returned: Return, *, now: datetime, postage: int = 0) -> RefundSum:
    lock_money([returned.order], now=now)
    return sums_of(returned, postage=postage)


def _with_held(returned: Return, *, postage: int = 0) -> RefundSum:
    """What a refund would be if no claim held anything of the order's money."""
    left = left_of([returned.order])[returned.order.pk]
    left.refundable_minor += money_of(returned.order).reserved_minor
    return refund_of(returned, terms_of(returned), left, postage=postage)


def _require_postage(returned: Return, postage: int) -> None:
    if postage < 0:
        raise Refused("postage", "Enter what the label cost, or 0.", "postage")
    if postage % (step := step_for(returned.order.payable)):
        raise Refused("postage", step_sentence(step, returned.order.currency), "postage")
    if postage and returned.postage == Return.Postage.SELLER:
        raise Refused("postage", "The way back of this return is on you: nothing is taken off for it.", "postage")
    if postage and returned.label_id is None:
        raise Refused("postage", "The buyer paid for the way back already: you gave no label.", "postage")


def _require_refusable(returned: Return, *, now: datetime) -> None:
    terms, lines = terms_of(returned), list(returned.lines.all())
    owed = owed_of(lines, eligible_lines(returned, lines, terms), terms)
    if owed and would_pay_back(returned, now=now):
        sentence = f"This must be refunded ({owed.words}), at a deduction of up to {owed.percent} %."
        raise Refused("must_refund", sentence, "answer")


def owed_of(lines: Iterable[ReturnLine], rows: Mapping[int, Eligibility], terms: ReturnTerms) -> Eligibility | None:
    """Why a return may not be refused: the row of a line that must be taken back; None where it may be.

    A line of which another thing came than was sent counts for nothing.
    """
    for line in lines:
        grade = terms.grade(line.grade)
        if rows[line.pk].must_accept and not (grade and grade.refusable):
            return rows[line.pk]
    return None
