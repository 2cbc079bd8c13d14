"""Check that the record of every conversation is what it was, and that the pages show what is on record.

Reads every chain, in bounded memory, and names the first entry of each that is not as it was written; then reads
what the pages show, and names the first message of each conversation that is not as its record says.

Exit code: 0 all intact, 1 something was altered.

for example:
  comity verify
  comity verify --json
"""

import argparse
import json
import sys
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from typing import Any

from comity.config.commands import add_data_argument, start


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What `comity verify` understands."""
    parser.add_argument("--json", action="store_true", help="one JSON object instead of sentences")
    add_data_argument(parser)


def run(arguments: argparse.Namespace) -> int:
    """Check every chain and print what was found."""
    start(only_looks=True)
    from comity.common.record import verify  # needs models
    from comity.messaging.selectors.agreement import disagreements  # needs models
    from comity.messaging.selectors.conversations import record_heads  # needs models

    _require_installation()
    counts = {"chains": 0, "entries": 0}
    faults = [asdict(fault) for fault in verify(_counting(record_heads(), counts), whole=True)]
    differing = [asdict(one) for one in disagreements()]
    intact = not faults and not differing
    if arguments.json:
        facts = {**counts, "intact": intact, "faults": faults, "disagreements": differing}
        sys.stdout.write(json.dumps(facts) + "\n")
    else:
        sys.stdout.write(_told(counts, faults, differing))
    return 0 if intact else 1


def _require_installation() -> None:
    """Raise ``Refused`` where there is nothing to verify, or no keys to verify it with."""
    from django.conf import settings  # needs settings

    from comity.common.errors import Refused  # the same
    from comity.config.environment import has_keys  # the same
    from comity.config.server import require_tables  # the same

    require_tables()
    if not has_keys(settings.DATA_FOLDER):
        raise Refused("no_keys", f"There are no keys in {settings.DATA_FOLDER}: set COMITY_DATA or COMITY_SECRETS.")


def _counting(heads: Iterable[tuple[str, int, str]], counts: dict[str, int]) -> Iterator[tuple[str, int, str]]:
    for head in heads:
        counts["chains"] += 1
        counts["entries"] += head[1]
        yield head


def _told(counts: dict[str, int], faults: list[dict[str, Any]], differing: list[dict[str, Any]]) -> str:
    lines = [_line(fault) for fault in faults]
    lines += [f"{one['chain']}, message {one['message']}: {one['what']}." for one in differing]
    size = f"{counts['chains']:,} conversation{'' if counts['chains'] == 1 else 's'} with {counts['entries']:,} entries"
    lines.append(f"{size}: {_altered(faults, differing) or 'all intact'}.")
    return "\n".join(lines) + "\n"


def _line(fault: dict[str, Any]) -> str:
    place = f"{fault['chain']}, entry {fault['position']}" if fault["position"] else f"marketplace {fault['chain']}"
    return f"{place}: {fault['what']}."


def _altered(faults: list[dict[str, Any]], differing: list[dict[str, Any]]) -> str:
    """How many conversations and how many head logs, which belong to a marketplace, were altered."""
    chains = [fault["chain"] for fault in faults if fault["position"]] + [one["chain"] for one in differing]
    conversations = len(set(chains))
    logs = sum(not fault["position"] for fault in faults)
    said = [f"{conversations:,} altered"] if conversations else []
    if logs:
        said.append(f"{logs:,} head log{'' if logs == 1 else 's'} altered")
    return ", ".join(said)
