"""Accepted offers of goods: an order that replaces what was sent, and a return with the promised money behind it."""

import re

import pytest

from comity.catalog.models import Listing
from comity.common.errors import Refused
from comity.common.models import OutboxEvent
from comity.common.record import verify
from comity.ledger.models import Journal
from comity.messaging.models import Message, Offer, OrderNotice
from comity.messaging.selectors.conversations import record_heads
from comity.messaging.services.order_notices import tell
from comity.orders.models import Order, OrderLine, Replacement, Return, ShipDeadline
from comity.orders.services.adjusting import Change, Part, adjust
from comity.orders.services.replacing import replaceable
from comity.orders.services.returning.arrivals import Graded, grade, receive
from comity.orders.services.returning.refunds import refund, refuse
from comity.orders.services.returning.requests import Wanted, request_return
from comity.orders.services.returning.rules import StandingRule, make_rule
from tests import factories
from tests.messaging.test_offers import PAID, names, offer, paid_desk, refunded, say

pytestmark = pytest.mark.django_db
HOME = "Hafenstr. 4, 20457 Hamburg"


@pytest.fixture
def desk(db, easy_rules):
    made = paid_desk()
    factories.shipment(made.order)
    return made


def two_pieces(desk):
    """The order is for two of its item, paid with 49.00."""
    desk.order.shipments.get().lines.update(quantity=2)
    desk.order.lines.update(quantity=2)
    payable = desk.order.payable
    payable.authorised_minor = payable.captured_minor = 2 * PAID
    payable.save()
    Order.objects.filter(pk=desk.order.pk).update(total_minor=2 * PAID)


def told_of(order):
    return list(OutboxEvent.objects.filter(stream=order.public_id).order_by("sequence").values_list("name", flat=True))


@pytest.mark.requirement("S29")
def test_an_accepted_replacement_is_an_order_that_costs_nothing_and_must_leave(desk):
    made = say(desk, offer(desk, "replacement"), "accept")

    link = Replacement.objects.select_related("order__payable").get()
    order = link.order
    assert (made.state, made.made, made.adjustment, link.of, link.offer) == (
        "accepted", order.public_id, None, desk.order, made.public_id,
    )  # fmt: skip
    assert re.fullmatch(r"\d{3}-\d{7}-\d{7}", order.number)
    assert (order.buyer, order.seller, order.status, order.total_minor, order.placed_at) == (
        desk.buyer, desk.order.seller, "unshipped", 0, desk.now,
    )  # fmt: skip
    assert (order.payable.authorised_minor, order.payable.open_minor, refunded()) == (0, 0, 0)
    line = order.lines.get()
    assert (line.quantity, line.unit_minor, line.taken, Listing.objects.get().quantity) == (1, 0, 1, 8)
    assert ShipDeadline.objects.get(order=order).due_at == order.ship_by
    assert order.deliver_by - order.ship_by == desk.order.deliver_by - desk.order.ship_by
    assert (told_of(order), told_of(desk.order)[-1]) == (["order.placed"], "order.replaced")
    assert list(verify(record_heads(), whole=True)) == []


def test_an_offer_about_many_lines_names_those_that_fit_and_leaves_room_for_words(db, easy_rules):
    desk, title = paid_desk(), "Oil lamp of hand-blown glass".ljust(105, ".")
    for number in range(2, 91):
        OrderLine.objects.create(
            order=desk.order, external_id=str(number), title=title, sku="L", quantity=1, unit_minor=100
        )
    factories.shipment(desk.order)
    made = offer(desk, "return", text="x" * 1_500, address=HOME)
    words, offered = made.message.text.split("\n\n")
    assert (len(words), len(made.pieces), len(made.message.text) <= 4_000) == (1_500, 90, True)
    assert offered.count("1 x") == 18
    assert ", and 72 more, see your order), and get " in offered


@pytest.mark.requirement("S10", "S29")
def test_the_buyer_is_told_of_the_replacement_that_nothing_is_charged(desk):
    say(desk, offer(desk, "replacement"), "accept")
    order = Replacement.objects.get().order
    for _ in range(2):
        tell(OutboxEvent.objects.get(name="order.placed"), now=desk.now)

    notice = OrderNotice.objects.get(order=order)
    assert notice.kind == "order_confirmation"
    assert f"a replacement for your order {desk.order.number}." in notice.message.text
    assert f"Its number is {order.number}; you are not charged for it." in notice.message.text
    assert "Total" not in notice.message.text


def test_only_the_pieces_that_were_offered_are_replaced(desk):
    two_pieces(desk)
    made = offer(desk, "replacement", pieces={"1": 1})

    assert ": 1 x " in made.message.text
    say(desk, made, "accept")
    assert Replacement.objects.get().order.lines.get().quantity == 1


@pytest.mark.parametrize(("stock", "words"), [(0, "none is in stock"), (1, "only 1 of 2 pieces are in stock")])
def test_what_is_out_of_stock_is_refused_and_the_offer_stays_open(desk, stock, words):
    two_pieces(desk)
    made = offer(desk, "replacement")
    Listing.objects.update(quantity=stock)
    with pytest.raises(Refused, match=words) as refused:
        say(desk, made, "accept")

    made.refresh_from_db()
    assert (refused.value.code, made.state, Order.objects.count(), Listing.objects.get().quantity) == (
        "out_of_stock", "offered", 1, stock,
    )  # fmt: skip
    assert names() == ["offer.made"]
    Listing.objects.update(quantity=2)
    assert say(desk, made, "accept").state == "accepted"


@pytest.mark.parametrize("kind", ["replacement", "return"])
@pytest.mark.parametrize("pieces", [{"1": 2}, {"1": -1}, {"other": 1}])
def test_pieces_that_were_not_sent_are_not_offered(desk, kind, pieces):
    with pytest.raises(Refused) as refused:
        offer(desk, kind, pieces=pieces, address=HOME)
    assert (refused.value.code, Offer.objects.count()) == ("pieces", 0)


def test_nothing_is_replaced_or_sent_back_before_it_was_sent(easy_rules):
    desk = paid_desk()
    for kind in ("replacement", "return"):
        with pytest.raises(Refused, match="Nothing of this order has been sent") as refused:
            offer(desk, kind, address=HOME)
        assert (refused.value.code, Offer.objects.count()) == ("pieces", 0)


def test_nothing_is_given_back_for_a_replacement_and_it_comes_back_with_the_first_order(desk):
    say(desk, offer(desk, "replacement"), "accept")
    order = Replacement.objects.get().order
    factories.shipment(order)
    change = Change(order.public_id, "GeneralAdjustment", (Part("", "Goodwill", 1),), "c1")
    (result,) = adjust(order.seller, [change], source="page", actor="usr_1", now=desk.now)
    assert [fault.code for fault in result.faults] == ["more_than_paid"]

    with pytest.raises(Refused, match=f"Send it back with order {desk.order.number}") as refused:
        request_return(order, [Wanted("1", 1, "defective")], actor="usr_1", now=desk.now)
    assert (refused.value.code, Return.objects.count(), refunded()) == ("replacement", 0, 0)
    assert request_return(desk.order, [Wanted("1", 1, "defective")], actor="usr_1", now=desk.now).state == "requested"


def asked_back(desk):
    order = Order.objects.get(pk=desk.order.pk)
    return request_return(order, [Wanted("1", 1, "no_longer_wanted")], actor="usr_b", now=desk.now)


@pytest.mark.parametrize("rule", [StandingRule(returnless=True), StandingRule(address=HOME)])
@pytest.mark.parametrize(
    ("status", "state"),
    [("unshipped", "requested"), ("delivered", "requested"), ("cancelled", "rule"), ("unfulfillable", "rule")],
)
def test_no_rule_answers_for_what_was_sent_again(desk, rule, status, state):
    make_rule(factories.staff(desk.order.seller), rule, now=desk.now)
    say(desk, offer(desk, "replacement"), "accept")
    Order.objects.filter(replaces__of=desk.order).update(status=status)
    answered = "refunded" if rule.returnless else "authorised"
    assert asked_back(desk).state == (answered if state == "rule" else state)


@pytest.mark.parametrize(("left", "pieces"), [(0, 2), (1, 1)])
def test_what_of_a_replacement_could_not_be_sent_may_be_sent_again(desk, left, pieces):
    two_pieces(desk)
    say(desk, offer(desk, "replacement"), "accept")
    again = Replacement.objects.get().order
    if left:
        factories.shipment(again).lines.update(quantity=left)
    Order.objects.filter(pk=again.pk).update(status="unfulfillable")
    assert replaceable(Order.objects.get(pk=desk.order.pk)) == {"1": pieces}


@pytest.mark.requirement("S29")
def test_an_accepted_return_is_open_at_once_and_refunded_as_promised_once_it_has_arrived(desk):
    made = say(desk, offer(desk, "return", address=HOME), "accept")
    back = Return.objects.get()
    assert (made.made, back.state, back.promised_minor, back.address, back.postage, refunded()) == (
        back.public_id, "authorised", PAID, HOME, "buyer", 0,
    )  # fmt: skip
    assert told_of(desk.order)[-1] == "return.authorised"

    receive(back, side="seller", actor="usr_1", now=desk.now)
    damaged = Graded("1", "damaged", "broken", percent=None)
    grade(back, [damaged], side="seller", actor="usr_1", now=desk.now)
    with pytest.raises(Refused, match="what the seller offered and the buyer accepted"):
        refuse(back, side="seller", reason="It is broken.", actor="usr_1", now=desk.now)
    refund(back, side="seller", actor="usr_1", now=desk.now)
    assert refunded() == PAID
    assert list(Journal.objects.values_list("kind", flat=True)) == ["refund"]


def test_a_deduction_from_what_was_promised_is_refused_unless_something_else_came(desk):
    say(desk, offer(desk, "return", address=HOME), "accept")
    back = Return.objects.get()
    receive(back, side="seller", actor="usr_1", now=desk.now)
    with pytest.raises(Refused) as refused:
        grade(back, [Graded("1", "used", "worn", "Scratched.", 20)], side="seller", actor="usr_1", now=desk.now)
    assert refused.value.code == "percent"
    grade(back, [Graded("1", "not_the_item", "other_item")], side="seller", actor="usr_1", now=desk.now)
    refuse(back, side="seller", reason="A brick came.", actor="usr_1", now=desk.now)
    assert refunded() == 0


@pytest.mark.parametrize(("pieces", "amount"), [({}, 2 * PAID), ({"1": 1}, PAID)])
def test_what_is_offered_for_a_return_is_what_was_paid_for_its_pieces(desk, pieces, amount):
    two_pieces(desk)
    made = offer(desk, "return", pieces=pieces, address=HOME)
    assert made.amount_minor == amount
    say(desk, made, "accept")
    back = Return.objects.get()
    assert (back.lines.get().quantity, back.promised_minor) == (amount // PAID, amount)


def test_a_return_is_not_offered_without_an_address(desk):
    with pytest.raises(Refused, match="Enter the address") as refused:
        offer(desk, "return")
    assert (refused.value.field, Offer.objects.count()) == ("address", 0)


@pytest.mark.requirement("S29")
def test_where_a_return_goes_is_read_by_the_rules_and_may_name_the_order(desk):
    before = Message.objects.count()
    elsewhere = f"{HOME}. Write me at shop@gmail.com or WhatsApp +49 170 1234567, pay at http://evil.example"
    with pytest.raises(Refused, match=r"shop@gmail\.com") as refused:
        offer(desk, "return", address=elsewhere)
    assert (refused.value.code, refused.value.field) == ("findings", "address")
    assert (Message.objects.count(), Offer.objects.count(), names()) == (before, 0, [])

    labelled = f"{HOME}, returns of {desk.order.number}"
    assert offer(desk, "return", address=labelled).address == labelled


def test_what_is_on_its_way_back_already_is_not_agreed_again(desk):
    made = offer(desk, "return", address=HOME)
    request_return(desk.order, [Wanted("1", 1, "defective")], actor="usr_1", now=desk.now)
    with pytest.raises(Refused) as refused:
        say(desk, made, "accept")
    made.refresh_from_db()
    assert (refused.value.code, made.state, Return.objects.count()) == ("pieces", "offered", 1)
