import threading
from collections import defaultdict

import pytest
from django.db import connection

from tests.jobs.conftest import NOW

STREAMS = "abcdefgh"
EVENTS = 6


def in_threads(work, count=4):
    start = threading.Barrier(count)

    def one(number):
        try:
            start.wait()
            work(number)
        finally:
            connection.close()

    threads = [threading.Thread(target=one, args=[number]) for number in range(count)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]


def by_stream(effects):
    sequences = defaultdict(list)
    for effect in effects:
        handler, stream, sequence = effect.split(":")
        sequences[handler, stream].append(int(sequence))
    return dict(sequences)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("round_", range(3))
def test_four_pumps_deliver_once_and_in_order(stage, round_):
    for _ in range(EVENTS):
        [stage.emit(stream) for stream in STREAMS]
    rest = threading.Event()

    def work(number):
        pump = stage.pump("first", "second", owner=f"pump {number}")
        while len(stage.effects()) < EVENTS * len(STREAMS) * 2 and not rest.wait(0.001):
            pump.run_once(NOW)

    in_threads(work)
    expected = list(range(1, EVENTS + 1))
    assert by_stream(stage.effects()) == {
        (name, stream): expected for name in ("first", "second") for stream in STREAMS
    }


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_positions_have_no_gap_and_no_double_when_pumps_place_at_once(stage):
    from comity.common.models import OutboxEvent

    [stage.emit(stream) for _ in range(5) for stream in STREAMS]
    in_threads(lambda number: stage.pump(owner=f"pump {number}")._place(NOW))
    positions = OutboxEvent.objects.order_by("position").values_list("position", flat=True)
    assert list(positions) == list(range(1, 41))
