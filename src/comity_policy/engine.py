"""``check``: from a draft, its context and a rulebook to a verdict. No clock, no input or output, no state."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Protocol

from comity_policy.gate import Gate, gate
from comity_policy.meaning import Meant
from comity_policy.model import (
    CONTEXT_FACTS,
    MEANT,
    UNCHECKED,
    Context,
    Draft,
    Finding,
    Outcome,
    Purpose,
    Role,
    Rule,
    Span,
    Verdict,
    input_digest,
    worst,
)
from comity_policy.reading import Reading
from comity_policy.rulebook import Entry, Rulebook, load_rulebook
from comity_policy.text.graphemes import widen
from comity_policy.version import SOURCES

# Names every source that has a part in a verdict, the weights included.
ENGINE_VERSION = f"2+{SOURCES[:12]}"

# The same in fewer characters, where the digest of a second reader follows: together they have their place in a row.
_SHORT_VERSION = ENGINE_VERSION[:-4]

# Characters of one text; longer than any message, and a text of this length is checked within seconds.
LONGEST = 1_000_000

_NOTHING_KNOWN = Context()
_UNCHECKED = "This rule could not be checked, so the message waits for a person."
_WAIT = "Nothing needs to be changed. A person will look at it."


class TextTooLongError(ValueError):
    """A text is too long to be checked; the message says how long it may be."""


class SecondReader(Protocol):
    """Reads the sense of sentences once more: ``comity_policy.reader``, or one of the caller's own."""

    @property
    def digest(self) -> str:
        """What tells this reader from others: the SHA-256 of its weights, in hex."""

    def read(self, text: str, role: Role, purpose: Purpose) -> Sequence[Meant]:
        """Return what sentences of ``text`` break, at its own offsets."""


def check(
    draft: Draft | str,
    context: Context | None = None,
    rulebook: Rulebook | None = None,
    *,
    role: Role = "seller",
    purpose: Purpose = "reply",
    reader: SecondReader | None = None,
) -> Verdict:
    """Return what ``rulebook`` says about ``draft``.

    A plain text is a draft by ``role`` for ``purpose``; without a context nothing is known about it, and without a
    rulebook the newest ``open-marketplace`` that comes with the engine applies. A ``reader`` adds what it finds, as a
    finding of the form "meant" that holds at most, where nothing as strict is found; its digest is then part of the
    verdict's engine version. Raises ``TextTooLongError`` for more than ``LONGEST`` characters.

    An error inside a rule never lets a draft through: the rule is listed in ``failed`` and the outcome is at
    least ``hold``. A rule that needs a fact which ``context`` does not know does not fire, and one on trial
    changes nothing, whatever it finds and even if it fails.
    """
    if isinstance(draft, str):
        draft = Draft(draft, role, purpose)
    if len(draft.text) > LONGEST:
        raise TextTooLongError(
            f"The text has {len(draft.text):,} characters; at most {LONGEST:,} are checked. Send it in parts."
        )
    return _check(draft, context or _NOTHING_KNOWN, rulebook or _default_rulebook(), reader)


@lru_cache(maxsize=1)
def _default_rulebook() -> Rulebook:
    return load_rulebook("open-marketplace", date.max)


def _check(draft: Draft, context: Context, rulebook: Rulebook, reader: SecondReader | None) -> Verdict:
    reading = Reading(draft, context)
    plan = _plan(rulebook, draft.role, draft.purpose)
    found: list[Finding] = []
    tried: list[Finding] = []
    unchecked: list[Finding] = []
    unknown = frozenset([fact for fact in CONTEXT_FACTS if getattr(context, fact) is None])
    for entry in _awake(plan, reading):
        if not unknown.isdisjoint(entry.rule.needs):
            continue
        try:
            (tried if entry.trial else found).extend(_findings(entry, reading))
        except Exception:  # noqa: BLE001 - whatever goes wrong in a rule holds the draft
            if not entry.trial:
                unchecked.append(_unchecked(entry.rule, draft))
    try:
        for senses, most in _senses(reading, reader):
            for entry, finding in _meant(plan, reading, senses, most, found, unknown):
                (tried if entry.trial else found).append(finding)
    except Exception:  # noqa: BLE001 - nobody knows what was meant, so a person reads it
        unchecked += [_unchecked(entry.rule, draft) for entry in plan.entries if _reads_sense(entry)]
    resolved = _resolve(found, plan.by_rule, len(draft.text)) if found else []
    findings = (*unchecked, *resolved)
    return Verdict(
        outcome=worst(finding.outcome for finding in findings),
        findings=findings,
        rulebook=rulebook.digest,
        engine=f"{_SHORT_VERSION}+{reader.digest[:8]}" if reader else ENGINE_VERSION,
        input=input_digest(draft, context),
        failed=tuple(finding.rule for finding in unchecked),
        trials=tuple(_resolve(tried, plan.by_rule, len(draft.text))) if tried else (),
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Plan:
    """What one rulebook asks of one role and purpose, worked out once: its gate, and the entries that may act."""

    rulebook: Rulebook
    gate: Gate | None
    entries: tuple[Entry, ...]
    by_rule: dict[str, Entry]


_plans: dict[tuple[int, Role, Purpose], _Plan] = {}
_MOST_PLANS = 256


def _plan(rulebook: Rulebook, role: Role, purpose: Purpose) -> _Plan:
    """Return the plan; a plan holds its rulebook, so that no other can take the same place in memory."""
    key = (id(rulebook), role, purpose)
    plan = _plans.get(key)
    if plan is None:
        entries = tuple(entry for entry in rulebook.entries if entry.applies_to(role, purpose))
        try:
            fires = gate(tuple(entry.rule for entry in rulebook.entries))
        except Exception:  # noqa: BLE001 - without a gate every rule runs
            fires = None
        plan = _Plan(rulebook, fires, entries, {entry.rule.id: entry for entry in entries})
        if len(_plans) >= _MOST_PLANS:
            _plans.clear()
        _plans[key] = plan
    return plan


def _awake(plan: _Plan, reading: Reading) -> Iterable[Entry]:
    """Return the entries that are worth running; all of them when the gate itself fails."""
    if plan.gate is None:
        return plan.entries
    try:
        awake = plan.gate.awake(reading)
    except Exception:  # noqa: BLE001 - an unreadable text is for the rules to fail on, not to pass
        return plan.entries
    reading.live, reading.gated = awake.phrases, plan.gate.phrases
    return [plan.by_rule[rule] for rule in sorted(awake.rules) if rule in plan.by_rule]


def _findings(entry: Entry, reading: Reading) -> Iterator[Finding]:
    draft = reading.draft
    for span in entry.rule.find(reading, entry.parameters):
        outcome = entry.outcome(span.form, draft.role, draft.purpose)
        start, end = widen(draft.text, span.start, span.end)
        if outcome > Outcome.DELIVER and not reading.is_known(start, end, sure=span.form == "plain"):
            yield _finding(entry.rule, Span(start, end, span.form, span.detail), outcome)


_Senses = Sequence[tuple[str, Span]]


def _senses(reading: Reading, reader: SecondReader | None) -> Iterator[tuple[_Senses, Outcome]]:
    """Yield what each reader of sense makes of the text, and the most that may follow from it."""
    yield reading.meant, Outcome.BLOCK
    if reader is not None:
        draft = reading.draft
        again = reader.read(draft.text, draft.role, draft.purpose)
        spans = [(one.rule, Span(one.start, one.end, MEANT)) for one in again]
        yield [(rule, span) for rule, span in spans if not reading.takes_id(rule, span)], Outcome.HOLD


def _meant(
    plan: _Plan, reading: Reading, senses: _Senses, most: Outcome, told: Iterable[Finding], unknown: frozenset[str]
) -> list[tuple[Entry, Finding]]:
    """Return what was understood from the sense of a sentence, but not where words have told as much.

    What a rule finds by its words goes first even where nothing follows: a rulebook may allow just that. So does
    what any rule has told by words of the sentence, if it is as strict.
    """
    meant = [
        (entry, span)
        for rule, span in senses
        if (entry := plan.by_rule.get(rule)) is not None and unknown.isdisjoint(entry.rule.needs)
    ]
    if not meant:
        return []
    length = len(reading.draft.text)
    strictest = bytearray(length)
    for one in sorted(told, key=lambda finding: finding.outcome.rank):
        strictest[one.start : one.end] = bytes([one.outcome.rank]) * (one.end - one.start)
    entries = {entry.rule.id: entry for entry, _ in meant}
    said = {rule: _said(entry, reading, length) for rule, entry in entries.items()}
    found = []
    for entry, span in meant:
        stretch = slice(span.start, span.end)
        outcome = min(entry.outcome(span.form, reading.draft.role, reading.draft.purpose), most)
        if (
            outcome > Outcome.DELIVER
            and not any(said[entry.rule.id][stretch])
            and max(strictest[stretch], default=0) < outcome.rank
        ):
            found.append((entry, _finding(entry.rule, span, outcome)))
    return found


def _said(entry: Entry, reading: Reading, length: int) -> bytearray:
    """Return a byte for each character, set where the rule finds something by its words; worked out once a text."""
    said = bytearray(length)
    for one in entry.rule.find(reading, entry.parameters):
        said[one.start : one.end] = b"\x01" * (one.end - one.start)
    return said


def _reads_sense(entry: Entry) -> bool:
    return MEANT in entry.outcomes and not entry.trial


def _finding(rule: Rule, span: Span, outcome: Outcome) -> Finding:
    reason = rule.reason(span.form, span.detail)
    return Finding(rule.id, span.start, span.end, outcome, reason, rule.advice, span.form, span.detail)


def _unchecked(rule: Rule, draft: Draft) -> Finding:
    return Finding(rule.id, 0, len(draft.text), Outcome.HOLD, _UNCHECKED, _WAIT, UNCHECKED)


def _resolve(found: list[Finding], entries: dict[str, Entry], length: int) -> list[Finding]:
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
    kept = [one for one in kept if not _is_outdone(one, told, entries[one.rule].rule.yields_to)]
    return sorted(kept, key=lambda one: (one.start, one.end, one.rule))


def _is_outdone(finding: Finding, told: dict[str, bytearray], yields_to: frozenset[str]) -> bool:
    stretch = slice(finding.start, finding.end)
    return any(max(told[rule][stretch], default=0) >= finding.outcome.rank for rule in yields_to & told.keys())
