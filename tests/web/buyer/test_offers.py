"""What a seller offers, as its buyer reads and answers it; what the marketplace told, in Your Orders."""

import re
from datetime import timedelta
from html import unescape
from itertools import count

import pytest

from comity.common import clock
from comity.common.transactions import write
from comity.ledger.models import Journal
from comity.messaging.models import Message, Offer
from comity.messaging.selectors.doors import get_seat_of_staff
from comity.messaging.services.offers import Answer, Proposal, answer, make
from comity.messaging.services.order_notices import tell
from comity.orders.models import Order
from tests.messaging.order_events import shipped
from tests.web.buyer.shop import deliver, words
from tests.web.pages import errors_of, pressed_by_enter, untied

keys = count(1)


@pytest.fixture
def asked(shop):
    """The conversation about the order, which was paid, with a delivered question."""
    payable = shop.order.payable
    payable.captured_minor = payable.authorised_minor
    payable.save()
    shop.contact("It has a crack.", topic="not_as_expected", about=f"order={shop.order.public_id}")
    deliver()
    return shop.conversation


@pytest.fixture
def made(shop, asked):
    """An offer of 5.00 that has arrived there."""
    sent = make(seat=seat_of(shop), proposal=Proposal("partial", "Sorry about that.", "o1", 500), now=clock.now())
    deliver()
    return Offer.objects.get(message=sent.message)


def seat_of(shop):
    return get_seat_of_staff(staff=shop.staff, user=shop.staff.user, conversation_id=shop.conversation.public_id)


def asks_on(page):
    """Where the page asks for what comes after it."""
    return unescape(re.search(r'hx-get="([^"]+/new/[^"]+)"', page.content.decode())[1])


def send(shop, made, choice, **fields):
    place = f"messages/{made.conversation.public_id}/offers/{made.public_id}/"
    return shop.post(place, choice=choice, key=f"k{next(keys)}", **fields)


@pytest.mark.requirement("S29")
@pytest.mark.parametrize("where", ["conversation", "order"])
def test_an_offer_can_be_answered_where_it_is_read(shop, made, where):
    place = {"conversation": f"messages/{made.conversation.public_id}/", "order": f"orders/{shop.order.public_id}/"}
    page = shop.get(place[where])

    assert "Partial refund, the item is kept : €5.00" in words(page)
    assert f"/offers/{made.public_id}/" in page.content.decode()
    for choice in ("accept", "decline", "counter"):
        assert f'value="{choice}"' in page.content.decode()


@pytest.mark.requirement("S29")
@pytest.mark.parametrize(("choice", "state", "paid"), [("accept", "accepted", 500), ("decline", "declined", 0)])
def test_an_answer_is_carried_out(shop, made, choice, state, paid):
    answered = send(shop, made, choice)

    made.refresh_from_db()
    assert (answered.status_code, made.state) == (302, state)
    assert sum(Journal.objects.filter(kind="refund").values_list("amount_minor", flat=True)) == paid
    page = shop.get(f"messages/{made.conversation.public_id}/")
    assert state.capitalize() in words(page)
    assert 'value="accept"' not in page.content.decode()


def test_another_amount_is_asked_for(shop, made):
    assert send(shop, made, "counter", amount="9.00").status_code == 302
    made.refresh_from_db()
    assert (made.state, made.counter_minor) == ("countered", 900)
    shown = words(shop.get(f"orders/{made.order.public_id}/"))
    assert ("You ask for €9.00 instead" in shown, "Waits for the seller: you ask" in shown) == (True, True)


@pytest.mark.parametrize(("choice", "said"), [("accept", "Accepted: €9.00"), ("decline", "Declined")])
def test_what_became_of_another_amount_is_read_with_it(shop, made, choice, said):
    send(shop, made, "counter", amount="9.00")
    seat = get_seat_of_staff(staff=shop.staff, user=shop.staff.user, conversation_id=made.conversation.public_id)
    answer(seat=seat, offer_id=made.public_id, answer=Answer(choice, "a1"), now=clock.now())
    shown = words(shop.get(f"orders/{made.order.public_id}/"))
    assert f"You asked for €9.00 instead. {said}" in shown


@pytest.mark.parametrize(
    ("amount", "sentence"), [("", "Enter an amount"), ("0", "above zero"), ("99", "€24.50 is left")]
)
def test_an_amount_that_cannot_be_is_said_beside_its_field(shop, made, amount, sentence):
    answered = send(shop, made, "counter", amount=amount)
    page = answered.content.decode()

    made.refresh_from_db()
    assert (answered.status_code, made.state) == (422, "offered")
    assert sentence in errors_of(page, "amount")
    assert untied(page) == []
    assert f'value="{amount}"' in page


@pytest.mark.parametrize("where", ["conversation", "order"])
def test_enter_in_the_amount_asks_for_it_and_accepts_nothing(shop, made, where):
    place = {"conversation": f"messages/{made.conversation.public_id}/", "order": f"orders/{shop.order.public_id}/"}
    assert pressed_by_enter(shop.get(place[where]).content.decode(), "amount") == ("choice", "counter")


@pytest.mark.parametrize("choice", ["accept", "decline"])
def test_an_amount_that_is_filled_in_is_not_passed_over(shop, made, choice):
    answered = send(shop, made, choice, amount="9.00")
    page = answered.content.decode()

    made.refresh_from_db()
    assert (answered.status_code, made.state, made.counter_minor) == (422, "offered", None)
    assert errors_of(page, "amount") == "An amount is filled in. Ask for it, or empty it to answer what is offered."
    assert 'value="9.00"' in page
    assert not Journal.objects.filter(kind="refund").exists()


@pytest.mark.requirement("S29")
def test_a_page_left_open_gets_the_buttons_with_the_offer_and_what_became_of_it(shop, asked):
    page = shop.get(f"messages/{asked.public_id}/")
    assert '<section class="sec stack" id="offers" hidden></section>' in page.content.decode()
    make(seat=seat_of(shop), proposal=Proposal("partial", "Sorry about that.", "o1", 500), now=clock.now())
    assert shop.client.get(asks_on(page)).status_code == 204  # it has not arrived
    deliver()
    news = shop.client.get(asks_on(page))
    shown = news.content.decode()
    assert '<section class="sec stack" id="offers" hx-swap-oob="true"><h2>What the seller offers</h2>' in shown
    assert pressed_by_enter(shown, "amount") == ("choice", "counter")

    made = Offer.objects.get()
    answer(seat=seat_of(shop), offer_id=made.public_id, answer=Answer("withdraw", "w1"), now=clock.now())
    later = shop.client.get(asks_on(news))
    assert ("Taken back" in words(later), 'value="accept"' in later.content.decode()) == (True, False)
    assert shop.client.get(asks_on(later)).status_code == 204


def test_what_is_typed_for_an_offer_stays_when_something_else_comes(shop, made):
    page = shop.get(f"messages/{made.conversation.public_id}/")
    shop.answer("And one more thing.")
    news = shop.client.get(asks_on(page))
    assert ("And one more thing." in words(news), 'id="offers"' in news.content.decode()) == (True, False)


def test_an_offer_that_was_held_comes_with_its_message(shop, asked):
    held = make(seat=seat_of(shop), proposal=Proposal("partial", "Sorry.", "o1", 500), now=clock.now()).message
    Message.objects.filter(pk=held.pk).update(state="held", held_until=clock.now() + timedelta(hours=1))
    shop.answer("A person reads our offer first.")
    page = shop.get(f"messages/{asked.public_id}/")
    assert "What the seller offers" not in words(page)
    Message.objects.filter(pk=held.pk).update(state="accepted")
    deliver()
    assert "What the seller offers" in words(shop.client.get(asks_on(page)))


def test_what_is_over_is_told(shop, made):
    send(shop, made, "accept")
    again = send(shop, made, "decline")
    assert again.status_code == 422
    assert "This offer is over: accepted." in words(again)


@pytest.mark.requirement("S10", "S41")
def test_what_the_marketplace_told_stands_in_your_orders(shop, made):
    with write():
        tell(shipped(shop.order), now=clock.now())
    deliver()
    page = shop.get(f"orders/{shop.order.public_id}/")

    notice = Message.objects.get(purpose="order_notice")
    assert "What you were told Shipment confirmation" in words(page)
    assert f"/messages/{notice.conversation.public_id}/#{notice.public_id}" in page.content.decode()
    read = words(shop.get(f"messages/{notice.conversation.public_id}/"))
    assert f"Shipment for your order {shop.order.number}." in read
    assert f"{shop.market.name}, about your order" in read


@pytest.mark.requirement("S29")
@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("replacement", "Replacement . {pieces} . It goes to the address of the order"),
        (
            "return",
            "Return, then refund . {pieces} . You pay for the way back. Where it is faulty or not what you ordered",
        ),
    ],
)
def test_an_offer_of_goods_says_of_which(shop, made, kind, said):
    line = made.order.lines.first()
    Order.objects.filter(pk=made.order_id).update(ship_to="1 Elm Street")
    Offer.objects.filter(pk=made.pk).update(kind=kind, pieces={line.external_id: 1}, amount_minor=0)
    shown = words(shop.get(f"orders/{made.order.public_id}/"))
    assert said.format(pieces=f"1 × {line.title}") in shown
