"""Whatever happens in whatever order: never more pieces come back than were sent, never more money than was paid."""

import threading

import pytest
from django.db import connection, transaction
from django.db.models import Sum
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from comity.common.errors import Refused
from comity.common.record import verify
from comity.ledger.models import Entry, Payable
from comity.messaging.selectors.conversations import record_heads
from comity.orders.models import RETURN_TRANSITIONS, Return, ReturnLine
from comity.orders.selectors.returns import returnable
from comity.orders.services.adjusting import Change, Part, adjust
from comity.orders.services.returning.answers import authorise, refund_without_goods
from comity.orders.services.returning.arrivals import Graded, grade, receive
from comity.orders.services.returning.refunds import refund, refuse
from comity.orders.services.returning.requests import close, mark_sent
from tests.factories import NOW
from tests.orders.returns import BUYER, HOME, SELLER, again, arrived, wanted

PIECES, UNIT, POSTAGE = 4, 333, 100
WHICH = st.integers(0, 5)
SELLERS = {"side": "seller", "actor": SELLER, "now": NOW}


class Life(RuleBasedStateMachine):
    """One order of four pieces; its returns go through any steps, and money is given back beside them."""

    def __init__(self):
        super().__init__()
        self.undone = transaction.atomic()
        self.undone.__enter__()
        self.order = arrived(quantity=PIECES, unit=UNIT, postage=POSTAGE)
        self.returns, self.references = [], 0

    def teardown(self):
        assert list(verify(record_heads(), whole=False)) == []
        transaction.set_rollback(True)
        self.undone.__exit__(None, None, None)

    def step(self, which, to, service, *arguments, **named):
        """A step of one of the returns: taken where the table has it, refused with nothing changed elsewhere."""
        if not self.returns:
            return
        one = again(self.returns[which % len(self.returns)])
        code = self.refusal(lambda: service(one, *arguments, **named))
        allowed = to in RETURN_TRANSITIONS[one.state]
        assert allowed or code == "state"
        assert code in ("", "nothing_left") or not allowed
        assert again(one).state == (one.state if code else to)

    def refusal(self, call):
        """The code with which ``call`` is refused, empty where it is done."""
        try:
            with transaction.atomic():
                call()
        except Refused as refusal:
            return refusal.code
        return ""

    @rule(pieces=st.integers(-1, PIECES + 1))
    def ask(self, pieces):
        left = returnable(self.order)[0].left
        code = self.refusal(lambda: self.returns.append(wanted(self.order, pieces)))
        assert code == ("" if 1 <= pieces <= left else "quantity")
        assert returnable(self.order)[0].left == left - (0 if code else pieces)

    @rule(which=WHICH)
    def accept(self, which):
        self.step(which, "authorised", authorise, address=HOME, **SELLERS)

    @rule(which=WHICH)
    def send(self, which):
        self.step(which, "in_transit", mark_sent, carrier="Post", tracking="", actor=BUYER, now=NOW)

    @rule(which=WHICH)
    def arrive(self, which):
        self.step(which, "received", receive, **SELLERS)

    @rule(which=WHICH, condition=st.sampled_from([("new", ""), ("used", "worn")]))
    def look(self, which, condition):
        self.step(which, "graded", grade, [Graded("1", *condition)], **SELLERS)

    @rule(which=WHICH, postage=st.sampled_from([0, 0, 50]))
    def pay(self, which, postage):
        one = again(self.returns[which % len(self.returns)]) if self.returns else None
        if one and one.state == "graded":
            self.step(which, "refunded", refund, postage_minor=0 if one.label_id is None else postage, **SELLERS)
        if one and one.state == "graded" == again(one).state:
            self.step(which, "declined", refuse, reason="It was refunded before.", **SELLERS)
            assert again(one).state == "declined"

    @rule(which=WHICH)
    def give(self, which):
        one = again(self.returns[which % len(self.returns)]) if self.returns else None
        if one and one.state != "graded":
            self.step(which, "refunded", refund_without_goods, **SELLERS)

    @rule(which=WHICH)
    def call_off(self, which):
        self.step(which, "closed", close, actor=BUYER, now=NOW)

    @rule(amount=st.integers(1, UNIT * 3), part=st.sampled_from([("1", "Principal"), ("", "Goodwill")]))
    def concede(self, amount, part):
        self.references += 1
        change = Change(self.order.public_id, "GeneralAdjustment", (Part(*part, amount),), f"c{self.references}")
        adjust(self.order.seller, [change], source="page", actor=SELLER, now=NOW)

    @invariant()
    def nothing_too_much(self):
        (piece,) = returnable(self.order)
        assert 0 <= piece.back <= PIECES
        payable = Payable.objects.get(subject=self.order.public_id)
        given = self.order.adjustments.aggregate(Sum("amount_minor"))["amount_minor__sum"] or 0
        assert payable.refunded_minor == given <= PIECES * UNIT + POSTAGE
        assert (Entry.objects.aggregate(Sum("amount_minor"))["amount_minor__sum"] or 0) == 0


@pytest.mark.django_db
def test_pieces_and_money_stay_within_what_was_sent_and_paid():
    run_state_machine_as_test(Life, settings=settings(max_examples=5, stateful_step_count=12, deadline=None))


@pytest.mark.full
@pytest.mark.django_db
def test_pieces_and_money_stay_within_what_was_sent_and_paid_for_long():
    run_state_machine_as_test(Life, settings=settings(max_examples=150, stateful_step_count=40, deadline=None))


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


@pytest.mark.postgres
def test_the_last_piece_is_asked_for_once(transactional_db):
    one = arrived()
    outcomes = both(*[lambda: wanted(one)] * 4)
    assert sorted(outcomes) == ["", "quantity", "quantity", "quantity"]
    assert ReturnLine.objects.aggregate(Sum("quantity"))["quantity__sum"] == 1


@pytest.mark.postgres
def test_an_acceptance_and_a_change_of_mind_meet_and_one_of_them_knows(transactional_db):
    made = [wanted(arrived()) for _ in range(4)]
    for one in made:
        outcomes = both(
            lambda one=one: authorise(one, address=HOME, **SELLERS), lambda one=one: close(one, actor=BUYER, now=NOW)
        )
        # Closed last it was accepted before; accepted last it was refused, for the buyer was first.
        assert (outcomes, again(one).state) in ((["", ""], "closed"), (["state", ""], "closed"))
        assert Return.objects.get(pk=one.pk).deadlines.filter(ended_at=None).count() == 0


@pytest.mark.postgres
def test_money_goes_back_once_however_often_it_is_pressed(transactional_db):
    one = arrived(quantity=2)
    made = wanted(one)
    outcomes = both(*[lambda: refund_without_goods(made, **SELLERS)] * 4)
    assert sorted(outcomes) == ["", "state", "state", "state"]
    assert Payable.objects.get(subject=one.public_id).refunded_minor == 1_000
