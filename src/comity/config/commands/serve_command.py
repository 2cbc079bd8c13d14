"""Serve the pages until Ctrl-C or TERM.

With the embedded SQLite database this one command does everything: it brings the tables up to date, serves, and
delivers messages and mails. With PostgreSQL (COMITY_DATABASE_URL) any number of `comity serve` and
`comity worker` processes may run beside each other; it refuses to start on a server that could lose what it has
acknowledged.

for example:
  comity serve
  comity serve --port 8080 --data /var/lib/comity
  COMITY_DATABASE_URL=postgresql://comity@db/comity COMITY_BASE_URL=https://help.example comity serve --host 0.0.0.0
"""

import argparse
import os

from comity.config.commands import add_data_argument, start


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What `comity serve` understands."""
    parser.add_argument("--host", default="127.0.0.1", metavar="ADDRESS", help="default: 127.0.0.1, this machine only")
    parser.add_argument("--port", type=int, default=8000, metavar="N", help="default: 8000")
    add_data_argument(parser)


def run(arguments: argparse.Namespace) -> int:
    """Serve until stopped."""
    # Links in mails lead here unless the operator says where people really find us.
    os.environ.setdefault("COMITY_BASE_URL", f"http://{arguments.host}:{arguments.port}")
    start()
    from comity.config.server import serve  # needs settings

    return serve(host=arguments.host, port=arguments.port)
