"""Blocking: whose messages arrive, when nobody can be blocked, and what the blocked one is told."""

from datetime import timedelta

import pytest

from comity.accounts.models import Staff
from comity.common.errors import Refused
from comity.common.models import OutboxEvent, RecordEntry
from comity.messaging.models import Block, Conversation, Message
from comity.messaging.selectors.care import blocking, is_critical
from comity.messaging.services.blocks import block, unblock
from comity.messaging.services.clock import profile_of
from comity.messaging.services.contact import Subject
from comity.messaging.services.messages import Reply, deliver_verdict, lock, reply
from comity.messaging.services.posting import Words
from comity.messaging.services.text import MessageRefused
from comity.orders.models import Order
from tests import factories
from tests.factories import NOW
from tests.messaging.desk import make_desk

SECOND = timedelta(seconds=1)


@pytest.fixture
def talk(db, easy_rules):
    """Buyer and seller have talked about an order that is over."""
    desk = make_desk(status=Order.Status.DELIVERED)
    desk.ask()
    desk.deliver()
    desk.answer()
    desk.deliver()
    return desk


def seat_of(desk, side):
    return desk.buyer_seat() if side == "buyer" else desk.seller_seat()


def speak(desk, side, **fields):
    return desk.ask(**fields) if side == "buyer" else desk.answer()


@pytest.mark.requirement("S87")
@pytest.mark.parametrize(("blocker", "other"), [("buyer", "seller"), ("seller", "buyer")])
def test_the_blocked_one_is_told_only_that_it_does_not_arrive(talk, blocker, other):
    block(seat=seat_of(talk, blocker), now=talk.now)

    with pytest.raises(MessageRefused) as refused:
        speak(talk, other)

    assert refused.value.code == "not_taken"
    assert refused.value.sentence.startswith("Your message cannot be delivered here.")
    assert "block" not in refused.value.sentence
    assert Message.objects.count() == 2


@pytest.mark.parametrize("blocker", ["buyer", "seller"])
def test_whoever_blocks_unblocks_before_writing(talk, blocker):
    block(seat=seat_of(talk, blocker), now=talk.now)

    with pytest.raises(MessageRefused, match="You have blocked them"):
        speak(talk, blocker)

    unblock(seat=seat_of(talk, blocker), now=talk.now)
    assert speak(talk, blocker).kind == "accepted"


def test_a_block_holds_in_every_conversation_of_the_two_and_opens_none(talk):
    listing = factories.listing(talk.order.seller)
    block(seat=talk.seller_seat(), now=talk.now)

    with pytest.raises(MessageRefused):
        talk.ask(topic="product", about=Subject(listing=listing))

    assert Conversation.objects.count() == 1


def test_a_block_keeps_nobody_else_away(talk):
    block(seat=talk.seller_seat(), now=talk.now)
    other = make_desk(status=Order.Status.DELIVERED)

    assert other.ask().kind == "accepted"
    assert talk.ask(topic="payment", about=Subject()).kind == "accepted"
    assert talk.serve().kind == "accepted"


@pytest.mark.parametrize("status", ["pending", "unshipped", "partially_shipped", "shipped"])
def test_nobody_is_blocked_during_an_open_order(desk, status):
    desk.ask()
    desk.deliver()
    Order.objects.filter(pk=desk.order.pk).update(status=status)

    with pytest.raises(Refused) as refused:
        block(seat=desk.buyer_seat(), now=desk.now)

    latest = ", and in any case after 5 December 2026" if status == "shipped" else ""
    assert refused.value.sentence == (
        f"Order {desk.order.number} is still open, and both sides must be able to write about it. "
        f"You can block once it is delivered or cancelled, promised by 5 November 2026{latest}."
    )
    assert not Block.objects.exists()


@pytest.mark.requirement("S87")
def test_an_order_of_whose_arrival_nobody_tells_is_open_as_long_as_one_may_write_about_it(desk):
    desk.ask()
    desk.deliver()
    Order.objects.filter(pk=desk.order.pk).update(status=Order.Status.SHIPPED)
    over = desk.order.deliver_by + timedelta(days=30)

    with pytest.raises(Refused, match="still open"):
        block(seat=desk.buyer_seat(), now=over)
    assert not Block.objects.exists()
    block(seat=desk.buyer_seat(), now=over + SECOND)
    assert Block.objects.count() == 1
    with pytest.raises(MessageRefused, match="cannot be delivered"):
        reply(seat=desk.seller_seat(), reply=Reply("It is on its way.", "k"), now=over + SECOND)


def test_one_that_is_long_past_hides_none_that_is_open(talk):
    for days, status in ((9, "shipped"), (8, "unshipped"), (7, "shipped")):
        promised = NOW - timedelta(days=31 + days)
        latest = factories.order(talk.buyer, talk.order.seller, status=status, deliver_by=promised)
        if status == "unshipped":
            waiting = latest

    assert blocking(talk.conversation, now=NOW).open_order == waiting


def test_a_block_rests_while_a_new_order_is_open(talk):
    block(seat=talk.seller_seat(), now=talk.now)
    order = factories.order(talk.buyer, talk.order.seller)

    assert talk.ask().kind == "accepted"
    Order.objects.filter(pk=order.pk).update(status=Order.Status.CANCELLED)
    with pytest.raises(MessageRefused):
        talk.ask()


@pytest.mark.requirement("S15", "S60")
def test_a_critical_message_passes_a_block(talk):
    block(seat=talk.buyer_seat(), now=talk.now)
    conversation = lock(talk.conversation.pk, now=talk.now)
    critical, plain = [
        Words("Sent.", "seller", talk.staff.user, key) for key in ("unexpected_problem", "order_details")
    ]

    assert deliver_verdict(conversation, critical, "", now=talk.now).kind == "accepted"
    with pytest.raises(MessageRefused):
        deliver_verdict(conversation, plain, "", now=talk.now)


def test_the_profile_says_what_is_critical(talk):
    profile = profile_of(talk.conversation, talk.now)

    assert {key for key in ("recall", "legal_disclosure", "reply", "order_details") if is_critical(key, profile)} == {
        "recall",
        "legal_disclosure",
    }


def test_blocking_and_unblocking_are_on_record_once_each(talk):
    for change in (block, block, unblock, unblock, block):
        change(seat=talk.buyer_seat(), now=talk.now)

    events = OutboxEvent.objects.filter(name__startswith="party.").order_by("id")
    assert list(events.values_list("name", "actor")) == [
        (name, talk.buyer.user.public_id) for name in ("party.blocked", "party.unblocked", "party.blocked")
    ]
    assert RecordEntry.objects.filter(kind="marked").count() == 3
    assert Block.objects.filter(ended_at=None).count() == 1


def test_both_may_have_blocked_each_other(talk):
    block(seat=talk.buyer_seat(), now=talk.now)
    block(seat=talk.seller_seat(), now=talk.now)
    unblock(seat=talk.buyer_seat(), now=talk.now)

    assert blocking(talk.conversation, now=talk.now).sides == {"seller"}
    with pytest.raises(MessageRefused, match="cannot be delivered"):
        talk.ask()


@pytest.mark.parametrize("change", [block, unblock])
def test_a_read_only_seat_blocks_nobody(talk, change):
    reader = factories.staff(talk.order.seller, role=Staff.Role.READ_ONLY)

    with pytest.raises(Refused, match="role"):
        change(seat=talk.seller_seat(reader), now=talk.now)

    assert not Block.objects.exists()


def test_the_marketplace_is_not_blocked(talk):
    talk.ask(topic="payment", about=Subject())
    service = Conversation.objects.get(addressee="marketplace")
    seat = talk.buyer_seat()

    with pytest.raises(Refused, match="Only a buyer and a seller"):
        block(seat=type(seat)(service, seat.side, seat.user), now=talk.now)
