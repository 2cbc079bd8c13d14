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


PAID = {"payment_customer": "cus_1", "payment_method": "pm_1"}


def test_how_it_is_paid_is_kept_and_may_change_and_only_a_live_file_is_told_of():
    bring("subscriptions", [{**ROW, **PAID}])
    one = Subscription.objects.get()
    assert (one.customer, one.method) == ("cus_1", "pm_1")
    Subscription.objects.update(declined_at=NOW)
    assert bring("subscriptions", [ROW, {**ROW, **PAID, "external_id": "S-2"}]).counts == (1, 1, 0)
    assert Subscription.objects.get(pk=one.pk).declined_at == NOW  # the same payment, or none, changes nothing
    for live, method in ((False, "pm_2"), (True, "pm_3")):
        assert bring("subscriptions", [{**ROW, **PAID, "payment_method": method}], live=live).counts == (1, 0, 0)
    one = Subscription.objects.get(pk=one.pk)
    assert (one.customer, one.method, one.declined_at) == ("cus_1", "pm_3", None)
    assert list(OutboxEvent.objects.values_list("name", "data")) == [
        ("subscription.payment_changed", {"subscription": one.public_id})
    ]
    entries = RecordEntry.objects.filter(chain=one.public_id)
    assert (entries.count(), "pm_" in str(list(entries.values()))) == (2, False)


@pytest.mark.parametrize("live", [True, False])
def test_one_that_is_cancelled_is_not_paid_otherwise(live):
    bring("subscriptions", [{**ROW, "cancelled_at": "2026-11-01T08:00:00Z"}])
    row = {**ROW, **PAID, "cancelled_at": "2026-11-01T08:00:00Z"}
    assert bring("subscriptions", [row], live=live).counts == (0, 1, 0)
    assert Subscription.objects.get().method == ""


@pytest.mark.parametrize(
    ("given", "field"), [("payment_customer", "payment_method"), ("payment_method", "payment_customer")]
)
def test_the_two_ids_of_a_payment_belong_together(given, field):
    assert bring("subscriptions", [{**ROW, given: PAID[given]}]).refusals == [(1, field, "missing")]
    assert not Subscription.objects.exists()


def test_a_payment_provider_needs_a_payment_a_price_it_takes_or_an_end(settings):
    bring("subscriptions", [ROW])
    settings.PAYMENTS = "stripe"
    rows = [
        {**ROW, "external_id": "S-2"},
        {**ROW, **PAID, "external_id": "S-3"},
        {**ROW, "cancelled_at": "2026-11-01T08:00:00Z"},
        {**ROW, **PAID, "external_id": "S-4", "currency": "KWD", "price": "12.505"},
        {**ROW, "external_id": "S-5", "price": "0"},
    ]
    result = bring("subscriptions", rows)
    assert result.counts == (3, 0, 2)
    assert result.refusals == [(1, "payment_method", "missing"), (4, "price", "payment_step")]
    assert "Name both in payment_customer and payment_method" in result.watch.refusals[0].sentence
    assert dict(Subscription.objects.values_list("external_id", "state")) == {
        "S-1": "cancelled",
        "S-3": "active",
        "S-5": "active",
    }
    assert bring("subscriptions", [{**ROW, "external_id": "S-3"}]).counts == (0, 1, 0)  # its payment is known
