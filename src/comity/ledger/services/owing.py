"""A refund that the payment provider refuses for good is given up there: the marketplace owes its buyer the money."""

from datetime import datetime

from django.db.models import QuerySet

from comity.common.errors import Refused
from comity.integrations.payment import Provider
from comity.ledger.models import Journal, Payable, Payment
from comity.ledger.services.books import Move, book
from comity.ledger.services.payments import is_done_there, provider_in_use

Kind, State = Journal.Kind, Payment.State
_GIVEN = (Kind.REFUND, Kind.REIMBURSEMENT)


def refused_refund(payable: Payable, *, provider: Provider | None = None) -> Payment:
    """The first refund of an order that has failed, and that the provider's books do not hold.

    Asks the provider how it stands: call outside of a transaction. Raises ``Refused`` (``payment``) without one, when
    the provider has given it back after all, and when it does not tell.
    """
    failed = _failed(payable).first()
    if failed is None:
        raise Refused("payment", "No refund of this order has failed: there is nothing to pay otherwise.")
    if is_done_there(failed, provider or provider_in_use()):
        raise Refused("payment", "This was given back after all. Ask for it again: that marks it as done.")
    return failed


def owe(payable: Payable, failed: Payment, *, actor: str, now: datetime) -> int:
    """Book that the buyer is owed what ``failed`` was to give back; how much, in minor units. Payable is locked.

    What the seller or the marketplace gave stays given; the provider has the money still, and what waited behind it
    goes on. Raises ``Refused`` (``payment``) when it was asked for again since ``refused_refund``.
    """
    same = _failed(payable).select_for_update(of=("self",)).filter(pk=failed.pk, round=failed.round).first()
    if same is None:
        raise Refused("payment", "This refund was asked for again meanwhile. Look at how it stands.")
    amount = same.amount_minor
    book([Move(payable, Kind.OWED, amount, same.public_id, actor)], now=now)
    same.given_up_minor += amount
    same.state, same.settled_at, same.error = State.DONE, now, ""
    same.save(update_fields=["given_up_minor", "state", "settled_at", "error"])
    return amount


def _failed(payable: Payable) -> "QuerySet[Payment]":
    rows = Payment.objects.filter(journal__payable=payable, journal__kind__in=_GIVEN, state=State.FAILED)
    return rows.select_related("journal__payable").order_by("journal_id")
