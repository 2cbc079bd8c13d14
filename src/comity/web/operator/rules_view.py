"""What the pages of the rules show."""

from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from comity.accounts.models import Marketplace
from comity.messaging.selectors.rule_record import RuleRecord, rule_records
from comity.screening.selectors import Consequence, RuleInForce, rules_in_force
from comity.screening.services import rulebook_in_force
from comity_policy.model import Outcome

RECORD_DAYS = 30
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
    """One rule in full. Two queries."""
    record = rule_records(marketplace, now - timedelta(days=RECORD_DAYS)).get(rule.id, RuleRecord())
    return {
        **_row(rule, record),
        "rulebook": rulebook_in_force(marketplace, now),
        "days": RECORD_DAYS,
        "group": GROUPS[rule.group],
        "lines": [_line(one) for one in rule.consequences],
    }


def _row(rule: RuleInForce, record: RuleRecord) -> dict[str, Any]:
    return {
        "rule": rule,
        "source": ", ".join(rule.source),
        "seller": _most({one.seller for one in rule.consequences}),
        "buyer": _most({one.buyer for one in rule.consequences}),
        "record": record,
        "right": f"{round(100 * record.precision)} %" if record.precision is not None else "",
    }


def _line(one: Consequence) -> dict[str, str]:
    purpose = one.purpose.replace("_", " ")
    return {"told": one.told, "purpose": purpose, "seller": OUTCOMES[one.seller], "buyer": OUTCOMES[one.buyer]}


def _most(outcomes: set[str]) -> str:
    """What may follow, the strictest first: “blocked or held”."""
    follows = sorted((Outcome(one) for one in outcomes - {"deliver"}), reverse=True)
    words = [OUTCOMES[one] for one in follows] or [OUTCOMES["deliver"]]
    return " or ".join([", ".join(words[:-1]), words[-1]] if words[1:] else words)
