"""Compiled RE2 patterns: linear time on any text. Nothing in this package matches with ``re``."""

from __future__ import annotations

from typing import Any

import re2

# Bytes one pattern may use for its automaton before it falls back to a slower one; RE2's own default is 8 MiB.
_MEMORY = 64 << 20

# A letter or digit of any script, in folded text. Ranges instead of \pL keep the automaton small; they also
# take a few signs among the letters, which no address contains.
CHARACTER = (
    r"0-9a-z\x{c0}-\x{1fff}\x{2c00}-\x{2dff}\x{2e80}-\x{2fff}\x{3040}-\x{d7ff}\x{f900}-\x{fdff}\x{20000}-\x{3ffff}"
)


def options() -> Any:
    """Return the options every pattern is compiled with."""
    chosen = re2.Options()
    chosen.log_errors = False
    chosen.max_mem = _MEMORY
    return chosen


def pattern(text: str) -> Any:
    """Return ``text`` compiled; raises ``re2.error`` when RE2 refuses it."""
    return re2.compile(text, options())  # type: ignore[no-untyped-call]


def span_of(match: Any, group: str) -> tuple[int, int]:
    """Return where the named ``group`` stands; (-1, -1) when it is not part of the match."""
    start, end = match.span(match.re.groupindex[group])
    return int(start), int(end)
