"""How good the second reader is on messages of files it was not trained on, beside the rules' own words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from comity_policy import Context, Draft, check, load_rulebook, reading
from comity_policy.meaning import Meant
from comity_policy.reader.model import Reader, sure_enough
from training.judge import Judged
from training.messages import INNOCENT, RULES, Labelled

# Of innocent messages, how many may have a finding by rules and reader together; the linear model has a few of its own.
ALARMS = 0.02
# How sure the reader must be of a sentence beside one that it is surer of.
BESIDE = 0.95
# A threshold is never less or more.
LEAST, SUREST = 0.4, 0.98
# Rules that see themselves in plain service talk and in what customers tell each other must be surer: found on texts
# that are not in the repository, of which only these numbers were taken (about one text in a thousand for each rule).
STRICTER = {
    "contact.email": 0.81,
    "contact.phone": 0.94,
    "contact.handle": 0.91,
    "link.external": 0.78,
    "divert.off_platform": 0.89,
    "payment.off_platform": 0.95,
    "marketing.promotion": 0.87,
    "review.incentive": 0.90,
    "review.biased": 0.69,
    "conduct.abuse": 0.74,
    "conduct.threat": 0.79,
    "privacy.sensitive": 0.91,
}
_BOOK = load_rulebook("open-marketplace", date.max)
_NO_IDS = Context(known_ids=frozenset())
_STYLES = ("plain", "obfuscated", "paraphrase", "mixed")


@dataclass(frozen=True)
class Told:
    """A reader that found this already."""

    found: Sequence[Meant]
    digest: str = ""

    def read(self, text: str, role: Any, purpose: Any) -> Sequence[Meant]:
        del text, role, purpose
        return self.found


@contextmanager
def by_words_alone() -> Iterator[None]:
    """Let the linear model, which may have seen the messages, find nothing meanwhile."""
    place: Any = reading
    shipped = place.shipped
    place.shipped = lambda: Told(())
    try:
        yield
    finally:
        place.shipped = shipped


def judged(reader: Reader, texts: Iterable[Labelled]) -> list[Judged]:
    """Return every message with what ``reader`` thinks of its sentences, however sure."""
    return [Judged(text, tuple(reader.judge(text.text, text.role, text.purpose))) for text in texts]  # type: ignore[arg-type]


@dataclass
class Together:
    """What rules and reader find together.

    ``touched`` and ``marked``: marked words by style, and by rule those of paraphrases.
    """

    touched: Counter[str] = field(default_factory=Counter)
    marked: Counter[str] = field(default_factory=Counter)
    right: int = 0
    findings: int = 0
    alarms: int = 0
    innocent: int = 0

    @property
    def precision(self) -> float:
        return self.right / max(1, self.findings)

    @property
    def alarm(self) -> float:
        """The share of innocent messages with a finding."""
        return self.alarms / max(1, self.innocent)

    def share(self, name: str) -> str:
        return f"{self.touched[name] / max(1, self.marked[name]):.1%}"

    def row(self, name: str) -> str:
        """Return the figures as one row of a table in Markdown."""
        shares = " | ".join(self.share(style) for style in _STYLES)
        return f"| {name} | {shares} | {self.precision:.1%} | {self.alarm:.1%} |"


def together(read: Sequence[Judged], sure: Mapping[str, float]) -> Together:
    """Return the figures of rules and reader where a finding of the reader counts from ``sure`` on."""
    figures = Together()
    with by_words_alone():
        for one in read:
            found = sure_enough(one.meant, sure, BESIDE)
            _count(figures, one.message, found)
    return figures


def _count(figures: Together, message: Labelled, found: Sequence[Meant]) -> None:
    draft = Draft(message.text, message.role, message.purpose)  # type: ignore[arg-type]
    told = check(draft, _NO_IDS, _BOOK, reader=Told(found)).findings
    for rule, start, end in message.violations:
        names = [message.style, *([rule] if message.style == "paraphrase" else [])]
        figures.marked.update(names)
        if any(each.start < end and start < each.end for each in told):
            figures.touched.update(names)
    marks = [(start, end) for _, start, end in message.violations]
    figures.right += sum(any(each.start < end and start < each.end for start, end in marks) for each in told)
    figures.findings += len(told)
    figures.innocent += message.style in INNOCENT
    figures.alarms += message.style in INNOCENT and bool(told)


def thresholds(read: Sequence[Judged]) -> dict[str, float]:
    """Return how sure the reader must be of each rule.

    Each rule is as precise as every other, and all of them no more precise than the alarms ask for.
    """
    low, high = 50, 99
    while low < high:
        middle = (low + high) // 2
        if together(read, at(read, middle / 100)).alarm <= ALARMS:
            high = middle
        else:
            low = middle + 1
    return at(read, low / 100)


def at(read: Sequence[Judged], precision: float) -> dict[str, float]:
    """Return for each rule the certainty from which on so many of the reader's findings touch marked words."""
    return {rule: _precise(read, rule, precision) for rule in RULES}


def _precise(read: Sequence[Judged], rule: str, precision: float) -> float:
    found = sorted(
        ((meant.certainty, one.is_right(meant)) for one in read for meant in one.meant if meant.rule == rule),
        reverse=True,
    )
    least, right = SUREST, 0
    for count, (sure, is_right) in enumerate(found, 1):
        right += is_right
        if right + 1 >= precision * (count + 2):
            least = sure
    return round(max(STRICTER.get(rule, LEAST), min(least, SUREST)), 2)


def halves(read: Sequence[Judged]) -> Together:
    """Return the figures where the thresholds of each half were set on the other half."""
    total = Together()
    for own, other in ((read[::2], read[1::2]), (read[1::2], read[::2])):
        sure = thresholds(other)
        with by_words_alone():
            for one in own:
                _count(total, one.message, sure_enough(one.meant, sure, BESIDE))
    return total


def card(read: Sequence[Judged], sure: Mapping[str, float]) -> str:
    """Return the figures for the model card: the curve, and paraphrases by rule."""
    head = f"| the reader's precision for each rule | {' | '.join(_STYLES)} | precision | innocent with a finding |"
    curve = [head, "| --- " * 7 + "|", together(read, {}).row("no reader")]
    curve += [together(read, at(read, share / 100)).row(f"{share}%") for share in (50, 60, 70, 80, 85, 90, 95)]
    chosen = together(read, sure)
    curve += [chosen.row("**as shipped**"), halves(read).row("the same, thresholds from the other half")]
    by_rule = ["| rule | sure from | paraphrases touched |", "| --- | --- | --- |"]
    by_rule += [f"| {rule} | {sure[rule]:.2f} | {chosen.share(rule)} ({chosen.marked[rule]}) |" for rule in RULES]
    return "\n".join([*curve, "", *by_rule])
