"""What the payment provider holds for a renewal, from the question to the order or to its end.

    requested -> used (the order stands) | void (refused, or not wanted any more) -> over (let go)

As with every payment the attempt and its lease are committed before the provider is asked, outside of a transaction,
and its answer after. Whoever asks a second time looks first at what is held already: the answer may have been lost, and
a key has one effect for a day only.
"""

import logging
import random
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from comity.common.errors import describe
from comity.common.ids import new_id
from comity.common.leasing import free, lease
from comity.common.transactions import write
from comity.integrations.payment import KeySpent, Mandate, Provider, ProviderDown, ProviderRefuses
from comity.ledger.services.payments import KEY_LIFE, LEASE, RETRIES
from comity.orders.models import RENEWAL_PAYMENT_TRANSITIONS, RenewalPayment, Subscription
from comity.orders.services.happenings import ImpossibleStep

MOST = 10  # renewals that are asked for one after the other: a batch of time-outs ends before its first lease does
_log = logging.getLogger(__name__)
State = RenewalPayment.State


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of it: ``held``, the provider's id, or the error that says why there is none."""

    held: str = ""
    error: Exception | None = None

    @property
    def is_no(self) -> bool:
        """Whether the provider has refused: nothing is held, and asking again would change nothing."""
        return isinstance(self.error, ProviderRefuses) and not isinstance(self.error, KeySpent)


def waiting(now: datetime) -> "QuerySet[RenewalPayment]":
    """Those that somebody has in hand, or that are to be asked for again later."""
    requested = RenewalPayment.objects.filter(state=State.REQUESTED)
    return requested.exclude(free(now), run_after__lte=now)


def take(one: Subscription, *, now: datetime) -> RenewalPayment | None:
    """The payment for the next period of a locked subscription, leased; None while it waits.

    Call in a transaction of its own, before ``ask``.
    """
    found = RenewalPayment.objects.select_for_update().filter(subscription=one, state=State.REQUESTED).first()
    if found and found.period_on != one.renews_on:  # of a period that was not renewed
        give_up(one, now=now)
        found = None
    if found and waiting(now).filter(pk=found.pk).exists():
        return None
    payment = found or RenewalPayment(
        public_id=new_id("rnp", now),
        subscription=one,
        period_on=one.renews_on,
        customer=one.customer,
        method=one.method,
        requested_at=now,
        run_after=now,
    )
    payment.attempts += 1
    payment.leased_until = now + LEASE
    payment.keyed_at = payment.keyed_at or now
    payment.save()
    return payment


def ask(payment: RenewalPayment, provider: Provider, *, now: datetime) -> Answer:
    """Have the provider hold the price; never raises for what it does. Call outside of a transaction."""
    wanted = _mandate(payment)
    assert payment.keyed_at is not None
    try:
        if payment.attempts > 1 and (held := provider.held(wanted)):
            return Answer(held)
        if now - payment.keyed_at > KEY_LIFE:
            return Answer(error=KeySpent("nothing is held, and the key is a day old"))
        return Answer(provider.authorise(wanted))
    except (ProviderDown, ProviderRefuses) as error:
        return Answer(error=error)
    except Exception as error:  # noqa: BLE001 - an answer that nobody foresaw must not keep the others waiting
        _log.error("renewal %s: %s", payment.public_id, describe(error))
        return Answer(error=ProviderDown(f"an answer that was not understood: {describe(error)}"))


def settle(payment: RenewalPayment, answer: Answer, *, now: datetime) -> bool:
    """Store what came of an attempt; whether it still counts. Its subscription is locked.

    It does not where the payment was given up meanwhile, or somebody else has asked since. What is held is left to
    ``use``, or to ``give_up``.
    """
    now_is = RenewalPayment.objects.select_for_update().get(pk=payment.pk)
    if now_is.attempts != payment.attempts:
        return False
    counts = now_is.state == State.REQUESTED
    if counts and answer.is_no:
        _move(now_is, State.VOID)
    elif counts and answer.error:
        now_is.run_after = now + RETRIES.wait(min(now_is.attempts, RETRIES.attempts), random.Random())  # noqa: S311
        if isinstance(answer.error, KeySpent):
            now_is.round, now_is.keyed_at = now_is.round + 1, None
    now_is.error, now_is.leased_until = str(answer.error or "")[:200], None
    now_is.save()
    return counts


def use(payment: RenewalPayment) -> None:
    """The order stands, made with what is held. Call in its transaction."""
    now_is = RenewalPayment.objects.get(pk=payment.pk)
    _move(now_is, State.USED)
    now_is.customer = now_is.method = ""
    now_is.save()


def give_up(one: Subscription, *, now: datetime) -> None:
    """No order is made any more with what may be held for a locked subscription; ``let_go_due`` sees to the rest."""
    requested = RenewalPayment.objects.filter(subscription=one, state=State.REQUESTED)
    requested.update(state=State.VOID, run_after=now)


def let_go_due(now: datetime, provider: Provider) -> int:
    """Have the provider let go of what no order is made with; how many were tried. Call outside of a transaction."""

    def due() -> "QuerySet[RenewalPayment]":
        rows = RenewalPayment.objects.filter(free(now), state=State.VOID, run_after__lte=now)
        return rows.select_related("subscription").order_by("pk")

    leased = lease(due, most=MOST, until=now + LEASE)
    for payment in leased:
        _let_go(payment, provider, now)
    return len(leased)


def _let_go(payment: RenewalPayment, provider: Provider, now: datetime) -> None:
    outcome: dict[str, Any] = {"state": State.OVER, "customer": "", "method": ""}
    try:
        provider.let_go(_mandate(payment))
    except ProviderRefuses as error:
        _log.error("renewal %s could not be let go: %s", payment.public_id, error)
    except Exception as error:  # noqa: BLE001 - of any kind; it is tried again
        _log.error("renewal %s is not let go yet: %s", payment.public_id, describe(error))
        outcome = {"run_after": now + RETRIES.longest}
    with write():
        RenewalPayment.objects.filter(pk=payment.pk, state=State.VOID).update(leased_until=None, **outcome)


def _mandate(payment: RenewalPayment) -> Mandate:
    one = payment.subscription
    return Mandate(
        subject=payment.public_id,
        key=payment.key,
        customer=payment.customer,
        method=payment.method,
        amount_minor=one.price_minor,
        currency=one.currency,
        since=payment.requested_at,
    )


def _move(payment: RenewalPayment, to: str) -> None:
    if to not in RENEWAL_PAYMENT_TRANSITIONS[payment.state]:
        raise ImpossibleStep(f"{payment.public_id}: {payment.state} -> {to}")
    payment.state = to
