"""A refund of an order that the payment provider refuses for good: the marketplace pays its buyer by other means."""

from datetime import datetime

from comity.accounts.models import User
from comity.common.errors import Refused
from comity.common.texts import clean_text
from comity.common.transactions import write
from comity.integrations.payment import Provider
from comity.ledger.services.owing import owe, refused_refund
from comity.orders.models import Order
from comity.orders.services.happenings import Happening, happen, lock_order
from comity.orders.services.paying import lock_money, money_of

_REASON = 500  # characters


def pay_otherwise(
    order: Order, reason: str, *, by: User | None, now: datetime, provider: Provider | None = None
) -> int:
    """Give up the first failed refund of an order; how much its buyer is owed by it, in minor units.

    ``reason`` goes on the order's record, for who runs the marketplace. That it is paid otherwise stands on the order's
    page for both sides. Asks the provider how it stands: call outside of a transaction. Raises ``Refused``, with
    nothing changed: an empty or too long reason, without such a refund, when the provider has given it back after all
    or does not tell, and when it was asked for again meanwhile.
    """
    clean = clean_text(reason, limit=_REASON, what="The reason", empty="Say why it is paid otherwise.", field="reason")
    if order.payable is None:
        raise Refused("payment", "No money has moved for this order.")
    failed = refused_refund(order.payable, provider=provider)
    actor = by.public_id if by else ""
    with write():
        locked = lock_order(order)
        lock_money([locked], now=now)
        amount = owe(money_of(locked), failed, actor=actor, now=now)
        facts = {"payment": failed.public_id, "amount_minor": amount}
        happen([Happening(locked, "refund.owed", facts, actor=actor, text=clean)], now=now)
    return amount
