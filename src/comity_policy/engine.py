"""``check``: from a draft, its context and a rulebook to a verdict. No clock, no input or output, no state."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

import re2

from comity_policy.model import Context, Draft, Finding, Outcome, Rule, Span, Verdict, input_digest, worst
from comity_policy.reading import Reading
from comity_policy.rulebook import Entry, Rulebook
from comity_policy.text.graphemes import widen
from comity_policy.text.patterns import options

# Raised whenever the same draft, context and rulebook may lead to another verdict.
ENGINE_VERSION = "1"

_UNCHECKED = "This rule could not be checked, so the message waits for a person."
_WAIT = "Nothing needs to be changed. A person will look at it."


def check(draft: Draft, context: Context, rulebook: Rulebook) -> Verdict:
    """Return what ``rulebook`` says about ``draft``.

    An error inside a rule never lets a draft through: the rule is listed in ``failed`` and the outcome is at
    least ``hold``. A rule that needs a fact which ``context`` does not know does not fire, and one on trial
    changes nothing, whatever it finds and even if it fails.
    """
    reading = Reading(draft, context)
    entries = [entry for entry in rulebook.entries if _is_asked(entry, draft, context)]
    found: list[Finding] = []
    tried: list[Finding] = []
    unchecked: list[Finding] = []
    for entry in _awake(entries, reading, rulebook):
        try:
            (tried if entry.trial else found).extend(_findings(entry, reading))
        except Exception:  # noqa: BLE001 - whatever goes wrong in a rule holds the draft
            if not entry.trial:
                unchecked.append(_unchecked(entry.rule, draft))
    rules = {entry.rule.id: entry.rule for entry in entries}
    resolved = _resolve(found, rules, len(draft.text))
    findings = (*unchecked, *resolved)
    return Verdict(
        outcome=worst(finding.outcome for finding in findings),
        findings=findings,
        rulebook=rulebook.digest,
        engine=ENGINE_VERSION,
        input=input_digest(draft, context),
        failed=tuple(finding.rule for finding in unchecked),
        trials=tuple(_resolve(tried, rules, len(draft.text))) if tried else (),
    )


def _is_asked(entry: Entry, draft: Draft, context: Context) -> bool:
    known = all(getattr(context, fact) is not None for fact in entry.rule.needs)
    return known and entry.applies_to(draft.role, draft.purpose)


def _awake(entries: list[Entry], reading: Reading, rulebook: Rulebook) -> list[Entry]:
    """Return the entries whose gate fires; all of them when the gate itself fails."""
    try:
        fired = gate(tuple(entry.rule for entry in rulebook.entries)).fired(reading)
    except Exception:  # noqa: BLE001 - an unreadable text is for the rules to fail on, not to pass
        return entries
    return [entry for entry in entries if entry.rule.id in fired]


class Gate:
    """One pass over the text that says which rules are worth running.

    A set that runs out of memory answers as one that matched nothing. The first pattern matches every text, so
    that its absence tells the two apart.
    """

    def __init__(self, rules: tuple[Rule, ...]) -> None:
        self._set = re2.Set.SearchSet(options())  # type: ignore[no-untyped-call]
        self._set.Add("^")
        self._owners = ["", *(rule.id for rule in rules for pattern in rule.gate if self._set.Add(pattern))]
        self._always = {rule.id for rule in rules if not rule.gate}
        self._set.Compile()

    def fired(self, reading: Reading) -> set[str]:
        """Return the ids of the rules whose gate matches the folded text or its plain words.

        Raises ``MemoryError`` when the gate could not read the text.
        """
        hits = self._hits(reading.folded.text)
        if reading.words is not reading.folded:
            hits |= self._hits(reading.words.text)
        return self._always.union(self._owners[hit] for hit in hits)

    def _hits(self, text: str) -> set[int]:
        hits = set(self._set.Match(text) or ())
        if 0 not in hits:
            raise MemoryError("The gate could not read the text.")
        return hits


@lru_cache(maxsize=16)
def gate(rules: tuple[Rule, ...]) -> Gate:
    """Return the gate over ``rules``, built once."""
    return Gate(rules)


def _findings(entry: Entry, reading: Reading) -> Iterator[Finding]:
    draft = reading.draft
    for span in entry.rule.find(reading, entry.parameters):
        outcome = entry.outcome(span.form, draft.role, draft.purpose)
        start, end = widen(draft.text, span.start, span.end)
        if outcome > Outcome.DELIVER and not reading.is_known(start, end):
            yield _finding(entry.rule, Span(start, end, span.form), outcome)


def _finding(rule: Rule, span: Span, outcome: Outcome) -> Finding:
    return Finding(rule.id, span.start, span.end, outcome, rule.reason(span.form), rule.advice)


def _unchecked(rule: Rule, draft: Draft) -> Finding:
    return Finding(rule.id, 0, len(draft.text), Outcome.HOLD, _UNCHECKED, _WAIT)


def _resolve(found: list[Finding], rules: dict[str, Rule], length: int) -> list[Finding]:
    """Return the findings in reading order, each stretch told once by the rule that knows it best.

    A finding gives way only to one that is at least as strict, so nothing is let through here. Each rule's
    stretches are kept as one byte a character (the outcome's rank), so that cost grows with the text alone.
    """
    told: dict[str, bytearray] = {}
    kept: list[Finding] = []
    for finding in sorted(found, key=lambda one: (-one.outcome.rank, one.start - one.end, one.start)):
        ranks = told.setdefault(finding.rule, bytearray(length))
        if not any(ranks[finding.start : finding.end]):
            ranks[finding.start : finding.end] = bytes([finding.outcome.rank]) * (finding.end - finding.start)
            kept.append(finding)
    kept = [one for one in kept if not _is_outdone(one, told, rules[one.rule].yields_to)]
    return sorted(kept, key=lambda one: (one.start, one.end, one.rule))


def _is_outdone(finding: Finding, told: dict[str, bytearray], yields_to: frozenset[str]) -> bool:
    stretch = slice(finding.start, finding.end)
    return any(max(told[rule][stretch], default=0) >= finding.outcome.rank for rule in yields_to & told.keys())
