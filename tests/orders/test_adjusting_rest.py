"""What is not sent any more is adjusted: by line, by piece or by amount, before or after a part has left."""

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from comity.catalog.models import Listing
from comity.common.models import OutboxEvent
from comity.ledger.models import Journal, Payable
from comity.ledger.services.books import Move, book
from comity.orders.models import Order, OrderLine, ShipmentLine
from comity.orders.selectors.parcels import left_to_send
from comity.orders.services.adjusting import Part
from comity.orders.services.results import only
from tests.factories import NOW, listing, marketplace, seller, shipment
from tests.orders.adjusting import change, fault, nothing_happened, ordered, principal, run
from tests.orders.shipping import charged, parcel, ship

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop():
    return seller(marketplace())


def two_lines(shop, *, total=2_500):
    """Two lines of one piece, 10.00 each, and 5.00 postage; a piece of each was taken out of stock."""
    made = ordered(shop, unit=1_000, total=total)
    other = listing(shop, price_minor=1_000)
    OrderLine.objects.create(
        order=made, listing=other, external_id="2", title="b", sku="B", quantity=1, unit_minor=1_000
    )
    made.lines.update(taken=1)
    return made


def line_by_line(shop, one, reason, **fields):
    """Each line in a call of its own; the order and its money as they are then."""
    for name in ("1", "2"):
        only(run(shop, change(one, principal(1_000, name, 1), reason=reason, reference=name, **fields)))
    one.refresh_from_db()
    one.payable.refresh_from_db()
    return one.status, one.payable.open_minor, one.payable.released_minor


@pytest.mark.requirement("S43")
@pytest.mark.parametrize(
    ("reason", "status", "by", "stock"),
    [
        ("NoInventory", "unfulfillable", "seller", 0),
        ("CouldNotShip", "unfulfillable", "seller", 10),
        ("ProductOutofStock", "unfulfillable", "seller", 0),
        ("CustomerCancel", "cancelled", "buyer", 10),
    ],
)
def test_given_up_line_by_line_the_order_ends_with_the_last(shop, reason, status, by, stock):
    one = two_lines(shop)
    assert line_by_line(shop, one, reason) == (status, 0, 2_500)
    ended = OutboxEvent.objects.get(name=f"order.{status}").data
    assert ended == {"reason": reason, "by": by, "order": one.public_id}
    assert set(Listing.objects.values_list("quantity", flat=True)) == {stock}


def test_in_one_call_it_ends_as_in_two(shop):
    one = two_lines(shop)
    both = (change(one, principal(1_000, name), reason="ProductOutofStock", reference=name) for name in ("1", "2"))
    assert not any(result.faults for result in run(shop, *both))
    one.refresh_from_db()
    assert (one.status, OutboxEvent.objects.filter(name="order.unfulfillable").count()) == ("unfulfillable", 1)


def test_other_reasons_end_nothing(shop):
    one = two_lines(shop)
    assert line_by_line(shop, one, "GeneralAdjustment") == ("unshipped", 500, 2_000)


def test_a_line_given_for_nothing_is_still_to_be_sent(shop):
    one = two_lines(shop)
    first = change(one, principal(1_000), reason="GeneralAdjustment")
    run(shop, first, change(one, principal(1_000, "2"), reason="NoInventory", reference="a-2"))
    one.refresh_from_db()
    assert one.status == "unshipped"


@pytest.mark.parametrize(("reason", "by"), [("ProductOutofStock", "seller"), ("CustomerCancel", "buyer")])
def test_where_a_part_has_left_the_rest_that_is_given_up_ends_it(shop, reason, by):
    one = two_lines(shop)
    shipment(one).lines.filter(line__external_id="2").delete()
    Order.objects.filter(pk=one.pk).update(status="partially_shipped")
    book([Move(one.payable, Journal.Kind.CAPTURE, 1_000, "shp_1")], now=NOW)
    only(run(shop, change(one, principal(1_000, "2"), reason=reason)))
    one.refresh_from_db()
    one.payable.refresh_from_db()
    assert (one.status, one.payable.open_minor, one.payable.captured_minor) == ("unfulfillable", 0, 1_500)
    assert OutboxEvent.objects.get(name="order.unfulfillable").data["by"] == by


GIVEN_UP = [
    (2_500, (), [("capture", 1_000), ("release", 1_000), ("capture", 500)], 1_500),
    (2_500, (Part("", "Shipping", 500),), [("capture", 1_000), ("release", 1_500)], 1_000),
    (2_500, (Part("", "Shipping", 200),), [("capture", 1_000), ("release", 1_200), ("capture", 300)], 1_300),
    (2_000, (), [("capture", 1_000), ("release", 1_000)], 1_000),
    (1_501, (), [("capture", 750), ("release", 751)], 750),
]


@pytest.mark.requirement("S72")
@pytest.mark.parametrize(("total", "beside", "moved", "paid"), GIVEN_UP)
def test_what_left_costs_the_same_whether_the_rest_is_given_up_before_or_after(shop, total, beside, moved, paid):
    after, before = two_lines(shop, total=total), two_lines(shop, total=total)
    amount = min(1_000, total - 750)
    rest = (principal(amount, "2", 1), *beside)
    for one in (after, before):
        deeds = [
            lambda one=one: only(ship(shop, parcel(one, ("1", 1)))),
            lambda one=one: only(run(shop, change(one, *rest, reason="CouldNotShip"))),
        ]
        for deed in deeds if one is after else reversed(deeds):
            deed()
    assert charged(after) == moved
    assert [Payable.objects.get(order=one).captured_minor for one in (after, before)] == [paid, paid]
    assert [Order.objects.get(pk=one.pk).status for one in (after, before)] == ["unfulfillable", "shipped"]


def test_what_is_charged_with_the_rest_can_be_given_back_by_the_next_of_the_batch(shop):
    one = two_lines(shop)
    only(ship(shop, parcel(one, ("1", 1))))
    rest = change(one, principal(1_000, "2", 1), reason="CouldNotShip")
    back = [change(one, Part("", "Shipping", paid), reference=f"s-{paid}") for paid in (1_501, 1_500)]
    assert [not result.faults for result in run(shop, rest, *back)] == [True, False, True]
    assert charged(one)[-2:] == [("capture", 500), ("refund", 1_500)]


def to_send(one):
    return [pieces for _, pieces in left_to_send(Order.objects.get(pk=one.pk))]


def test_with_a_discount_a_piece_that_is_named_is_not_sent(shop):
    one = two_lines(shop, total=1_600)
    only(run(shop, change(one, principal(800, quantity=1), reason="NoInventory")))
    assert to_send(one) == [0, 1]
    only(run(shop, change(one, principal(800, "2", 1), reason="NoInventory", reference="a-2")))
    one.refresh_from_db()
    assert one.status == "unfulfillable"


TOO_LITTLE = [
    (3_000, (("1", 999, 1),), 1_000),
    (2_400, (("1", 799, 1),), 800),
    (2_400, (("1", 1_599, 2),), 1_600),
    (3_000, (("1", 1_000, None), ("RestockingFee", 999, None)), 1_000),
    (1_000, (("1", 665, 2),), 666),
]


@pytest.mark.requirement("S43")
@pytest.mark.parametrize(("total", "amounts", "least"), TOO_LITTLE)
def test_who_does_not_send_pieces_adjusts_all_that_was_to_be_paid_for_them(shop, total, amounts, least):
    one = ordered(shop, quantity=3, unit=1_000, total=total)
    parts = [principal(paid, name, pieces) if name == "1" else Part("1", name, paid) for name, paid, pieces in amounts]
    assert fault(shop, change(one, *parts, reason="CouldNotShip")) == [("less_than_paid", "parts[0].amount")]
    nothing_happened(one)
    pieces = amounts[0][2] or 1
    only(run(shop, change(one, principal(least, quantity=pieces), reason="CouldNotShip")))
    (sent,) = ship(shop, parcel(one, ("1", 3 - pieces)))
    assert (sent.faults, charged(one)) == ((), [("release", least), ("capture", total - least)])


SENT_OR_GIVEN_UP = st.lists(
    st.tuples(st.booleans(), st.integers(1, 2), st.sampled_from([1, 500, 800, 1_000, 1_700, 2_000]), st.booleans()),
    min_size=2,
    max_size=5,
)


@settings(max_examples=12, deadline=None)
@given(beside=st.integers(-3_000, 300), steps=SENT_OR_GIVEN_UP)
def test_whatever_is_given_up_for_whatever_sum_only_what_left_is_paid_for(beside, steps):
    with transaction.atomic():
        shop, pieces = seller(), 4
        one = ordered(shop, quantity=pieces, unit=1_000, total=pieces * 1_000 + beside)
        for number, (sends, count, amount, fee) in enumerate(steps):
            if sends:
                ship(shop, parcel(one, ("1", count), reference=f"p-{number}"))
            else:
                parts = [principal(amount, quantity=count), *[Part("1", "RestockingFee", amount - 1)] * fee]
                run(shop, change(one, *parts, reason="CouldNotShip", reference=f"a-{number}"))
        gone = sum(ShipmentLine.objects.filter(shipment__order=one).values_list("quantity", flat=True))
        taken = sum(amount for kind, amount in charged(one) if kind == "capture")
        assert taken <= gone * (1_000 + min(beside, 0) / pieces) + max(beside, 0) + pieces  # what rounding left
        transaction.set_rollback(True)


@pytest.mark.requirement("S43")
def test_a_piece_is_given_up_in_several_amounts(shop):
    one = ordered(shop, quantity=3, unit=1_000, total=2_400)
    for number, amount in enumerate((600, 400)):
        only(run(shop, change(one, principal(amount), reason="CustomerCancel", reference=f"a-{number}")))
    assert to_send(one) == [2]
    ship(shop, parcel(one))
    assert charged(one) == [("release", 600), ("release", 400), ("capture", 1_400)]


def test_of_an_amount_that_is_less_than_a_piece_nothing_is_kept_either(shop):
    one = ordered(shop, quantity=3, unit=1_000, total=3_000)
    kept = change(one, principal(600), Part("1", "RestockingFee", 599), reason="CustomerCancel")
    assert fault(shop, kept) == [("less_than_paid", "parts[0].amount")]
    nothing_happened(one)


@pytest.mark.parametrize("before", [principal(500), Part("", "Other", 1_500)])
def test_who_gives_up_what_is_paid_back_in_part_adjusts_what_is_left(shop, before):
    """Of the price of the line, or of all that was to be paid."""
    one = two_lines(shop, total=2_000)
    run(shop, change(one, before))
    given_up = [change(one, principal(paid, quantity=1), reason="CouldNotShip", reference="b") for paid in (499, 500)]
    assert fault(shop, given_up[0]) == [("less_than_paid", "parts[0].amount")]
    only(run(shop, given_up[1]))


def test_of_a_discounted_order_that_left_in_part_who_gives_the_rest_up_keeps_the_discount(shop):
    one = ordered(shop, quantity=2, unit=1_000, total=1_500)
    ship(shop, parcel(one, ("1", 1)))
    only(run(shop, change(one, principal(750, quantity=1), reason="CouldNotShip")))
    assert charged(one) == [("capture", 750), ("release", 750)]


def test_what_was_given_for_goodwill_before_stays_so(shop):
    one = ordered(shop, quantity=3, unit=1_000, total=3_000)
    goodwill = change(one, principal(500))
    run(shop, goodwill, change(one, principal(1_000, quantity=1), reason="NoInventory", reference="a-2"))
    rest = change(one, principal(1_500, quantity=2), reason="NoInventory", reference="a-3")
    assert run(shop, rest)[0].faults == ()


def test_an_amount_without_pieces_is_as_many_as_it_is_the_price_of(shop):
    one = ordered(shop, quantity=3, unit=1_000, total=3_000)
    only(run(shop, change(one, principal(1_500), principal(500), reason="NoInventory")))
    assert to_send(one) == [1]


@pytest.mark.parametrize(("amount", "status"), [(100, "unshipped"), (500, "cancelled")])
def test_of_what_costs_only_postage_a_part_of_it_ends_nothing(shop, amount, status):
    one = ordered(shop, unit=0, total=500)
    only(run(shop, change(one, Part("", "Shipping", amount), reason="CustomerCancel")))
    one.refresh_from_db()
    assert one.status == status
