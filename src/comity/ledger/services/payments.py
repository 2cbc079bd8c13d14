"""Has the payment provider do what the books say: capture, let go, give back.

    requested -> done | requested (asked again later) | failed (refused for good, or asked often enough)

The attempt and its lease are committed before the provider is asked, its answer after. A process killed in between
leaves a lease that runs out; the provider is then asked with the same key, and one key has one effect. Of one order
nothing is asked before what was booked earlier is done.

A key has one effect for a day only. It is not used any longer than that, and is given up for another when the provider
has refused for good, or does not have it on its books: before a person has a failed payment asked for again, they are
looked at.
"""

import logging
import random
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

from django.conf import settings
from django.db.models import Exists, F, OuterRef, QuerySet, Sum

from comity.common.buggify import crash_point
from comity.common.errors import Refused, describe
from comity.common.leasing import free, lease
from comity.common.many import many
from comity.common.retries import Retries
from comity.common.transactions import write
from comity.integrations.payment import Book, Deed, Instruction, Provider, ProviderDown, ProviderRefuses
from comity.integrations.payment.stripe_amounts import step
from comity.ledger.models import Journal, Payable, Payment
from comity.ledger.services.payables import lock_payables

_log = logging.getLogger(__name__)
State = Payment.State
_BATCH = 10
LEASE = timedelta(minutes=10)  # longer than a batch of time-outs of 20 s
KEY_LIFE = timedelta(hours=23)  # Stripe forgets a key after 24 hours or more
# Within half a day, which is less than a key's life; an authorisation lasts about a week.
RETRIES = Retries(attempts=9, first=timedelta(seconds=30), growth=3, longest=timedelta(hours=2))
_DEEDS: dict[str, Deed] = {
    Journal.Kind.CAPTURE: "capture",
    Journal.Kind.RELEASE: "release",
    Journal.Kind.REFUND: "refund",
    Journal.Kind.REIMBURSEMENT: "refund",
}
_NEW_KEY: Mapping[str, Any] = MappingProxyType({"round": F("round") + 1, "keyed_at": None, "final": None})
# With the old key the provider would only repeat its old answer. Before it is asked with another, its books are read.
REFUSED: Mapping[str, Any] = MappingProxyType(
    {**_NEW_KEY, "state": State.FAILED, "leased_until": None, "settled_at": None}
)


class _KeyTooOld(Exception):
    """It may have happened, and the provider may have forgotten the key by now."""


def provider_in_use() -> Provider:
    """The provider of the settings."""
    if settings.PAYMENTS == "book":
        return Book()
    from comity.integrations.payment.stripe import Stripe  # the library is an extra

    return Stripe(settings.STRIPE["key"], settings.STRIPE["webhook_secret"], url=settings.STRIPE["url"])


def needs_authorisation() -> bool:
    """Whether the provider of the settings charges only what the buyer has authorised in the shop, order by order."""
    return bool(settings.PAYMENTS != "book")


def step_of(currency: str) -> int:
    """Only multiples of so many minor units can be taken or given back by the provider of the settings."""
    return 1 if settings.PAYMENTS == "book" else step(currency)


def step_for(payable: Payable | None) -> int:
    """The same for the money of one order; 1 where no provider has it."""
    return step_of(payable.currency) if payable and payable.authorisation else 1


def ask_due(now: datetime, *, provider: Provider | None = None, chance: random.Random | None = None) -> int:
    """Ask for up to 10 payments that are due; how many were tried.

    Never raises for what the provider does: that is in the rows. ``chance`` spreads the retries.
    """
    leased = _lease(now)
    if not leased:
        return 0
    asked = provider or provider_in_use()
    chance = chance or random.Random()  # noqa: S311 - spreads load, keeps no secret
    for payment in leased:
        reference, error = _ask(asked, payment, now)
        crash_point("payment_asked_before_mark")
        _settle(payment, reference, error, chance, now)
    return len(leased)


def ask_again(payment: Payment, *, now: datetime, provider: Provider | None = None) -> None:
    """Let a failed payment be asked for once more, by a person who has put right what was wrong.

    What the provider has done after all is done. Asks it how it stands: call outside of a transaction. Raises
    ``Refused``, with nothing changed, when it does not tell, or has moved what the books cannot explain.
    """
    if is_done_there(payment, provider or provider_in_use()):
        outcome: dict[str, Any] = {"state": State.DONE, "settled_at": now}
    else:
        old = payment.keyed_at is not None and now - payment.keyed_at > KEY_LIFE
        outcome = {"state": State.REQUESTED, "attempts": 0, "run_after": now, **(_NEW_KEY if old else {})}
    assert payment.journal.payable_id is not None
    with write():
        lock_payables([payment.journal.payable_id])  # first, as who gives it up does
        failed = Payment.objects.filter(pk=payment.pk, state=State.FAILED, round=payment.round)
        failed.update(leased_until=None, error="", **outcome)


def release_after_all(payables: Iterable[Payable], *, now: datetime) -> None:
    """Have the provider let go of what was given up before it was authorised: until then there was nothing to ask for.

    The payables are locked. Where some of the money is still open, the rest is let go of with the last of it.
    """
    over = [one.pk for one in payables if not one.open_minor]
    if not over or not needs_authorisation():
        return
    given_up = Payment.objects.filter(journal__payable__in=many(over), journal__kind=Journal.Kind.RELEASE)
    unasked = given_up.filter(provider=settings.PAYMENTS, reference="", state__in=(State.DONE, State.REQUESTED))
    # Of one that a worker has in hand the round is over: it was told that there was nothing to let go of.
    again: dict[str, Any] = {"state": State.REQUESTED, "attempts": 0, "run_after": now, "error": "", **_NEW_KEY}
    unasked.update(leased_until=None, settled_at=None, **again)


def is_done_there(payment: Payment, provider: Provider) -> bool:
    """Whether the provider's books hold this payment; to let go of an authorisation twice does no harm.

    Raises ``Refused`` when it does not tell, or has moved what the books cannot explain.
    """
    journal, deed = payment.journal, _DEEDS[payment.journal.kind]
    assert journal.payable is not None
    if deed == "release" or not journal.payable.authorisation:
        return False
    try:
        standing = provider.standing(journal.payable.authorisation)
    except (ProviderDown, ProviderRefuses) as error:
        raise Refused("payment", f"{provider.name} does not tell how this stands: {error}. Try again later.") from error
    if standing is None:
        return False
    kinds = [kind for kind, one in _DEEDS.items() if one == deed]
    done = Journal.objects.filter(payable=journal.payable, kind__in=kinds, payment__state=State.DONE)
    theirs = standing.captured_minor if deed == "capture" else standing.refunded_minor
    ours = done.aggregate(sum=Sum(F("amount_minor") - F("payment__given_up_minor")))["sum"] or 0
    more = theirs - ours
    if more and more < payment.amount_minor:
        sentence = f"{provider.name} has moved another amount than the books say; “comity ledger reconcile” shows it."
        raise Refused("payment", f"{sentence} Put that right there first.")
    return more > 0


def _due(now: datetime) -> "QuerySet[Payment]":
    earlier = Payment.objects.filter(journal__payable=OuterRef("journal__payable"), journal__lt=OuterRef("journal"))
    due = Payment.objects.filter(free(now), state=State.REQUESTED, run_after__lte=now, provider=settings.PAYMENTS)
    first = due.filter(~Exists(earlier.exclude(state=State.DONE)))
    return first.select_related("journal__payable").order_by("id")


def _lease(now: datetime) -> list[Payment]:
    def take(payment: Payment) -> list[str]:
        payment.attempts += 1
        if payment.keyed_at is None:
            payment.keyed_at, payment.final = now, _is_final(payment)
        return ["attempts", "keyed_at", "final"]

    return lease(lambda: _due(now), most=_BATCH, until=now + LEASE, take=take)


def _ask(provider: Provider, payment: Payment, now: datetime) -> tuple[str, Exception | None]:
    journal = payment.journal
    assert journal.payable is not None
    assert payment.keyed_at is not None
    if not journal.payable.authorisation:
        if _DEEDS[journal.kind] == "release":
            return "", None  # the buyer never authorised anything that could be let go
        return "", ProviderRefuses("the order came without the provider's id of its payment")
    if now - payment.keyed_at > KEY_LIFE:
        return "", _KeyTooOld("it was first asked for a day ago, and what came of it is not known")
    wanted = Instruction(
        key=payment.key,
        deed=_DEEDS[journal.kind],
        authorisation=journal.payable.authorisation,
        amount_minor=payment.amount_minor,
        currency=journal.currency,
        final=bool(payment.final),
    )
    try:
        return provider.carry_out(wanted), None
    except (ProviderDown, ProviderRefuses) as error:
        return "", error
    except Exception as error:  # noqa: BLE001 - an answer that nobody foresaw must not keep the others waiting
        _log.error("payment %s: %s", payment.public_id, describe(error))
        return "", ProviderDown(f"an answer that was not understood: {describe(error)}")


def _is_final(payment: Payment) -> bool:
    """Whether nothing more will be taken from the buyer after this."""
    journal = payment.journal
    assert journal.payable is not None
    later = Payment.objects.filter(journal__payable=journal.payable, journal__kind=Journal.Kind.CAPTURE)
    waiting = later.filter(journal__gt=journal).exclude(state=State.DONE)
    return not journal.payable.open_minor and not waiting.exists()


def _settle(payment: Payment, reference: str, error: Exception | None, chance: random.Random, now: datetime) -> None:
    if error is None:
        outcome: dict[str, Any] = {"state": State.DONE, "settled_at": now, "reference": reference, "error": ""}
    elif isinstance(error, ProviderRefuses):
        outcome = {**REFUSED, "error": str(error)[:200]}
    elif isinstance(error, _KeyTooOld) or payment.attempts >= RETRIES.attempts:
        outcome = {"state": State.FAILED, "error": str(error)[:200]}
    else:
        outcome = {"run_after": now + RETRIES.wait(payment.attempts, chance), "error": str(error)[:200]}
    with write():
        ours = Payment.objects.filter(pk=payment.pk, state=State.REQUESTED)
        ours = ours.filter(attempts=payment.attempts, round=payment.round)
        ours.update(**{"leased_until": None, **outcome})
