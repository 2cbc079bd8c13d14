"""Serve the pages until Ctrl-C or TERM.

With the embedded SQLite database this one command does everything: it brings the tables up to date, serves, and
delivers messages and mails. With PostgreSQL (COMITY_DATABASE_URL) any number of `comity serve` and
`comity worker` processes may run beside each other; it refuses to start on a server that could lose what it has
acknowledged. Where others than this machine can come it refuses to start without COMITY_SMTP_URL, too.

for example:
  comity serve
  comity serve --port 8080 --data /var/lib/comity
  COMITY_BASE_URL=https://help.example COMITY_SMTP_URL=smtp://mail.example comity serve --host 0.0.0.0
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
    host = f"[{arguments.host}]" if ":" in arguments.host else arguments.host
    os.environ.setdefault("COMITY_BASE_URL", f"http://{host}:{arguments.port}")
    os.environ.pop("COMITY_DEMO", None)  # shows the mails of everybody: `comity demo` alone sets it
    start()
    from comity.config.server import serve  # needs settings

    return serve(host=arguments.host, port=arguments.port)
