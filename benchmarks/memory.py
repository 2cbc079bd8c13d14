"""How much memory all processes of `comity serve` take, and whether that grows under load.

    python benchmarks/memory.py [--database sqlite|postgres] [--minutes 30] [--clients 2] [--pause 0]

The real command is started (on PostgreSQL with `comity worker` beside it). Buyers then read their messages and
write, and their shops read the inbox, a conversation and search, one request after another for the whole time.
Memory is proportional (PSS): pages that processes share count once. The first minute warms up; growth is from the
second minute to the last one, medians of samples taken every two seconds. Ends with one JSON line.
"""

import argparse
import itertools
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median
from urllib.parse import urlencode

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.accept import TOKEN, WORDS
from benchmarks.serving import ROOT, Client, Place, free_port, place, pss, wait_until_ready

PEOPLE = 64
SAMPLE = 2.0  # seconds
LIMIT = 220  # MB
GROWTH = 1.05


@contextmanager
def command(where: Place, *words: str) -> Iterator[int]:
    """The running command ``comity WORDS``: its process id."""
    said = [sys.executable, "-m", "comity.config.cli", *words]
    environment = {**where.environment, "DJANGO_SETTINGS_MODULE": "comity.config.settings"}
    with subprocess.Popen(said, cwd=ROOT, env=environment, start_new_session=True) as process:
        try:
            yield process.pid
        finally:
            os.killpg(process.pid, signal.SIGTERM)


class Load:
    """Browsers in a closed loop, each with the pages of one person and that person's shop."""

    def __init__(self, port: int, people: list[dict[str, str]], clients: int, pause: float) -> None:
        self._port, self._people, self._clients, self._pause = port, people, clients, pause
        self._keys = itertools.count(1)
        self.requests = 0

    def run(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        threads = [threading.Thread(target=self._work, args=(number, end)) for number in range(self._clients)]
        [thread.start() for thread in threads]
        [thread.join() for thread in threads]

    def _work(self, number: int, end: float) -> None:
        client = Client(self._port)
        for person in itertools.cycle(self._people[number :: self._clients]):
            for method, path, session in self._requests(person):
                if time.monotonic() > end:
                    return
                form = {"purpose": "reply", "key": f"m{next(self._keys)}-{time.time_ns()}", "text": WORDS}
                cookie = f"sessionid={session}; csrftoken={TOKEN}"
                typed = urlencode({**form, "csrfmiddlewaretoken": TOKEN}) if method == "POST" else ""
                status, _ = client.request(method, path, cookie=cookie, form=typed)
                assert status in (200, 302), (path, status)
                self.requests += 1
                time.sleep(self._pause)

    @staticmethod
    def _requests(person: dict[str, str]) -> list[tuple[str, str, str]]:
        buyer, shop, desk = person["session"], person["staff"], person["desk"]
        page = person["path"].removesuffix("reply/")
        return [
            ("GET", page, buyer),
            ("POST", person["path"], buyer),
            ("GET", f"{desk}inbox/", shop),
            ("GET", f"{desk}inbox/{page.rstrip('/').rpartition('/')[2]}/", shop),
            ("GET", f"{desk}search/?q=birthday", shop),
            ("GET", f"{desk}today/", shop),
        ]


def measure(where: Place, options: argparse.Namespace) -> dict[str, float]:
    people = json.loads(where.run("benchmarks.serving.people", str(PEOPLE)))
    port = free_port()
    with ExitStack() as running:
        pids = [running.enter_context(command(where, "serve", "--port", str(port)))]
        wait_until_ready(port)
        if options.database == "postgres":
            pids.append(running.enter_context(command(where, "worker")))
        load = Load(port, people, options.clients, options.pause)
        thread = threading.Thread(target=load.run, args=(options.minutes * 60,))
        thread.start()
        samples = list(_samples(pids, thread))
    minutes = _by_minute(samples)
    for number, value in enumerate(minutes, 1):
        print(f"minute {number:3}  {value:6.1f} MB")
    start = minutes[min(1, len(minutes) - 1)]
    return {
        "minutes": options.minutes,
        "requests": load.requests,
        "highest_mb": round(max(samples), 1),
        "limit_mb": LIMIT,
        "growth": round(minutes[-1] / start, 3),
        "growth_limit": GROWTH,
    }


def _samples(pids: list[int], while_running: threading.Thread) -> Iterator[float]:
    while while_running.is_alive():
        yield sum(pss(pid) for pid in pids)
        while_running.join(SAMPLE)


def _by_minute(samples: list[float]) -> list[float]:
    size = int(60 / SAMPLE)
    return [median(samples[at : at + size]) for at in range(0, len(samples), size)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--database", choices=("sqlite", "postgres"), default="sqlite")
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--clients", type=int, default=2)
    parser.add_argument("--pause", type=float, default=0, help="seconds between a client's requests")
    options = parser.parse_args()
    with place(options.database) as where:
        found = measure(where, options)
    print(json.dumps({"benchmark": "memory", "database": options.database, **found}))


if __name__ == "__main__":
    main()
