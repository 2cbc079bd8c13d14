"""A feed that names some pieces of an order is about these, and not about the others."""

import pytest

from comity.ledger.models import Payable
from comity.orders.models import Adjustment, Order
from comity.orders.selectors.parcels import left_to_send
from tests.orders.feeds import ACKNOWLEDGEMENT, ADJUSTMENT, lines, refund, results, send, shipped, shop_with
from tests.orders.shipping import purchase

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("read_in_this_process")]


@pytest.fixture
def three():
    """A shop, and its order of three pieces of 24.50 EUR."""
    shop, (one,) = shop_with()
    one.lines.update(quantity=3)
    Order.objects.filter(pk=one.pk).update(total_minor=7350)
    Payable.objects.filter(pk=one.payable_id).update(authorised_minor=7350)
    return shop, one


def state(one):
    """Its status, and how many pieces have yet to be sent."""
    found = Order.objects.get(pk=one.pk)
    return found.status, [pieces for _, pieces in left_to_send(found)]


FLAT = "order-id\tstatus-code\torder-item-id\tcancel-reason-code\tquantity\n{}\tFailure\t{}\tPricingError\t{}\n"


@pytest.mark.parametrize("line", ["1", ""])
def test_an_acknowledgement_of_some_pieces_is_refused_and_of_all_cancels(three, line):
    shop, one = three
    feed = send(shop, FLAT.format(one.number, line, 1), ACKNOWLEDGEMENT)
    assert results(feed) == [(1, one.number, "quantity", "partly")]
    assert state(one) == ("unshipped", [3])
    assert send(shop, FLAT.format(one.number, line, 3), ACKNOWLEDGEMENT).applied == 1
    assert Order.objects.get(pk=one.pk).status == "cancelled"


def test_pieces_of_several_items_count_together(three):
    shop, one = three
    items = [{"line": "1", "reason": "PricingError", "quantity": pieces} for pieces in (1, 2)]
    feed = send(shop, lines({"order": one.number, "status": "Failure", "items": items}), ACKNOWLEDGEMENT)
    assert (feed.applied, results(feed)) == (1, [])


def test_rows_of_all_lines_of_an_order_cancel_it():
    one = purchase()
    rows = "".join(f"{one.number}\tFailure\t{line}\tRejectOrder\t{pieces}\n" for line, pieces in ((1, 2), (2, 1)))
    feed = send(one.seller, FLAT.splitlines(keepends=True)[0] + rows, ACKNOWLEDGEMENT)
    assert (feed.records, feed.applied, results(feed)) == (1, 1, [])
    assert Order.objects.get(pk=one.pk).status == "cancelled"


def test_an_acknowledgement_of_some_lines_is_refused():
    one = purchase()
    items = [{"line": "1", "reason": "RejectOrder"}]
    feed = send(one.seller, lines({"order": one.number, "status": "Failure", "items": items}), ACKNOWLEDGEMENT)
    assert results(feed) == [(1, one.number, "items", "partly")]
    feed = send(one.seller, FLAT.format(one.number, 2, 1), ACKNOWLEDGEMENT)
    assert results(feed) == [(1, one.number, "order-item-id", "partly")]
    assert state(one) == ("unshipped", [2, 1])


@pytest.mark.parametrize("whole", ["", "RejectOrder"])
def test_an_order_is_given_up_for_one_reason(whole):
    one = purchase()
    items = [{"line": "1"}, {"line": "2", "reason": "NoInventory"}]
    items[0] |= {} if whole else {"reason": "RejectOrder"}
    record = {"order": one.number, "status": "Failure", "items": items, **({"reason": whole} if whole else {})}
    feed = send(one.seller, lines(record), ACKNOWLEDGEMENT)
    assert results(feed) == [(1, one.number, "items[1].reason", "several_reasons")]
    sentence = "is NoInventory, beside RejectOrder: an order is given up for one reason, name the same for all."
    assert feed.results.get().sentence == sentence
    assert state(one) == ("unshipped", [2, 1])
    items[1]["reason"] = "RejectOrder"
    assert send(one.seller, lines(record), ACKNOWLEDGEMENT).applied == 1


def test_what_is_no_line_of_an_order_is_not_given_up_with_it(three):
    shop, one = three
    items = [{"line": "1", "reason": "RejectOrder"}, {"line": "nope", "reason": "RejectOrder"}]
    feed = send(shop, lines({"order": one.number, "status": "Failure", "items": items}), ACKNOWLEDGEMENT)
    assert results(feed) == [(1, one.number, "items[1].line", "unknown_line")]
    assert state(one) == ("unshipped", [3])


def test_a_parcel_with_nothing_in_it_is_not_everything(three):
    shop, one = three
    feed = send(shop, lines(shipped(one, items=[])))
    assert results(feed) == [(1, one.number, "items", "empty")]
    assert (state(one), Payable.objects.get(pk=one.payable_id).captured_minor) == (("unshipped", [3]), 0)


CANCEL = """<?xml version="1.0"?><AmazonEnvelope><MessageType>OrderAdjustment</MessageType><Message>
<MessageID>1</MessageID><OrderAdjustment><AmazonOrderID>{number}</AmazonOrderID><ActionType>Cancel</ActionType>
<AdjustedItem><AmazonOrderItemCode>1</AmazonOrderItemCode><AdjustmentReason>{reason}</AdjustmentReason>
<ItemPriceAdjustments><Component><Type>{component}</Type><Amount>24.50</Amount></Component></ItemPriceAdjustments>
<QuantityCancelled>1</QuantityCancelled></AdjustedItem></OrderAdjustment></Message></AmazonEnvelope>"""


def cancel(shop, one, reason="NoInventory", component="Principal"):
    return send(shop, CANCEL.format(number=one.number, reason=reason, component=component), ADJUSTMENT)


def test_cancelled_pieces_are_not_sent_any_more(three):
    shop, one = three
    feed = cancel(shop, one)
    assert (feed.applied, results(feed), state(one)) == (1, [], ("unshipped", [2]))
    assert Payable.objects.values_list("released_minor", flat=True).get() == 2450


@pytest.mark.parametrize(
    ("fields", "field", "code"),
    [
        ({"reason": "GeneralAdjustment"}, "AdjustedItem/AdjustmentReason", "not_cancelled"),
        ({"component": "Goodwill"}, "AdjustedItem/ItemPriceAdjustments", "missing"),
    ],
)
def test_pieces_that_would_still_be_sent_are_not_cancelled(three, fields, field, code):
    shop, one = three
    assert results(cancel(shop, one, **fields)) == [(1, one.number, field, code)]
    assert (state(one), Adjustment.objects.count()) == (("unshipped", [3]), 0)


def test_the_same_again_without_a_reference_changes_nothing_and_says_so():
    shop, (one,) = shop_with(status="shipped")
    record = refund(one)
    send(shop, lines(record), ADJUSTMENT)
    feed = send(shop, lines(record, refund(one, "2.00", reference="R-1")), ADJUSTMENT)
    again = send(shop, lines(refund(one, "2.00", reference="R-1")), ADJUSTMENT)
    assert (feed.applied, feed.unchanged, again.unchanged, Adjustment.objects.count()) == (1, 1, 1, 2)
    assert results(feed) == [(1, one.number, "items[0].reference", "same_again")]
    assert (feed.results.get().warning, results(again)) == (True, [])
