"""Starting the web server: a database that is up to date and keeps its word, a free port, a clean end."""

import os
import signal
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management import call_command
from django.db import connection, connections
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server import Server

from comity.accounts.selectors.settings import keep_profiles
from comity.common.errors import Refused
from comity.config.environment import is_loopback
from comity.config.lock import hold
from comity.screening.services.keeping import keep_rulebooks
from comity_policy import reader
from comity_policy.rulebook import RulebookError, rulebooks

# What PostgreSQL must promise, and how to make it: a message that was acknowledged survives a power cut.
DURABLE = {
    "fsync": "set fsync = on in postgresql.conf and restart the server",
    "synchronous_commit": "set synchronous_commit = on in postgresql.conf, and for this role and database",
    "full_page_writes": "set full_page_writes = on in postgresql.conf and reload",
    "data_checksums": "stop the server and run pg_checksums --enable",
}
_MIGRATION_LOCK = 20_260_101  # any number that nobody else locks in this database
_TOO_OLD = (
    "This database is of a version before the first release and cannot be brought up to date: export what you need "
    "with the program that made it, and begin with an empty one."
)
_PATIENCE = 30  # seconds for the web process to finish what it has begun
_THREADS = 16  # requests at the same time; more would only queue for the database


def serve(*, host: str, port: int, ready: Callable[[], None] | None = None) -> int:
    """Serve until TERM or Ctrl-C and return the exit code. ``ready`` is called when the port is ours.

    Raises ``Refused`` when the port is taken, mails would go nowhere, the database does not keep its word, or a
    rulebook or the second reader cannot be used.
    """
    require_rulebooks()
    require_reader()
    _require_free(host, port)
    require_mail(host)
    if connection.vendor == "sqlite":
        hold(settings.DATA_FOLDER)
    prepare_database()
    if connection.vendor == "sqlite":
        os.environ["COMITY_EMBEDDED_WORKER"] = "1"
    os.environ["COMITY_SUPERVISOR"] = str(os.getpid())
    connections.close_all()  # the web process opens its own
    server = Server(
        "comity.config.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=1,
        blocking_threads=_THREADS,
        log_level=LogLevels.error,
        websockets=False,
        workers_kill_timeout=_PATIENCE,
    )
    os.register_at_fork(after_in_child=_stand_apart)
    server.on_startup(ready or (lambda: _say(host, port)))
    server.serve()
    return 0


def serve_live(*, host: str, port: int) -> int:
    """Run the small live process until TERM or Ctrl-C. Raises ``Refused`` when the port is taken."""
    _require_free(host, port)
    connections.close_all()
    server = Server(
        "comity.config.live:application",
        address=host,
        port=port,
        interface=Interfaces.ASGI,
        workers=1,
        log_level=LogLevels.error,
        websockets=False,
        workers_kill_timeout=5,
    )
    os.register_at_fork(after_in_child=_stand_apart)
    server.serve()
    return 0


def _stand_apart() -> None:
    """In the web process: only the process that watches over it tells it to stop, and only once.

    Granian's handler can wait for itself for ever when Ctrl-C, which a terminal sends to a whole group, and the
    watching process's TERM arrive together. Until Granian has put its handlers in place, TERM simply ends it.
    """
    os.setpgid(0, 0)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)


def require_rulebooks() -> None:
    """Raise ``Refused`` when a rulebook that came with this release cannot be used: nothing is sent unchecked."""
    try:
        rulebooks()
    except RulebookError as error:
        raise Refused("rulebook", f"The rules cannot be read: {error}") from None


def require_reader() -> None:
    """Raise ``Refused`` when the second reader is switched on and cannot read: nothing is sent half checked."""
    if settings.SECOND_READER:
        try:
            reader.require()
        except reader.ReaderError as error:
            raise Refused("second_reader", f"COMITY_SECOND_READER is yes, but it cannot be asked. {error}") from None


def require_mail(host: str = "localhost") -> None:
    """Raise ``Refused`` when others than this machine can come, at ``host``, and no mail would reach them.

    On this machine alone, to try things out, mails may be kept; ``mail_note`` says so.
    """
    base = settings.BASE_URL
    alone = is_loopback(host) and is_loopback(urlsplit(base).hostname) and not base.startswith("https:")
    if settings.MAILBOX and not alone:
        sentence = (
            f"No mail can be sent, so nobody could sign in by a link at {base}: set COMITY_SMTP_URL, for example to "
            "smtp://mail.example:25?starttls=yes."
        )
        raise Refused("no_mail", sentence)


def mail_note() -> str:
    """A line for standard error when mails are kept and no page shows them; else empty."""
    kept = settings.MAILBOX and not settings.DEMO
    return "Mails are kept in the database and sent to nobody: set COMITY_SMTP_URL to send them.\n" if kept else ""


def prepare_database() -> None:
    """Bring the tables up to date, once however many processes start; keep the profiles and rulebooks of this release.

    Raises ``Refused`` when unfit.
    """
    if faults := undurable():
        fixes = " ".join(f"{name} is off: {DURABLE[name]}." for name in faults)
        raise Refused("not_durable", f"This PostgreSQL server could lose what was acknowledged. {fixes}")
    if pending_migrations():
        _migrate()
    keep_profiles()
    keep_rulebooks()


def _migrate() -> None:
    if connection.vendor != "postgresql":
        call_command("migrate", verbosity=0, interactive=False)
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [_MIGRATION_LOCK])
        try:
            call_command("migrate", verbosity=0, interactive=False)
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_MIGRATION_LOCK])


def missing_database() -> Path | None:
    """Where the embedded database will lie, while it is not there: connecting would make an empty one."""
    file = Path(connection.settings_dict["NAME"])
    return file if connection.vendor == "sqlite" and not file.exists() else None


def require_tables() -> None:
    """Raise ``Refused`` when the database is not there or not up to date."""
    if file := missing_database():
        elsewhere = "For another folder say so: COMITY_DATA=comity-demo, or --data comity-demo."
        raise Refused("no_database", f"There is no database at {file} yet; `comity serve` makes it. {elsewhere}")
    if pending_migrations():
        raise Refused("no_tables", "The database is older than this program; `comity serve` brings it up to date.")


def undurable() -> list[str]:
    """The settings of the PostgreSQL server that break the promise; SQLite's are ours."""
    if connection.vendor != "postgresql":
        return []
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, setting FROM pg_settings WHERE name = ANY(%s)", [list(DURABLE)])
        # remote_write and the like are promises about standbys; only these two do not wait for our own disk.
        return [name for name, setting in cursor.fetchall() if setting in ("off", "false")]


def pending_migrations() -> list[str]:
    """What the tables still lack. Raises ``Refused`` when they are older than any step from there (decision 0009)."""
    executor = MigrationExecutor(connection)
    if executor.loader.replacements.keys() - executor.loader.graph.nodes.keys():  # some of what they replace is missing
        raise Refused("too_old", _TOO_OLD)
    pending = [str(migration) for migration, _ in executor.migration_plan(executor.loader.graph.leaf_nodes())]
    if pending and _has_steps_unknown(executor.loader):
        raise Refused("too_old", _TOO_OLD)
    return pending


def _has_steps_unknown(loader: MigrationLoader) -> bool:
    """Whether something was done to the tables that no file does: what pends may be done already, or may not fit."""
    replaced = {step for migration in loader.replacements.values() for step in migration.replaces}
    unknown = loader.applied_migrations.keys() - loader.disk_migrations.keys() - replaced
    return any(app in loader.migrated_apps for app, _ in unknown)


def _require_free(host: str, port: int) -> None:
    """The server shares its port with whoever asks, so a second one would take half of the requests: ask first."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OverflowError:
            raise Refused("bad_port", f"{port} is no port: take one from 1 to 65535.", "port") from None
        except OSError as error:
            sentence = f"Port {port} on {host} cannot be used ({error.strerror}): take another one with --port."
            raise Refused("port_taken", sentence, "port") from error


def _say(host: str, port: int) -> None:
    sys.stderr.write(f"Comity serves http://{host}:{port}/ ; Ctrl-C stops it.\n{mail_note()}")
