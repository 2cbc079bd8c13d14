"""The messages as the second reader sees them while it learns: windows of tokens, and what each sentence breaks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from comity_policy.model import Context, Draft
from comity_policy.reader.model import opening
from comity_policy.reader.pieces import BEGIN, Pieces
from comity_policy.reader.windows import Window, windows
from comity_policy.reading import Reading
from comity_policy.text.fold import View
from training.encoder import Encoder
from training.learn import np
from training.messages import Labelled
from training.rows import VECTORS, broken

# Tokens of one window; pieces that are kept of the encoder's 250,000.
LONGEST, VOCABULARY = 192, 19_000


@dataclass(frozen=True)
class Passage:
    """One window of a message, the rules that each of its sentences breaks, and whether the message breaks one."""

    window: Window
    broken: tuple[frozenset[str], ...]
    anywhere: bool


@dataclass(frozen=True)
class Vocabulary:
    """The pieces that are kept: their numbers in the encoder, names and scores, and which of them stand for what."""

    kept: list[int]
    names: list[str]
    scores: list[float]
    begin: int
    end: int
    unknown: int

    def pieces(self) -> Pieces:
        return Pieces(self.names, self.scores, self.unknown)


def vocabulary(base: Encoder, texts: Sequence[Labelled]) -> Vocabulary:
    """Return single letters, and what the messages and the words with vectors are most often made of."""
    pieces = Pieces(base.pieces, base.scores, base.unknown)
    used = Counter(number for text in texts for number in pieces.cut(view_of(text).text))
    known = Counter(number for word in np.load(VECTORS)["words"].tolist() for number in pieces.cut(word))
    single = {at for at, piece in enumerate(base.pieces) if len(piece.lstrip(BEGIN)) == 1 and piece[-1].isascii()}
    special = [base.begin, base.end, base.unknown]
    order = sorted(
        {*used, *known, *single} - {*special}, key=lambda at: (at in single, used[at], known[at], -at), reverse=True
    )
    kept = sorted([*special, *order[: VOCABULARY - len(special)]])
    number = {at: place for place, at in enumerate(kept)}
    names = [base.pieces[at] for at in kept]
    return Vocabulary(kept, names, [round(base.scores[at], 3) for at in kept], *(number[at] for at in special))


def view_of(text: Labelled) -> View:
    """Return the text as both readers of sense see it."""
    return Reading(Draft(text.text, text.role, text.purpose), Context()).words  # type: ignore[arg-type]


def passages(text: Labelled, known: Vocabulary, pieces: Pieces) -> Iterator[Passage]:
    """Yield the windows of one message."""
    view = view_of(text)
    before = [known.begin, *pieces.cut(opening(text.role, text.purpose))]  # type: ignore[arg-type]
    for window in windows(view.text, pieces, before=before, end=known.end, longest=LONGEST):
        rules = tuple(broken(text, *view.span(*span)) for span in window.spans)
        yield Passage(window, rules, any(rules))
