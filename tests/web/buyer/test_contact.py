"""The contact form: what may be sent, what is refused and what the page says."""

import re
from datetime import timedelta

import pytest

from comity.common.models import IdempotencyKey, OutboxEvent, RecordEntry
from comity.messaging.models import Conversation, Draft, Message
from tests import factories
from tests.web.buyer.shop import PHONE, deliver, field, typed, words

pytestmark = pytest.mark.django_db


def nothing_stored():
    tables = [Conversation, Message, RecordEntry, OutboxEvent, IdempotencyKey]
    return [table.objects.count() for table in tables] == [0] * len(tables)


@pytest.mark.requirement("S24", "S66", "S89")
def test_a_seller_is_contacted_from_product_seller_and_order(shop):
    for about in [
        f"listing={shop.listing.public_id}",
        f"seller={shop.seller.public_id}",
        f"order={shop.order.public_id}",
        f"order={shop.order.number}",
    ]:
        page = shop.get("contact/?" + about)

        assert page.status_code == 200
        assert f"{shop.seller.name} answers" in words(page)


@pytest.mark.requirement("S89")
def test_the_contact_links_stand_on_product_seller_and_order(shop):
    places = {
        f"products/{shop.listing.public_id}/": f"contact/?listing={shop.listing.public_id}",
        f"sellers/{shop.seller.public_id}/": f"contact/?seller={shop.seller.public_id}",
        f"orders/{shop.order.public_id}/": f"contact/?order={shop.order.public_id}",
    }
    for place, link in places.items():
        assert f'href="{shop.path(link)}"' in shop.get(place).content.decode()


@pytest.mark.requirement("S67")
def test_a_sent_message_is_confirmed_with_what_happens_next(shop):
    answer = shop.contact("Is it brass or steel?")
    page = shop.client.get(answer.url)

    assert answer.status_code == 302
    assert answer.url == shop.path(f"contact/sent/{shop.message.public_id}/")
    assert shop.message.state == "accepted"
    assert "Your message is sent" in words(page)
    assert f"It goes to {shop.seller.name} , who has 24 hours to answer." in words(page)
    assert f"You may ask {shop.market.name} to step in from" in words(page)


@pytest.mark.requirement("S2", "S4", "S7", "S8", "S9")
def test_the_form_says_before_sending_who_answers_and_why(shop):
    page = words(shop.get(f"contact/?order={shop.order.public_id}"))
    seller, market = page.index(f"{shop.seller.name} answers these"), page.index(f"{shop.market.name} answers these")

    assert seller < page.index("Question about the product") < market
    assert page.index("Payment, card or charge") > market
    assert "The seller is responsible for the product and will answer you." in page
    assert "The marketplace is responsible for payments and will answer you." in page


@pytest.mark.requirement("S36")
def test_delivery_of_an_order_that_the_marketplace_ships_is_answered_by_it(shop):
    order = factories.order(shop.buyer, shop.seller, shop.listing, fulfilment="marketplace")
    page = words(shop.get(f"contact/?order={order.public_id}"))
    likely = page[: page.index("More topics")]
    shop.contact("Where is it?", topic="order_status", about=f"order={order.public_id}")

    assert all(topic in likely for topic in ["Where is my order?", "Shipping or delivery", "Refund"])
    assert page.index(f"{shop.market.name} answers these") < page.index(f"{shop.seller.name} answers these")
    assert "The marketplace ships this order, so it answers questions about fulfilling the order." in page
    assert shop.conversation.addressee == "marketplace"


@pytest.mark.requirement("S7")
def test_what_the_marketplace_owns_goes_to_the_marketplace(shop):
    page = shop.client.get(shop.contact("I was charged twice.", topic="payment").url)

    assert shop.conversation.addressee == "marketplace"
    assert f"It goes to {shop.market.name} , who has 24 hours to answer." in words(page)


@pytest.mark.requirement("S91")
def test_the_form_shows_when_a_next_step_opens(shop):
    page = words(shop.get(f"contact/?seller={shop.seller.public_id}"))

    assert "What happens next" in page
    assert f"{shop.seller.name} answers within 24 hours, by" in page
    assert f"You may ask {shop.market.name} to step in from" in page


REFUSED = {
    "empty": ("", "Write your message before you send it."),
    "spaces": (" \t\n ", "Write your message before you send it."),
    "zero-width": ("\u200b\u2060\ufeff", "Write your message before you send it."),
    "nul": (
        "one\0two",
        "Your message contains a character that cannot be sent. Delete it, or type the text again.",
    ),
    "too long": ("x" * 4_001, "Your message has 4,001 characters; up to 4,000 can be sent. Shorten it by 1."),
    "emoji": ("\N{GRINNING FACE}" * 10_000, "Your message has 10,000 characters; up to 4,000 can be sent. Shorten it by 6,000."),
}  # fmt: skip


@pytest.mark.parametrize("text", [REFUSED[name][0] for name in REFUSED], ids=REFUSED)
def test_a_text_that_cannot_be_sent_is_refused_beside_the_field_and_kept(shop, text):
    sentence = dict(REFUSED.values())[text]
    page = shop.contact(text)

    assert page.status_code == 422
    assert f"<span>{sentence}</span>" in page.content.decode()
    assert typed(page).rstrip() == text.replace("\0", "\u2400").rstrip()
    assert nothing_stored()


def test_half_a_character_pair_is_refused(shop):
    body = f"text=Hi%ED%A0%80there&topic=product&key=k&listing={shop.listing.public_id}"
    place = shop.path(f"contact/?listing={shop.listing.public_id}")
    page = shop.client.post(place, body, content_type="application/x-www-form-urlencoded")

    assert page.status_code == 422
    assert "Your message contains a character that cannot be read." in words(page)
    assert nothing_stored()


def test_a_direction_override_is_sent_and_shown(shop):
    page = shop.client.get(shop.contact("Is it \u202eSSARB\u202c?").url)

    assert shop.message.state == "accepted"
    assert '<bdi class="ctl">U+202E</bdi>' in page.content.decode()


def test_a_topic_must_be_chosen(shop):
    page = shop.contact(topic="")

    assert page.status_code == 422
    assert "Choose what your message is about." in words(page)
    assert typed(page) == "Is it brass or steel?"
    assert nothing_stored()


def test_a_topic_of_another_subject_is_refused(shop):
    assert shop.contact(topic="order_status").status_code == 422
    assert nothing_stored()


@pytest.mark.requirement("S24", "S86", "S87")
def test_a_blocked_message_comes_back_with_words_reason_and_advice(shop):
    page = shop.contact(PHONE)

    assert page.status_code == 422
    assert "Your message was blocked and not sent." in words(page)
    assert "contact.phone" in words(page)
    assert "0161 496 0018" in words(page)
    assert typed(page) == PHONE
    assert field(page, "replaces") == shop.message.public_id
    assert shop.message.state == "blocked"


def test_what_is_sent_from_a_blocked_form_replaces_that_message(shop):
    page = shop.contact(PHONE, key="first")
    blocked = shop.message
    shop.contact("Please write about the lamp.", key=field(page, "key"), replaces=field(page, "replaces"))
    mended = Message.objects.exclude(pk=blocked.pk).get()

    assert (mended.replaces, mended.state) == (blocked, "accepted")
    assert field(page, "key") != "first"


def test_a_warning_is_confirmed_once(shop):
    text = "What is your email?"
    page = shop.contact(text, key="same")
    assert (page.status_code, field(page, "key")) == (200, "same")
    assert "Your message has not been sent yet." in words(page)
    assert nothing_stored()
    answer = shop.contact(text, key="same", confirmed=field(page, "confirmed"))

    assert (answer.status_code, shop.message.state) == (302, "accepted")


def test_a_held_message_is_confirmed_as_waiting(shop):
    page = shop.client.get(shop.contact("You are an idiot, but is it brass?").url)

    assert shop.message.state == "held"
    assert "Your message waits for a person to read it" in words(page)
    assert "It is never delivered by time alone" in words(page)


def test_a_double_click_sends_one_message(shop):
    first, second = shop.contact(key="one form"), shop.contact(key="one form")

    assert first.url == second.url
    assert Message.objects.count() == 1


def test_the_same_form_with_other_words_is_a_conflict_that_keeps_them(shop):
    shop.contact("Is it brass?", key="one form")
    page = shop.contact("Is it steel?", key="one form")

    assert page.status_code == 409
    assert "This form was sent before, with other words." in words(page)
    assert typed(page) == "Is it steel?"
    assert field(page, "key") != "one form"
    assert Message.objects.count() == 1


@pytest.mark.parametrize("key", ["", "k" * 256])
def test_a_form_without_a_usable_token_comes_back_with_one(shop, key):
    place = f"contact/?listing={shop.listing.public_id}"
    page = shop.post(place, text="Is it brass?", topic="product", key=key)

    assert page.status_code == 422
    assert field(page, "key").startswith("form_")
    assert nothing_stored()


def test_a_wrong_and_a_foreign_order_get_the_same_answer(shop):
    foreign = factories.order(factories.buyer(shop.market), shop.seller, shop.listing)
    names = ("999", "a\0b", foreign.number, foreign.public_id, factories.order().public_id)
    pages = [shop.get("contact/", order=name) for name in names]

    assert {page.status_code for page in pages} == {404}
    assert len({words(page) for page in pages}) == 1
    assert "We could not find this order in your account." in words(pages[0])


def test_a_message_to_a_foreign_order_is_not_stored(shop):
    foreign = factories.order(factories.buyer(shop.market), shop.seller, shop.listing)

    assert shop.contact(topic="order_status", about=f"order={foreign.public_id}").status_code == 404
    assert nothing_stored()


def test_a_cancelled_order_can_still_be_asked_about(shop):
    order = factories.order(shop.buyer, shop.seller, shop.listing, status="cancelled")

    assert shop.contact(topic="refund", about=f"order={order.public_id}").status_code == 302


def test_an_expired_session_keeps_what_was_typed(shop):
    place = shop.path(f"contact/?listing={shop.listing.public_id}")
    shop.client.logout()
    answer = shop.client.post(
        place,
        {"text": "Is it brass?", "topic": "product", "key": "k"},
        headers={"Referer": f"http://testserver{place}"},
    )
    assert answer.url.startswith("/sign-in/?next=")
    session = dict(shop.client.session)
    shop.client.force_login(shop.buyer.user)
    restored = shop.client.session
    restored.update({name: value for name, value in session.items() if not name.startswith("_auth")})
    restored.save()

    assert typed(shop.client.get(place)) == "Is it brass?"
    assert nothing_stored()


@pytest.mark.parametrize("fields", [{"text": "Is it brass?", "purpose": "reply"}, {"purpose": "reply"}])
def test_fields_that_are_not_of_this_form_do_no_harm_after_signing_in(shop, fields):
    place = shop.path(f"contact/?listing={shop.listing.public_id}")
    shop.client.logout()
    shop.client.post(place, fields)
    shop.client.post("/sign-in/", {"email": shop.buyer.user.email, "password": factories.PASSWORD})
    page = shop.client.get(place)

    assert (page.status_code, typed(page)) == (200, fields.get("text", ""))


def on_another_marketplace(shop):
    """A marketplace where the same person buys."""
    there = factories.marketplace()
    factories.buyer(there, user=shop.buyer.user)
    return f"/{there.slug}/contact/"


def test_a_draft_stays_on_its_marketplace(shop):
    there = on_another_marketplace(shop)
    shop.post("contact/draft/", text="About my card here", topic="payment")
    shop.client.post(there + "draft/", {"text": "Another", "topic": "payment"})

    assert typed(shop.get("contact/")) == "About my card here"
    assert typed(shop.client.get(there)) == "Another"


def test_one_key_on_two_marketplaces_sends_two_messages(shop):
    there = on_another_marketplace(shop)
    same = {"text": "Was my card charged?", "topic": "payment", "key": "one-form"}

    assert [shop.client.post(place, same).status_code for place in (shop.path("contact/"), there)] == [302, 302]
    assert Message.objects.values("conversation__marketplace").distinct().count() == 2


@pytest.mark.parametrize("topic", ["pay\0ment", "no_such", "payment" * 20, "order_status"])
def test_a_draft_keeps_a_topic_that_is_offered_only(shop, topic):
    saved = shop.post("contact/draft/", text="Half a quest", topic=topic)

    assert saved.status_code == 204
    assert [(draft.text, draft.topic) for draft in Draft.objects.all()] == [("Half a quest", "")]


@pytest.mark.requirement("S90")
def test_a_draft_is_kept_shown_again_and_gone_when_sent(shop):
    about = f"?listing={shop.listing.public_id}"
    saved = shop.post("contact/draft/" + about, text="Half a quest", topic="price")
    page = shop.get("contact/" + about)

    assert saved.status_code == 204
    assert typed(page) == "Half a quest"
    assert 'value="price" form="write" data-by="seller" checked' in page.content.decode()
    shop.contact()
    assert not Draft.objects.exists()


def test_typing_is_checked_without_being_stored(shop):
    text = "\N{GRINNING FACE} call 0161 496 0018"
    found = shop.post(f"contact/check/?listing={shop.listing.public_id}", text=text, topic="product").json()

    assert found["outcome"] == "block"
    assert found["findings"][0]["rule"] == "contact.phone"
    assert found["findings"][0]["start16"] == found["findings"][0]["start"] + 1
    assert found["findings"][0]["quote"] == "0161 496 0018"
    assert nothing_stored()


def test_a_restricted_buyer_is_told_until_when_and_why(shop):
    from comity.accounts.models import Restriction

    Restriction.objects.create(
        marketplace=shop.market, buyer=shop.buyer, kind="messaging", reason="Insults.", starts_at=factories.NOW
    )
    page = shop.contact()

    assert page.status_code == 422
    assert "You cannot send messages until it is lifted. Reason: Insults." in words(page)
    assert nothing_stored()


def test_the_confirmation_of_somebody_elses_message_is_not_found(shop):
    shop.contact()
    message = shop.message
    shop.client.force_login(factories.buyer(shop.market).user)

    assert shop.get(f"contact/sent/{message.public_id}/").status_code == 404


@pytest.mark.requirement("S91")
def test_a_second_message_is_confirmed_with_the_older_deadline(shop):
    shop.contact("Is it brass?")
    deliver()
    first = shop.conversation
    page = shop.client.get(shop.contact("Is it brass, please?").url).content.decode()
    opens_at = first.buyer_waiting_since + timedelta(hours=48)

    assert f'datetime="{first.reply_due_at:%Y-%m-%dT%H:%M}+00:00"' in page
    assert f'datetime="{opens_at:%Y-%m-%dT%H:%M}+00:00"' in page


def test_without_script_the_blocked_words_are_marked(shop):
    page = shop.contact(PHONE).content.decode()

    assert re.search(r"<noscript>.*<mark>0161 496 0018", page, re.DOTALL)


@pytest.mark.requirement("S88")
def test_an_order_offers_what_concerns_orders_first_and_the_rest_on_demand(shop):
    page = shop.get(f"contact/?order={shop.order.public_id}").content.decode()
    chosen = shop.contact("Is it brass?\0", about=f"order={shop.order.public_id}").content.decode()

    assert page.index("Where is my order?") < page.index("<details><summary") < page.index("Question about the product")
    assert "<details open><summary" in chosen


@pytest.mark.parametrize("orders", [1, 3])
def test_the_form_takes_a_fixed_number_of_queries(shop, orders, django_assert_num_queries):
    for _ in range(orders - 1):
        factories.order(shop.buyer, shop.seller, shop.listing)
    # session, user, seat, order, draft, conversation about it, usual answer time, unread
    with django_assert_num_queries(8):
        shop.get(f"contact/?order={shop.order.public_id}")


def test_the_confirmation_of_an_answered_message_says_so(shop):
    address = shop.contact("Is it brass?").url
    deliver()
    shop.answer("It is.")
    page = words(shop.client.get(address))

    assert f"{shop.seller.name} has answered: open the conversation to read it." in page
    assert "hours to answer" not in page
