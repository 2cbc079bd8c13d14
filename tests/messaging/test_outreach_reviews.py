"""The one review request of an order: its slot, its words, and that it answers nothing."""

from datetime import timedelta

import pytest

from comity.accounts.models import Staff
from comity.accounts.services.contact_choices import choose_unsolicited
from comity.accounts.services.restrictions import restrict
from comity.common.errors import Refused
from comity.common.models import OutboxEvent
from comity.common.transactions import write
from comity.messaging.models import Message, ReplyDeadline, ReviewRequest
from comity.messaging.selectors.care import answers_in
from comity.messaging.selectors.outreach import review_request_of
from comity.messaging.services import posting
from comity.messaging.services.review_requests import AlreadyAsked, ask_for_review, take_slot
from comity.messaging.services.text import MessageRefused
from comity_policy.model import Outcome, Verdict
from tests import factories
from tests.factories import NOW
from tests.messaging.desk import make_desk, nothing_stored
from tests.messaging.test_outreach import in_threads


@pytest.fixture
def shipped(db, easy_rules):
    return shipped_desk()


def shipped_desk(**fields):
    days = {"deliver_from": NOW - timedelta(days=7), "deliver_by": NOW - timedelta(days=3)}
    return make_desk(status="shipped", **{**days, **fields})


def ask(desk, **fields):
    return ask_for_review(**{"staff": desk.staff, "order": desk.order, "now": desk.now, **fields})


def give_verdict(monkeypatch, outcome):
    monkeypatch.setattr(posting, "screen", lambda **_: Verdict(outcome, (), "r" * 64, "1", "i" * 64))


@pytest.mark.requirement("S16", "S35", "S51")
def test_a_review_is_asked_for_in_the_marketplaces_words(shipped):
    request = ask(shipped)

    assert (request.order, request.asked_by, request.asked_at) == (shipped.order, shipped.staff.user, NOW)
    assert (request.message.purpose, request.message.side) == ("review_request", "seller")
    assert shipped.order.number in request.message.text
    names = list(OutboxEvent.objects.order_by("id").values_list("name", "actor"))
    assert names == [(name, shipped.staff.user.public_id) for name in ("review.requested", "message.accepted")]


@pytest.mark.requirement("S16", "S19", "S52")
def test_its_words_pass_the_rules_in_every_language(db):
    for language in ("en", "de"):
        desk = shipped_desk()
        desk.buyer.language = language
        desk.buyer.save()
        assert ask(desk).message.state == "accepted"
    assert len(set(Message.objects.values_list("language", flat=True))) == 2


@pytest.mark.requirement("S35", "S51", "C6")
def test_asking_again_names_the_first_day(shipped):
    first = ask(shipped)

    with pytest.raises(AlreadyAsked, match="asked for on 2 November 2026") as refused:
        ask(shipped.later(48))
    assert refused.value.request == first
    assert (ReviewRequest.objects.count(), Message.objects.count()) == (1, 1)


def test_another_way_shares_the_slot(shipped):
    with write():
        take_slot(order=shipped.order, by=None, now=NOW)

    with pytest.raises(AlreadyAsked):
        ask(shipped)
    assert not Message.objects.exists()


@pytest.mark.parametrize(
    "fields", [{"status": "unshipped"}, {"deliver_from": NOW}, {"deliver_by": NOW - timedelta(days=31)}]
)
def test_outside_of_the_window_nothing_is_asked(db, easy_rules, fields):
    desk = shipped_desk()
    for name, value in fields.items():
        setattr(desk.order, name, value)
    desk.order.save()

    with pytest.raises(MessageRefused):
        ask(desk)
    assert nothing_stored()
    assert not ReviewRequest.objects.exists()


def test_a_role_that_reads_asks_nobody(shipped):
    with pytest.raises(Refused, match="Your role reads here"):
        ask(shipped, staff=factories.staff(shipped.order.seller, role=Staff.Role.READ_ONLY))
    assert nothing_stored()


def test_who_declined_is_not_asked(shipped):
    choose_unsolicited(buyer=shipped.buyer, user=shipped.buyer.user, wanted=False, now=NOW)

    with pytest.raises(MessageRefused, match="takes no unsolicited messages"):
        ask(shipped)
    assert not ReviewRequest.objects.exists()


@pytest.mark.requirement("S23")
def test_a_seller_who_may_not_write_first_may_still_ask(shipped):
    restrict(seller=shipped.order.seller, kind="proactive_messaging", reason="Adverts.", now=NOW)

    assert ask(shipped).message.state == "accepted"


@pytest.mark.parametrize("outcome", [Outcome.BLOCK, Outcome.WARN])
def test_words_that_the_rules_stop_use_nothing_up(shipped, monkeypatch, outcome):
    give_verdict(monkeypatch, outcome)

    with pytest.raises(MessageRefused, match="not used up"):
        ask(shipped)
    assert nothing_stored()
    assert not ReviewRequest.objects.exists()


def test_a_held_request_stands_until_it_is_returned(shipped, monkeypatch):
    give_verdict(monkeypatch, Outcome.HOLD)
    first = ask(shipped)
    with pytest.raises(AlreadyAsked):
        ask(shipped)

    shipped.rule(first.message, "return")

    assert review_request_of(shipped.order) is None
    again = ask(shipped.later(1))
    assert (again.pk, again.asked_at, again.message.pk != first.message.pk) == (first.pk, shipped.now, True)


def test_it_answers_no_question(shipped):
    shipped.ask()
    shipped.deliver()
    due = shipped.conversation.reply_due_at

    ask(shipped.later(1))
    shipped.deliver()

    assert ReplyDeadline.objects.get().ended_at is None
    assert (shipped.conversation.reply_due_at, shipped.conversation.buyer_waiting_since) == (due, NOW)


def test_after_a_returned_answer_it_is_no_answer_either(shipped):
    """The buyer still waits for the answer that a moderator gave back."""
    shipped.ask()
    shipped.deliver()
    held = shipped.answer("HOLD this").message
    ask(shipped)

    shipped.rule(held, "return")

    assert shipped.conversation.reply_due_at == NOW + timedelta(hours=24)


def test_a_buyer_votes_on_answers_and_not_on_it(shipped):
    shipped.ask()
    shipped.deliver()
    ask(shipped)
    shipped.deliver()

    assert list(answers_in(shipped.conversation)) == []


@pytest.mark.postgres
@pytest.mark.requirement("S35", "C6")
def test_of_colleagues_who_ask_at_once_one_does(transactional_db, easy_rules):
    desk = shipped_desk()
    people = [factories.staff(desk.order.seller) for _ in range(4)]

    done = in_threads(lambda number: ask(desk, staff=people[number]).message.state, 4)

    assert done == ["accepted", "already_asked", "already_asked", "already_asked"]
    assert (ReviewRequest.objects.count(), Message.objects.count()) == (1, 1)
