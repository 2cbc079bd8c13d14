"""The Message Center and a conversation as the buyer sees and continues them."""

import re
from datetime import timedelta

import pytest
from django.db.models import F
from django.test import Client

from comity.accounts.models import User
from comity.common.models import RecordEntry
from comity.messaging.models import Draft, Message, Participant, ReplyDeadline
from comity.web.positions import opened, sealed
from tests import factories
from tests.messaging.test_search import reindex
from tests.web.buyer.shop import PHONE, deliver, field, typed, words

pytestmark = pytest.mark.django_db


@pytest.fixture
def begun(shop):
    """The buyer has asked, and the question is delivered."""
    shop.contact("Is it brass or steel?")
    deliver()
    return shop


def page_of(shop, **fields):
    return shop.get(f"messages/{shop.conversation.public_id}/", **fields)


@pytest.mark.requirement("S90")
def test_the_message_center_shows_last_words_and_who_owes_an_answer(begun):
    page = words(begun.get("messages/"))

    assert f"{begun.seller.name} owes you an answer" in page
    assert "You: Is it brass or steel?" in page
    assert "Question about the product" in page


@pytest.mark.requirement("S90")
def test_an_answer_is_unread_until_it_is_looked_at(begun):
    begun.answer("It is brass.")
    before = words(begun.get("messages/"))
    page_of(begun)
    after = words(begun.get("messages/"))

    assert "Messages 1" in before
    assert f"{begun.seller.name} (unread)" in before
    assert "(unread)" not in after
    assert "Messages 1" not in after


def test_no_messages_yet_says_where_to_begin(shop):
    assert "No messages yet" in words(shop.get("messages/"))


def shown_as(shop, name):
    """The pages on which a buyer reads who answered, once somebody of the shop is called ``name``."""
    User.objects.filter(pk=shop.staff.user.pk).update(name=name)
    news = f"messages/{shop.conversation.public_id}/new/"
    return [words(shop.get(path)) for path in (f"messages/{shop.conversation.public_id}/", news, "search/?q=brass")]


@pytest.mark.parametrize("name", ["WhatsApp +44 161 496 0018", "Ines ines@lamps.example", "lamps-direct.com"])
def test_a_name_with_a_way_round_the_rules_is_not_shown(begun, name):
    begun.answer("It is brass.")
    reindex()
    pages = shown_as(begun, name)
    assert ["brass" in page for page in pages] == [True] * 3
    assert [name in page for page in pages] == [False] * 3
    assert [begun.seller.name in page for page in pages] == [True] * 3


def test_a_plain_name_is_shown(begun):
    begun.answer("It is brass.")
    reindex()
    assert ["Inès O'Moreau-Çelik" in page for page in shown_as(begun, "Inès O'Moreau-Çelik")] == [True] * 3


@pytest.mark.requirement("S90")
def test_a_conversation_shows_both_sides_in_order(begun):
    begun.answer("It is brass.")
    page = words(page_of(begun))

    assert page.index("Is it brass or steel?") < page.index("It is brass.")
    assert "Delivered" in page
    assert begun.staff.user.name in page


@pytest.mark.requirement("S65")
def test_a_conversation_about_an_order_names_it_by_its_number(shop):
    shop.contact("Where is it?", topic="order_status", about=f"order={shop.order.public_id}")
    deliver()
    assert shop.order.number in words(shop.get(f"messages/{shop.conversation.public_id}/"))


def test_how_long_the_shop_has_to_answer_is_said_as_the_profile_has_it(begun):
    begun.answer("It is brass.")
    said = f"{begun.seller.name} has 24 hours to answer."
    shown = words(page_of(begun))
    assert (shown.count(said), f"When you write, {said}" in shown) == (2, True)


@pytest.mark.requirement("S91")
def test_a_waiting_buyer_sees_the_exact_moment_of_the_next_step(begun):
    page = page_of(begun)
    opens_at = begun.conversation.buyer_waiting_since + timedelta(hours=48)

    assert f"you may ask {begun.market.name} to step in from" in words(page)
    assert f'datetime="{opens_at:%Y-%m-%dT%H:%M}+00:00"' in page.content.decode()


@pytest.mark.requirement("S29", "S91")
def test_after_two_days_the_next_step_is_open(begun):
    conversation = begun.conversation
    conversation.buyer_waiting_since -= timedelta(hours=48)
    conversation.save()
    about = f"listing={begun.listing.public_id}&topic=step_in"
    page = page_of(begun)
    form = begun.get(f"contact/?{about}")

    assert f"you may ask {begun.market.name} to step in." in words(page)
    assert f'href="{begun.path("contact/?" + about.replace("&", "&amp;"))}"' in page.content.decode()
    assert 'value="step_in" form="write" data-by="marketplace" checked' in form.content.decode()


def test_an_answered_buyer_is_owed_nothing(begun):
    begun.answer()
    page = words(page_of(begun))

    assert "Nobody owes an answer here at the moment." in page
    assert "step in" not in page


def test_a_reply_is_sent_and_stands_on_the_page(begun):
    answer = begun.reply("And how heavy is it?")

    assert answer.url == begun.path(f"messages/{begun.conversation.public_id}/#newest")
    assert "And how heavy is it? Sent, on its way" in words(begun.client.get(answer.url))


@pytest.mark.requirement("S86", "S87")
def test_a_blocked_reply_stays_on_record_with_its_words_and_can_be_written_again(begun):
    page = begun.reply(PHONE)
    blocked = Message.objects.get(state="blocked")
    prefilled = page_of(begun, replaces=blocked.public_id)

    assert page.status_code == 422
    assert typed(page) == PHONE
    assert f"Blocked, never delivered {PHONE[:18]}0161 496 0018" in words(page).replace("on  ", "on ")
    assert f"{begun.seller.name} has not seen it. It stays on record. Write it again" in words(page)
    assert (typed(prefilled), field(prefilled, "replaces")) == (PHONE, blocked.public_id)


def test_a_mended_reply_replaces_the_blocked_one(begun):
    page = begun.reply(PHONE)
    blocked = Message.objects.get(state="blocked")
    begun.reply("Please write to me.", key=field(page, "key"), replaces=field(page, "replaces"))

    assert Message.objects.get(replaces=blocked).state == "accepted"
    assert "You wrote it again." in words(page_of(begun))
    assert "Write it again" not in words(page_of(begun))


def test_a_held_reply_says_since_and_until_when(begun):
    begun.reply("You are an idiot.")
    page = words(page_of(begun))

    assert "Held before delivery since" in page
    assert "It is never delivered by time alone." in page
    assert "If it is released, it goes out at once" in page


@pytest.mark.parametrize(
    ("text", "sentence"),
    [("", "Write your message before you send it."), ("x" * 4_001, "up to 4,000 can be sent. Shorten it by 1.")],
)
def test_a_reply_that_cannot_be_sent_is_refused_beside_the_field(begun, text, sentence):
    page = begun.reply(text)

    assert page.status_code == 422
    assert sentence in words(page)
    assert typed(page) == text
    assert Message.objects.count() == 1


def test_a_double_click_and_other_words_from_one_form(begun):
    begun.reply("How heavy is it?", key="one form")
    begun.reply("How heavy is it?", key="one form")
    page = begun.reply("How tall is it?", key="one form")

    assert page.status_code == 409
    assert typed(page) == "How tall is it?"
    assert Message.objects.count() == 2


def test_a_draft_is_kept_and_gone_when_sent(begun):
    place = f"messages/{begun.conversation.public_id}/draft/"

    assert begun.post(place, text="Half a thou").status_code == 204
    assert typed(page_of(begun)) == "Half a thou"
    begun.reply("A whole thought.")
    assert not Draft.objects.exists()


def test_typing_a_reply_is_checked_without_being_stored(begun):
    found = begun.post(f"messages/{begun.conversation.public_id}/check/", text=PHONE).json()

    assert (found["outcome"], found["limit"]) == ("block", 4_000)
    assert Message.objects.count() == 1


def test_known_ids_are_no_findings_while_typing(shop):
    shop.contact("Where is it?", topic="order_status", about=f"order={shop.order.public_id}")
    text = f"It is order {shop.order.number}."

    assert shop.post(f"messages/{shop.conversation.public_id}/check/", text=text).json()["findings"] == []


def reached(shop):
    """What the buyer's page carries that shows all there is."""
    return sealed(shop.conversation, "buyer", shop.conversation.record_count)


def carried(page, shop):
    """From which position of the record the page asks on."""
    return opened(shop.conversation, "buyer", re.search(r'new/\?after=([^"]+)"', page.content.decode())[1])


def test_polling_answers_nothing_while_nothing_happens(begun):
    after = reached(begun)
    answer = begun.get(f"messages/{begun.conversation.public_id}/new/", after=after)

    assert (answer.status_code, answer.content) == (204, b"")


def test_polling_brings_the_answer_only_and_asks_on(begun):
    after = reached(begun)
    begun.answer("It is brass.")
    page = begun.get(f"messages/{begun.conversation.public_id}/new/", after=after)

    assert page.status_code == 200
    assert "It is brass." in words(page)
    assert "Is it brass or steel?" not in words(page)
    assert carried(page, begun) == begun.conversation.record_count


def test_polling_changes_what_has_been_delivered_meanwhile_in_place(shop):
    shop.contact("Is it brass?")
    after = reached(shop)
    deliver()
    page = shop.get(f"messages/{shop.conversation.public_id}/new/", after=after).content.decode()

    assert f'id="{shop.message.public_id}" hx-swap-oob="true"' in page


def test_polling_does_not_show_what_the_seller_was_refused(begun):
    after = reached(begun)
    from comity.common import clock
    from comity.messaging.selectors.doors import get_seat_of_staff
    from comity.messaging.services.messages import Reply, reply

    user, place = begun.staff.user, begun.conversation.public_id
    seat = get_seat_of_staff(staff=begun.staff, user=user, conversation_id=place)
    reply(seat=seat, reply=Reply(text=PHONE, key="seller"), now=clock.now())

    page = begun.get(f"messages/{place}/new/", after=after)

    assert (page.status_code, page.content) == (204, b"")
    assert carried(page_of(begun), begun) == opened(begun.conversation, "buyer", after)


@pytest.mark.parametrize("header", ["", "{", "[" * 100_000, "[]", "7", '{"message": []}'])
def test_polling_goes_on_when_somebody_has_altered_the_record(begun, header):
    RecordEntry.objects.filter(chain=begun.conversation.public_id, kind="posted").update(facts=header)
    place = f"inbox/{begun.conversation.public_id}/new/"
    desk = Client()
    desk.force_login(begun.staff.user)

    assert begun.get(f"messages/{begun.conversation.public_id}/new/").status_code == 200
    assert desk.get(begun.path(f"sell/{begun.seller.public_id}/{place}")).status_code == 200
    words = begun.conversation.messages.get().text
    assert page_of(begun).context["messages"][0]["text"] == words  # and what was written is not hidden by it


def test_a_clock_shows_when_it_was_started_whatever_the_profile_says_now(begun):
    ReplyDeadline.objects.update(started_at=F("due_at") - timedelta(hours=48))
    deadline = ReplyDeadline.objects.get()
    row = begun.get("messages/").context["rows"][0]

    assert (row["started"], row["due"]) == (deadline.started_at, deadline.due_at)
    assert page_of(begun).context["clock"].started_at == deadline.started_at


@pytest.mark.parametrize("after", ["x", "-1", "0", "3", "9" * 40, "\0", "é"])
def test_from_a_position_that_cannot_be_read_the_page_loads_itself_again(begun, after):
    answer = begun.get(f"messages/{begun.conversation.public_id}/new/", after=after)

    assert (answer.status_code, answer.headers["HX-Refresh"], answer.content) == (204, "true", b"")


def test_after_a_change_of_secrets_the_page_loads_itself_once(begun, settings):
    old, place = reached(begun), f"messages/{begun.conversation.public_id}/new/"
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another secret"
    asked = [begun.get(place, after=after) for after in (old, reached(begun))]

    assert [(answer.status_code, answer.headers.get("HX-Refresh")) for answer in asked] == [(204, "true"), (204, None)]


@pytest.mark.parametrize("rest", ["", "new/"])
def test_a_foreign_conversation_is_not_found(begun, rest):
    place = f"messages/{begun.conversation.public_id}/{rest}"
    begun.client.force_login(factories.buyer(begun.market).user)

    assert begun.get(place).status_code == 404


@pytest.mark.parametrize("rest", ["reply/", "draft/", "check/"])
def test_nothing_is_written_in_a_foreign_conversation(begun, rest):
    place = f"messages/{begun.conversation.public_id}/{rest}"
    begun.client.force_login(factories.buyer(begun.market).user)

    assert begun.post(place, text="Hello.", key="k").status_code == 404
    assert (Message.objects.count(), Draft.objects.count()) == (1, 0)


def test_looking_marks_as_read_once(begun, django_assert_num_queries):
    page_of(begun)
    seat = Participant.objects.get(conversation=begun.conversation, side="buyer")

    assert seat.read_up_to == begun.conversation.record_count
    place = f"messages/{begun.conversation.public_id}/"
    # session, user, seat, conversation, messages, findings, read up to, draft, clock, unread;
    # what was reported, votes, the record, usual answer time, blocks
    with django_assert_num_queries(15):
        begun.get(place)


@pytest.mark.parametrize("rows", [1, 3])
def test_the_message_center_takes_a_fixed_number_of_queries(shop, rows, django_assert_num_queries):
    for _ in range(rows):
        shop.contact(about=f"listing={factories.listing(shop.seller).public_id}")
    deliver()
    # session, user, seat, count, rows, clocks, unread
    with django_assert_num_queries(7):
        shop.get("messages/")
