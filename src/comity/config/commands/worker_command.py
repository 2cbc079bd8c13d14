"""Deliver messages, send mails and run schedules, until Ctrl-C or TERM.

For PostgreSQL, beside `comity serve`; start as many as you like. With the embedded SQLite database
`comity serve` does this work itself.

for example:
  COMITY_DATABASE_URL=postgresql://comity@db/comity COMITY_SMTP_URL=smtp://mail.example comity worker
"""

import argparse
import signal
import sys
import threading

from comity.config.commands import start


def add_arguments(_parser: argparse.ArgumentParser) -> None:
    """`comity worker` has no options: it finds its work in the database."""


def run(_arguments: argparse.Namespace) -> int:
    """Work until stopped."""
    start()
    from django.db import connection  # needs settings

    from comity.config import server  # needs settings
    from comity.jobs.worker import Worker  # needs models

    if connection.vendor == "sqlite":
        sys.stderr.write("comity worker: with the embedded database `comity serve` does this work itself.\n")
        return 2
    server.require_rulebooks()
    server.require_reader()
    server.require_mail()
    server.prepare_database()
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    sys.stderr.write(f"Comity works; Ctrl-C stops it.\n{server.mail_note()}")
    Worker().run_forever(stop)
    return 0
