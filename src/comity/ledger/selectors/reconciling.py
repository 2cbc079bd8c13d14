"""Whether the books are what they must be: by themselves, against each order's sums, against the payment provider."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import BigIntegerField, F, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce

from comity.common.import_values import major
from comity.integrations.payment import Provider, ProviderDown, ProviderRefuses
from comity.ledger.models import Dispute, Entry, Journal, Payable, Payment
from comity.ledger.services.books import GIVEN_AGAIN, SUMS_OF

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
    yield from _unbooked()
    yield from _given_up()
    yield from _reimbursed_to_nobody()


def differences_with(provider: Provider, *, since: datetime) -> Iterator[Difference]:
    """Where the provider's books and ours differ, of orders with a payment settled ``since`` then."""
    recent = Payment.objects.filter(provider=provider.name, settled_at__gte=since)
    about = Payable.objects.filter(pk__in=recent.values("journal__payable")).exclude(authorisation="")
    for payable in about.order_by("pk").iterator(_ROUND):
        yield from _with_provider(payable, provider)


def _unbalanced() -> Iterator[Difference]:
    totals = Entry.objects.values_list("journal__currency").annotate(total=Sum("amount_minor")).exclude(total=0)
    for currency, total in totals.order_by("journal__currency"):
        yield Difference("books_not_zero", currency, f"All entries sum to {_money(total, currency)}, not to 0.", total)
    named = Entry.objects.values_list("journal__public_id", "journal__currency")
    crooked = named.annotate(total=Sum("amount_minor")).exclude(total=0)
    for journal, currency, total in crooked.order_by("journal__public_id").iterator(_ROUND):
        sentence = f"The entries of this journal sum to {_money(total, currency)}, not to 0."
        yield Difference("journal_not_zero", journal, sentence, total)


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
                said, booked_sum = _money(ours, one.currency), _money(theirs, one.currency)
                sentence = f"{column.removesuffix('_minor')} says {said}, its journals {booked_sum}."
                yield Difference("sums_differ", one.subject, sentence, ours, theirs)


def _unsettled(now: datetime) -> Iterator[Difference]:
    waiting = Payment.objects.exclude(state=Payment.State.DONE).select_related("journal__payable").order_by("pk")
    for payment in waiting.iterator(_ROUND):
        failed = payment.state == Payment.State.FAILED
        if failed or payment.requested_at < now - PATIENCE:
            journal = payment.journal
            assert journal.payable is not None
            said = f": {payment.error}" if payment.error else ""
            state = "has failed" if failed else "waits for over an hour"
            amount, order = _money(payment.amount_minor, journal.currency), journal.payable.subject
            sentence = f"The {journal.kind} of {amount} for {order} {state}{said}."
            code = "payment_failed" if failed else "payment_waiting"
            yield Difference(code, payment.public_id, sentence, payment.amount_minor)


def _unbooked() -> Iterator[Difference]:
    """What a buyer's bank took and gave again, and is not in our books."""
    taken, again = _booked(Journal.Kind.CHARGEBACK, Journal.Kind.LOSS), _booked(*GIVEN_AGAIN)
    rows = Dispute.objects.annotate(
        theirs=Coalesce("withdrawn_minor", 0) - Coalesce("reinstated_minor", 0),
        ours=Coalesce(taken, 0) - Coalesce(again, 0),
    )
    own = Q(currency="") & ~Q(theirs=F("ours"))
    other = ~Q(currency="") & (Q(translated_minor=None) | ~Q(translated_minor=F("ours")))
    for one in rows.filter(own | other).select_related("payable").order_by("pk").iterator(_ROUND):
        sentence = f"{_taken(one)} {_to_do(one)}"
        yield Difference("dispute_unbooked", one.payable.subject, sentence, one.ours, one.theirs)


def _taken(one: Any) -> str:
    """What the bank has by a dispute and what is booked of it."""
    currency = one.currency or one.payable.currency
    has, booked = _money(max(one.theirs, 0), currency), _money(one.ours, one.payable.currency)
    return f"The buyer's bank has {has} by the dispute {one.cause}; {booked} is booked."


def _to_do(one: Any) -> str:
    payable = one.payable
    if one.currency:
        amount = f"how much of the order's {payable.currency} that is now, and book it"
        return f"See at the provider {amount}: comity ledger dispute {payable.subject} {one.cause} AMOUNT."
    if one.withdrawn_minor is None:
        return "It gave again what it was never told to have taken: have the provider send its notice of that again."
    if payable.reserved_minor:
        return "A claim holds a part of the order's money: decide it, and the rest is booked."
    return "All disputes of the order take more than was captured: ask the provider, and have it send its notice again."


def _money(amount: int, currency: str) -> str:
    return f"{major(amount, currency):f} {currency}"


def _given_up() -> Iterator[Difference]:
    """What is not taken any more, less what is not given back any more, must be what was written off.

    What is not given back since the buyer is owed it otherwise counts against it.
    """
    given_up: Counter[tuple[str, str]] = Counter()
    about = ("journal__payable__subject", "journal__currency")
    payments = Payment.objects.exclude(given_up_minor=0).values_list(*about, "journal__kind")
    for subject, currency, kind, amount in payments.annotate(total=Sum("given_up_minor")):
        given_up[subject, currency] += amount if kind == Journal.Kind.CAPTURE else -amount
    written_off: Counter[tuple[str, str]] = Counter()
    kinds = (Journal.Kind.WRITE_OFF, Journal.Kind.OWED)
    rows = Journal.objects.filter(kind__in=kinds).values_list("payable__subject", "currency", "kind")
    for subject, currency, kind, total in rows.annotate(total=Sum("amount_minor")):
        written_off[subject, currency] += total if kind == Journal.Kind.WRITE_OFF else -total
    for subject, currency in sorted({*given_up, *written_off}):
        ours, theirs = written_off[subject, currency], given_up[subject, currency]
        if ours != theirs:
            amounts = _money(ours, currency), _money(theirs, currency)
            sentence = f"{amounts[0]} is written off or owed otherwise, but {amounts[1]} of its payments is given up."
            yield Difference("given_up_differs", subject, sentence, ours, theirs)


def _reimbursed_to_nobody() -> Iterator[Difference]:
    """What the marketplace does not give any more, and the buyer is not owed otherwise, it has back from the seller."""
    kinds, about = Journal.Kind, ("journal__payable__subject", "journal__currency")
    reimbursements = Payment.objects.filter(journal__kind=kinds.REIMBURSEMENT)
    given_up = reimbursements.exclude(given_up_minor=0).values_list(*about).annotate(total=Sum("given_up_minor"))
    theirs = Counter({(subject, currency): total for subject, currency, total in given_up})
    owed = Journal.objects.filter(kind=kinds.OWED, cause__in=reimbursements.values("public_id"))
    for subject, currency, total in owed.values_list("payable__subject", "currency").annotate(
        total=Sum("amount_minor")
    ):
        theirs[subject, currency] -= total
    back = Entry.objects.filter(journal__kind=kinds.WRITE_OFF, account=Entry.Account.MARKETPLACE).values_list(*about)
    ours = Counter(
        {(subject, currency): total for subject, currency, total in back.annotate(total=-Sum("amount_minor"))}
    )
    for subject, currency in sorted({*ours, *theirs}):
        has, gave = ours[subject, currency], theirs[subject, currency]
        if has != gave:
            sentence = (
                f"The marketplace does not give {_money(gave, currency)} any more, and has {_money(has, currency)}"
            )
            yield Difference("given_up_differs", subject, f"{sentence} of it back from the seller.", has, gave)


def _booked(*kinds: str) -> Subquery:
    of_dispute = Journal.objects.filter(payable=OuterRef("payable"), cause=OuterRef("cause"), kind__in=kinds)
    total = of_dispute.order_by().values("cause").annotate(total=Sum("amount_minor")).values("total")
    return Subquery(total, output_field=BigIntegerField())


def _with_provider(payable: Payable, provider: Provider) -> Iterator[Difference]:
    try:
        standing = provider.standing(payable.authorisation)
    except (ProviderDown, ProviderRefuses) as error:
        sentence = f"{provider.name} does not tell what it knows: {error}."
        yield Difference("provider_silent", payable.subject, sentence)
        return
    if standing is None:
        return
    if standing.currency not in ("", payable.currency):
        sentence = f"Our books count in {payable.currency}, {provider.name} in {standing.currency}."
        yield Difference("currency_differs", payable.subject, sentence)
        return
    done = Payment.objects.filter(journal__payable=payable, state=Payment.State.DONE)
    amounts: Counter[str] = Counter()
    for payment in done.select_related("journal"):
        kind = payment.journal.kind
        amounts["refunded" if kind in _GIVEN else kind] += payment.amount_minor
    pairs = (("captured", amounts["capture"], standing.captured_minor),)
    for name, ours, theirs in (*pairs, ("refunded", amounts["refunded"], standing.refunded_minor)):
        if ours != theirs:
            said, known = _money(ours, payable.currency), _money(theirs, payable.currency)
            sentence = f"Our books say {said} {name}, {provider.name} says {known}."
            yield Difference("provider_differs", payable.subject, sentence, ours, theirs)
