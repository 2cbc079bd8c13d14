"""Tell open pages at once that something changed, until Ctrl-C or TERM.

Optional, beside `comity serve`: without it pages ask now and then. It holds one connection for each open page, reads
the database and writes nothing, and says only "something changed". A proxy hands the path named by COMITY_LIVE_URL
on to it; set that variable for `comity serve`, too. See docs/operate/live.md.

for example:
  COMITY_LIVE_URL=/live/stream comity live --port 8001
"""

import argparse
import sys

from comity.config.commands import add_data_argument, start


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What `comity live` understands."""
    parser.add_argument("--host", default="127.0.0.1", metavar="ADDRESS", help="default: 127.0.0.1, this machine only")
    parser.add_argument("--port", type=int, default=8001, metavar="N", help="default: 8001")
    add_data_argument(parser)


def run(arguments: argparse.Namespace) -> int:
    """Serve until stopped."""
    start(only_looks=True)
    from comity.config.server import require_tables, serve_live  # needs settings

    require_tables()
    sys.stderr.write(f"Comity tells open pages at {arguments.host}:{arguments.port}; Ctrl-C stops it.\n")
    return serve_live(host=arguments.host, port=arguments.port)
