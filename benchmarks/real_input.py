"""Real input, from files to delivered messages, through the doors that a marketplace would use.

    python benchmarks/real_input.py [FOLDER] [--messages 2000] [--threads 6]

FOLDER (else COMITY_DATA_SHARED) holds the data sets retail-env, bitext-intents, amazon-product-qa and corpus. All
shoppers, products and orders enter through `comity import`; then a real `comity serve` is started and the messages
are sent through its pages by those shoppers and by the shops: sign-in link, form, answer. A message that is warned
about is confirmed once, as a person would. Every message must end delivered, held or blocked, the queue must run
empty and the record must verify; else the exit code is 1. Ends with one JSON line.
"""

import argparse
import json
import os
import random
import re
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from html.parser import HTMLParser
from http.client import HTTPConnection
from itertools import cycle
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

sys.path.insert(0, str(Path(__file__).parent))
import retail_env

IDLE = 10.0  # seconds after which a browser opens a new connection
COMITY = [sys.executable, "-m", "comity.config.cli"]
SETS = ("retail-env", "bitext-intents", "amazon-product-qa", "corpus")
# file, whose words they are (None: each line says so), what they are about, and its share of all messages
SOURCES = (
    ("bitext-intents/fp_clean.jsonl", "buyer", "order", 22),
    ("bitext-intents/fp_order_number.jsonl", "buyer", "order", 4),
    ("bitext-intents/fp_asks_contact.jsonl", "buyer", "order", 2),
    ("bitext-intents/profane.jsonl", "buyer", "order", 2),
    ("amazon-product-qa/fp_buyer_questions.jsonl", "buyer", "listing", 20),
    ("amazon-product-qa/fp_seller_answers.jsonl", "seller", "", 15),
    ("corpus/*.jsonl", None, "order", 35),
)


@dataclass(frozen=True)
class Words:
    """Something to send."""

    role: str
    about: str
    text: str


class Page(HTMLParser):
    """The fields of the form ``write`` on a page: hidden ones, chosen options, and the topics on offer."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.fields: dict[str, str] = {}
        self.topics: list[str] = []
        self.inside, self.select = False, ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.inside = found.get("id", "write") == "write" and found.get("method", "").lower() == "post"
        if not (self.inside or found.get("form") == "write"):
            return
        if tag == "input" and found.get("type") == "hidden":
            self.fields[found["name"]] = found.get("value", "")
        elif tag == "input" and found.get("type") == "radio" and found.get("name") == "topic":
            self.topics.append(found["value"])
        elif tag == "input" and found.get("name") == "confirmed" and found.get("value"):
            self.fields["confirmed"] = found["value"]
        elif tag == "select":
            self.select = found.get("name", "")
        elif tag == "option" and self.select and (self.select not in self.fields or "selected" in found):
            self.fields[self.select] = found.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.inside = False
        elif tag == "select":
            self.select = ""


@dataclass
class Browser:
    """One person's browser: cookies, forms, no scripts."""

    host: str
    port: int
    cookies: dict[str, str] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)
    connection: HTTPConnection | None = None
    used_at: float = 0.0

    def ask(self, method: str, path: str, fields: dict[str, str] | None = None) -> tuple[int, str, str]:
        """(status, address redirected to, page)"""
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        body = None
        if fields is not None:
            body = urlencode(fields).encode()
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        if self.connection is None or time.monotonic() - self.used_at > IDLE:
            self.connection = HTTPConnection(self.host, self.port, timeout=60)
        self.used_at = time.monotonic()
        self.connection.request(method, path, body, headers)
        answer = self.connection.getresponse()
        content = answer.read().decode()
        for cookie in answer.headers.get_all("Set-Cookie") or []:
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        return answer.status, answer.headers.get("Location", ""), content

    def sign_in(self, link: str) -> None:
        """Open a sign-in link and press its button."""
        path = urlsplit(link).path
        status, _, page = self.ask("GET", path)
        assert status == 200, (status, path)
        status, _, page = self.ask("POST", path, Page(page).fields)
        assert status == 302, (status, page[:500])

    def send(self, path: str, text: str, choice: random.Random) -> str:
        """Fill in the form at ``path`` and send it; confirm a warning once. Returns sent, blocked or what failed."""
        status, _, page = self.ask("GET", path)
        if status != 200:
            return f"no form: {status} at {re.sub('[a-z]{3}_[0-9a-z]+', '…', path)}"
        topic: dict[str, str] = {}
        for _ in range(2):
            form = Page(page)
            if form.topics and not topic:
                topic = {"topic": choice.choice(form.topics)}
            action = path if form.topics else f"{path}reply/"
            status, target, page = self.ask("POST", action, {**form.fields, **topic, "text": text})
            if status == 302 and "/sign-in" not in target:
                return "sent"
            if status == 422:
                return "blocked"
            if status != 200:
                break
        return f"failed: {status}"


People = dict[Any, Browser]  # a buyer's or a seller's row -> their browser
Errand = tuple[Browser, str, str]  # whose, the address of the form, what to write


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("folder", nargs="?", default=os.environ.get("COMITY_DATA_SHARED"), metavar="FOLDER")
    arguments.add_argument("--messages", type=int, default=2000)
    arguments.add_argument("--threads", type=int, default=6)
    given = arguments.parse_args()
    missing = [name for name in SETS if not given.folder or not (Path(given.folder) / name).is_dir()]
    if missing:
        print(json.dumps({"benchmark": "real_input", "skipped": f"no data set {', '.join(missing)} in {given.folder}"}))
        return 0
    with tempfile.TemporaryDirectory(prefix="comity-real-input-") as work:
        return run(Path(given.folder), Path(work), given.messages, given.threads)


def run(folder: Path, work: Path, messages: int, threads: int) -> int:
    data, port = work / "data", free_port()
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("COMITY_", "DJANGO_"))}
    os.environ.clear()
    os.environ.update(environment, COMITY_DATA=str(data), COMITY_BASE_URL=f"http://127.0.0.1:{port}")
    from comity.config.commands import start

    data.mkdir()
    start()
    from comity.common import clock

    facts = {"benchmark": "real_input", "imported": import_all(folder, work, clock.now())}
    server = subprocess.Popen([*COMITY, "serve", "--port", str(port)])
    try:
        wait_until_ready(port)
        sent, facts["messages"] = send_all(folder, messages, threads, port)
    finally:
        server.terminate()
        server.wait(60)
    verified = subprocess.run([*COMITY, "verify", "--json"], check=False, capture_output=True, text=True)
    facts["record"] = {name: json.loads(verified.stdout)[name] for name in ("chains", "entries", "intact")}
    facts["server_exit"] = server.returncode
    facts["good"] = is_good(facts, sent)
    show(facts)
    print(json.dumps(facts))
    return 0 if facts["good"] else 1


def import_all(folder: Path, work: Path, now: datetime) -> dict[str, Any]:
    """Every file through `comity import`; counts and rows per second by kind."""
    counts = {}
    for kind, path in retail_env.convert(folder / "retail-env", work, now).items():
        where = [] if kind == "marketplaces" else ["--marketplace", retail_env.MARKETPLACE]
        command = [*COMITY, "import", kind, str(path), "--json", "--source", retail_env.SOURCE, *where]
        done = subprocess.run(command, check=False, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr
        said = json.loads(done.stdout)
        counts[kind] = {name: said[name] for name in ("applied", "refused", "rows_per_second")}
    return counts


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until_ready(port: int) -> None:
    for _ in range(300):
        try:
            if Browser("127.0.0.1", port).ask("GET", "/readyz")[0] == 200:
                return
        except OSError:
            pass
        time.sleep(0.1)
    raise SystemExit("the server did not start")


def choose(folder: Path, count: int) -> list[Words]:
    """``count`` messages of all sources by their shares, the same ones every time."""
    whole = sum(share for *_, share in SOURCES)
    chosen: list[Words] = []
    shares = 0
    for pattern, role, about, share in SOURCES:
        shares += share
        lines = [line for path in sorted(folder.glob(pattern)) for line in retail_env.read(path)]
        random.Random(1).shuffle(lines)
        part = lines[: round(count * shares / whole) - len(chosen)]  # rounded as a running sum: together exactly count
        chosen += [Words(role or line["role"], about, line["text"]) for line in part]
    random.Random(2).shuffle(chosen)
    return chosen


def send_all(folder: Path, count: int, threads: int, port: int) -> tuple[int, dict[str, Any]]:
    """Send as buyers, let the queue run empty, answer as sellers; what was sent, and what became of it."""
    words = choose(folder, count)
    buyers, sellers = sign_everybody_in(port)
    outcomes, begun = Counter(), time.perf_counter()
    outcomes += send_many(errands_of_buyers([one for one in words if one.role == "buyer"], buyers), threads)
    drained = drain()
    outcomes += send_many(errands_of_sellers([one for one in words if one.role == "seller"], sellers), threads)
    seconds = time.perf_counter() - begun - drained
    drained += drain()
    from comity.messaging.models import Message

    states = Counter(Message.objects.values_list("state", flat=True))
    facts = {
        "sent": len(words),
        "answers": dict(outcomes),
        "states": dict(states),
        "confirmed_after_warning": Message.objects.filter(state="delivered", findings__outcome="warn")
        .distinct()
        .count(),
        "per_second": round(len(words) / seconds, 1),
        "seconds": round(seconds, 1),
        "seconds_to_drain": round(drained, 1),
        "threads": threads,
    }
    return len(words), facts


def sign_everybody_in(port: int) -> tuple[People, People]:
    """A browser for every buyer and for every shop's owner, each signed in by a link through the pages."""
    from comity.accounts.models import Buyer, Staff
    from comity.accounts.services.sign_in import make_link
    from comity.common import clock

    def enter(user: Any) -> Browser:
        link = make_link(user=user, base_url=f"http://127.0.0.1:{port}", valid=timedelta(hours=1), now=clock.now())
        browser = Browser("127.0.0.1", port)
        browser.sign_in(link)
        return browser

    buyers = Buyer.objects.select_related("user").order_by("pk")
    owners = Staff.objects.select_related("user", "seller").order_by("pk")
    return {one: enter(one.user) for one in buyers}, {one.seller: enter(one.user) for one in owners}


def errands_of_buyers(words: list[Words], buyers: People) -> Iterator[Errand]:
    """(browser, address of the form, text): orders by those who placed them, listings by anybody."""
    from comity.catalog.models import Listing
    from comity.orders.models import Order

    orders = {one: list(one.orders.order_by("pk").values_list("public_id", flat=True)) for one in buyers}
    customers = cycle([(one, order) for one in buyers for order in orders[one]])
    visitors, shelf = cycle(buyers), cycle(Listing.objects.order_by("pk").values_list("public_id", flat=True))
    assert Order.objects.count() == sum(len(mine) for mine in orders.values())
    for one in words:
        if one.about == "order":
            person, order = next(customers)
            yield buyers[person], f"/{retail_env.MARKETPLACE}/contact/?order={order}", one.text
        else:
            yield buyers[next(visitors)], f"/{retail_env.MARKETPLACE}/contact/?listing={next(shelf)}", one.text


def errands_of_sellers(words: list[Words], sellers: People) -> Iterator[Errand]:
    """(browser, address of the form, text): each shop answers in turn in the conversations that are its own."""
    from comity.messaging.models import Conversation

    # A seller does not see a conversation whose only message never reached it.
    talks = Conversation.objects.filter(addressee="seller", last_message__isnull=False).order_by("pk")
    places = cycle([(one.seller, one.public_id) for one in talks.select_related("seller")])
    for one in words:
        seller, conversation = next(places)
        path = f"/{retail_env.MARKETPLACE}/sell/{seller.public_id}/inbox/{conversation}/"
        yield sellers[seller], path, one.text


def send_many(errands: Iterator[Errand], threads: int) -> Counter[str]:
    """Send them in parallel, one at a time for each person; how often each answer came."""

    def send(number: int, errand: Errand) -> str:
        browser, path, text = errand
        with browser.lock:
            return browser.send(path, text, random.Random(number))

    with ThreadPoolExecutor(threads) as pool:
        return Counter(pool.map(lambda pair: send(*pair), enumerate(errands)))


def drain() -> float:
    """Wait until every event is handled and no message is on its way; how many seconds that took."""
    from comity.common.models import EventDelivery, OutboxEvent
    from comity.messaging.models import Message

    begun = time.perf_counter()
    waiting = (
        OutboxEvent.objects.filter(position=None),
        EventDelivery.objects.filter(state__in=["ready", "leased"]),
        Message.objects.filter(state="accepted"),
    )
    while any(queue.exists() for queue in waiting):
        assert time.perf_counter() - begun < 300, [queue.count() for queue in waiting]
        time.sleep(0.05)
    return time.perf_counter() - begun


def is_good(facts: dict[str, Any], sent: int) -> bool:
    messages = facts["messages"]
    return (
        set(messages["states"]) <= {"delivered", "held", "blocked"}
        and sum(messages["states"].values()) == sent
        and set(messages["answers"]) <= {"sent", "blocked"}
        and messages["states"].get("blocked", 0) == messages["answers"].get("blocked", 0)
        and facts["record"]["intact"]
        and facts["server_exit"] == 0
    )


def show(facts: dict[str, Any]) -> None:
    for kind, said in facts["imported"].items():
        print(f"imported {kind:<13} {said['applied']:>6,} rows, {said['refused']} refused")
    messages, intact = facts["messages"], facts["record"]["intact"]
    for state, number in sorted(messages["states"].items()):
        print(f"messages {state:<13} {number:>6,}")
    print(
        f"{messages['sent']:,} messages in {messages['seconds']} s, {messages['per_second']} a second; queue empty "
        f"{messages['seconds_to_drain']} s later; record intact: {intact}"
    )


if __name__ == "__main__":
    sys.exit(main())
