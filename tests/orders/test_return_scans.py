"""A carrier's scan of the label says that a return was sent, whatever way its number was typed."""

from datetime import timedelta

import pytest

from comity.common.ids import new_id
from comity.orders.models import (
    CarrierEvent,
    Return,
)
from comity.orders.services.results import only
from comity.orders.services.returning.answers import authorise
from comity.orders.services.returning.requests import mark_sent
from comity.orders.services.returning.scans import follow_scans
from comity.orders.services.returning.unseen import refund_unseen
from comity.orders.services.scanning import Scan, take_scans
from tests.factories import NOW, marketplace, seller
from tests.orders.returns import (
    BUYER,
    HOME,
    LATER,
    SELLER,
    accepted,
    again,
    arrived,
    given_back,
    label,
    refused,
    told,
    wanted,
)

pytestmark = pytest.mark.django_db
State = Return.State


def scan(one, number="JVGL1", *, hours=2, kind="accepted"):
    about = {
        "public_id": new_id("cev", NOW),
        "source": "push",
        "carrier": "Post",
        "carrier_key": "post",
        "kind": kind,
    }
    at = NOW + timedelta(hours=hours)
    CarrierEvent.objects.create(
        marketplace=one.marketplace, tracking_number=number, occurred_at=at, received_at=at, **about
    )


def test_the_first_scan_of_the_label_says_that_it_was_sent_once():
    one = arrived()
    made = wanted(one)
    authorise(made, side="seller", label=label(), tracking=" JVGL1 ", actor=SELLER, now=LATER)
    assert follow_scans(NOW) == 0
    scan(one)
    assert [follow_scans(NOW), follow_scans(NOW)] == [1, 0]
    assert (again(made).state, told(one)[-1]) == ("in_transit", "return.in_transit")


@pytest.mark.parametrize(
    "other", [{"number": "JVGL2"}, {"hours": 0}, {"one": True}], ids=["number", "before it was accepted", "marketplace"]
)
def test_another_scan_says_nothing_of_it(other):
    one = arrived()
    made = wanted(one)
    authorise(made, side="seller", address=HOME, tracking="JVGL1", actor=SELLER, now=LATER)
    scan(**{"one": one, **other, **({"one": arrived()} if "one" in other else {})})
    assert (follow_scans(NOW), again(made).state) == (0, "authorised")


def test_a_number_typed_with_blanks_and_small_letters_is_found_by_its_scan():
    one = arrived()
    made = wanted(one)
    named = {"carrier": "ups", "tracking": "1z 999 aa1 0123 4567 84"}
    authorise(made, side="seller", address=HOME, actor=SELLER, now=NOW, **named)
    made = again(made)
    assert (made.carrier, made.tracking_number) == ("UPS", "1Z999AA10123456784")
    found = Scan("UPS", "1Z 999 AA1 0123 4567 84", "accepted", LATER, "Hamburg")
    only(take_scans(one.marketplace, [found], source="push", now=LATER))
    assert (follow_scans(LATER), again(made).state) == (1, "in_transit")


@pytest.mark.parametrize("carrier", ["", "DHL"])
def test_a_number_of_a_label_of_dhl_is_found_by_its_scan(carrier):
    one = arrived()
    made = wanted(one)
    typed = "JVGL 06 1234 5678 9012"
    authorise(made, side="seller", address=HOME, carrier=carrier, tracking=typed, actor=SELLER, now=NOW)
    assert again(made).tracking_number == "JVGL06123456789012"
    only(take_scans(one.marketplace, [Scan("DHL", typed, "accepted", LATER)], source="push", now=LATER))
    assert (follow_scans(LATER), again(made).state) == (1, "in_transit")


def test_a_buyers_number_is_stored_as_carriers_write_it():
    made = accepted(arrived())
    mark_sent(made, carrier="ups", tracking=" 1z 999 ", actor=BUYER, now=LATER)
    assert (again(made).carrier, again(made).tracking_number) == ("UPS", "1Z999")


@pytest.mark.parametrize(("carrier", "moved"), [("", 1), ("Post", 1), ("POST", 1), ("PO-ST", 1), ("UPS", 0)])
def test_a_scan_by_another_carrier_says_nothing_of_it(carrier, moved):
    one = arrived()
    made = wanted(one)
    named = {"carrier": carrier, "tracking": "JVGL1"}
    authorise(made, side="seller", address=HOME, actor=SELLER, now=LATER, **named)
    scan(one)
    assert (follow_scans(NOW), again(made).state) == (moved, "in_transit" if moved else "authorised")


LABEL = {"carrier": "Post", "tracking": "JVGL1"}


def days(count):
    """A worker that looks once a day; how often it refunded what nobody had looked at."""
    found = 0
    for day in range(1, count + 1):
        follow_scans(NOW + timedelta(days=day))
        found += refund_unseen(NOW + timedelta(days=day))
    return found


@pytest.mark.requirement("S49")
@pytest.mark.parametrize("sent", [True, False], ids=["scanned on its way", "only on arrival"])
def test_what_the_carrier_brought_back_and_nobody_looks_at_is_refunded_after_four_days(sent):
    one = arrived(shop=seller(marketplace(rulebook="amazon-2026-01")))  # has the duty
    made = wanted(one)
    authorise(made, side="seller", address=HOME, actor=SELLER, now=LATER, **LABEL)
    if sent:
        scan(one)
        assert (follow_scans(NOW), again(made).state) == (1, "in_transit")
    scan(one, kind="delivered", hours=50)
    assert [follow_scans(NOW), follow_scans(NOW)] == [1, 0]
    assert (again(made).state, again(made).received_at) == ("received", NOW + timedelta(hours=50))
    assert told(one)[-1] == "return.received"
    assert (days(6), again(made).state, given_back(one)) == (0, "received", 0)
    assert (days(7), again(made).state, given_back(one)) == (1, "refunded", 1_000)


def test_the_label_counts_when_the_buyer_says_that_it_was_sent_too():
    one = arrived()
    made = wanted(one)
    authorise(made, side="seller", address=HOME, actor=SELLER, now=LATER, **LABEL)
    mark_sent(made, carrier="Post", tracking=" JVGL1 ", actor=BUYER, now=LATER)
    scan(one, kind="delivered")
    assert (follow_scans(NOW), again(made).state) == (1, "received")


@pytest.mark.parametrize(
    ("label", "typed"),
    [({**LABEL, "tracking": "JVGL2"}, "JVGL1"), ({"tracking": "JVGL1"}, ""), ({}, "JVGL1"), (LABEL, "JVGL2")],
    ids=["the buyer's number", "no carrier", "no label", "another parcel"],
)
def test_what_may_be_any_parcel_says_nothing_of_the_arrival(label, typed):
    one = arrived()
    made = wanted(one)
    authorise(made, side="seller", address=HOME, actor=SELLER, now=LATER, **label)
    mark_sent(made, carrier="Post", tracking=typed, actor=BUYER, now=LATER)
    scan(one, kind="delivered")
    assert (days(30), again(made).state) == (0, "in_transit")


@pytest.mark.parametrize("count", [1, 3])
def test_scans_cost_the_same_for_any_number(django_assert_num_queries, count):
    shop = seller(marketplace())
    for _ in range(count):
        one = arrived(shop=shop)
        authorise(wanted(one), side="seller", address=HOME, tracking="JVGL1", actor=SELLER, now=LATER)
    scan(one)
    with django_assert_num_queries(10):
        assert follow_scans(NOW) == count


def test_a_number_that_cannot_be_is_refused():
    made = wanted(arrived())
    step = {"side": "seller", "address": HOME, "actor": SELLER, "now": NOW}
    assert refused(authorise, made, tracking="J" * 61, **step) == ("too_long", "tracking_number")
    assert refused(authorise, made, tracking="call me now", **step) == ("bad_tracking", "tracking_number")


MAIL = {"carrier": "mail refunds@evil.example", "tracking": "1"}
CALL = {"carrier": "Post", "tracking": "+49 170 1234567"}


@pytest.mark.parametrize(
    ("typed", "fault"),
    [(MAIL, ("bad_carrier", "carrier")), (CALL, ("bad_tracking", "tracking_number"))],
)
def test_neither_side_tells_the_other_its_address_as_a_carrier_or_a_number(typed, fault):
    one = arrived(quantity=2)
    step = {"side": "seller", "address": HOME, "actor": SELLER, "now": LATER}
    assert refused(authorise, wanted(one), **typed, **step) == fault
    assert refused(mark_sent, accepted(one), **typed, actor=BUYER, now=LATER) == fault
