"""One process at a time has the embedded database: two would hide each other's events and wake-ups."""

import fcntl
from pathlib import Path
from typing import IO

from comity.common.errors import Refused

_held: dict[Path, IO[str]] = {}  # open as long as this process lives; the system lets go of it at the end


def hold(folder: Path) -> None:
    """Keep ``folder`` for this process until it ends; a second call of the same process finds it kept.

    Raises ``Refused`` when another process has it.
    """
    if folder in _held:
        return
    folder.mkdir(parents=True, exist_ok=True)
    file = (folder / "lock").open("w")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.close()
        sentence = f"Another Comity runs on {folder}. Stop it first, or choose another folder with --data."
        raise Refused("in_use", sentence, "data") from None
    _held[folder] = file
