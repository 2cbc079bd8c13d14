import logging
from contextlib import contextmanager
from datetime import timedelta
from itertools import count

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from comity.common import dead_letters
from comity.common.errors import NotFound
from comity.common.models import EventDelivery, OutboxEvent
from comity.jobs import deliveries
from tests.jobs.conftest import NOW, run

WAITS = [timedelta(seconds=seconds) for seconds in (2, 8, 32, 128)]  # without jitter
pytestmark = pytest.mark.django_db


def states():
    return list(EventDelivery.objects.order_by("id").values_list("handler", "sequence", "state", "attempts"))


def break_until_dead(stage, pump):
    """Have the first event of stream a fail five times; returns when the last attempt was."""
    stage.broken = {("first", "a", 1)}
    now = NOW
    for _ in range(5):
        run(pump, now)
        now += timedelta(minutes=10)
    return now


def test_each_handler_of_an_event_is_called_once(stage):
    stage.emit()
    pump = stage.pump("first", "second")
    run(pump)
    run(pump)
    assert stage.effects() == ["first:a:1", "second:a:1"]
    assert states() == [("tests.first", 1, "done", 1), ("tests.second", 1, "done", 1)]


def test_events_get_positions_in_the_order_in_which_they_were_committed(stage):
    for stream in "abab":
        stage.emit(stream)
    run(stage.pump())
    placed = OutboxEvent.objects.order_by("position").values_list("position", "stream", "sequence")
    assert list(placed) == [(1, "a", 1), (2, "b", 1), (3, "a", 2), (4, "b", 2)]


def test_an_event_that_no_handler_wants_is_placed_all_the_same(stage):
    stage.emit(name="nobody.cares")
    run(stage.pump())
    assert (OutboxEvent.objects.get().position, states()) == (1, [])


def test_an_idle_pump_looks_three_times_and_writes_nothing(stage):
    run(stage.pump())
    with CaptureQueriesContext(connection) as queries:
        assert stage.pump().run_once(NOW) == 0
    assert [query["sql"].split()[0] for query in queries] == ["SELECT"] * 3


def test_a_failure_undoes_the_effect_and_waits_longer_each_time(stage):
    stage.emit()
    stage.broken = {("first", "a", 1)}
    now, waits = NOW, []
    for _ in range(4):
        run(stage.pump(), now)
        later = EventDelivery.objects.get().run_after
        waits.append(later - now)
        now = later
    assert stage.effects() == []
    assert [waited / plain for waited, plain in zip(waits, WAITS, strict=True)] == [
        pytest.approx(0.8172, abs=0.001)
    ] * 4


def test_a_failed_event_is_not_tried_before_its_time(stage):
    stage.emit()
    stage.broken = {("first", "a", 1)}
    run(stage.pump())
    stage.broken = set()
    run(stage.pump(), NOW + timedelta(seconds=1))
    assert stage.effects() == []
    run(stage.pump(), NOW + timedelta(seconds=3))
    assert stage.effects() == ["first:a:1"]


def test_why_it_failed_is_kept_without_the_words_of_the_error(stage, caplog):
    stage.emit()
    stage.broken = {("first", "a", 1)}
    with caplog.at_level(logging.WARNING):
        run(stage.pump())
    why = EventDelivery.objects.get().last_error
    assert (why.split()[0], "handle" in why) == ("ValueError", True)
    assert "somebody" not in why + caplog.text


def test_later_events_of_a_stream_wait_and_other_streams_and_handlers_do_not(stage):
    for stream in "aab":
        stage.emit(stream)
    stage.broken = {("first", "a", 1)}
    run(stage.pump("first", "second"))
    assert stage.effects() == ["second:a:1", "first:b:1", "second:b:1", "second:a:2"]
    stage.broken = set()
    run(stage.pump("first", "second"), NOW + timedelta(minutes=1))
    assert stage.effects()[4:] == ["first:a:1", "first:a:2"]


def test_an_event_with_a_due_time_waits_for_it_and_its_stream_with_it(stage):
    due_at = NOW + timedelta(seconds=10)
    stage.emit(due_at=due_at), stage.emit(), stage.emit("b")
    run(stage.pump(), due_at - timedelta(seconds=1))
    assert stage.effects() == ["first:b:1"]
    run(stage.pump(), due_at)
    assert stage.effects()[1:] == ["first:a:1", "first:a:2"]


def test_after_five_attempts_a_delivery_is_dead_and_listed(stage):
    stage.emit()
    later = break_until_dead(stage, stage.pump())
    run(stage.pump(), later + timedelta(days=300))
    [letter] = dead_letters.dead_letters(marketplace="mkt_1")
    assert (letter.event.sequence, letter.attempts, letter.last_error[:10]) == (1, 5, "ValueError")
    assert list(dead_letters.dead_letters(marketplace="mkt_2")) == []


def test_a_dead_delivery_holds_up_its_stream_until_it_is_retried(stage):
    stage.emit(), stage.emit()
    later = break_until_dead(stage, stage.pump())
    assert stage.effects() == []
    stage.broken = set()
    [letter] = dead_letters.dead_letters()
    dead_letters.retry(delivery_id=letter.pk, now=later)
    run(stage.pump(), later)
    assert stage.effects() == ["first:a:1", "first:a:2"]


def test_a_dead_delivery_can_be_skipped(stage):
    stage.emit(), stage.emit()
    later = break_until_dead(stage, stage.pump())
    [letter] = dead_letters.dead_letters()
    dead_letters.skip(delivery_id=letter.pk, marketplace="mkt_1", now=later)
    run(stage.pump(), later)
    assert stage.effects() == ["first:a:2"]


@pytest.mark.parametrize("service", [dead_letters.retry, dead_letters.skip])
def test_only_a_dead_delivery_of_the_own_marketplace_can_be_changed(stage, service):
    stage.emit()
    later = break_until_dead(stage, stage.pump())
    [letter] = dead_letters.dead_letters()
    for foreign in ({"delivery_id": letter.pk, "marketplace": "mkt_2"}, {"delivery_id": 0}):
        with pytest.raises(NotFound):
            service(**foreign, now=later)
    assert states() == [("tests.first", 1, "dead", 5)]
    service(delivery_id=letter.pk, now=later)
    with pytest.raises(NotFound):
        service(delivery_id=letter.pk, now=later)


def lease_and_die(pump, now=NOW):
    """What a process leaves that is killed in a handler."""
    pump._place(now)
    return deliveries.lease(pump._owner, pump._handlers.keys(), now)


def test_what_a_killed_process_had_is_handed_out_when_its_lease_ends(stage):
    stage.emit()
    lease_and_die(stage.pump())
    run(stage.pump(owner="pump 2"), NOW + deliveries.LEASE)
    assert stage.effects() == []
    run(stage.pump(owner="pump 2"), NOW + deliveries.LEASE + timedelta(seconds=1))
    assert (stage.effects(), states()) == (["first:a:1"], [("tests.first", 1, "done", 2)])


def test_a_handler_that_kills_its_process_every_time_ends_up_dead(stage):
    stage.emit()
    now = NOW
    for _ in range(20):
        lease_and_die(stage.pump(), now)
        now += deliveries.LEASE * 2
        deliveries.reap(now)
    assert states() == [("tests.first", 1, "dead", 20)]


def test_a_worker_that_comes_back_late_undoes_nothing_and_does_nothing_twice(stage):
    stage.emit()
    slow = stage.pump(owner="slow")
    [leased] = lease_and_die(slow)
    later = NOW + deliveries.LEASE * 2
    run(stage.pump(owner="fast"), later)
    slow._deliver(leased, later)
    assert (stage.effects(), states()) == (["first:a:1"], [("tests.first", 1, "done", 2)])


def test_a_late_failure_does_not_reopen_what_is_done(stage):
    stage.emit()
    [leased] = lease_and_die(stage.pump(owner="slow"))
    later = NOW + deliveries.LEASE * 2
    run(stage.pump(owner="fast"), later)
    with pytest.raises(deliveries.LeaseLost):
        deliveries.mark_failed(leased, "late", retries=deliveries.RETRIES, chance=None, now=later)
    assert states() == [("tests.first", 1, "done", 2)]


def test_done_deliveries_are_pruned_and_their_events_stay(stage):
    stage.emit(), stage.emit("b")
    stage.broken = {("first", "b", 1)}
    run(stage.pump())
    assert deliveries.prune(NOW) == 0
    assert deliveries.prune(NOW + timedelta(seconds=1)) == 1
    assert (len(states()), OutboxEvent.objects.count()) == (1, 2)
    run(stage.pump(), NOW + timedelta(seconds=1))
    assert stage.effects() == ["first:a:1"]


def test_a_handler_that_forgets_its_own_transaction_would_be_noticed(stage, monkeypatch):
    """The mutant of R1: the effect is committed although the mark that it is done is not."""
    monkeypatch.setattr(deliveries, "mark_done", lambda *_: (_ for _ in ()).throw(ValueError))
    stage.emit()
    run(stage.pump())
    assert (stage.effects(), states()) == ([], [("tests.first", 1, "ready", 1)])


def test_between_deliveries_others_come_to_write_and_a_slow_clock_stops_nothing(stage, monkeypatch):
    turns = []

    @contextmanager
    def counted():
        turns.append(len(stage.effects()))
        yield

    monkeypatch.setattr("comity.jobs.pump.turn", counted)
    monkeypatch.setattr("comity.jobs.pump.time.monotonic", count(0, 60).__next__)
    for stream in "abc":
        stage.emit(stream)
    stage.pump().run_once(NOW)

    assert (len(stage.effects()), turns) == (3, [0, 1, 2])
