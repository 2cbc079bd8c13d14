"""Six clients write, a nemesis kills; afterwards somebody counts.

A client sends each of its messages under a key of its own, and again under the same key until it is thanked.
"""

import json
import os
import random
import re
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
from urllib.parse import urlencode

ROOT = Path(__file__).parents[2]
CLIENTS = 6
LEAST_KILLS = 5
FOUND = 302  # a message was taken: on to the conversation
OK = 200  # the page again, with a warning to confirm
WARNING = re.compile(rb'name="confirmed" value="([0-9a-f]+)"')
TOKEN = "t" * 32  # against cross-site requests: cookie and form agree
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

    def start(self, point=""):
        """Run; to the end of the test, or to the first time that it comes by ``point``."""
        self._mother.stdin.write(f"{point}\n")
        self._mother.stdin.flush()
        self._child = int(self._mother.stdout.readline())

    def is_alive(self):
        with suppress(ProcessLookupError):
            os.kill(self._child, 0)
            return True
        return False

    def kill(self):
        """kill -9; returns when the process is gone."""
        with suppress(ProcessLookupError):
            os.kill(self._child, signal.SIGKILL)
        wait_until(lambda: not self.is_alive())

    def close(self):
        if self._child:
            self.kill()
        with self._mother:  # closes its pipes, which ends it, and waits
            pass


class Served:
    """The same by `comity serve`, with all its processes. It knows no named places."""

    def __init__(self, port, environment):
        self._command = [sys.executable, "-m", "comity.config.cli", "serve", "--port", str(port)]
        self._environment = environment
        self._process = None

    def start(self, point=""):
        assert not point
        self._process = subprocess.Popen(self._command, cwd=ROOT, env=self._environment, start_new_session=True)

    def kill(self):
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    close = kill


@contextmanager
def victim(kind, port, environment):
    server = kind(port, environment)
    try:
        yield server
    finally:
        server.close()


@dataclass
class Client:
    """One writer. ``thanked``: the keys that were answered; ``wrong``: answers that a repeat must not get.

    ``read``: the warning that was shown for a key, such as that nobody answered the last messages.
    """

    number: int
    port: int
    writers: list
    stop: threading.Event
    thanked: list = field(default_factory=list)
    wrong: list = field(default_factory=list)
    read: dict = field(default_factory=dict)

    def run(self):
        count = 0
        while not self.stop.is_set():
            count += 1
            key = f"{name_of(self.number)}-{name_of(count)}"
            if self.insist(key):
                self.thanked.append(key)
                self.repeat(key, count)

    def insist(self, key):
        """The same request until it is answered, or until time is up."""
        while not self.stop.is_set():
            status = self.post(key)
            if status == FOUND:
                return True
            assert status in (None, 500, 503, OK), status  # with a warning to confirm, or cut off before it
            time.sleep(0.01)
        return False

    def repeat(self, key, count):
        """Now and then the same key again: the same answer; with other words: refused."""
        if count % 3 == 0:
            self.expect(self.post(key), FOUND, key)
        elif count % 3 == 1:
            self.expect(self.post(key, text="Message of another kind"), 409, key)

    def expect(self, status, expected, key):
        if status not in (expected, None):
            self.wrong.append(f"{status} instead of {expected} for {key}")

    def writer_of(self, key):
        return self.writers[zlib.crc32(key.encode()) % len(self.writers)]

    def post(self, key, text=""):
        """The status of the answer, None when there was none or it was cut off."""
        writer = self.writer_of(key)
        form = {"purpose": "reply", "key": key, "text": text or f"Message {key}", "csrfmiddlewaretoken": TOKEN}
        form["confirmed"] = self.read.get(key, "")
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "Cookie": f"sessionid={writer['session']}; csrftoken={TOKEN}",
        }
        connection = HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            connection.request("POST", writer["path"], urlencode(form), headers)
            answer = connection.getresponse()
            if warning := WARNING.search(answer.read()):
                self.read[key] = warning[1].decode()
        except (OSError, HTTPException):
            return None
        else:
            return answer.status
        finally:
            connection.close()


def name_of(number):
    """A number in letters: the rules take digits for telephone numbers."""
    letters = ""
    while number:
        number, digit = divmod(number, 26)
        letters = string.ascii_lowercase[digit] + letters
    return f"x{letters}"


def wait_until(condition, seconds=PATIENCE):
    """Whether it came true in time."""
    end = time.monotonic() + seconds
    while not (done := condition()) and time.monotonic() < end:
        time.sleep(0.005)
    return done


def run(url, folder, nemesis, *, mutant="", kind=Victim):
    """Write while ``nemesis`` is at work; the checker's report with ``kills``, ``acknowledged`` and ``wrong answers``.

    ``nemesis`` is called with the running server and a function that counts the acknowledged; it returns its kills.
    """
    surroundings = environment(url, folder, mutant)
    writers = run_module("seed", surroundings)
    port, stop = free_port(), threading.Event()
    clients = [Client(n, port, writers, stop) for n in range(1, CLIENTS + 1)]
    threads = [threading.Thread(target=client.run) for client in clients]
    with victim(kind, port, surroundings) as server:
        server.start()
        [thread.start() for thread in threads]
        kills = nemesis(server, lambda: sum(len(client.thanked) for client in clients))
        time.sleep(0.5)
        stop.set()
        [thread.join() for thread in threads]
    keys = [key for client in clients for key in client.thanked]
    report = run_module("check", surroundings, json.dumps(keys))
    wrong = [key for client in clients for key in client.wrong]
    return {"kills": kills, "acknowledged": len(keys), "wrong answers": wrong, **report}


def at_random(seconds, *, seed=1, meanwhile=lambda: None):
    """Kill about twice a second and at least five times, each after something was achieved.

    ``meanwhile`` is called after every kill, while nothing runs.
    """

    def nemesis(server, acknowledged):
        chance, end, kills = random.Random(seed), time.monotonic() + seconds, 0
        while time.monotonic() < end or kills < LEAST_KILLS:
            enough = acknowledged() + chance.randrange(1, 6)
            wait_until(lambda enough=enough: acknowledged() >= enough)
            time.sleep(chance.uniform(0.1, 0.5))
            server.kill()
            kills += 1
            meanwhile()
            server.start()
        return kills

    return nemesis


def at_points(*points):
    """Have the process end itself at each of the named places in turn, and run undisturbed in between."""

    def nemesis(server, acknowledged):
        kills = 0
        for point in points:
            server.kill()
            server.start(point)
            kills += wait_until(lambda: not server.is_alive(), seconds=60)
            server.kill()
            server.start()
            enough = acknowledged() + 5
            wait_until(lambda enough=enough: acknowledged() >= enough)
        return kills

    return nemesis
