"""Keep what this release decides: every message of tests/policy/golden/messages.jsonl under its rulebooks.

`python tools/golden.py` writes decisions-<engine>.jsonl for the engine as it is, beside those of earlier ones; the
tests replay it byte for byte. Run it when the engine's version changes, read the difference, and commit it. A file of
a released engine is never written again: it shows what was decided then.
"""

import io
import json
import sys
from datetime import date
from pathlib import Path

from comity_policy.engine import ENGINE_VERSION
from comity_policy.report import check_lines
from comity_policy.rulebook import load_rulebook

FOLDER = Path(__file__).resolve().parents[1] / "tests/policy/golden"
# Name and day of each rulebook under which the messages are decided.
UNDER = (
    ("open-marketplace", date(2026, 11, 22)),
    ("amazon-current", date(2020, 11, 2)),
    ("amazon-current", date(2026, 11, 22)),
)


def decisions(messages: list[str]) -> str:
    """The answers to every line under every rulebook, each rulebook headed by a line that names it."""
    out = io.StringIO()
    for name, day in UNDER:
        book = load_rulebook(name, day)
        out.write(
            json.dumps({"engine": ENGINE_VERSION, "rulebook": f"{book.name}@{book.valid_from}", "digest": book.digest})
        )
        out.write("\n")
        check_lines(messages, out.write, rulebook=book)
    return out.getvalue()


def kept(folder: Path = FOLDER) -> Path:
    """Where the decisions of this engine are kept."""
    return folder / f"decisions-{ENGINE_VERSION}.jsonl"


def main(folder: Path = FOLDER) -> int:
    kept(folder).write_text(decisions((folder / "messages.jsonl").read_text().splitlines()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
