"""How often each rule spoke, and what people made of it."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q

from comity.accounts.models import Marketplace
from comity.messaging.models import Finding, Ruling, TrialFinding
from comity_policy.model import Outcome

_FOR_A_PERSON = Q(outcome=Outcome.HOLD)
_UPHELD = Q(message__ruling__decision__in=[Ruling.Decision.RETURN, Ruling.Decision.BLOCK])
_OVERTURNED = Q(message__ruling__decision=Ruling.Decision.RELEASE)


@dataclass(frozen=True, slots=True)
class RuleRecord:
    """Messages in which a rule found something, and in which it would have while on trial (``tried``).

    Of those that it held for a person: how many were returned or blocked (``upheld``), how many released.
    """

    fired: int = 0
    upheld: int = 0
    overturned: int = 0
    tried: int = 0

    @property
    def ruled(self) -> int:
        """On how many of these messages people ruled."""
        return self.upheld + self.overturned

    @property
    def precision(self) -> float | None:
        """The share that was upheld of what people ruled on; None before the first ruling."""
        return self.upheld / self.ruled if self.ruled else None


def rule_records(marketplace: Marketplace, since: datetime) -> dict[str, RuleRecord]:
    """The record of each rule that found something in a message sent ``since`` then. Two queries.

    A message that two rules held counts for both: a ruling does not say which of them was right.
    """
    lately = {"message__conversation__marketplace": marketplace, "message__sent_at__gte": since}
    counted = (
        Finding.objects.filter(**lately)
        .order_by()
        .values("rule")
        .annotate(
            fired=Count("message", distinct=True),
            upheld=Count("message", distinct=True, filter=_FOR_A_PERSON & _UPHELD),
            overturned=Count("message", distinct=True, filter=_FOR_A_PERSON & _OVERTURNED),
        )
    )
    tried = TrialFinding.objects.filter(**lately).order_by().values("rule")
    trials = dict(tried.annotate(count=Count("message", distinct=True)).values_list("rule", "count"))
    rules = {rule: RuleRecord(tried=count) for rule, count in trials.items()}
    for rule, fired, upheld, overturned in counted.values_list("rule", "fired", "upheld", "overturned"):
        rules[rule] = RuleRecord(fired, upheld, overturned, trials.get(rule, 0))
    return rules


def records_by_form(marketplace: Marketplace, rule: str, since: datetime) -> dict[tuple[str, str], RuleRecord]:
    """What people ruled on messages sent ``since`` then that ``rule`` held, as {(form, purpose): record}. One query.

    ``purpose`` is what the message says, which a marketplace may name itself; findings older than forms have none.
    """
    held = Finding.objects.filter(
        _FOR_A_PERSON, _UPHELD | _OVERTURNED, rule=rule,
        message__conversation__marketplace=marketplace, message__sent_at__gte=since,
    )  # fmt: skip
    counted = held.order_by().values("form", "message__purpose")
    rows = counted.annotate(
        upheld=Count("message", distinct=True, filter=_UPHELD),
        overturned=Count("message", distinct=True, filter=_OVERTURNED),
    )
    return {
        (form, purpose): RuleRecord(upheld + overturned, upheld, overturned)
        for form, purpose, upheld, overturned in rows.values_list("form", "message__purpose", "upheld", "overturned")
    }
