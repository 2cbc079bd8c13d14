"""Logistic regression over sparse counts, with numpy alone: the same bytes from the same rows, every time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import Any

try:
    import numpy as np
except ImportError as error:
    raise SystemExit("Training needs numpy. Install it with: pip install 'comity[train]'") from error

Array = Any  # numpy.ndarray; numpy is not there when the types are checked


class Counts:
    """How often each feature stands in each row, each row shrunk by the root of its length."""

    def __init__(self, rows: Sequence[Iterable[Hashable]], shrink: Sequence[float], names: Sequence[Hashable]) -> None:
        self.names, self.height = list(names), len(rows)
        column = {name: at for at, name in enumerate(self.names)}
        found = [(at, column[name], times * shrink[at]) for at, row in enumerate(rows)
                 for name, times in Counter(row).items() if name in column]  # fmt: skip
        self.rows = np.array([one[0] for one in found], dtype=np.int64)
        self.columns = np.array([one[1] for one in found], dtype=np.int64)
        self.values = np.array([one[2] for one in found], dtype=np.float64)

    def times(self, weights: Array) -> Array:
        """Return the sum of the weights of every row."""
        return np.bincount(self.rows, self.values * weights[self.columns], minlength=self.height)

    def back(self, errors: Array) -> Array:
        """Return what every weight has to do with the errors of the rows."""
        return np.bincount(self.columns, self.values * errors[self.rows], minlength=len(self.names))


def often(rows: Iterable[Iterable[Hashable]], least: int) -> list[Any]:
    """Return the features that stand in at least ``least`` rows, in an order that is always the same."""
    times = Counter(name for row in rows for name in set(row))
    return sorted(name for name, count in times.items() if count >= least)


Loss = Callable[[Array], tuple[float, Array]]


def descend(loss: Loss, size: int, *, steps: int = 80, memory: int = 8) -> Array:
    """Return the weights with the least loss that ``steps`` steps of L-BFGS from zero reach."""
    weights = np.zeros(size)
    value, slope = loss(weights)
    moves: list[tuple[Array, Array]] = []
    for _ in range(steps):
        direction = _direction(slope, moves)
        step, tried = 1.0 if moves else 1.0 / max(1.0, float(np.abs(slope).sum())), None
        while step > 1e-10:
            tried = loss(weights + step * direction)
            if tried[0] <= value + 1e-4 * step * float(slope @ direction):
                break
            step /= 2
        if tried is None or tried[0] >= value - 1e-7 * abs(value):
            break
        moves = [*moves[-memory + 1 :], (step * direction, tried[1] - slope)]
        weights = weights + step * direction
        value, slope = tried
    return weights


def _direction(slope: Array, moves: list[tuple[Array, Array]]) -> Array:
    """Return where L-BFGS goes from here, given its latest moves and what they did to the slope."""
    direction, shares = -slope, []
    for move, change in reversed(moves):
        share = (move @ direction) / (move @ change)
        shares.append(share)
        direction = direction - share * change
    if moves:
        move, change = moves[-1]
        direction = direction * ((move @ change) / (change @ change))
    for (move, change), share in zip(moves, reversed(shares), strict=True):
        direction = direction + (share - (change @ direction) / (move @ change)) * move
    return direction
