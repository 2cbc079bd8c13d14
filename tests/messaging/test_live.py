"""Whose pages an event concerns: nobody hears of what they do not see."""

import re
from pathlib import Path

import pytest

from comity.common.models import OutboxEvent
from comity.jobs.pump import Pump
from comity.messaging.selectors import conversations, live
from comity.messaging.selectors.conversations import News, news_of, talk_of
from comity.messaging.selectors.live import changes_after, latest_position
from comity.messaging.services.access import note_access
from comity.messaging.services.blocks import block
from comity.messaging.services.marks import mark_no_response_needed
from comity.messaging.services.posting import STATE_AFTER
from comity.messaging.services.reports import report
from comity.messaging.services.rulings import take
from comity.orders.models import Order

pytestmark = pytest.mark.django_db


def place(desk):
    """Give every event its position, as the worker does, without delivering anything."""
    Pump("live", {}).run_once(desk.now)


def heard(desk, after=0):
    """By event, who hears of it."""
    place(desk)
    conversation = desk.conversation
    names = {
        live.reader_channel("buyer", desk.buyer.pk): "buyer",
        live.reader_channel("seller", desk.order.seller_id): "seller",
        live.queue_channel(conversation.marketplace_id): "queue",
        live.conversation_channel("buyer", conversation.pk): "buyer's page",
        live.conversation_channel("seller", conversation.pk): "seller's page",
    }
    events = dict(OutboxEvent.objects.filter(stream__startswith="cnv_").values_list("position", "name"))
    changes = [change for change in changes_after(after) if change.position in events]
    return [(events[change.position], {names[one] for one in change.channels}) for change in changes]


def channels_of(row_id):
    sides = ("buyer", "seller", "marketplace")
    lists, pages = ([name(side, row_id) for side in sides] for name in (live.reader_channel, live.conversation_channel))
    return [*lists, *pages, live.queue_channel(row_id)]


def test_the_names_of_channels_are_distinct_and_show_what_kind_they_are_and_nothing_else(settings):
    names = channels_of(7)
    assert [re.sub("[0-9a-f]{24}$", "", name) for name in names] == ["b", "s", "v", "cb", "cs", "cv", "h"]
    assert len({name[-24:] for row_id in range(100) for name in channels_of(row_id)}) == 700
    settings.SECRET_KEY = "another"
    assert not {name[-24:] for name in channels_of(7)} & {name[-24:] for name in names}


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


def begin(desk):
    """A question and its answer, both delivered, and every event in its place."""
    desk.ask()
    desk.deliver()
    desk.answer()
    desk.deliver()
    place(desk)


def report_theirs(desk):
    theirs = desk.conversation.messages.get(side="seller")
    report(seat=desk.buyer_seat(), message_id=theirs.public_id, reason="scam", now=desk.now)


def block_them(desk):
    Order.objects.update(status=Order.Status.DELIVERED)
    block(seat=desk.buyer_seat(), now=desk.now)


@pytest.mark.parametrize(("tell", "names"), [(report_theirs, ["message.reported"]), (block_them, ["party.blocked"])])
def test_who_is_reported_or_blocked_hears_nothing(desk, tell, names):
    begin(desk)
    before = latest_position()
    tell(desk)
    assert heard(desk, before) == [(name, BUYER) for name in names]


@pytest.mark.parametrize("name", ["record.opened", "record.exported"])
def test_nobody_hears_that_the_record_was_read(desk, name):
    begin(desk)
    before = latest_position()
    note_access(conversation=desk.conversation, name=name, by=desk.operator.user, now=desk.now)
    assert heard(desk, before) == [(name, set())]


def test_nobody_hears_that_a_moderator_reads_a_held_message(desk):
    begin(desk)
    held = desk.ask("HOLD it").message
    place(desk)
    before = latest_position()
    take(message_id=held.public_id, staff=desk.operator, user=desk.operator.user, now=desk.now)
    assert heard(desk, before) == [("message.taken", set())]


def test_every_event_of_a_conversation_says_who_hears_of_it():
    kinds = "answer|attachment|conversation|message|note|party|record|report"
    literal = re.compile(rf'"((?:{kinds})\.[a-z_]+|notice\.acknowledged)"')
    sources = Path(live.__file__).parents[1].joinpath("services").glob("*.py")
    named = {name for source in sources for name in literal.findall(source.read_text())}
    made = {f"message.{state}" for state in STATE_AFTER.values()} | {"party.blocked", "party.unblocked"}
    answers = {"offer.accepted", "offer.countered", "offer.declined"}
    assert named | made | answers == set(live.HEARD_BY)


def test_what_a_seat_does_not_see_is_no_news_to_it(desk):
    begin(desk)
    there = news_of(desk.seller_seat(), after=0).position
    desk.ask("HOLD it")
    report_theirs(desk)
    seat = desk.seller_seat()
    assert news_of(seat, after=there) == News(there)
    assert talk_of(seat)[1] == there


@pytest.fixture
def between(monkeypatch):
    """between(happen): that happens after the record was read for a page, and before its messages are."""
    read = conversations.messages_seen_by

    def arrange(happen):
        monkeypatch.setattr(conversations, "messages_seen_by", lambda seat: (happen(), read(seat))[1])

    return arrange


def shown_and_told(seat):
    """What a page made now shows, and what it is told after that: new messages, changed ones."""
    shown, position = talk_of(seat())
    told = news_of(seat(), after=position)
    return [one.public_id for one in shown], set(told.appeared), set(told.changed)


def test_what_is_delivered_while_its_writers_page_is_made_is_told_to_the_page(desk, between):
    answer = answered(desk)
    between(desk.deliver)
    shown, appeared, changed = shown_and_told(desk.seller_seat)
    assert (shown[-1], appeared, changed) == (answer, set(), {answer})


def test_what_comes_while_its_readers_page_is_made_appears_there_once(desk, between):
    answer = answered(desk)
    between(desk.deliver)
    shown, appeared, changed = shown_and_told(desk.buyer_seat)
    assert (answer in shown, appeared, changed) == (False, {answer}, set())


def test_what_a_colleague_writes_while_a_page_is_made_appears_there_once(desk, between):
    desk.ask()
    desk.deliver()
    written = []
    between(lambda: written.append(desk.answer().message.public_id))
    shown, appeared, changed = shown_and_told(desk.seller_seat)
    assert (len(shown), appeared, changed) == (1, {*written}, set())


def answered(desk):
    """An answer that waits for its delivery."""
    desk.ask()
    desk.deliver()
    return desk.answer().message.public_id


def test_the_mark_that_no_answer_is_needed_is_news_to_both(desk):
    desk.ask()
    desk.deliver()
    seats = (desk.buyer_seat(), desk.seller_seat())
    before = [news_of(seat, after=0).position for seat in seats]
    mark_no_response_needed(seat=desk.seller_seat(), now=desk.now)
    seats = (desk.buyer_seat(), desk.seller_seat())
    assert [news_of(seat, after=0).position - at for seat, at in zip(seats, before, strict=True)] == [1, 1]
