"""Bring the search index up to date with messages, orders and people.

The background work keeps the index in step by itself. This is for what it is not told of: rows that another program
wrote, and a new version of Comity that reads words differently (--from-scratch, as its notes then say). Safe to repeat
and to stop; it may run while people search. Pages search what is there meanwhile.

for example:
  comity reindex
  comity reindex --from-scratch
"""

import argparse
import json
import sys

from comity.config.commands import add_data_argument, start


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What `comity reindex` understands."""
    parser.add_argument("--from-scratch", action="store_true", help="empty the index first")
    parser.add_argument("--json", action="store_true", help="one JSON object instead of a sentence")
    add_data_argument(parser)


def run(arguments: argparse.Namespace) -> int:
    """Index everything and print how many of each kind there are."""
    start()
    from comity.common.transactions import write  # needs settings
    from comity.config.server import require_tables  # needs settings
    from comity.messaging.models import Findable  # needs models
    from comity.messaging.services import search  # needs models

    require_tables()
    if arguments.from_scratch:
        with write():
            search.empty_index()
    counts: dict[str, int] = {}
    for kind in Findable:
        name = f"{kind.label.lower()}s"
        counts[name], last = 0, 0
        while True:
            with write():
                done, last = search.index_all(kind, after=last)
            counts[name] += done
            if not done:
                break
    if arguments.json:
        sys.stdout.write(json.dumps(counts) + "\n")
    else:
        told = ", ".join(
            f"{count:,} {name.removesuffix('s') if count == 1 else name}" for name, count in counts.items()
        )
        sys.stdout.write(f"In the index: {told}.\n")
    return 0
