"""What `comity doctor` looks at."""

import os
import platform
import shutil
import sqlite3
import stat
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import Error, connection

from comity.config.server import DURABLE, pending_migrations, undurable

_OLDEST_SQLITE = (3, 35, 0)  # gives back the ids of rows inserted together, which imports need
_LITTLE_SPACE = 1 << 30  # bytes


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at. ``state`` is ok, note (works, but look at it) or bad."""

    about: str
    state: str
    sentence: str


def examine() -> list[Finding]:
    """Look at everything; nothing raises."""
    return [look() for look in LOOKS]


def _python() -> Finding:
    return Finding("python", "ok", f"{platform.python_version()} on {platform.system()}.")


def _sqlite() -> Finding:
    version = sqlite3.sqlite_version
    if sqlite3.sqlite_version_info < _OLDEST_SQLITE:
        return Finding("sqlite", "bad", f"{version} is too old: take a Python with SQLite 3.35 or later.")
    probe = sqlite3.connect(":memory:")
    try:
        probe.execute("CREATE VIRTUAL TABLE probe USING fts5(words)")
    except sqlite3.OperationalError:
        return Finding("sqlite", "bad", f"{version} is built without FTS5, which search needs: take another Python.")
    finally:
        probe.close()
    return Finding("sqlite", "ok", f"{version} with FTS5.")


def _database() -> Finding:
    kind = connection.vendor
    try:
        connection.ensure_connection()
        faults = undurable()
        pending = pending_migrations()
    except Error as error:
        return Finding(
            "database", "bad", f"{kind} cannot be reached ({type(error).__name__}): see COMITY_DATABASE_URL."
        )
    if faults:
        fixes = " ".join(f"{name} is off: {DURABLE[name]}." for name in faults)
        return Finding("database", "bad", f"{kind} could lose what was acknowledged. {fixes}")
    if pending:
        return Finding(
            "database", "note", f"{kind} lacks {len(pending)} changes of its tables; `comity serve` makes them."
        )
    return Finding("database", "ok", f"{kind}, tables up to date, writes are durable.")


def _data_folder() -> Finding:
    folder = Path(settings.DATA_FOLDER)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        return Finding("data folder", "bad", f"{folder} cannot be written ({error.strerror}): see COMITY_DATA.")
    return Finding("data folder", "ok", f"{folder} can be written.")


def _keys() -> Finding:
    path = Path(settings.DATA_FOLDER) / "secrets.json"
    if os.environ.get("COMITY_SECRETS"):
        return Finding("keys", "ok", "come from COMITY_SECRETS.")
    if not path.exists():
        return Finding("keys", "bad", f"{path} is missing.")
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & 0o077:
        return Finding("keys", "bad", f"{path} can be read by others (mode {mode:o}): chmod 600 {path}")
    return Finding("keys", "ok", f"{path} is readable by its owner only; keep a copy, data cannot be read without it.")


def _mail() -> Finding:
    if settings.MAILBOX:
        sentence = "is kept on the page /mailbox/ and sent to nobody: set COMITY_SMTP_URL to send it."
        return Finding("mail", "note", sentence)
    return Finding("mail", "ok", f"goes to {settings.EMAIL_HOST}:{settings.EMAIL_PORT}.")


def _address() -> Finding:
    if settings.BASE_URL.startswith("https://"):
        return Finding("address", "ok", f"{settings.BASE_URL}.")
    sentence = f"{settings.BASE_URL} is not https: cookies travel readable. Fine on one machine only."
    return Finding("address", "note", sentence)


def _space() -> Finding:
    folder = Path(settings.DATA_FOLDER)
    there = next(place for place in (folder, *folder.parents) if place.exists())
    free = shutil.disk_usage(there).free
    state = "ok" if free > _LITTLE_SPACE else "bad"
    return Finding("disk", state, f"{free / (1 << 30):.1f} GiB free where the data lies; at least 1 is needed.")


LOOKS: tuple[Callable[[], Finding], ...] = (
    _python, _sqlite, _data_folder, _keys, _database, _mail, _address, _space,
)  # fmt: skip
