"""Whether an adjustment can be made, and what it then does; nothing is written here.

What is wrong is told as faults, all of one change at once. A plan takes what it needs out of ``Left``, so that of
several changes to one order the later ones find what the earlier ones left.

Who does not send pieces adjusts all that was paid for them (S43), less their share of a discount on the whole order: a
smaller sum is refused, for what is not adjusted is charged with the last parcel. Where the rest is given up after a
part has left it is charged at once, postage, say: that parcel has travelled, and who gives up first and sends then gets
as much. Where nobody names a sum (called off, not sent in time) no fact says who bears it; nothing more is charged.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace

from comity.common.import_values import Fault
from comity.common.locales import money, number
from comity.orders.models import Adjustment, AdjustmentPart, Order, OrderLine
from comity.orders.services.remaining import NOT_SENT, Adjusted, Left, LeftOfLine

Reason = Adjustment.Reason
Component = AdjustmentPart.Component
MOST_MINOR = 10**15  # far above any order, and well inside of what databases count with
_REASONS, _COMPONENTS = frozenset(Reason.values), frozenset(Component.values)
_REFERENCE, _NOTE = 100, 2000
# What these are about had left, whatever of the order is yet to be sent: it is refunded, the rest is charged later.
_HAD_LEFT = frozenset({Reason.CUSTOMER_RETURN, Reason.REFUSED_DELIVERY, Reason.UNDELIVERABLE})


@dataclass(frozen=True, slots=True)
class Part:
    """An amount for one component: of ``line`` (its external id), or of the whole order where that is empty.

    ``amount_minor`` is positive, also of what deducts; ``quantity``: how many pieces it is about, where known.
    """

    line: str
    component: str
    amount_minor: int
    quantity: int | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """An adjustment that somebody wants. ``order``: its number or public id; ``reference``: the sender's own id of it.

    ``currency``: where the sender names one, it must be the order's; ``seen_minor``: where somebody decided by what was
    left of the order, as much must be left still.
    """

    order: str
    reason: str
    parts: tuple[Part, ...]
    reference: str
    note: str = ""
    currency: str = ""
    seen_minor: int | None = None


@dataclass(frozen=True, slots=True)
class Share:
    """A part as it is stored: negative where it deducts."""

    line: OrderLine | None
    component: str
    quantity: int | None
    amount_minor: int


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be done. ``ends``: nothing of the order is sent any more, so ``charged_minor`` is taken now."""

    left: Left
    change: Change
    shares: tuple[Share, ...]
    released_minor: int
    refunded_minor: int
    charged_minor: int
    ends: bool

    @property
    def amount_minor(self) -> int:
        """What the buyer gets back or does not have to pay."""
        return self.released_minor + self.refunded_minor


def faults_of(change: Change, left: Left) -> list[Fault]:
    """What is wrong with ``change`` by itself, whatever money there is."""
    return [*_faults(change, left), *(f for n, part in enumerate(change.parts) for f in _part_faults(part, n, left))]


def shares_of(change: Change, left: Left, deducts: Collection[str]) -> tuple[Share, ...]:
    """The parts of a change without ``faults_of``, as they are stored."""
    return tuple(
        Share(
            left.lines[part.line].line if part.line else None,
            part.component,
            part.quantity,
            -part.amount_minor if part.component in deducts else part.amount_minor,
        )
        for part in change.parts
    )


def plan(change: Change, left: Left, shares: tuple[Share, ...]) -> Plan | Fault:
    """Take what the change needs out of ``left``; a fault, and nothing taken, where there is not as much."""
    amount = sum(share.amount_minor for share in shares)
    if fault := _never_left(change, left) or _no_room(change, left, amount) or _beyond(shares, left):
        return fault
    if fault := _too_fine(change, left, amount) or _too_little(change, left, amount):
        return fault
    unsent = 0
    prices = _principal(change, left)
    for line, principal, _ in prices:
        line.principal -= principal
        unsent += min(principal, line.unsent) if change.reason not in _HAD_LEFT else 0
    if change.reason in NOT_SENT:
        _take_back(change, left)
    released = min(max(unsent, amount - left.refundable_minor), left.open_minor, amount)
    released -= released % left.step  # what is refunded can be moved, too
    left.open_minor -= released
    left.refundable_minor -= amount - released
    nothing_open = released and not left.open_minor  # with a discount prices are more than what was to be paid
    unsent_left = any(line.unsent for line in left.lines.values())
    ends = change.reason in NOT_SENT and left.waits and bool(nothing_open or (prices and not unsent_left))
    charged = _owed_for_what_left(left) if ends else 0
    spared = min(charged, amount - released)  # not taken to be given back
    if ends:
        left.open_minor, left.waits = 0, False
        left.refundable_minor += charged
    return Plan(left, change, shares, released + spared, amount - released - spared, charged - spared, ends)


def _owed_for_what_left(left: Left) -> int:
    """What is open of an order that left in part beside the price of its goods, and was not adjusted."""
    if not any(one.gone for one in left.lines.values()):
        return 0
    beside = left.order.total_minor - sum(one.paid for one in left.lines.values())
    owed = min(left.open_minor, max(beside, 0))
    return owed - owed % left.step


def _take_back(change: Change, left: Left) -> None:
    """Pieces are not sent any more: as many as are named, else as many as the amount is the price of."""
    for name, given in _given_up(change, left).items():
        left.lines[name].given = given


def _given_up(change: Change, left: Left) -> dict[str, Adjusted]:
    """What was and is given up of the lines that the change is about."""
    found: dict[str, Adjusted] = {}
    for part in change.parts:
        if part.component == Component.PRINCIPAL:
            total, pieces, amount = found.get(part.line, left.lines[part.line].given)
            unnamed = 0 if part.quantity else part.amount_minor
            found[part.line] = Adjusted(total, pieces + (part.quantity or 0), amount + unnamed)
    return found


def _too_fine(change: Change, left: Left, amount: int) -> Fault | None:
    if not amount % left.step:
        return None
    field = next(f"parts[{n}].amount" for n, part in enumerate(change.parts) if part.amount_minor % left.step)
    return Fault(field, "payment_step", step_sentence(left.step, left.order.currency))


def step_sentence(step: int, currency: str) -> str:
    """Why an amount that is no multiple of ``step`` minor units is refused."""
    smallest = money(step, currency)
    return f"The payment provider moves nothing finer than {smallest}. Enter a multiple of {smallest}."


def _too_little(change: Change, left: Left, amount: int) -> Fault | None:
    """A fault where pieces that are not sent any more would still be paid for."""
    worth = 0
    for name, given in _given_up(change, left).items() if change.reason in NOT_SENT else ():
        one = left.lines[name]
        not_sent = one.unsent - replace(one, given=given).unsent  # also less than a piece: several amounts make up one
        worth += min(left.worth(not_sent), one.principal)
    if amount >= (least := min(worth, left.open_minor)):
        return None
    *_, field = _principal(change, left)[0]
    currency = left.order.currency
    sentence = f"{money(amount, currency)} is less than the {money(least, currency)} to be paid for what is not sent"
    return Fault(field, "less_than_paid", f"{sentence} any more. Enter at least that, and deduct nothing from it.")


def _never_left(change: Change, left: Left) -> Fault | None:
    """A fault where the reason says that pieces came back, or were not taken, which have never left.

    Taken, their price would be given back and charged again with their parcel. Of an order that a file says has left
    in part, with no word of what, nobody knows which pieces those are.
    """
    if change.reason not in _HAD_LEFT:
        return None
    if not any(one.gone for one in left.lines.values()):
        unsaid = left.order.status == Order.Status.PARTIALLY_SHIPPED
        return None if unsaid else _unfit("Nothing of this order has")
    for name in {part.line: None for part in change.parts if part.line}:
        one = left.lines[name]
        prices = [part for part in change.parts if (part.line, part.component) == (name, Component.PRINCIPAL)]
        pieces, amount = (sum(part.quantity or 0 for part in prices), sum(part.amount_minor for part in prices))
        if not one.gone:
            return _unfit(f"Nothing of “{one.line.title}” has")
        if one.waiting and (pieces > one.gone or amount > one.gone * one.line.unit_minor):
            have = "has" if one.gone == 1 else "have"
            return _unfit(f"Only {number(one.gone)} of {number(one.line.quantity)} pieces of “{one.line.title}” {have}")
    return None


def _unfit(left: str) -> Fault:
    fits = "CustomerCancel (the buyer cancelled), NoInventory (out of stock) or CouldNotShip (it could not be sent)"
    sentence = f"{left} left, and this reason is for what has. For what has not use {fits}; if it did leave, confirm"
    return Fault("reason", "never_left", f"{sentence} the shipment first.")


def _no_room(change: Change, left: Left, amount: int) -> Fault | None:
    currency = left.order.currency
    if amount <= 0:
        sentence = "What is deducted takes all of it: more than 0 must be left for the buyer. Deduct less."
        return Fault("parts", "not_positive", sentence)
    for line, principal, field in _principal(change, left):
        if principal > line.principal:
            most = money(line.principal, currency)
            sentence = f"{money(principal, currency)} is more than the {most} left of the price"
            return Fault(field, "more_than_paid", f"{sentence} of “{line.line.title}”. Enter at most that.")
    if amount > left.total_minor:
        sentence = f"{money(amount, currency)} is more than the {money(left.total_minor, currency)} left of this order."
        return Fault("parts", "more_than_paid", f"{sentence} Enter at most that.")
    return None


def _beyond(shares: tuple[Share, ...], left: Left) -> Fault | None:
    """A fault where more is given, before what is deducted, than the order ever was: both would stand on its page."""
    given = sum(share.amount_minor for share in shares if share.amount_minor > 0)
    most = max(left.order.total_minor, sum(one.paid for one in left.lines.values()))
    if given <= most:
        return None
    said = f"{money(given, left.order.currency)} before what is deducted is more than the whole order"
    return Fault("parts", "more_than_paid", f"{said}, {money(most, left.order.currency)}. Enter at most that.")


def _principal(change: Change, left: Left) -> list[tuple[LeftOfLine, int, str]]:
    """How much of the price of which lines, and where the last amount of each stands."""
    sums: dict[str, tuple[int, str]] = {}
    for position, part in enumerate(change.parts):
        if part.component == Component.PRINCIPAL:
            before, _ = sums.get(part.line, (0, ""))
            sums[part.line] = before + part.amount_minor, f"parts[{position}].amount"
    return [(left.lines[line], *found) for line, found in sums.items()]


def _faults(change: Change, left: Left) -> Iterator[Fault]:
    if change.reason not in _REASONS:
        yield Fault("reason", "unknown_reason", f"“{change.reason[:40]}” is no reason. Use one of {', '.join(Reason)}.")
    if not 0 < len(change.reference) <= _REFERENCE or not change.reference.isprintable():
        yield Fault("reference", "bad_reference", f"A reference has 1 to {_REFERENCE} characters that can be seen.")
    if len(change.note) > _NOTE:
        sentence = f"The note has {number(len(change.note))} characters; {number(_NOTE)} are allowed. Shorten it."
        yield Fault("note", "too_long", sentence)
    elif "\0" in change.note:
        yield Fault("note", "too_long", "The note has a character that cannot be stored. Take it out.")
    if change.currency and change.currency != left.order.currency:
        sentence = (
            f"The order is in {left.order.currency}, this is in {change.currency[:10]}. Use {left.order.currency}."
        )
        yield Fault("currency", "currency_mismatch", sentence)
    if not change.parts:
        yield Fault("parts", "nothing", "Enter at least one amount.")


def _part_faults(part: Part, position: int, left: Left) -> Iterator[Fault]:
    at = f"parts[{position}]"
    line = left.lines.get(part.line)
    if part.line and line is None:
        sentence = f"“{part.line[:40]}” is no line of this order; there is {', '.join(left.lines)}."
        yield Fault(f"{at}.line", "unknown_line", sentence)
    if part.component not in _COMPONENTS:
        sentence = f"“{part.component[:40]}” is no component. Use one of {', '.join(Component)}."
        yield Fault(f"{at}.component", "unknown_component", sentence)
    if part.component == Component.PRINCIPAL and not part.line:
        yield Fault(f"{at}.line", "line_needed", "Principal is the price of a line: say of which one.")
    if not 0 < part.amount_minor < MOST_MINOR:
        yield Fault(f"{at}.amount", "not_positive", "An amount must be more than 0, also of what is deducted.")
    if part.quantity is not None and line and not 0 < part.quantity <= line.line.quantity:
        sentence = (
            f"{part.quantity} pieces: {line.line.quantity} were ordered, so 1 to {line.line.quantity} are allowed."
        )
        yield Fault(f"{at}.quantity", "out_of_range", sentence)
