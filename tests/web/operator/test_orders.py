"""The operator sees every order with its books."""

import re
from datetime import timedelta

import pytest

from comity.accounts.models import OperatorStaff
from comity.common.transactions import write
from comity.ledger.models import Journal, Payable, Payment
from comity.ledger.services.books import Move, book
from comity.messaging.models import Conversation, Escalation
from comity.orders.models import Order
from comity.orders.services.happenings import lock_order
from comity.orders.services.owing import pay_otherwise
from comity.orders.services.replacing import replace
from comity.orders.services.scanning import Scan, take_scans
from tests import factories
from tests.factories import NOW
from tests.orders.shipping import UPS, parcel, purchase, ship
from tests.web.buyer import shop as pages
from tests.web.desk.shop import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def market():
    return factories.marketplace(slug="north")


def client_of(market, role=OperatorStaff.Role.ADMIN):
    return signed_in(factories.operator(market, role).user)


def paid(market):
    made = factories.order(factories.buyer(market), factories.seller(market))
    book([Move(made.payable, Journal.Kind.CAPTURE, 2_000, f"shp_{made.pk}")], now=NOW)
    return made


def at(made):
    return f"/north/operate/orders/{made.public_id}/"


def test_why_a_refund_is_paid_otherwise_is_read_beside_its_booking(market):
    one = paid(market)
    book([Move(one.payable, Journal.Kind.REFUND, 500, "adj_1")], now=NOW)
    Payment.objects.filter(journal__kind="refund").update(state="failed")
    pay_otherwise(one, "Card closed, paid by transfer 4711.", by=None, now=NOW)
    shown = client_of(market).get(at(one)).content.decode()
    for words in ("Refused by the provider: owed to the buyer otherwise", "paid by transfer 4711.", "Buyer 5.00"):
        assert words in shown


def test_an_order_is_found_by_its_number(market):
    one, other = paid(market), paid(market)
    shown = client_of(market).get("/north/operate/orders/", {"q": one.number}).content.decode()
    assert (one.number in shown, other.number in shown) == (True, False)


def test_the_books_of_an_order_are_shown_and_their_sum_is_zero(market):
    one = paid(market)
    book([Move(one.payable, Journal.Kind.RESERVE, 500, "clm_1")], now=NOW)
    shown = client_of(market).get(at(one)).content.decode()
    for words in (
        "Charged for what has left",
        "Payment provider 20.00",
        "Seller 20.00",
        "in these books only",
        "Held back for a claim",
        "clm_1",
    ):
        assert words in shown
    assert "<dt><b>Sum</b></dt><dd><b>€0.00</b></dd>" in shown


def test_a_failed_payment_is_asked_for_again_by_an_admin_only(market):
    one = paid(market)
    Payment.objects.update(state="failed", error="CardError 402 declined")
    payment = Payment.objects.get()
    reads = client_of(market, OperatorStaff.Role.ADJUDICATOR)
    assert "Ask again" not in reads.get(at(one)).content.decode()
    assert reads.post(at(one), {"payment": payment.public_id}).status_code == 422
    admin = client_of(market)
    assert "CardError 402 declined" in admin.get(at(one)).content.decode()
    assert admin.post(at(one), {"payment": payment.public_id}).status_code == 302
    assert Payment.objects.get().state == "requested"
    assert admin.post(at(one), {"payment": payment.public_id}).status_code == 422


def test_a_failed_charge_is_given_up_by_an_admin_only(market):
    one = paid(market)
    Payment.objects.update(state="failed", error="CardError 402 expired")
    reads = client_of(market, OperatorStaff.Role.ADJUDICATOR)
    assert reads.post(at(one), {"give_up": "1"}).status_code == 422
    admin = client_of(market)
    assert "Give up" in admin.get(at(one)).content.decode()
    shown = admin.post(at(one), {"give_up": "1"}, follow=True).content.decode()
    for words in ("The charge is given up.", "Could not be taken from the buyer", "given up 20.00"):
        assert words in shown
    assert Payable.objects.get().refundable_minor == 0
    assert admin.post(at(one), {"give_up": "1"}).status_code == 422


def test_while_the_provider_does_not_tell_nothing_is_asked_for_again(market, settings):
    one = paid(market)
    Payable.objects.update(authorisation="pi_1")
    Payment.objects.update(state="failed")
    settings.PAYMENTS = "stripe"
    settings.STRIPE = {"key": "sk_test_1", "webhook_secret": "whsec_test", "url": "http://127.0.0.1:9"}
    answer = client_of(market).post(at(one), {"payment": Payment.objects.get().public_id})
    assert (answer.status_code, "does not tell how this stands" in answer.content.decode()) == (422, True)
    assert Payment.objects.get().state == "failed"


def test_an_id_that_no_database_takes_is_of_no_payment(market):
    one = paid(market)
    Payment.objects.update(state="failed")
    assert client_of(market).post(at(one), {"payment": "pmt_\0"}).status_code == 422
    assert Payment.objects.get().state == "failed"


def test_another_marketplaces_order_is_missing(market):
    elsewhere = paid(factories.marketplace(slug="south"))
    assert client_of(market).get(at(elsewhere)).status_code == 404


def test_what_carriers_said_is_shown_with_why_some_of_it_does_not_count(market):
    made = purchase(factories.seller(market))
    ship(made.seller, parcel(made))
    said = [Scan("UPS", UPS, "delivered", made.placed_at - timedelta(hours=1)), Scan("UPS", UPS, "in_transit", NOW)]
    take_scans(market, said, source="ups", now=NOW)
    told = pages.words(client_of(market).get(at(made))).partition("What carriers said")[2]
    assert f"Delivered {UPS} UPS · does not count: before the order was placed, so of another parcel" in told
    assert f"In transit {UPS} UPS Mon" in told
    assert Order.objects.get().status == "shipped"


@pytest.mark.parametrize("count", [1, 3])
def test_lists_and_pages_take_the_same_queries_for_any_number(market, count, django_assert_num_queries):
    orders = [paid(market) for _ in range(count)]
    book([Move(orders[0].payable, Journal.Kind.RESERVE, 1, f"clm_{n}") for n in range(count)], now=NOW)
    client = client_of(market)
    client.get("/north/operate/orders/")
    with django_assert_num_queries(LIST):
        client.get("/north/operate/orders/")
    with django_assert_num_queries(PAGE):
        client.get(at(orders[0]))


LIST, PAGE = 6, 12


def test_an_order_and_its_replacement_lead_to_each_other_on_every_side(market):
    shop, person = factories.seller(market), factories.buyer(market)
    first = factories.order(person, shop)
    factories.shipment(first)
    with write():
        second = replace(lock_order(first), {"1": 1}, offer="off_1", actor="", now=NOW)
    sides = [
        (client_of(market), "/north/operate/orders"),
        (signed_in(factories.staff(shop).user), f"/north/sell/{shop.public_id}/orders"),
        (signed_in(person.user), "/north/orders"),
    ]
    for client, place in sides:
        for one, what, other in ((first, "Replaced by", second), (second, "Replacement for", first)):
            shown = client.get(f"{place}/{one.public_id}/").content.decode()
            assert f'{what} <a href="{place}/{other.public_id}/">order <span class="code">{other.number}<' in shown


def test_orders_are_found_by_a_part_of_the_number_by_seller_and_status(market):
    one, other = paid(market), paid(market)
    Order.objects.filter(pk=other.pk).update(status="delivered")
    client = client_of(market)
    found = {
        f"q={one.number[4:11]}": [one],
        f"seller={other.seller.name}": [other],
        f"seller={one.seller.public_id}": [one],
        "status=delivered": [other],
        "status=delivered&q=no": [],
        "status=none": [other, one],
    }
    pages = {query: client.get(f"/north/operate/orders/?{query}").content.decode() for query in found}
    assert {query: re.findall(r"305-[\d-]+", page) for query, page in pages.items()} == {
        query: [made.number for made in orders] for query, orders in found.items()
    }


def test_who_serves_reads_an_order_that_a_seller_asks_for_help_with_and_no_other(market):
    one = paid(market)
    client = client_of(market, OperatorStaff.Role.SERVICE_AGENT)
    assert client.get(at(one)).status_code == 404
    who = {"marketplace": market, "buyer": one.buyer, "seller": one.seller, "addressee": "seller"}
    talk = Conversation.objects.create(**who, order=one, public_id="cnv_1", topic="order", opened_at=NOW)
    about = {"public_id": "esc_1", "reason": "Too dear.", "made_at": NOW}
    made = Escalation.objects.create(conversation=talk, made_by=factories.staff(one.seller).user, **about)
    shown = client.get(at(one)).content.decode()
    assert ("Charged for what has left" in shown, '/operate/orders/"' in shown) == (True, False)
    assert client.get("/north/operate/orders/").status_code == 404
    assert at(one) in client.get(f"/north/operate/service/escalations/{made.public_id}/").content.decode()
