"""What the rules say, in the reader's language: that of their account, else the marketplace's."""

from typing import Any

from comity.common import locales
from comity.web.templatetags.marking import value
from comity_policy.model import Finding, Outcome
from comity_policy.wording import Told, known_language, told


def readers_language() -> str:
    """The language in which the reader is told what the rules say, as two letters; English where they know no other."""
    return known_language(locales.readers().tag)


def told_to_reader(finding: Any) -> Told:
    """Reason and advice of ``finding``: the engine's, a stored one, or a dict with the same names."""
    form, detail = (value(finding, name) or "" for name in ("form", "detail"))
    reason, advice = value(finding, "reason"), value(finding, "advice")
    known = Finding(value(finding, "rule"), 0, 0, Outcome.DELIVER, reason, advice, form, detail)
    return told(known, readers_language())
