"""Whether the books are what they must be: by themselves, against each order's sums, against the payment provider."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Sum

from comity.integrations.payment import Provider, ProviderDown, ProviderRefuses
from comity.ledger.models import Entry, Journal, Payable, Payment
from comity.ledger.services.books import SUMS_OF

PATIENCE = timedelta(hours=1)  # what the provider has not done by then is told
_ROUND = 1000
_GIVEN = frozenset({Journal.Kind.REFUND, Journal.Kind.REIMBURSEMENT})


@dataclass(frozen=True, slots=True)
class Difference:
    """Something that does not agree. ``subject``: an order, a journal, a payment or a currency; amounts minor units."""

    code: str
    subject: str
    sentence: str
    ours: int = 0
    theirs: int = 0


def differences(now: datetime) -> Iterator[Difference]:
    """All that can be seen without asking anybody, in bounded memory."""
    yield from _unbalanced()
    for payables in _in_rounds():
        yield from _wrong_sums(payables)
    yield from _unsettled(now)


def differences_with(provider: Provider, *, since: datetime) -> Iterator[Difference]:
    """Where the provider's books and ours differ, of orders with a payment settled ``since`` then."""
    recent = Payment.objects.filter(provider=provider.name, settled_at__gte=since)
    about = Payable.objects.filter(pk__in=recent.values("journal__payable")).exclude(authorisation="")
    for payable in about.order_by("pk").iterator(_ROUND):
        yield from _with_provider(payable, provider)


def _unbalanced() -> Iterator[Difference]:
    totals = Entry.objects.values_list("journal__currency").annotate(total=Sum("amount_minor")).exclude(total=0)
    for currency, total in totals.order_by("journal__currency"):
        yield Difference("books_not_zero", currency, f"All entries in {currency} sum to {total}, not to 0.", total)
    crooked = Entry.objects.values_list("journal__public_id").annotate(total=Sum("amount_minor")).exclude(total=0)
    for journal, total in crooked.order_by("journal__public_id").iterator(_ROUND):
        yield Difference("journal_not_zero", journal, f"The entries of this journal sum to {total}, not to 0.", total)


def _in_rounds() -> Iterator[Sequence[Payable]]:
    last = 0
    while payables := list(Payable.objects.filter(pk__gt=last).order_by("pk")[:_ROUND]):
        yield payables
        last = payables[-1].pk


def _wrong_sums(payables: Sequence[Payable]) -> Iterator[Difference]:
    booked: Counter[tuple[int, str]] = Counter()
    rows = Journal.objects.filter(payable__in=[one.pk for one in payables]).values_list("payable", "kind")
    for payable, kind, amount in rows.annotate(total=Sum("amount_minor")):
        if kind in SUMS_OF and payable is not None:
            column, sign = SUMS_OF[kind]
            booked[payable, column] += sign * amount
    for one in payables:
        for column in sorted({column for column, _ in SUMS_OF.values()}):
            if (ours := getattr(one, column)) != (theirs := booked[one.pk, column]):
                sentence = f"{column} says {ours}, its journals {theirs}."
                yield Difference("sums_differ", one.subject, sentence, ours, theirs)


def _unsettled(now: datetime) -> Iterator[Difference]:
    waiting = Payment.objects.exclude(state=Payment.State.DONE).select_related("journal__payable").order_by("pk")
    for payment in waiting.iterator(_ROUND):
        failed = payment.state == Payment.State.FAILED
        if failed or payment.requested_at < now - PATIENCE:
            journal = payment.journal
            said = f": {payment.error}" if payment.error else ""
            sentence = f"The {journal.kind} of {journal.amount_minor} {journal.currency} is {payment.state}{said}."
            code = "payment_failed" if failed else "payment_waiting"
            yield Difference(code, payment.public_id, sentence, journal.amount_minor)


def _with_provider(payable: Payable, provider: Provider) -> Iterator[Difference]:
    try:
        standing = provider.standing(payable.authorisation)
    except (ProviderDown, ProviderRefuses) as error:
        sentence = f"{provider.name} does not tell what it knows: {error}."
        yield Difference("provider_silent", payable.subject, sentence)
        return
    if standing is None:
        return
    done = Payment.objects.filter(journal__payable=payable, state=Payment.State.DONE)
    amounts: Counter[str] = Counter()
    for kind, amount in done.values_list("journal__kind", "journal__amount_minor"):
        amounts["refunded" if kind in _GIVEN else kind] += amount
    pairs = (("captured", amounts["capture"], standing.captured_minor),)
    for name, ours, theirs in (*pairs, ("refunded", amounts["refunded"], standing.refunded_minor)):
        if ours != theirs:
            sentence = f"Our books say {ours} {name}, {provider.name} says {theirs}."
            yield Difference("provider_differs", payable.subject, sentence, ours, theirs)
