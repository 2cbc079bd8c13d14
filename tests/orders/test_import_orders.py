"""Orders from files: once, in full, and along the status table."""

import pytest
from django.db import IntegrityError, transaction

from comity.common.models import OutboxEvent
from comity.ledger.models import Payable, Payment
from comity.orders.models import Adjustment, AdjustmentPart, Order, OrderLine, Shipment, ShipmentLine
from tests.factories import NOW, marketplace
from tests.orders.importing import ORDER, SHIPMENT, bring, bring_shop

pytestmark = pytest.mark.django_db
SHIPPED = {**ORDER, "status": "shipped"}


@pytest.fixture(autouse=True)
def shop():
    marketplace(slug="north", language="sv")
    bring_shop()


def line(**change):
    return {**ORDER["lines"][0], **change}


def parcel(name, pieces):
    return {**SHIPMENT, "external_id": name, "lines": [{"line": "1", "quantity": pieces}]}


def test_an_order_with_its_lines_and_shipments():
    row = {**SHIPPED, "ship_to": "Bea\n1 Road", "shipments": [{**parcel("P-1", 2), "tracking_number": "JV1"}]}
    assert bring("orders", [row]).counts == (1, 0, 0)
    one = Order.objects.get()
    assert (one.total_minor, one.language, one.status, one.ship_to) == (2500, "sv", "shipped", "Bea\n1 Road")
    assert one.placed_at.isoformat() == "2026-02-01T09:00:00+00:00"
    assert list(one.lines.values_list("sku", "unit_minor", "listing__external_id")) == [("LAMP", 1250, "l1")]
    assert list(ShipmentLine.objects.values_list("shipment__tracking_number", "quantity")) == [("JV1", 2)]


def test_the_numbers_of_its_shipments_are_stored_without_the_blanks_of_their_labels():
    sent = {**SHIPMENT, "carrier": "DHL", "tracking_number": "JVGL 06 1234 5678 9012"}
    assert bring("orders", [{**SHIPPED, "shipments": [sent]}]).counts == (1, 0, 0)
    assert Shipment.objects.get().tracking_number == "JVGL06123456789012"


def test_a_live_order_whose_second_shipment_has_no_number_is_refused():
    sent = [{**SHIPMENT, "tracking_number": "JV 1"}, {**SHIPMENT, "external_id": "P-2", "tracking_number": "call me"}]
    result = bring("orders", [{**SHIPPED, "shipments": sent}], live=True)
    assert result.refusals == [(1, "shipments[1].tracking_number", "bad_tracking")]
    assert Order.objects.count() == 0


def test_of_history_an_order_is_taken_with_its_shipment_that_has_no_number():
    sent = [{**parcel("P-1", 1), "tracking_number": "JV 1"}, {**parcel("P-2", 1), "tracking_number": "N/A"}]
    result = bring("orders", [{**SHIPPED, "shipments": sent}])
    assert (result.counts, result.warnings) == ((1, 0, 0), [(1, "shipments[1].tracking_number", "no_tracking")])
    assert list(Shipment.objects.order_by("id").values_list("tracking_number", flat=True)) == ["JV1", ""]


def test_an_import_is_historic_and_tells_of_no_order():
    OutboxEvent.objects.all().delete()
    bring("orders", [{**SHIPPED, "shipments": [SHIPMENT]}])
    one = Order.objects.get()
    told = list(OutboxEvent.objects.values_list("name", "stream", "data"))
    assert told == [("orders.imported", one.marketplace.public_id, {"orders": [one.public_id]})]
    assert one.event_count == 0


def test_what_an_import_did_not_change_is_not_told():
    bring("orders", [ORDER])
    before = OutboxEvent.objects.count()
    bring("orders", [ORDER])
    assert OutboxEvent.objects.count() == before


def test_a_live_import_announces_what_is_new_once():
    for _ in range(2):
        bring("orders", [{**SHIPPED, "shipments": [SHIPMENT]}], live=True)
    one = Order.objects.get()
    events = (
        OutboxEvent.objects.exclude(name__endswith=".imported")
        .order_by("sequence")
        .values_list("name", "stream", "sequence", "marketplace")
    )
    place = one.marketplace.public_id
    assert list(events) == [
        ("order.placed", one.public_id, 1, place),
        ("shipment.confirmed", one.public_id, 2, place),
    ]
    assert one.event_count == 2


def test_the_same_file_again_changes_nothing():
    rows = [{**SHIPPED, "external_id": f"W-{n}", "shipments": [SHIPMENT]} for n in range(3)]
    assert bring("orders", rows).counts == (3, 0, 0)
    before = [list(model.objects.order_by("pk").values()) for model in (Order, OrderLine, Shipment)]
    assert bring("orders", rows).counts == (0, 3, 0)
    assert [list(model.objects.order_by("pk").values()) for model in (Order, OrderLine, Shipment)] == before


@pytest.mark.parametrize(
    ("change", "field", "code"),
    [
        ({"seller": "s9"}, "seller", "unknown_reference"),
        ({"buyer": "b9"}, "buyer", "unknown_reference"),
        ({"lines": []}, "lines", "missing"),
        ({"lines": [line(listing="l9")]}, "lines[0].listing", "unknown_reference"),
        ({"lines": [line(), line()]}, "lines[1].external_id", "duplicate"),
        ({"lines": [line(quantity=0)]}, "lines[0].quantity", "out_of_range"),
        ({"lines": [line(price="1.005")]}, "lines[0].price", "decimals"),
        ({"lines": [line(price="999999999999", quantity=1_000_000)]}, "total", "too_large"),
        ({"total": "0.001"}, "total", "decimals"),
        ({"status": "lost"}, "status", "unknown_choice"),
        ({"status": "delivered"}, "delivered_at", "status"),
        ({"delivered_at": "2026-02-09T10:00:00Z"}, "delivered_at", "status"),
        ({"cancelled_at": "2026-02-09T10:00:00Z"}, "cancelled_at", "status"),
        ({"placed_at": "2027-03-04T10:00:00Z"}, "placed_at", "future"),
        ({"placed_at": "2026-02-01T10:00:00"}, "placed_at", "no_zone"),
        ({"ship_from": "2026-02-03T00:00:00Z", "ship_by": "2026-02-02T00:00:00Z"}, "ship_by", "sequence"),
        ({"shipments": [SHIPMENT]}, "shipments", "status"),
        ({"status": "pending", "shipments": [SHIPMENT]}, "shipments", "status"),
        ({"status": "partially_shipped", "shipments": [parcel("1", 1), parcel("2", 1)]}, "status", "status"),
        (
            {"status": "shipped", "shipments": [{**SHIPMENT, "shipped_at": "2027-01-01T00:00:00Z"}]},
            "shipments[0].shipped_at",
            "future",
        ),
        ({"status": "shipped", "shipments": [SHIPMENT, SHIPMENT]}, "shipments[1].external_id", "duplicate"),
        ({"status": "partially_shipped", "shipments": [SHIPMENT]}, "shipments[0].lines", "missing"),
        (
            {"status": "shipped", "shipments": [{**SHIPMENT, "lines": [{"line": "7", "quantity": 1}]}]},
            "shipments[0].lines[0].line",
            "unknown_reference",
        ),
        (
            {"status": "shipped", "shipments": [{**SHIPMENT, "lines": [{"line": "1", "quantity": 3}]}]},
            "shipments[0].lines[0].quantity",
            "out_of_range",
        ),
        ({"event_count": 5}, "event_count", "unknown_field"),
    ],
)
def test_an_order_that_cannot_be_is_refused_whole(change, field, code):
    result = bring("orders", [{**ORDER, **change}])
    assert (result.counts, result.refusals) == ((0, 0, 1), [(1, field, code)])
    assert [model.objects.count() for model in (Order, OrderLine, Shipment)] == [0, 0, 0]


def test_an_order_moves_along_the_table_only():
    bring("orders", [ORDER])
    assert bring("orders", [{**ORDER, "status": "delivered", "delivered_at": "2026-02-09T10:00:00Z"}]).counts == (
        1,
        0,
        0,
    )
    result = bring("orders", [{**ORDER, "status": "unshipped"}])
    assert result.refusals == [(1, "status", "transition"), (1, "delivered_at", "status")]
    assert Order.objects.get().status == "delivered"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"buyer": "b2"}, "buyer"),
        ({"fulfilment": "marketplace"}, "fulfilment"),
        ({"currency": "USD"}, "currency"),
        ({"placed_at": "2026-02-02T10:00:00Z"}, "placed_at"),
    ],
)
def test_who_what_and_when_of_an_order_never_change(change, field):
    bring("buyers", [{"external_id": "b2", "name": "Cem"}])
    bring("orders", [ORDER])
    before = Order.objects.values().get()
    assert bring("orders", [{**ORDER, **change}]).refusals == [(1, field, "fixed")]
    assert Order.objects.values().get() == before


def test_a_later_file_may_add_lines_and_never_removes_any():
    bring("orders", [ORDER])
    gift = {**ORDER, "lines": [line(external_id="2", price=0, quantity=1)]}
    assert bring("orders", [gift]).counts == (1, 0, 0)
    assert list(OrderLine.objects.order_by("external_id").values_list("external_id", flat=True)) == ["1", "2"]
    assert Order.objects.get().total_minor == 2500


@pytest.mark.parametrize(
    ("change", "fields"),
    [
        ({"lines": [line(price="1250.00")]}, ["total", "lines[0].price"]),
        ({"lines": [line(price="1250.00")], "total": "25.00"}, ["lines[0].price"]),
        ({"lines": [line(quantity=3)]}, ["total"]),
        ({"lines": [line(), line(external_id="2", price=1, quantity=1)]}, ["total"]),
        ({"total": "24.00"}, ["total"]),
    ],
)
def test_what_is_owed_for_an_order_never_changes(change, fields):
    bring("orders", [ORDER])
    before = [list(model.objects.values()) for model in (Order, OrderLine, Payable)]
    assert bring("orders", [{**ORDER, **change}]).refusals == [(1, field, "fixed") for field in fields]
    assert [list(model.objects.values()) for model in (Order, OrderLine, Payable)] == before


def test_a_title_may_be_corrected_and_a_total_that_a_file_leaves_out_stays():
    bring("orders", [{**ORDER, "total": "20.00"}])
    assert bring("orders", [{**ORDER, "lines": [line(title="Oil lamp, green")]}]).counts == (1, 0, 0)
    assert (Order.objects.get().total_minor, OrderLine.objects.get().title) == (2000, "Oil lamp, green")


def test_no_file_makes_it_fewer_pieces_than_have_left_or_were_adjusted():
    bring("orders", [{**ORDER, "total": "25.00"}], live=True)
    half = {**SHIPMENT, "order": "W-1", "lines": [{"line": "1", "quantity": 2}]}
    bring("shipments", [half], live=True)
    fewer = {**ORDER, "total": "25.00", "status": "shipped", "lines": [line(quantity=1)]}
    assert bring("orders", [fewer], live=True).refusals == [(1, "lines[0].quantity", "fixed")]
    assert OrderLine.objects.get().quantity == 2

    part = AdjustmentPart(line=OrderLine.objects.get(), quantity=2, amount_minor=2500, component="Principal")
    made = {"external_id": "a", "reason": "CouldNotShip", "amount_minor": 2500, "made_at": NOW, "public_id": "adj_1"}
    part.adjustment = Adjustment.objects.create(order=part.line.order, refunded_minor=2500, released_minor=0, **made)
    part.save()
    ShipmentLine.objects.all().delete()
    assert bring("orders", [fewer], live=True).refusals == [(1, "lines[0].quantity", "fixed")]


def test_a_number_of_the_known_form_is_taken_over():
    bring("orders", [{**ORDER, "external_id": "305-1234567-7654321"}])
    assert Order.objects.get().number == "305-1234567-7654321"


def test_other_orders_get_a_number_of_that_form_and_keep_it():
    bring("orders", [ORDER])
    number = Order.objects.get().number
    assert [len(part) for part in number.split("-")] == [3, 7, 7]
    assert number.replace("-", "").isdecimal()
    Order.objects.all().delete()
    bring("orders", [ORDER])
    assert Order.objects.get().number == number


def test_two_orders_never_get_the_same_number():
    bring("orders", [ORDER])
    stolen = Order.objects.get().number
    Order.objects.all().delete()
    bring("orders", [{**ORDER, "external_id": stolen}, ORDER])
    numbers = dict(Order.objects.values_list("external_id", "number"))
    assert numbers[stolen] == stolen
    assert len(set(numbers.values())) == 2


CSV_HEAD = "external_id,seller,buyer,status,fulfilment,currency,placed_at,line_external_id,line_title,line_sku,line_quantity,line_price"
CSV_ORDER = "W-1,s1,b1,unshipped,seller,EUR,2026-02-01T10:00:00Z"


def csv(*lines):
    return "\r\n".join([CSV_HEAD, *lines]).encode()


def test_csv_lines_of_one_order_are_folded():
    content = csv(
        f"{CSV_ORDER},1,Lamp,LAMP,2,12.50",
        "W-1,,,,,,,2,Wick,WICK,1,0.50",
        f"{CSV_ORDER.replace('W-1', 'W-2')},1,Lamp,LAMP,1,12.50",
    )
    assert bring("orders", content, form="csv").counts == (2, 0, 0)
    assert dict(Order.objects.values_list("external_id", "total_minor")) == {"W-1": 2550, "W-2": 1250}


def test_a_bad_csv_line_is_named_and_costs_its_whole_order():
    content = csv(f"{CSV_ORDER},1,Lamp,LAMP,2,12.50", 'W-1,,,,,,,2,Wick,WICK,1,"0,500"')
    result = bring("orders", content, form="csv")
    assert (result.counts, result.refusals) == ((0, 0, 1), [(3, "line_price", "comma_decimal")])
    assert Order.objects.count() == 0


def test_csv_lines_that_contradict_each_other_are_refused():
    content = csv(f"{CSV_ORDER},1,Lamp,LAMP,2,12.50", "W-1,,,shipped,,,,2,Wick,WICK,1,0.50")
    result = bring("orders", content, form="csv")
    assert result.refusals == [(2, "status", "differs")]
    assert "lines 2 and 3" in result.watch.refusals[0].sentence


def test_csv_lines_of_an_order_must_stand_together():
    other = CSV_ORDER.replace("W-1", "W-2")
    content = csv(f"{CSV_ORDER},1,Lamp,LAMP,1,1", f"{other},1,Lamp,LAMP,1,1", f"{CSV_ORDER},2,Wick,WICK,1,1")
    result = bring("orders", content, form="csv")
    assert (result.counts, result.refusals) == ((2, 0, 1), [(4, "external_id", "duplicate")])


def test_an_order_with_too_many_csv_lines_is_refused():
    content = csv(
        *(f"{CSV_ORDER},{n},Lamp,LAMP,1,1" for n in range(1500)), f"{CSV_ORDER.replace('W-1', 'W-2')},1,L,L,1,1"
    )
    result = bring("orders", content, form="csv")
    assert (result.counts, result.refusals) == ((1, 0, 1), [(2, "lines", "type")])


def test_the_providers_id_of_the_payment_comes_with_the_order():
    bring("orders", [{**ORDER, "payment": "pi_1"}, {**ORDER, "external_id": "W-2"}])
    found = Order.objects.order_by("external_id").values_list("payable__authorisation", flat=True)
    assert list(found) == ["pi_1", ""]


def paid_with(external_id, payment):
    return {**ORDER, "external_id": external_id, "payment": payment}


def test_one_payment_stands_on_one_order_only():
    first = bring("orders", [paid_with("W-1", "pi_1"), paid_with("W-2", "pi_1"), paid_with("W-3", "pi_3")])
    later = bring("orders", [paid_with("W-1", "pi_1"), paid_with("W-4", "pi_3"), paid_with("W-5", "pi_5")])
    assert (first.counts, first.refusals) == ((2, 0, 1), [(2, "payment", "duplicate")])
    assert (later.counts, later.refusals) == ((1, 1, 1), [(2, "payment", "duplicate")])
    found = Order.objects.order_by("external_id").values_list("external_id", "payable__authorisation")
    assert list(found) == [("W-1", "pi_1"), ("W-3", "pi_3"), ("W-5", "pi_5")]


@pytest.mark.parametrize("live", [True, False])
def test_a_pending_order_gets_the_payment_of_a_later_file_once(live, settings):
    settings.PAYMENTS = "stripe"
    bring("orders", [{**ORDER, "status": "pending"}, {**ORDER, "external_id": "W-2"}], live=live)
    for counts in ((1, 0, 0), (0, 1, 0)):
        assert bring("orders", [paid_with("W-1", "pi_1")], live=live).counts == counts
    assert bring("orders", [paid_with("W-2", "pi_2")], live=live).counts == (1, 0, 0)
    found = Order.objects.order_by("external_id").values_list("status", "payable__authorisation")
    assert list(found) == [("unshipped", "pi_1"), ("unshipped", "pi_2")]


def test_what_has_left_with_the_file_that_tells_its_payment_is_charged_with_it(settings):
    settings.PAYMENTS = "stripe"
    bring("orders", [ORDER], live=True)
    bring("orders", [{**paid_with("W-1", "pi_1"), "status": "shipped"}], live=True)
    asked = Payment.objects.values_list(
        "journal__kind", "journal__amount_minor", "journal__payable__authorisation", "state"
    )
    assert list(asked) == [("capture", 2_500, "pi_1", "requested")]


def test_another_payment_than_the_one_that_is_known_is_refused():
    bring("orders", [paid_with("W-1", "pi_1")])
    result = bring("orders", [{**paid_with("W-1", "pi_2"), "status": "shipped"}])
    assert result.refusals == [(1, "payment", "fixed")]
    assert result.watch.refusals[0].sentence == "cannot change: this order is charged with “pi_1”."
    assert Order.objects.values_list("status", "payable__authorisation").get() == ("unshipped", "pi_1")


def test_a_payment_cannot_be_told_of_two_orders_later_either():
    bring("orders", [ORDER, {**ORDER, "external_id": "W-2"}])
    result = bring("orders", [paid_with("W-1", "pi_1"), paid_with("W-2", "pi_1")])
    assert (result.counts, result.refusals) == ((1, 0, 1), [(2, "payment", "duplicate")])


def test_prices_finer_than_the_payment_provider_takes_are_told_of(settings):
    settings.PAYMENTS = "stripe"
    rows = [
        {**ORDER, "currency": "KWD", "lines": [{**ORDER["lines"][0], "price": price}]} for price in ("1.234", "1.230")
    ]
    assert bring("orders", [{**rows[0], "payment": "pi_1"}]).refusals[0][2] == "payment_step"
    assert bring("orders", [{**rows[1], "payment": "pi_1"}]).counts == (1, 0, 0)


def test_a_payment_of_an_order_that_was_refused_is_free_for_another():
    result = bring("orders", [{**paid_with("W-1", "pi_1"), "lines": []}, paid_with("W-2", "pi_1")])
    assert (result.counts, result.refusals) == ((1, 0, 1), [(1, "lines", "missing")])


def test_the_database_keeps_a_payment_to_one_order_and_orders_without_one_apart():
    bring("orders", [{**ORDER, "external_id": external_id} for external_id in ("W-1", "W-2")])
    with pytest.raises(IntegrityError), transaction.atomic():
        Payable.objects.update(authorisation="pi_1")
    assert list(Payable.objects.values_list("authorisation", flat=True)) == ["", ""]
