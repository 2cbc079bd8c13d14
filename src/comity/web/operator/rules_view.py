"""What the pages of the rules show."""

from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from comity.accounts.models import Marketplace
from comity.accounts.profiles import profile_in_force
from comity.messaging.selectors.outreach import purpose_named
from comity.messaging.selectors.rule_record import RuleRecord, records_by_form, rule_records
from comity.screening.selectors import Consequence, RuleInForce, rules_in_force
from comity.screening.services import rulebook_in_force
from comity_policy.model import Outcome

RECORD_DAYS = 30
_FEWEST = 10  # rulings from which on a share is told
GROUPS = {
    "block": ("Block", "The message is not sent; its author sees why."),
    "hold": ("Hold", "A person reads it before it is delivered."),
    "warn": ("Warn", "Its author reads a note, and may send it all the same."),
    "trial": ("On trial", "Nothing follows and nobody is told; it is only counted."),
}
OUTCOMES = {"block": "blocked", "hold": "held", "warn": "warned", "deliver": "nothing"}


def rules_page(marketplace: Marketplace, now: datetime) -> dict[str, Any]:
    """Every rule in its group, each with what became of what it found. Two queries, however many there are."""
    records = rule_records(marketplace, now - timedelta(days=RECORD_DAYS))
    rules = [_row(rule, records.get(rule.id, RuleRecord())) for rule in rules_in_force(marketplace, now)]
    groups = groupby(rules, key=lambda row: row["rule"].group)
    return {
        "rulebook": rulebook_in_force(marketplace, now),
        "days": RECORD_DAYS,
        "own": rulebook_in_force(marketplace, now).extends,
        "groups": [{"key": key, "label": GROUPS[key], "rows": list(of)} for key, of in groups],
    }


def rule_page(marketplace: Marketplace, rule: RuleInForce, now: datetime) -> dict[str, Any]:
    """One rule in full. Three queries."""
    since = now - timedelta(days=RECORD_DAYS)
    record = rule_records(marketplace, since).get(rule.id, RuleRecord())
    by_form = records_by_form(marketplace, rule.id, since).items()
    return {
        **_row(rule, record),
        "rulebook": rulebook_in_force(marketplace, now),
        "days": RECORD_DAYS,
        "group": GROUPS[rule.group],
        "lines": [_line(one) for one in rule.consequences],
        "by_form": [
            _part(marketplace, rule, *key, one, now)
            for key, one in sorted(by_form, key=lambda row: (-row[1].ruled, row[0]))
        ],
    }


def _row(rule: RuleInForce, record: RuleRecord) -> dict[str, Any]:
    return {
        "rule": rule,
        "source": ", ".join(rule.source),
        "seller": _most({one.seller for one in rule.consequences}),
        "buyer": _most({one.buyer for one in rule.consequences}),
        "record": record,
        "right": _right(record),
    }


def _right(record: RuleRecord) -> str:
    """The share that was upheld, with the number of rulings that it rests on; no share of a few."""
    if record.precision is None:
        return ""
    share = f"{round(100 * record.precision)} %" if record.ruled >= _FEWEST else "too few"
    return f"{share} (n {record.ruled})"


def _part(
    marketplace: Marketplace, rule: RuleInForce, form: str, purpose: str, record: RuleRecord, now: datetime
) -> dict[str, Any]:
    told = next((one.told for one in rule.consequences if one.form == form), form.replace("_", " "))
    named = purpose_named(profile_in_force(marketplace, now), purpose)
    label = named.label if named else purpose_words(purpose)
    return {
        "told": told or "In a form that is not on record",
        "purpose": label,
        "record": record,
        "right": _right(record),
    }


def purpose_words(purpose: str) -> str:
    """A purpose of the rules, or one of the marketplace's own without a label, in words."""
    return purpose.replace("_", " ")


def _line(one: Consequence) -> dict[str, str]:
    purpose = purpose_words(one.purpose)
    return {"told": one.told, "purpose": purpose, "seller": OUTCOMES[one.seller], "buyer": OUTCOMES[one.buyer]}


def _most(outcomes: set[str]) -> str:
    """What may follow, the strictest first: “blocked or held”."""
    follows = sorted((Outcome(one) for one in outcomes - {"deliver"}), reverse=True)
    words = [OUTCOMES[one] for one in follows] or [OUTCOMES["deliver"]]
    return " or ".join([", ".join(words[:-1]), words[-1]] if words[1:] else words)
