"""The operator sees every order with its books."""

import pytest

from comity.accounts.models import OperatorStaff
from comity.ledger.models import Journal, Payable, Payment
from comity.ledger.services.books import Move, book
from tests import factories
from tests.factories import NOW
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


def test_an_order_is_found_by_its_number(market):
    one, other = paid(market), paid(market)
    shown = client_of(market).get("/north/operate/orders/", {"q": one.number}).content.decode()
    assert (one.number in shown, other.number in shown) == (True, False)


def test_the_books_of_an_order_are_shown_and_their_sum_is_zero(market):
    one = paid(market)
    book([Move(one.payable, Journal.Kind.RESERVE, 500, "clm_1")], now=NOW)
    shown = client_of(market).get(at(one)).content.decode()
    for words in ("Charged for what has left", "provider 20.00", "seller 20.00", "Held back for a claim", "clm_1"):
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


LIST, PAGE = 6, 11
