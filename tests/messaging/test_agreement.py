"""What the pages show agrees with the record; a row that was changed beside it is named."""

from unittest.mock import ANY

import pytest
from django.db import connection

from comity.common.models import RecordEntry
from comity.common.record import erase, verify
from comity.messaging.models import Conversation, Message
from comity.messaging.selectors.agreement import Disagreement, disagreements
from comity.messaging.selectors.conversations import record_heads
from tests.factories import NOW
from tests.messaging.desk import make_desk


@pytest.fixture
def lives(desk):
    """One message of every life: delivered, blocked, held, released, returned, blocked by a person, accepted."""
    made = {"delivered": desk.ask("Where is it?").message}
    desk.deliver()
    for name, text in [("blocked", "BLOCK me"), ("held", "HOLD it"), ("released", "HOLD a"), ("returned", "HOLD b")]:
        made[name] = desk.later(1).answer(text).message
    made["ruled out"] = desk.answer("HOLD c").message
    for name, decision in [("released", "release"), ("returned", "return"), ("ruled out", "block")]:
        desk.rule(made[name], decision)
    desk.deliver()
    made["of the marketplace"] = desk.serve().message
    made["accepted"] = desk.answer("On its way.").message
    return made


def alter(message, **columns):
    Message.objects.filter(pk=message.pk).update(**columns)


def found(message, what):
    return [Disagreement(message.conversation.public_id, message.public_id, what)]


def test_every_life_of_a_message_agrees(lives):
    assert list(disagreements()) == []
    assert dict(Message.objects.values_list("public_id", "state")) == {
        lives[name].public_id: state
        for name, state in [
            ("delivered", "delivered"), ("blocked", "blocked"), ("held", "held"), ("released", "delivered"),
            ("returned", "withdrawn"), ("ruled out", "blocked"), ("of the marketplace", "accepted"),
            ("accepted", "accepted"),
        ]
    }  # fmt: skip


@pytest.mark.requirement("S87")
@pytest.mark.parametrize(
    ("name", "recorded", "shown"),
    [("blocked", "blocked", "delivered"), ("held", "held", "accepted"), ("released", "delivered", "withdrawn")],
)
def test_a_state_changed_beside_the_record_is_named(lives, name, recorded, shown):
    alter(lives[name], state=shown)
    assert list(verify(record_heads(), whole=True)) == []
    assert list(disagreements()) == found(
        lives[name], f"is shown with the state “{shown}”; the record says “{recorded}”"
    )


def test_a_message_deleted_beside_the_record_is_named(lives):
    message = lives["blocked"]
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM messaging_finding WHERE message_id = %s", [message.pk])
        cursor.execute("DELETE FROM messaging_message WHERE id = %s", [message.pk])
    assert list(disagreements()) == found(message, "is on record and is not shown any more")


def test_words_swapped_between_two_messages_are_named(lives):
    one, other = lives["blocked"], lives["held"]
    alter(one, body=other.body)
    alter(other, body=one.body)
    assert list(disagreements()) == found(one, "is shown with other words than its own")


@pytest.mark.parametrize(
    ("columns", "name"), [({"side": "buyer"}, "side"), ({"author": None}, "author"), ({"number": 99}, "number")]
)
def test_other_columns_that_a_page_shows_are_compared(lives, columns, name):
    alter(lives["held"], **columns)
    assert list(disagreements()) == found(lives["held"], ANY)
    assert f"is shown with the {name} “" in next(disagreements()).what


def test_a_message_that_nobody_posted_is_named(lives):
    message = lives["accepted"]
    Message.objects.create(
        conversation=message.conversation, public_id="msg_forged", number=99, side="buyer", purpose="inquiry",
        state="delivered", sent_at=NOW,
    )  # fmt: skip
    assert [one.message for one in disagreements()] == ["msg_forged"]


def test_erased_words_agree(lives):
    conversation = Conversation.objects.get()
    entry = RecordEntry.objects.get(pk=lives["held"].body_id)
    erase(conversation, entry, facts={}, now=NOW)
    conversation.save()
    assert list(disagreements()) == []


def test_a_conversation_that_moves_on_while_it_is_read_is_no_alarm(lives, monkeypatch):
    from comity.messaging.selectors import agreement

    read = agreement._shown
    answers = iter([{}])
    monkeypatch.setattr(agreement, "_shown", lambda keys: next(answers, None) or read(keys))
    assert list(disagreements()) == []


def test_three_queries_for_a_batch_of_conversations(lives, easy_rules, django_assert_num_queries):
    for _ in range(3):
        make_desk().ask()
    with django_assert_num_queries(3):
        assert list(disagreements()) == []
