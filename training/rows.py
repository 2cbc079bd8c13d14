"""The messages as rows of counts: sentences, their words and what the words are made of."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from comity_policy.meaning import features
from comity_policy.model import Context, Draft
from comity_policy.reading import Reading
from training.learn import Array, counts, np, often, sparse
from training.messages import Labelled

# A short sentence says little: lengths are counted as if there were so many words more.
SPREAD = 15
VECTORS = Path(__file__).with_name("vectors.npz")
# In how many sentences a feature must stand; and how much less features of a kind count than words do.
LEAST = {"words": 1, "pairs": 2, "skips": 3, "parts": 5}
SHARES = {"words": 1.0, "pairs": 1.0, "skips": 1.0, "parts": 0.3, "vectors": 0.5, "around": 0.3}
WHOLE_SHARES = {"words": 0.7, "pairs": 0.7, "parts": 0.2, "vectors": 0.3}


# Who writes on the other side, and why.
_OTHER_SIDES = {"buyer": ("seller", "reply"), "seller": ("buyer", "inquiry")}


@dataclass(frozen=True)
class Sentence:
    """One sentence of a message, as the model sees it, and the rules that its marked words break."""

    message: int
    words: list[str]
    around: tuple[str, ...]
    start: int
    end: int
    rules: frozenset[str]

    @property
    def role(self) -> str:
        return self.around[1]

    @property
    def other_side(self) -> Sentence:
        """The same sentence, as the other side of a conversation would write it."""
        other, purpose = _OTHER_SIDES[self.role]
        where = (name.replace(self.role, other) for name in self.around[3:])
        return replace(self, around=("always", other, purpose, *where))


def sentences_of(message: Labelled, number: int) -> list[Sentence]:
    """Return the sentences of one message; offsets are those of its original text."""
    reading = Reading(Draft(message.text, message.role, message.purpose), Context())  # type: ignore[arg-type]
    view = reading.words
    read = [
        ([word.decode() for word in words], *view.span(one.start, one.end))
        for one in reading.sentences
        if (words := features.tokens(one))
    ]
    found = []
    for index, (said, start, end) in enumerate(read):
        where = (f"{message.role} {what}" for what in features.place(index, len(read)))
        around = ("always", message.role, message.purpose, *where)
        found.append(Sentence(number, said, around, start, end, broken(message, start, end)))
    return found


def broken(message: Labelled, start: int, end: int) -> frozenset[str]:
    """Return the rules of marks that lie at least half in ``start``..``end`` or fill half of it."""
    return frozenset(
        rule
        for rule, first, last in message.violations
        if min(end, last) - max(start, first) >= 0.5 * min(last - first, end - start)
    )


def vectors(words: Sequence[str]) -> Array:
    """Return what each word is near to, one row a word; nothing for a word without a vector."""
    stored = np.load(VECTORS)
    place = {word: at for at, word in enumerate(stored["words"].tolist())}
    table = np.vstack([stored["vectors"].astype(float) / 64, np.zeros((1, stored["vectors"].shape[1]))])
    return table[[place.get(word, -1) for word in words]]


class Rows:
    """All sentences of all messages, and matrices of what they hold.

    What is innocent from one side is so from the other: sentences of a message without violations stand here twice.
    ``names``: the features of each kind. ``own``: rows are sentences. ``whole``: rows are messages.
    """

    def __init__(self, texts: Sequence[Labelled]) -> None:
        self.sentences = [one for number, text in enumerate(texts) for one in sentences_of(text, number)]
        self.owners = np.array([one.message for one in self.sentences])
        lengths = np.array([len(one.words) for one in self.sentences], dtype=float)
        together = np.bincount(self.owners, lengths, minlength=len(texts)) + SPREAD
        root = np.sqrt(lengths + SPREAD)
        seen: dict[str, list[str]] = {}
        lists: dict[str, list[list[Any]]] = {
            "words": [one.words for one in self.sentences],
            "pairs": [list(features.pairs(one.words)) for one in self.sentences],
            "skips": [list(features.skips(one.words)) for one in self.sentences],
            "parts": [[part for word in one.words for part in _parts(word, seen)] for one in self.sentences],
        }
        self.names: dict[str, list[Any]] = {kind: often(rows, LEAST[kind]) for kind, rows in lists.items()}
        self.own = {kind: counts(rows, 1 / root, self.names[kind]) for kind, rows in lists.items()}
        join = sparse.csr_matrix((root, (self.owners, np.arange(len(root)))), (len(texts), len(root)))
        shrink = sparse.diags(1 / np.sqrt(together)) @ join
        self.whole = {kind: shrink @ matrix for kind, matrix in self.own.items() if kind in WHOLE_SHARES}
        self.vectors = vectors(self.names["words"])
        self.own["vectors"] = sparse.csr_matrix(self.own["words"] @ self.vectors)
        self.whole["vectors"] = sparse.csr_matrix(self.whole["words"] @ self.vectors)
        self._add_other_sides([not text.violations for text in texts])
        around = [one.around for one in self.sentences]
        self.names["around"] = often(around, 1)
        self.own["around"] = counts(around, np.ones(len(around)), self.names["around"])

    def _add_other_sides(self, innocent: Sequence[bool]) -> None:
        ats = [at for at, one in enumerate(self.sentences) if innocent[one.message]]
        self.sentences += [self.sentences[at].other_side for at in ats]
        self.owners = np.concatenate([self.owners, self.owners[ats]])
        self.own = {kind: sparse.vstack([matrix, matrix[ats]]).tocsr() for kind, matrix in self.own.items()}

    def only(self, messages: Sequence[bool]) -> Rows:
        """Return the rows of the sentences of some messages; the names and the wholes stay those of all."""
        ats = np.flatnonzero(np.array(messages)[self.owners])
        found = copy(self)
        found.sentences = [self.sentences[at] for at in ats.tolist()]
        found.owners = self.owners[ats]
        found.own = {kind: matrix[ats] for kind, matrix in self.own.items()}
        return found


def _parts(word: str, seen: dict[str, list[str]]) -> list[str]:
    if word not in seen:
        seen[word] = features.parts(word)
    return seen[word]
