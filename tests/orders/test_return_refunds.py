"""What a return gives back: paid, less what its condition and the way back cost, and never more than is left."""

import pytest

from comity.ledger.services.moving import move
from comity.orders.models import (
    OrderLine,
    Return,
)
from comity.orders.selectors.returns import (
    returnable,
)
from comity.orders.services.adjusting import Change, Part, adjust
from comity.orders.services.results import only
from comity.orders.services.returning.answers import refund_without_goods
from comity.orders.services.returning.refunds import refund, refuse
from comity.orders.services.returning.requests import Wanted, request_return
from tests.factories import NOW
from tests.orders.returns import (
    BUYER,
    LATER,
    SELLER,
    again,
    arrived,
    given_back,
    graded,
    refused,
    wanted,
)

pytestmark = pytest.mark.django_db
State = Return.State


@pytest.mark.parametrize(
    ("case", "condition", "amount"),
    [
        ({}, {"as_": "new"}, 1_000),
        ({}, {"as_": "used", "why": "worn"}, 500),
        ({}, {"as_": "used", "why": "worn", "percent": 15, "comment": "A little"}, 850),
        ({"days": 31}, {"as_": "new"}, 800),
        ({"kind": "media"}, {"as_": "opened", "why": "seal_broken", "opened": True}, 500),
        ({}, {"as_": "damaged", "why": "broken", "reason": "damaged"}, 1_000),
        ({"unit": 999}, {"as_": "used", "why": "worn"}, 500),
        ({"postage": 490}, {"as_": "new"}, 1_490),
        ({"postage": 490, "days": 15}, {"as_": "new"}, 1_000),
        ({"postage": 490, "days": 15}, {"as_": "new", "reason": "defective"}, 1_490),
        ({"quantity": 3, "postage": 500}, {"as_": "new"}, 1_167),
        ({"total_minor": 700}, {"as_": "new"}, 700),
    ],
)
def test_a_refund_is_what_was_paid_less_the_deduction(case, condition, amount):
    one = arrived(**case)
    made = graded(one, **condition)
    assert refund(made, side="seller", actor=SELLER, now=LATER).amount_minor == amount
    assert given_back(one) == amount


@pytest.mark.requirement("S78")
@pytest.mark.parametrize(
    ("fields", "sums"), [({"total_minor": 2_000}, [667, 667, 666]), ({"postage": 500}, [1_167, 1_167, 1_166])]
)
def test_pieces_that_come_back_one_by_one_give_all_back(fields, sums):
    one = arrived(quantity=3, **fields)
    given = [refund(graded(one), side="seller", actor=SELLER, now=LATER).amount_minor for _ in range(3)]
    assert (given, given_back(one)) == (sums, sum(sums))


def test_the_buyers_way_back_is_taken_off_where_the_sellers_label_paid_for_it():
    one = arrived()
    refund(graded(one), side="seller", postage_minor=390, actor=SELLER, now=LATER)
    assert given_back(one) == 610
    assert {part.component: part.amount_minor for part in Return.objects.get().adjustment.parts.all()} == {
        "Principal": 1_000,
        "ReturnShipping": -390,
    }


@pytest.mark.parametrize(("postage", "code"), [(-1, "postage"), (1_000, "nothing_left"), (10**9, "nothing_left")])
def test_a_way_back_that_cannot_be_is_refused(postage, code):
    made = graded(arrived())
    assert refused(refund, made, side="seller", postage_minor=postage, actor=SELLER, now=LATER)[0] == code
    assert again(made).state == "graded"


def test_the_sellers_fault_costs_the_buyer_no_way_back():
    made = graded(arrived(), reason="defective")
    assert refused(refund, made, side="seller", postage_minor=1, actor=SELLER, now=LATER) == ("postage", "postage")


@pytest.mark.parametrize(("fee", "amount"), [(0, 1_000), (200, 1_200), (299, 1_299)])
def test_of_the_way_there_only_what_came_back_before_does_not_come_back_again(fee, amount):
    one = arrived(postage=300)
    fees = (Part("1", "RestockingFee", fee),) if fee else ()
    change = Change(one.number, "Other", (Part("", "Shipping", 300), *fees), "r")
    only(adjust(one.seller, [change], source="page", actor=SELLER, now=NOW))
    made = graded(one, reason="defective")
    assert refund(made, side="seller", actor=SELLER, now=LATER).amount_minor == amount
    assert given_back(one) == 1_300


def test_goods_that_must_be_refunded_are_not_refused():
    made = graded(arrived(), as_="used", why="worn")
    assert refused(refuse, made, side="seller", reason="Used.", actor=SELLER, now=LATER) == ("must_refund", "answer")


@pytest.mark.parametrize(("days", "condition"), [(31, {"as_": "used", "why": "worn"}), (3, {"as_": "not_the_item"})])
def test_late_goods_and_other_goods_are_refused_with_a_reason(days, condition):
    one = arrived(days=days)
    made = graded(one, **{"why": "other_item", **condition})
    refuse(made, side="seller", reason="This is not what we sent.", actor=SELLER, now=LATER)
    assert (again(made).state, given_back(one), returnable(one)[0].left) == ("declined", 0, 0)


def test_never_more_is_refunded_than_was_not_given_back_before():
    one = arrived(quantity=2)
    refund_without_goods(wanted(one), side="seller", actor=SELLER, now=LATER)
    refund(graded(one), side="seller", actor=SELLER, now=LATER)
    assert given_back(one) == 2_000


def gave(one, amount, *, line=""):
    """Something was given back for the order beside its returns."""
    part = Part(line, "Principal" if line else "Goodwill", amount)
    change = Change(one.public_id, "GeneralAdjustment", (part,), f"g{amount}")
    only(adjust(one.seller, [change], source="page", actor=SELLER, now=NOW))


@pytest.mark.requirement("S49")
@pytest.mark.parametrize(
    ("case", "goodwill", "condition", "amount"),
    [
        ({}, 400, {"as_": "new"}, 600),
        ({}, 999, {"as_": "new"}, 1),
        ({}, 400, {"as_": "used", "why": "worn"}, 500),
        ({}, 800, {"as_": "used", "why": "worn"}, 200),
        ({"postage": 500}, 600, {"as_": "new"}, 900),
        ({"quantity": 2}, 400, {"as_": "new"}, 1_000),
        ({"total_minor": 700}, 300, {"as_": "new"}, 400),
    ],
)
def test_what_is_left_of_the_order_is_refunded_where_it_is_less(case, goodwill, condition, amount):
    one = arrived(**case)
    gave(one, goodwill)
    made = graded(one, **condition)
    assert refund(made, side="seller", actor=SELLER, now=LATER).amount_minor == amount
    assert (again(made).state, given_back(one)) == ("refunded", goodwill + amount)


def test_what_is_left_is_shared_by_line():
    one = arrived(postage=800)
    second = OrderLine.objects.create(
        order=one, listing=None, external_id="2", title="b", sku="B", quantity=1, unit_minor=500
    )
    gave(one, 901)
    asked = [Wanted("1", 1, "damaged"), Wanted(second.external_id, 1, "damaged")]
    made = request_return(one, asked, actor=BUYER, now=NOW)
    refund_without_goods(made, side="seller", actor=SELLER, now=LATER)
    parts = again(made).adjustment.parts.order_by("pk")
    assert [(part.component, part.amount_minor) for part in parts] == [
        ("Principal", 499),
        ("Principal", 250),
        ("Shipping", 150),
    ]
    assert given_back(one) == 1_800


@pytest.mark.parametrize("line", ["", "1"])
def test_a_return_of_what_was_refunded_before_ends_with_a_reason_that_the_buyer_reads(line):
    one = arrived()
    made = graded(one)
    gave(one, 1_000, line=line)
    assert refused(refund, made, side="seller", actor=SELLER, now=LATER) == ("nothing_left", "")
    refuse(made, side="seller", reason="It was refunded before.", actor=SELLER, now=LATER)
    assert (again(made).state, again(made).answer, given_back(one)) == ("declined", "It was refunded before.", 1_000)


def test_a_return_with_something_left_to_refund_is_not_refused():
    one = arrived()
    gave(one, 999)
    made = graded(one)
    assert refused(refuse, made, side="seller", reason="No.", actor=SELLER, now=LATER) == ("must_refund", "answer")


@pytest.mark.parametrize("held", [400, 1_000])
def test_while_a_claim_holds_a_part_nothing_is_given_back_and_nothing_refused(held):
    made = graded(arrived())
    move(made.order.public_id, "reserve", held, cause="clm_1", now=NOW)
    assert refused(refund, made, side="seller", actor=SELLER, now=LATER) == ("held", "")
    assert refused(refuse, made, side="seller", reason="No.", actor=SELLER, now=LATER)[0] == "must_refund"
    assert (again(made).state, given_back(made.order)) == ("graded", 0)
    move(made.order.public_id, "unreserve", held, cause="clm_1", now=NOW)
    refund(made, side="seller", actor=SELLER, now=LATER)
    assert given_back(made.order) == 1_000
