"""Where requirements contradict each other every rulebook takes a side, and keeps to it on its days."""

from datetime import date

import pytest

from comity_policy import Context, check, load_rulebook, terms
from comity_policy.model import Draft, Example
from comity_policy.responsibility import responsible
from tests.policy.contradictions import BOOKS, SHIPMENT, SHIPPED, SIDES

NOW = date(2026, 11, 22)
CELLS = [
    pytest.param(clash, book, *cell, id=f"{clash}-{book}-{cell[0][:20]}")
    for clash, sides in SIDES.items()
    for books, cell in sides.items()
    for book in books
    if book in BOOKS
]


# The rules by which a side is kept; other clashes are kept by terms, which say a sentence.
KEPT_BY = {
    "C1": {"purpose.reserved", "template.missing_content"},
    "C2": {"link.external", "contact.phone", "contact.email"},
    "C3": {"contact.handle"},
    "C5": {"feedback.removal", "review.incentive"},
    "C6": {"review.repeat"},
    "C7": {"conduct.abuse"},
    "C8": {"form.attachment"},
    "C9": {"purpose.reserved", "template.missing_content"},
    "C13": {"order.cancel_request"},
}


def complaint(book, item):
    """What the rulebook has against a message or an event; nothing where it has none."""
    if isinstance(item, Example):
        verdict = check(Draft(str(item), item.role, item.purpose), item.context, book)
        assert verdict.failed == ()
        return [(one.rule, one.reason) for one in verdict.findings]
    name, arguments = item
    if name == "responsible":
        party = responsible(arguments["topic"], arguments["fulfilment"]).party
        return "" if party == arguments["party"] else f"The {party} answers."
    return getattr(terms, name)(book.terms, **arguments)


@pytest.mark.requirement("S37", "C1", "C2", "C3", "C4", "C5", "C6", "C7", "C8", "C9", "C10", "C11", "C12", "C13", "C14")
@pytest.mark.parametrize(("clash", "name", "side", "passing", "failing"), CELLS)
def test_each_rulebook_keeps_to_its_side(clash, name, side, passing, failing):
    book = load_rulebook(name, NOW)
    found = complaint(book, failing)

    assert not complaint(book, passing)
    assert found
    assert isinstance(found, str) or {rule for rule, _ in found} <= KEPT_BY[clash]


@pytest.mark.parametrize("clash", SIDES)
def test_every_rulebook_takes_a_side(clash):
    assert {book for books in SIDES[clash] for book in books} >= set(BOOKS)


@pytest.mark.requirement("C1")
@pytest.mark.parametrize(
    ("day", "name", "outcome", "without_mail"),
    [
        (date(2020, 11, 2), "amazon-2018-10", "deliver", "must tell the buyer by mail"),
        (date(2020, 11, 3), "amazon-2020-11", "hold", ""),
        (date(2021, 2, 28), "amazon-2020-11", "hold", ""),
        (date(2021, 3, 1), "amazon-2021-03", "block", ""),
    ],
)
def test_the_sellers_shipment_mail_is_required_until_the_second_of_november_2020(day, name, outcome, without_mail):
    book = load_rulebook("amazon-current", day)
    confirmation = Example(SHIPPED, **SHIPMENT)

    assert book.name == name
    assert check(Draft(str(confirmation), "seller", "shipment"), confirmation.context, book).outcome == outcome
    assert without_mail in terms.shipped(book.terms, mailed=False)


@pytest.mark.requirement("C13")
@pytest.mark.parametrize(("day", "outcome"), [(date(2020, 11, 2), "deliver"), (date(2020, 11, 3), "hold")])
def test_asking_to_cancel_is_forbidden_from_the_third_of_november_2020(day, outcome):
    book = load_rulebook("amazon-current", day)
    assert (
        check(Draft("Sold out, please cancel the order.", "seller", "order_problem"), Context(), book).outcome
        == outcome
    )


@pytest.mark.requirement("C5")
@pytest.mark.parametrize(("day", "outcome"), [(date(2025, 8, 3), "deliver"), (date(2025, 8, 4), "block")])
def test_asking_for_the_removal_of_feedback_ends_on_the_fourth_of_august_2025(day, outcome):
    asked = Example("Would you remove your feedback? It names a street.", feedback_breaks_rules=True)
    book = load_rulebook("amazon-current", day)
    assert check(Draft(str(asked), "seller", "reply"), asked.context, book).outcome == outcome


@pytest.mark.parametrize(
    ("day", "days", "late"),
    [(date(2026, 1, 25), 5, False), (date(2026, 1, 26), 4, False), (date(2026, 1, 26), 5, True)],
)
def test_four_days_for_a_refund_count_from_the_twenty_sixth_of_january_2026(day, days, late):
    book = load_rulebook("amazon-current", day)
    assert bool(terms.refund_made(book.terms, days=days, business_days=2)) == late


def test_business_days_count_before_that():
    book = load_rulebook("amazon-current", date(2026, 1, 25))
    assert "2 business days" in terms.refund_made(book.terms, days=5, business_days=3)
