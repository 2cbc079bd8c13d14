"""The small live process as a bare ASGI application: open pages are told at once that something of theirs moved.

It holds one connection for each page and looks at the log for all of them together; no request of Django's, no
session, and nothing is said but which part to fetch and where the log stands. A page gives the ticket it was made
with; when that is too old the page is sent to fetch a new one. Without this process pages ask now and then.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from typing import Any
from urllib.parse import parse_qs

from django.db import Error, connection

from comity.common import clock
from comity.web.live import tickets
from comity.web.live.hub import Hub
from comity.web.live.news import answer
from comity.web.live.tickets import Ticket

LOOK = 0.2  # seconds between looks; with SQLite at a counter that costs nothing, with PostgreSQL one short query
HEARTBEAT = 15.0  # seconds: shorter than the patience of proxies with a silent connection
MOST = 5_000  # connections; whoever comes then asks now and then instead
_TROUBLE = 2.0  # seconds until the next look when the database is away
_HEAD = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),  # nginx would keep events back
]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Receive = Callable[[], Awaitable[dict[str, Any]]]


class Live:
    """The application. ``hub`` is what it knows; ``changed`` says whether a look is worth it."""

    def __init__(self, hub: Hub, changed: Callable[[], bool]) -> None:
        self._hub, self._changed = hub, changed
        self._pages: set[asyncio.Event] = set()
        self._watching: asyncio.Task[None] | None = None
        # One thread, so one connection: SQLite counts the commits of others for each connection.
        self._eyes = ThreadPoolExecutor(max_workers=1)

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await _lifespan(receive, send)
        elif scope["type"] == "http":
            await self._http(scope, receive, send)

    async def _http(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        asked = parse_qs(scope.get("query_string", b"").decode("latin-1"))
        if scope["path"] == "/healthz":
            await _plain(send, 200, b"ok")
            return
        try:
            ticket = tickets.read(asked.get("ticket", [""])[0], now=clock.now())
        except tickets.BadTicket:
            await _plain(send, 403, b"This ticket is not valid.")
            return
        if scope["method"] != "GET" or len(self._pages) >= MOST:
            await _plain(send, 503 if scope["method"] == "GET" else 405, b"Ask now and then instead.")
            return
        await self._follow(ticket, asked.get("after", [""])[0], receive, send)

    async def _follow(self, ticket: Ticket, after: str, receive: Receive, send: Send) -> None:
        """Tell the page of every move until it goes or its ticket is too old."""
        if self._watching is None or self._watching.done():
            self._watching = asyncio.create_task(self._watch())
        await send({"type": "http.response.start", "status": 200, "headers": _HEAD})
        await send(_part(b"retry: 5000\n\n"))
        gone = asyncio.create_task(_gone(receive))
        with self._page() as woken:
            while not gone.done() and _is_young(ticket):
                woken.clear()
                news = answer(self._hub, ticket, after)
                if news and news["changed"]:
                    after = str(news["after"])
                    await send(_part(f"event: changed\ndata: {json.dumps(news)}\n\n".encode()))
                await _wait(woken, gone)
                if not woken.is_set():
                    await send(_part(b": still here\n\n"))
        if not gone.done():
            gone.cancel()
            await send({"type": "http.response.body", "body": b"event: over\ndata: {}\n\n", "more_body": False})

    @contextmanager
    def _page(self) -> Iterator[asyncio.Event]:
        woken = asyncio.Event()
        self._pages.add(woken)
        try:
            yield woken
        finally:
            self._pages.discard(woken)

    async def _watch(self) -> None:
        """Look at the log as long as a page is open, and wake all of them when it has moved."""
        loop = asyncio.get_running_loop()
        while self._pages:
            try:
                moved = await loop.run_in_executor(self._eyes, self._look)
            except Error:
                await loop.run_in_executor(self._eyes, connection.close)
                await asyncio.sleep(_TROUBLE)
                continue
            if moved:
                for woken in self._pages:
                    woken.set()
            await asyncio.sleep(LOOK)

    def _look(self) -> bool:
        before = self._hub.position
        if self._changed():
            self._hub.look(clock.now().timestamp(), pause=0)
        return self._hub.position != before


def application() -> Live:
    """The application on this installation's database."""
    return Live(Hub(), _Counter() if connection.vendor == "sqlite" else lambda: True)


class _Counter:
    """Whether anybody has committed since the last call, by the counter that SQLite keeps for each connection."""

    def __init__(self) -> None:
        self._version = -1

    def __call__(self) -> bool:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA data_version")
            before, self._version = self._version, int(cursor.fetchone()[0])
        return self._version != before


def _is_young(ticket: Ticket) -> bool:
    return clock.now().timestamp() - ticket.issued_at < tickets.LIFETIME.total_seconds()


async def _wait(woken: asyncio.Event, gone: "asyncio.Task[None]") -> None:
    """Until the log moved, the page went, or it is time for a sign of life."""
    waiting = asyncio.create_task(woken.wait())
    await asyncio.wait({waiting, gone}, timeout=HEARTBEAT, return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()


async def _gone(receive: Receive) -> None:
    with suppress(OSError):
        while (await receive())["type"] != "http.disconnect":
            pass


async def _lifespan(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return


async def _plain(send: Send, status: int, body: bytes) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"cache-control", b"no-store")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _part(body: bytes) -> dict[str, Any]:
    return {"type": "http.response.body", "body": body, "more_body": True}
