"""Standing rules of a seller: requests that fit are accepted, or refunded without the goods, by themselves."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from comity.accounts.models import Staff
from comity.accounts.profiles import profile_in_force
from comity.accounts.selectors.roles import require_writer
from comity.common.errors import NotFound, Refused
from comity.common.ids import new_id
from comity.common.import_values import currencies
from comity.common.texts import clean_text
from comity.common.transactions import write
from comity.orders.models import Order, Return, ReturnLine, ReturnRule
from comity.orders.selectors.replacements import sent_again
from comity.orders.selectors.returns import rules_of_seller
from comity.orders.services.returning.answers import accept
from comity.orders.services.returning.clock import end_clock
from comity.orders.services.returning.eligibility import eligible_lines
from comity.orders.services.returning.refunds import can_pay_back, pay_back
from comity.orders.services.returning.steps import SIDES, terms_of
from comity.orders.services.returning.words import require_deliverable

_MOST_MINOR = 10**15


@dataclass(frozen=True, slots=True)
class StandingRule:
    """What a seller wants to be done by itself; see ``ReturnRule``."""

    reasons: tuple[str, ...] = ()
    most_minor: int | None = None
    currency: str = ""
    returnless: bool = False
    address: str = ""


def make_rule(staff: Staff, rule: StandingRule, *, now: datetime) -> ReturnRule:
    """Put a rule in force for requests from now on.

    Raises ``Refused``: ``role``, ``reasons``, ``most``, an empty or unusable address, or one that the rules would not
    deliver: buyers read it.
    """
    require_writer(staff, action="manage", field="form")
    terms = profile_in_force(staff.seller.marketplace, now).returns
    if any(terms.reason(key) is None for key in rule.reasons):
        raise Refused("reasons", "Choose reasons from the list, or none for all of them.", "reasons")
    _require_limit(rule)
    address = _address(rule, staff, now)
    return ReturnRule.objects.create(
        seller=staff.seller,
        public_id=new_id("rrl", now),
        reasons=list(rule.reasons),
        most_minor=rule.most_minor,
        currency=rule.currency,
        returnless=rule.returnless,
        address=address,
        made_by=staff.user.public_id,
        made_at=now,
    )


def end_rule(staff: Staff, rule_id: str, *, now: datetime) -> None:
    """Put a rule of the seller out of force; what it answered stands. Raises ``Refused`` (``role``), ``NotFound``."""
    require_writer(staff, action="manage", field="form")
    with write():
        mine = ReturnRule.objects.select_for_update().filter(seller=staff.seller_id, ended_at__isnull=True)
        if not rule_id.isprintable() or not mine.filter(public_id=rule_id).update(ended_at=now):
            raise NotFound(rule_id)


def answer_by_rule(returned: Return, *, now: datetime) -> None:
    """Answer a new request by the oldest rule that fits; without one it waits for a person. Its order is locked.

    Only what the seller fulfils, and only what the table says must be taken back and was not sent again, since then it
    is for the seller to say whether the money goes back as well; without the goods only what it says
    is refunded in full, and as much must be left of the order's money. A label cannot be made by itself: where the
    seller pays for the way back, only a rule that refunds without the goods fits. A limit counts over all that rules
    answered of the order, or else many small requests would pass it.
    """
    order = returned.order
    if order.fulfilment != SIDES.SELLER:
        return
    lines = list(returned.lines.select_related("line"))
    rows = eligible_lines(returned, lines, terms_of(returned)).values()
    again = sent_again(order)
    if not all(row.must_accept for row in rows) or any(again.get(one.line.external_id) for one in lines):
        return
    full = all(row.outcome == "full" for row in rows)
    reasons, value = {one.reason for one in lines}, _value(lines) + _answered_before(order)
    for rule in rules_of_seller(order.seller):
        if _fits(rule, order, reasons, value) and _possible(rule, returned, full=full, now=now):
            returned.automatic = True
            end_clock(returned, now=now)
            _carry_out(rule, returned, now)
            return


def _value(lines: Iterable[ReturnLine]) -> int:
    return sum(one.line.unit_minor * one.quantity for one in lines)


def _answered_before(order: Order) -> int:
    """What was paid for all that rules answered of the order; what the buyer called off does not count."""
    answered = ReturnLine.objects.filter(returned__order=order, returned__automatic=True)
    return _value(answered.exclude(returned__state=Return.State.CLOSED).select_related("line"))


def _fits(rule: ReturnRule, order: Order, reasons: set[str], value: int) -> bool:
    dear = rule.most_minor is not None and (rule.currency != order.currency or value > rule.most_minor)
    return not dear and (not rule.reasons or reasons <= set(rule.reasons))


def _possible(rule: ReturnRule, returned: Return, *, full: bool, now: datetime) -> bool:
    if rule.returnless:
        return full and can_pay_back(returned, now=now)
    return returned.postage == Return.Postage.BUYER


def _carry_out(rule: ReturnRule, returned: Return, now: datetime) -> None:
    if not rule.returnless:
        accept(returned, address=rule.address, label=None, actor="", now=now)
        return
    returned.returnless, returned.answered_at = True, now
    pay_back(returned, actor="", now=now, columns=["returnless", "answered_at", "automatic"])


def _require_limit(rule: StandingRule) -> None:
    if rule.most_minor is None:
        return
    if not 0 < rule.most_minor < _MOST_MINOR or rule.currency not in currencies():
        raise Refused("most", "Enter an amount above 0 with its currency, such as 25.00 EUR, or leave it out.", "most")


def _address(rule: StandingRule, staff: Staff, now: datetime) -> str:
    if rule.returnless:
        return ""
    home, field = staff.seller.marketplace, "address"
    limit = profile_in_force(home, now).message_characters
    empty = "Enter the address that returns go to."
    clean = clean_text(rule.address, limit=limit, what="The address", empty=empty, field=field)
    require_deliverable(clean, home, role="seller", field=field, language=home.language, now=now)
    return clean
