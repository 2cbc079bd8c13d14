"""Comity's rule engine: pure, deterministic, usable alone."""

from comity_policy.engine import ENGINE_VERSION, LONGEST, TextTooLongError, check
from comity_policy.model import Context, Draft, Finding, Outcome, Rule, Span, Verdict, worst
from comity_policy.rulebook import Rulebook, RulebookError, load_rulebook, rulebook_by_digest
from comity_policy.wording import LANGUAGES, Told, told

__all__ = [
    "ENGINE_VERSION",
    "LANGUAGES",
    "LONGEST",
    "Context",
    "Draft",
    "Finding",
    "Outcome",
    "Rule",
    "Rulebook",
    "RulebookError",
    "Span",
    "TextTooLongError",
    "Told",
    "Verdict",
    "check",
    "load_rulebook",
    "rulebook_by_digest",
    "told",
    "worst",
]
