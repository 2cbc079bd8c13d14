"""A real server and a real browser. The server is the module's; a fresh context, signed in or not, for each journey.

place   the server's address and the ids in it (see seed.py)
visit   visit("buyer") -> a page of that person's; visit(script=False), visit(width=390), visit(dark=True)
axe     axe(page) asserts that axe-core finds nothing on it
fits    fits(page) asserts that, and that the page does not scroll sideways
steady  steady(page) asserts that nothing has jumped on it since it was opened
"""

import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from itertools import count
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.once import begun, once

ROOT = Path(__file__).parents[2]
CHROMIUM = Path("/usr/bin/chromium")
AXE = ROOT / "tests/assets/axe.min.js"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
START = 60  # seconds until the server must answer
PATIENCE = 60_000  # milliseconds until what is looked for must be there: two browsers may share slow processors


@pytest.fixture(scope="session")
def seeded(migrated_file):
    """A data folder filled by ``seed.py``, and what it printed: copied for every server, never served itself."""

    def fill(folder):
        data = begun(make(folder / "data"), migrated_file)
        command = [sys.executable, "-m", "tests.journeys.seed"]
        done = subprocess.run(command, cwd=ROOT, env=environment(data), check=True, capture_output=True)
        (folder / "ids.json").write_bytes(done.stdout)

    folder = once("seeded", fill)
    return folder / "data", json.loads((folder / "ids.json").read_text())


def make(folder):
    folder.mkdir(parents=True)
    return folder


@pytest.fixture(scope="module")
def place(seeded, tmp_path_factory):
    """A server with its own data folder; stopped at the end of the module."""
    folder, ids = seeded
    data = shutil.copytree(folder, tmp_path_factory.mktemp("data"), dirs_exist_ok=True)
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    command = [str(Path(sys.executable).with_name("comity")), "serve", "--port", str(port)]
    env = environment(data, COMITY_BASE_URL=address)
    with subprocess.Popen(command, cwd=ROOT, env=env) as server:
        try:
            wait_for(f"{address}/healthz", server)
            yield SimpleNamespace(address=address, **ids)
        finally:
            server.terminate()


def environment(data, **more):
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("COMITY_", "DJANGO_"))}
    return kept | {"COMITY_DATA": str(data), "DJANGO_SETTINGS_MODULE": "comity.config.settings"} | more


def free_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def wait_for(address, server):
    deadline = time.monotonic() + START
    while time.monotonic() < deadline and server.poll() is None:
        with contextlib.suppress(OSError), urllib.request.urlopen(address, timeout=2):
            return
        time.sleep(0.1)
    pytest.fail(f"the server did not answer at {address}")


@pytest.fixture(scope="module")  # and no longer: while it is there, no test of this process may use a database
def browser():
    if not CHROMIUM.exists():
        pytest.skip(f"no browser at {CHROMIUM}: install the package chromium")
    from playwright.sync_api import expect, sync_playwright  # only where there is a browser

    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as driver:
        started = driver.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        yield started
        started.close()


@pytest.fixture
def visit(browser, place):
    """Opens pages; at the end no page may have complained in its console."""
    contexts, complaints = [], []

    def open_page(who="", *, script=True, width=1280, dark=False):
        context = browser.new_context(
            base_url=f"{place.address}/{place.market}/",
            viewport={"width": width, "height": 900},
            color_scheme="dark" if dark else "light",
            java_script_enabled=script,
        )
        context.set_default_timeout(PATIENCE)
        if who:
            context.add_cookies([{"name": "sessionid", "value": place.sessions[who], "url": place.address}])
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda said: complaints.append(said.text) if is_complaint(said) else None)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []


def is_complaint(said):
    """An error of ours; that an answer had status 4xx is what some journeys are about."""
    return said.type == "error" and "Failed to load resource" not in said.text


@pytest.fixture
def axe():
    """No violation of WCAG 2.2 A and AA, nor of axe's best practices, on the page as it is now."""

    def check(page):
        page.wait_for_load_state()  # a press has led here, maybe
        page.evaluate(AXE.read_text())
        violations = page.evaluate("async () => (await axe.run()).violations")
        found = [f"{one['id']}: {node['html'][:200]}" for one in violations for node in one["nodes"]]
        assert found == [], page.url

    return check


@pytest.fixture
def fits(axe):
    def check(page):
        axe(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"], page.url

    return check


# Where what moved on its own stood and stands; what follows a press within half a second is no jump.
_JUMPS = """async () => {
  const found = [];
  new PerformanceObserver((list) => found.push(...list.getEntries())).observe({ type: "layout-shift", buffered: true });
  await new Promise((done) => setTimeout(done, 200));
  return found.filter((one) => !one.hadRecentInput).map((one) => [one.value, ...one.sources.map((source) =>
    `${source.node?.outerHTML?.slice(0, 80)} ${source.previousRect.y}+${source.previousRect.height} -> ${source.currentRect.y}+${source.currentRect.height}`)]);
}"""


@pytest.fixture
def steady():
    """The cumulative layout shift is under 0.01; 0.1 is what is called good on the web."""

    def check(page):
        jumps = page.evaluate(_JUMPS)
        assert sum(jump[0] for jump in jumps) < 0.01, (page.url, jumps)

    return check


_runs = count(1)


@pytest.fixture
def word(width):
    """A word that no text has yet, however often a journey is made on one server."""
    return f"hook{next(_runs)}at{width}"


@pytest.fixture
def until():
    """until(page, address, what) opens the address until ``what(page)`` is there: the worker is on its way."""

    def look(page, address, what):
        last = time.monotonic() + PATIENCE / 1000
        while time.monotonic() < last:
            page.goto(address)
            if what(page).count():
                return
            page.wait_for_timeout(250)
        pytest.fail(f"{address} did not show it")

    return look
