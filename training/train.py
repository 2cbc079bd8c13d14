"""Train the meaning model: `python -m training.train` reads the messages, writes weights, digest and figures.

The model card, with data, method and figures, is `training/README.md`.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import Any

from comity_policy.meaning import features
from comity_policy.meaning.model import Model
from comity_policy.meaning.packing import pack, width
from comity_policy.model import Context, Draft
from comity_policy.reading import Reading
from training.learn import Array, Counts, descend, np, often
from training.messages import RULES, Labelled, messages

OUT = Path(__file__).parents[1] / "src" / "comity_policy" / "meaning"
ROLES = ("seller", "buyer")
# How much weights are held back (the inverse of the usual C), and by how much features of a kind count less.
HOLD, MESSAGE_SHARE, AROUND_SHARE = 0.2, 0.7, 0.3
SCALE, MOST = 128, 1023
FLOOR = -1.5
_NEVER = -30.0


@dataclass(frozen=True)
class Sentence:
    """One sentence of a message, as the model sees it, and the rules that its marked words break."""

    message: int
    words: list[str]
    around: tuple[str, ...]
    start: int
    end: int
    rules: frozenset[str]


def sentences_of(message: Labelled, number: int) -> list[Sentence]:
    """Return the sentences of one message; offsets are those of its original text."""
    view = Reading(Draft(message.text, message.role, message.purpose), Context()).words  # type: ignore[arg-type]
    cut = features.pieces(view.text)
    starts = [0, *accumulate(len(piece) + 1 for piece in cut)]
    read = [(words, *view.span(start, start + len(piece)))
            for piece, start in zip(cut, starts, strict=False) if (words := features.tokens(piece))]  # fmt: skip
    found = []
    for index, (words, start, end) in enumerate(read):
        where = (f"{message.role} {what}" for what in features.place(index, len(read)))
        around = ("always", message.role, message.purpose, *where)
        found.append(Sentence(number, words, around, start, end, _broken(message, start, end)))
    return found


def _broken(message: Labelled, start: int, end: int) -> frozenset[str]:
    """Return the rules of marks that lie at least half in ``start``..``end`` or fill half of it."""
    return frozenset(
        rule for rule, first, last in message.violations
        if min(end, last) - max(start, first) >= 0.5 * min(last - first, end - start)
    )  # fmt: skip


class Rows:
    """All sentences of all messages, as counts of words, beginnings, pairs and skips."""

    def __init__(self, texts: Sequence[Labelled]) -> None:
        self.sentences = [one for number, text in enumerate(texts) for one in sentences_of(text, number)]
        self.messages = len(texts)
        self.kinds: dict[str, list[list[Any]]] = {
            "words": [one.words for one in self.sentences],
            "stems": [[stem for word in one.words for stem in features.stems(word)] for one in self.sentences],
            "pairs": [list(features.pairs(one.words)) for one in self.sentences],
            "skips": [list(features.skips(one.words)) for one in self.sentences],
        }
        self.owners = np.array([one.message for one in self.sentences])
        self.lengths = np.array([len(one.words) for one in self.sentences], dtype=float)


@dataclass(frozen=True)
class Block:
    """Features that are learned together, and how their sums reach the sentences."""

    counts: Counts
    owners: Array | None
    share: float

    def times(self, weights: Array) -> Array:
        sums = self.counts.times(weights) * self.share
        return sums if self.owners is None else sums[self.owners]

    def back(self, errors: Array) -> Array:
        if self.owners is not None:
            errors = np.bincount(self.owners, errors, minlength=self.counts.height)
        return self.counts.back(errors) * self.share


def _blocks(rows: Rows) -> dict[str, Block]:
    """Return every block of features that tells whether a sentence breaks some rule."""
    shrink = 1 / np.sqrt(rows.lengths)
    whole = 1 / np.sqrt(np.maximum(np.bincount(rows.owners, rows.lengths, minlength=rows.messages), 1))
    blocks = {}
    for kind, lists in rows.kinds.items():
        names = often(lists, 2)
        blocks[kind] = Block(Counts(lists, shrink, names), None, 1.0)
        if kind != "skips":
            joined: list[list[Any]] = [[] for _ in range(rows.messages)]
            for owner, features_ in zip(rows.owners.tolist(), lists, strict=True):
                joined[owner] += features_
            blocks[f"message {kind}"] = Block(Counts(joined, whole, names), rows.owners, MESSAGE_SHARE)
    around = [one.around for one in rows.sentences]
    blocks["around"] = Block(Counts(around, np.ones(len(around)), often(around, 1)), None, AROUND_SHARE)
    return blocks


def _fit_any(rows: Rows, blocks: Mapping[str, Block]) -> dict[str, Array]:
    """Return the weights of every block for "this sentence breaks some rule"."""
    wanted = np.array([1.0 if one.rules else -1.0 for one in rows.sentences])
    cuts = np.cumsum([len(block.counts.names) for block in blocks.values()])

    def loss(weights: Array) -> tuple[float, Array]:
        parts = np.split(weights, cuts[:-1])
        margin = wanted * sum(block.times(part) for block, part in zip(blocks.values(), parts, strict=True))
        errors = -wanted / (1 + np.exp(np.minimum(margin, 50)))
        slope = np.concatenate([block.back(errors) for block in blocks.values()])
        value = float(np.logaddexp(0, -margin).sum() + HOLD / 2 * weights @ weights)
        return value, slope + HOLD * weights

    found = np.split(descend(loss, int(cuts[-1])), cuts[:-1])
    return {name: part * block.share for (name, block), part in zip(blocks.items(), found, strict=True)}


def _fit_rules(rows: Rows, names: Mapping[str, list[Any]], rules: Sequence[str]) -> tuple[Array, Array]:
    """Return for every feature and every rule how much it speaks for that rule, given that one is broken."""
    chosen = [(at, rules.index(rule)) for at, one in enumerate(rows.sentences) for rule in sorted(one.rules)]
    kinds = ("words", "stems", "pairs")
    shrink = 1 / np.sqrt(rows.lengths[[at for at, _ in chosen]])
    blocks = [Counts([rows.kinds[kind][at] for at, _ in chosen], shrink, names[kind]) for kind in kinds]
    roles = [[rows.sentences[at].around[1]] for at, _ in chosen]
    blocks.append(Counts(roles, np.ones(len(chosen)), ROLES))
    sizes = np.cumsum([len(block.names) for block in blocks])
    truth = np.zeros((len(chosen), len(rules)))
    truth[np.arange(len(chosen)), [rule for _, rule in chosen]] = 1.0

    def loss(flat: Array) -> tuple[float, Array]:
        parts = np.split(flat.reshape(-1, len(rules)), sizes[:-1])
        scores = np.stack([sum(block.times(part[:, rule]) for block, part in zip(blocks, parts, strict=True))
                           for rule in range(len(rules))], axis=1)  # fmt: skip
        scores -= scores.max(axis=1, keepdims=True)
        shares = np.exp(scores)
        shares /= shares.sum(axis=1, keepdims=True)
        errors = shares - truth
        slope = np.concatenate([np.stack([block.back(errors[:, rule]) for rule in range(len(rules))], axis=1)
                                for block in blocks])  # fmt: skip
        value = -float(np.log(np.maximum((shares * truth).sum(axis=1), 1e-12)).sum()) + HOLD / 2 * float(flat @ flat)
        return value, slope.ravel() + HOLD * flat

    found = descend(loss, int(sizes[-1]) * len(rules), steps=50).reshape(-1, len(rules))
    return found[: sizes[-2]], found[sizes[-2] :]


def weights(texts: Sequence[Labelled], thresholds: Mapping[str, float]) -> bytes:
    """Return the file of a model trained on ``texts``, which finds a rule when as sure as ``thresholds`` says."""
    rows = Rows(texts)
    blocks = _blocks(rows)
    any_ = _fit_any(rows, blocks)
    names = {kind: blocks[kind].counts.names for kind in rows.kinds}
    rules = [rule for rule in RULES if any(rule in one.rules for one in rows.sentences)]
    by_rule, priors = _fit_rules(rows, names, rules)
    table: dict[str, dict[Any, Array]] = {}
    at = 0
    for kind, known in names.items():
        size = len(known)
        message = any_.get(f"message {kind}", np.zeros(size))
        lanes = by_rule[at : at + size] if kind != "skips" else np.zeros((size, len(rules)))
        at += size if kind != "skips" else 0
        table[kind] = dict(zip(known, np.column_stack([any_[kind], message, lanes]), strict=True))
    _add_stems(table)
    seen = {role: {rule for one in rows.sentences if one.around[1] == role for rule in one.rules} for role in ROLES}
    about = {
        "format": 1,
        "rules": rules,
        "thresholds": {rule: thresholds.get(rule, 1.0) for rule in rules},
        "floor": FLOOR,
        "scale": SCALE,
        "around": {name: round(float(value), 4) for name, value in zip(blocks["around"].counts.names, any_["around"], strict=True)},
        "priors": {role: [round(float(prior), 4) if rule in seen[role] else _NEVER for rule, prior in zip(rules, priors[number], strict=True)]
                   for number, role in enumerate(ROLES)},
    }  # fmt: skip
    return _file(about, table, len(rules) + 2)


def _add_stems(table: dict[str, dict[Any, Array]]) -> None:
    """Give every known word the weights of its beginnings too, so that only unknown words look them up."""
    for word, row in table["words"].items():
        for stem in features.stems(word):
            if stem in table["stems"]:
                row += table["stems"][stem]


def _file(about: dict[str, Any], table: Mapping[str, Mapping[Any, Array]], lanes: int) -> bytes:
    """Return head, names and rows as bytes; rows that say nothing are left out."""
    names: list[str] = []
    packed: list[bytes] = []
    for kind in ("stems", "words", "pairs", "skips"):
        before = len(names)
        for name, row in table[kind].items():
            numbers = np.clip(np.rint(row * SCALE), -MOST, MOST).astype(int).tolist()
            if kind == "words" or any(numbers):
                names.append(name if isinstance(name, str) else " ".join(name))
                packed.append(pack(numbers).to_bytes(width(lanes), "little", signed=True))
        about[kind] = len(names) - before
    text = "\n".join(names).encode()
    about["names"] = len(text)
    return json.dumps(about, sort_keys=True).encode() + b"\n" + text + b"".join(packed)


def fit(texts: Iterable[Labelled], thresholds: Mapping[str, float] | None = None) -> Model:
    """Return a model trained on ``texts``; without ``thresholds`` they are measured on files held out in turn."""
    known = list(texts)
    if thresholds is None:
        from training.judge import measured

        thresholds = measured(known).thresholds
    return Model(weights(known, thresholds))


def main() -> int:
    """Train on every message; write what the engine reads."""
    from training.judge import measured

    texts = list(messages())
    figures = measured(texts)
    data = weights(texts, figures.thresholds)
    (OUT / "weights.bin").write_bytes(data)
    digest = hashlib.sha256(data).hexdigest()
    (OUT / "version.py").write_text(
        f'"""Written by `python -m training.train`."""\n\n# SHA-256 of the weights.\nDIGEST = "{digest}"\n'
    )
    print(figures.table())
    print(f"{len(texts)} messages, {len(data):,} bytes, digest {digest}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
