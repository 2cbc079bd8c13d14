"""One process at a time has the embedded database: two would hide each other's events and wake-ups."""

import contextlib
import fcntl
import time
from pathlib import Path
from typing import IO

from comity.common.errors import Refused

_ATTEMPTS = 30
_PAUSE = 0.1  # seconds
_held: dict[Path, IO[str]] = {}  # open as long as this process lives; the system lets go of it at the end


def hold(folder: Path) -> None:
    """Keep ``folder`` for this process until it ends; a second call of the same process finds it kept.

    Raises ``Refused`` when another process has it.
    """
    if folder in _held:
        return
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)  # it holds what people wrote
    file = (folder / "lock").open("w")
    if not _got(file):
        file.close()
        sentence = f"Another Comity runs on {folder}. Stop it first, or choose another folder with --data."
        raise Refused("in_use", sentence, "data")
    _held[folder] = file


def _got(file: IO[str]) -> bool:
    """Whether the lock is ours; what was killed just now may need a moment to be gone."""
    for attempt in range(_ATTEMPTS):
        if attempt:
            time.sleep(_PAUSE)
        with contextlib.suppress(OSError):
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
    return False
