import threading

import pytest

from comity.common import clock, outbox
from comity.jobs.loop import loop
from comity.jobs.worker import Worker
from comity.notify.models import MailboxItem, Notification
from tests.factories import user

PATIENCE = 20  # seconds before a test that hangs is red


@pytest.fixture
def working():
    """Starts ``run(stop)`` in a thread and stops it after the test."""
    stop, threads = threading.Event(), []

    def start(run):
        threads.append(threading.Thread(target=run, args=[stop]))
        threads[0].start()

    yield start
    stop.set()
    outbox.committed.set()
    threads[0].join(PATIENCE)
    assert not threads[0].is_alive()


def eventually(condition):
    ended = threading.Event()
    for _ in range(PATIENCE * 50):
        if condition():
            return
        ended.wait(0.02)
    raise AssertionError("it did not happen")


@pytest.mark.django_db(transaction=True)
def test_what_is_committed_is_handed_out_without_waiting_for_the_next_look(stage, working, monkeypatch):
    monkeypatch.setattr("comity.jobs.pump._POLL", PATIENCE * 2)
    working(stage.pump().run_forever)
    stage.emit(now=clock.now())
    eventually(lambda: stage.effects() == ["first:a:1"])
    stage.emit(now=clock.now())
    eventually(lambda: len(stage.effects()) == 2)


@pytest.mark.django_db(transaction=True)
def test_a_worker_sends_mails_and_keeps_schedules_beside_the_pump(working, settings):
    settings.EMAIL_BACKEND = "comity.notify.mailbox.MailboxBackend"
    about = {"user": user(), "kind": "message_waiting", "marketplace": "Harbour", "path": "/"}
    Notification.objects.create(**about, public_id="ntf_1", event="evt_1", run_after=clock.now())
    working(Worker().run_forever)
    eventually(lambda: MailboxItem.objects.count() == 1)


def test_a_loop_outlives_trouble(monkeypatch, caplog):
    monkeypatch.setattr("comity.jobs.loop._PAUSE_AFTER_TROUBLE", 0)
    stop, calls = threading.Event(), []

    def step(now):
        calls.append(now)
        if len(calls) == 1:
            raise ConnectionError("postgresql://comity:secret@db")
        stop.set()
        return 0

    loop(step, stop, pause=0)
    assert len(calls) == 2
    assert ("ConnectionError" in caplog.text, "secret" in caplog.text) == (True, False)
