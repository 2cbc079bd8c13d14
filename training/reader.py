"""Train the second reader: `python -m training.reader` reads the messages and writes what `comity_policy.reader` reads.

The model card, with data, method and figures, is `training/README.md`.
"""

from __future__ import annotations

import hashlib
import random
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from comity_policy.reader.model import Reader
from training.encoder import encoder
from training.export import exported
from training.learn import needed
from training.messages import RULES, Labelled, messages
from training.network import Network, begun
from training.passages import LONGEST, Passage, Vocabulary, passages, vocabulary
from training.reader_judge import BESIDE, card, judged, thresholds
from training.train import ROLES

torch = needed("torch", "train-reader")
functional = torch.nn.functional

OUT = Path(__file__).parents[1] / "src" / "comity_policy" / "reader"
CARD = Path(__file__).with_name("README.md")
LAYERS = tuple(range(12))
# Tokens of one step; how fast layers and heads learn at most; the share of steps until then; how much of the mean of
# the weights stays at a step, and every how many steps it is taken.
STEP, RATE, HEAD_RATE, WARM, KEEP, EVERY = 1_200, 3e-4, 2e-3, 0.06, 0.992, 4
# How often each message is read.
ROUNDS = 3.5
# Shares of the message's own odds, and of doubt about the rule, in how sure the reader is; characters that are read.
WHOLE, DOUBT, LONGEST_TEXT = 0.15, 0.1, 20_000


def batches(lengths: Sequence[int], chance: random.Random) -> list[list[int]]:
    """Return the numbers of what is read together, of much the same length, in any order."""
    order = sorted(range(len(lengths)), key=lambda at: lengths[at] + chance.random() * 6)
    found: list[list[int]] = [[]]
    for at in order:
        if found[-1] and (len(found[-1]) + 1) * lengths[at] > STEP:
            found.append([])
        found[-1].append(at)
    chance.shuffle(found)
    return found


def lower(network: Network, known: Sequence[Passage]) -> list[Any]:
    """Return what the layers that do not learn make of each passage, one row a token."""
    network.eval()
    found: list[Any] = [None] * len(known)
    lengths = [len(one.window.tokens) for one in known]
    with torch.no_grad():
        for ats in batches(lengths, random.Random(0)):  # noqa: S311 - no secret
            tokens = torch.nn.utils.rnn.pad_sequence(
                [torch.tensor(known[at].window.tokens) for at in ats], batch_first=True
            )
            made = network.below(tokens, _there([lengths[at] for at in ats])).to(torch.float16)
            for row, at in enumerate(ats):
                found[at] = made[row, : lengths[at]].clone()
    return found


def _there(lengths: Sequence[int]) -> Any:
    """Return the mask of the tokens that are there, for passages that are read together."""
    seen = torch.arange(max(lengths))[None] < torch.tensor(lengths)[:, None]
    return seen[:, None, None, :]


def _pool(chosen: Sequence[Passage], width: int) -> Any:
    """Return a row a sentence, which sums to one over its tokens."""
    places = [(row, *place) for row, one in enumerate(chosen) for place in one.window.places]
    pool = torch.zeros(len(places), len(chosen) * width)
    for at, (row, start, end) in enumerate(places):
        pool[at, row * width + start : row * width + end] = 1 / (end - start)
    return pool


def loss_of(network: Network, chosen: Sequence[Passage], made: Sequence[Any]) -> Any:
    """Return how wrong ``network`` is about sentences, their rules and whole messages."""
    x = torch.nn.utils.rnn.pad_sequence([one.float() for one in made], batch_first=True)
    said, whole = network.above(x, _there([len(one) for one in made]), _pool(chosen, x.shape[1]))
    broken = [rules for one in chosen for rules in one.broken]
    wanted = torch.tensor([float(bool(rules)) for rules in broken])
    loss = functional.binary_cross_entropy_with_logits(said[:, 0], wanted)
    truth = torch.tensor([[float(rule in rules) for rule in RULES] for rules in broken])
    shares = truth / truth.sum(1, keepdim=True).clamp(min=1)
    loss = loss - 0.6 * (shares * functional.log_softmax(said[:, 1:], dim=-1)).sum() / len(broken)
    anywhere = torch.tensor([float(one.anywhere) for one in chosen])
    return loss + 0.3 * functional.binary_cross_entropy_with_logits(whole, anywhere)


def train(network: Network, known: Sequence[Passage], made: Sequence[Any], *, rounds: float, seed: int = 1) -> Network:
    """Let ``network`` learn; return it with the mean of its last weights."""
    torch.manual_seed(seed)
    plan = _plan(known, rounds, random.Random(seed))  # noqa: S311 - no secret
    body, heads = network.learning(), network.heads()
    groups = [{"params": body, "lr": RATE}, {"params": heads, "lr": HEAD_RATE}]
    optimiser = torch.optim.AdamW(groups, weight_decay=0.01, fused=True)
    warm = WARM * len(plan)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda step: min(step / warm, 1) * max(0.03, (len(plan) - step) / len(plan))
    )
    mean = {name: value.clone() for name, value in network.state_dict().items()}
    network.train()
    for step, ats in enumerate(plan, 1):
        loss = loss_of(network, [known[at] for at in ats], [made[at] for at in ats])
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_([*body, *heads], 1.0)
        optimiser.step()
        schedule.step()
        if step % EVERY == 0:
            _follow(mean, network, 1 - min(KEEP, step / (step + 10)) ** EVERY)
        if step % 20 == 0:
            print(f"step {step} of {len(plan)}, loss {float(loss.detach()):.3f}", flush=True)
    network.load_state_dict(mean)
    network.eval()
    return network


def _plan(known: Sequence[Passage], rounds: float, chance: random.Random) -> list[list[int]]:
    """Return what is read at each step."""
    lengths = [len(one.window.tokens) for one in known]
    plan: list[list[int]] = []
    while rounds > 0:
        whole = batches(lengths, chance)
        plan += whole[: round(len(whole) * min(1.0, rounds))]
        rounds -= 1
    return plan


def _follow(mean: dict[str, Any], network: Network, share: float) -> None:
    """Move the mean towards the present weights."""
    with torch.no_grad():
        for name, value in network.state_dict().items():
            if not name.startswith(("words", "places")):
                mean[name].lerp_(value, share)


def about(known: Vocabulary, texts: Sequence[Labelled]) -> dict[str, Any]:
    """Return what stands beside the weights. A role breaks only the rules that it broke in the messages."""
    roles = {role: {rule for text in texts if text.role == role for rule, _, _ in text.violations} for role in ROLES}
    return {
        "format": 1,
        "rules": RULES,
        "roles": {role: sorted(rules) for role, rules in roles.items()},
        "beside": BESIDE,
        "whole": WHOLE,
        "doubt": DOUBT,
        "window": LONGEST,
        "text": LONGEST_TEXT,
        "pieces": known.names,
        "scores": known.scores,
        "begin": known.begin,
        "end": known.end,
        "unknown": known.unknown,
    }


def write(data: bytes, sure: Mapping[str, float], figures: str) -> None:
    """Write the weights, their digest and the thresholds, and the figures into the card."""
    digest = hashlib.sha256(data).hexdigest()
    (OUT / "weights.onnx").write_bytes(data)
    rules = "".join(f'    "{rule}": {least:.2f},\n' for rule, least in sure.items())
    (OUT / "version.py").write_text(
        '"""Written by `python -m training.reader`."""\n\n'
        f'# SHA-256 of the weights.\nDIGEST = "{digest}"\n'
        f"# How sure the reader must be of each rule, from 0 to 1.\nSURE_FROM = {{\n{rules}}}\n"
    )
    before, rest = CARD.read_text(encoding="utf-8").split("<!-- reader -->")
    after = rest.partition("<!-- end of reader -->")[2]
    told = f"{figures}\n\n{len(data):,} bytes, SHA-256 `{digest}`"
    CARD.write_text(f"{before}<!-- reader -->\n{told}\n<!-- end of reader -->{after}", encoding="utf-8")


def main() -> int:
    """Learn without the corpus, set the thresholds on the corpus, and write."""
    base, texts = encoder(), list(messages())
    apart = [text for text in texts if text.where.startswith("corpus_")]
    others = [text for text in texts if not text.where.startswith("corpus_")]
    known = vocabulary(base, others)
    pieces = known.pieces()
    seen = [passage for text in others for passage in passages(text, known, pieces)]
    network = begun(base, known.kept, LONGEST, list(LAYERS), len(RULES))
    network = train(network, seen, lower(network, seen), rounds=ROUNDS)
    finish(network, known, others, apart)
    return 0


def finish(network: Network, known: Vocabulary, others: Sequence[Labelled], apart: Sequence[Labelled]) -> None:
    """Set the thresholds on messages that were not learnt from, and write everything."""
    data = exported(network, about(known, others))
    read = judged(Reader(data, {}), apart)
    sure = thresholds(read)
    write(data, sure, f"{len(others):,} messages.\n\n{card(read, sure)}")


if __name__ == "__main__":
    sys.exit(main())
