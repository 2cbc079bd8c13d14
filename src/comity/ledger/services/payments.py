"""Has the payment provider do what the books say: capture, let go, give back.

    requested -> done | requested (asked again later) | failed (refused for good, or asked often enough)

The attempt and its lease are committed before the provider is asked, its answer after. A process killed in between
leaves a lease that runs out; the provider is then asked with the same key, and one key has one effect. Of one order
nothing is asked before what was booked earlier is done.

A key has one effect for a day only. It is not used any longer than that, and is given up for another when the provider
has refused for good, or does not have it on its books: before a person has a failed payment asked for again, they are
looked at.
"""

import random
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

from django.conf import settings
from django.db import connection as database
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Sum

from comity.common.buggify import crash_point
from comity.common.errors import Refused
from comity.common.retries import Retries
from comity.common.transactions import write
from comity.integrations.payment import Book, Deed, Instruction, Provider, ProviderDown, ProviderRefuses
from comity.ledger.models import Journal, Payment

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
# It has definitely not happened. With the old key the provider would only repeat its old answer.
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
    if _is_done_there(payment, provider or provider_in_use()):
        outcome: dict[str, Any] = {"state": State.DONE, "settled_at": now}
    else:
        old = payment.keyed_at is not None and now - payment.keyed_at > KEY_LIFE
        outcome = {"state": State.REQUESTED, "attempts": 0, "run_after": now, **(_NEW_KEY if old else {})}
    with write():
        failed = Payment.objects.filter(pk=payment.pk, state=State.FAILED, round=payment.round)
        failed.update(leased_until=None, error="", **outcome)


def _is_done_there(payment: Payment, provider: Provider) -> bool:
    """Whether the provider's books hold this payment; to let go of an authorisation twice does no harm."""
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
    more = theirs - (done.aggregate(sum=Sum("amount_minor"))["sum"] or 0)
    if more and more < journal.amount_minor:
        sentence = f"{provider.name} has moved another amount than the books say; “comity ledger reconcile” shows it."
        raise Refused("payment", f"{sentence} Put that right there first.")
    return more > 0


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
            if payment.keyed_at is None:
                payment.keyed_at, payment.final = now, _is_final(payment)
        Payment.objects.bulk_update(leased, ["attempts", "leased_until", "keyed_at", "final"])
    return leased


def _ask(provider: Provider, payment: Payment, now: datetime) -> tuple[str, Exception | None]:
    journal = payment.journal
    assert journal.payable is not None
    assert payment.keyed_at is not None
    if not journal.payable.authorisation:
        return "", ProviderRefuses("the order came without the provider's id of its payment")
    if now - payment.keyed_at > KEY_LIFE:
        return "", _KeyTooOld("it was first asked for a day ago, and what came of it is not known")
    wanted = Instruction(
        key=payment.key,
        deed=_DEEDS[journal.kind],
        authorisation=journal.payable.authorisation,
        amount_minor=journal.amount_minor,
        final=bool(payment.final),
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
