"""Subscriptions by the clock: announced before they are renewed, renewed once, ended where nothing can be bought."""

import itertools
import threading
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from comity.catalog.models import Listing
from comity.common.days import months_after
from comity.common.models import OutboxEvent
from comity.common.record import verify
from comity.common.transactions import write
from comity.ledger.models import Payable
from comity.messaging.selectors.conversations import record_heads
from comity.orders.models import Order, Renewal, ShipDeadline, Subscription
from comity.orders.services import subscriptions
from comity.orders.services.happenings import ImpossibleStep
from comity.orders.services.subscriptions import announce, cancel, end_by_cancelling, renew, renew_due, to_announce
from tests.factories import NOW, buyer, listing, marketplace, order, product, seller, subscription
from tests.orders.test_money_races import at_once

DAY = timedelta(days=1)
FIRST, SEVENTH = date(2026, 11, 2), date(2026, 11, 9)  # announced on, renewed on
State = Subscription.State


@pytest.fixture
def one(db):
    return subscription()


def announce_due(now):
    """As the schedule does; the keys of what was announced."""
    found = []
    for key in [key for keys in to_announce(now) for key in keys]:
        with write():
            found += [key] if announce(key, now=now) else []
    return found


def again(one):
    return Subscription.objects.get(pk=one.pk)


def events(one):
    return list(OutboxEvent.objects.filter(stream=one.public_id).order_by("sequence").values_list("name", flat=True))


def renewed(one, at=NOW + 7 * DAY):
    announce_due(NOW)
    return renew(one.pk, now=at)


@pytest.mark.requirement("S10")
def test_a_renewal_is_announced_once_and_not_a_day_before(one):
    assert announce_due(NOW - DAY) == []
    assert announce_due(NOW) == [one.pk]
    assert announce_due(NOW + DAY) == []
    assert (again(one).announced_on, again(one).renews_on) == (FIRST, SEVENTH)
    (event,) = OutboxEvent.objects.filter(stream=one.public_id)
    assert event.name == "subscription.announced"
    assert event.data == {"subscription": one.public_id, "renews_on": "2026-11-09"}


def test_nothing_is_renewed_that_was_not_announced(one):
    assert renew(one.pk, now=NOW + 30 * DAY) is None
    renew_due(NOW + 30 * DAY)
    assert Order.objects.count() == 1
    assert events(one) == []


def test_nothing_is_renewed_before_its_day(one):
    announce_due(NOW)
    assert renew(one.pk, now=NOW + 6 * DAY) is None


@pytest.mark.requirement("S8")
def test_a_renewal_is_an_order_like_an_imported_one(one):
    Order.objects.update(ship_to="Bea\n1 Road", language="sv")
    made = renewed(one)
    assert (made.number[3], made.total_minor, made.currency, made.status) == ("-", 1250, "EUR", "unshipped")
    assert (made.ship_to, made.language, made.fulfilment) == ("Bea\n1 Road", "sv", "seller")
    assert list(made.lines.values_list("listing", "quantity", "unit_minor", "taken")) == [(one.listing_id, 1, 1250, 1)]
    assert (made.payable.open_minor, Listing.objects.get().quantity) == (1250, 8)
    assert ShipDeadline.objects.filter(order=made, ended_at=None).exists()
    assert events(made) == ["order.placed"]
    renewal = Renewal.objects.get(order=made)
    assert (renewal.period_on, renewal.announced_on) == (SEVENTH, FIRST)
    assert (again(one).renews_on, again(one).announced_on) == (date(2026, 12, 9), None)
    assert events(one) == ["subscription.announced", "subscription.renewed"]
    assert list(verify(record_heads(), whole=True)) == []


def test_a_renewal_needs_no_file_of_the_listing(one):
    Listing.objects.update(source="written by hand")
    assert renewed(one).lines.get().listing_id == one.listing_id


def test_a_period_is_renewed_once(one):
    assert renewed(one)
    assert renew(one.pk, now=NOW + 7 * DAY) is None
    with pytest.raises(IntegrityError), transaction.atomic():
        Renewal.objects.create(subscription=one, order=order(one.buyer, one.seller), period_on=SEVENTH)
    assert Order.objects.filter(renewal__isnull=False).count() == 2


def test_what_breaks_off_leaves_nothing_and_keeps_no_other_back(one, monkeypatch):
    other = subscription(one.buyer, one.seller)
    announce_due(NOW)
    store, calls = subscriptions.place, []

    def breaks(orders, **more):
        made = store(orders, **more)
        calls.append(made)
        if len(calls) == 1:
            raise RuntimeError("the machine is gone")
        return made

    monkeypatch.setattr(subscriptions, "place", breaks)
    renew_due(NOW + 7 * DAY)
    assert [again(two).renews_on for two in (one, other)] == [SEVENTH, date(2026, 12, 9)]
    renew_due(NOW + 7 * DAY)
    assert again(one).renews_on == date(2026, 12, 9)
    assert Renewal.objects.filter(period_on=SEVENTH).count() == Order.objects.filter(total_minor=1250).count() == 2


@pytest.mark.requirement("S10")
def test_what_could_not_be_announced_in_time_is_renewed_later(one):
    late = NOW + 100 * DAY  # 10 February: three periods were missed
    assert announce_due(late) == [one.pk]
    assert again(one).renews_on == date(2027, 2, 17)
    assert renew(one.pk, now=late + 7 * DAY)
    assert renew(one.pk, now=late + 7 * DAY) is None
    assert again(one).renews_on == date(2027, 3, 17)


@pytest.mark.parametrize(("after", "orders"), [(2, 2), (3, 1)])
def test_a_renewal_that_is_days_late_is_announced_anew(one, after, orders):
    announce_due(NOW)
    renew_due(NOW + (7 + after) * DAY)
    assert Order.objects.count() == orders
    if orders == 1:
        assert announce_due(NOW + 10 * DAY) == [one.pk]
        assert again(one).renews_on == date(2026, 11, 19)


@pytest.mark.parametrize(
    "change", [{"offered": False}, {"offered_until_on": date(2026, 11, 8)}, {"offered_from_on": date(2026, 11, 10)}]
)
def test_it_ends_before_the_announcement_where_the_listing_is_withdrawn(one, change):
    Listing.objects.update(**change)
    assert announce_due(NOW) == []
    assert (again(one).state, again(one).end_reason, events(one)) == ("ended", "withdrawn", ["subscription.ended"])


@pytest.mark.parametrize(("change", "reason"), [({"offered": False}, "withdrawn"), ({"quantity": 0}, "out_of_stock")])
def test_it_ends_on_its_day_where_nothing_can_be_bought(one, change, reason):
    announce_due(NOW)
    Listing.objects.update(**change)
    renew_due(NOW + 7 * DAY)
    ended = again(one)
    assert (ended.state, ended.end_reason, ended.ended_at) == ("ended", reason, NOW + 7 * DAY)
    assert Order.objects.count() == 1
    assert OutboxEvent.objects.get(name="subscription.ended").data["reason"] == reason


def test_stock_is_asked_for_on_the_day_of_the_renewal_only(one):
    Listing.objects.update(quantity=0)
    assert announce_due(NOW) == [one.pk]


def test_where_another_takes_the_last_piece_meanwhile_nothing_is_ordered_and_it_ends(one, monkeypatch):
    announce_due(NOW)
    place = subscriptions._place

    def too_late(*given):
        Listing.objects.update(quantity=0)
        return place(*given)

    monkeypatch.setattr(subscriptions, "_place", too_late)
    assert renew(one.pk, now=NOW + 7 * DAY) is None
    assert (again(one).state, again(one).end_reason) == ("ended", "out_of_stock")
    assert (Order.objects.count(), Payable.objects.count(), Renewal.objects.count()) == (1, 1, 1)
    assert not OutboxEvent.objects.filter(name="order.placed").exists()
    assert events(one) == ["subscription.announced", "subscription.ended"]
    assert list(verify(record_heads(), whole=True)) == []


@pytest.mark.requirement("S8")
def test_a_buyer_cancels_once_and_nothing_follows(one):
    announce_due(NOW)
    for at in (NOW, NOW + DAY):
        ended = cancel(subscription=one, buyer=one.buyer, now=at)
    assert (ended.state, ended.cancelled_at, ended.announced_on) == ("cancelled", NOW, None)
    renew_due(NOW + 7 * DAY)
    assert announce_due(NOW + 7 * DAY) == []
    assert Order.objects.count() == 1
    assert events(one) == ["subscription.announced", "subscription.cancelled"]
    told = OutboxEvent.objects.get(name="subscription.cancelled")
    assert (told.actor, told.data["by"]) == (one.buyer.user.public_id, "buyer")
    assert list(verify(record_heads(), whole=True)) == []


@pytest.mark.parametrize("over", [State.CANCELLED, State.ENDED])
def test_there_is_no_way_back(over):
    one = Subscription(state=over, public_id="sub_1")
    with pytest.raises(ImpossibleStep):
        end_by_cancelling(one, by="buyer", at=NOW, now=NOW)


@pytest.mark.parametrize(
    "columns",
    [
        {"state": "cancelled"},
        {"state": "ended", "ended_at": NOW},
        {"cancelled_at": NOW},
        {"announced_on": date(2026, 11, 10)},
        {"months": 0},
        {"anchor_day": 32},
    ],
)
def test_the_database_refuses_what_contradicts_itself(one, columns):
    with pytest.raises(IntegrityError), transaction.atomic():
        Subscription.objects.filter(pk=one.pk).update(**columns)


def test_the_day_is_the_marketplaces(db):
    one = subscription(buyer(marketplace(time_zone="Pacific/Auckland")))
    evening = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)  # 2 November there
    assert announce_due(evening - timedelta(hours=2)) == []
    assert announce_due(evening) == [one.pk]


def test_without_a_first_order_it_goes_to_no_address(db):
    one = subscription(first=None)
    made = renewed(one)
    assert (made.ship_to, made.fulfilment) == ("", "seller")


def test_the_ends_of_months_keep_their_day():
    days = [date(2027, 1, 31)]
    for _ in range(3):
        days.append(months_after(days[-1], 1, anchor=31))
    assert days == [date(2027, 1, 31), date(2027, 2, 28), date(2027, 3, 31), date(2027, 4, 30)]


@given(st.dates(date(1971, 1, 1), date(2190, 1, 1)), st.integers(1, 60), st.integers(1, 6))
def test_no_step_of_months_loses_the_day(start, months, steps):
    day = start
    for _ in range(steps):
        day = months_after(day, months, anchor=start.day)
    whole = months_after(start, months * steps, anchor=start.day)
    assert day == whole
    assert (whole.year - start.year) * 12 + whole.month - start.month == months * steps
    assert whole.day == start.day or (whole.day < start.day and (whole + DAY).day == 1)


@pytest.mark.requirement("S10")
@pytest.mark.django_db
@settings(max_examples=12)
@given(st.lists(st.sampled_from([0, 1, 5, 7, 9, 10, 23, 40]), min_size=6, max_size=12))
def test_whenever_the_server_runs_nothing_comes_unannounced_or_too_often(pauses):
    with transaction.atomic():
        _run(pauses)
        transaction.set_rollback(True)


def _run(pauses):
    one = subscription()
    now = NOW
    for days in pauses:
        now += days * DAY
        announce_due(now)
        renew_due(now)
    made = list(one.renewals.exclude(announced_on=None).select_related("order").order_by("period_on"))
    assert all((each.period_on - each.announced_on).days >= 7 for each in made)
    assert all(0 <= (each.order.placed_at.date() - each.period_on).days <= 2 for each in made)
    assert all((b.period_on - a.period_on).days >= 28 for a, b in itertools.pairwise(made))


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_many_workers_at_once_one_makes_the_order():
    shop = seller(marketplace())
    one = subscription(buyer(shop.marketplace), shop, listing(shop, product(shop.marketplace)))
    announce_due(NOW)
    start, made = threading.Barrier(8), []

    def work():
        try:
            start.wait()
            made.append(renew(one.pk, now=NOW + 7 * DAY))
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(8)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert sorted(found is None for found in made) == [False, *[True] * 7]
    assert (Order.objects.count(), Renewal.objects.count()) == (2, 2)


def test_what_fails_again_and_again_keeps_back_nothing_that_is_due_after_it(one, monkeypatch):
    other = subscription(buyer(one.marketplace, user=None))
    announce_due(NOW)
    really = subscriptions._place
    monkeypatch.setattr(subscriptions, "BATCH", 1)
    monkeypatch.setattr(subscriptions, "_place", lambda due, *rest: really(due, *rest) if due == other else 1 / 0)
    renew_due(NOW + 7 * DAY)
    assert [again(two).renews_on == SEVENTH for two in (one, other)] == [True, False]


@pytest.mark.postgres
@pytest.mark.skipif("os.environ['COMITY_TEST_DATABASE'] != 'postgres'", reason="on SQLite one writes at a time")
@pytest.mark.django_db(transaction=True)
def test_of_two_that_want_the_last_piece_at_once_one_gets_it_and_one_ends(monkeypatch):
    shop = seller(marketplace())
    offer = listing(shop, product(shop.marketplace))
    two = [subscription(buyer(shop.marketplace, user=None), shop, offer) for _ in range(2)]
    announce_due(NOW)
    Listing.objects.update(quantity=1)
    place, both_have_looked = subscriptions._place, threading.Barrier(2, timeout=30)

    def placed(*given):
        both_have_looked.wait()
        return place(*given)

    monkeypatch.setattr(subscriptions, "_place", placed)
    assert at_once(lambda n: renew(two[n].pk, now=NOW + 7 * DAY) is not None, 2) == {True: 1, False: 1}
    assert sorted(Subscription.objects.values_list("state", flat=True)) == ["active", "ended"]
    assert (Listing.objects.get().quantity, Order.objects.count()) == (0, 3)
