"""What a file says has left is charged, or was paid before these books; nothing of it stays open for ever."""

import pytest

from comity.accounts.models import Seller
from comity.ledger.models import Payable, Payment
from comity.ledger.selectors.reconciling import differences
from comity.ledger.services import payments
from comity.ledger.services.payments import ask_due
from comity.orders.models import Order
from comity.orders.services.acknowledging import Acknowledgement, acknowledge
from comity.orders.services.adjusting import Change, adjust, full_adjustment
from comity.orders.services.adjustment_plans import Part
from comity.orders.services.results import only
from tests.factories import NOW, marketplace
from tests.orders.importing import ORDER, SHIPMENT, bring, bring_shop
from tests.orders.shipping import charged

pytestmark = pytest.mark.django_db
DELIVERED = {"status": "delivered", "delivered_at": "2026-02-05T10:00:00Z"}
HALF = {**SHIPMENT, "lines": [{"line": "1", "quantity": 1}]}


@pytest.fixture(autouse=True)
def shop():
    marketplace(slug="north")
    bring_shop()


def sums():
    one = Payable.objects.get()
    return one.captured_minor, one.open_minor


@pytest.mark.requirement("S72")
@pytest.mark.parametrize(("live", "kind"), [(False, "brought_forward"), (True, "capture")])
@pytest.mark.parametrize("before", ["pending", "unshipped", "partially_shipped"])
@pytest.mark.parametrize("after", [{"status": "shipped"}, DELIVERED])
def test_an_order_that_a_file_moves_on_is_taken_whole_and_once(live, kind, before, after):
    bring("orders", [ORDER], live=live)
    Order.objects.update(status=before)
    for _ in range(2):
        assert bring("orders", [{**ORDER, **after}], live=live).counts[2] == 0
    assert (charged(Order.objects.get()), sums()) == ([(kind, 2_500)], (2_500, 0))


@pytest.mark.parametrize(("live", "kind"), [(False, "brought_forward"), (True, "capture")])
def test_its_parcels_are_charged_first(live, kind):
    bring("orders", [ORDER], live=live)
    bring("orders", [{**ORDER, "status": "shipped", "shipments": [HALF]}], live=live)
    assert charged(Order.objects.get()) == [(kind, 1_250), (kind, 1_250)]


@pytest.mark.parametrize("status", ["cancelled", "unfulfillable"])
def test_an_order_that_comes_as_given_up_is_never_charged(status):
    bring("orders", [{**ORDER, "status": status}])
    assert (charged(Order.objects.get()), sums()) == ([("release", 2_500)], (0, 0))


def test_with_all_in_one_parcel_that_alone_is_charged():
    bring("orders", [ORDER], live=True)
    bring("orders", [{**ORDER, "status": "shipped", "shipments": [SHIPMENT]}], live=True)
    assert charged(Order.objects.get()) == [("capture", 2_500)]


def test_parcels_that_a_later_file_brings_cost_nothing_more():
    bring("orders", [ORDER])
    bring("orders", [{**ORDER, "status": "shipped"}])
    bring("shipments", [{**SHIPMENT, "order": "W-1"}])
    assert (charged(Order.objects.get()), sums()) == ([("brought_forward", 2_500)], (2_500, 0))


def test_a_later_refund_gives_the_money_back():
    bring("orders", [ORDER], live=True)
    bring("orders", [{**ORDER, **DELIVERED}], live=True)
    one = Order.objects.select_related("payable", "seller__marketplace").get()
    said = Change(one.number, "CustomerReturn", full_adjustment(one), "a-1")
    only(adjust(one.seller, [said], source="comity", actor="", now=NOW))
    assert charged(one) == [("capture", 2_500), ("refund", 2_500)]


def test_what_a_file_leaves_to_send_stays_open():
    bring("orders", [ORDER], live=True)
    bring("orders", [{**ORDER, "ship_by": "2026-02-09T10:00:00Z"}], live=True)
    assert (charged(Order.objects.get()), sums()) == ([], (0, 2_500))


PARTED = {**ORDER, "status": "partially_shipped"}


@pytest.mark.requirement("S72")
def test_what_a_file_says_has_left_in_part_is_charged_by_its_lines():
    bring("orders", [ORDER], live=True)
    result = bring("orders", [{**PARTED, "shipments": [HALF]}], live=True)
    assert (charged(Order.objects.get()), sums(), result.warnings) == ([("capture", 1_250)], (1_250, 1_250), [])


@pytest.mark.requirement("S72")
def test_a_part_of_which_no_file_says_what_left_is_charged_to_nobody_and_said():
    bring("orders", [ORDER], live=True)
    result = bring("orders", [PARTED], live=True)
    assert (result.counts, result.warnings) == ((1, 0, 0), [(1, "status", "no_shipment")])
    assert (charged(Order.objects.get()), sums()) == ([], (0, 2_500))

    bring("shipments", [{**HALF, "order": "W-1"}], live=True)
    assert (sums(), bring("orders", [PARTED], live=True).warnings) == ((1_250, 1_250), [])
    bring("orders", [{**ORDER, "status": "shipped"}], live=True)
    assert charged(Order.objects.get()) == [("capture", 1_250), ("capture", 1_250)]


def test_a_historic_part_warns_of_nothing():
    bring("orders", [ORDER])
    assert bring("orders", [PARTED]).warnings == []


LATE = {**ORDER, "status": "cancelled", "payment": "pi_1"}


def given_up(fake):
    """A pending order that its seller gave up before the buyer authorised the payment in the shop."""
    bring("orders", [{**ORDER, "status": "pending"}], live=True)
    said = [Acknowledgement(Order.objects.get().public_id, "BuyerCanceled")]
    assert only(acknowledge(Seller.objects.get(), said, source="page", actor="", now=NOW)).faults == ()
    assert (fake.authorise(2_500), released()) == ("pi_1", [("requested", "", 0)])


def released():
    return list(Payment.objects.order_by("pk").values_list("state", "reference", "round"))


def work():
    while ask_due(NOW):
        pass


@pytest.mark.parametrize("live", [True, False])
def test_what_is_paid_after_it_was_given_up_is_let_go(fake, live):
    given_up(fake)
    work()
    assert released() == [("done", "", 0)]
    assert bring("orders", [LATE], live=live).counts == (1, 0, 0)
    assert (released(), fake.intents["pi_1"]["status"]) == ([("requested", "", 1)], "requires_capture")
    for counts in ((0, 1, 0), (0, 1, 0)):
        work()
        assert (released(), fake.intents["pi_1"]["status"]) == ([("done", "pi_1", 1)], "canceled")
        assert (list(differences(NOW)), bring("orders", [LATE], live=live).counts) == ([], counts)


def test_what_is_paid_while_a_worker_finds_nothing_to_let_go_of_is_let_go_all_the_same(fake, monkeypatch):
    given_up(fake)
    ask = payments._ask

    def paid_meanwhile(*given):
        answer = ask(*given)
        monkeypatch.setattr(payments, "_ask", ask)
        bring("orders", [LATE], live=True)
        return answer

    monkeypatch.setattr(payments, "_ask", paid_meanwhile)
    assert ask_due(NOW) == 1
    assert released() == [("requested", "", 1)]
    work()
    assert (released(), fake.intents["pi_1"]["status"]) == ([("done", "pi_1", 1)], "canceled")


def test_what_was_given_up_in_part_before_it_was_paid_is_let_go_with_what_is_taken(fake):
    bring("orders", [ORDER], live=True)
    one = Order.objects.select_related("payable", "seller__marketplace").get()
    half = Change(one.number, "NoInventory", (Part("1", "Principal", 1_250, 1),), "a-1")
    assert only(adjust(one.seller, [half], source="comity", actor="", now=NOW)).faults == ()
    work()
    fake.authorise(2_500)
    assert bring("orders", [{**ORDER, "payment": "pi_1"}], live=True).counts == (1, 0, 0)
    assert released() == [("done", "", 0)]
    bring("orders", [{**ORDER, "status": "shipped", "payment": "pi_1"}], live=True)
    work()
    assert released() == [("done", "", 0), ("done", "ch_pi_1", 0)]
    assert [fake.intents["pi_1"][name] for name in ("status", "amount_received")] == ["succeeded", 1_250]
