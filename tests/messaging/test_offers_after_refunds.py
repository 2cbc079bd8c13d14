"""Offers of goods about an order of which something was given back: no promise and no piece beyond what is left."""

import pytest

from comity.common.errors import Refused
from comity.messaging.models import Message, Offer
from comity.orders.models import AdjustmentPart, Order, OrderLine, Replacement, Return, ShipmentLine
from comity.orders.services.adjusting import Change, Part, adjust
from comity.orders.services.replacing import replaceable
from comity.orders.services.results import only
from comity.orders.services.returning.arrivals import Graded, grade, receive
from comity.orders.services.returning.refunds import refund
from comity.orders.services.returning.requests import Wanted, close, request_return
from tests import factories
from tests.messaging.test_offers import PAID, offer, paid_desk, refunded, say
from tests.messaging.test_offers_of_goods import HOME

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(db, easy_rules):
    """An order of two lines, each paid with 24.50, sent in one parcel."""
    made = paid_desk()
    factories.shipment(made.order)
    one = made.order.lines.get()
    two = OrderLine.objects.create(
        order=made.order, external_id="2", title="Other", sku="x", quantity=1, unit_minor=PAID, listing=one.listing
    )
    ShipmentLine.objects.create(shipment=made.order.shipments.get(), line=two, quantity=1)
    paid(made, 2 * PAID)
    return made


def paid(desk, minor):
    payable = desk.order.payable
    payable.authorised_minor = payable.captured_minor = minor
    payable.save()
    Order.objects.filter(pk=desk.order.pk).update(total_minor=minor)


def give_back(desk, minor, line="1"):
    order = Order.objects.get(pk=desk.order.pk)
    change = Change(order.public_id, "GeneralAdjustment", (Part(line, "Principal", minor),), f"g{line}-{minor}")
    only(adjust(order.seller, [change], source="page", actor="usr_1", now=desk.now))


def bring_back(desk):
    """The open return arrives as new and is refunded; the parts of the refund by component."""
    made = Return.objects.get(state="authorised")
    receive(made, side="seller", actor="usr_1", now=desk.now)
    graded = [Graded(one.line.external_id, "new") for one in made.lines.select_related("line")]
    grade(made, graded, side="seller", actor="usr_1", now=desk.now)
    adjustment = refund(made, side="seller", actor="usr_1", now=desk.now)
    return dict(AdjustmentPart.objects.filter(adjustment=adjustment).values_list("component", "amount_minor"))


def refused_offer(desk, kind, **fields):
    before = Message.objects.count()
    with pytest.raises(Refused) as refused:
        offer(desk, kind, **fields)
    assert (Message.objects.count(), Offer.objects.count()) == (before, 0)
    return refused.value


def refused_answer(desk, made):
    with pytest.raises(Refused) as refused:
        say(desk, made, "accept")
    made.refresh_from_db()
    assert made.state == "offered"
    return refused.value


@pytest.mark.requirement("S29", "S49")
def test_a_return_of_pieces_whose_price_is_back_with_the_buyer_is_not_offered(desk):
    give_back(desk, PAID)
    refused = refused_offer(desk, "return", pieces={"1": 1}, address=HOME)
    assert (refused.code, refused.field) == ("more_than_left", "pieces")
    assert refused.sentence == "Nothing of what was paid for these pieces is left to give back."


@pytest.mark.requirement("S29", "S49")
def test_what_was_given_back_for_the_pieces_is_not_promised_again(desk):
    give_back(desk, PAID - 100)
    made = offer(desk, "return", pieces={"1": 1}, address=HOME)
    assert made.amount_minor == 100
    say(desk, made, "accept")
    assert (bring_back(desk), refunded()) == ({"Principal": 100}, PAID)


@pytest.mark.requirement("S29", "S49")
def test_what_is_given_back_after_the_promise_is_not_paid_twice(desk):
    say(desk, offer(desk, "return", pieces={"1": 1}, address=HOME), "accept")
    give_back(desk, PAID - 100)
    assert (bring_back(desk), refunded()) == ({"Principal": 100}, PAID)


def test_a_promise_that_cannot_be_kept_any_more_is_not_accepted(desk):
    made = offer(desk, "return", pieces={"1": 1}, address=HOME)
    give_back(desk, PAID - 100)
    refused = refused_answer(desk, made)
    assert (refused.code, Return.objects.count()) == ("more_than_left", 0)
    assert refused.sentence == "Of what was paid for these pieces €1.00 is left to give back."


@pytest.mark.parametrize("early", [0, 400, PAID])
@pytest.mark.parametrize("late", [0, 300])
def test_a_return_of_the_whole_order_gives_back_all_that_is_left_and_its_postage(desk, early, late):
    paid(desk, 2 * PAID + 500)
    if early:
        give_back(desk, early)
    made = offer(desk, "return", address=HOME)
    assert made.amount_minor == 2 * PAID + 500 - early
    say(desk, made, "accept")
    if late:
        give_back(desk, late, "2")
    assert bring_back(desk)["Shipping"] == 500
    assert refunded() == 2 * PAID + 500


def test_a_discount_on_the_whole_order_is_given_back_to_the_last_cent(desk):
    desk.order.lines.update(unit_minor=333)
    paid(desk, 499)
    made = offer(desk, "return", address=HOME)
    assert made.amount_minor == 499
    say(desk, made, "accept")
    bring_back(desk)
    assert refunded() == 499


@pytest.mark.requirement("S29")
def test_nothing_is_sent_again_for_nothing_once_all_the_money_is_back(desk):
    made = offer(desk, "replacement")
    give_back(desk, PAID)
    give_back(desk, PAID, "2")
    refused = refused_answer(desk, made)
    assert (refused.code, Replacement.objects.count(), Order.objects.count()) == ("given_back", 0, 1)
    assert refused.sentence.startswith("All that was paid for this order has been given back")

    say(desk, made, "decline")
    with pytest.raises(Refused) as again:
        offer(desk, "replacement")
    assert (again.value.code, again.value.field, Offer.objects.count()) == ("given_back", "pieces", 1)


@pytest.mark.requirement("S29")
def test_the_line_whose_price_is_back_is_not_sent_again_and_the_other_is(desk):
    give_back(desk, PAID)
    assert refused_offer(desk, "replacement", pieces={"1": 1}).code == "pieces"
    say(desk, offer(desk, "replacement"), "accept")
    assert list(Replacement.objects.get().order.lines.values_list("external_id", flat=True)) == ["2"]


def test_what_comes_back_is_not_sent_again_unless_its_return_came_to_nothing(desk):
    coming = request_return(desk.order, [Wanted("1", 1, "defective")], actor="usr_1", now=desk.now)
    refused = refused_offer(desk, "replacement", pieces={"1": 1})
    assert refused.sentence == "1 of item 1: at most 0 can be replaced now."
    close(coming, actor="usr_1", now=desk.now)
    say(desk, offer(desk, "replacement", pieces={"1": 1}), "accept")
    assert Replacement.objects.count() == 1


def test_what_comes_back_since_the_offer_is_not_sent_again(desk):
    made = offer(desk, "replacement")
    request_return(desk.order, [Wanted("1", 1, "defective")], actor="usr_1", now=desk.now)
    assert (refused_answer(desk, made).code, Replacement.objects.count()) == ("pieces", 0)


def test_what_was_sent_again_is_not_sent_once_more_unless_that_order_came_to_nothing(desk):
    say(desk, offer(desk, "replacement"), "accept")
    with pytest.raises(Refused, match="Nothing of this order has been sent that could be replaced now") as refused:
        offer(desk, "replacement")
    assert (refused.value.code, Replacement.objects.count(), Offer.objects.count()) == ("pieces", 1, 1)

    Order.objects.filter(replaces__isnull=False).update(status="cancelled")
    say(desk, offer(desk, "replacement"), "accept")
    assert Replacement.objects.count() == 2


def test_a_replacement_that_broke_is_replaced_while_the_first_order_is_paid_for(desk):
    say(desk, offer(desk, "replacement"), "accept")
    first = Replacement.objects.get().order
    factories.shipment(first)
    assert replaceable(first) == {"1": 1, "2": 1}
    give_back(desk, PAID)
    give_back(desk, PAID, "2")
    with pytest.raises(Refused) as refused:
        replaceable(first)
    assert refused.value.code == "given_back"
