"""Whatever is done with offers in whatever order, and by two at once: what was accepted is paid once, never too much."""

import threading
from datetime import timedelta
from itertools import count

import pytest
from django.db import connection, transaction
from django.db.models import Sum
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from comity.common.errors import Refused
from comity.common.record import verify
from comity.ledger.models import Entry, Journal, Payable
from comity.messaging.models import OFFER_TRANSITIONS, Offer
from comity.messaging.selectors.conversations import record_heads
from comity.messaging.services import carrying_out, offers
from comity.messaging.services.offers import CHOICES, expire_due
from comity.orders.models import Adjustment, Replacement, Return
from comity.orders.services.adjusting import Change, Part, adjust
from tests import factories
from tests.messaging.test_offers import PAID, offer, paid_desk, say

LATER = timedelta(hours=97)
keys = count(1)
# Which choice leads where, for whoever's turn it is.
LEADS = {"accept": "accepted", "decline": "declined", "counter": "countered", "withdraw": "withdrawn"}


def adjustments():
    return Adjustment.objects.filter(source=carrying_out.SOURCE)


class Life(RuleBasedStateMachine):
    """One order that was paid; offers about it are made, answered and forgotten, and money goes back beside them."""

    def __init__(self):
        super().__init__()
        self.undone = transaction.atomic()
        self.undone.__enter__()
        self.desk = paid_desk()
        factories.shipment(self.desk.order)
        self.paid_by_offers = 0

    def teardown(self):
        assert list(verify(record_heads(), whole=False)) == []
        transaction.set_rollback(True)
        self.undone.__exit__(None, None, None)

    def refusal(self, call):
        try:
            with transaction.atomic():
                call()
        except Refused as refusal:
            return refusal.code
        return ""

    @property
    def left(self):
        return Payable.objects.get(subject=self.desk.order.public_id).refundable_minor

    def open_one(self):
        return Offer.objects.exclude(closed_at__isnull=False).first()

    @rule(kind=st.sampled_from(Offer.Kind.values), amount=st.integers(-1, PAID + 1))
    def make(self, kind, amount):
        waits, left, kept = self.open_one(), self.left, not Return.objects.exists()
        code = self.refusal(lambda: offer(self.desk, kind, amount, address="Hafenstr. 4, Hamburg"))
        if waits:
            assert code == "open"
        elif kind == "partial":
            assert (code == "") == (0 < amount <= left)
        else:
            kept = kept and not (kind == "replacement" and Replacement.objects.exists())
            assert (code == "") == (left > 0 and (kept or kind == "refund"))

    @rule(which=st.integers(0, 3), choice=st.sampled_from(CHOICES), side=st.sampled_from(["buyer", "seller"]),
          amount=st.integers(-1, PAID + 1))  # fmt: skip
    def answer(self, which, choice, side, amount):
        every = list(Offer.objects.order_by("-pk"))
        if not every:
            return
        before, left = every[which % len(every)], self.left
        code = self.refusal(lambda: say(self.desk, before, choice, side, amount))
        after = Offer.objects.get(pk=before.pk)
        if code:
            assert after.state == before.state
            return
        assert after.state == LEADS[choice]
        assert after.state in OFFER_TRANSITIONS[before.state]
        if choice == "accept" and after.is_money:
            price = before.counter_minor or before.amount_minor
            assert price <= left
            self.paid_by_offers += price

    @rule(amount=st.integers(1, PAID))
    def concede(self, amount):
        order = self.desk.order
        change = Change(order.public_id, "GeneralAdjustment", (Part("", "Goodwill", amount),), f"c{next(keys)}")
        adjust(order.seller, [change], source="page", actor="usr_1", now=self.desk.now)

    @rule()
    def forget(self):
        self.desk.hours += 97
        assert expire_due(self.desk.now) <= 1
        assert self.open_one() is None

    @invariant()
    def paid_once_and_never_too_much(self):
        payable = Payable.objects.get(subject=self.desk.order.public_id)
        assert payable.refunded_minor <= PAID
        assert (adjustments().aggregate(Sum("amount_minor"))["amount_minor__sum"] or 0) == self.paid_by_offers
        accepted = Offer.objects.filter(state="accepted", kind__in=["refund", "partial"])
        assert adjustments().count() == accepted.count() == accepted.exclude(adjustment=None).count()
        assert (Entry.objects.aggregate(Sum("amount_minor"))["amount_minor__sum"] or 0) == 0
        assert Offer.objects.filter(closed_at=None).count() <= 1
        for kind, made in (("replacement", Replacement), ("return", Return)):
            assert Offer.objects.filter(kind=kind, state="accepted").exclude(made="").count() == made.objects.count()


@pytest.mark.django_db
def test_an_order_never_pays_more_for_offers_than_was_accepted_and_paid(easy_rules):
    run_state_machine_as_test(Life, settings=settings(max_examples=4, stateful_step_count=12, deadline=None))


@pytest.mark.full
@pytest.mark.django_db
def test_an_order_never_pays_more_for_offers_than_was_accepted_and_paid_for_long(easy_rules):
    run_state_machine_as_test(Life, settings=settings(max_examples=150, stateful_step_count=40, deadline=None))


def both(*calls):
    """Make these calls at the same moment; what each was refused with, sorted, empty for done."""
    ready, outcomes = threading.Barrier(len(calls)), []

    def run(call):
        try:
            ready.wait()
            call()
            outcomes.append("")
        except Refused as refusal:
            outcomes.append(refusal.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[call]) for call in calls]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    return sorted(outcomes)


def refunded():
    return sum(Journal.objects.filter(kind="refund").values_list("amount_minor", flat=True))


@pytest.mark.postgres
def test_accepted_four_times_at_once_it_is_paid_once(transactional_db, easy_rules):
    desk = paid_desk()
    made = offer(desk)
    assert both(*[lambda: say(desk, made, "accept")] * 4) == ["", "answered", "answered", "answered"]
    assert (refunded(), adjustments().count()) == (500, 1)


@pytest.mark.postgres
def test_a_replacement_accepted_four_times_at_once_is_one_order(transactional_db, easy_rules):
    desk = paid_desk()
    factories.shipment(desk.order)
    made = offer(desk, "replacement")
    assert both(*[lambda: say(desk, made, "accept")] * 4) == ["", "answered", "answered", "answered"]
    assert Replacement.objects.get().order.lines.get().taken == 1


@pytest.mark.postgres
def test_accepted_and_taken_back_at_once_one_of_them_knows(transactional_db, easy_rules):
    for _ in range(2):
        desk = paid_desk()
        made = offer(desk)
        before = refunded()
        assert both(lambda: say(desk, made, "accept"), lambda: say(desk, made, "withdraw", "seller")) == [  # noqa: B023 - called at once
            "", "answered",
        ]  # fmt: skip
        made.refresh_from_db()
        assert (made.state, refunded() - before) in (("accepted", 500), ("withdrawn", 0))


@pytest.mark.postgres
def test_two_offers_at_once_are_one(transactional_db, easy_rules):
    desk = paid_desk()
    assert both(*[lambda: offer(desk)] * 2) == ["", "open"]
    assert Offer.objects.count() == 1


@pytest.mark.postgres
def test_an_offer_and_an_adjustment_for_all_of_the_money_meet(transactional_db, easy_rules):
    desk = paid_desk()
    made, order = offer(desk, "refund"), desk.order
    change = Change(order.public_id, "GeneralAdjustment", (Part("", "Goodwill", PAID),), "all")

    def concede():
        for fault in adjust(order.seller, [change], source="page", actor="usr_1", now=desk.now)[0].faults:
            raise Refused(fault.code, fault.sentence)

    outcomes = both(concede, lambda: say(desk, made, "accept"))
    assert outcomes in (["", "more_than_left"], ["", "more_than_paid"])
    assert refunded() == PAID


def test_without_the_mark_of_who_answered_it_would_be_paid_twice(db, easy_rules, monkeypatch):
    """The checks above are no idle ones: an acceptance that leaves the offer open, and names no reference, pays again."""
    desk = paid_desk()
    made = offer(desk)
    monkeypatch.setattr(offers, "_move", lambda *_, **__: None)
    real = carrying_out.Change
    monkeypatch.setattr(
        carrying_out, "Change", lambda order, reason, parts, _: real(order, reason, parts, f"r{next(keys)}")
    )
    for _ in range(2):
        say(desk, made, "accept")

    assert refunded() == 1000
