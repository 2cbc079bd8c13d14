"""Subscriptions from files of the marketplace's shop: known by their id, fixed as they were agreed."""

from datetime import UTC, date, datetime

import pytest

from comity.accounts.models import Marketplace
from comity.common.models import OutboxEvent, RecordEntry
from comity.orders.models import Order, Renewal, Subscription
from tests.factories import NOW, listing, marketplace, seller
from tests.orders.importing import ORDER, bring, bring_shop

pytestmark = pytest.mark.django_db
ROW = {
    "external_id": "S-1",
    "seller": "s1",
    "buyer": "b1",
    "listing": "l1",
    "terms": "One box a month.\nYou can cancel at any time.",
    "months": 1,
    "price": "12.50",
    "currency": "EUR",
    "started_at": "2026-10-31T23:30:00Z",
    "next_renewal": "2026-11-30",
}


@pytest.fixture(autouse=True)
def shop():
    marketplace(slug="north")
    bring_shop()
    OutboxEvent.objects.all().delete()


def test_a_subscription_with_its_first_order():
    bring("orders", [ORDER])
    assert bring("subscriptions", [{**ROW, "order": "W-1"}]).counts == (1, 0, 0)
    one = Subscription.objects.get()
    assert (one.state, one.terms, one.months, one.price_minor) == ("active", ROW["terms"], 1, 1250)
    assert (one.renews_on, one.anchor_day, one.announced_on) == (date(2026, 11, 30), 31, None)
    renewal = one.renewals.get()
    assert (renewal.order.external_id, renewal.period_on) == ("W-1", date(2026, 10, 31))
    assert not OutboxEvent.objects.filter(name__startswith="subscription").exists()


@pytest.mark.parametrize(("day", "anchor"), [("2026-11-30", 31), ("2027-02-28", 31), ("2026-11-15", 15)])
def test_the_day_of_the_month_is_that_of_the_start_where_the_next_renewal_fits_it(day, anchor):
    bring("subscriptions", [{**ROW, "next_renewal": day}])
    assert Subscription.objects.get().anchor_day == anchor


def test_the_same_file_again_changes_nothing_and_a_past_renewal_is_no_change():
    bring("orders", [ORDER])
    rows = [{**ROW, "order": "W-1"}, {**ROW, "external_id": "S-2"}]
    assert bring("subscriptions", rows).counts == (2, 0, 0)
    Subscription.objects.update(renews_on=date(2026, 12, 31))
    before = list(Subscription.objects.order_by("pk").values())
    assert bring("subscriptions", rows).counts == (0, 2, 0)
    assert list(Subscription.objects.order_by("pk").values()) == before


def test_the_first_order_may_come_later_and_once():
    bring("orders", [ORDER, {**ORDER, "external_id": "W-2"}])
    bring("subscriptions", [ROW])
    assert bring("subscriptions", [{**ROW, "order": "W-1"}]).counts == (1, 0, 0)
    assert bring("subscriptions", [{**ROW, "order": "W-2"}]).refusals == [(1, "order", "fixed")]
    assert bring("subscriptions", [{**ROW, "external_id": "S-2", "order": "W-1"}]).refusals == [
        (1, "order", "duplicate")
    ]
    assert Renewal.objects.count() == 1


@pytest.mark.parametrize(
    ("change", "field", "code"),
    [
        ({"seller": "s9"}, "seller", "unknown_reference"),
        ({"buyer": "b9"}, "buyer", "unknown_reference"),
        ({"listing": "l9"}, "listing", "unknown_reference"),
        ({"listing": "l2"}, "listing", "other_seller"),
        ({"order": "W-9"}, "order", "unknown_reference"),
        ({"price": "12.505"}, "price", "decimals"),
        ({"price": -1}, "price", "negative"),
        ({"months": 0}, "months", "out_of_range"),
        ({"months": 1.5}, "months", "not_a_number"),
        ({"terms": " "}, "terms", "missing"),
        ({"currency": "eur"}, "currency", "unknown_currency"),
        ({"started_at": "2026-10-31"}, "started_at", "no_zone"),
        ({"started_at": "2026-11-04T12:00:00Z"}, "started_at", "future"),
        ({"next_renewal": "2026-02-31"}, "next_renewal", "bad_date"),
        ({"next_renewal": "2026-10-31"}, "next_renewal", "sequence"),
        ({"next_renewal": "9999-12-31"}, "next_renewal", "out_of_range"),
        ({"cancelled_at": "2026-10-01T12:00:00Z"}, "cancelled_at", "sequence"),
        ({"cancelled_at": "2026-11-04T12:00:00Z"}, "cancelled_at", "future"),
        ({"state": "active"}, "state", "unknown_field"),
    ],
)
def test_a_bad_line_is_refused_and_the_next_one_applied(change, field, code):
    listing(seller(Marketplace.objects.get()), source="shop", external_id="l2")
    done = bring("subscriptions", [{**ROW, **change}, {**ROW, "external_id": "S-2"}])
    assert done.refusals == [(1, field, code)]
    assert Subscription.objects.get().external_id == "S-2"


def test_anothers_order_is_no_first_order():
    bring("buyers", [{"external_id": "b2", "name": "Ben"}])
    bring("orders", [{**ORDER, "buyer": "b2"}])
    assert bring("subscriptions", [{**ROW, "order": "W-1"}]).refusals == [(1, "order", "other_order")]
    assert not Subscription.objects.exists()


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"price": "13.00"}, "price"),
        ({"months": 2}, "months"),
        ({"terms": "Less."}, "terms"),
        ({"next_renewal": "2026-12-01"}, "next_renewal"),
    ],
)
def test_what_was_agreed_is_not_the_files_to_change(change, field):
    bring("subscriptions", [ROW])
    before = list(Subscription.objects.values())
    assert bring("subscriptions", [{**ROW, **change}]).refusals == [(1, field, "fixed")]
    assert list(Subscription.objects.values()) == before


@pytest.mark.parametrize("live", [True, False])
def test_the_shop_cancels_once_and_only_a_live_file_is_told_of(live):
    bring("subscriptions", [ROW])
    row = {**ROW, "cancelled_at": "2026-11-02T08:00:00Z"}
    assert bring("subscriptions", [row], live=live).counts == (1, 0, 0)
    assert bring("subscriptions", [row], live=live).counts == (0, 1, 0)
    one = Subscription.objects.get()
    assert (one.state, one.cancelled_at) == ("cancelled", datetime(2026, 11, 2, 8, tzinfo=UTC))
    assert RecordEntry.objects.filter(chain=one.public_id, kind="moved").count() == 1
    told = OutboxEvent.objects.filter(name="subscription.cancelled").values_list("data", flat=True)
    assert list(told) == ([{"by": "marketplace", "subscription": one.public_id}] if live else [])


def test_one_that_was_cancelled_long_ago_is_history():
    row = {**ROW, "cancelled_at": "2026-11-01T08:00:00Z"}
    assert bring("subscriptions", [row], live=True, now=NOW).counts == (1, 0, 0)
    assert Subscription.objects.get().state == "cancelled"
    assert not OutboxEvent.objects.filter(name="subscription.cancelled").exists()
    assert not Order.objects.exists()


def test_where_nobody_authorises_a_payment_only_what_was_cancelled_is_taken(settings):
    bring("subscriptions", [ROW])
    settings.PAYMENTS = "stripe"
    result = bring("subscriptions", [{**ROW, "external_id": "S-2"}, {**ROW, "cancelled_at": "2026-11-01T08:00:00Z"}])
    assert (result.counts, result.refusals) == ((1, 0, 1), [(1, "next_renewal", "no_renewals")])
    assert "Subscriptions need COMITY_PAYMENTS=book" in result.watch.refusals[0].sentence
    assert (Subscription.objects.get().external_id, Subscription.objects.get().state) == ("S-1", "cancelled")
