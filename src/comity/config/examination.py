"""What `comity doctor` looks at."""

import os
import platform
import shutil
import sqlite3
import stat
import tempfile
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.db import Error, connection
from django.db.models import Count, Model

from comity.accounts.selectors.settings import profile_by_digest
from comity.common.errors import Refused
from comity.config.server import DURABLE, missing_database, pending_migrations, require_mail, require_reader, undurable
from comity.files.services.inspection import picture_reader
from comity.integrations.scanners import ScannerDown, scanner_at
from comity.ledger.services.payments import needs_authorisation
from comity.orders.selectors.subscriptions import unpaid_count
from comity.screening.services import rulebook_date
from comity_policy.reader import DIGEST

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
    if missing := missing_database():
        return Finding("database", "note", f"there is none at {missing} yet; `comity serve` makes it.")
    try:
        connection.ensure_connection()
        faults = undurable()
        pending = pending_migrations()
    except Error as error:
        file = connection.settings_dict["NAME"]
        where = "see COMITY_DATABASE_URL" if os.environ.get("COMITY_DATABASE_URL") else f"look at {file}"
        return Finding("database", "bad", f"{kind} cannot be used ({type(error).__name__}): {where}.")
    except Refused as refused:
        return Finding("database", "bad", refused.sentence)
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
    there = _nearest(folder)
    try:
        with tempfile.TemporaryFile(dir=there):
            pass
    except OSError as error:
        return Finding("data folder", "bad", f"{there} cannot be written ({error.strerror}): see COMITY_DATA.")
    if there != folder:
        return Finding("data folder", "note", f"{folder} does not exist yet; `comity serve` makes it.")
    mode = stat.S_IMODE(folder.stat().st_mode)
    if mode & 0o077:
        sentence = f"{folder} is open to others on this machine (mode {mode:o}): chmod 700 {folder}"
        return Finding("data folder", "note", sentence)
    return Finding("data folder", "ok", f"{folder} can be written, by its owner only.")


def _nearest(folder: Path) -> Path:
    """The folder itself, or the nearest one above it that is there."""
    return next(place for place in (folder, *folder.parents) if place.exists())


def _keys() -> Finding:
    path = Path(settings.DATA_FOLDER) / "secrets.json"
    if os.environ.get("COMITY_SECRETS"):
        return Finding("keys", "ok", "come from COMITY_SECRETS.")
    if not path.exists():
        if missing_database():
            return Finding("keys", "note", f"there are none at {path} yet; `comity serve` makes them.")
        return Finding("keys", "bad", f"{path} is missing.")
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & 0o077:
        return Finding("keys", "bad", f"{path} can be read by others (mode {mode:o}): chmod 600 {path}")
    return Finding("keys", "ok", f"{path} is readable by its owner only; keep a copy, data cannot be read without it.")


def _mail() -> Finding:
    try:
        require_mail()
    except Refused as refused:
        return Finding("mail", "bad", refused.sentence)
    if settings.MAILBOX:
        sentence = "is kept in the database and sent to nobody: set COMITY_SMTP_URL to send it."
        return Finding("mail", "note", sentence)
    return Finding("mail", "ok", f"goes to {settings.EMAIL_HOST}:{settings.EMAIL_PORT}.")


def _address() -> Finding:
    """Only `comity serve` knows its host and port, so without COMITY_BASE_URL none is named."""
    base = settings.BASE_URL if os.environ.get("COMITY_BASE_URL") else ""
    where = base or "COMITY_BASE_URL is not set: links in mails lead to the host and port of `comity serve`"
    if settings.BEHIND_PROXY:
        sentence = "the proxy in front must set X-Forwarded-For and X-Forwarded-Proto itself, not append to them."
        return Finding("address", "note", f"{where}; {sentence}")
    if base.startswith("https://"):
        return Finding("address", "ok", f"{base}.")
    plain = f"{base} is not https" if base else f"{where}, not by https"
    return Finding("address", "note", f"{plain}: cookies travel readable. Fine on one machine only.")


def _payments() -> Finding:
    if not needs_authorisation():
        return Finding("payments", "ok", "are written down here, and nobody is asked for them.")
    try:
        unpaid = 0 if missing_database() else unpaid_count()
    except Error:  # no tables yet, or no database: that is said above
        unpaid = 0
    if unpaid:
        sentence = (
            f"go through {settings.PAYMENTS}, and how {unpaid} active subscriptions are paid is not known: they "
            "are not renewed. Import them again with payment_customer and payment_method, or with cancelled_at."
        )
        return Finding("payments", "bad", sentence)
    return Finding("payments", "ok", f"go through {settings.PAYMENTS}.")


def _terms() -> Finding:
    try:
        lost = [] if missing_database() else list(_lost_terms())
    except Error:  # no tables yet, or no database: that is said above
        lost = []
    if lost:
        sentence = (
            f"a release that kept none decided under {', '.join(lost)}. What was decided stands, and what is still "
            "asked of those terms is answered by the ones of this release. Nothing can be done, and nothing has to be."
        )
        return Finding("terms", "note", sentence)
    return Finding("terms", "ok", "the profiles and rulebooks of all deadlines and verdicts are kept.")


def _lost_terms() -> Iterator[str]:
    """What columns name by a digest that finds nothing any more, and the rows that name it."""
    finders: Mapping[str, Callable[[str], object]]
    finders = {"profile_digest": profile_by_digest, "rulebook_digest": rulebook_date}
    rows: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for model in apps.get_models():
        for field, digest, counted in _named(model, finders):
            if not finders[field](digest):
                rows[field, digest].append(counted)
    for (field, digest), counts in sorted(rows.items()):
        yield f"the {field.partition('_')[0]} {digest[:12]} ({', '.join(sorted(counts))})"


def _named(model: type[Model], fields: Collection[str]) -> Iterator[tuple[str, str, str]]:
    about = model._meta  # noqa: SLF001 - Django's own name for it
    for name in {one.name for one in about.concrete_fields} & set(fields):
        rows = model._default_manager.exclude(**{name: ""}).order_by()  # noqa: SLF001 - likewise
        for digest, count in rows.values_list(name).annotate(Count("pk")):
            yield name, digest, f"{about.verbose_name_plural}: {count}"


def _scanner() -> Finding:
    scanner = scanner_at(settings.SCANNER)
    try:
        version = scanner.ping()
    except ScannerDown:
        sentence = f"{scanner.name} does not answer: no file can be sent until it does. See COMITY_SCANNER."
        return Finding("virus scanner", "bad", sentence)
    if not version:
        return Finding("virus scanner", "note", "none: files are checked, but not for viruses; set COMITY_SCANNER.")
    return Finding("virus scanner", "ok", f"{scanner.name}, {version}.")


def _pictures() -> Finding:
    if reader := picture_reader():
        return Finding("pictures", "ok", f"their words are read by {reader}.")
    return Finding("pictures", "note", "QR codes in them are read, words are not: install tesseract-ocr.")


def _second_reader() -> Finding:
    if not settings.SECOND_READER:
        return Finding("second reader", "note", "off: messages are read by the rules alone; see COMITY_SECOND_READER.")
    try:
        require_reader()
    except Refused as refused:
        return Finding("second reader", "bad", refused.sentence)
    return Finding("second reader", "ok", f"reads every message, weights {DIGEST[:12]}.")


def _space() -> Finding:
    folder = Path(settings.DATA_FOLDER)
    free = shutil.disk_usage(_nearest(folder)).free
    state = "ok" if free > _LITTLE_SPACE else "bad"
    return Finding("disk", state, f"{free / (1 << 30):.1f} GiB free where the data lies; at least 1 is needed.")


LOOKS: tuple[Callable[[], Finding], ...] = (
    _python, _sqlite, _data_folder, _keys, _database, _mail, _address, _payments, _terms, _scanner, _pictures,
    _second_reader, _space,
)  # fmt: skip
