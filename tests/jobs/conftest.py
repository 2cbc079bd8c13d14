import random
from datetime import UTC, datetime

import pytest

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


class Stage:
    """A marketplace or two that tell events, and handlers that note them as rows: the effects."""

    def __init__(self):
        from tests.factories import marketplace  # a conftest is read before Django is ready

        self._marketplace = marketplace
        self._streams = {}
        self.broken = set()  # (handler, stream, sequence) that fail

    def emit(self, stream="a", name="thing.happened", now=NOW, due_at=None):
        from comity.common import outbox
        from comity.common.transactions import write

        with write():
            owner = self._streams.setdefault(stream, self._marketplace())
            event = outbox.emit(
                owner, name=name, data={}, stream_id=stream, marketplace="mkt_1", due_at=due_at, now=now
            )
            owner.save()
        return event

    def handler(self, name):
        from comity.accounts.models import SpentToken

        def handle(event, *, now):
            SpentToken.objects.create(digest=f"{name}:{event.stream}:{event.sequence}", spent_at=now, expires_at=now)
            if (name, event.stream, event.sequence) in self.broken:
                raise ValueError("the text of somebody's message")

        handle.__name__ = name
        return handle

    def pump(self, *names, owner="pump 1", **options):
        from comity.jobs.pump import Pump

        handlers = {"thing.happened": tuple(self.handler(name) for name in names or ("first",))}
        return Pump(owner, handlers, chance=random.Random(1), **options)

    def effects(self):
        from comity.accounts.models import SpentToken

        return list(SpentToken.objects.order_by("id").values_list("digest", flat=True))


@pytest.fixture
def stage(db):
    return Stage()


def run(pump, now=NOW, rounds=20):
    """Rounds until nothing is left to do at ``now``."""
    for _ in range(rounds):
        if not pump.run_once(now):
            return
    raise AssertionError("the pump does not come to rest")
