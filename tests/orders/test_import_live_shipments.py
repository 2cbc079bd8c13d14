"""A live file of shipments does what their sellers' confirmations would; a historic one charges and tells nobody."""

from datetime import UTC, datetime

import pytest

from comity.common.models import OutboxEvent
from comity.common.transactions import write
from comity.orders.models import Order, Shipment, ShipmentLine
from comity.orders.selectors.life import record_of
from comity.orders.selectors.parcels import told_before
from comity.orders.services.confirming import Confirmation, confirm
from comity.orders.services.scanning import Scan, take_scans
from tests.factories import NOW, marketplace
from tests.orders.importing import ORDER, SHIPMENT, bring, bring_shop
from tests.orders.shipping import charged

pytestmark = pytest.mark.django_db
ROW = {**SHIPMENT, "order": "W-1", "tracking_number": "pp 1"}
ALL = [("capture", 2_500)]


@pytest.fixture(autouse=True)
def shop():
    marketplace(slug="north")
    bring_shop()
    bring("orders", [ORDER])


def half(number=1, **change):
    return {**ROW, "external_id": f"P-{number}", "lines": [{"line": "1", "quantity": 1}], **change}


def live(*rows):
    return bring("shipments", list(rows), live=True)


def told():
    return list(OutboxEvent.objects.exclude(name__endswith=".imported").order_by("id").values_list("name", flat=True))


def seen():
    one = Order.objects.get()
    return one.status, charged(one), told()


def test_a_live_shipment_charges_and_moves_the_order_as_a_confirmation_does():
    assert live(ROW).counts == (1, 0, 0)
    assert seen() == ("shipped", ALL, ["shipment.confirmed"])
    one = Shipment.objects.get()
    assert (one.confirmed_at, one.tracking_number, ShipmentLine.objects.get().quantity) == (NOW, "PP1", 2)


NO_NUMBERS = ["call 020 7946 0958 for it", "N/A", "none", "-"]


@pytest.mark.parametrize("number", NO_NUMBERS)
def test_words_are_no_tracking_number(number):
    result = live({**ROW, "tracking_number": number})
    assert (result.refusals, result.warnings) == ([(1, "tracking_number", "bad_tracking")], [])
    assert Shipment.objects.count() == 0


@pytest.mark.parametrize("number", NO_NUMBERS)
def test_of_history_a_shipment_with_words_for_a_number_is_taken_without_and_said_so(number):
    result = bring("shipments", [{**ROW, "tracking_number": number}])
    assert (result.counts, result.warnings) == ((1, 0, 0), [(1, "tracking_number", "no_tracking")])
    said = result.watch.warnings[0].sentence
    rule = "letters A to Z, digits and hyphens, a digit among them, no words and no blanks"
    assert said == f"“{number}” is no tracking number: {rule}. Taken without one."
    assert (Shipment.objects.get().tracking_number, Order.objects.get().status) == ("", "shipped")


def test_of_history_words_for_a_number_leave_the_one_that_is_known():
    bring("shipments", [ROW])
    assert bring("shipments", [{**ROW, "tracking_number": "N/A"}]).counts == (0, 1, 0)
    assert Shipment.objects.get().tracking_number == "PP1"


def test_a_row_that_is_refused_for_something_else_is_warned_of_nothing():
    result = bring("shipments", [{**ROW, "tracking_number": "N/A", "order": "W-9"}])
    assert (result.refusals, result.warnings) == ([(1, "order", "unknown_reference")], [])


@pytest.mark.parametrize("is_live", [True, False])
def test_a_number_is_stored_without_the_blanks_of_its_label(is_live):
    row = {**ROW, "carrier": "dhl", "tracking_number": "JVGL 06 1234 5678 9012"}
    assert bring("shipments", [row], live=is_live).counts == (1, 0, 0)
    assert Shipment.objects.get().tracking_number == "JVGL06123456789012"


def test_live_halves_charge_their_pieces_once():
    for _ in range(2):
        live(half(1), half(2))
    assert seen() == ("shipped", [("capture", 1_250), ("capture", 1_250)], ["shipment.confirmed"] * 2)


def test_more_than_is_left_is_refused_line_by_line():
    assert live(half(1), half(2), half(3)).refusals == [(3, "order", "nothing_left")]
    assert live({**ROW, "external_id": "P-4"}).refusals == [(1, "order", "nothing_left")]
    assert (Shipment.objects.count(), charged(Order.objects.get())) == (2, [("capture", 1_250)] * 2)


def test_pieces_that_left_already_cannot_leave_again():
    live(half(1))
    result = live(half(2, lines=[{"line": "1", "quantity": 2}]))
    assert result.refusals == [(1, "lines[0].quantity", "out_of_range")]
    assert seen() == ("partially_shipped", [("capture", 1_250)], ["shipment.confirmed"])


def test_what_is_in_a_shipment_stays_and_what_left_besides_is_another():
    live(half(1))
    more = half(1, lines=[{"line": "1", "quantity": 2}])
    result = live(more)
    assert result.refusals == [(1, "lines[0].quantity", "fixed")]
    nested = {**ORDER, "status": "shipped", "shipments": [{key: more[key] for key in more if key != "order"}]}
    assert bring("orders", [nested], live=True).refusals == [(1, "shipments[0].lines[0].quantity", "fixed")]
    assert seen() == ("partially_shipped", [("capture", 1_250)], ["shipment.confirmed"])

    assert live(half(1), half(2)).counts == (1, 1, 0)
    assert seen() == ("shipped", [("capture", 1_250)] * 2, ["shipment.confirmed"] * 2)


def test_of_history_what_is_in_a_shipment_stays_too():
    bring("shipments", [half(1)])
    for pieces in (1, 2):
        result = bring("shipments", [half(1, lines=[{"line": "1", "quantity": pieces}])])
    assert result.refusals == [(1, "lines[0].quantity", "fixed")]
    assert (ShipmentLine.objects.get().quantity, seen()[1]) == (1, [("brought_forward", 1_250)])


def test_what_is_not_paid_yet_does_not_leave():
    Order.objects.update(status="pending")
    assert live(ROW).refusals == [(1, "order", "status")]
    assert seen() == ("pending", [], [])


def test_a_live_change_is_a_correction_that_books_nothing():
    live(ROW)
    assert live({**ROW, "tracking_number": "PP2"}).counts == (1, 0, 0)
    assert seen() == ("shipped", ALL, ["shipment.confirmed", "shipment.corrected"])
    assert Shipment.objects.get().corrected_at == NOW


@pytest.mark.parametrize("is_live", [True, False])
def test_what_was_said_of_a_number_is_not_said_of_the_one_that_replaces_it(is_live):
    live(ROW)
    Shipment.objects.update(first_scan_at=NOW, returned_at=NOW)
    bring("shipments", [{**ROW, "tracking_number": "PP2"}], live=is_live)
    assert Shipment.objects.values_list("tracking_number", "first_scan_at", "returned_at").get() == ("PP2", None, None)
    entries = [one for one in record_of(Order.objects.get()) if one.what == "shipment.corrected"]
    assert [told_before(one.text) for one in entries] == [("Parcel Post", "", "PP1")] * is_live


def test_what_an_older_correction_put_on_one_line_is_not_taken_for_a_carrier():
    assert told_before("UPS Standard 1Z999AA10123456784 2026-11-01 12:00:00+00:00") == ("", "", "")


def test_the_same_number_in_other_words_keeps_what_was_said_of_it():
    live({**ROW, "carrier": "UPS"})
    Shipment.objects.update(first_scan_at=NOW)
    live({**ROW, "carrier": "ups", "service": "Express"})
    assert Shipment.objects.values_list("service", "first_scan_at").get() == ("Express", NOW)


def test_a_live_arrival_is_a_carriers_word():
    live(ROW)
    arrived = {**ROW, "delivered_at": "2026-02-05T10:00:00Z"}
    assert (live(arrived).counts, live(arrived).counts) == ((1, 0, 0), (0, 1, 0))
    assert seen() == ("delivered", ALL, ["shipment.confirmed", "shipment.delivered", "order.delivered"])
    assert Order.objects.get().delivered_at.isoformat() == "2026-02-05T10:00:00+00:00"


def feb(day):
    return datetime(2026, 2, day, 10, tzinfo=UTC)


def arrivals():
    parcel = Shipment.objects.get()
    return parcel.first_scan_at, parcel.delivered_at, Order.objects.get().delivered_at


def heard(kind, at):
    take_scans(Order.objects.get().marketplace, [Scan("Parcel Post", "PP1", kind, at)], source="carrier", now=NOW)


def test_a_later_scan_does_not_move_an_arrival_that_a_file_told():
    live({**ROW, "delivered_at": "2026-02-05T10:00:00Z"})
    heard("delivered", feb(9))
    assert arrivals() == (feb(5), feb(5), feb(5))
    heard("in_transit", feb(4))
    assert arrivals() == (feb(4), feb(5), feb(5))
    heard("delivered", feb(3))
    assert arrivals() == (feb(3), feb(3), feb(3))


def test_a_file_corrects_the_arrival_that_it_told():
    for day in ("05", "07"):
        live({**ROW, "delivered_at": f"2026-02-{day}T10:00:00Z"})
    assert arrivals() == (feb(7), feb(7), feb(7))
    heard("delivered", feb(9))
    assert arrivals() == (feb(7), feb(7), feb(7))


def test_a_live_parcel_that_has_arrived_already_is_all_of_it_at_once():
    live({**ROW, "delivered_at": "2026-02-05T10:00:00Z"})
    assert seen() == ("delivered", ALL, ["shipment.confirmed", "shipment.delivered", "order.delivered"])


def test_a_historic_shipment_was_paid_before_and_nobody_is_told():
    for _ in range(2):
        bring("shipments", [half(1), half(2)])
    assert seen() == ("shipped", [("brought_forward", 1_250)] * 2, [])


def test_a_live_order_with_its_parcel_inside_is_charged_once():
    bring("orders", [{**ORDER, "status": "shipped", "shipments": [SHIPMENT]}], live=True)
    assert seen()[:2] == ("shipped", ALL)
    assert told().count("shipment.confirmed") == 1


def confirmed_here(*items):
    """On the page, under a name of its own."""
    one = Order.objects.get()
    parcel = Confirmation(one.public_id, items, "DHL", "", "JD014600006281230704", NOW, "page-1")
    with write():
        (result,) = confirm(one.seller, [parcel], source="page", actor="", now=NOW)
    assert result.faults == ()


def nightly(*shipments, status="delivered", **change):
    moments = {"delivered_at": "2026-11-02T10:00:00Z"} if status == "delivered" else {}
    return bring("orders", [{**ORDER, "status": status, **moments, **change, "shipments": list(shipments)}], live=True)


def own(number=1, pieces=2, **change):
    return {**SHIPMENT, "external_id": f"P-{number}", "lines": [{"line": "1", "quantity": pieces}], **change}


WITHOUT = [SHIPMENT]
TWO = [own(1, 1), own(2, 1)]
PASSED = {
    "all": [own()],
    "without_contents": WITHOUT,
    "in_two": TWO,
    "two_without": [*WITHOUT, {**own(2), "lines": []}],
}


@pytest.mark.parametrize("shipments", PASSED.values(), ids=PASSED)
def test_a_row_of_an_order_that_was_confirmed_here_delivers_it_and_says_which_parcel_is_passed_over(shipments):
    confirmed_here()
    arrived = [{**one, "delivered_at": "2026-11-02T10:00:00Z"} for one in shipments]
    warnings = [(1, f"shipments[{at}].external_id", "confirmed_here") for at in range(len(shipments))]
    for counts in ((1, 0, 0), (0, 1, 0)):
        result = nightly(*arrived)
        assert (result.counts, result.refusals, result.warnings) == (counts, [], warnings)
        assert seen() == ("delivered", ALL, ["shipment.confirmed", "order.delivered"])
    said = "“P-1” is passed over: what is in it was confirmed here as another shipment. "
    said = f"{said}Nobody is charged twice; all else that is said of the order is applied."
    assert result.watch.warnings[0].sentence == said
    assert Order.objects.get().delivered_at == datetime(2026, 11, 2, 10, tzinfo=UTC)
    assert list(Shipment.objects.values_list("source", "external_id")) == [("page", "page-1")]


def test_what_left_besides_what_was_confirmed_here_is_charged_and_only_that():
    confirmed_here(("1", 1))
    result = nightly(own(1, 1), own(2, 1), status="shipped")
    assert (result.counts, result.warnings) == ((1, 0, 0), [(1, "shipments[1].external_id", "confirmed_here")])
    assert seen() == ("shipped", [("capture", 1_250)] * 2, ["shipment.confirmed"] * 2)


def test_more_than_was_confirmed_here_is_passed_over_by_no_row():
    confirmed_here()
    result = nightly(own(1, 1), own(2, 1), own(3, 1))
    assert result.refusals == [(1, "shipments[2].lines[0].quantity", "out_of_range")]
    assert seen() == ("shipped", ALL, ["shipment.confirmed"])


def test_a_shipment_that_is_known_is_not_passed_over():
    nightly(own(1, 1), status="partially_shipped")
    confirmed_here(("1", 1))
    result = nightly(own(1, 2))
    assert (result.refusals, result.warnings) == ([(1, "shipments[0].lines[0].quantity", "fixed")], [])
    moved = nightly(own(1, 1, carrier="DHL"), status="shipped")
    assert (moved.counts, moved.warnings) == ((1, 0, 0), [])
    assert Shipment.objects.get(external_id="P-1").carrier == "DHL"
