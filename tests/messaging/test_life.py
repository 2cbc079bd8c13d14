"""Whatever happens in whatever order: the clock is single, states move along the table, the record is whole."""

import contextlib

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from comity.common.errors import NotFound, Refused
from comity.common.record import verify
from comity.messaging.models import TRANSITIONS, Conversation, Message, ReplyDeadline
from comity.messaging.services.marks import mark_no_response_needed
from tests.messaging.desk import make_desk

WORDS = st.sampled_from(["Fine.", "HOLD this", "BLOCK me"])
STEP = st.one_of(
    st.tuples(st.just("ask"), WORDS),
    st.tuples(st.just("answer"), WORDS),
    st.tuples(st.just("rule"), st.sampled_from(["release", "return", "block"])),
    st.tuples(st.just("deliver"), st.none()),
    st.tuples(st.just("excuse"), st.none()),
)


def take(desk, act, with_what):
    if act == "ask":
        desk.ask(with_what)
    elif act == "answer":
        desk.answer(with_what)
    elif act == "rule":
        held = Message.objects.filter(state="held").order_by("pk").first()
        if held:
            desk.rule(held, with_what)
    elif act == "deliver":
        desk.deliver()
    else:
        mark_no_response_needed(seat=desk.seller_seat(), now=desk.now)


def check_invariants(desk, states):
    for conversation in Conversation.objects.filter(order=desk.order):
        due = list(
            ReplyDeadline.objects.filter(conversation=conversation, ended_at=None).values_list("due_at", flat=True)
        )
        assert due == ([conversation.reply_due_at] if conversation.reply_due_at else [])
    own = Message.objects.filter(conversation__order=desk.order)
    for pk, state in own.values_list("pk", "state"):
        before = states.get(pk, "")
        assert (
            before == state
            or state in TRANSITIONS[before]
            or "delivered" in TRANSITIONS.get(_middle(before, state), ())
        )
        states[pk] = state
    assert not Message.objects.filter(state="delivered", delivered_position=None).exists()


def _middle(before, state):
    """Between two looks a message may have been accepted and delivered."""
    return "accepted" if state == "delivered" and (before in ("", "held")) else None


@pytest.mark.requirement("S87")
@pytest.mark.django_db
@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(STEP, min_size=3, max_size=14))
def test_any_course_of_events_keeps_the_invariants(easy_rules, steps):
    desk, states = make_desk(), {}
    desk.ask()
    desk.deliver()
    for act, with_what in steps:
        with contextlib.suppress(Refused, NotFound):
            take(desk.later(1), act, with_what)
        check_invariants(desk, states)
    assert list(verify(Conversation.objects.values_list("public_id", "record_count", "record_head"))) == []
