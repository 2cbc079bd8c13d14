"""Products and listings from files."""

import pytest

from comity.catalog.models import HandlingChange, Listing, Product
from comity.common.models import OutboxEvent
from comity.notify.handlers import tell_about_handling_time
from comity.notify.models import Notification
from comity.orders.models import Order
from tests.factories import NOW, marketplace
from tests.orders.importing import ORDER, bring, bring_shop

pytestmark = pytest.mark.django_db
OFFER = {"external_id": "l2", "seller": "s1", "product": "p1", "sku": "B", "price": "9.90", "currency": "EUR"}


@pytest.fixture(autouse=True)
def shop():
    marketplace(slug="north")
    bring_shop()


def test_a_listing_holds_its_price_in_minor_units():
    assert bring("listings", [{**OFFER, "quantity": 3, "handling_days": 1}]).counts == (1, 0, 0)
    made = Listing.objects.select_related("seller", "product").get(external_id="l2")
    assert (made.price_minor, made.currency, made.quantity, made.handling_days) == (990, "EUR", 3, 1)
    assert (made.seller.external_id, made.product.external_id, made.source) == ("s1", "p1", "shop")


@pytest.mark.parametrize(
    ("change", "field", "code"),
    [
        ({"seller": "s9"}, "seller", "unknown_reference"),
        ({"product": "p9"}, "product", "unknown_reference"),
        ({"sku": "LAMP"}, "sku", "sku_taken"),
        ({"price": "9.905"}, "price", "decimals"),
        ({"price": "-1"}, "price", "negative"),
        ({"price": "9,900"}, "price", "comma_decimal"),
        ({"currency": "XXX"}, "currency", "unknown_currency"),
        ({"quantity": -1}, "quantity", "out_of_range"),
        ({"seller_id": 1}, "seller_id", "unknown_field"),
    ],
)
def test_a_listing_that_cannot_be_is_refused(change, field, code):
    result = bring("listings", [{**OFFER, **change}])
    assert (result.counts, result.refusals) == ((0, 0, 1), [(1, field, code)])
    assert Listing.objects.count() == 1


def test_a_listing_stays_with_its_seller():
    bring("sellers", [{"external_id": "s2", "name": "Other"}])
    result = bring("listings", [{**OFFER, "external_id": "l1", "seller": "s2"}])
    assert result.refusals == [(1, "seller", "fixed")]
    assert Listing.objects.get().seller.external_id == "s1"


def test_a_new_price_is_a_change():
    row = {**OFFER, "external_id": "l1", "sku": "LAMP"}
    assert bring("listings", [{**row, "price": 13}]).counts == (1, 0, 0)
    assert bring("listings", [{**row, "price": "13.00"}]).counts == (0, 1, 0)
    assert Listing.objects.get().price_minor == 1300


KNOWN = {**OFFER, "external_id": "l1", "sku": "LAMP", "price": "12.50"}
WHY = {"handling_time_reason": "The warehouse moves."}


def handling():
    """What the listing says, why it was changed, and the events that say so."""
    changes = HandlingChange.objects.values_list("before", "after", "reason", "changed_by")
    events = OutboxEvent.objects.filter(name="listing.handling_changed").values_list("actor", flat=True)
    return Listing.objects.get(external_id="l1").handling_days, list(changes), list(events)


@pytest.mark.requirement("S85")
def test_a_handling_time_is_not_changed_without_a_reason():
    before = Listing.objects.values().get()
    result = bring("listings", [{**KNOWN, "price": "99", "handling_days": 5}, {**OFFER, "handling_days": 5}])

    assert (result.counts, result.refusals) == ((1, 0, 1), [(1, "handling_days", "reason_missing")])
    assert Listing.objects.values().get(external_id="l1") == before
    assert handling() == (2, [], [])


@pytest.mark.requirement("S85")
def test_with_a_reason_it_is_changed_once_on_record_and_told():
    assert bring("listings", [{**KNOWN, **WHY, "handling_days": 5}]).counts == (1, 0, 0)
    assert bring("listings", [{**KNOWN, **WHY, "handling_days": 5}]).counts == (0, 1, 0)

    assert handling() == (5, [(2, 5, "The warehouse moves.", None)], [""])
    assert Listing.objects.get().version == 2
    tell_about_handling_time(OutboxEvent.objects.get(name="listing.handling_changed"), now=NOW)
    assert [one.user.email for one in Notification.objects.all()] == ["shop@example.com"]


@pytest.mark.requirement("S85")
@pytest.mark.parametrize("fields", [{}, WHY, {"handling_days": 2}, {"handling_days": "", **WHY}])
def test_a_handling_time_that_stays_needs_no_reason_and_tells_nobody(fields):
    assert bring("listings", [{**KNOWN, "price": "13", **fields}]).counts == (1, 0, 0)
    assert handling() == (2, [], [])


@pytest.mark.requirement("S85")
def test_an_order_keeps_its_dates_when_an_import_changes_the_handling_time():
    bring("buyers", [{"external_id": "b1", "name": "Ann"}])
    bring("orders", [{**ORDER, "ship_by": "2026-02-03T10:00:00+01:00"}])
    before = Order.objects.values().get()
    bring("listings", [{**KNOWN, **WHY, "handling_days": 30}])
    assert Order.objects.values().get() == before


def test_two_sources_may_use_the_same_id():
    row = {"external_id": "p1", "kind": "media", "title": "Book"}
    assert bring("products", [row], source="erp").counts == (1, 0, 0)
    assert set(Product.objects.values_list("source", "title")) == {("shop", "Oil lamp"), ("erp", "Book")}


def test_products_in_csv_with_a_long_description():
    content = b'external_id;kind;title;description\np2;digital;Map;"one\ntwo; three"\n'
    assert bring("products", content, form="csv").counts == (1, 0, 0)
    made = Product.objects.get(external_id="p2")
    assert (made.kind, made.description) == ("digital", "one\ntwo; three")


def test_products_of_one_marketplace_are_unknown_in_another():
    marketplace(slug="south")
    bring("sellers", [{"external_id": "s1", "name": "Shop"}], market="south")
    result = bring("listings", [OFFER], market="south")
    assert result.refusals == [(1, "product", "unknown_reference")]
