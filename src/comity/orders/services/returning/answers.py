"""The answer to a request: yes with an address or a label, the money without the goods, or no where that is allowed."""

from datetime import datetime

from comity.common.errors import Refused
from comity.common.transactions import write
from comity.files.services.uploads import Upload
from comity.integrations.carriers import same_carrier
from comity.orders.models import Order, Return
from comity.orders.services.returning.clock import end_clock
from comity.orders.services.returning.eligibility import eligible_lines
from comity.orders.services.returning.refunds import owed_of, pay_back
from comity.orders.services.returning.steps import locked_return, move, terms_of
from comity.orders.services.returning.words import read_answer, read_carrier, read_tracking, read_words
from comity.orders.services.words import Read

State = Return.State


def authorise(
    returned: Return,
    *,
    side: str,
    address: str = "",
    label: Upload | None = None,
    carrier: str = "",
    tracking: str = "",
    actor: str,
    now: datetime,
) -> None:
    """Accept a request: the buyer sends it to ``address``, or with the ``label`` (a file), or both.

    ``tracking``: the number on the label; its first scan, by that ``carrier`` where it is named, then says that it was
    sent. Where the seller pays for the way
    back (rules §5) a label is what pays for it. Raises ``Refused``: ``state``, the wrong side, ``address``, ``label``,
    unusable words.
    """
    carrier = read_carrier(carrier)
    tracking = read_tracking(tracking, carrier)
    address = read_address(address, order=returned.order, now=now)
    if not address and label is None:
        raise Refused("address", "Enter the address that it goes to, or attach a label.", "address")
    if returned.postage == Return.Postage.SELLER and label is None:
        sentence = "The way back of this return is on you (the reason says so): attach a label that is paid for."
        raise Refused("label", sentence, "files")
    with write():
        found = locked_return(returned, to=State.AUTHORISED, side=side)
        end_clock(found, now=now)
        found.carrier, found.carrier_key, found.tracking_number = carrier, same_carrier(carrier), tracking
        accept(found, address=address, label=label, actor=actor, now=now)


def read_address(address: str, *, order: Order, now: datetime) -> Read:
    """Where a return goes, as ``authorise`` stores it; it may be empty. Raises as ``read_words`` says."""
    return read_words(address, order=order, role="seller", field="address", what="The address", empty="", now=now)


def decline(returned: Return, *, side: str, reason: str, actor: str, now: datetime) -> None:
    """Say no to a request, with the ``reason`` that the buyer reads.

    What is new, unopened and in time must be taken back (S78, C12), and so must all that the table of eligibility does
    not refuse. Raises ``Refused``: ``state``, the wrong side, ``must_accept``, unusable words.
    """
    reason = read_answer(reason, order=returned.order, now=now)
    with write():
        found = locked_return(returned, to=State.DECLINED, side=side)
        _require_request(found)
        terms, lines = terms_of(found), list(found.lines.all())
        owed = owed_of(lines, eligible_lines(found, lines, terms), terms)
        if owed:
            sentence = f"This must be taken back ({owed.words}). Accept it; what it may cost is settled on arrival."
            raise Refused("must_accept", sentence, "answer")
        end_clock(found, now=now)
        found.answer, found.answered_at = reason, now
        move(found, State.DECLINED, actor=actor, now=now, columns=["answer", "answered_at"], text=reason)


def refund_without_goods(returned: Return, *, side: str, actor: str, now: datetime) -> None:
    """Give the money of a request back and let the buyer keep the goods; nothing is deducted.

    No more than is left of the order's money. Raises ``Refused``: ``state``, the wrong side, ``nothing_left``.
    """
    with write():
        found = locked_return(returned, to=State.REFUNDED, side=side)
        _require_request(found)
        end_clock(found, now=now)
        found.returnless, found.answered_at = True, now
        pay_back(found, actor=actor, now=now, columns=["returnless", "answered_at"])


def accept(returned: Return, *, address: str, label: Upload | None, actor: str, now: datetime) -> None:
    """Take a locked request to authorised."""
    returned.address, returned.answered_at = address, now
    returned.label = label.blob if label else None
    columns = ["address", "label", "carrier", "carrier_key", "tracking_number", "answered_at", "automatic"]
    move(returned, State.AUTHORISED, actor=actor, now=now, columns=columns)


def _require_request(returned: Return) -> None:
    """The same state follows goods that have arrived; these answers are about a request."""
    if returned.state != State.REQUESTED:
        raise Refused("state", "This return has arrived already. Open the page again to see what can be done now.")
