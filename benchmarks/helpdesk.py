"""Messages accepted a second against django-helpdesk's replies, in the same kind of server on the same machine.

    python -m venv /tmp/peer && /tmp/peer/bin/pip install 'django-helpdesk[teams]' granian
    python benchmarks/helpdesk.py --peer /tmp/peer/bin/python [--seconds 8] [--rounds 3] [--clients 4]

Both run in one granian process with 16 threads on durable SQLite (WAL, synchronous FULL), signed in by a session,
with the same words. A reply of django-helpdesk is a comment by its own API (`/api/followups/`), the fastest door it
has: no rules, no record, no idempotency, and its mails go nowhere. Ours is the form that a browser posts, with all
of that. Rounds alternate. Ends with one JSON line: the ratio of rates, and of CPU per message.
"""

import argparse
import itertools
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.accept import TOKEN, WORDS, WRITERS, Load, Round
from benchmarks.serving import ROOT, Client, Served, free_port, place, served, wait_until_ready

JSON = "application/json"
AT_LEAST = 5  # times; 8 is the aim


class Peer:
    """A fresh django-helpdesk, run by another Python."""

    def __init__(self, python: str, folder: str) -> None:
        self._python = python
        settings = "benchmarks.helpdesk_peer.settings"
        self._environment = {
            **os.environ,
            "HELPDESK_FOLDER": folder,
            "DJANGO_SETTINGS_MODULE": settings,
            "PYTHONPATH": str(ROOT),
        }
        self._run("django", "migrate", "--verbosity=0")
        self.people = json.loads(self._run("benchmarks.helpdesk_peer.people", str(WRITERS)))

    def _run(self, *words: str) -> str:
        command = [self._python, "-W", "ignore", "-m", *words]
        done = subprocess.run(command, cwd=ROOT, env=self._environment, capture_output=True, text=True, check=True)
        return done.stdout

    @contextmanager
    def served(self) -> Iterator[Served]:
        """Its server, with the options that ours has."""
        port = free_port()
        command = [self._python, "-m", "granian", "--interface", "wsgi", "--port", str(port), "--workers", "1"]
        command += ["--blocking-threads", "16", "--no-ws", "--log-level", "error"]
        command += ["benchmarks.helpdesk_peer.wsgi:application"]
        with subprocess.Popen(command, cwd=ROOT, env=self._environment, start_new_session=True) as process:
            try:
                wait_until_ready(port)
                yield Served(port, process)
            finally:
                os.killpg(process.pid, signal.SIGTERM)

    def load(self, server: Served, clients: int) -> Callable[[float], Round]:
        """What runs one round of replies."""
        browsers = [Client(server.port) for _ in range(clients)]
        cookie = f"sessionid={self.people['session']}; csrftoken={TOKEN}"

        def work(browser: Client, number: int, end: float, done: Round) -> None:
            for ticket in itertools.cycle(self.people["tickets"][number::clients]):
                if time.monotonic() > end:
                    return
                reply = {"ticket": ticket, "title": "reply", "comment": WORDS, "public": True}
                began = time.monotonic()
                status, said = browser.request(
                    "POST",
                    "/api/followups/",
                    cookie=cookie,
                    form=json.dumps(reply),
                    kind="application/json",
                    csrf=TOKEN,
                )
                done.times.append(time.monotonic() - began)
                assert status == 201, (status, said[:300])

        def run(seconds: float) -> Round:
            done, end = Round(), time.monotonic() + seconds
            threads = [
                threading.Thread(target=work, args=(browser, number, end, done))
                for number, browser in enumerate(browsers)
            ]
            began, before = time.monotonic(), server.cpu()
            [thread.start() for thread in threads]
            [thread.join() for thread in threads]
            done.seconds, done.cpu = time.monotonic() - began, server.cpu() - before
            return done

        return run


def measure(options: argparse.Namespace) -> list[tuple[Round, Round]]:
    """Pairs of a round of theirs and one of ours."""
    with tempfile.TemporaryDirectory(prefix="comity-bench-") as folder, place("sqlite") as where:
        peer = Peer(options.peer, folder)
        writers = json.loads(where.run("benchmarks.serving.people", str(WRITERS)))
        with peer.served() as theirs, served(where, worker=False) as ours:
            reply, load = peer.load(theirs, options.clients), Load(ours, writers, options.clients)
            reply(1.5), load.run("message", 1.5)  # warm
            return [(reply(options.seconds), load.run("message", options.seconds)) for _ in range(options.rounds)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--peer", required=True, metavar="PYTHON", help="a Python that has django-helpdesk and granian")
    parser.add_argument("--seconds", type=float, default=8)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--clients", type=int, default=4)
    pairs = measure(parser.parse_args())
    for theirs, ours in pairs:
        print(
            f"django-helpdesk {theirs.rate:5.0f}/s {theirs.cpu_ms:5.1f} ms CPU · comity {ours.rate:5.0f}/s "
            f"{ours.cpu_ms:5.1f} ms CPU · ratio {ours.rate / theirs.rate:.2f}"
        )
    found = {
        "ratio": round(median(ours.rate / theirs.rate for theirs, ours in pairs), 2),
        "ratio_by_cpu": round(median(theirs.cpu_ms / ours.cpu_ms for theirs, ours in pairs), 2),
        "at_least": AT_LEAST,
    }
    print(json.dumps({"benchmark": "helpdesk", "database": "sqlite", **found}))


if __name__ == "__main__":
    main()
