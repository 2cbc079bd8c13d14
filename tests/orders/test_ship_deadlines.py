"""Until when an order must leave, and what the clock does when it has not."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from comity.accounts.models import Seller
from comity.accounts.profiles import profile_in_force
from comity.catalog.models import Listing, Product
from comity.common.models import OutboxEvent
from comity.jobs.schedules import run_due
from comity.ledger.models import Payable
from comity.orders.models import DelayNotice, Order, ShipDeadline
from comity.orders.services import overdue
from comity.orders.services.overdue import watch_ship_deadlines
from tests import factories
from tests.orders.importing import ORDER, bring, bring_shop
from tests.orders.shipping import charged

FRIDAY = "2026-11-06T15:00:00+01:00"
FRIDAY_AT = datetime(2026, 11, 6, 14, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def shop(db):
    factories.marketplace(slug="north")
    bring_shop()
    Seller.objects.update(time_zone="Europe/Berlin")


def placed(now=FRIDAY_AT, **change):
    bring("orders", [{**ORDER, "placed_at": FRIDAY, **change}], live=True, now=now)
    return Order.objects.get(external_id=change.get("external_id", "W-1"))


def in_berlin(day, month=11):
    """The last second of a day of winter there."""
    return datetime(2026, month, day, 22, 59, 59, tzinfo=UTC)


def events(of):
    names = OutboxEvent.objects.filter(stream=of.public_id).order_by("sequence")
    return list(names.values_list("name", flat=True))


@pytest.mark.requirement("S73")
def test_media_must_leave_within_two_business_days(shop):
    Product.objects.update(kind="media")
    Listing.objects.update(handling_days=9)
    assert placed().ship_by == in_berlin(10)


@pytest.mark.requirement("S74")
@pytest.mark.parametrize(("days", "last"), [(0, 6), (1, 9), (5, 13)])
def test_everything_else_as_its_offer_says(shop, days, last):
    Listing.objects.update(handling_days=days)
    assert placed().ship_by == in_berlin(last)


def test_the_slowest_item_decides(shop):
    Listing.objects.update(handling_days=4)
    first, other = ORDER["lines"][0], {"external_id": "2", "title": "Wick", "sku": "WICK", "quantity": 1, "price": "1"}
    assert placed(lines=[first, other]).ship_by == in_berlin(12)
    assert placed(external_id="W-2", lines=[other]).ship_by == in_berlin(10)


@pytest.mark.requirement("S81")
def test_a_promised_day_is_kept_and_its_clock_runs(shop):
    made = placed(ship_by="2026-11-09T18:00:00+01:00")
    due = datetime(2026, 11, 9, 17, tzinfo=UTC)
    clock = ShipDeadline.objects.get()
    assert (made.ship_by, clock.due_at, clock.started_at) == (due, due, FRIDAY_AT)
    assert (clock.remind_at, clock.cancel_at) == (due - DAY, datetime(2026, 11, 18, 17, tzinfo=UTC))
    assert clock.profile_digest == profile_in_force(made.marketplace, FRIDAY_AT).digest


@pytest.mark.parametrize("change", [{"fulfilment": "marketplace"}, {"status": "pending"}, {"status": "shipped"}])
def test_what_the_seller_need_not_send_has_no_clock(shop, change):
    assert placed(**change).ship_by is None
    assert not ShipDeadline.objects.exists()


def test_a_historic_order_has_no_clock(shop):
    bring("orders", [ORDER])
    assert not ShipDeadline.objects.exists()


def test_an_order_that_is_paid_later_has_its_days_from_then(shop):
    placed(status="pending")
    placed(now=FRIDAY_AT + 3 * DAY)
    assert (Order.objects.get().ship_by, ShipDeadline.objects.get().started_at) == (in_berlin(11), FRIDAY_AT + 3 * DAY)


def test_another_promise_of_the_file_is_another_clock(shop):
    placed()
    placed(ship_by="2026-11-20T18:00:00+01:00", now=FRIDAY_AT + HOUR)
    assert list(ShipDeadline.objects.order_by("pk").values_list("end", "due_at")) == [
        ("delayed", in_berlin(10)),
        ("", datetime(2026, 11, 20, 17, tzinfo=UTC)),
    ]


@pytest.mark.parametrize(("status", "end", "released"), [("shipped", "shipped", 0), ("cancelled", "cancelled", 2_500)])
def test_a_file_that_moves_the_order_ends_its_clock(shop, status, end, released):
    placed()
    placed(status=status, now=FRIDAY_AT + HOUR)
    assert ShipDeadline.objects.values_list("end", "ended_at").get() == (end, FRIDAY_AT + HOUR)
    assert Payable.objects.get().released_minor == released


ALL_OF_IT = {"external_id": "P-1", "carrier": "Post", "shipped_at": FRIDAY, "lines": [{"line": "1", "quantity": 2}]}


def moved_by_history(kind):
    """The order's state, what was charged and the end of its clock, after a historic file that says all has left."""
    inside = {**ORDER, "placed_at": FRIDAY, "status": "partially_shipped", "shipments": [ALL_OF_IT]}
    row = inside if kind == "orders" else {**ALL_OF_IT, "order": "W-1"}
    assert bring(kind, [row], now=FRIDAY_AT + HOUR).counts == (1, 0, 0)
    clock = ShipDeadline.objects.values_list("end", "ended_at").get()
    return Order.objects.get().status, charged(Order.objects.get()), clock


@pytest.mark.parametrize("kind", ["orders", "shipments"])
def test_a_historic_file_of_which_all_has_left_leaves_nothing_to_send(shop, kind):
    placed()
    expected = ("shipped", [("brought_forward", 2_500)], ("shipped", FRIDAY_AT + HOUR))
    assert moved_by_history(kind) == expected
    watch_ship_deadlines(FRIDAY_AT + 60 * DAY)
    assert (Order.objects.get().status, charged(Order.objects.get())) == expected[:2]


@pytest.mark.parametrize(("first", "then", "clocks"), [("seller", "marketplace", 1), ("marketplace", "seller", 0)])
def test_a_later_file_does_not_say_that_somebody_else_ships_it(shop, first, then, clocks):
    placed(fulfilment=first)
    result = bring("orders", [{**ORDER, "placed_at": FRIDAY, "fulfilment": then}], live=True, now=FRIDAY_AT + HOUR)
    assert result.refusals == [(1, "fulfilment", "fixed")]
    assert Order.objects.get().fulfilment == first
    assert ShipDeadline.objects.filter(ended_at=None).count() == clocks


def test_a_file_does_not_take_back_what_the_buyer_agreed_to(shop):
    made = placed(ship_by="2026-11-09T18:00:00+01:00")
    told = {"ship_by": in_berlin(20), "reason": "The kiln cooled down.", "told_by": "usr_1", "told_at": FRIDAY_AT}
    DelayNotice.objects.create(order=made, public_id="dly_1", choice="keep", **told)
    Order.objects.update(ship_by=in_berlin(20))
    placed(ship_by="2026-11-09T18:00:00+01:00", now=FRIDAY_AT + HOUR)
    assert Order.objects.get().ship_by == in_berlin(20)
    assert ShipDeadline.objects.get().ended_at is None


@pytest.mark.requirement("S81")
def test_the_seller_is_reminded_once(shop):
    made = placed()
    before = in_berlin(10) - DAY
    for now in (before - timedelta(seconds=1), before, before + HOUR):
        watch_ship_deadlines(now)
    assert events(made) == ["order.placed", "order.ship_due_soon"]
    assert ShipDeadline.objects.get().reminded_at == before


@pytest.mark.requirement("S45")
def test_late_without_a_word_is_a_breach_recorded_once(shop):
    made = placed()
    watch_ship_deadlines(in_berlin(10))
    for _ in range(2):
        watch_ship_deadlines(in_berlin(10) + HOUR)
    assert events(made) == ["order.placed", "order.ship_due_soon", "order.late"]
    assert OutboxEvent.objects.get(name="order.late").data == {"breach": True, "order": made.public_id}
    assert ShipDeadline.objects.values_list("late_at", "breached_at").get() == (in_berlin(10) + HOUR,) * 2


@pytest.mark.requirement("S45")
@pytest.mark.parametrize(("hours", "breach"), [(-1, False), (0, False), (1, True)])
def test_late_with_a_word_before_is_no_breach(shop, hours, breach):
    made = placed()
    told_at = in_berlin(10) + hours * HOUR
    told = {"ship_by": in_berlin(20), "reason": "The kiln cooled down.", "told_by": "usr_1", "told_at": told_at}
    DelayNotice.objects.create(order=made, public_id="dly_1", **told)
    watch_ship_deadlines(in_berlin(10) + 2 * HOUR)
    assert OutboxEvent.objects.get(name="order.late").data["breach"] is breach
    assert (ShipDeadline.objects.get().breached_at is not None) is breach


def test_an_order_that_does_not_leave_is_cancelled_seven_business_days_later(shop):
    made = placed()
    watch_ship_deadlines(in_berlin(19) - timedelta(seconds=1))
    assert Order.objects.get().status == "unshipped"
    for _ in range(2):
        watch_ship_deadlines(in_berlin(19))
    assert events(made) == ["order.placed", "order.late", "order.cancelled"]
    assert OutboxEvent.objects.get(name="order.cancelled").data == {
        "reason": "NotShippedInTime",
        "by": "marketplace",
        "order": made.public_id,
    }
    assert (Order.objects.get().cancelled_at, Payable.objects.get().released_minor) == (in_berlin(19), 2_500)
    assert Listing.objects.get().quantity == 0


def test_of_an_order_that_has_left_in_part_the_rest_is_given_up(shop):
    placed()
    Order.objects.update(status="partially_shipped")
    watch_ship_deadlines(in_berlin(19))
    assert Order.objects.get().status == "unfulfillable"


def test_a_clock_that_was_forgotten_ends_without_a_word(shop):
    made = placed()
    Order.objects.update(status="shipped")
    watch_ship_deadlines(in_berlin(19))
    assert (ShipDeadline.objects.get().end, events(made)) == ("shipped", ["order.placed"])


def test_a_run_takes_a_bounded_number_and_the_next_goes_on(shop, monkeypatch):
    monkeypatch.setattr(overdue, "BATCH", 2)
    for n in range(5):
        placed(external_id=f"W-{n}")
    counts = []
    for _ in range(3):
        watch_ship_deadlines(in_berlin(11))
        counts.append(OutboxEvent.objects.filter(name="order.late").count())
    assert counts == [2, 4, 5]


def test_several_marketplaces_are_looked_after_in_one_run(shop):
    placed()
    other = factories.order(ship_by=in_berlin(9))
    clock = {"due_at": in_berlin(9), "remind_at": in_berlin(8), "cancel_at": in_berlin(18), "profile_digest": "p"}
    ShipDeadline.objects.create(order=other, started_at=FRIDAY_AT, **clock)
    watch_ship_deadlines(in_berlin(20))
    assert sorted(Order.objects.values_list("status", flat=True)) == ["cancelled", "cancelled"]


@pytest.mark.parametrize("count", [1, 3])
def test_many_are_found_late_at_the_cost_of_one(shop, django_assert_num_queries, count):
    for n in range(count):
        placed(external_id=f"W-{n}")
    with django_assert_num_queries(16):
        watch_ship_deadlines(in_berlin(11))


@pytest.mark.postgres
def test_what_is_due_is_found_by_an_index(shop):
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")
        plans = []
        for step in overdue._STEPS:  # its filters must fit the indexes
            due = ShipDeadline.objects.filter(ended_at__isnull=True, **step.due(FRIDAY_AT)).order_by(step.column)
            plans.append(due[:500].explain())
    names = ("ship_deadline_to_cancel", "ship_deadline_due", "ship_deadline_to_remind")
    assert [name in plan for name, plan in zip(names, plans, strict=True)] == [True, True, True]


def test_the_clock_is_among_the_schedules(shop):
    made = placed()
    run_due(in_berlin(11))
    assert events(made)[-1] == "order.late"
