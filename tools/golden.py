"""Name this engine by what it is made of, and keep what it decides.

`python tools/golden.py` writes src/comity_policy/version.py, the digest of every source that has a part in a verdict,
and decisions-<engine>.jsonl: every message of tests/policy/golden/messages.jsonl under its rulebooks. The tests replay
it byte for byte. Run it when a source changed, read the difference, and commit it. A file of a released engine is
never written again: it shows what was decided then.
"""

import hashlib
import io
import json
import os
import sys
from datetime import date
from pathlib import Path

from comity_policy.engine import ENGINE_VERSION
from comity_policy.report import check_lines
from comity_policy.rulebook import load_rulebook
from comity_policy.version import SOURCES

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "tests/policy/golden"
PACKAGE = ROOT / "src/comity_policy"
VERSION = PACKAGE / "version.py"
# What only words, prints or names what was decided, and the second reader, which has a digest of its own.
APART = {"version.py", "report.py", "catalogue.py", "__main__.py", "wording", "reader", "__pycache__"}
RELEASED: frozenset[str] = frozenset()
# Name and day of each rulebook under which the messages are decided.
UNDER = (
    ("open-marketplace", date(2026, 11, 22)),
    ("amazon-current", date(2020, 11, 2)),
    ("amazon-current", date(2026, 11, 22)),
)


def sources(package: Path = PACKAGE) -> str:
    """Return the SHA-256 of every file of the package that has a part in a verdict, with its name."""
    digest = hashlib.sha256()
    for path in sorted(path for path in package.rglob("*") if path.is_file()):
        name = path.relative_to(package)
        if APART.isdisjoint(name.parts):
            digest.update(f"{name.as_posix()} {hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return digest.hexdigest()


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
    found = sources()
    if found != SOURCES:
        VERSION.write_text(
            f'"""Written by `python tools/golden.py`."""\n\n# SHA-256 of the sources.\nSOURCES = "{found}"\n'
        )
        os.execv(sys.executable, [sys.executable, *sys.argv])  # noqa: S606 - itself, under its new name
    for path in folder.glob("decisions-*.jsonl"):
        if path.stem.removeprefix("decisions-") not in RELEASED:
            path.unlink()
    kept(folder).write_text(decisions((folder / "messages.jsonl").read_text().splitlines()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
