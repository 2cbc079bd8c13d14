"""Say whether this machine and its settings are fit to serve, and what to do where they are not.

Looks at Python, SQLite, the database, the data folder, the keys, mail and disk space. Changes nothing.

Exit code: 0 fit, 1 something must be mended, 2 used wrongly, or the keys of the database are missing.

for example:
  comity doctor
  comity doctor --json
"""

import argparse
import json
import sys
from dataclasses import asdict

from comity.config.commands import add_data_argument, start

_MARKS = {"ok": "ok  ", "note": "note", "bad": "BAD "}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What `comity doctor` understands."""
    parser.add_argument("--json", action="store_true", help="one JSON object instead of sentences")
    add_data_argument(parser)


def run(arguments: argparse.Namespace) -> int:
    """Examine and print."""
    start(only_looks=True)
    from comity.config.examination import examine  # needs settings

    findings = examine()
    fit = all(finding.state != "bad" for finding in findings)
    if arguments.json:
        sys.stdout.write(json.dumps({"fit": fit, "findings": [asdict(finding) for finding in findings]}) + "\n")
    else:
        for finding in findings:
            sys.stdout.write(f"{_MARKS[finding.state]}  {finding.about}: {finding.sentence}\n")
    return 0 if fit else 1
