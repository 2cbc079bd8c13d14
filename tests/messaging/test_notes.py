"""Private notes: for the team, for nobody else, named colleagues told."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.accounts.models import User
from comity.common.errors import NotFound, Refused
from comity.common.models import OutboxEvent, RecordEntry
from comity.messaging.models import Note
from comity.messaging.selectors import teams
from comity.messaging.selectors.desk import exported
from comity.messaging.selectors.doors import get_seat_of_operator
from comity.messaging.selectors.teams import notes_seen_by
from comity.messaging.services.notes import mentioned, remove_note, write_note
from comity.notify.handlers import tell_about_mention
from comity.notify.models import Notification
from tests import factories


@pytest.fixture
def asked(desk):
    desk.ask()
    desk.deliver()
    return desk


def operator_seat(desk, role="admin"):
    staff = factories.operator(desk.order.marketplace, role=role)
    return get_seat_of_operator(staff=staff, user=staff.user, conversation_id=desk.conversation.public_id)


def others(desk):
    """Everybody with a way to the conversation who is not of the team."""
    return [
        desk.buyer_seat(),
        operator_seat(desk),
        operator_seat(desk, "investigator"),
        operator_seat(desk, "moderator"),
    ]


def leaks(desk):
    return [note.text for seat in others(desk) for note in notes_seen_by(seat)]


@pytest.mark.requirement("S34")
def test_a_note_is_seen_by_the_team_and_by_nobody_else(asked):
    write_note(seat=asked.seller_seat(), text="Ask the depot first.", now=asked.now)

    assert [note.text for note in notes_seen_by(asked.seller_seat())] == ["Ask the depot first."]
    assert leaks(asked) == []


@pytest.mark.parametrize("mutant", [lambda seat: True, lambda seat: seat.staff is not None])
def test_without_the_question_whose_team_it_is_operators_are_still_kept_out_by_the_side(asked, monkeypatch, mutant):
    write_note(seat=asked.seller_seat(), text="Ask the depot first.", now=asked.now)
    Note.objects.update(side="marketplace")  # as if the side had been mixed up, too

    assert leaks(asked) == []
    monkeypatch.setattr(teams, "works_here", mutant)
    assert leaks(asked) == ["Ask the depot first."] * 3  # the test above turns red without the question


def test_a_note_is_on_no_record_and_in_no_export(asked):
    entries = RecordEntry.objects.count()
    write_note(seat=asked.seller_seat(), text="Ask the depot first.", now=asked.now)

    assert RecordEntry.objects.count() == entries
    assert "depot" not in str(list(exported(asked.conversation)))
    event = OutboxEvent.objects.get(name="note.written")
    assert "depot" not in str(event.data)
    assert (event.actor, event.stream) == (asked.staff.user.public_id, asked.conversation.public_id)


def test_no_rule_screens_a_note(asked):
    note, _ = write_note(seat=asked.seller_seat(), text="BLOCK me", now=asked.now)

    assert note.text == "BLOCK me"


@pytest.mark.parametrize("text", ["", "  \n", "\u200b", "a\x00b", "x" * 4001])
def test_what_cannot_be_a_note_is_refused_and_nothing_is_stored(asked, text):
    events = OutboxEvent.objects.count()

    with pytest.raises(Refused) as refused:
        write_note(seat=asked.seller_seat(), text=text, now=asked.now)

    assert (refused.value.field, Note.objects.count(), OutboxEvent.objects.count()) == ("note", 0, events)


def test_a_read_only_seat_and_another_team_write_no_note(asked):
    reader = asked.seller_seat(factories.staff(asked.order.seller, role="read_only"))

    for seat in (reader, *others(asked)):
        with pytest.raises(Refused):
            write_note(seat=seat, text="Hello.", now=asked.now)
    assert not Note.objects.exists()


def test_its_author_takes_the_words_of_a_note_away_and_the_place_stays(asked):
    note, _ = write_note(seat=asked.seller_seat(), text="Wrong order.", now=asked.now)
    for _ in range(2):
        remove_note(seat=asked.seller_seat(), note_id=note.public_id, now=asked.later(1).now)

    (left,) = notes_seen_by(asked.seller_seat())
    assert (left.text, left.removed_at is None) == ("", False)
    assert OutboxEvent.objects.filter(name="note.removed").count() == 1


def test_nobody_removes_a_colleagues_note_or_one_of_another_conversation(asked):
    note, _ = write_note(seat=asked.seller_seat(), text="Mine.", now=asked.now)
    colleague = asked.seller_seat(factories.staff(asked.order.seller))

    with pytest.raises(Refused):
        remove_note(seat=colleague, note_id=note.public_id, now=asked.now)
    with pytest.raises(NotFound):
        remove_note(seat=asked.buyer_seat(), note_id=note.public_id, now=asked.now)
    assert Note.objects.get().text == "Mine."


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("@Ann Lee look", ["Ann Lee"]),
        ("Ask @ann lee.", ["Ann Lee"]),
        ("@Bo and @Ann Lee", ["Ann Lee", "Bo Ek"]),
        ("@Ann look", []),  # there are two
        ("@Ann Leeds", []),
        ("mail ann@bo.example", ["Bo Ek"]),
        ("Ann Lee", []),
        ("@", []),
        ("@Zoe", []),
    ],
)
def test_who_is_named(text, named):
    people = [User(pk=n, name=name) for n, name in enumerate(["Ann Lee", "Ann Poe", "Bo Ek"])]

    assert [user.name for user in mentioned(text, people)] == named


@given(st.text(alphabet="@AnnLeeBo .\n", max_size=30))
def test_nobody_is_named_without_the_sign(text):
    people = [User(pk=n, name=name) for n, name in enumerate(["Ann", "Lee", "Bo"])]
    found = mentioned(text, people)

    assert all(f"@{user.name.casefold()}" in text.casefold() for user in found)


def test_whoever_is_named_is_told_once_and_the_author_never(asked):
    ann = factories.staff(asked.order.seller, user=factories.user(name="Ann Lee"))
    me = asked.staff.user.name
    _, told = write_note(seat=asked.seller_seat(), text=f"@Ann Lee @{me} see", now=asked.now)
    event = OutboxEvent.objects.get(name="note.written")
    for _ in range(2):
        tell_about_mention(event, now=asked.now)

    assert told == [ann.user]
    assert list(Notification.objects.values_list("user", "kind")) == [(ann.user.pk, "mentioned")]


def test_who_left_before_the_mail_went_out_is_not_told(asked):
    ann = factories.staff(asked.order.seller, user=factories.user(name="Ann Lee"))
    write_note(seat=asked.seller_seat(), text="@Ann Lee see", now=asked.now)
    ann.delete()
    tell_about_mention(OutboxEvent.objects.get(name="note.written"), now=asked.now)

    assert not Notification.objects.exists()
