"""Has the payment provider do what the books say: capture, let go, give back.

    requested -> done | requested (asked again later) | failed (refused for good, or asked often enough)

The attempt and its lease are committed before the provider is asked, its answer after. A process killed in between
leaves a lease that runs out; the provider is then asked with the same key, and one key has one effect. Of one order
nothing is asked before what was booked earlier is done.
"""

import random
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection as database
from django.db.models import Exists, OuterRef, Q, QuerySet

from comity.common.buggify import crash_point
from comity.common.retries import Retries
from comity.common.transactions import write
from comity.integrations.payment import Book, Deed, Instruction, Provider, ProviderDown, ProviderRefuses
from comity.ledger.models import Journal, Payment

State = Payment.State
_BATCH = 10
LEASE = timedelta(minutes=10)  # longer than a batch of time-outs of 20 s
# Within half a day: providers forget a key after a day, and an authorisation lasts about a week.
RETRIES = Retries(attempts=9, first=timedelta(seconds=30), growth=3, longest=timedelta(hours=2))
_DEEDS: dict[str, Deed] = {
    Journal.Kind.CAPTURE: "capture",
    Journal.Kind.RELEASE: "release",
    Journal.Kind.REFUND: "refund",
    Journal.Kind.REIMBURSEMENT: "refund",
}


def provider_in_use() -> Provider:
    """The provider of the settings."""
    if settings.PAYMENTS == "book":
        return Book()
    from comity.integrations.payment.stripe import Stripe  # the library is an extra

    return Stripe(settings.STRIPE["key"], settings.STRIPE["webhook_secret"], url=settings.STRIPE["url"])


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
        reference, error = _ask(asked, payment)
        crash_point("payment_asked_before_mark")
        _settle(payment, reference, error, chance, now)
    return len(leased)


def ask_again(payment: Payment, *, now: datetime) -> None:
    """Let a failed payment be asked for once more, by a person who has put right what was wrong."""
    with write():
        failed = Payment.objects.filter(pk=payment.pk, state=State.FAILED)
        failed.update(state=State.REQUESTED, attempts=0, run_after=now, leased_until=None, error="")


def _due(now: datetime) -> "QuerySet[Payment]":
    earlier = Payment.objects.filter(journal__payable=OuterRef("journal__payable"), journal__lt=OuterRef("journal"))
    free = Q(leased_until__isnull=True) | Q(leased_until__lt=now)
    due = Payment.objects.filter(free, state=State.REQUESTED, run_after__lte=now, provider=settings.PAYMENTS)
    return due.filter(~Exists(earlier.exclude(state=State.DONE))).order_by("id")


def _lease(now: datetime) -> Sequence[Payment]:
    if not _due(now).exists():
        return []  # with nothing to ask, nothing is locked
    with write():
        due = _due(now)
        if database.features.has_select_for_update_skip_locked:
            due = due.select_for_update(skip_locked=True, of=("self",))
        leased = list(due.select_related("journal__payable")[:_BATCH])
        for payment in leased:
            payment.attempts, payment.leased_until = payment.attempts + 1, now + LEASE
        Payment.objects.bulk_update(leased, ["attempts", "leased_until"])
    return leased


def _ask(provider: Provider, payment: Payment) -> tuple[str, Exception | None]:
    journal = payment.journal
    assert journal.payable is not None
    if not journal.payable.authorisation:
        return "", ProviderRefuses("the order came without the provider's id of its payment")
    wanted = Instruction(
        key=payment.public_id,
        deed=_DEEDS[journal.kind],
        authorisation=journal.payable.authorisation,
        amount_minor=journal.amount_minor,
        final=_is_final(payment),
    )
    try:
        return provider.carry_out(wanted), None
    except (ProviderDown, ProviderRefuses) as error:
        return "", error


def _is_final(payment: Payment) -> bool:
    """Whether nothing more will be taken from the buyer after this."""
    journal = payment.journal
    assert journal.payable is not None
    later = Payment.objects.filter(journal__payable=journal.payable, journal__kind=Journal.Kind.CAPTURE)
    waiting = later.filter(journal__gt=journal).exclude(state=State.DONE)
    return not journal.payable.open_minor and not waiting.exists()


def _settle(payment: Payment, reference: str, error: Exception | None, chance: random.Random, now: datetime) -> None:
    if error is None:
        outcome: dict[str, object] = {"state": State.DONE, "settled_at": now, "reference": reference, "error": ""}
    elif isinstance(error, ProviderRefuses) or payment.attempts >= RETRIES.attempts:
        outcome = {"state": State.FAILED, "error": str(error)[:200]}
    else:
        outcome = {"run_after": now + RETRIES.wait(payment.attempts, chance), "error": str(error)[:200]}
    with write():
        ours = Payment.objects.filter(pk=payment.pk, state=State.REQUESTED, attempts=payment.attempts)
        ours.update(leased_until=None, **outcome)
