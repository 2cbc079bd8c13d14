"""What it costs to accept a message, against one INSERT behind the same middleware in the same server.

    python benchmarks/accept.py [--database sqlite|postgres] [--seconds 8] [--rounds 3] [--clients 4]

Accepting is everything that a sender waits for: session, CSRF check, door, idempotency, rules, record chain,
outbox, durable commit. The limit is a signed-in view that stores one row of the same size. Rounds of both
alternate in one server without background work; then messages alone are sent while the worker runs, for the
times that people see. Ends with one JSON line: ratios of rates and of CPU per request, which a busy machine
disturbs less.
"""

import argparse
import itertools
import json
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from urllib.parse import urlencode

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.serving import Client, Place, Served, percentile, place, served

WRITERS = 64
TOKEN = "t" * 32
WORDS = (
    "Hello, I ordered this two weeks ago and the status has said that it is being prepared ever since. I would like "
    "to know when it leaves, because it is a present and the birthday is next Saturday. If the blue one is not in "
    "stock, the grey one would do as well; please tell me before you send it, as the size must stay medium. The "
    "second item of the same order came on Tuesday in good condition, thank you, so this is only about the first "
    "one. Should it take longer than the end of next week I would rather have it sent to my sister, who lives in "
    "another town. Kind regards and thank you for your help with this, Anna"
)


@dataclass
class Round:
    """Times of the requests of one round, in seconds, and what they cost the server."""

    seconds: float = 0.0
    cpu: float = 0.0
    times: list[float] = field(default_factory=list)

    @property
    def rate(self) -> float:
        return len(self.times) / self.seconds

    @property
    def cpu_ms(self) -> float:
        return self.cpu / len(self.times) * 1000


class Load:
    """``clients`` browsers in a closed loop: each sends its next request when the last one is answered."""

    def __init__(self, server: Served, writers: list[dict[str, str]], clients: int) -> None:
        self._server, self._writers = server, writers
        self._clients = [Client(server.port) for _ in range(clients)]
        self._keys = itertools.count(1)

    def run(self, kind: str, seconds: float) -> Round:
        done = Round()
        end = time.monotonic() + seconds
        threads = [
            threading.Thread(target=self._work, args=(client, number, kind, end, done))
            for number, client in enumerate(self._clients)
        ]
        began, before = time.monotonic(), self._server.cpu()
        [thread.start() for thread in threads]
        [thread.join() for thread in threads]
        done.seconds, done.cpu = time.monotonic() - began, self._server.cpu() - before
        return done

    def _work(self, client: Client, number: int, kind: str, end: float, done: Round) -> None:
        writers = itertools.cycle(self._writers[number :: len(self._clients)])
        while time.monotonic() < end:
            writer = next(writers)
            key = f"bench-{time.monotonic_ns()}-{next(self._keys)}"
            form = {"purpose": "reply", "key": key, "text": WORDS, "csrfmiddlewaretoken": TOKEN}
            cookie = f"sessionid={writer['session']}; csrftoken={TOKEN}"
            path = writer["path"] if kind == "message" else "/limit/"
            began = time.monotonic()
            status, _ = client.request("POST", path, cookie=cookie, form=urlencode(form))
            done.times.append(time.monotonic() - began)
            assert status == 302, (kind, status)


def without_worker(where: Place, writers: list[dict[str, str]], options: argparse.Namespace) -> dict[str, float]:
    """Ratios of messages to the limit: medians over the rounds."""
    with served(where, worker=False) as server:
        load = Load(server, writers, options.clients)
        [load.run(kind, 1.5) for kind in ("limit", "message")]  # warm
        pairs = [
            (load.run("limit", options.seconds), load.run("message", options.seconds)) for _ in range(options.rounds)
        ]
    for limit, message in pairs:
        print(
            f"limit {limit.rate:6.0f}/s {limit.cpu_ms:5.2f} ms CPU · message {message.rate:6.0f}/s "
            f"{message.cpu_ms:5.2f} ms CPU · ratio {message.rate / limit.rate:.2f}, "
            f"by CPU {limit.cpu_ms / message.cpu_ms:.2f}"
        )
    return {
        "messages_per_second": round(median(message.rate for _, message in pairs)),
        "limit_per_second": round(median(limit.rate for limit, _ in pairs)),
        "ratio": round(median(message.rate / limit.rate for limit, message in pairs), 3),
        "ratio_by_cpu": round(median(limit.cpu_ms / message.cpu_ms for limit, message in pairs), 3),
    }


def with_worker(where: Place, writers: list[dict[str, str]], options: argparse.Namespace) -> dict[str, float]:
    """Times of messages while the worker delivers them."""
    with served(where, worker=True) as server:
        load = Load(server, writers, options.clients)
        load.run("message", 1.5)
        times = load.run("message", options.seconds * 2).times
    p50, p99 = percentile(times, 0.5), percentile(times, 0.99)
    return {
        "p50_ms": round(p50 * 1000, 1),
        "p99_ms": round(p99 * 1000, 1),
        "p99_to_p50": round(p99 / p50, 2),
        "per_second_with_worker": round(len(times) / options.seconds / 2),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--database", choices=("sqlite", "postgres"), default="sqlite")
    parser.add_argument("--seconds", type=float, default=8)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--clients", type=int, default=4)
    options = parser.parse_args()
    with place(options.database) as where:
        writers = json.loads(where.run("benchmarks.serving.people", str(WRITERS)))
        found = without_worker(where, writers, options) | with_worker(where, writers, options)
    print(json.dumps({"benchmark": "accept", "database": options.database, **found}))


if __name__ == "__main__":
    main()
