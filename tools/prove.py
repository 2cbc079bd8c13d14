"""Prove the promises of reliability and security: `make prove`, or `python tools/prove.py [ROW …]`.

Each row is a promise, the tests that try to break it, and the mutants among them that show that they could. Here
they run on both databases where both are concerned, and kills for ten minutes instead of one. One JSON line for
each row; exit 1 when one does not hold. Takes an hour.
"""

import json
import os
import re
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
MINUTES = "10"  # of kills; one in CI


@dataclass(frozen=True)
class Row:
    """A promise; `both`: also with PostgreSQL as the suite's database."""

    promise: str
    tests: tuple[str, ...]
    both: bool = False


ROWS = {
    "R1": Row("what was acknowledged is stored and delivered once, whatever is killed", ("tests/crash",)),
    "R4": Row(
        "money moves once, never more than was paid, and the books are zero",
        ("tests/orders/test_money_machine.py", "tests/orders/test_money_races.py", "tests/ledger"),
        both=True,
    ),
    "R5": Row("one effect for one key", ("tests/common/test_idempotency.py",), both=True),
    "R6": Row("a feed in pieces, or again, equals once", ("tests/orders/test_feeds.py",), both=True),
    "R11": Row("nothing unchecked is delivered", ("tests/files/test_uploads.py", "tests/policy/test_engine.py")),
    "R16": Row("alterations show", ("tests/common/test_record.py", "tests/common/test_record_flips.py"), both=True),
    "SEC1": Row("nobody reads or changes what is not theirs", ("tests/web/test_access_matrix.py",), both=True),
    "SEC5": Row(
        "no text makes the rules fall over",
        ("tests/policy/test_bad_input.py", "tests/policy/test_gate.py", "tests/policy/test_fuzz.py"),
    ),
    "SEC6": Row("no file is taken for what it is not, or costs more than its limit", ("tests/files",)),
    "SEC8": Row("exports open as text", ("tests/web/operator/test_audit.py",)),
    "SEC9": Row("no feed makes its reader fall over, or grow without end", ("tests/orders/test_feed_reading.py",)),
    "SEC10": Row(
        "limits hold per account and network, for all processes together",
        ("tests/accounts/test_throttle.py", "tests/web/account/test_sign_in.py", "tests/messaging/test_attachments.py"),
        both=True,
    ),
}


def prove(name: str, database: str) -> bool:
    """Run one row on one database and print its line. Returns whether every test passed and one did."""
    command = [sys.executable, "-m", "pytest", "-m", "full or not full", *ROWS[name].tests]
    environment = {**os.environ, "COMITY_TEST_DATABASE": database, "COMITY_PROVE": MINUTES, "COMITY_REQUIRE_PG": "1"}
    began = time.monotonic()
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)  # noqa: S603
    counts = {word: int(count) for count, word in re.findall(r"(\d+) (passed|failed|skipped|errors?)", done.stdout)}
    held = done.returncode == 0
    line = {"row": name, "promise": ROWS[name].promise, "database": database, "holds": held, **counts}
    print(json.dumps({**line, "seconds": round(time.monotonic() - began)}), flush=True)
    if not held:
        print(done.stdout[-4000:], file=sys.stderr)
    return held


def main(names: list[str]) -> int:
    if unknown := [name for name in names if name not in ROWS]:
        print(f"No row {', '.join(unknown)}. There are {', '.join(ROWS)}.", file=sys.stderr)
        return 2
    databases = {False: ("sqlite",), True: ("sqlite", "postgres")}
    results = [prove(name, database) for name in names or ROWS for database in databases[ROWS[name].both]]
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
