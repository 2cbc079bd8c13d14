"""R4: whatever is done with money in whatever order, books are zero, sums are true, nobody gets more than was paid."""

import os
from functools import partial

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from comity.orders.services import adjusting, adjustment_plans
from tests.orders.money import Money, play

pytestmark = pytest.mark.django_db
STEPS = 40
OPERATIONS = 100_000 if "COMITY_PROVE" in os.environ else 5_000  # on each of two databases


class AnyMoney(TestCase):
    @settings(max_examples=4)
    @given(st.lists(st.randoms(use_true_random=False), min_size=10, max_size=25))
    def test_any_order_of_operations(self, chances):
        world = Money()
        for chance in chances:
            world.act(chance)


def undone(deed):
    """The answer of ``deed``, and nothing of it left."""
    with transaction.atomic():
        answer = deed()
        transaction.set_rollback(True)
    return answer


@pytest.mark.full
@pytest.mark.requirement("S71")
def test_thousands_of_operations(record_property):
    done, seed = 0, 0
    while done < OPERATIONS:
        done, seed = done + undone(partial(play, seed, STEPS)), seed + 1
    record_property("random money operations", f"{done:,}")


def breaks():
    """Whether a few worlds notice that something is wrong."""
    for seed in range(6):
        try:
            undone(partial(play, seed, STEPS))
        except Exception:  # noqa: BLE001 - any failure counts
            return True
    return False


def test_who_forgets_what_was_adjusted_before_would_be_noticed(monkeypatch):
    """The checks above are no idle ones: without the memory of references a file that comes again pays again."""
    monkeypatch.setattr(adjusting, "_known", lambda *_: {})
    assert breaks()


def test_who_does_not_look_at_what_is_left_would_be_noticed(monkeypatch):
    monkeypatch.setattr(adjustment_plans, "_no_room", lambda *_: None)
    assert breaks()


def test_a_world_left_alone_breaks_nothing():
    assert undone(lambda: play(0, STEPS)) > STEPS
