"""A charge that failed for good is given up by a person: the buyer will not pay it, so the seller does not get it."""

from datetime import datetime

from comity.accounts.models import User
from comity.accounts.services import trail
from comity.common.errors import Refused
from comity.common.transactions import write
from comity.integrations.payment import Provider
from comity.ledger.models import Journal, Payable, Payment
from comity.ledger.services.books import Move, book
from comity.ledger.services.payments import is_done_there, provider_in_use

Kind, State = Journal.Kind, Payment.State


def write_off(payable: Payable, *, by: User | None, now: datetime, provider: Provider | None = None) -> int:
    """Give up the failed charge of an order; how much that was, in minor units.

    What the seller still has of it is booked back. What was given back of it already is not asked of the provider any
    more; what the marketplace was to give of that it gets from the seller, who has it from the charge. Whatever of the
    order waited behind it goes on. Asks the provider how it stands: call outside of a transaction. Raises ``Refused``,
    with nothing changed: without such a charge, when the provider has taken it after all or does not tell, and while a
    claim holds of it.
    """
    failed = _failed(payable)
    if is_done_there(failed, provider or provider_in_use()):
        raise Refused("payment", "This was taken from the buyer after all. Ask for it again: that marks it as done.")
    with write():
        locked = Payable.objects.select_for_update().get(pk=payable.pk)
        same = _failed(locked, lock=True)
        if (same.pk, same.round) != (failed.pk, failed.round):
            raise Refused("payment", "This charge was asked for again meanwhile. Look at how it stands.")
        booked = min(same.amount_minor, locked.refundable_minor)
        reimbursed = _give_up_refunds(locked, same.amount_minor - booked, now)
        if booked or reimbursed:
            actor = by.public_id if by else ""
            book([Move(locked, Kind.WRITE_OFF, booked, same.public_id, actor, -reimbursed)], now=now)
        _give_up(same, same.amount_minor, now)
        trail.note(locked.seller, "payment.written_off", by=by, now=now, payment=same.public_id, order=locked.subject)
    return same.given_up_minor


def _failed(payable: Payable, *, lock: bool = False) -> Payment:
    """There is one at most: nothing later of an order is asked for."""
    rows = Payment.objects.filter(journal__payable=payable, journal__kind=Kind.CAPTURE, state=State.FAILED)
    rows = rows.select_for_update(of=("self",)) if lock else rows
    found = rows.select_related("journal__payable").order_by("journal_id").first()
    if found is None:
        raise Refused("payment", "No charge of this order has failed: there is nothing to give up.")
    return found


def _give_up_refunds(payable: Payable, amount: int, now: datetime) -> int:
    """Of the refunds that wait, the latest first, ``amount`` in all: they would give back what was never taken.

    How much of that the marketplace was to give in the seller's place.
    """
    reimbursed = 0
    kinds = (Kind.REFUND, Kind.REIMBURSEMENT)
    waiting = Payment.objects.filter(journal__payable=payable, journal__kind__in=kinds).exclude(state=State.DONE)
    for payment in waiting.select_related("journal").order_by("-journal_id"):
        given_up = min(amount, payment.amount_minor)
        amount -= given_up
        reimbursed += given_up if payment.journal.kind == Kind.REIMBURSEMENT else 0
        if given_up:
            _give_up(payment, given_up, now)
    if amount:
        sentence = (
            "A claim or the buyer's bank holds a part of this order's money. Decide the claim, or let the bank do so"
        )
        raise Refused("held", f"{sentence}; then give the charge up.")
    return reimbursed


def _give_up(payment: Payment, amount: int, now: datetime) -> None:
    payment.given_up_minor += amount
    if not payment.amount_minor:
        payment.state, payment.settled_at, payment.error = State.DONE, now, ""
    payment.save(update_fields=["given_up_minor", "state", "settled_at", "error"])
