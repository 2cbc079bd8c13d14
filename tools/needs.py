"""Work out which words the patterns of the rules need, so that the engine does not when it starts.

`python tools/needs.py` writes src/comity_policy/text/needs.json; run it after a change of phrases. Without it the
engine finds the same and takes longer to start.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator

from comity_policy.rulebook import rulebooks
from comity_policy.rules import all_rules
from comity_policy.text.needs import SHIPPED, packed


def patterns() -> Iterator[str]:
    """Yield every pattern by which a rule of the package or of a published rulebook is woken."""
    rules = [*all_rules().values(), *(entry.rule for book in rulebooks() for entry in book.entries)]
    for rule in dict.fromkeys(rules):
        yield from (one if isinstance(one, str) else one.wanted for one in rule.gate)


def main() -> int:
    SHIPPED.write_text(packed(patterns()))
    print(f"{SHIPPED}: {SHIPPED.stat().st_size:,} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
