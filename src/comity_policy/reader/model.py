"""The second reader in use: a small transformer that reads every sentence of a message beside the others.

It needs the extra ``[reader]`` (onnxruntime, and numpy with it); nothing here is imported by the engine itself. One
file holds the weights and, beside them, the pieces of words and the rules. The same text has the same answer on the
same machine, however many are read beside it: one text at a time, on one core. Certainties are rounded, so that the
last bits of another processor change no answer but one that stands on the very edge.

``training/README.md`` is the model card: data, method, figures, limits, and how to train it anew.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from importlib import import_module
from importlib.resources import files
from importlib.util import find_spec
from math import exp
from typing import Any

from comity_policy.meaning import Meant
from comity_policy.model import Context, Draft, Purpose, Role
from comity_policy.reader.pieces import Pieces
from comity_policy.reader.version import DIGEST, SURE_FROM
from comity_policy.reader.windows import Window, windows
from comity_policy.reading import Reading

_FORMAT = 1
_EXACT = 4  # decimals of a certainty
_NEVER = 2.0
_MISSING = "The second reader needs what is not installed. Install it with: pip install 'comity[reader]'"


class ReaderError(ValueError):
    """The second reader cannot be used; the message says why."""


class ReaderMissingError(ReaderError):
    """What the second reader needs is not installed; the message says how to install it."""

    def __init__(self) -> None:
        super().__init__(_MISSING)


class Reader:
    """Weights that were read. ``rules``: what it can find; ``thresholds``: how sure it must be, by rule.

    ``beside``: how sure it must be of a sentence beside one that it is surer of. ``digest``: SHA-256 of weights and
    thresholds, in hex. Raises ``ReaderMissingError`` without the extra, and ``ReaderError`` for bytes that are not
    such weights.
    """

    def __init__(self, data: bytes, thresholds: Mapping[str, float]) -> None:
        self.thresholds = thresholds
        self.digest = hashlib.sha256(data + json.dumps(thresholds, sort_keys=True).encode()).hexdigest()
        self._run, about = _opened(data)
        self.rules: tuple[str, ...] = tuple(about["rules"])
        self.beside: float = about["beside"]
        self._allowed: Mapping[str, frozenset[str]] = {role: frozenset(rules) for role, rules in about["roles"].items()}
        self._pieces = Pieces(about["pieces"], about["scores"], about["unknown"])
        self._begin, self._end = about["begin"], about["end"]
        self._window, self._text = about["window"], about["text"]
        self._whole, self._doubt = about["whole"], about["doubt"]

    def read(self, text: str, role: Role, purpose: Purpose) -> list[Meant]:
        """Return what the sentences of ``text`` break, at most one rule each, where it is sure enough.

        Offsets are code points of ``text``. Of a text that is far longer than any message only the beginning is read.
        """
        return sure_enough(self.judge(text, role, purpose), self.thresholds, self.beside)

    def judge(self, text: str, role: Role, purpose: Purpose) -> Iterator[Meant]:
        """Yield every sentence with the rule that it most likely breaks, and how sure that is."""
        view = Reading(Draft(text[: self._text], role, purpose), Context()).words
        allowed = [rule in self._allowed[role] for rule in self.rules]
        before = [self._begin, *self._pieces.cut(opening(role, purpose))]
        read = view.text[: self._text]  # one character may be folded into many
        for window in windows(read, self._pieces, before=before, end=self._end, longest=self._window):
            sentences, whole = self._run(window)
            for (start, end), said in zip(window.spans, sentences, strict=True):
                rule, certainty = self._certain(said, whole, allowed)
                yield Meant(rule, *view.span(start, end), certainty)

    def _certain(self, said: Sequence[float], whole: float, allowed: Sequence[bool]) -> tuple[str, float]:
        """Return the likeliest rule and how sure it is, from what speaks for any rule, for each, and of the message."""
        each = [score if may else -1e9 for score, may in zip(said[1:], allowed, strict=True)]
        best = max(each)
        share = 1 / sum([exp(score - best) for score in each])
        odds = (1 - self._whole) * said[0] + self._whole * whole
        certainty = share**self._doubt / (1 + exp(-max(-30.0, min(30.0, odds))))
        return self.rules[each.index(best)], round(certainty, _EXACT)


def sure_enough(read: Iterable[Meant], thresholds: Mapping[str, float], beside: float) -> list[Meant]:
    """Return what is sure enough for its rule; beside the surest, which colours its neighbours, what is very sure."""
    found = [one for one in read if one.certainty >= thresholds.get(one.rule, _NEVER)]
    surest = max(found, key=lambda one: one.certainty, default=None)
    return [one for one in found if one is surest or one.certainty >= beside]


def opening(role: Role, purpose: Purpose) -> str:
    """Return the words that say who writes, and why; every window begins with them."""
    return f"{role} {purpose.replace('_', ' ')}:"


def _opened(data: bytes) -> tuple[Any, Mapping[str, Any]]:
    """Return what reads one window, and what the file says about itself."""
    try:
        runtime, numpy = import_module("onnxruntime"), import_module("numpy")
    except ImportError:
        raise ReaderMissingError from None
    options = runtime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    try:
        session = runtime.InferenceSession(data, options, providers=["CPUExecutionProvider"])
        about = json.loads(session.get_modelmeta().custom_metadata_map["about"])
    except Exception as error:  # noqa: BLE001 - the library raises kinds of its own
        raise ReaderError(f"The weights of the second reader cannot be read: {str(error)[:200]}") from None
    if about["format"] != _FORMAT:
        raise ReaderError(f"The second reader has format {about['format']}; this engine reads {_FORMAT}.")

    def run(window: Window) -> tuple[list[list[float]], float]:
        pool = numpy.zeros((len(window.places), len(window.tokens)), dtype=numpy.float32)
        for at, (start, end) in enumerate(window.places):
            pool[at, start:end] = 1 / (end - start)
        tokens = numpy.array([window.tokens], dtype=numpy.int64)
        sentences, whole = session.run(None, {"tokens": tokens, "pool": pool})
        return sentences.tolist(), float(whole[0])

    return run, about


@lru_cache(maxsize=1)
def shipped() -> Reader:
    """Return the second reader of this package, kept in memory from then on.

    Raises ``ReaderMissingError`` without the extra, and ``ReaderError`` when its weights are gone or not those it was
    made with.
    """
    return Reader(_sound_weights(), SURE_FROM)


def require() -> None:
    """Raise what ``shipped`` would raise, but keep nothing in memory: for a process that only starts others."""
    if not is_installed():
        raise ReaderMissingError
    _sound_weights()


def is_installed() -> bool:
    """Say whether what the second reader runs on is there."""
    return find_spec("onnxruntime") is not None


def _sound_weights() -> bytes:
    try:
        data = files("comity_policy").joinpath("reader/weights.onnx").read_bytes()
    except OSError as error:
        raise ReaderError(
            f"The weights of the second reader cannot be read ({error.strerror}). Install comity anew."
        ) from None
    digest = hashlib.sha256(data).hexdigest()
    if digest != DIGEST:
        raise ReaderError(f"The weights of the second reader have digest {digest}, not {DIGEST}. Install comity anew.")
    return data
