"""What is made once in a run of the tests: by the process that needs it first, while the others wait."""

import fcntl
import os
import shutil
from pathlib import Path

RUN = "COMITY_TEST_RUN"  # the folder of this run, which the controlling process makes and removes


def once(name, make):
    """The path of what ``make(path)`` makes: a file or a folder, finished when it is there."""
    path = Path(os.environ[RUN], name)
    with path.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not path.exists():
            unfinished = path.with_suffix(".part")
            make(unfinished)
            unfinished.rename(path)
    return path


def begun(folder, migrated_file):
    """``folder`` as the program's data folder, with tables and keys: what is tried there begins seconds sooner."""
    shutil.copy(migrated_file, folder / "comity.sqlite3")
    (folder / "secrets.json").write_text(os.environ["COMITY_SECRETS"])
    (folder / "secrets.json").chmod(0o600)
    return folder
