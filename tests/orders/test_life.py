"""The life of an order: along the table and nowhere else, whatever buyer, seller and clock do in whatever order."""

import json
import threading
from datetime import timedelta
from functools import partial

import pytest
from django.db import connection, transaction
from django.db.models import Sum
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from comity.catalog.models import Listing
from comity.common.errors import Refused
from comity.common.models import OutboxEvent, RecordEntry
from comity.common.record import verify
from comity.ledger.models import Journal, Payable
from comity.messaging.selectors.conversations import record_heads
from comity.orders.models import TRANSITIONS, CancelRequest, DelayNotice, Order, OrderLine, ShipDeadline, Shipment
from comity.orders.services.acknowledging import Acknowledgement, acknowledge
from comity.orders.services.cancel_requests import answer_request, call_off
from comity.orders.services.confirming import Confirmation, confirm
from comity.orders.services.delaying import choose, tell_delay
from comity.orders.services.happenings import Happening, ImpossibleStep, happen, lock_orders
from comity.orders.services.overdue import watch_ship_deadlines
from comity.orders.services.results import only
from comity.orders.services.statuses import OVER, TO_SHIP
from tests import factories
from tests.factories import NOW
from tests.orders.life import running

PIECES, STOCK, TOTAL = 2, 9, 2_450
EVERY = [(before, after) for before in TRANSITIONS for after in TRANSITIONS]


@pytest.mark.django_db
@pytest.mark.parametrize(("before", "after"), EVERY, ids=str)
def test_a_step_is_taken_exactly_where_the_table_has_it(before, after):
    made = factories.order(status=before)
    try:
        with transaction.atomic():
            happen([Happening(lock_orders([made.pk])[made.pk], "order.moved", to=after)], now=NOW)
    except ImpossibleStep:
        assert after not in TRANSITIONS[before]
        assert not RecordEntry.objects.filter(chain=made.public_id).exists()
    made.refresh_from_db()
    assert made.status == (after if after in TRANSITIONS[before] else before)


def again():
    return Order.objects.select_related("seller", "marketplace", "buyer__user").get()


def ship(order, reference, *, now, items=()):
    sent = Confirmation(order.number, items, "DHL", "", "", now, reference)
    return only(confirm(order.seller, [sent], source="page", actor="usr_1", now=now))


def give_up(order, *, now):
    asked = [Acknowledgement(order.number, "PricingError")]
    return only(acknowledge(order.seller, asked, source="page", actor="usr_1", now=now))


class Life(RuleBasedStateMachine):
    """One order of two pieces, to be sent within two days."""

    def __init__(self):
        super().__init__()
        self.undone = transaction.atomic()
        self.undone.__enter__()
        self.now, self.count = NOW, 0
        made = running(placed_at=NOW)
        made.lines.update(quantity=PIECES, taken=PIECES, unit_minor=TOTAL // PIECES)
        self.staff = factories.staff(made.seller)

    def teardown(self):
        moved = [json.loads(one.facts) for one in RecordEntry.objects.filter(kind="moved").order_by("position")]
        assert all(one["to"] in TRANSITIONS[one["from"]] for one in moved)
        assert [one["from"] for one in moved] == ["unshipped", *(one["to"] for one in moved)][: len(moved)]
        assert list(verify(record_heads(), whole=False)) == []
        transaction.set_rollback(True)
        self.undone.__exit__(None, None, None)

    def refusal(self, call):
        """The code with which ``call`` is refused, and then nothing has changed; empty where it is done."""
        before = self.rows()
        try:
            with transaction.atomic():
                call()
        except Refused as refusal:
            assert self.rows() == before
            return refusal.code
        return ""

    def rows(self):
        models = (Order, OrderLine, ShipDeadline, CancelRequest, DelayNotice, Shipment, Journal, OutboxEvent, Listing)
        return [list(model.objects.order_by("pk").values()) for model in models]

    @rule(minutes=st.sampled_from([10, 60, 24 * 60, 4 * 24 * 60]))
    def time_passes(self, minutes):
        self.now += timedelta(minutes=minutes)
        for _ in range(2):
            watch_ship_deadlines(self.now)

    @rule()
    def buyer_calls_off(self):
        order, free = again(), self.now - NOW <= timedelta(minutes=30)
        waiting = CancelRequest.objects.filter(state="waiting").exists()
        code = self.refusal(lambda: call_off(order=order, buyer=order.buyer, now=self.now))
        if order.status == "unshipped" and free:
            assert (code, again().status) == ("", "cancelled")
        elif order.status in TO_SHIP:
            assert (code, again().status) == ("asked" if waiting else "", order.status)
        else:
            assert code == ("over" if order.status in OVER else "has_left")

    @rule(accept=st.booleans())
    def seller_answers(self, accept):
        if not (request := CancelRequest.objects.order_by("-pk").first()):
            return
        order = again()
        answered = {"staff": self.staff, "order": order, "request_id": request.public_id, "answer": "Packed."}
        code = self.refusal(lambda: answer_request(**answered, accept=accept, now=self.now))
        known = {"waiting": "", "overtaken": "overtaken"}
        assert code == known.get(request.state, "answered")
        if not code and accept:
            assert again().status == ("cancelled" if order.status == "unshipped" else "unfulfillable")

    @rule(days=st.integers(-1, 31))
    def seller_is_late(self, days):
        order = again()
        told = {"ship_on": (self.now + timedelta(days=days)).date(), "reason": "The kiln cooled down."}
        code = self.refusal(lambda: tell_delay(staff=self.staff, order=order, **told, now=self.now))
        if order.status not in TO_SHIP:
            assert code == "has_left"
        elif days == 31:
            assert code == "too_late"
        else:
            assert code == ("" if code == "" and days >= 0 else "not_later")

    @rule(which=st.integers(1, 2), choice=st.sampled_from(["keep", "cancel"]))
    def buyer_chooses(self, which, choice):
        notices = list(DelayNotice.objects.order_by("-pk"))[:which]
        if not notices:
            return
        order, notice = again(), notices[-1]
        answered = {"order": order, "buyer": order.buyer, "notice_id": notice.public_id, "choice": choice}
        code = self.refusal(lambda: choose(**answered, now=self.now))
        passed = choice == "keep" and notice.ship_by <= self.now
        codes = [
            ("answered", notice.choice),
            ("has_left", order.status not in TO_SHIP),
            ("overtaken", len(notices) == 2),
            ("passed", passed),
        ]
        assert code == next((name for name, holds in codes if holds), "")

    @rule(pieces=st.integers(1, PIECES))
    def seller_ships(self, pieces):
        order, self.count = again(), self.count + 1
        gone = Shipment.objects.count() and Shipment.objects.aggregate(n=Sum("lines__quantity"))["n"]
        sent = partial(ship, order, f"p{self.count}", items=(("1", pieces),), now=self.now)
        code = self.refusal(sent)
        if order.status in TO_SHIP and gone + pieces <= PIECES:
            whole = gone + pieces == PIECES
            assert (code, again().status) == ("", "shipped" if whole else "partially_shipped")
        else:
            assert code in ("order_over", "nothing_left", "too_many")

    @rule()
    def seller_gives_up(self):
        order = again()
        code = self.refusal(lambda: give_up(order, now=self.now))
        assert code == ("status" if order.status in ("partially_shipped", "shipped") else "")
        assert code or again().status in OVER

    @invariant()
    def the_clock_runs_while_it_waits(self):
        order, clocks = again(), list(ShipDeadline.objects.order_by("pk"))
        running_ones = [one for one in clocks if one.ended_at is None]
        assert len(running_ones) == (order.status in TO_SHIP)
        assert all(one.due_at == order.ship_by for one in running_ones)
        assert all((one.end == "") == (one.ended_at is None) for one in clocks)

    @invariant()
    def late_without_a_word_is_a_breach(self):
        told = list(DelayNotice.objects.values_list("told_at", flat=True))
        for clock in ShipDeadline.objects.all():
            in_time = any(clock.started_at < at <= clock.due_at for at in told)
            assert (clock.breached_at is not None) == (clock.late_at is not None and not in_time)
        counts = [ShipDeadline.objects.exclude(**{name: None}).count() for name in ("late_at", "reminded_at")]
        names = ["order.late", "order.ship_due_soon"]
        assert [OutboxEvent.objects.filter(name=name).count() for name in names] == counts

    @invariant()
    def one_question_waits_at_most_and_only_while_it_can_be_answered(self):
        assert CancelRequest.objects.filter(state="waiting").count() <= (again().status in TO_SHIP)

    @invariant()
    def money_and_pieces_add_up(self):
        order, payable = again(), Payable.objects.get()
        assert payable.captured_minor + payable.released_minor <= TOTAL
        assert (payable.open_minor == 0) == (order.status not in TO_SHIP)
        assert payable.released_minor == 0 or order.status in OVER
        taken = OrderLine.objects.aggregate(n=Sum("taken"))["n"]
        assert Listing.objects.get().quantity + taken == STOCK + PIECES
        assert taken == PIECES or order.status in OVER


@pytest.mark.requirement("S45", "S46", "S81")
@pytest.mark.django_db
def test_a_life_stays_along_the_table():
    run_state_machine_as_test(Life, settings=settings(max_examples=5, stateful_step_count=12, deadline=None))


@pytest.mark.full
@pytest.mark.django_db
def test_a_life_stays_along_the_table_for_long():
    run_state_machine_as_test(Life, settings=settings(max_examples=80, stateful_step_count=25, deadline=None))


def both(*calls):
    """Make these calls at the same moment; what each was refused with, empty for done."""
    ready, outcomes = threading.Barrier(len(calls)), [""] * len(calls)

    def run(number):
        try:
            ready.wait()
            calls[number]()
        except Refused as refusal:
            outcomes[number] = refusal.code
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[number]) for number in range(len(calls))]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    return outcomes


def sums():
    payable = Payable.objects.get()
    return payable.captured_minor, payable.released_minor


@pytest.mark.postgres
@pytest.mark.parametrize("attempt", range(3))
def test_a_buyer_cancels_while_the_seller_confirms_and_one_of_them_is_first(transactional_db, attempt):
    order = running(placed_at=NOW)
    outcomes = both(lambda: call_off(order=order, buyer=order.buyer, now=NOW), lambda: ship(order, "p1", now=NOW))
    expected = {"cancelled": (["", "order_over"], (0, TOTAL)), "shipped": (["has_left", ""], (TOTAL, 0))}
    assert (outcomes, sums()) == expected[again().status]
    assert Journal.objects.count() == 1


@pytest.mark.postgres
def test_of_two_answers_one_is_given(transactional_db):
    order = running(placed_at=NOW - timedelta(hours=1))
    seats = [factories.staff(order.seller) for _ in range(2)]
    request = call_off(order=order, buyer=order.buyer, now=NOW)
    asked = {"order": order, "request_id": request.public_id, "now": NOW}
    outcomes = both(
        lambda: answer_request(staff=seats[0], accept=True, **asked),
        lambda: answer_request(staff=seats[1], accept=False, answer="It is packed.", **asked),
    )
    expected = {"accepted": (["", "answered"], "cancelled"), "declined": (["answered", ""], "unshipped")}
    assert (outcomes, again().status) == expected[CancelRequest.objects.get().state]


@pytest.mark.postgres
def test_a_buyer_who_asks_twice_at_once_asks_once(transactional_db):
    order = running(placed_at=NOW - timedelta(hours=1))
    outcomes = both(*[lambda: call_off(order=order, buyer=order.buyer, now=NOW)] * 4)
    assert sorted(outcomes) == ["", "asked", "asked", "asked"]
    assert CancelRequest.objects.count() == 1


@pytest.mark.postgres
def test_a_choice_is_made_once_however_often_it_is_pressed(transactional_db):
    order = running(placed_at=NOW - timedelta(hours=1))
    told = {"ship_on": (NOW + timedelta(days=4)).date(), "reason": "The kiln cooled down."}
    notice = tell_delay(staff=factories.staff(order.seller), order=order, **told, now=NOW)
    answered = {"order": order, "buyer": order.buyer, "notice_id": notice.public_id, "now": NOW}
    outcomes = both(*[lambda: choose(choice="keep", **answered), lambda: choose(choice="cancel", **answered)])
    expected = {"keep": (["", "answered"], "unshipped", 2), "cancel": (["answered", ""], "cancelled", 1)}
    found = DelayNotice.objects.get().choice
    assert (outcomes, again().status, ShipDeadline.objects.count()) == expected[found]


@pytest.mark.postgres
def test_two_workers_cancel_what_is_overdue_once(transactional_db):
    made = [running(placed_at=NOW, offer=None) for _ in range(3)]
    both(*[lambda: watch_ship_deadlines(NOW + timedelta(days=30))] * 2)
    cancelled = OutboxEvent.objects.filter(name="order.cancelled").values_list("stream", flat=True)
    assert sorted(cancelled) == sorted(one.public_id for one in made)
