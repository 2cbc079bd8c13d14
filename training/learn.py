"""Logistic regression over sparse counts: the same weights from the same rows, every time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Sequence
from importlib import import_module
from typing import Any


def needed(name: str, extra: str = "train") -> Any:
    """Return a module that only training needs. Ends the program with a sentence when it is not installed."""
    try:
        return import_module(name)
    except ImportError:
        raise SystemExit(f"This needs what is not installed. Install it with: pip install 'comity[{extra}]'") from None


np, sparse = needed("numpy"), needed("scipy.sparse")
Array = Any  # numpy arrays and scipy matrices; neither need be there when the types are checked
Loss = Callable[[Array], tuple[float, Array]]


def counts(rows: Sequence[Iterable[Hashable]], shrink: Sequence[float], names: Sequence[Hashable]) -> Array:
    """Return a matrix of how often each name stands in each row, each row shrunk by its number."""
    column = {name: at for at, name in enumerate(names)}
    values: list[float] = []
    columns: list[int] = []
    ends = [0]
    for row, less in zip(rows, shrink, strict=True):
        found = {column[name]: times for name, times in Counter(row).items() if name in column}
        columns += found.keys()
        values += [times * less for times in found.values()]
        ends.append(len(columns))
    return sparse.csr_matrix((values, columns, ends), shape=(len(rows), len(names)))


def often(rows: Iterable[Iterable[Hashable]], least: int) -> list[Any]:
    """Return the names that stand in at least ``least`` rows, in an order that is always the same."""
    times = Counter(name for row in rows for name in set(row))
    return sorted(name for name, count in times.items() if count >= least)


def descend(loss: Loss, size: int, *, steps: int, memory: int = 8) -> Array:
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


def two_sided(matrix: Array, owners: Array, whole: Array, wanted: Array, hold: float) -> Array:
    """Return weights of columns that tell rows wanted (1) from others (-1); ``whole`` has a row an owner.

    The weights of ``whole`` follow those of ``matrix``. ``hold`` is how much large weights cost.
    """
    width, back, whole_back = matrix.shape[1], matrix.T.tocsr(), whole.T.tocsr()

    def loss(weights: Array) -> tuple[float, Array]:
        scores = matrix @ weights[:width] + (whole @ weights[width:])[owners]
        margin = wanted * scores
        errors = -wanted / (1 + np.exp(np.minimum(margin, 50)))
        together = np.bincount(owners, errors, minlength=whole.shape[0])
        value = float(np.logaddexp(0, -margin).sum() + hold / 2 * weights @ weights)
        return value, np.concatenate([back @ errors, whole_back @ together]) + hold * weights

    return descend(loss, width + whole.shape[1], steps=50)


def many_sided(matrix: Array, truth: Array, hold: float) -> Array:
    """Return weights, one column a kind, that tell of which kind a row is; ``truth`` has a 1 in its column."""
    kinds, back = truth.shape[1], matrix.T.tocsr()

    def loss(flat: Array) -> tuple[float, Array]:
        weights = flat.reshape(-1, kinds)
        scores = matrix @ weights
        scores -= scores.max(axis=1, keepdims=True)
        shares = np.exp(scores)
        shares /= shares.sum(axis=1, keepdims=True)
        value = -float(np.log(np.maximum((shares * truth).sum(axis=1), 1e-12)).sum()) + hold / 2 * float(flat @ flat)
        return value, (back @ (shares - truth) + hold * weights).ravel()

    return descend(loss, matrix.shape[1] * kinds, steps=25).reshape(-1, kinds)
