"""How a service writes.

SQLite lets one connection write at a time; waiting for the file lock wastes the time that a queue in the
process does not. So writers of one process line up here first, and each comes to its turn: nobody is overtaken.
On PostgreSQL rows are locked instead.
"""

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction


class Line:
    """A lock that is handed on in the order of asking; who has it may take it again."""

    def __init__(self) -> None:
        self._inner = threading.Lock()
        self._waiting: deque[tuple[int, threading.Lock]] = deque()
        self._owner, self._depth = 0, 0

    def __enter__(self) -> None:
        me = threading.get_ident()
        with self._inner:
            if self._owner in (0, me):
                self._owner, self._depth = me, self._depth + 1
                return
            called = threading.Lock()
            called.acquire()
            self._waiting.append((me, called))
        try:
            called.acquire()  # handed over by ``__exit__``
        except BaseException:  # a signal, say: whoever leaves the line must not be called later
            self._leave(me, called)
            raise

    def _leave(self, me: int, called: threading.Lock) -> None:
        with self._inner:
            if (me, called) in self._waiting:
                self._waiting.remove((me, called))
                return
        self.__exit__()  # it was called in the very moment

    def __exit__(self, *_: object) -> None:
        with self._inner:
            self._depth -= 1
            if self._depth:
                return
            self._owner = 0
            if self._waiting:
                (self._owner, called), self._depth = self._waiting.popleft(), 1
                called.release()


_writers = Line()


@contextmanager
def turn() -> Iterator[None]:
    """On SQLite: stay first in line for several short transactions. Nobody else writes meanwhile."""
    if connection.vendor == "sqlite":
        with _writers:
            yield
    else:
        yield


@contextmanager
def unanswered() -> Iterator[None]:
    """On PostgreSQL: send statements without waiting for their answers, so that it works while we prepare the next.

    Inside of a transaction, for many rows at once. Only for what is fetched it is waited; how many rows a statement
    changed is not known, and what the database refuses is raised at the end of the block at the latest.
    """
    if connection.vendor == "postgresql":
        with connection.wrap_database_errors, connection.connection.pipeline():
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
