"""Money is given back once, with a reason, and never more than was paid."""

import pytest

from comity.catalog.models import Listing
from comity.common.errors import Refused
from comity.common.models import OutboxEvent, RecordEntry
from comity.ledger.models import Journal
from comity.ledger.services.books import Move, book
from comity.orders.models import Adjustment, AdjustmentPart, Order, ShipmentLine
from comity.orders.services.adjusting import Change, Part, full_adjustment
from comity.orders.services.results import only
from tests.factories import NOW, marketplace, seller, shipment
from tests.orders.adjusting import books, change, fault, nothing_happened, ordered, principal, run, sent

pytestmark = pytest.mark.django_db
REASONS = [str(one) for one in Adjustment.Reason]
COMPONENTS = [str(one) for one in AdjustmentPart.Component]


@pytest.fixture
def shop():
    return seller(marketplace())


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
