"""What this process knows of the latest changes, read once for all pages that ask.

However many pages ask, the log is looked at no more than twice a second, so an answer costs no query of its own.
"""

import threading
import time
from collections.abc import Callable, Collection

from comity.messaging.selectors.live import Change, changes_after, latest_position

PAUSE = 0.5  # seconds between two looks at the log
_MOST_CHANNELS = 50_000  # held in memory; then all is forgotten and every page asks once more


class Hub:
    """The last position of every channel that moved since this process began to look."""

    def __init__(
        self,
        read: Callable[[int], list[Change]] = changes_after,
        latest: Callable[[], int] = latest_position,
        ticks: Callable[[], float] = time.monotonic,
    ) -> None:
        self._read, self._latest, self._ticks = read, latest, ticks
        self._lock = threading.Lock()
        self._moved: dict[str, tuple[int, float]] = {}  # channel -> position, when it was seen (seconds since 1970)
        self._begun: float | None = None
        self._base = 0
        self._looked = 0.0
        self.position = 0

    def look(self, at: float, *, pause: float = PAUSE) -> bool:
        """Read what is new, unless somebody did less than ``pause`` seconds ago; whether it read.

        ``at`` is now, in seconds since 1970.
        """
        with self._lock:
            ticks = self._ticks()
            if self._begun is not None and ticks - self._looked < pause:
                return False
            if self._begun is None:
                self._begun, self._base = at, self._latest()
                self.position = self._base
            while changes := self._read(self.position):
                self._take(changes, at)
            self._looked = ticks
            return True

    def moved(self, channels: Collection[str], *, after: int | None, issued_at: float) -> set[str]:
        """Which of ``channels`` moved behind position ``after``; without one: since ``issued_at``, seconds since 1970.

        All of them where this process cannot know: the page is older than it.
        """
        with self._lock:
            if self._begun is None or (issued_at < self._begun if after is None else after < self._base):
                return set(channels)
            known = {channel: self._moved[channel] for channel in channels if channel in self._moved}
        if after is None:
            return {channel for channel, (_, seen) in known.items() if seen >= issued_at}
        return {channel for channel, (position, _) in known.items() if position > after}

    def _take(self, changes: list[Change], at: float) -> None:
        if len(self._moved) > _MOST_CHANNELS:
            self._moved.clear()
            self._begun, self._base = at, self.position
        for change in changes:
            self._moved.update(dict.fromkeys(change.channels, (change.position, at)))
        self.position = changes[-1].position


hub = Hub()
