"""Rows of small numbers in one integer, so that adding two rows is one addition.

Lane ``k`` of a row is worth ``2 ** (BITS * k)``. Rows are added as they are, negative numbers included; a lane must
stay within ``±LIMIT`` or it spills into the next one. A sum is read after every lane was raised by ``LIMIT``.
"""

from __future__ import annotations

from collections.abc import Sequence

BITS = 20
LIMIT = 1 << (BITS - 1)
MASK = (1 << BITS) - 1


def pack(row: Sequence[int]) -> int:
    """Return ``row`` as one integer; each number lies within ``±LIMIT``."""
    return sum(value << (BITS * lane) for lane, value in enumerate(row))


def unpack(packed: int, first: int, last: int) -> list[int]:
    """Return the numbers of lanes ``first`` up to ``last`` of a sum of rows that was raised by ``LIMIT`` a lane."""
    return [(packed >> lane & MASK) - LIMIT for lane in range(BITS * first, BITS * last, BITS)]


def width(lanes: int) -> int:
    """Return how many bytes one raised row takes in a file."""
    return (BITS * lanes + 7) // 8
