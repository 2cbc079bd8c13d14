"""Whose pages an event concerns: nobody hears of what they do not see."""

import pytest

from comity.common.models import OutboxEvent
from comity.jobs.pump import Pump
from comity.messaging.selectors.live import changes_after, latest_position
from comity.messaging.services.marks import mark_no_response_needed

pytestmark = pytest.mark.django_db


def place(desk):
    """Give every event its position, as the worker does, without delivering anything."""
    Pump("live", {}).run_once(desk.now)


def heard(desk, after=0):
    """By event, who hears of it."""
    place(desk)
    conversation = desk.conversation
    names = {
        f"b{desk.buyer.pk}": "buyer",
        f"s{desk.order.seller_id}": "seller",
        f"h{conversation.marketplace_id}": "queue",
        f"cb{conversation.pk}": "buyer's page",
        f"cs{conversation.pk}": "seller's page",
    }
    events = dict(OutboxEvent.objects.filter(stream__startswith="cnv_").values_list("position", "name"))
    changes = [change for change in changes_after(after) if change.position in events]
    return [(events[change.position], {names[one] for one in change.channels}) for change in changes]


BUYER, SELLER = {"buyer", "buyer's page"}, {"seller", "seller's page"}


def test_a_message_on_its_way_concerns_its_author_and_a_delivered_one_both(desk):
    desk.ask()
    desk.deliver()
    assert heard(desk) == [("message.accepted", BUYER), ("message.delivered", BUYER | SELLER)]


def test_nobody_else_hears_of_a_held_or_blocked_message(desk):
    desk.ask()
    desk.deliver()
    place(desk)
    before = latest_position()
    desk.ask("HOLD it")
    desk.answer("BLOCK it")
    assert heard(desk, before) == [("message.held", BUYER | {"queue"}), ("message.blocked", SELLER)]


def test_both_hear_that_no_response_is_needed(desk):
    desk.ask()
    desk.deliver()
    place(desk)
    before = latest_position()
    mark_no_response_needed(seat=desk.seller_seat(), now=desk.now)
    assert heard(desk, before) == [("conversation.marked", BUYER | SELLER)]


@pytest.mark.parametrize(("events", "queries"), [(0, 1), (1, 2), (3, 2)])
def test_reading_on_takes_two_queries_at_most(desk, events, queries, django_assert_num_queries):
    for _ in range(events):
        desk.ask()
    place(desk)
    with django_assert_num_queries(queries):
        assert len(changes_after(0)) == events
