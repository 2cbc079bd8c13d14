"""What 300 open pages cost that follow what changes, and how soon they hear of it.

    python benchmarks/live.py [--database sqlite|postgres] [--pages 300] [--seconds 60]

Part one: the pages ask at the intervals of js/poll.js (5 s, then one and a half times as long up to 20 s, each a fifth
more or less), all opened within five seconds, a message for one of them every ten seconds. Printed: CPU of the server
as a share of one core, beside what the same server costs when nobody asks. Part two: the pages hold a stream of
`comity live` each; printed: milliseconds from the commit of an event to its arrival, and the same two costs.
"""

import argparse
import asyncio
import contextlib
import json
import os
import random
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Awaitable
from pathlib import Path
from urllib.parse import quote

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "src")]

from benchmarks.serving import Place, Served, place, served

SOON, SELDOM, SLOWER = 5.0, 20.0, 1.5
TARGET = 0.05  # of a core
PORT = 8763


def tell(seller: int) -> float:
    """Commit an event that moves that seller's list; when that was, in seconds since 1970."""
    from comity.common.ids import new_id
    from comity.common.models import OutboxEvent
    from comity.messaging.models import Conversation
    from comity.messaging.selectors.live import latest_position
    from tests.factories import NOW

    conversation = Conversation.objects.get(seller=seller)
    OutboxEvent.objects.create(
        public_id=new_id("evt", NOW), name="conversation.labelled", marketplace="m", stream=conversation.public_id,
        sequence=latest_position() + 1_000, occurred_at=NOW, position=latest_position() + 1,
    )  # fmt: skip
    return time.time()


async def ask(port: int, path: str) -> tuple[int, str]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n".encode())
    answer = (await reader.read()).decode()
    writer.close()
    head, _, body = answer.partition("\r\n\r\n")
    return int(head.split()[1]), body


async def page(port: int, ticket: str, end: float, asked: list[int]) -> None:
    """One open page, as js/poll.js asks."""
    await asyncio.sleep(random.random() * SOON)
    wait, after = SOON, ""
    while time.monotonic() < end:
        status, body = await ask(port, f"/live/changes/?ticket={quote(ticket)}&after={after}")
        asked.append(status)
        if status == 200:
            news = json.loads(body[body.index("{") : body.rindex("}") + 1])
            after, wait = news["after"], SOON
        else:
            wait = min(wait * SLOWER, SELDOM)
        await asyncio.sleep(wait * random.uniform(0.8, 1.2))


async def polled(server: Served, tickets: list[str], seller: int, seconds: float) -> dict[str, object]:
    idle = await cost(server, asyncio.sleep(seconds / 2))
    asked: list[int] = []

    async def all_pages() -> None:
        end = time.monotonic() + seconds
        pages = [asyncio.create_task(page(server.port, ticket, end, asked)) for ticket in tickets]
        while time.monotonic() < end:
            await asyncio.sleep(min(10, seconds / 4))
            await asyncio.to_thread(tell, seller)
        for one in pages:
            one.cancel()

    busy = await cost(server, all_pages())
    return {"idle_core": idle, "core": busy, "asked": len(asked), "news": asked.count(200), "refused": asked.count(403)}


async def cost(server: Served, work: Awaitable[None]) -> float:
    begun, cpu = time.monotonic(), server.cpu()
    await work
    return round((server.cpu() - cpu) / (time.monotonic() - begun), 4)


async def streamed(server: Served, tickets: list[str], seller: int) -> dict[str, object]:
    from comity.common.crypto import seal_number

    heard: list[float] = []
    begin = seal_number(0, about="comity.web.live")

    async def hold(ticket: str) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(f"GET /live/stream?ticket={quote(ticket)}&after={begin} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        while line := await reader.readline():
            if line.startswith(b"event: changed"):
                heard.append(time.time())

    pages = [asyncio.create_task(hold(ticket)) for ticket in tickets]
    await asyncio.sleep(5)
    idle = await cost(server, asyncio.sleep(10))
    late: list[float] = []
    for _ in range(10):
        heard.clear()
        at = await asyncio.to_thread(tell, seller)
        await asyncio.sleep(1.5)
        late += [(one - at) * 1_000 for one in heard]
    for one in pages:
        one.cancel()
    return {
        "streams": len(tickets),
        "heard": len(late),
        "of": 10 * len(tickets),
        "p50_ms": round(statistics.median(late)) if late else None,
        "idle_core": idle,
        "mb": round(server.pss()),
    }


def prepare(where: Place, pages: int) -> tuple[list[str], int]:
    os.environ.update(where.environment)
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    import django

    django.setup()
    from comity.common.ids import new_id
    from comity.messaging.models import Conversation, Side
    from comity.messaging.selectors.live import reader_channel
    from comity.web.live.tickets import issue
    from tests import factories
    from tests.factories import NOW

    shop = factories.seller()
    Conversation.objects.create(
        marketplace=shop.marketplace, public_id=new_id("cnv", NOW), buyer=factories.buyer(shop.marketplace),
        addressee="seller", seller=shop, topic="product", opened_at=NOW,
    )  # fmt: skip
    return [issue(reader_channel(Side.SELLER, shop.pk + n)) for n in range(pages)], shop.pk


def wait_for(port: int) -> None:
    """Until the live process answers, for a minute."""
    for _ in range(300):
        with contextlib.suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2):
            return
        time.sleep(0.2)
    sys.exit("comity live did not start")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--database", choices=("sqlite", "postgres"), default="sqlite")
    parser.add_argument("--pages", type=int, default=300)
    parser.add_argument("--seconds", type=float, default=60)
    options = parser.parse_args()
    with place(options.database) as where:
        tickets, seller = prepare(where, options.pages)
        about = {"benchmark": "live", "database": options.database, "pages": options.pages}
        with served(where, worker=False) as server:
            found = asyncio.run(polled(server, tickets, seller, options.seconds))
        added = round(float(str(found["core"])) - float(str(found["idle_core"])), 4)
        print(json.dumps({**about, "way": "asking", **found, "added": added, "meets": added < TARGET}), flush=True)
        command = [sys.executable, "-m", "comity.config.cli", "live", "--port", str(PORT)]
        with subprocess.Popen(command, cwd=ROOT, env=where.environment) as process:
            try:
                wait_for(PORT)
                same = [tickets[0]] * options.pages
                print(
                    json.dumps({**about, "way": "stream", **asyncio.run(streamed(Served(PORT, process), same, seller))})
                )
            finally:
                process.terminate()


if __name__ == "__main__":
    main()
