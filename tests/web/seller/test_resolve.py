"""How a shop settles what is wrong with an order, and what it is shown of its duties."""

from datetime import timedelta
from html import unescape
from itertools import count

import pytest

from comity.messaging.models import Escalation, Message, Offer
from comity.messaging.services.offers import Answer, answer
from comity.messaging.services.order_notices import tell
from tests import factories
from tests.factories import NOW
from tests.messaging.order_events import order, shipped
from tests.web.desk.shop import signed_in
from tests.web.pages import errors_of, untied

keys = count(1)


def html(response):
    """The page with what stands for characters resolved."""
    return unescape(response.content.decode())


@pytest.fixture
def page(shop, desk, client):
    """Address of the page of the one conversation; the order was paid."""
    payable = desk.order.payable
    payable.captured_minor = payable.authorised_minor
    payable.save()
    return shop.at(f"inbox/{desk.conversation.public_id}/resolve/")


def offered(**fields):
    amount = "5.00" if fields.get("kind", "partial") in ("partial", "") else ""
    defaults = {"do": "offer", "kind": "partial", "amount": amount, "text": "Sorry.", "key": f"k{next(keys)}"}
    return {**defaults, **fields}


@pytest.mark.requirement("S29")
def test_the_conversation_leads_to_acknowledging_offering_and_asking(shop, desk, client, page):
    shown = html(client.get(shop.at(f"inbox/{desk.conversation.public_id}/")))

    assert f'href="{page}"' in shown
    assert f'href="{page}#help"' in shown
    written = html(client.get(shop.at(f"inbox/{desk.conversation.public_id}/?acknowledge=1")))
    assert f"something is not right with your order {desk.order.number}" in written


def test_where_all_is_given_back_nothing_is_offered(desk, client, page):
    desk.order.payable.refunded_minor = desk.order.payable.captured_minor
    desk.order.payable.save()
    shown = html(client.get(page))
    assert ("there is nothing to offer." in shown, 'value="offer"' in shown, "€0.00" in shown) == (True, False, False)


@pytest.mark.requirement("S29")
def test_an_offer_is_sent_and_shown_with_what_can_be_done(desk, client, page):
    answered = client.post(page, offered())

    made = Offer.objects.get()
    assert (answered.status_code, answered.url, made.amount_minor) == (302, f"{page}?done=accepted", 500)
    shown = html(client.get(answered.url))
    assert "Partial refund, the item is kept" in shown
    assert "Waits for the buyer" in shown
    assert 'value="withdraw"' in shown
    assert 'value="offer"' not in shown  # one at a time


@pytest.mark.parametrize(
    ("typed", "field", "words"),
    [
        ({"amount": "0"}, "amount", "above zero"),
        ({"amount": "-1"}, "amount", "cannot be below 0"),
        ({"amount": "1e9"}, "amount", "expected is an amount"),
        ({"amount": "0.001"}, "amount", "has 2 decimals"),
        ({"amount": "24.51"}, "amount", "€24.50 is left"),
        ({"kind": ""}, "kind", "Choose what you offer"),
        ({"text": " "}, "text", "Write your message"),
    ],
)
def test_what_cannot_be_offered_is_said_beside_its_field_and_nothing_typed_is_lost(
    desk, client, page, typed, field, words
):
    before = Message.objects.count()
    answered = client.post(page, offered(**{"text": "I am sorry.", **typed}))
    shown = html(answered)

    assert answered.status_code == 422
    assert words in (shown if field == "kind" else errors_of(shown, field))  # radio cards have it in their legend
    assert untied(shown) == []
    assert typed.get("text", "I am sorry.") in shown
    assert f'value="{typed.get("amount", "5.00")}"' in shown
    assert (Offer.objects.count(), Message.objects.count()) == (0, before)


def test_a_refused_offer_that_was_mended_and_sent_waits_for_nobody(shop, client, page):
    refused = html(client.post(page, offered(text="BLOCK me")))
    replaces = refused.split('name="replaces" value="')[1].split('"')[0]
    assert client.post(page, offered(text="Sorry.", replaces=replaces)).status_code == 302
    assert Message.objects.get(replaces__public_id=replaces).offer.amount_minor == 500
    assert "No refused message" in html(client.get(shop.at("today/")))


def test_a_warning_is_asked_about_once(client, page):
    warned = client.post(page, offered(text="WARN them.", key="w"))
    assert (warned.status_code, Offer.objects.count()) == (200, 0)
    confirmed = "input of WARN them."
    shown = html(warned)
    assert 'name="confirmed"' in shown
    value = shown.split('name="confirmed" value="')[1].split('"')[0]
    assert value.startswith(confirmed)
    assert client.post(page, offered(text="WARN them.", key="w", confirmed=value)).status_code == 302


def test_the_same_form_twice_is_one_offer(client, page):
    form = offered()
    assert [client.post(page, form).status_code for _ in range(2)] == [302, 302]
    assert Offer.objects.count() == 1


def test_a_counter_is_accepted_by_the_shop(desk, client, page):
    client.post(page, offered())
    desk.deliver()
    made = Offer.objects.get()
    wanted = Answer("counter", "c1", 900)
    answer(seat=desk.buyer_seat(), offer_id=made.public_id, answer=wanted, now=desk.now)
    assert "The buyer asks for <b>€9.00</b> instead" in html(client.get(page))

    done = client.post(page, {"do": "answer", "offer": made.public_id, "choice": "accept", "key": "a1"})
    made.refresh_from_db()
    assert (done.status_code, made.state, made.adjustment.amount_minor) == (302, "accepted", 900)


def test_an_answer_that_is_not_the_shops_is_refused_with_a_sentence(desk, client, page):
    client.post(page, offered())
    form = {"do": "answer", "offer": Offer.objects.get().public_id, "choice": "accept", "key": "a1"}
    refused = client.post(page, form)

    assert (refused.status_code, Offer.objects.get().state) == (422, "offered")
    assert "It is not for you to answer this now." in html(refused)


@pytest.mark.requirement("S29")
def test_asking_the_marketplace_reaches_its_service_inbox_with_the_whole_conversation(shop, desk, client, page):
    form = {"do": "escalate", "reason": "They ask for more than they paid.", "key": "e1"}
    assert [client.post(page, form).status_code for _ in range(2)] == [302, 302]
    made = Escalation.objects.get()
    agent = signed_in(factories.operator(shop.market, role="service_agent").user)
    inbox = f"/{shop.market.slug}/operate/service/"
    assert "They ask for more than they paid." in html(agent.get(inbox))

    read = f"{inbox}escalations/{made.public_id}/"
    assert Message.objects.filter(side="buyer").get().text in html(agent.get(read))
    wrong = agent.post(read, {"answer": " ", "key": "x1"})
    assert (wrong.status_code, untied(html(wrong))) == (422, [])
    assert agent.post(read, {"answer": "We write to them.", "key": "x2"}).url == inbox
    assert "They ask for more" not in html(agent.get(inbox))
    assert "We write to them." in html(client.get(page))


def test_the_second_answer_to_a_cry_for_help_stands_below_the_first(shop, desk, client, page):
    client.post(page, {"do": "escalate", "reason": "They ask for more than they paid.", "key": "e1"})
    place = f"/{shop.market.slug}/operate/service/escalations/{Escalation.objects.get().public_id}/"
    first, second = (signed_in(factories.operator(shop.market, role="service_agent").user) for _ in range(2))
    first.post(place, {"answer": "We call them.", "key": "x1"})
    refused = second.post(place, {"answer": "Replace it; we pay the way back.", "key": "x2"})
    assert (refused.status_code, refused.context["refusal"]) == (
        422,
        "A colleague was quicker: this has been answered.",
    )
    assert "We call them." in html(refused)
    assert '<h3>What you wrote</h3><div class="words" dir="auto">Replace it; we pay the way back.</div>' in html(
        refused
    )


def test_an_empty_cry_for_help_is_said_beside_the_field(client, page):
    refused = client.post(page, {"do": "escalate", "reason": " ", "key": "e1"})
    shown = html(refused)
    assert (refused.status_code, errors_of(shown, "reason"), untied(shown)) == (422, "Say what you need help with.", [])


def test_who_only_reads_sees_it_and_changes_nothing(shop, desk, page):
    reader = signed_in(factories.staff(shop.seller, role="read_only").user)
    assert 'value="offer"' not in html(reader.get(page))
    assert reader.post(page, offered()).status_code == 422
    assert not Offer.objects.exists()


def test_a_conversation_about_no_order_has_no_such_page(shop, desk, client):
    from comity.messaging.services.contact import Subject

    desk.ask(topic="product", about=Subject(listing=desk.order.lines.get().listing))
    desk.deliver()
    other = desk.order.lines.get().listing.conversations.get()
    assert client.get(shop.at(f"inbox/{other.public_id}/resolve/")).status_code == 404


@pytest.mark.requirement("S40", "C1")
def test_the_day_begins_with_what_is_owed_and_leads_to_its_template(db, clock_at):
    one = order("amazon-2018-10")
    tell(shipped(one), now=NOW)
    clock_at(NOW + timedelta(hours=25))
    client = signed_in(factories.staff(one.seller).user)
    home = f"/{one.marketplace.slug}/sell/{one.seller.public_id}"
    shown = html(client.get(f"{home}/today/"))

    assert "1 message you must send" in shown
    assert "was due by then" in shown
    form = f"{home}/orders/{one.public_id}/contact/confirm_shipment/"
    assert f'href="{form}"' in shown
    assert "Tracking number: JD014600006281230704" in html(client.get(form))


def test_an_incomplete_confirmation_says_what_is_missing_beside_the_text(db, clock_at):
    one = order("amazon-2018-10")
    tell(shipped(one), now=NOW)
    clock_at(NOW)
    client = signed_in(factories.staff(one.seller).user)
    form = f"/{one.marketplace.slug}/sell/{one.seller.public_id}/orders/{one.public_id}/contact/confirm_shipment/"
    refused = client.post(form, {"text": "On its way with DHL.", "key": "k1"})

    assert refused.status_code == 422
    assert "the tracking number" in errors_of(html(refused), "text")
    assert not Message.objects.exists()


@pytest.mark.requirement("S29")
@pytest.mark.parametrize(("kind", "what"), [("replacement", "The order that replaces it"), ("return", "The return")])
def test_what_came_of_an_accepted_offer_is_linked(desk, client, page, kind, what):
    factories.shipment(desk.order)
    client.post(page, offered(kind=kind, address="Hafenstr. 4, Hamburg"))
    desk.deliver()
    made = Offer.objects.get()
    made = answer(seat=desk.buyer_seat(), offer_id=made.public_id, answer=Answer("accept", "b1"), now=desk.now)
    shown = html(client.get(page))
    assert f'/{"orders" if kind == "replacement" else "returns"}/{made.made}/">{what}</a>' in shown


def test_pieces_are_offered_by_their_place_and_nonsense_is_told(desk, client, page):
    desk.order.lines.update(quantity=3)
    factories.shipment(desk.order)
    typed = offered(kind="replacement", **{"pieces-1": "half"})
    answered = client.post(page, typed)
    assert (answered.status_code, Offer.objects.count()) == (422, 0)
    assert "“half” pieces: enter a whole number" in html(answered)
    assert 'name="pieces-1" value="half"' in html(answered)
    client.post(page, {**typed, "pieces-1": "2", "key": "again"})
    assert Offer.objects.get().pieces == {"1": 2}


@pytest.mark.parametrize("kind", ["refund", "replacement", "return"])
def test_an_amount_that_is_typed_beside_another_kind_is_not_passed_over(desk, client, page, kind):
    factories.shipment(desk.order)
    answered = client.post(page, offered(kind=kind, amount="5.00", address="Hafenstr. 4, Hamburg"))
    assert (answered.status_code, Offer.objects.count()) == (422, 0)
    said = errors_of(html(answered), "amount")
    assert said == "An amount is for a partial refund. Choose that, or empty the amount."
    assert 'name="amount" value="5.00"' in html(answered)


@pytest.mark.parametrize("kind", ["refund", "partial"])
def test_pieces_that_are_typed_beside_an_offer_of_money_are_not_passed_over(desk, client, page, kind):
    desk.order.lines.update(quantity=3)
    answered = client.post(page, offered(kind=kind, **{"pieces-1": "1"}))
    assert (answered.status_code, Offer.objects.count()) == (422, 0)
    assert "Pieces are for a replacement or a return. Choose one of those, or empty the pieces." in html(answered)
    assert 'name="pieces-1" value="1"' in html(answered)


def test_an_offer_of_a_return_asks_for_its_address(desk, client, page):
    factories.shipment(desk.order)
    answered = client.post(page, offered(kind="return"))
    assert (answered.status_code, Offer.objects.count()) == (422, 0)
    assert "Enter the address that it goes back to." in errors_of(html(answered), "address")
