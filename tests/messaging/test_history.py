"""What the rules are told beside the words: follow-ups, the like elsewhere, requests for a review, days, kinds."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from comity.accounts.profiles import profile_in_force
from comity.common.transactions import write
from comity.messaging.models import Conversation, Message
from comity.messaging.selectors.doors import get_seat_of_buyer, get_seat_of_staff
from comity.messaging.selectors.outreach import purpose_named
from comity.messaging.services import notice_writing, posting
from comity.messaging.services.agreements import Proposal, accept, propose
from comity.messaging.services.checks import check_contact, check_outreach, check_reply
from comity.messaging.services.contact import Subject
from comity.messaging.services.messages import Reply, reply
from comity.messaging.services.notice_writing import Words, write_notice
from comity.messaging.services.posting import Words as Said
from comity.messaging.services.posting import verdict_on
from comity.messaging.services.review_requests import ask_for_review
from tests import factories
from tests.factories import NOW
from tests.messaging.desk import Desk, make_desk, verdict_by_first_word
from tests.messaging.test_outreach import send

DECEMBER = 24 * 30  # hours after NOW: then the rulebook that asks for all this is in force
REQUEST = "Please leave a review on your orders page."


@pytest.fixture
def told(monkeypatch):
    """What the rules were told, a dictionary for each text."""
    facts = []

    def screen(**given):
        facts.append(given)
        return verdict_by_first_word(**given)

    monkeypatch.setattr(posting, "screen", screen)
    monkeypatch.setattr(notice_writing, "screen", screen)
    return facts


@pytest.fixture
def december(db):
    return make_desk().later(DECEMBER)


@pytest.fixture
def asked(db):
    """A desk under the real rules, in whose conversation the buyer waits for an answer."""
    return waiting_desk()


def waiting_desk():
    days = {"deliver_from": NOW + timedelta(days=20), "deliver_by": NOW + timedelta(days=23)}
    made = make_desk(status="shipped", **days).later(DECEMBER)
    with write():
        made.ask()
        made.deliver()
    return made


def another(desk, shop=None, name="Bob Smith"):
    """The desk of another order of the same shop, or of ``shop``."""
    shop = shop or desk.order.seller
    person = factories.buyer(shop.marketplace, name=name)
    staff = desk.staff if shop == desk.order.seller else factories.staff(shop)
    made = Desk(factories.order(person, shop), person, staff, desk.operator)
    return made.later(desk.hours)


# --- follow-ups ---------------------------------------------------------------------------------------------------


@pytest.mark.requirement("S26")
def test_what_was_written_since_the_other_side_last_wrote_is_counted_for_both(december, told):
    desk = december
    desk.ask()
    desk.ask("Hello?")
    desk.deliver()
    desk.answer()
    desk.answer("And it is red.")
    desk.deliver()
    desk.ask("Thanks.")

    assert [one["follow_ups"] for one in told] == [0, 1, 0, 1, 0]


@pytest.mark.requirement("S26")
@pytest.mark.parametrize("text", ["BLOCK this", "WARN of this"])
def test_what_reached_nobody_is_no_follow_up(december, told, text):
    december.ask()
    december.deliver()
    december.answer(text)
    december.answer()

    assert told[-1]["follow_ups"] == 0


def test_what_answers_nothing_and_what_a_machine_wrote_is_no_follow_up(asked, told):
    asked.answer("We are away.", automatic=True)
    ask_for_review(staff=asked.staff, order=asked.order, now=asked.now)
    asked.answer()

    assert told[-1]["follow_ups"] == 0


def test_what_the_other_side_wrote_and_nobody_has_read_yet_is_not_heard(december, told):
    december.ask()
    december.deliver()
    december.answer()
    december.ask("HOLD this")
    december.answer()

    assert told[-1]["follow_ups"] == 1


@pytest.mark.requirement("S26", "S83")
def test_the_fifth_message_in_a_row_is_warned_of_and_nothing_is_sent_until_it_is_confirmed(asked):
    for number in range(4):
        assert asked.answer(f"Here is part {number} of it.").kind == "accepted"

    fifth = asked.answer("Any news?", key="fifth")

    assert fifth.kind == "confirm"
    assert [(one.rule, one.form, one.detail) for one in fifth.verdict.findings] == [("form.repetition", "plain", "4")]
    assert Message.objects.count() == 5
    assert asked.answer("Any news?", key="fifth", confirmed=fifth.verdict.input).kind == "accepted"


def test_the_page_is_told_what_sending_will_be_told(asked):
    for number in range(4):
        asked.answer(f"Here is part {number} of it.")

    live = check_reply(seat=asked.seller_seat(), text="Any news?", now=asked.now)

    assert live == asked.answer("Any news?").verdict


def about_nothing_ordered():
    """A conversation about an offer, in which the buyer waits; and the desk."""
    desk = make_desk().later(DECEMBER)
    offer = factories.listing(desk.order.seller)
    message = desk.ask(topic="product", about=Subject(listing=offer)).message
    desk.deliver()
    return desk, message.conversation


def seats(desk, conversation):
    here = {"conversation_id": conversation.public_id}
    buyer = get_seat_of_buyer(buyer=desk.buyer, user=desk.buyer.user, **here)
    return buyer, get_seat_of_staff(staff=desk.staff, user=desk.staff.user, **here)


@pytest.mark.requirement("S26")
def test_without_an_order_it_is_counted_too(db, told):
    desk, conversation = about_nothing_ordered()
    for side, text in ((1, "Yes."), (1, "And it is red."), (0, "Good."), (0, "Very good.")):
        reply(seat=seats(desk, conversation)[side], reply=Reply(text=text, key=text), now=desk.now)
        desk.deliver()
    for seat in seats(desk, conversation):
        check_reply(seat=seat, text="Hello?", now=desk.now)

    assert [one["follow_ups"] for one in told] == [None, 0, 1, 0, 1, 2, 0]


# --- what it costs --------------------------------------------------------------------------------------------------


def queries(ask):
    """Verb and first table of each statement."""
    with CaptureQueriesContext(connection) as captured:
        ask()
    about = re.compile(r'(?s)\W*((?:SELECT|DELETE).*? FROM|INSERT INTO|UPDATE) "(\w+)"')
    found = [about.match(one["sql"]) for one in captured]
    return [f"{hit[1].split()[0]} {hit[2]}" for hit in found if hit]


def test_the_check_of_a_reply_takes_the_one_query_that_it_always_took(asked):
    seat = asked.seller_seat()
    assert queries(lambda: check_reply(seat=seat, text="Any news?", now=asked.now)) == ["SELECT orders_orderline"]


def test_the_check_of_a_first_message_takes_one_more_for_the_names_of_the_items(december):
    purpose = purpose_named(profile_in_force(december.order.marketplace, december.now), "order_details")
    about = {"staff": december.staff, "order": december.order, "purpose": purpose, "text": "Which colour?"}
    assert queries(lambda: check_outreach(**about, now=december.now)) == ["SELECT orders_orderline"] * 2


@pytest.mark.parametrize("ordered", [True, False])
def test_the_check_of_a_contact_about_an_order_asks_whether_a_subscription_made_it(december, ordered):
    order, shop = december.order, december.order.seller
    subject = Subject(order=order) if ordered else Subject(seller=shop)
    about = {"buyer": december.buyer, "user": december.buyer.user, "subject": subject, "topic": ""}
    found = queries(lambda: check_contact(**about, text="Where is it?", now=december.now))
    assert found == ["SELECT orders_renewal", "SELECT orders_orderline"] * ordered


def test_without_an_order_the_check_takes_no_query_and_sending_one(db):
    desk, conversation = about_nothing_ordered()
    seat = seats(desk, conversation)[1]
    assert queries(lambda: check_reply(seat=seat, text="Yes.", now=desk.now)) == []
    sending = queries(lambda: reply(seat=seat, reply=Reply(text="Yes.", key="k"), now=desk.now))
    assert (len(sending), sending.count("SELECT messaging_message")) == (10, 1)


def test_words_that_ask_for_a_review_take_four_statements_more(asked):
    seat = asked.seller_seat()
    plain, asking = (
        queries(lambda text=text: reply(seat=seat, reply=Reply(text=text, key=text), now=asked.now))
        for text in ("It is red.", REQUEST)
    )
    assert sorted(set(asking) - set(plain)) == [
        "INSERT messaging_reviewrequest",
        "SELECT messaging_reviewrequest",
        "SELECT orders_order",
        "UPDATE orders_order",
    ]


# --- the like elsewhere ---------------------------------------------------------------------------------------------


def reach(desk, text="Hello Ann, which colour for 305-1?", **fields):
    return send(desk, text=text, **fields)


@pytest.mark.requirement("S26", "S83")
def test_nearly_the_same_about_other_orders_is_counted_whatever_name_and_number_stand_in_it(december, told):
    december.buyer.name = "Ann Lind"
    december.buyer.save()
    december.order.refresh_from_db()
    reach(december)
    reach(another(december), "Hello Bob, which colour for 305-22? 2 days left.", purpose="unexpected_problem")
    reach(another(december), "Which colour, Bob? For 305-22. Hello!")
    reach(another(december), "The colour is gone: choose another, Bob.")

    assert [one["alike"] for one in told] == [0, 0, 1, 0]


def test_orders_are_counted_and_not_messages_and_the_order_itself_is_none(december, told):
    other = another(december, name="Person")
    for desk in (december, december, other, other):
        reach(desk, "Which colour do you want?")

    assert [one["alike"] for one in told] == [0, 0, 1, 1]


@pytest.mark.parametrize(
    ("hours", "count"), [(0, 1), (7 * 24, 1), (7 * 24 + 1, 0)], ids=["at once", "a week", "an hour more"]
)
def test_lately_is_as_many_days_as_the_rulebook_says(december, told, hours, count):
    reach(december, "Which colour do you want?")
    reach(another(december).later(hours), "Which colour do you want?")

    assert told[-1]["alike"] == count


@pytest.mark.parametrize("first", ["BLOCK colour do you want?", "WARN colour do you want?"])
def test_what_reached_nobody_counts_nowhere(december, told, first):
    reach(december, first)
    reach(another(december), first)

    assert told[-1]["alike"] == 0


def test_other_shops_count_for_themselves(december, told):
    reach(december, "Which colour do you want?")
    reach(another(december, factories.seller(december.order.marketplace)), "Which colour do you want?")

    assert [one["alike"] for one in told] == [0, 0]


def test_a_number_that_another_shop_has_by_chance_is_not_counted(december, told):
    first = reach(december, "Which colour do you want?").message
    other = another(december, factories.seller(december.order.marketplace))
    reach(other, "Which colour do you want?")
    Message.objects.exclude(pk=first.pk).update(likeness=first.likeness)

    reach(another(december), "Which colour do you want?")

    assert told[-1]["alike"] == 1


@pytest.mark.requirement("S26", "S83")
def test_the_same_letter_about_other_items_is_alike(december, told):
    letter = "Hello, your {} is late. Would you like to wait for it?"
    for desk, title in (
        (december, "Lamp with a shade"),
        (another(december), "Kettle"),
        (another(december), "Red vase"),
    ):
        desk.order.lines.update(title=title)
        reach(desk, letter.format(title))
    reach(another(december), letter.format("chair"))  # no item of that order

    assert [one["alike"] for one in told] == [0, 1, 2, 0]


def test_an_answer_is_not_held_against_another_and_fixed_words_are_not_the_sellers(december, told):
    december.ask()
    december.deliver()
    december.answer("It left today.")

    assert [one["alike"] for one in told] == [None, None]
    assert not Message.objects.exclude(likeness=None).exists()


def test_where_the_rulebook_does_not_ask_nothing_is_counted(db, told):
    reach(make_desk(), "Which colour do you want?")

    assert told[0]["alike"] is None
    assert Message.objects.get().likeness is not None


@pytest.mark.requirement("S26")
def test_the_like_of_more_than_fifty_waits_for_a_person_and_reaches_nobody(december):
    first = reach(december, "The parcel is late by some days.", purpose="unexpected_problem").message
    for number in range(51):
        copy_to(another(december, name=f"Buyer {number}"), first)
    last = another(december)

    sent = reach(last, "The parcel is late by some days.", purpose="unexpected_problem")
    last.deliver()

    assert sent.kind == "held"
    assert [(one.rule, one.form, one.detail) for one in sent.message.findings.all()] == [
        ("form.repetition", "alike", "52")
    ]
    assert last.conversation.last_message is None


def copy_to(desk, message):
    about = {"order": desk.order, "seller": desk.order.seller, "buyer": desk.buyer, "addressee": "seller"}
    conversation = Conversation.objects.create(
        **about, marketplace=desk.order.marketplace, public_id=f"cnv_{desk.order.pk}", topic="x", opened_at=desk.now
    )
    message.pk, message.public_id, message.conversation = None, f"msg_{desk.order.pk}", conversation
    message.save(force_insert=True)


def test_the_page_is_told_of_the_like_too(december, told):
    reach(another(december), "Which colour do you want?")
    purpose = purpose_named(profile_in_force(december.order.marketplace, december.now), "order_details")
    check_outreach(
        staff=december.staff, order=december.order, purpose=purpose, text="Which colour do you want?", now=december.now
    )

    assert told[-1]["alike"] == 1


# --- the rest -------------------------------------------------------------------------------------------------------


@pytest.mark.requirement("S60", "S83")
def test_the_days_since_the_order_was_over_are_told(december, told):
    december.order.delivered_at = december.now - timedelta(days=31)
    december.order.save()
    december.ask()

    assert told[0]["days"]["completed"] == 31


@pytest.mark.requirement("S60", "S83")
def test_writing_first_too_late_is_blocked_even_where_a_programme_skips_the_menu(december):
    december.order.delivered_at = december.now - timedelta(days=31)
    conversation = Conversation(
        marketplace=december.order.marketplace, buyer=december.buyer, addressee="seller", order=december.order
    )
    words = Said("Here is news.", "seller", december.staff.user, "order_details", "proactive", language="en")

    found = verdict_on(conversation, words, now=december.now)

    assert [(one.rule, one.detail) for one in found.findings] == [("purpose.expired", "30")]
    assert not Message.objects.exists()


@pytest.mark.requirement("S10", "S11")
def test_a_notice_is_checked_as_its_kind_and_with_what_was_agreed(december, told):
    seller = december.order.seller
    said = Proposal("refund_confirmation", "seller", december.now.date(), "")
    agreed = propose(seller=seller, staff=december.staff, proposal=said, now=december.now)
    accept(seller=seller, staff=december.operator, agreement_id=agreed.public_id, now=december.now)
    sku = december.order.lines.get().sku
    write_notice(staff=december.staff, words=Words("service", sku, "New firmware is out."), key="k", now=december.now)

    assert told[0]["kind"] == "service"
    assert told[0]["marketplace_sends"] == {
        "order_confirmation", "cancellation_confirmation", "shipment_confirmation", "auto_renewal", "order_unavailable",
        "return_confirmation",
    }  # fmt: skip
