"""What a rulebook says beside messages, to the hour and the day."""

import pytest

from comity_policy.terms import (
    Terms,
    TermsError,
    answered,
    cancelled_after_delay,
    claimed,
    escalated,
    read_terms,
    refund_made,
    refunded,
    shipped,
)


@pytest.mark.parametrize(
    ("asked", "mailed", "complaint"),
    [
        ("required", True, ""),
        ("required", False, "The seller must tell the buyer by mail that the order was shipped."),
        ("permitted", True, ""),
        ("permitted", False, ""),
        ("forbidden", True, "The marketplace tells the buyer that the order was shipped; the seller does not."),
        ("forbidden", False, ""),
    ],
)
def test_shipment_mail(asked, mailed, complaint):
    assert shipped(Terms(shipment_mail=asked), mailed=mailed) == complaint


@pytest.mark.parametrize(
    ("limit", "hours", "complaint"),
    [(24, 24, ""), (24, 24.1, "A buyer is answered within 24 hours."), (0, 900, "")],
)
def test_an_answer_is_late_after_its_hours(limit, hours, complaint):
    assert answered(Terms(response_hours=limit), hours=hours) == complaint


@pytest.mark.parametrize(
    ("limit", "hours", "complaint"),
    [(48, 48, ""), (48, 47.9, "The next step opens 48 hours after the first message."), (0, 0, "")],
)
def test_a_next_step_is_early_before_its_hours(limit, hours, complaint):
    assert escalated(Terms(escalation_hours=limit), hours=hours) == complaint


@pytest.mark.parametrize(
    ("days", "unopened", "share", "complaint"),
    [
        (30, True, 99, "New, unopened items are refunded in full for 30 days."),
        (30, True, 100, ""),
        (31, True, 99, ""),
        (30, False, 99, ""),
        (31, False, 1, ""),
        (31, False, 0, "Returned goods are refunded, less what the buyer has to bear."),
        (1, True, -1, "Returned goods are refunded, less what the buyer has to bear."),
    ],
)
def test_what_is_new_and_unopened_is_refunded_in_full(days, unopened, share, complaint):
    assert refunded(Terms(full_refund_days=30), days=days, unopened=unopened, share=share) == complaint


@pytest.mark.parametrize(
    ("owed", "was_refunded", "complaint"),
    [
        (True, False, "The seller refunds a buyer who cancels because the order is late."),
        (True, True, ""),
        (False, False, ""),
        (False, True, ""),
    ],
)
def test_a_buyer_who_cancels_because_of_a_delay(owed, was_refunded, complaint):
    assert cancelled_after_delay(Terms(refund_after_cancellation=owed), refunded=was_refunded) == complaint


@pytest.mark.parametrize(
    ("kind", "contacted", "complaint"),
    [
        ("lost", False, "The buyer writes to the seller before this kind of claim."),
        ("lost", True, ""),
        ("broken", False, ""),
    ],
)
def test_some_claims_begin_with_a_message(kind, contacted, complaint):
    assert claimed(Terms(contact_before_claim=("lost",)), kind=kind, contacted=contacted) == complaint


@pytest.mark.parametrize(
    ("limits", "days", "business_days", "complaint"),
    [
        ({"refund_days": 4}, 4, 9, ""),
        ({"refund_days": 4}, 5, 0, "What came back is refunded within 4 days."),
        ({"refund_business_days": 2}, 9, 2, ""),
        ({"refund_business_days": 2}, 0, 3, "What came back is refunded within 2 business days."),
        ({"refund_days": 4, "refund_business_days": 2}, 4, 3, "What came back is refunded within 2 business days."),
        ({}, 99, 99, ""),
    ],
)
def test_what_came_back_is_refunded_in_time(limits, days, business_days, complaint):
    assert refund_made(Terms(**limits), days=days, business_days=business_days) == complaint


def test_a_table_of_terms_is_read_and_what_it_leaves_out_is_not_said():
    table = {"shipment_mail": "forbidden", "response_hours": 24, "contact_before_claim": ["lost", "broken"]}
    assert read_terms(table) == Terms("forbidden", 24, contact_before_claim=("lost", "broken"))
    assert read_terms({}) == Terms()


def test_a_book_that_says_nothing_forbids_nothing():
    terms = Terms()

    assert {shipped(terms, mailed=mailed) for mailed in (True, False)} == {""}
    assert (answered(terms, hours=900), escalated(terms, hours=0)) == ("", "")
    assert refunded(terms, days=1, unopened=True, share=1) == ""
    assert cancelled_after_delay(terms, refunded=False) == ""
    assert claimed(terms, kind="lost", contacted=False) == ""
    assert refund_made(terms, days=900, business_days=900) == ""


ALLOWED = (
    "allowed are shipment_mail, response_hours, escalation_hours, full_refund_days, refund_after_cancellation, "
    "contact_before_claim, refund_business_days, refund_days."
)


@pytest.mark.parametrize(
    ("table", "complaint"),
    [
        ("none", ALLOWED),
        ({"tea": 1}, ALLOWED),
        ({"response_hours": True}, "response_hours must be a int."),
        ({"refund_after_cancellation": 1}, "refund_after_cancellation must be a bool."),
        ({"contact_before_claim": "all"}, "contact_before_claim must be a list."),
        ({"contact_before_claim": [1]}, "contact_before_claim must be a list of words."),
        ({"contact_before_claim": ["lost", ["broken"]]}, "contact_before_claim must be a list of words."),
        ({"shipment_mail": "soon"}, "shipment_mail must be one of required, permitted, forbidden."),
        ({"response_hours": -1}, "response_hours must not be below zero."),
    ],
)
def test_what_is_wrong_in_a_table_of_terms_is_named(table, complaint):
    with pytest.raises(TermsError) as refused:
        read_terms(table)
    assert str(refused.value) == complaint


def test_zero_says_nothing_and_may_be_written():
    assert read_terms({"response_hours": 0}).response_hours == 0
