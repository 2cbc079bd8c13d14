"""Lists and doors: who sees what, in which order, in how many queries."""

import pytest

from comity.common.errors import NotFound
from comity.messaging.selectors.conversations import messages_seen_by
from comity.messaging.selectors.doors import get_seat_of_buyer, get_seat_of_operator, get_seat_of_staff
from comity.messaging.selectors.inbox import Filters, buyer_conversations, inbox_of, others_with_buyer
from comity.messaging.selectors.teams import Team
from comity.messaging.services.contact import Subject
from comity.messaging.services.marks import mark_read
from tests import factories


def seller_inbox(*, seller, view="to_answer"):
    return inbox_of(Team(seller.marketplace, seller), filters=Filters(view))


def service_inbox(*, marketplace):
    return inbox_of(Team(marketplace), filters=Filters())


def another_order(desk):
    return Subject(order=factories.order(desk.buyer, desk.order.seller))


@pytest.mark.requirement("S27")
def test_oldest_deadline_is_on_top_and_the_answered_come_last(desk):
    desk.ask("first")
    desk.deliver()
    desk.later(1).ask("second", about=another_order(desk))
    desk.deliver()
    answered = another_order(desk)
    desk.later(1).ask("third", about=answered)
    desk.deliver()
    rows = seller_inbox(seller=desk.order.seller, view="all").page.object_list

    assert [row.last_message.text for row in rows] == ["first", "second", "third"]
    assert seller_inbox(seller=desk.order.seller).counts == {"to_answer": 3, "waiting": 0, "held": 0, "all": 3}


@pytest.mark.parametrize("rows", [1, 3])
def test_inbox_takes_four_queries_whatever_its_length(desk, rows, django_assert_num_queries):
    for _ in range(rows):
        desk.ask(about=another_order(desk))
    desk.deliver()

    with django_assert_num_queries(4):  # counts, keys, rows, labels
        inbox = seller_inbox(seller=desk.order.seller)
        shown = [(row.buyer.name, row.order.number, row.unread, row.carried) for row in inbox.page]

    assert len(shown) == rows


@pytest.mark.requirement("S90")
@pytest.mark.parametrize("rows", [1, 3])
def test_message_center_takes_two_queries_whatever_its_length(desk, rows, django_assert_num_queries):
    for _ in range(rows):
        desk.ask(about=another_order(desk))

    with django_assert_num_queries(2):
        shown = [(row.seller.name, row.order.number, row.has_held) for row in buyer_conversations(buyer=desk.buyer)]

    assert len(shown) == rows


@pytest.mark.parametrize("rows", [1, 3])
def test_conversation_takes_two_queries_whatever_its_length(desk, rows, django_assert_num_queries):
    for _ in range(rows):
        desk.ask("BLOCK me")
    seat = desk.buyer_seat()

    with django_assert_num_queries(2):
        shown = [(m.text, m.author.name, list(m.findings.all()), hasattr(m, "ruling")) for m in messages_seen_by(seat)]

    assert len(shown) == rows


@pytest.mark.requirement("S87")
def test_each_side_sees_its_own_in_every_state_and_the_others_delivered(desk):
    desk.ask()
    desk.deliver()
    desk.ask("HOLD this")
    desk.answer("BLOCK me")
    desk.answer("On its way.")
    operator = get_seat_of_operator(
        staff=desk.operator, user=desk.operator.user, conversation_id=desk.conversation.public_id
    )

    seen = [[m.text for m in messages_seen_by(seat)] for seat in (desk.buyer_seat(), desk.seller_seat(), operator)]

    assert seen == [
        ["Where is it?", "HOLD this"],
        ["Where is it?", "BLOCK me", "On its way."],
        ["Where is it?", "HOLD this", "BLOCK me", "On its way."],
    ]


def test_seller_does_not_learn_of_a_conversation_before_something_reached_it(desk):
    desk.ask("BLOCK me")
    desk.ask("HOLD this")
    desk.deliver()

    assert seller_inbox(seller=desk.order.seller, view="all").counts["all"] == 0
    with pytest.raises(NotFound):
        desk.seller_seat()


def test_strangers_do_not_find_the_conversation(desk):
    desk.ask()
    desk.deliver()
    cnv = desk.conversation.public_id
    stranger, other_shop, elsewhere = factories.buyer(desk.buyer.marketplace), factories.staff(), factories.operator()

    with pytest.raises(NotFound):
        get_seat_of_buyer(buyer=stranger, user=stranger.user, conversation_id=cnv)
    with pytest.raises(NotFound):
        get_seat_of_staff(staff=other_shop, user=other_shop.user, conversation_id=cnv)
    with pytest.raises(NotFound):
        get_seat_of_operator(staff=elsewhere, user=elsewhere.user, conversation_id=cnv)
    with pytest.raises(NotFound):
        get_seat_of_buyer(buyer=desk.buyer, user=desk.buyer.user, conversation_id="cnv_\x00")


@pytest.mark.requirement("S36")
def test_service_inbox_has_what_the_marketplace_answers_and_the_seller_does_not_see_it(desk):
    desk.ask("Charged twice.", topic="payment")
    desk.deliver()

    assert [row.last_message.text for row in service_inbox(marketplace=desk.order.marketplace).page] == [
        "Charged twice."
    ]
    assert seller_inbox(seller=desk.order.seller, view="all").counts["all"] == 0


def test_unread_until_the_seat_has_looked(desk):
    def unread():
        return [row.unread for row in seller_inbox(seller=desk.order.seller, view="all").page]

    desk.ask()
    desk.deliver()
    assert unread() == [True]
    mark_read(seat=desk.seller_seat())
    assert unread() == [False]

    desk.answer()
    desk.deliver()
    assert (unread(), [row.unread for row in buyer_conversations(buyer=desk.buyer)]) == ([False], [True])


def test_own_words_delivered_last_hide_nothing_unread(desk):
    desk.ask()
    desk.deliver()
    desk.answer()
    desk.deliver()
    desk.ask("And when?")
    desk.deliver()

    assert [row.unread for row in buyer_conversations(buyer=desk.buyer)] == [True]


@pytest.mark.parametrize("words", ["BLOCK me", "HOLD this"])
def test_what_does_not_arrive_moves_no_time_that_the_other_side_sees(desk, words):
    desk.ask()
    desk.deliver()
    before = desk.conversation.last_message_at

    desk.later(5).answer(words)

    assert desk.conversation.last_message_at == before


def test_looking_twice_writes_once(desk, django_assert_num_queries):
    desk.ask()
    desk.deliver()
    seat = desk.seller_seat()
    mark_read(seat=seat)

    with django_assert_num_queries(1):
        mark_read(seat=seat)


def test_other_conversations_of_the_buyer_with_the_seller(desk):
    desk.ask()
    desk.ask(about=another_order(desk))
    desk.deliver()

    assert [other.order.number != desk.order.number for other in others_with_buyer(desk.conversation)] == [True]
