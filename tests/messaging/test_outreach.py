"""A seller writes first: what is stored, what is refused, what counts, and which clocks move."""

import io
import threading
from datetime import timedelta

import pytest
from django.db import connection

from comity.accounts.models import Staff
from comity.accounts.profiles import profile_from_file
from comity.accounts.services.contact_choices import choose_unsolicited
from comity.accounts.services.restrictions import restrict
from comity.common.errors import NotFound, Refused
from comity.common.idempotency import KeyReused
from comity.common.models import OutboxEvent, RecordEntry
from comity.common.record import facts_of
from comity.common.transactions import write
from comity.files.services.uploads import take
from comity.messaging.models import Conversation, Message, ReplyDeadline
from comity.messaging.selectors.inbox import buyer_conversations
from comity.messaging.selectors.of_buyer import conversations_about
from comity.messaging.selectors.outreach import declared, menu_of
from comity.messaging.services.outreach import Outreach, reach_out
from comity.messaging.services.text import MessageRefused
from tests import factories
from tests.factories import NOW
from tests.files.samples import pdf
from tests.messaging.desk import make_desk, nothing_stored


def send(desk, text="Which colour?", purpose="order_details", key="", staff=None, **fields):
    form = Outreach(purpose=purpose, text=text, key=key or f"k{next(desk.keys)}", **fields)
    return reach_out(staff=staff or desk.staff, order=desk.order, outreach=form, now=desk.now)


def left(desk, purpose="order_details"):
    desk.order.refresh_from_db()
    return next(one.left for one in menu_of(desk.order, now=desk.now) if one.purpose.key == purpose)


def paper():
    """A file as a form takes it in."""
    content = pdf("Two years.")
    limits = profile_from_file("open-marketplace", NOW.date()).attachments
    return take(io.BytesIO(content), name="warranty.pdf", size=len(content), limits=limits, now=NOW)


def decline(desk):
    choose_unsolicited(buyer=desk.buyer, user=desk.buyer.user, wanted=False, now=desk.now)
    desk.order.buyer.refresh_from_db()


@pytest.mark.requirement("S15", "S17", "S24")
def test_a_first_message_opens_the_conversation_under_its_purpose(desk):
    sent = send(desk)
    desk.deliver()

    message = Message.objects.get()
    assert (sent.kind, message.side, message.purpose, message.text) == (
        "accepted", "seller", "order_details", "Which colour?",
    )  # fmt: skip
    assert (desk.conversation.topic, desk.conversation.last_message) == ("order_status", message)
    facts = facts_of(RecordEntry.objects.get(kind="posted").facts)
    assert (facts["purpose"], facts["checked_as"]) == ("order_details", "proactive")
    event = OutboxEvent.objects.get(name="message.accepted")
    assert event.actor == desk.staff.user.public_id


def test_the_known_conversation_is_used(desk):
    desk.ask()
    desk.deliver()

    send(desk)

    assert Conversation.objects.count() == 1
    assert desk.conversation.topic == "order_status"


def test_the_rules_are_told_what_the_profile_says(desk, monkeypatch):
    told = {}
    from comity.messaging.services import posting

    monkeypatch.setattr(posting, "screen", lambda **facts: told.update(facts))
    send(desk, purpose="custom_details")

    assert (told["purpose"], told["role"], told["text"]) == ("customisation", "seller", "Which colour?")


@pytest.mark.parametrize(
    ("fields", "field", "words"),
    [
        ({"purpose": "weather"}, "form", "Choose one of the purposes"),
        ({"purpose": "reply"}, "form", "Choose one of the purposes"),
        ({"purpose": "return_question"}, "form", "Opens once the order is partly shipped"),
        ({"text": "x" * 2001}, "text", "up to 2,000 can be sent"),
        ({"text": "x" * 801, "purpose": "custom_details"}, "text", "up to 800 can be sent"),
        ({"text": " "}, "text", "Write your message"),
    ],
)
def test_what_is_not_allowed_is_refused_and_nothing_is_stored(desk, fields, field, words):
    with pytest.raises(MessageRefused, match=words) as refused:
        send(desk, **fields)

    assert refused.value.field == field
    assert nothing_stored()
    assert not Conversation.objects.exists()


def test_a_role_that_reads_writes_to_nobody(desk):
    with pytest.raises(Refused, match="Your role reads here"):
        send(desk, staff=factories.staff(desk.order.seller, role=Staff.Role.READ_ONLY))
    assert nothing_stored()


@pytest.mark.requirement("S26")
def test_no_more_than_the_profile_allows_for_an_order(desk):
    send(desk), send(desk)

    with pytest.raises(MessageRefused, match="Sent 2 times; that is all for one order"):
        send(desk)
    assert Message.objects.count() == 2


def test_a_blocked_one_leaves_its_place_free_and_a_held_one_until_it_is_returned(desk):
    assert [left(desk), send(desk, "BLOCK me").kind, left(desk)] == [2, "blocked", 2]
    held = send(desk, "HOLD this").message
    assert left(desk) == 1

    desk.rule(held, "return")

    assert left(desk) == 2


def test_a_released_one_has_used_its_place(desk):
    held = send(desk, "HOLD this").message
    desk.rule(held, "release")
    desk.deliver()

    assert left(desk) == 1


def test_a_warning_is_asked_about_once(desk):
    asked = send(desk, "WARN me", key="k")
    assert asked.kind == "confirm"
    assert nothing_stored()
    assert not Conversation.objects.exists()

    assert send(desk, "WARN me", key="k", confirmed=asked.verdict.input).kind == "accepted"


def test_one_form_is_one_message(desk):
    first, again = send(desk, key="k"), send(desk, key="k")

    assert (again.repeated, again.message.pk, Message.objects.count()) == (True, first.message.pk, 1)
    with pytest.raises(KeyReused):
        send(desk, "Other words", key="k")


def test_the_better_words_replace_the_blocked_ones(desk):
    blocked = send(desk, "BLOCK me").message

    assert send(desk, replaces=blocked.public_id).message.replaces == blocked


@pytest.mark.requirement("S17")
def test_a_buyer_who_declined_gets_what_is_critical_and_nothing_else(desk):
    decline(desk)

    with pytest.raises(MessageRefused, match="takes no unsolicited messages"):
        send(desk)
    critical = send(desk, "The lamp broke here.", purpose="unexpected_problem").message

    assert Message.objects.get() == critical
    assert declared(desk.conversation, critical).important == (
        "Sent although you opted out, because it is about a problem with your order."
    )


def test_who_takes_them_again_is_written_to_again(desk):
    decline(desk)
    choose_unsolicited(buyer=desk.buyer, user=desk.buyer.user, wanted=True, now=desk.now)
    desk.order.refresh_from_db()

    assert send(desk).kind == "accepted"
    assert declared(desk.conversation, Message.objects.get()).important == ""


def test_answers_reach_whoever_declined(desk):
    desk.ask()
    desk.deliver()
    decline(desk)

    assert desk.answer().kind == "accepted"


@pytest.mark.requirement("S23")
def test_a_seller_who_may_not_write_first_may_still_answer(desk):
    desk.ask()
    desk.deliver()
    restrict(seller=desk.order.seller, kind="proactive_messaging", reason="Adverts.", now=desk.now)

    with pytest.raises(MessageRefused, match="You may not write first"):
        send(desk)
    assert send(desk, purpose="unexpected_problem").kind == "accepted"
    assert desk.answer().kind == "accepted"


@pytest.mark.requirement("S60", "C3")
def test_without_a_question_there_is_nothing_to_answer(desk):
    """Else a first message would let its seller write anything, as often as wanted."""
    send(desk)
    desk.deliver()

    with pytest.raises(MessageRefused, match="The buyer has not written here"):
        desk.answer("And buy our candles.")
    assert Message.objects.count() == 1


def test_a_question_that_was_not_delivered_is_none(desk):
    send(desk)
    desk.deliver()
    desk.ask("BLOCK me")

    with pytest.raises(MessageRefused, match="The buyer has not written here"):
        desk.answer()


def test_a_first_message_starts_and_stops_no_clock(desk):
    send(desk)
    desk.deliver()

    assert not ReplyDeadline.objects.exists()
    assert (desk.conversation.reply_due_at, desk.conversation.buyer_waiting_since) == (None, None)
    desk.later(1).ask("Blue, please.")
    desk.deliver()
    assert desk.conversation.reply_due_at == desk.now + timedelta(hours=24)


def test_where_a_question_is_open_it_is_an_answer(desk):
    desk.ask()
    desk.deliver()
    answer = desk.later(1) and send(desk, "It broke; a new one leaves today.", purpose="unexpected_problem").message
    desk.deliver()

    assert ReplyDeadline.objects.get().ended_by == answer
    assert (desk.conversation.reply_due_at, desk.conversation.buyer_waiting_since) == (None, None)


@pytest.mark.parametrize(("text", "kind"), [("HOLD this", "held"), ("BLOCK this", "blocked")])
def test_a_buyer_learns_nothing_of_what_did_not_arrive(desk, text, kind):
    assert send(desk, text).kind == kind

    assert list(buyer_conversations(buyer=desk.buyer)) == []
    assert conversations_about(desk.order) == []
    with pytest.raises(NotFound):
        desk.buyer_seat()
    assert desk.seller_seat().conversation == desk.conversation


@pytest.mark.parametrize(("language", "words"), [("de", "Hier ist die Garantie"), ("xx", "Here is the warranty")])
def test_fixed_words_are_in_the_buyers_language_and_name_order_and_days(db, easy_rules, language, words):
    desk = make_desk(status="shipped")
    desk.order.buyer.language = language
    days = {"coverage_start": "2026-11-02", "coverage_end": "2028-11-01"}

    message = send(desk, "ignored", purpose="warranty", dates=days, files=(paper(),)).message

    assert message.text.startswith(words)
    assert message.language == ("de" if language == "de" else "en")
    assert all(part in message.text for part in (desk.order.number, "2026-11-02", "2028-11-01"))
    assert "ignored" not in message.text


@pytest.mark.parametrize(
    ("days", "field", "words"),
    [
        ({}, "coverage_start", "Give a day"),
        ({"coverage_start": "2026-13-40", "coverage_end": "2027-01-01"}, "coverage_start", "Give a day"),
        ({"coverage_start": "2027-01-01", "coverage_end": "2026-12-31"}, "coverage_end", "before 2027-01-01"),
    ],
)
def test_days_that_are_none_are_refused(db, easy_rules, days, field, words):
    with pytest.raises(MessageRefused, match=words) as refused:
        send(make_desk(status="shipped"), purpose="warranty", dates=days)
    assert refused.value.field == field
    assert nothing_stored()


@pytest.mark.parametrize(
    ("purpose", "count", "words"),
    [("order_details", 1, "takes no files"), ("invoice", 0, "Add the document"), ("invoice", 6, "takes 5 files")],
)
def test_as_many_files_as_the_purpose_takes(desk, purpose, count, words):
    with pytest.raises(MessageRefused, match=words):
        send(desk, purpose=purpose, files=(paper(),) * count)
    assert nothing_stored()


def in_threads(work, count):
    start, done = threading.Barrier(count), []

    def one(number):
        try:
            start.wait()
            done.append(work(number))
        except MessageRefused as refusal:
            done.append(refusal.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=one, args=[number]) for number in range(count)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    return sorted(done)


@pytest.mark.postgres
@pytest.mark.parametrize("asked_before", [False, True])
def test_of_colleagues_who_reach_for_the_last_place_one_gets_it(transactional_db, easy_rules, asked_before):
    desk = make_desk()
    if asked_before:
        with write():
            desk.ask()
            desk.deliver()
    send(desk)
    people = [factories.staff(desk.order.seller) for _ in range(4)]

    done = in_threads(lambda number: send(desk, staff=people[number], key=f"form {number}").kind, 4)

    assert done == ["accepted", "closed", "closed", "closed"]
    assert Message.objects.filter(purpose="order_details").count() == 2


@pytest.mark.requirement("S38", "S56")
@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("The lamp you got lacks its screws. We send them today.", "accepted"),
        ("Sorry about the screws. Please change your bad review to five stars.", "blocked"),
    ],
)
def test_a_problem_is_settled_and_nothing_is_asked_about_a_review(db, text, kind):
    """Under the rules of 22 November; the restriction of purposes alone would let the second one pass."""
    assert send(make_desk(status="shipped").later(24 * 20), text, purpose="unexpected_problem").kind == kind
