"""`comity live`: who holds a ticket is told at once, and of nothing else; everybody else is turned away."""

import asyncio
import json

import pytest

from comity.common import clock
from comity.common.crypto import open_number, seal_number
from comity.messaging.selectors.live import Change
from comity.web.live import stream, tickets
from comity.web.live.hub import Hub

LOG = "comity.web.live"


class Page:
    """One connection: what was sent to it, and a way to go."""

    def __init__(self, ticket, after=0, method="GET", path="/live/stream"):
        self.scope = {
            "type": "http",
            "method": method,
            "path": path,
            "query_string": f"ticket={ticket}&after={seal_number(after, about=LOG)}".replace("+", "%2B")
            .replace(" ", "+")
            .encode(),
        }
        self.sent, self.left = [], asyncio.Event()

    async def receive(self):
        await self.left.wait()
        return {"type": "http.disconnect"}

    async def send(self, message):
        self.sent.append(message)

    @property
    def status(self):
        return self.sent[0]["status"]

    @property
    def events(self):
        text = b"".join(message.get("body", b"") for message in self.sent).decode()
        told = [json.loads(line[6:]) for line in text.splitlines() if line.startswith("data: {")]
        return [{**one, "after": open_number(one["after"], about=LOG)} for one in told if one]


@pytest.fixture
def log():
    return []


@pytest.fixture
def live(log, monkeypatch):
    """An application whose log is a list; its first look has been made."""
    monkeypatch.setattr(stream, "LOOK", 0.01)
    hub = Hub(lambda after: [change for change in log if change.position > after], lambda: len(log))
    hub.look(clock.now().timestamp())
    return stream.Live(hub, lambda: True)


def tell(log, *channels):
    log.append(Change(len(log) + 1, frozenset(channels)))


async def until(condition):
    for _ in range(500):
        if condition():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it did not happen")


def test_a_page_is_told_of_what_is_its_own_and_of_nothing_else(live, log):
    async def run():
        mine, other = Page(tickets.issue("s1", "cs7")), Page(tickets.issue("s2"))
        tasks = [asyncio.create_task(live(page.scope, page.receive, page.send)) for page in (mine, other)]
        await until(lambda: len(live._pages) == 2)
        tell(log, "s1")
        await until(lambda: mine.events)
        tell(log, "cs7")
        await until(lambda: len(mine.events) == 2)
        for page in (mine, other):
            page.left.set()
        await asyncio.gather(*tasks)
        return mine.events, other.events

    assert asyncio.run(run()) == (
        [{"changed": ["list"], "after": 1}, {"changed": ["talk"], "after": 2}],
        [],
    )
    assert live._pages == set()


def test_who_comes_back_hears_what_was_missed(live, log):
    async def run():
        tell(log, "s1")
        live._hub.look(clock.now().timestamp(), pause=0)
        page = Page(tickets.issue("s1"), after=0)
        task = asyncio.create_task(live(page.scope, page.receive, page.send))
        await until(lambda: page.events)
        page.left.set()
        await task
        return page.events

    assert asyncio.run(run()) == [{"changed": ["list"], "after": 1}]


@pytest.mark.parametrize("ticket", ["", "s1", "s1:1xUzdR:forged"])
def test_without_a_ticket_of_ours_nothing_is_opened(live, ticket):
    page = Page(ticket)
    asyncio.run(live(page.scope, page.receive, page.send))
    assert (page.status, page.events, live._pages) == (403, [], set())


def test_a_ticket_grown_old_ends_the_stream_with_a_word(live, monkeypatch):
    ticket = tickets.issue("s1")
    monkeypatch.setattr(stream, "_is_young", lambda ticket: False)
    page = Page(ticket)
    asyncio.run(live(page.scope, page.receive, page.send))
    assert b"event: over" in page.sent[-1]["body"]
    assert page.sent[-1]["more_body"] is False


def test_there_is_a_sign_of_life(live, monkeypatch):
    monkeypatch.setattr(stream, "HEARTBEAT", 0.01)

    async def run():
        page = Page(tickets.issue("s1"))
        task = asyncio.create_task(live(page.scope, page.receive, page.send))
        await until(lambda: any(b"still here" in message.get("body", b"") for message in page.sent))
        page.left.set()
        await task

    asyncio.run(run())


@pytest.mark.parametrize(("most", "method", "status"), [(0, "GET", 503), (5, "POST", 405)])
def test_too_many_and_other_methods_are_turned_away(live, monkeypatch, most, method, status):
    monkeypatch.setattr(stream, "MOST", most)
    page = Page(tickets.issue("s1"), method=method)
    asyncio.run(live(page.scope, page.receive, page.send))
    assert page.status == status
