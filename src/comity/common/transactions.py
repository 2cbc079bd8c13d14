"""How a service writes.

SQLite lets one connection write at a time; waiting for the file lock wastes the time that a queue in the
process does not. So writers of one process line up here first. On PostgreSQL rows are locked instead.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction

_writers = threading.RLock()


@contextmanager
def turn() -> Iterator[None]:
    """On SQLite: stay first in line for several transactions.

    The worker is one among many writers otherwise, and falls behind just when there is most to do.
    """
    if connection.vendor == "sqlite":
        with _writers:
            yield
    else:
        yield


@contextmanager
def write() -> Iterator[None]:
    """A transaction: all of what is inside is committed, or none of it."""
    if connection.vendor == "sqlite":
        with _writers, transaction.atomic():
            yield
    else:
        with transaction.atomic():
            yield
