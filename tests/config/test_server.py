"""`comity serve` as an operator meets it: a process that starts, answers, and ends cleanly."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import contextmanager

import pytest
from django.db import connection

from comity.common.errors import Refused
from comity.config import server

ON_POSTGRES = os.environ["COMITY_TEST_DATABASE"] == "postgres"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def command(port, folder):
    return [sys.executable, "-m", "comity.config.cli", "serve", "--port", str(port), "--data", str(folder)]


def environment():
    return {name: value for name, value in os.environ.items() if not name.startswith(("COMITY_", "DJANGO_", "PYTEST_"))}


@contextmanager
def serving(port, folder):
    process = subprocess.Popen(
        command(port, folder), env=environment(), stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    try:
        wait_for(lambda: answers(port) == 200)
        yield process
    finally:
        process.kill()
        process.communicate()


def answers(port):
    try:
        return urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5).status
    except (urllib.error.URLError, ConnectionError):
        return None


def wait_for(condition, seconds=60):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.1)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_serve_makes_its_database_answers_and_ends_cleanly(tmp_path, number):
    port = free_port()
    with serving(port, tmp_path) as process:
        process.send_signal(number)
        said = process.communicate(timeout=60)[1]
    assert (process.returncode, said) == (0, f"Comity serves http://127.0.0.1:{port}/ ; Ctrl-C stops it.\n")
    assert (tmp_path / "comity.sqlite3").stat().st_size > 0
    assert answers(port) is None


def test_ctrl_c_in_a_terminal_ends_it_too(tmp_path):
    port = free_port()
    with serving(port, tmp_path) as process:
        os.killpg(process.pid, signal.SIGINT)  # a terminal tells everybody who hangs on it
        process.communicate(timeout=60)
    assert process.returncode == 0
    assert answers(port) is None


def test_it_ends_at_once_while_it_is_still_starting(tmp_path):
    port = free_port()
    process = subprocess.Popen(command(port, tmp_path), env=environment(), stderr=subprocess.PIPE, text=True)
    assert "Comity serves" in process.stderr.readline()  # the web process is forked after this line
    process.terminate()
    process.communicate(timeout=60)
    assert process.returncode == 0
    assert answers(port) is None


def test_a_port_in_use_is_a_sentence(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = subprocess.run(command(port, tmp_path), env=environment(), capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        f"comity serve: Port {port} on 127.0.0.1 cannot be used (Address already in use): "
        "take another one with --port.\n"
    )


def test_nothing_goes_on_when_the_watching_process_is_killed(tmp_path):
    port = free_port()
    with serving(port, tmp_path) as process:
        process.kill()
        wait_for(lambda: answers(port) is None)


def test_what_is_no_port_is_a_sentence():
    with pytest.raises(Refused) as caught:
        server.serve(host="127.0.0.1", port=70_000)
    assert caught.value.sentence == "70000 is no port: take one from 1 to 65535."


@pytest.mark.postgres
@pytest.mark.skipif(not ON_POSTGRES, reason="SQLite's promises are ours, not a server's")
@pytest.mark.django_db
def test_a_postgres_that_could_lose_data_is_refused():
    assert set(server.undurable()) == {"fsync", "synchronous_commit", "full_page_writes"}  # the suite's own is fast
    with pytest.raises(Refused) as caught:
        server.prepare_database()
    assert "fsync is off: set fsync = on in postgresql.conf and restart the server." in caught.value.sentence


@pytest.mark.django_db
def test_tables_of_the_suite_are_up_to_date():
    assert server.pending_migrations() == []
    if connection.vendor == "sqlite":
        assert server.undurable() == []
        server.prepare_database()
