"""Money is given back once, with a reason, and never more than was paid."""

import pytest
from django.db import transaction
from django.db.models import Sum
from hypothesis import given, settings
from hypothesis import strategies as st

from comity.catalog.models import Listing
from comity.common.errors import Refused
from comity.common.models import OutboxEvent, RecordEntry
from comity.ledger.models import Entry, Journal
from comity.ledger.services.books import Move, book
from comity.orders.models import Adjustment, AdjustmentPart, Order, OrderLine, ShipmentLine
from comity.orders.selectors.parcels import left_to_send
from comity.orders.services.adjusting import Change, Part, adjust, full_adjustment
from comity.orders.services.results import only
from tests.factories import NOW, buyer, listing, marketplace, order, seller, shipment
from tests.orders.shipping import charged, parcel, ship

pytestmark = pytest.mark.django_db
REASONS = [str(one) for one in Adjustment.Reason]
COMPONENTS = [str(one) for one in AdjustmentPart.Component]


@pytest.fixture
def shop():
    return seller(marketplace())


def ordered(shop, *, total=2_450, quantity=1, unit=2_450, **fields):
    """One line, external id "1"."""
    made = order(buyer(shop.marketplace), shop, listing(shop, price_minor=unit), total_minor=total, **fields)
    OrderLine.objects.filter(order=made).update(quantity=quantity)
    return made


def sent(shop, **fields):
    """All of it has left and was paid."""
    made = ordered(shop, **fields)
    shipment(made)
    book([Move(made.payable, Journal.Kind.CAPTURE, made.total_minor, f"shp_{made.pk}")], now=NOW)
    return made


def change(of, *parts, reason="GeneralAdjustment", reference="a-1", **fields):
    return Change(of.number, reason, tuple(parts), reference, **fields)


def principal(amount, line="1", quantity=None):
    return Part(line, "Principal", amount, quantity)


def run(shop, *changes, source="comity"):
    return adjust(shop, changes, source=source, actor="usr_1", now=NOW)


def fault(shop, *changes):
    *_, result = run(shop, *changes)
    return [(one.code, one.field) for one in result.faults]


def books():
    return Entry.objects.aggregate(all=Sum("amount_minor"))["all"] or 0


def nothing_happened(of):
    payable = type(of.payable).objects.get(pk=of.payable_id)
    assert not Adjustment.objects.exists()
    assert not OutboxEvent.objects.filter(name="adjustment.made").exists()
    assert (payable.refunded_minor, payable.released_minor) == (0, 0)


@pytest.mark.requirement("S49", "S58")
def test_a_part_of_what_was_paid_is_given_back_told_and_on_record(shop):
    one = sent(shop)
    result = only(run(shop, change(one, principal(1_000, quantity=1))))

    made = Adjustment.objects.get(public_id=result.made)
    assert (made.amount_minor, made.refunded_minor, made.released_minor) == (1_000, 1_000, 0)
    assert (made.reason, made.external_id, made.made_by, made.made_at) == ("GeneralAdjustment", "a-1", "usr_1", NOW)
    assert list(made.parts.values_list("line__external_id", "component", "quantity", "amount_minor")) == [
        ("1", "Principal", 1, 1_000)
    ]
    event = OutboxEvent.objects.get(name="adjustment.made")
    assert event.data == {"adjustment": made.public_id, "reason": "GeneralAdjustment", "order": one.public_id}
    assert RecordEntry.objects.filter(chain=one.public_id, facts__contains="adjustment.made").count() == 1
    one.payable.refresh_from_db()
    assert (one.payable.refundable_minor, books()) == (1_450, 0)


@pytest.mark.requirement("S49")
def test_charges_make_it_smaller_and_are_kept_below_zero(shop):
    one = sent(shop)
    parts = (principal(2_450), Part("1", "RestockingFee", 490), Part("", "ReturnShipping", 300))
    made = Adjustment.objects.get(public_id=only(run(shop, change(one, *parts, reason="CustomerReturn"))).made)

    assert made.amount_minor == 1_660
    assert sorted(made.parts.values_list("component", "amount_minor")) == [
        ("Principal", 2_450),
        ("RestockingFee", -490),
        ("ReturnShipping", -300),
    ]


def test_what_was_not_taken_yet_is_not_taken_any_more(shop):
    one = ordered(shop)
    made = Adjustment.objects.get(public_id=only(run(shop, change(one, principal(450)))).made)

    assert (made.released_minor, made.refunded_minor) == (450, 0)
    one.payable.refresh_from_db()
    assert (one.payable.open_minor, one.payable.captured_minor) == (2_000, 0)


def test_of_a_split_order_what_has_left_is_refunded_and_the_rest_released(shop):
    one = ordered(shop, quantity=3, unit=1_000, total=3_000)
    parcel = shipment(one)
    Order.objects.filter(pk=one.pk).update(status="partially_shipped")
    ShipmentLine.objects.filter(shipment=parcel).update(quantity=2)
    book([Move(one.payable, Journal.Kind.CAPTURE, 2_000, parcel.public_id)], now=NOW)

    made = Adjustment.objects.get(public_id=only(run(shop, change(one, principal(1_500)))).made)
    assert (made.released_minor, made.refunded_minor) == (1_000, 500)


@pytest.mark.requirement("S43")
@pytest.mark.parametrize("reason", ["NoInventory", "CouldNotShip"])
def test_what_cannot_be_sent_ends_the_order(shop, reason):
    one = ordered(shop)
    only(run(shop, change(one, *full_adjustment(one), reason=reason)))

    one.refresh_from_db()
    assert (one.status, one.cancelled_at, one.payable.open_minor, one.payable.released_minor) == (
        "unfulfillable",
        NOW,
        0,
        2_450,
    )
    ended = OutboxEvent.objects.get(name="order.unfulfillable").data
    assert ended == {"reason": reason, "by": "seller", "order": one.public_id}
    stock = Listing.objects.get(pk=one.lines.get().listing_id)
    assert (stock.quantity, stock.version) == ((0, 2) if reason == "NoInventory" else (9, 1))


def test_with_a_discount_all_the_money_ends_the_order(shop):
    one = ordered(shop, quantity=2, unit=1_000, total=1_500)
    only(run(shop, change(one, *full_adjustment(one), reason="CouldNotShip")))

    one.refresh_from_db()
    assert (one.status, one.payable.released_minor) == ("unfulfillable", 1_500)


def test_a_part_of_what_cannot_be_sent_ends_nothing(shop):
    one = ordered(shop, quantity=2, unit=1_000, total=2_000)
    only(run(shop, change(one, principal(1_000), reason="CouldNotShip")))

    one.refresh_from_db()
    assert one.status == "unshipped"


def test_the_pending_order_is_cancelled(shop):
    one = ordered(shop, status="pending")
    only(run(shop, change(one, *full_adjustment(one), reason="NoInventory")))

    one.refresh_from_db()
    assert one.status == "cancelled"


def test_the_same_again_is_the_same(shop):
    one = sent(shop)
    first, again = run(shop, change(one, principal(500)), change(one, principal(500)))
    later = only(run(shop, change(one, principal(500))))

    assert (first.repeated, again.repeated, later.repeated) == (False, True, True)
    assert first.made == again.made == later.made
    assert Journal.objects.filter(kind="refund").count() == 1


def test_the_same_reference_with_other_content_is_refused(shop):
    one = sent(shop)
    run(shop, change(one, principal(500)))

    for other in (change(one, principal(501)), change(one, principal(500), reason="Other")):
        assert fault(shop, other) == [("reference_taken", "reference")]
    assert Adjustment.objects.get().amount_minor == 500


def test_two_sources_may_use_one_reference(shop):
    one = sent(shop)
    run(shop, change(one, principal(500)))
    assert only(run(shop, change(one, principal(500)), source="feed")).repeated is False


def test_never_more_than_was_paid_for_a_line_earlier_ones_counted(shop):
    one = sent(shop, total=3_000)  # 24.50 of it is the line's
    run(shop, change(one, principal(2_000)))

    result = run(shop, change(one, principal(451), reference="a-2"))[0]
    assert [(f.code, f.field) for f in result.faults] == [("more_than_paid", "parts[0].amount")]
    assert "€4.51 is more than the €4.50 left of the price" in result.faults[0].sentence
    assert not run(shop, change(one, principal(450), reference="a-2"))[0].faults


def test_never_more_than_was_paid_in_all(shop):
    one = sent(shop)
    assert fault(shop, change(one, Part("", "Goodwill", 2_451))) == [("more_than_paid", "parts")]
    nothing_happened(one)


@pytest.mark.parametrize("fields", [{}, {"total": 2_000}, {"total": 2_700}], ids=["", "discount", "postage"])
def test_no_more_is_given_than_the_order_ever_was_though_it_is_deducted_again(shop, fields):
    one = sent(shop, **fields)
    most = max(2_450, one.total_minor)
    parts = principal(2_450), Part("", "Shipping", most - 2_450 + 1), Part("", "RestockingFee", 1_000)
    assert fault(shop, change(one, *parts)) == [("more_than_paid", "parts")]
    assert fault(shop, change(one, Part("", "Goodwill", 10**12), Part("", "RestockingFee", 10**12 - 1))) == [
        ("more_than_paid", "parts")
    ]
    kept = principal(2_450), *([Part("", "Shipping", most - 2_450)] if most > 2_450 else []), parts[-1]
    assert only(run(shop, change(one, *kept))).made


def test_two_of_one_batch_do_not_take_the_same_money(shop):
    one = sent(shop)
    good = change(one, principal(2_000), reference="a-1")
    assert fault(shop, good, change(one, principal(2_000), reference="a-2")) == [("more_than_paid", "parts[0].amount")]
    assert Adjustment.objects.count() == 1


def test_what_is_held_back_for_a_claim_cannot_be_given_back(shop):
    one = sent(shop)
    book([Move(one.payable, Journal.Kind.RESERVE, 2_000, "clm_1")], now=NOW)
    assert fault(shop, change(one, principal(451))) == [("more_than_paid", "parts")]


@pytest.mark.parametrize(
    ("parts", "fields", "expected"),
    [
        ((principal(0),), {}, ("not_positive", "parts[0].amount")),
        ((principal(-1),), {}, ("not_positive", "parts[0].amount")),
        ((principal(10**20),), {}, ("not_positive", "parts[0].amount")),
        ((), {}, ("nothing", "parts")),
        ((Part("1", "RestockingFee", 100),), {}, ("not_positive", "parts")),
        ((principal(100), Part("1", "RestockingFee", 100)), {}, ("not_positive", "parts")),
        ((principal(100, line="9"),), {}, ("unknown_line", "parts[0].line")),
        ((principal(100, line=""),), {}, ("line_needed", "parts[0].line")),
        ((Part("1", "Price", 100),), {}, ("unknown_component", "parts[0].component")),
        ((principal(100, quantity=2),), {}, ("out_of_range", "parts[0].quantity")),
        ((principal(100),), {"reason": "Because"}, ("unknown_reason", "reason")),
        ((principal(100),), {"currency": "USD"}, ("currency_mismatch", "currency")),
        ((principal(100),), {"reference": ""}, ("bad_reference", "reference")),
        ((principal(100),), {"reference": "a\0b"}, ("bad_reference", "reference")),
        ((principal(100),), {"note": "x" * 2_001}, ("too_long", "note")),
    ],
)
def test_what_is_wrong_is_named_and_nothing_happens(shop, parts, fields, expected):
    one = sent(shop)
    assert fault(shop, change(one, *parts, **fields)) == [expected]
    nothing_happened(one)


@pytest.mark.requirement("S36")
def test_what_the_marketplace_sends_the_seller_cannot_refund(shop):
    one = sent(shop, fulfilment="marketplace")
    assert fault(shop, change(one, principal(100))) == [("marketplace_fulfils", "order")]
    nothing_happened(one)


def test_another_sellers_order_looks_like_none(shop):
    one = sent(seller(shop.marketplace))
    strange = run(shop, change(one, principal(100)))[0].faults[0]
    missing = run(shop, Change("305-0000000-0000000", "Other", (principal(100),), "a-1"))[0].faults[0]
    assert (strange.code, missing.code) == ("unknown_order", "unknown_order")
    assert strange.sentence.replace(one.number, "") == missing.sentence.replace("305-0000000-0000000", "")
    assert fault(shop, Change("\0", "Other", (principal(100),), "a-1")) == [("unknown_order", "order")]
    nothing_happened(one)


def test_a_page_is_told_the_first_thing_that_is_wrong(shop):
    with pytest.raises(Refused) as refused:
        only(run(shop, change(sent(shop), principal(99_999))))
    assert (refused.value.code, refused.value.field) == ("more_than_paid", "parts[0].amount")


@pytest.mark.parametrize("reason", REASONS)
def test_all_eighteen_reasons_are_taken(shop, reason):
    assert len(REASONS) == 18
    assert run(shop, change(sent(shop), principal(100), reason=reason))[0].faults == ()


def test_all_sixteen_components_are_taken(shop):
    assert len(COMPONENTS) == 16
    one = sent(shop, total=9_000)
    only(run(shop, change(one, *(Part("1", name, 100) for name in COMPONENTS))))
    assert Adjustment.objects.get().amount_minor == 1_000  # thirteen add, three deduct


def test_everything_that_is_left_is_lines_and_the_rest(shop):
    one = sent(shop, total=3_000)
    assert full_adjustment(one) == (principal(2_450, quantity=1), Part("", "Other", 550))
    run(shop, change(one, principal(1_000), Part("", "Shipping", 550)))
    one.payable.refresh_from_db()
    assert full_adjustment(one) == (principal(1_450),)
    only(run(shop, change(one, *full_adjustment(one), reference="a-2")))
    one.payable.refresh_from_db()
    assert (one.payable.refundable_minor, full_adjustment(one)) == (0, ())


def test_goodwill_before_leaves_less_of_the_price(shop):
    one = sent(shop)
    run(shop, change(one, Part("", "Goodwill", 1_000)))
    one.payable.refresh_from_db()
    assert full_adjustment(one) == (principal(1_450),)


@pytest.mark.parametrize("count", [1, 3])
def test_any_number_costs_the_same(shop, count, django_assert_num_queries):
    changes = [change(sent(shop), principal(100)) for _ in range(count)]
    with django_assert_num_queries(STATEMENTS):
        run(shop, *changes)


STATEMENTS = 18


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
    assert (one.status, one.payable.open_minor, one.payable.captured_minor) == ("unfulfillable", 0, 1_000)
    assert OutboxEvent.objects.get(name="order.unfulfillable").data["by"] == by


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
