"""The buyer's side of a return: asking for it, saying that it was sent, calling it off."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from comity.accounts.profiles import profile_in_force
from comity.accounts.profiles.returns import ReturnTerms
from comity.common.errors import Refused
from comity.common.ids import new_id
from comity.common.transactions import write
from comity.files.services.uploads import Upload
from comity.orders.models import Order, Return, ReturnLine
from comity.orders.selectors.replacements import replacements_about
from comity.orders.selectors.returns import Returnable, is_paid_back, returnable
from comity.orders.services.happenings import lock_order
from comity.orders.services.returning.answers import accept
from comity.orders.services.returning.clock import end_clock, start_clock
from comity.orders.services.returning.photos import require_photos, store_photos
from comity.orders.services.returning.rules import answer_by_rule
from comity.orders.services.returning.steps import SIDES, locked_return, move, tell
from comity.orders.services.returning.words import read_carrier, read_tracking, read_words

State = Return.State


@dataclass(frozen=True, slots=True)
class Wanted:
    """Pieces of one line (by its external id) that the buyer wants to send back; ``reason``: a key of the profile."""

    line: str
    quantity: int
    reason: str
    comment: str = ""
    opened: bool = False


def request_return(
    order: Order, wanted: Sequence[Wanted], *, photos: Sequence[Upload] = (), actor: str, now: datetime
) -> Return:
    """The buyer asks to send something back; what fits a standing rule of the seller is answered at once.

    Anything may be asked for, also after the window: the answer then says no. Raises ``Refused``: ``nothing``,
    ``unknown_line``, ``twice``, ``quantity`` (more than was shipped and is not on its way back already), ``reason``,
    ``comment``, ``photos``, ``replacement`` (its money stands on the order that it replaces), ``paid_back`` (no money
    is left for it), and what is wrong with the words.
    """
    terms = profile_in_force(order.marketplace, now).returns
    comments = _comments(order, wanted, photos, now)
    with write():
        locked = lock_order(order)
        pieces = _pieces(locked, wanted)
        made = _store(locked, wanted, pieces, comments, terms, now)
        store_photos(made, photos, side="buyer", now=now)
        if locked.fulfilment == SIDES.SELLER:
            start_clock(made, hours=terms.answer_hours, now=now)
        tell(made, "return.requested", actor=actor, now=now, text="\n".join(filter(None, comments.values())))
        answer_by_rule(made, now=now)
    return made


def open_agreed(
    order: Order, pieces: Mapping[str, int], *, promised_minor: int, address: str, actor: str, now: datetime
) -> Return:
    """A return of a locked order that both sides agreed on, accepted at once: the buyer sends it to ``address``.

    ``pieces``: by external id of the line. Once they have arrived ``promised_minor`` comes back, without a deduction
    unless something else was sent. No reason is told and no label given, so the buyer pays for the way, as where
    ``authorise`` gives an address alone; who has a reason that is the seller's asks for a return instead. Raises
    ``Refused`` as ``request_return`` does.
    """
    wanted = [Wanted(line, quantity, reason="") for line, quantity in pieces.items()]
    terms = profile_in_force(order.marketplace, now).returns
    made = _store(order, wanted, _pieces(order, wanted), {}, terms, now, promised_minor=promised_minor)
    accept(made, address=address, label=None, actor=actor, now=now)
    return made


def require_possible(order: Order, wanted: Sequence[Wanted], *, photos: Sequence[Upload] = (), now: datetime) -> None:
    """Raise what ``request_return`` would raise now."""
    _comments(order, wanted, photos, now)
    _pieces(order, wanted)


def read_wanted(
    order: Order, wanted: Sequence[Wanted], *, photos: Sequence[Upload] = (), now: datetime
) -> list[Wanted]:
    """The same with comments that ``request_return`` does not have read again. Raises what that raises of them."""
    comments = _comments(order, wanted, photos, now)
    return [replace(one, comment=comments[one.line]) for one in wanted]


def mark_sent(returned: Return, *, carrier: str, tracking: str, actor: str, now: datetime) -> None:
    """The buyer has handed an accepted return to a carrier. The tracking number may stay empty: that of the label.

    Raises ``Refused``: ``state``, an empty or unusable carrier or number.
    """
    carrier = read_carrier(carrier, empty="Say which carrier has it.")
    tracking = read_tracking(tracking, carrier)
    with write():
        found = locked_return(returned, to=State.IN_TRANSIT)
        if tracking and tracking != found.tracking_number:
            found.tracking_number, found.carrier_key = tracking, ""  # no label of the seller's
        found.carrier = carrier
        move(found, State.IN_TRANSIT, actor=actor, now=now, columns=["carrier", "carrier_key", "tracking_number"])


def close(returned: Return, *, actor: str, now: datetime) -> None:
    """The buyer keeps the goods after all; their pieces may be asked for again. Raises ``Refused`` (``state``)."""
    with write():
        found = locked_return(returned, to=State.CLOSED)
        end_clock(found, now=now)
        found.closed_at = now
        move(found, State.CLOSED, actor=actor, now=now, columns=["closed_at"])


def _comments(order: Order, wanted: Sequence[Wanted], photos: Sequence[Upload], now: datetime) -> dict[str, str]:
    """The words about each line as they are stored; no lock is held while the rules read them."""
    terms = profile_in_force(order.marketplace, now).returns
    require_photos(photos, order=order, now=now)
    return {one.line: _comment(order, one, terms, now) for one in wanted}


def _comment(order: Order, one: Wanted, terms: ReturnTerms, now: datetime) -> str:
    reason = terms.reason(one.reason)
    if reason is None:
        raise Refused("reason", "Choose a reason from the list.", f"reason-{one.line}")
    empty = "Say in your own words why it comes back." if reason.comment else ""
    return read_words(
        one.comment, order=order, role="buyer", field=f"comment-{one.line}", what="Your comment", empty=empty, now=now
    )


def require_open(order: Order) -> None:
    """Raise ``Refused`` (``replacement``, ``paid_back``) where nothing of the order can be asked for at all."""
    if first := replacements_about(order).of:
        sentence = (
            f"Nothing was paid for this replacement. Send it back with order {first.number}, which it replaces; the "
            "days count from the delivery of that one."
        )
        raise Refused("replacement", sentence, "lines")
    if is_paid_back(order):
        sentence = "All that was paid for this order has been given back, so nothing of it is sent back."
        raise Refused("paid_back", sentence, "lines")


def _pieces(order: Order, wanted: Sequence[Wanted]) -> dict[str, Returnable]:
    """The lines of the order, if all that is wanted can come back."""
    require_open(order)
    pieces = {one.line.external_id: one for one in returnable(order)}
    if not wanted:
        raise Refused("nothing", "Choose at least one item and how many of it you send back.", "lines")
    if len({one.line for one in wanted}) < len(wanted):
        raise Refused("twice", "An item stands in the list twice: enter all of its pieces once.", "lines")
    for one in wanted:
        if one.line not in pieces:
            raise Refused("unknown_line", "This item is not on the order. Choose one that is.", "lines")
        left = pieces[one.line].left
        if not 1 <= one.quantity <= left:
            several = f"Enter a whole number from 1 to {left}: so many can be sent back."
            most = several if left > 1 else "Enter 1, or leave it empty: only one piece can be sent back."
            sentence = most if left else "Nothing of this item can be sent back now."
            raise Refused("quantity", sentence, f"quantity-{one.line}")
    return pieces


def _store(
    order: Order,
    wanted: Sequence[Wanted],
    pieces: Mapping[str, Returnable],
    comments: Mapping[str, str],
    terms: ReturnTerms,
    now: datetime,
    *,
    promised_minor: int | None = None,
) -> Return:
    faults = {reason.key: reason.fault for reason in terms.reasons}
    sellers = any(faults.get(one.reason) == "seller" for one in wanted)  # one parcel: it travels at the seller's cost
    made = Return.objects.create(
        order=order,
        public_id=new_id("ret", now),
        postage=Return.Postage.SELLER if sellers else Return.Postage.BUYER,
        profile_digest=profile_in_force(order.marketplace, now).digest,
        promised_minor=promised_minor,
        requested_at=now,
    )
    ReturnLine.objects.bulk_create(
        ReturnLine(
            returned=made,
            line=pieces[one.line].line,
            quantity=one.quantity,
            reason=one.reason,
            comment=comments.get(one.line, ""),
            opened=one.opened,
        )
        for one in wanted
    )
    return made
