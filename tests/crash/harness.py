"""Six clients write, a nemesis kills; afterwards somebody counts.

A client sends each of its messages under a key of its own, and again under the same key until it is thanked.
"""

import json
import os
import random
import signal
import socket
import string
import subprocess
import sys
import threading
import time
import zlib
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path

ROOT = Path(__file__).parents[2]
CLIENTS = 6
CREATED = 201
PATIENCE = 5  # seconds for one answer


def run_module(name, environment, given=""):
    """What `python -m tests.crash.NAME` prints, read as JSON."""
    command = [sys.executable, "-m", f"tests.crash.{name}"]
    done = subprocess.run(command, cwd=ROOT, env=environment, input=given, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-4000:]
    return json.loads(done.stdout)


def environment(url, folder, mutant=""):
    """For every process of one run: its database, its data folder, its mistake."""
    own = {"COMITY_DATABASE_URL": url, "COMITY_DATA": str(folder), "COMITY_MUTANT": mutant}
    return {**os.environ, **own, "COMITY_LOG_LEVEL": "CRITICAL"}


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Victim:
    """The server; see ``server``."""

    def __init__(self, port, environment):
        command = [sys.executable, "-m", "tests.crash.server", str(port)]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
        self._mother = subprocess.Popen(command, cwd=ROOT, env=environment, text=True, **pipes)
        self._child = 0

    def start(self):
        self._mother.stdin.write("start\n")
        self._mother.stdin.flush()
        self._child = int(self._mother.stdout.readline())

    def kill(self):
        """kill -9; returns when the process is gone."""
        with suppress(ProcessLookupError):
            os.kill(self._child, signal.SIGKILL)
            while True:
                os.kill(self._child, 0)
                time.sleep(0.001)

    def close(self):
        if self._child:
            self.kill()
        with self._mother:  # closes its pipes, which ends it, and waits
            pass


@contextmanager
def victim(port, environment):
    server = Victim(port, environment)
    try:
        yield server
    finally:
        server.close()


@dataclass
class Client:
    """One writer. ``thanked``: key -> the answer; ``wrong``: answers that differ from the first one."""

    number: int
    port: int
    writers: list
    stop: threading.Event
    thanked: dict = field(default_factory=dict)
    wrong: list = field(default_factory=list)

    def run(self):
        count = 0
        while not self.stop.is_set():
            count += 1
            key = f"{name_of(self.number)}-{name_of(count)}"
            answer = self.insist(key)
            if answer:
                self.thanked[key] = answer
                self.repeat(key, count)

    def insist(self, key):
        """The same request until it is answered, or until time is up."""
        while not self.stop.is_set():
            status, body = self.post(key)
            if status == CREATED:
                return body
            assert status in (None, 500, 503), (status, body)
            time.sleep(0.01)
        return None

    def repeat(self, key, count):
        """Now and then the same key again: the same answer; with other words: refused."""
        if count % 3 == 0:
            status, body = self.post(key)
            self.wrong += [key] if status == CREATED and body["message"] != self.thanked[key]["message"] else []
        elif count % 3 == 1:
            status, _ = self.post(key, text="Message of another kind")
            self.wrong += [key] if status not in (None, 409) else []

    def writer_of(self, key):
        return self.writers[zlib.crc32(key.encode()) % len(self.writers)]

    def post(self, key, text=""):
        asked = {**self.writer_of(key), "key": key, "text": text or f"Message {key}"}
        connection = HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            connection.request("POST", "/", json.dumps(asked))
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read())  # an answer that was cut off is none
        except (OSError, HTTPException, ValueError):
            return None, {}
        finally:
            connection.close()


def name_of(number):
    """A number in letters: the rules take digits for telephone numbers."""
    letters = ""
    while number:
        number, digit = divmod(number, 26)
        letters = string.ascii_lowercase[digit] + letters
    return f"x{letters}"


def run(url, folder, *, seconds, mutant="", meanwhile=lambda _: None, seed=1):
    """Write and kill for that long; the checker's report with ``kills``, ``acknowledged`` and ``wrong answers``.

    ``meanwhile`` is called after every kill with its number, while nothing runs.
    """
    surroundings = environment(url, folder, mutant)
    writers = run_module("seed", surroundings)
    port, chance, stop = free_port(), random.Random(seed), threading.Event()
    clients = [Client(n, port, writers, stop) for n in range(1, CLIENTS + 1)]
    threads = [threading.Thread(target=client.run) for client in clients]
    with victim(port, surroundings) as server:
        server.start()
        [thread.start() for thread in threads]
        kills = torment(server, seconds, chance, lambda: sum(len(client.thanked) for client in clients), meanwhile)
        time.sleep(0.5)
        stop.set()
        [thread.join() for thread in threads]
    keys = [key for client in clients for key in client.thanked]
    report = run_module("check", surroundings, json.dumps(keys))
    return {
        "kills": kills,
        "acknowledged": len(keys),
        "wrong answers": [key for client in clients for key in client.wrong],
        **report,
    }


def torment(server, seconds, chance, progress, meanwhile):
    """Kill about twice a second and at least five times, each after something was achieved; how often."""
    start, kills = time.monotonic(), 0
    while time.monotonic() < start + seconds or kills < 5:
        enough, patience = progress() + chance.randrange(1, 6), time.monotonic() + PATIENCE
        while progress() < enough and time.monotonic() < patience:
            time.sleep(0.005)
        time.sleep(chance.uniform(0.1, 0.5))
        server.kill()
        kills += 1
        meanwhile(kills)
        server.start()
    return kills
