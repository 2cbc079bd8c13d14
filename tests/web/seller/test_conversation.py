"""A conversation at the seller's desk: read it, answer it, mark it, see what a rule or a person said."""

import json
import re
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from comity.accounts.models import Restriction
from comity.common.models import RecordEntry
from comity.messaging.models import Draft, Message, Participant, ReplyDeadline
from comity.messaging.services.contact import Subject
from comity.web.positions import opened, sealed
from tests import factories
from tests.messaging.desk import nothing_stored
from tests.web.desk.shop import form, reader_of, signed_in


def page_of(shop, desk, rest=""):
    return shop.at(f"inbox/{desk.conversation.public_id}/{rest}")


def html(response):
    return response.content.decode()


def stored():
    return Message.objects.count(), RecordEntry.objects.count()


@pytest.mark.requirement("S1", "S27", "S65", "S91")
def test_the_order_and_both_deadlines_stand_beside_the_conversation(shop, desk, client):
    factories.shipment(desk.order, tracking_number="JVGL0611223344")

    shown = html(client.get(page_of(shop, desk)))

    assert "Answer by" in shown
    assert "23 h left" in shown
    assert "Buyer may take the next step from</dt>" in shown
    assert "Wed 4 Nov, 12:00" in shown
    assert desk.order.number in shown
    assert "JVGL0611223344" in shown


def news_of(client, page):
    """What an open page is told when it asks for news."""
    (poll,) = re.findall(r'hx-get="([^"]+/new/[^"]+)"', html(page))
    return client.get(unescape(poll))


@pytest.mark.requirement("S27")
def test_a_page_left_open_says_that_an_answer_is_due_once_the_buyer_writes(shop, desk, client):
    desk.answer(), desk.deliver()
    page = client.get(page_of(shop, desk))
    assert "No answer is due" in html(page)
    assert 'data-shortcut="no-response"' not in html(page)
    desk.ask("And one more thing."), desk.deliver()
    news = html(news_of(client, page))
    (due,) = re.findall(r'<div class="row" id="due" hx-swap-oob="true">.*</div>', news)
    assert "answer by" in due
    assert "no-response" not in news  # a button more would move what somebody looks at
    assert 'id="unwritten"' not in news


def test_a_page_to_write_first_leads_to_the_form_once_the_buyer_has_written(shop, client, clock_at):
    desk = shop.another()
    clock_at(desk.now)
    client.post(shop.at(f"orders/{desk.order.public_id}/contact/order_details/"), form("Which colour?"))
    desk.deliver()
    page = client.get(page_of(shop, desk))
    assert "The buyer has not written here." in html(page)
    desk.ask("Where is it?"), desk.deliver()
    place = html(news_of(client, page)).partition('<div class="pad" id="unwritten" hx-swap-oob="true">')[2]
    assert "The buyer has written." in place
    assert f'href="{page_of(shop, desk)}#write">Answer</a>' in place


@pytest.mark.requirement("S87")
def test_an_answer_goes_out_and_stops_the_clock(shop, desk, client):
    sent = client.post(page_of(shop, desk, "reply/"), form("It leaves today."))

    message = Message.objects.get(side="seller")
    assert sent.url == page_of(shop, desk, "?done=accepted#newest")
    assert (message.text, message.state, message.author) == ("It leaves today.", "accepted", shop.owner.user)
    assert desk.conversation.reply_due_at is None


def test_a_double_click_sends_one_message(shop, desk, client):
    twice = form("It leaves today.")

    answers = [client.post(page_of(shop, desk, "reply/"), twice) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert Message.objects.filter(side="seller").count() == 1


@pytest.mark.requirement("S87")
def test_a_blocked_answer_is_shown_with_its_marks_and_can_be_written_again(shop, desk, client):
    refused = client.post(page_of(shop, desk, "reply/"), form("BLOCK me"))

    message = Message.objects.get(side="seller")
    assert refused.status_code == 422
    assert message.state == "blocked"
    assert "Blocked, never delivered" in html(refused)
    assert "The time to answer kept running." in html(refused)
    assert f'name="replaces" value="{message.public_id}"' in html(refused)
    assert f"replaces={message.public_id}#write" in html(client.get(page_of(shop, desk)))


def test_the_better_answer_replaces_the_blocked_one(shop, desk, client):
    client.post(page_of(shop, desk, "reply/"), form("BLOCK me"))
    blocked = Message.objects.get(state="blocked")

    client.post(page_of(shop, desk, "reply/"), form("Write to me here.", replaces=blocked.public_id))

    assert Message.objects.get(state="accepted").replaces == blocked
    assert "Write it again" not in html(client.get(page_of(shop, desk)))


def test_writing_again_starts_from_the_refused_words(shop, desk, client):
    client.post(page_of(shop, desk, "reply/"), form("BLOCK me"))
    blocked = Message.objects.get(state="blocked")

    shown = html(client.get(page_of(shop, desk, f"?replaces={blocked.public_id}")))

    assert 'name="text"' in shown
    assert ">\nBLOCK me</textarea>" in shown
    assert 'id="write-1"' in shown


def test_a_held_answer_says_since_and_until_when_and_that_the_clock_stands_still(shop, desk, client):
    client.post(page_of(shop, desk, "reply/"), form("HOLD this"))

    shown = html(client.get(page_of(shop, desk)))

    assert "Held before delivery" in shown
    assert "never delivered by time alone" in shown
    assert "The time to answer does not run while a person reads it." in shown
    assert "No answer is due" in shown


def test_a_warning_is_asked_about_once(shop, desk, client):
    asked = client.post(page_of(shop, desk, "reply/"), (typed := form("WARN them")))

    assert asked.status_code == 200
    assert Message.objects.filter(side="seller").count() == 0
    assert 'name="confirmed" value="input of WARN them"' in html(asked)

    client.post(page_of(shop, desk, "reply/"), {**typed, "confirmed": "input of WARN them"})

    assert Message.objects.get(side="seller").state == "accepted"


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"text": ""}, "Write your message before you send it."),
        ({"text": " \u200b "}, "Write your message before you send it."),
        ({"text": "x" * 4001}, "Your message has 4,001 characters; up to 4,000 can be sent. Shorten it by 1."),
        ({"text": "a\x00b"}, "Your message contains a character that cannot be sent."),
        ({"key": ""}, "The key has 0 characters"),
    ],
)
def test_what_cannot_be_sent_comes_back_and_nothing_is_stored(shop, desk, client, fields, sentence):
    before = stored()

    refused = client.post(page_of(shop, desk, "reply/"), form(**fields))

    assert refused.status_code == 422
    assert sentence in html(refused)
    assert stored() == before


def test_a_read_only_seat_sees_all_and_sends_nothing(shop, desk):
    reader = signed_in(reader_of(shop).user)
    before = stored()

    shown = html(reader.get(page_of(shop, desk)))
    answers = [reader.post(page_of(shop, desk, rest), form()) for rest in ("reply/", "no-response-needed/")]

    assert "Where is it?" in shown
    assert 'class="draft"' not in shown
    assert "Your role reads here and does not write." in shown
    assert [answer.status_code for answer in answers] == [422, 409]
    assert stored() == before
    assert not Participant.objects.filter(side="seller", read_up_to__gt=0).exists()


@pytest.mark.requirement("S87")
def test_a_restricted_seller_is_told_why_and_until_when(shop, desk, client):
    Restriction.objects.create(
        marketplace=shop.market,
        seller=shop.seller,
        kind="messaging",
        reason="Phone numbers, three times.",
        starts_at=desk.now,
        ends_at=desk.now.replace(day=9),
    )
    before = stored()

    shown = html(client.get(page_of(shop, desk)))
    refused = client.post(page_of(shop, desk, "reply/"), form())

    assert "Phone numbers, three times." in shown
    assert "Mon 9 Nov, 13:00" in shown
    assert 'class="draft"' not in shown
    assert (refused.status_code, stored()) == (422, before)


@pytest.mark.requirement("S27")
def test_no_response_needed_ends_the_clock_on_record_and_a_new_message_starts_it(shop, desk, client):
    marked = client.post(page_of(shop, desk, "no-response-needed/"))

    assert marked.status_code == 302
    assert ReplyDeadline.objects.get().end == "not_needed"
    assert RecordEntry.objects.latest("position").kind == "marked"
    shown = html(client.get(page_of(shop, desk)))
    assert "marked that no response is needed" in shown
    assert "No response needed</button>" not in shown

    desk.later(1).ask("And now?")
    desk.deliver()

    assert "No response needed</button>" in html(client.get(page_of(shop, desk)))


def test_marking_twice_says_that_nothing_is_due(shop, desk, client):
    client.post(page_of(shop, desk, "no-response-needed/"))
    before = stored()

    second = client.post(page_of(shop, desk, "no-response-needed/"))

    assert second.status_code == 409
    assert "No answer is due here" in html(second)
    assert stored() == before


def test_the_check_marks_what_a_rule_finds_and_stores_nothing(shop, desk, client):
    before = stored()

    answer = json.loads(client.post(page_of(shop, desk, "check/"), form("BLOCK me")).content)

    assert answer["outcome"] == "block"
    assert [(one["rule"], one["start16"], one["end16"]) for one in answer["findings"]] == [("test.rule", 0, 4)]
    assert stored() == before


def test_what_was_typed_before_signing_in_is_there(shop, desk, client):
    client.logout()
    stood = {"Referer": f"http://testserver{page_of(shop, desk)}"}
    client.post(page_of(shop, desk, "reply/"), form("Where to?", topic="x"), headers=stood)
    client.post("/sign-in/", {"email": shop.owner.user.email, "password": factories.PASSWORD})
    shown = html(client.get(page_of(shop, desk)))

    assert "Where to?</textarea>" in shown


def test_a_reply_is_a_reply_whatever_a_form_says(shop, desk, client):
    shown = html(client.get(page_of(shop, desk)))
    assert 'name="purpose"' not in shown

    client.post(page_of(shop, desk, "reply/"), form(purpose="order_problem"))

    assert Message.objects.get(side="seller").purpose == "reply"


def test_two_people_at_one_device_have_a_draft_each(shop, desk, client):
    keys = {
        re.search('data-draft-key="([^"]*)"', html(one.get(page_of(shop, desk))))[1]
        for one in (client, signed_in(factories.staff(shop.seller).user))
    }

    assert len(keys) == 2


def test_new_messages_are_read_aloud(shop, desk, client):
    assert '<div class="pad messages" aria-live="polite" aria-relevant="additions">' in html(
        client.get(page_of(shop, desk))
    )


def test_a_draft_is_kept_and_forgotten_when_sent(shop, desk, client):
    assert client.post(page_of(shop, desk, "draft/"), form("Half a sent")).status_code == 204
    assert "Half a sent" in html(client.get(page_of(shop, desk)))

    client.post(page_of(shop, desk, "reply/"), form("A whole sentence."))

    assert not Draft.objects.exists()


def test_nothing_typed_is_lost_to_an_expired_session(shop, desk, client):
    client.logout()
    address = page_of(shop, desk)

    client.post(f"{address}reply/", form("Typed while signed out"), headers={"referer": f"http://testserver{address}"})
    client.force_login(shop.owner.user)

    assert "Typed while signed out" in html(client.get(address))
    assert Message.objects.filter(side="seller").count() == 0


def test_reading_takes_the_mark_away(shop, desk, client):
    assert "(unread)" in html(client.get(shop.at("inbox/")))

    client.get(page_of(shop, desk))

    assert "(unread)" not in html(client.get(shop.at("inbox/")))


def test_other_conversations_of_the_buyer_are_named(shop, desk, client):
    second = factories.order(desk.buyer, shop.seller)
    desk.ask("About the other one", about=Subject(order=second))
    desk.deliver()

    assert second.number in html(client.get(page_of(shop, desk)))


def reached(desk):
    """What the shop's page carries that shows all there is."""
    return sealed(desk.conversation, "seller", desk.conversation.record_count)


def test_nothing_new_is_answered_with_nothing(shop, desk, client):
    answer = client.get(page_of(shop, desk, f"new/?after={reached(desk)}"))

    assert (answer.status_code, answer.content) == (204, b"")


def test_a_new_message_appears_and_a_delivered_one_is_renewed(shop, desk, client):
    desk.answer("Mine")
    after = reached(desk)
    desk.ask("Theirs")
    desk.deliver()

    fragment = html(client.get(page_of(shop, desk, f"new/?after={after}")))

    mine, theirs = (Message.objects.get(body__text=text).public_id for text in ("Mine", "Theirs"))
    assert f'id="{mine}" hx-swap-oob="true"' in fragment
    assert f'id="{theirs}">' in fragment
    then = re.search(r"after=([^&]+)&", fragment)[1]
    assert opened(desk.conversation, "seller", then) == desk.conversation.record_count


@pytest.mark.parametrize("messages", [1, 3])
def test_a_conversation_takes_the_same_queries_however_long(shop, desk, client, messages):
    for _ in range(messages - 1):
        desk.ask("And?")
    desk.deliver()
    client.get(address := page_of(shop, desk))  # reads it

    with CaptureQueriesContext(connection) as queries:
        client.get(address)

    # session, user, seat; conversation; its clocks, messages and findings; inbox: counts, pages, keys, rows, clocks;
    # restriction, draft; others, lines, shipments; read mark;
    # the team's colleagues, labels, notes, saved views, drafts and saved replies, the next in the list; files;
    # what was reported, votes, the record, blocks, the terms of the order
    assert len(queries) == 34, [query["sql"].split(" FROM ")[-1][:60] for query in queries]


@pytest.mark.parametrize("rest", ["", "new/?after=0"])
def test_strangers_find_nothing(shop, desk, rest):
    other = signed_in(factories.staff(factories.seller(shop.market)).user)

    assert other.get(page_of(shop, desk, rest)).status_code == 404
    assert other.get(page_of(shop, desk, rest).replace(shop.seller.public_id, "sel_none")).status_code == 404


@pytest.mark.parametrize("rest", ["reply/", "check/", "draft/", "no-response-needed/"])
def test_strangers_change_nothing(shop, desk, rest):
    other = signed_in(factories.staff(factories.seller(shop.market)).user)
    before = stored()

    assert other.post(page_of(shop, desk, rest), form()).status_code == 404
    assert (stored(), Draft.objects.count()) == (before, 0)


def test_a_conversation_with_the_marketplace_is_not_the_sellers(shop, client):
    desk = shop.another()
    desk.ask("My card was charged twice", topic="payment")
    desk.deliver()
    (conversation,) = desk.buyer.conversations.all()

    assert client.get(shop.at(f"inbox/{conversation.public_id}/")).status_code == 404
    assert not nothing_stored()
