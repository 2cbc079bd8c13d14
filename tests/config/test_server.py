"""`comity serve` as an operator meets it: a process that starts, answers, and ends cleanly."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import contextmanager, nullcontext

import pytest
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from comity.common.errors import Refused
from comity.config import server
from tests.once import begun

ON_POSTGRES = os.environ["COMITY_TEST_DATABASE"] == "postgres"


KEPT = "Mails are kept in the database and sent to nobody: set COMITY_SMTP_URL to send them.\n"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def command(port, folder):
    return [sys.executable, "-m", "comity.config.cli", "serve", "--port", str(port), "--data", str(folder)]


def environment(**own):
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("COMITY_", "DJANGO_", "PYTEST_"))}
    return kept | own


@pytest.fixture
def folder(tmp_path, migrated_file):
    return begun(tmp_path, migrated_file)


@contextmanager
def serving(port, folder, **own):
    process = subprocess.Popen(
        command(port, folder), env=environment(**own), stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    try:
        wait_for(lambda: answers(port) == 200)
        yield process
    finally:
        process.kill()
        process.communicate()


def answers(port, path="healthz"):
    try:
        return urllib.request.urlopen(f"http://127.0.0.1:{port}/{path}", timeout=5).status
    except urllib.error.HTTPError as answer:
        return answer.code
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
    assert (process.returncode, said) == (0, f"Comity serves http://127.0.0.1:{port}/ ; Ctrl-C stops it.\n{KEPT}")
    assert (tmp_path / "comity.sqlite3").stat().st_size > 0
    assert answers(port) is None


def test_ctrl_c_in_a_terminal_ends_it_too(folder):
    port = free_port()
    with serving(port, folder) as process:
        os.killpg(process.pid, signal.SIGINT)  # a terminal tells everybody who hangs on it
        process.communicate(timeout=60)
    assert process.returncode == 0
    assert answers(port) is None


def test_it_ends_at_once_while_it_is_still_starting(folder):
    port = free_port()
    process = subprocess.Popen(command(port, folder), env=environment(), stderr=subprocess.PIPE, text=True)
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


def test_nothing_goes_on_when_the_watching_process_is_killed(folder):
    port = free_port()
    with serving(port, folder) as process:
        process.kill()
        wait_for(lambda: answers(port) is None)


def test_a_process_whose_watcher_died_while_it_started_ends_by_itself(tmp_path):
    watcher = subprocess.Popen([sys.executable, "-c", ""])
    watcher.wait()
    environ = environment(COMITY_DATA=str(tmp_path), COMITY_SUPERVISOR=str(watcher.pid))
    started = [sys.executable, "-c", "import comity.config.wsgi, time; time.sleep(60)"]
    assert subprocess.run(started, env=environ, timeout=30).returncode == -signal.SIGTERM


def test_no_page_shows_the_mails_even_when_they_are_kept_on_purpose(folder):
    port = free_port()
    with serving(port, folder, COMITY_SMTP_URL="mailbox:", COMITY_DEMO="1"):
        assert answers(port, "mailbox/") == 404


def refusal(folder, *words, **own):
    """What `comity serve` says when it does not start; it must not have touched the database."""
    done = subprocess.run(
        [*command(free_port(), folder), *words], env=environment(**own), capture_output=True, text=True, timeout=60
    )
    assert (done.returncode, done.stdout, (folder / "comity.sqlite3").exists()) == (2, "", False)
    return done.stderr


@pytest.mark.parametrize("mail", [{}, {"COMITY_SMTP_URL": "mailbox:"}])
@pytest.mark.parametrize("address", ["https://127.0.0.1", "http://help.example"])
def test_without_mail_it_does_not_serve_others(tmp_path, mail, address):
    said = refusal(tmp_path, COMITY_BASE_URL=address, **mail)
    assert said == (
        f"comity serve: No mail can be sent, so nobody could sign in by a link at {address}: set COMITY_SMTP_URL, "
        "for example to smtp://mail.example:25?starttls=yes.\n"
    )


def test_without_mail_it_does_not_listen_to_others(tmp_path):
    assert "set COMITY_SMTP_URL" in refusal(tmp_path, "--host", "0.0.0.0")
    assert "set COMITY_SMTP_URL" in refusal(tmp_path, "--host", "0.0.0.0", COMITY_BASE_URL="http://localhost")


@pytest.mark.parametrize(("host", "base", "fits"), [
    ("127.0.0.1", "http://127.0.0.1:8000", True), ("::1", "http://[::1]:8000", True), ("localhost", "http://localhost", True),
    ("127.0.0.1", "http://127.0.0.1.example", False), ("::", "http://[::1]:8000", False), ("", "http://localhost", False),
])  # fmt: skip
def test_mails_may_be_kept_on_this_machine_only(settings, host, base, fits):
    settings.BASE_URL, settings.MAILBOX = base, True
    with nullcontext() if fits else pytest.raises(Refused):
        server.require_mail(host)
    settings.MAILBOX = False
    server.require_mail(host)


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


def steps_removed(recorder):
    for name in ("0001_squashed", "0009_box_reports", "0002_subscription_life"):
        recorder.record_unapplied("orders", name)


def steps_that_no_file_has(recorder):
    recorder.record_unapplied(*MigrationLoader(connection).graph.leaf_nodes("orders")[0])
    recorder.record_applied("orders", "0005_never_released")


@pytest.mark.django_db
@pytest.mark.parametrize("stand", [steps_removed, steps_that_no_file_has])
def test_a_database_older_than_any_step_from_it_is_refused_and_left_as_it_is(stand, monkeypatch):
    monkeypatch.setattr(server, "undurable", list)  # the suite's own PostgreSQL is fast, not safe
    recorder = MigrationRecorder(connection)
    stand(recorder)
    stands = set(recorder.applied_migrations())

    with pytest.raises(Refused) as caught:
        server.prepare_database()

    assert caught.value.sentence.startswith("This database is of a version before the first release")
    assert set(recorder.applied_migrations()) == stands


@pytest.mark.django_db
def test_a_database_with_more_than_all_that_this_program_knows_lacks_nothing():
    MigrationRecorder(connection).record_applied("orders", "9999_of_a_later_release")
    assert server.pending_migrations() == []
