"""Rulings on held messages: once, by who may, with a reason, on record."""

import json

import pytest

from comity.accounts.models import Buyer, OperatorStaff
from comity.common.errors import NotFound, Refused
from comity.common.models import OutboxEvent, RecordEntry
from comity.messaging.models import Message, Ruling
from comity.messaging.selectors.inbox import held_queue
from comity.messaging.services.blocks import block
from comity.messaging.services.rulings import AlreadyRuled
from comity.orders.models import Order
from tests import factories


@pytest.mark.requirement("S87")
@pytest.mark.parametrize(
    ("decision", "state", "reaches"),
    [("release", "delivered", True), ("return", "withdrawn", False), ("block", "blocked", False)],
)
def test_ruling_decides_what_becomes_of_a_held_message(desk, decision, state, reaches):
    held = desk.ask("HOLD this").message

    ruling = desk.later(1).rule(held, decision, reason="It is a fair complaint.")
    desk.deliver()

    held.refresh_from_db()
    assert (held.state, ruling.reason, desk.conversation.last_message is not None) == (
        state,
        "It is a fair complaint.",
        reaches,
    )
    entry = json.loads(RecordEntry.objects.get(kind="ruled").facts)
    assert (entry["decision"], entry["by"], entry["message"]) == (
        decision,
        desk.operator.user.public_id,
        held.public_id,
    )


def test_second_ruling_is_refused_and_names_the_first(desk):
    held = desk.ask("HOLD this").message
    first = desk.rule(held, "block")

    with pytest.raises(AlreadyRuled) as refused:
        desk.rule(held, "release")

    assert refused.value.ruling == first
    assert Ruling.objects.count() == 1


def test_delivered_message_cannot_be_ruled_on(desk):
    message = desk.ask().message
    desk.deliver()

    with pytest.raises(AlreadyRuled):
        desk.rule(message, "block")
    assert not Ruling.objects.exists()


@pytest.mark.parametrize(
    ("decision", "reason", "field"), [("release", "  ", "reason"), ("forgive", "Fine.", "decision")]
)
def test_ruling_without_reason_or_with_unknown_decision_changes_nothing(desk, decision, reason, field):
    held = desk.ask("HOLD this").message
    events = OutboxEvent.objects.count()

    with pytest.raises(Refused) as refused:
        desk.rule(held, decision, reason)

    held.refresh_from_db()
    assert (refused.value.field, held.state, OutboxEvent.objects.count()) == (field, "held", events)


@pytest.mark.parametrize("role", ["service_agent", "adjudicator", "investigator"])
def test_role_that_does_not_rule_is_refused(desk, role):
    held = desk.ask("HOLD this").message
    desk.operator = factories.operator(desk.order.marketplace, role=OperatorStaff.Role(role))

    with pytest.raises(Refused, match="does not rule"):
        desk.rule(held, "release")
    assert not Ruling.objects.exists()


@pytest.mark.parametrize("seat", ["author", "colleague", "buyer"])
def test_nobody_rules_on_a_conversation_of_their_own(desk, seat):
    desk.ask()
    desk.deliver()
    held = desk.answer("HOLD this").message
    users = {"author": desk.staff.user, "colleague": factories.staff(desk.order.seller).user, "buyer": desk.buyer.user}
    desk.operator = factories.operator(desk.order.marketplace, user=users[seat])

    with pytest.raises(Refused, match="somebody else must rule"):
        desk.rule(held, "release")
    assert not Ruling.objects.exists()


def test_another_marketplaces_moderator_does_not_find_the_message(desk):
    held = desk.ask("HOLD this").message
    desk.operator = factories.operator()

    with pytest.raises(NotFound):
        desk.rule(held, "release")
    assert not Ruling.objects.exists()


@pytest.mark.parametrize("rows", [1, 3])
def test_held_queue_has_the_oldest_until_first_in_three_queries_and_a_count(desk, rows, django_assert_num_queries):
    for n in range(rows):
        desk.later(1).ask(f"HOLD {n}")

    with django_assert_num_queries(3):
        page = held_queue(marketplace=desk.order.marketplace)
        texts = [(message.text, len(message.findings.all()), message.conversation.order.number) for message in page]

    assert texts == [(f"HOLD {n}", 1, desk.order.number) for n in range(rows)]


def test_a_held_message_is_not_released_to_who_has_blocked_its_author_since(desk):
    desk.ask()
    desk.deliver()
    held = desk.ask("HOLD this").message
    Order.objects.update(status=Order.Status.DELIVERED)
    block(seat=desk.seller_seat(), now=desk.now)

    with pytest.raises(Refused) as refused:
        desk.rule(held, "release")

    held.refresh_from_db()
    assert (refused.value.code, held.state, Ruling.objects.count()) == ("not_taken", "held", 0)
    assert desk.rule(held, "return").decision == "return"


def test_a_held_unsolicited_message_is_not_released_to_who_has_opted_out_since(desk):
    desk.ask()
    desk.deliver()
    held = desk.answer("HOLD this").message
    Message.objects.filter(pk=held.pk).update(purpose="review_request")
    Buyer.objects.update(unsolicited_declined_at=desk.now)

    with pytest.raises(Refused) as refused:
        desk.rule(held, "release")

    held.refresh_from_db()
    assert (refused.value.code, held.state, Ruling.objects.count()) == ("not_taken", "held", 0)
