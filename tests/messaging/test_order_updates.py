"""A conversation in which only the marketplace's notices stand is not the service desk's work until somebody writes."""

import pytest

from comity.messaging.models import Conversation
from comity.messaging.selectors.doors import get_seat_of_buyer, get_seat_of_operator
from comity.messaging.selectors.inbox import Filters, inbox_of
from comity.messaging.selectors.teams import Team
from comity.messaging.selectors.topics import topic_keys, topic_label
from comity.messaging.services.messages import Reply, reply
from comity.messaging.services.order_notices import tell
from tests.messaging.order_events import happened

NONE = {"to_answer": 0, "waiting": 0, "held": 0, "all": 0}


@pytest.fixture
def told(desk):
    """An order that the marketplace alone has said something about, delivered."""
    tell(happened(desk.order, "order.placed"), now=desk.now)
    desk.deliver()
    return Conversation.objects.get(order=desk.order, addressee="marketplace")


def service(desk, **filters):
    return inbox_of(Team(desk.order.marketplace), user=desk.operator.user, filters=Filters(**filters))


def shown(desk, **filters):
    return [row.pk for row in service(desk, **filters).page]


def buyer_asks(desk, told, text="And my invoice?"):
    seat = get_seat_of_buyer(buyer=desk.buyer, user=desk.buyer.user, conversation_id=told.public_id)
    return reply(seat=seat, reply=Reply(text=text, key=f"u{next(desk.keys)}"), now=desk.now)


def operator_says(desk, told, text="Here it is."):
    seat = get_seat_of_operator(staff=desk.operator, user=desk.operator.user, conversation_id=told.public_id)
    return reply(seat=seat, reply=Reply(text=text, key=f"u{next(desk.keys)}"), now=desk.now)


@pytest.mark.requirement("S57")
def test_notices_alone_are_in_no_list_and_no_count_of_the_desk(desk, told):
    assert service(desk).counts == NONE
    assert [shown(desk, view=view) for view in ("waiting", "all")] == [[], []]


def test_they_are_found_by_their_topic_and_where_somebody_took_them(desk, told):
    assert shown(desk, view="all", topic="order_updates") == [told.pk]
    Conversation.objects.update(assignee=desk.operator.user)
    assert shown(desk, view="all", assignee="me") == [told.pk]
    assert shown(desk, view="all", assignee="none") == []


@pytest.mark.requirement("S2", "S57")
@pytest.mark.parametrize(("text", "topic"), [("I was charged twice.", "payment"), ("BLOCK me", "order_updates")])
def test_a_question_about_an_order_is_found_by_the_topic_that_its_buyer_picked(desk, told, text, topic):
    desk.ask(text, topic="payment")
    desk.deliver()
    told.refresh_from_db()
    assert (told.topic, told.message_count) == (topic, 2)
    assert shown(desk, view="all", topic=topic) == [told.pk]
    desk.ask("And where is it now?", topic="account")  # what it is about first stays, as everywhere
    told.refresh_from_db()
    assert told.topic == (topic if topic == "payment" else "account")


@pytest.mark.parametrize("rows", [1, 3])
def test_the_desk_asks_as_often_as_before(desk, told, rows, django_assert_num_queries):
    for _ in range(rows):
        tell(happened(desk.order, "order.cancelled", {"reason": "x", "by": "buyer"}), now=desk.now)
    desk.deliver()
    with django_assert_num_queries(2):  # counts, keys; of rows there are none
        assert shown(desk, view="all") == []


@pytest.mark.requirement("S57")
def test_their_topic_is_their_own_and_no_buyer_picks_it(desk, told):
    assert topic_label(told.topic) == "Order updates"
    assert "order_updates" not in topic_keys("order", marketplace=desk.order.marketplace)


@pytest.mark.requirement("S27")
def test_a_buyers_reply_is_a_question_at_once_and_stays_in_the_lists_when_answered(desk, told):
    assert buyer_asks(desk, told).kind == "accepted"
    desk.deliver()
    assert (shown(desk), service(desk).counts) == ([told.pk], {**NONE, "to_answer": 1, "all": 1})

    operator_says(desk, told)
    tell(happened(desk.order, "order.cancelled", {"reason": "x", "by": "buyer"}), now=desk.now)
    desk.deliver()
    assert service(desk).counts == {**NONE, "waiting": 1, "all": 1}


def test_a_question_that_is_not_delivered_changes_nothing(desk, told):
    assert buyer_asks(desk, told, "HOLD on, where is it?").kind == "held"
    desk.deliver()
    assert service(desk).counts == NONE


def test_what_a_buyer_asked_first_stays_in_the_lists_whatever_is_told_then(desk):
    desk.ask("My card was charged twice.", topic="payment")
    desk.deliver()
    tell(happened(desk.order, "order.placed"), now=desk.now)
    desk.deliver()
    assert service(desk).counts == {**NONE, "to_answer": 1, "all": 1}


def test_an_operator_who_writes_there_makes_it_work(desk, told):
    operator_says(desk, told, "We look into it.")
    desk.deliver()
    assert service(desk).counts == {**NONE, "waiting": 1, "all": 1}
