"""Whatever fails, dies or waits: each handler sees each stream's events once, in order, and none is lost."""

from collections import defaultdict
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from comity.jobs import deliveries
from tests.jobs.conftest import NOW, Stage, run

streams = st.sampled_from("ab")
acts = st.one_of(
    st.tuples(st.just("emit"), streams),
    st.tuples(st.just("fail"), st.sampled_from(["first", "second"]), streams, st.integers(1, 4)),
    st.tuples(st.just("work")),
    st.tuples(st.just("die")),
    st.tuples(st.just("wait"), st.integers(1, 200)),
)


def play(stage, plan):
    """Act by act; returns the time at the end and the number of events of each stream."""
    now, emitted = NOW, defaultdict(int)
    for act, *rest in plan:
        pump = stage.pump("first", "second")
        if act == "emit":
            emitted[rest[0]] += stage.emit(*rest).sequence > 0
        elif act == "fail":
            stage.broken = {tuple(rest)}
        elif act == "wait":
            now += timedelta(seconds=rest[0])
        elif act == "work":
            pump.run_once(now)
        else:
            pump._place(now), deliveries.lease("dead", pump._handlers.keys(), now)
    return now, emitted


def finish(stage, now):
    from comity.common.models import EventDelivery

    stage.broken = set()
    EventDelivery.objects.filter(state="dead").update(state="ready", attempts=0)  # the operator has them tried again
    for _ in range(3):
        now += timedelta(hours=1)
        run(stage.pump("first", "second"), now, rounds=100)


class AnyHistory(TestCase):
    @settings(max_examples=60)
    @given(st.lists(acts, max_size=25))
    def test_every_event_has_its_effects_once_and_in_order(self, plan):
        stage = Stage()
        now, emitted = play(stage, plan)
        finish(stage, now)
        seen = defaultdict(list)
        for effect in stage.effects():
            handler, stream, sequence = effect.split(":")
            seen[handler, stream].append(int(sequence))
        assert seen == {
            (handler, stream): list(range(1, count + 1))
            for stream, count in emitted.items()
            for handler in ("first", "second")
        }
