"""How good the meaning model is on messages of files it was not trained on, and how sure it must be therefore."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from comity_policy.meaning.model import Meant, Model
from comity_policy.model import Context, Draft
from comity_policy.reading import Reading
from training.messages import INNOCENT, Labelled
from training.rows import Rows
from training.train import packed

# Of the innocent messages of a held-out file, how many may have a finding; and of a rule's findings, how many
# must touch marked words.
ALARMS, PRECISION = 0.02, 0.8
# How sure each rule must be at least: chosen together, so that as many paraphrases of held-out files as possible are
# found while of service chats, questions about products and sellers' answers at most 0.3 % have a finding. Of those
# texts, which are not in the repository, only these numbers were taken.
STRICTER = {
    "conduct.abuse": 0.58,
    "conduct.hostile": 0.52,
    "conduct.threat": 0.66,
    "contact.email": 0.80,
    "contact.handle": 0.62,
    "contact.phone": 0.70,
    "divert.off_platform": 0.56,
    "feedback.removal": 0.62,
    "link.external": 0.50,
    "link.opt_out": 0.70,
    "marketing.promotion": 0.66,
    "payment.off_platform": 0.58,
    "privacy.sensitive": 0.60,
    "review.biased": 0.52,
    "review.change": 0.52,
    "review.extortion": 0.62,
    "review.incentive": 0.54,
}
_NEVER = 2.0


@dataclass(frozen=True)
class Judged:
    """One message of a held-out file, and what the model thinks of its sentences, whatever its certainty."""

    message: Labelled
    meant: tuple[Meant, ...]

    def is_right(self, one: Meant) -> bool:
        return any(min(one.end, end) > max(one.start, start) for _, start, end in self.message.violations)


@dataclass
class Figures:
    """What was measured on held-out files, and the thresholds that follow."""

    judged: list[Judged]
    thresholds: Mapping[str, float] = field(default_factory=dict)

    def found(self, one: Judged) -> list[Meant]:
        return [meant for meant in one.meant if meant.certainty >= self.thresholds.get(meant.rule, _NEVER)]

    def alarms(self) -> float:
        """Return the share of innocent messages with a finding."""
        innocent = [one for one in self.judged if one.message.style in INNOCENT]
        return sum(bool(self.found(one)) for one in innocent) / len(innocent)

    def table(self) -> str:
        """Return the figures by rule as a table in Markdown."""
        right: dict[str, int] = defaultdict(int)
        wrong: dict[str, int] = defaultdict(int)
        marks: dict[tuple[str, str], int] = defaultdict(int)
        hits: dict[tuple[str, str], int] = defaultdict(int)
        for one in self.judged:
            found = self.found(one)
            for meant in found:
                (right if one.is_right(meant) else wrong)[meant.rule] += 1
            for rule, start, end in one.message.violations:
                style = one.message.style
                marks[rule, style] += 1
                hits[rule, style] += any(min(end, meant.end) > max(start, meant.start) for meant in found)
        rules = sorted({rule for rule, _ in marks})
        styles = ("paraphrase", "plain", "mixed", "obfuscated")
        lines = [
            f"| rule | sure from | precision | {' | '.join(styles)} |",
            "| --- | --- | --- | " + "--- | " * len(styles),
        ]
        for rule in rules:
            cells = [_share(hits[rule, style], marks[rule, style]) for style in styles]
            sure = f"{self.thresholds.get(rule, _NEVER):.2f}"
            lines.append(
                f"| {rule} | {sure} | {_share(right[rule], right[rule] + wrong[rule])} | {' | '.join(cells)} |"
            )
        total = " | ".join(_share(_sum(hits, style), _sum(marks, style)) for style in styles)
        precision = _share(sum(right.values()), sum(right.values()) + sum(wrong.values()))
        lines.append(f"| all | | {precision} | {total} |")
        return "\n".join(lines) + f"\n\nInnocent messages with a finding: {self.alarms():.1%}"


def _sum(counts: Mapping[tuple[str, str], int], wanted: str) -> int:
    return sum(count for (_, style), count in counts.items() if style == wanted)


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.2f} ({whole})" if whole else "-"


# Files by the same author, or of the same kind, are held out together; each line is one fold.
_FOLDS = (
    ("corpus_buyers", "corpus_paraphrase"),
    ("corpus_sellers", "corpus_disguised", "corpus_multilingual"),
    ("corpus_reviews", "corpus_messages", "corpus_everyday"),
    ("sellers_en", "dry_sellers"),
    ("buyers_en", "contacts_en", "everyday_en", "community_en", "hidden_en", "dry_buyers"),
)
_BLOCK = 40


def fold_of(message: Labelled) -> int:
    """Return the number of the fold of a message: by its file; those of further files by blocks of lines."""
    name, _, line = message.where.partition(".txt:")
    stem = name.rpartition("_")[0]
    for at, fold in enumerate(_FOLDS):
        if stem in fold or name in fold:
            return at
    return len(_FOLDS) + int(line) // _BLOCK % 2


def judged(texts: Sequence[Labelled]) -> Iterator[Judged]:
    """Yield every message as a model judges it that was trained without any message of its fold."""
    rows = Rows(texts)
    folds = [fold_of(text) for text in texts]
    for fold in sorted(set(folds)):
        model = Model(packed(rows.only([one != fold for one in folds]), {}))
        for text, one in zip(texts, folds, strict=True):
            if one == fold:
                yield Judged(text, tuple(read(model, text)))


def read(model: Model, text: Labelled) -> Iterator[Meant]:
    """Yield what ``model`` thinks of the sentences of ``text``, at the places of the original text."""
    reading = Reading(Draft(text.text, text.role, text.purpose), Context())  # type: ignore[arg-type]
    for one in model.judge(reading.sentences, text.role, text.purpose):  # type: ignore[arg-type]
        yield Meant(one.rule, *reading.words.span(one.start, one.end), one.certainty)


def measured(texts: Sequence[Labelled]) -> Figures:
    """Return the figures on held-out files, with the lowest thresholds that keep precision and alarms."""
    figures = Figures(list(judged(texts)))
    found = sorted(
        ((meant.certainty, meant.rule, one.is_right(meant)) for one in figures.judged for meant in one.meant),
        reverse=True,
    )
    precise = {
        rule: _precise([(sure, right) for sure, which, right in found if which == rule])
        for rule in {one[1] for one in found}
    }
    for percent in range(1, 100):
        figures.thresholds = {
            rule: max(sure, percent / 100, STRICTER.get(rule, 0.0)) for rule, sure in sorted(precise.items())
        }
        if figures.alarms() <= ALARMS:
            break
    return figures


def _precise(found: Sequence[tuple[float, bool]]) -> float:
    """Return the least certainty from which on the findings of one rule are precise enough."""
    least, right = _NEVER, 0
    for count, (sure, is_right) in enumerate(found, 1):
        right += is_right
        if right >= 3 and (right + 1) / (count + 1.5) >= PRECISION:
            least = round(sure, 3)
    return least
