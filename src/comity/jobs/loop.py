"""One kind of work in a thread of its own, again and again until it is told to stop."""

import logging
import threading
from collections.abc import Callable
from datetime import datetime

from django.db import connection

from comity.common import clock
from comity.common.errors import describe

_PAUSE_AFTER_TROUBLE = 1.0  # seconds, when the database cannot be reached
_log = logging.getLogger(__name__)


def loop(
    step: Callable[[datetime], int], stop: threading.Event, *, pause: float, wake: threading.Event | None = None
) -> None:
    """Call ``step`` with the time until ``stop`` is set; wait ``pause`` seconds when it had nothing to do.

    With ``wake`` the pause ends as soon as that is set. Trouble is logged, and the work goes on.
    """
    while not stop.is_set():
        if wake:
            wake.clear()
        try:
            worked = step(clock.now())
        except Exception as error:  # noqa: BLE001 - a worker outlives a database that is away
            _log.error("%s could not work: %s", getattr(step, "__qualname__", step), describe(error))
            connection.close()
            stop.wait(_PAUSE_AFTER_TROUBLE)
        else:
            if not worked:
                (wake or stop).wait(pause)
    connection.close()
