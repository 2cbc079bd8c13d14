"""Mistakes that the crash tests must notice. The server process makes the one its environment names.

Each takes the application and returns the one to serve."""

import secrets
import threading
import time
from datetime import timedelta
from io import BytesIO

from django.db import IntegrityError, connection

from comity.accounts.models import SpentToken
from comity.common.buggify import crash_point
from comity.common.idempotency import remember, replay
from comity.common.transactions import write
from comity.jobs import deliveries
from comity.jobs.pump import Pump
from comity.jobs.table import HANDLERS
from comity.messaging.services import posting

PAUSE = 0.3  # seconds in which a thanked sender reads the thanks


def note_delivery(event, *, now):
    """A handler that is not safe to repeat: a row for each time it is called."""
    digest = f"{event.data['message']}:{secrets.token_hex(8)}"
    # Not yet expired: the worker clears away what is.
    SpentToken.objects.create(digest=digest, spent_at=now, expires_at=now + timedelta(days=1))


def observe():
    """In every process, mistaken or not: count how often each delivered message was handed out."""
    HANDLERS["message.delivered"] += (note_delivery,)


def answer_before_commit(application):
    """The sender is thanked while the message is still on its way to the disk."""
    places = threading.Semaphore(3)  # no more on the way than a server could carry

    def later(environ):
        time.sleep(PAUSE)
        crash_point("thanked_before_commit")
        list(application(environ, lambda *_: None))
        connection.close()
        places.release()

    def answer(environ, start_response):
        places.acquire()
        body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
        threading.Thread(target=later, args=[{**environ, "wsgi.input": BytesIO(body)}], daemon=True).start()
        start_response("302 Found", [])
        return []

    return answer


def done_apart_from_effect(application):
    """The effect is committed, and in a transaction of its own the mark that it is done."""

    def deliver(self, delivery, now):
        with write():
            self._handlers[delivery.handler](delivery.event, now=now)
        if delivery.handler == "tests.note_delivery":
            crash_point("effect_before_done")
        with write():
            deliveries.hold(delivery)
            deliveries.mark_done(delivery, now)

    Pump._deliver = deliver
    return application


def key_after_commit(application):
    """The message is committed before the key that would recognise its repeat."""

    def idempotent(service, *, now, **about):
        if stored := replay(**about):
            return stored
        with write():
            answer = service()
        crash_point("commit_before_key")
        try:
            with write():
                remember(**about, status=answer.status, body=answer.body, now=now)
        except IntegrityError:
            return replay(**about)
        return answer

    posting.idempotent = idempotent
    return application
