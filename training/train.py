"""Train the meaning model: `python -m training.train` reads the messages, writes weights, digest and figures.

The model card, with data, method and figures, is `training/README.md`.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from comity_policy.meaning import features
from comity_policy.meaning.model import Model
from comity_policy.meaning.packing import LIMIT, pack, width
from training.learn import Array, many_sided, np, sparse, two_sided
from training.messages import RULES, Labelled, examples, messages
from training.rows import SHARES, SPREAD, WHOLE_SHARES, Rows

OUT = Path(__file__).parents[1] / "src" / "comity_policy" / "meaning"
CARD = Path(__file__).with_name("README.md")
ROLES = ("seller", "buyer")
# How much large weights cost; steps of a weight in the file, and the most of them.
HOLD, SCALE, MOST = 1.2, 128, 1023
# Log odds below which a message is plainly innocent by its words alone, and a sentence with all there is; how much
# doubt about the rule lessens certainty.
GATE, FLOOR, DOUBT = -2.0, -1.5, 0.15
_NEVER = -30.0
_KINDS = ("words", "pairs", "skips", "parts", "vectors", "around")
_RULE_KINDS = ("words", "pairs", "parts", "vectors")

Table = dict[str, Array]


def _any(rows: Rows) -> tuple[Table, Table]:
    """Return by kind the weights for "this sentence breaks some rule", and for "its message does somewhere"."""
    own = sparse.hstack([rows.own[kind] * SHARES[kind] for kind in _KINDS]).tocsr()
    whole = sparse.hstack([rows.whole[kind] * WHOLE_SHARES[kind] for kind in WHOLE_SHARES]).tocsr()
    wanted = np.array([1.0 if one.rules else -1.0 for one in rows.sentences])
    found = two_sided(own, rows.owners, whole, wanted, HOLD)
    sentence, message = found[: own.shape[1]], found[own.shape[1] :]
    return _cut(sentence, rows.own, SHARES, _KINDS), _cut(message, rows.whole, WHOLE_SHARES, tuple(WHOLE_SHARES))


def _by_rule(rows: Rows, rules: Sequence[str]) -> Table:
    """Return by kind how much each feature speaks for each rule, given that one is broken, and the roles' part."""
    chosen = [(at, rules.index(rule)) for at, one in enumerate(rows.sentences) for rule in sorted(one.rules)]
    ats = [at for at, _ in chosen]
    roles = sparse.csr_matrix([[float(rows.sentences[at].role == role) for role in ROLES] for at in ats])
    matrix = sparse.hstack([*(rows.own[kind][ats] * SHARES[kind] for kind in _RULE_KINDS), roles]).tocsr()
    truth = np.zeros((len(chosen), len(rules)))
    truth[np.arange(len(chosen)), [rule for _, rule in chosen]] = 1.0
    found = many_sided(matrix, truth, HOLD)
    table = _cut(found[: -len(ROLES)], rows.own, SHARES, _RULE_KINDS)
    return {**table, "roles": found[-len(ROLES) :]}


def _cut(found: Array, matrices: Mapping[str, Array], shares: Mapping[str, float], kinds: Sequence[str]) -> Table:
    """Return ``found`` cut into the weights of each kind, as they act on plain counts."""
    ends = np.cumsum([matrices[kind].shape[1] for kind in kinds])
    return {kind: part * shares[kind] for kind, part in zip(kinds, np.split(found, ends[:-1]), strict=True)}


def _lanes(rows: Rows, rules: Sequence[str], by_rule: Table, sentence: Table, message: Table) -> Table:
    """Return for each kind of names one row a name: sentence, message, rules. Words get their parts and vectors."""
    lanes = {}
    for kind in ("words", "pairs", "skips", "parts", "vectors"):
        size = len(sentence[kind])
        lanes[kind] = np.column_stack(
            [sentence[kind], message.get(kind, np.zeros(size)), by_rule.get(kind, np.zeros((size, len(rules))))]
        )
    place = {part: at for at, part in enumerate(rows.names["parts"])}
    for at, word in enumerate(rows.names["words"]):
        known = [place[part] for part in features.parts(word) if part in place]
        lanes["words"][at] += lanes["parts"][known].sum(axis=0) + rows.vectors[at] @ lanes["vectors"]
    return lanes


def weights(texts: Sequence[Labelled], thresholds: Mapping[str, float]) -> bytes:
    """Return the file of a model trained on ``texts``, which finds a rule when as sure as ``thresholds`` says."""
    return packed(Rows(texts), thresholds)


def packed(rows: Rows, thresholds: Mapping[str, float]) -> bytes:
    """Return the file of a model trained on ``rows``."""
    rules = [rule for rule in RULES if any(rule in one.rules for one in rows.sentences)]
    (sentence, message), by_rule = _any(rows), _by_rule(rows, rules)
    seen = {(one.role, rule) for one in rows.sentences for rule in one.rules}
    around = zip(rows.names["around"], sentence["around"].tolist(), strict=True)
    priors = {
        role: [round(prior, 4) if (role, rule) in seen else _NEVER for rule, prior in zip(rules, row, strict=True)]
        for role, row in zip(ROLES, by_rule["roles"].tolist(), strict=True)
    }
    about = {
        "format": 1,
        "rules": rules,
        "thresholds": {rule: thresholds.get(rule, 2.0) for rule in rules},
        "gate": GATE,
        "floor": FLOOR,
        "doubt": DOUBT,
        "scale": SCALE,
        "spread": SPREAD,
        "most": MOST,
        "around": {name: round(weight, 4) for name, weight in around},
        "priors": priors,
    }
    return _file(about, rows.names, _lanes(rows, rules, by_rule, sentence, message))


def _file(about: dict[str, Any], names: Mapping[str, Sequence[Any]], lanes: Table) -> bytes:
    """Return head, strings, pairs by the numbers of their words, and rows; rows that say nothing are left out."""
    kept: dict[str, list[Any]] = {}
    table: list[bytes] = []
    for kind in ("parts", "words", "pairs", "skips"):
        numbers = np.clip(np.rint(lanes[kind] * SCALE), -MOST, MOST).astype(int)
        said = np.ones(len(numbers), dtype=bool) if kind == "words" else np.abs(numbers).max(axis=1) >= _LEAST_SAID
        kept[kind] = [name for name, says in zip(names[kind], said.tolist(), strict=True) if says]
        wide = width(numbers.shape[1])
        table += [pack(row).to_bytes(wide, "little") for row in (numbers[said] + LIMIT).tolist()]
        about[kind] = len(kept[kind])
    number = {word: at for at, word in enumerate(kept["words"])}
    columns = [number[pair[side]] for kind in ("pairs", "skips") for side in (0, 1) for pair in kept[kind]]
    strings = "\n".join(kept["parts"] + kept["words"]).encode()
    about["names"] = len(strings)
    head = json.dumps(about, sort_keys=True).encode()
    return b"".join([head, b"\n", strings, np.array(columns, dtype="<u2").tobytes(), *table])


# Steps of a weight below which a part, pair or skip is not worth its place.
_LEAST_SAID = 14


def fit(texts: Iterable[Labelled], thresholds: Mapping[str, float] | None = None) -> Model:
    """Return a model trained on ``texts``; without ``thresholds`` they are measured on files held out in turn."""
    known = list(texts)
    if thresholds is None:
        from training.judge import measured

        thresholds = measured(known).thresholds
    return Model(weights(known, thresholds))


def write(data: bytes, figures: str) -> None:
    """Write the weights, their digest, and the figures into the model card."""
    digest = hashlib.sha256(data).hexdigest()
    (OUT / "weights.bin").write_bytes(data)
    (OUT / "version.py").write_text(
        f'"""Written by `python -m training.train`."""\n\n# SHA-256 of the weights.\nDIGEST = "{digest}"\n'
    )
    before, rest = CARD.read_text(encoding="utf-8").split("<!-- figures -->")
    after = rest.partition("<!-- end -->")[2]
    card = f"{before}<!-- figures -->\n{figures}\n\nSHA-256 of the weights: `{digest}`\n<!-- end -->{after}"
    CARD.write_text(card, encoding="utf-8")


def main() -> int:
    """Train on every message; write what the engine reads and what the model card says of it."""
    from training.judge import measured

    texts = [*messages(), *examples()]
    figures = measured(texts)
    data = weights(texts, figures.thresholds)
    table = f"{len(texts):,} messages, {len(data):,} bytes of weights.\n\n{figures.table()}"
    write(data, table)
    print(table)
    return 0


if __name__ == "__main__":
    sys.exit(main())
