"""The seller writes first: the menu of an order, a form a purpose, what comes back and what is kept."""

from datetime import timedelta
from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from comity.accounts.models import Restriction
from comity.accounts.services.contact_choices import choose_unsolicited
from comity.accounts.services.restrictions import restrict
from comity.messaging.models import Conversation, Draft, Message, ReviewRequest
from tests import factories
from tests.factories import NOW
from tests.files.samples import pdf
from tests.messaging.desk import nothing_stored
from tests.web.desk.shop import form, reader_of, signed_in


@pytest.fixture
def fresh(shop, clock_at):
    """An order about which nobody has written."""
    made = shop.another()
    clock_at(made.now)
    return made


def at(shop, desk, path="contact/"):
    return shop.at(f"orders/{desk.order.public_id}/{path}")


def html(response):
    return unescape(response.content.decode())


def mark_shipped(desk, **fields):
    days = {"deliver_from": NOW - timedelta(days=7), "deliver_by": NOW - timedelta(days=3)}
    type(desk.order).objects.filter(pk=desk.order.pk).update(status="shipped", **{**days, **fields})


def decline(desk):
    choose_unsolicited(buyer=desk.buyer, user=desk.buyer.user, wanted=False, now=desk.now)


@pytest.mark.requirement("S17", "S60")
def test_the_menu_offers_what_is_open_and_says_why_the_rest_is_not(shop, fresh, client):
    shown = html(client.get(at(shop, fresh)))

    assert f'href="{at(shop, fresh, "contact/order_details/")}"' in shown
    assert f'href="{at(shop, fresh, "contact/warranty/")}"' not in shown
    assert "Opens once the order is partly shipped, shipped or delivered." in shown
    assert "Nothing in this order needs it." in shown
    assert at(shop, fresh) in html(client.get(at(shop, fresh, "")))


@pytest.mark.requirement("S15", "S16", "S24")
def test_sending_leads_to_the_conversation_where_both_see_the_purpose(shop, fresh, client):
    sent = client.post(at(shop, fresh, "contact/order_details/"), form("Which colour?"))
    fresh.deliver()

    message = Message.objects.get()
    page = shop.at(f"inbox/{message.conversation.public_id}/")
    assert (sent.status_code, sent["Location"]) == (302, f"{page}?done=accepted#newest")
    assert (message.purpose, message.text) == ("order_details", "Which colour?")
    theirs = signed_in(fresh.buyer.user).get(f"/{shop.market.slug}/messages/{message.conversation.public_id}/")
    center = html(signed_in(fresh.buyer.user).get(f"/{shop.market.slug}/messages/"))
    assert "They wrote to you" in center
    assert "Answered" not in center
    for shown in (html(client.get(page)), html(theirs)):
        assert "Which colour?" in shown
        assert '<p class="purpose small"><span>Order details' in shown


def test_where_the_buyer_has_not_written_there_is_no_reply_box(shop, fresh, client):
    client.post(at(shop, fresh, "contact/order_details/"), form("Which colour?"))
    fresh.deliver()
    page = shop.at(f"inbox/{fresh.conversation.public_id}/")

    shown = html(client.get(page))
    assert 'name="text"' not in shown
    assert at(shop, fresh) in shown
    assert client.post(f"{page}reply/", form("And buy more")).status_code == 422
    fresh.ask("Blue, please.")
    fresh.deliver()
    assert 'name="text"' in html(client.get(page))


@pytest.mark.requirement("S17")
def test_the_buyer_reads_why_a_critical_message_came(shop, fresh, client):
    decline(fresh)
    assert "opted out of such messages and gets this one" in html(
        client.get(at(shop, fresh, "contact/unexpected_problem/"))
    )
    client.post(at(shop, fresh, "contact/unexpected_problem/"), form("The lamp broke here."))
    fresh.deliver()

    page = f"/{shop.market.slug}/messages/{fresh.conversation.public_id}/"
    shown = html(signed_in(fresh.buyer.user).get(page))

    assert "<b>Important</b>" in shown
    assert "Sent although you opted out, because it is about a problem with your order." in shown
    assert f'href="/{shop.market.slug}/contact-choices/"' in shown


@pytest.mark.parametrize(
    ("purpose", "fields", "sentence"),
    [
        ("order_details", {"text": ""}, "Write your message before you send it."),
        ("order_details", {"text": "x" * 2001}, "up to 2,000 can be sent. Shorten it by 1."),
        ("order_details", {"text": "a\x00b"}, "contains a character that cannot be sent"),
        ("order_details", {"key": ""}, "The key has 0 characters"),
        ("return_question", {"text": "Why so?"}, "Opens once the order is partly shipped"),
        ("invoice", {}, "Add the document as a file"),
    ],
)
def test_what_cannot_be_sent_comes_back_and_nothing_is_stored(shop, fresh, client, purpose, fields, sentence):
    refused = client.post(at(shop, fresh, f"contact/{purpose}/"), form(**fields))

    assert refused.status_code == 422
    assert sentence in html(refused)
    if fields.get("text") and purpose != "invoice":
        assert fields["text"].replace("\x00", "\u2400") in html(refused)
    assert nothing_stored()
    assert not Conversation.objects.exists()


def test_a_blocked_one_comes_back_with_its_findings_and_is_written_again_here(shop, fresh, client):
    address = at(shop, fresh, "contact/order_details/")
    blocked = client.post(address, form("BLOCK me"))
    message = Message.objects.get()

    assert blocked.status_code == 422
    assert "Your message was blocked and not sent." in html(blocked)
    conversation = html(client.get(shop.at(f"inbox/{message.conversation.public_id}/")))
    assert f'href="{address}?replaces={message.public_id}"' in conversation
    again = html(client.get(address, {"replaces": message.public_id}))
    assert "BLOCK me</textarea>" in again
    assert f'name="replaces" value="{message.public_id}"' in again


def test_a_held_one_is_listed_and_can_be_opened_by_its_seller_alone(shop, fresh, client):
    client.post(at(shop, fresh, "contact/order_details/"), form("HOLD this"))

    page = shop.at(f"inbox/{fresh.conversation.public_id}/")
    assert f'href="{page}#' in html(client.get(at(shop, fresh)))
    assert client.get(page).status_code == 200
    theirs = signed_in(fresh.buyer.user)
    assert theirs.get(f"/{shop.market.slug}/messages/{fresh.conversation.public_id}/").status_code == 404
    assert "HOLD" not in html(theirs.get(f"/{shop.market.slug}/messages/"))


def test_a_warning_is_asked_about_once(shop, fresh, client):
    address = at(shop, fresh, "contact/order_details/")
    asked = client.post(address, form("WARN me", key="k"))
    assert (asked.status_code, nothing_stored()) == (200, True)
    assert 'name="confirmed" value="input of WARN me"' in html(asked)

    sent = client.post(address, form("WARN me", key="k", confirmed="input of WARN me"))

    assert (sent.status_code, Message.objects.get().state) == (302, "accepted")


def test_the_warranty_is_a_file_with_days_in_fixed_words(shop, fresh, client):
    mark_shipped(fresh)
    address = at(shop, fresh, "contact/warranty/")
    shown = html(client.get(address))
    assert "they cannot be changed" in shown
    assert 'name="text"' not in shown

    days = {"coverage_start": "2026-11-02", "coverage_end": "2028-11-01"}
    file = SimpleUploadedFile("warranty.pdf", pdf("Two years."), content_type="application/pdf")
    sent = client.post(address, {"key": "k", "files": file, **days})

    assert sent.status_code == 302
    message = Message.objects.get()
    assert "from 2026-11-02 to 2028-11-01" in message.text
    assert [one.name for one in message.attachments.all()] == ["warranty.pdf"]


def test_what_stands_in_the_way_in_a_file_is_named_with_its_page(shop, fresh, client):
    file = SimpleUploadedFile("invoice.pdf", pdf("BLOCK this", info="(BLOCK this)"), content_type="application/pdf")

    blocked = client.post(at(shop, fresh, "contact/invoice/"), {"key": "k", "files": file})

    assert blocked.status_code == 422
    assert "Your message was blocked and not sent." in html(blocked)
    assert "invoice.pdf" in html(blocked)
    assert "Mend it." in html(blocked)
    assert Message.objects.get().state == "blocked"


def test_a_wrong_day_is_named_beside_its_field_and_kept(shop, fresh, client):
    mark_shipped(fresh)
    days = {"coverage_start": "2027-01-01", "coverage_end": "2026-01-01"}

    refused = client.post(at(shop, fresh, "contact/warranty/"), {"key": "k", **days})

    assert refused.status_code == 422
    assert 'id="write-coverage_end-error"' in html(refused)
    assert 'value="2027-01-01"' in html(refused)
    assert nothing_stored()


def test_check_and_draft_belong_to_their_purpose(shop, fresh, client):
    address = at(shop, fresh, "contact/order_details/")
    assert client.post(f"{address}check/", form("BLOCK me")).json()["outcome"] == "block"
    assert client.post(f"{address}check/", form("x")).json()["limit"] == 2000
    assert client.post(f"{address}draft/", form("Which col")).status_code == 204

    assert Draft.objects.get().place == f"outreach/{fresh.order.public_id}/order_details"
    assert "Which col</textarea>" in html(client.get(address))
    client.post(address, form("Which colour?"))
    assert not Draft.objects.exists()


def test_what_was_typed_before_signing_in_is_there(shop, fresh, client):
    client.logout()
    address = at(shop, fresh, "contact/order_details/")
    client.post(address, form("Which colour?"), headers={"Referer": f"http://testserver{address}"})
    client.post("/sign-in/", {"email": shop.owner.user.email, "password": factories.PASSWORD})

    assert "Which colour?</textarea>" in html(client.get(address))


@pytest.mark.requirement("S23")
def test_a_restricted_seller_is_told_why_nothing_is_open(shop, fresh, client):
    restrict(seller=shop.seller, kind=Restriction.Kind.PROACTIVE_MESSAGING, reason="Adverts.", now=fresh.now)

    shown = html(client.get(at(shop, fresh)))

    assert "You may not write first until it is lifted." in shown
    assert at(shop, fresh, "contact/order_details/") not in shown
    assert at(shop, fresh, "contact/unexpected_problem/") in shown
    assert 'name="text"' not in html(client.get(at(shop, fresh, "contact/order_details/")))


def test_a_read_only_seat_sees_the_menu_and_writes_nothing(shop, fresh):
    client = signed_in(reader_of(shop).user)

    assert at(shop, fresh, "contact/order_details/") not in html(client.get(at(shop, fresh)))
    assert 'name="text"' not in html(client.get(at(shop, fresh, "contact/order_details/")))
    assert client.post(at(shop, fresh, "contact/order_details/"), form()).status_code == 422
    assert nothing_stored()


def test_an_unknown_purpose_is_missing(shop, fresh, client):
    assert client.get(at(shop, fresh, "contact/weather/")).status_code == 404


def test_an_open_question_is_answered_where_it_was_asked(shop, desk, client):
    shown = html(client.get(at(shop, desk)))

    assert "waits for an answer" in shown
    assert f"inbox/{desk.conversation.public_id}/#newest" in shown


@pytest.mark.parametrize("written", [1, 2])
def test_the_menu_takes_the_same_queries_however_much_was_written(shop, fresh, client, written):
    for number in range(written):
        client.post(at(shop, fresh, "contact/order_details/"), form(f"Question {number}?"))

    with CaptureQueriesContext(connection) as queries:
        client.get(at(shop, fresh))

    # session, user, seat; order; restrictions (2), kinds, counts; what was written; a conversation that reached us
    assert len(queries) == 11, [query["sql"][:90] for query in queries]


@pytest.mark.requirement("S16", "S35", "S51")
def test_a_review_is_asked_for_once_from_the_order_page(shop, fresh, client):
    mark_shipped(fresh)
    page, address = at(shop, fresh, ""), at(shop, fresh, "review-request/")
    assert f'action="{address}"' in html(client.get(page))

    asked = client.post(address)
    shown = html(client.get(page))

    assert (asked.status_code, asked["Location"]) == (302, page)
    assert f'action="{address}"' not in shown
    assert f"by <bdi>{shop.owner.user.name}</bdi>" in shown
    again = client.post(address)
    assert again.status_code == 409
    assert "A review was asked for on 2 November 2026; once is all for one order." in html(again)
    assert (ReviewRequest.objects.count(), Message.objects.count()) == (1, 1)


def test_before_its_time_the_order_page_says_when_a_review_may_be_asked_for(shop, fresh, client):
    assert "Opens once the order is shipped or delivered." in html(client.get(at(shop, fresh, "")))
    mark_shipped(fresh, deliver_from=NOW)
    assert "Opens on 7 November 2026." in html(client.get(at(shop, fresh, "")))

    assert client.post(at(shop, fresh, "review-request/")).status_code == 409
    assert nothing_stored()
