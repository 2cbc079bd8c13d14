"""Whatever happens in whatever order: never more pieces come back than were sent, never more money than was paid."""

import threading
from datetime import timedelta

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
from comity.orders.models import RETURN_TRANSITIONS, Order, Return, ReturnLine
from comity.orders.selectors.returns import is_paid_back, returnable
from comity.orders.services.adjusting import Change, Part, adjust
from comity.orders.services.returning.answers import authorise, refund_without_goods
from comity.orders.services.returning.arrivals import Graded, grade, receive
from comity.orders.services.returning.refunds import refund, refuse
from comity.orders.services.returning.requests import close, mark_sent
from comity.orders.services.returning.unseen import refund_unseen
from tests.factories import NOW, marketplace, seller
from tests.orders.returns import BUYER, HOME, SELLER, again, arrived, back, given_back, told, wanted

PIECES, UNIT, POSTAGE = 4, 333, 100
WHICH = st.integers(0, 5)
LATE = NOW + timedelta(days=6)  # for looking at what has arrived
SELLERS = {"side": "seller", "actor": SELLER, "now": NOW}


def shop():
    """Under rules by which what nobody looks at is refunded by itself."""
    return seller(marketplace(rulebook="amazon-2026-01"))


class Life(RuleBasedStateMachine):
    """One order of four pieces; its returns go through any steps, and money is given back beside them."""

    def __init__(self):
        super().__init__()
        self.undone = transaction.atomic()
        self.undone.__enter__()
        self.order = arrived(quantity=PIECES, unit=UNIT, postage=POSTAGE, shop=shop())
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
        usual = "" if 1 <= pieces <= left else "quantity"
        assert code == ("paid_back" if is_paid_back(Order.objects.get(pk=self.order.pk)) else usual)
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
        if one and one.state in (
            "received",
            "graded",
        ):  # the goods are there: what is refunded then is not without them
            assert self.refusal(lambda: refund_without_goods(one, **SELLERS)) == "state"
        elif one:
            self.step(which, "refunded", refund_without_goods, **SELLERS)

    @rule()
    def forget(self):
        """Nobody looks at what has arrived: it is refunded, or only missed where no money is left."""
        waiting = Return.objects.filter(state="received", overdue_at=None).count()
        assert refund_unseen(LATE) == waiting
        assert refund_unseen(LATE) == 0

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
def test_a_late_look_and_the_refund_by_itself_meet_and_one_of_them_knows(transactional_db):
    for _ in range(3):
        one = back(arrived(shop=shop()))
        outcomes = both(lambda one=one: grade(one, [Graded("1", "new")], **SELLERS), lambda: refund_unseen(LATE))
        state = again(one).state
        assert (outcomes, state) in ((["", ""], "graded"), (["state", ""], "refunded"))
        assert given_back(one.order) == (1_000 if state == "refunded" else 0)


@pytest.mark.postgres
def test_what_nobody_looks_at_is_refunded_once_by_many_workers(transactional_db):
    one = back(arrived(shop=shop()))
    both(*[lambda: refund_unseen(LATE)] * 4)
    assert (again(one).state, given_back(one.order), told(one.order).count("return.look_missed")) == (
        "refunded", 1_000, 1,
    )  # fmt: skip


@pytest.mark.postgres
def test_money_goes_back_once_however_often_it_is_pressed(transactional_db):
    one = arrived(quantity=2)
    made = wanted(one)
    outcomes = both(*[lambda: refund_without_goods(made, **SELLERS)] * 4)
    assert sorted(outcomes) == ["", "state", "state", "state"]
    assert Payable.objects.get(subject=one.public_id).refunded_minor == 1_000
