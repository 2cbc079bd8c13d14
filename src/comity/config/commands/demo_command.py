"""Start a small living marketplace, made up by us, and print a sign-in link for each role.

Everything runs in this process and lies in one folder; Ctrl-C stops it, the next start goes on where it was.

for example:
  comity demo
  comity demo --port 9000 --data /tmp/try
  comity demo --reset              (begin afresh)
"""

import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What `comity demo` understands."""
    parser.add_argument("--port", type=int, default=8000, metavar="N", help="default: 8000")
    parser.add_argument("--data", metavar="DIR", help="where the demo lies (default: comity-demo here)")
    parser.add_argument("--reset", action="store_true", help="delete the demo that is there and make a new one")


def run(arguments: argparse.Namespace) -> int:
    """Serve the demo until it is stopped."""
    from comity.config import demo  # starts Django

    return int(demo.main(arguments))
