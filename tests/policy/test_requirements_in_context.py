"""What the requirements ask of messages in their context, under the rulebook that a new marketplace starts with."""

from dataclasses import replace
from datetime import date

import pytest

from comity_policy import Context, check, load_rulebook
from comity_policy.model import Attached, Draft, Example

BOOK = load_rulebook("open-marketplace", date(2026, 11, 22))
ORDER = "114-3941689-8772232"
SHIPMENT = {"purpose": "shipment", "kind": "shipment_confirmation"}
MAIL = {"role": "buyer", "purpose": "inquiry", "by_mail": True}


def fired(example):
    verdict = check(Draft(str(example), example.role, example.purpose), example.context, BOOK)
    assert verdict.failed == ()
    return {(finding.rule, str(finding.outcome)) for finding in verdict.findings}


def only(book, rule, **parameters):
    """A rulebook of one rule, with some of its parameters changed."""
    (entry,) = (one for one in book.entries if one.rule.id == rule)
    return replace(book, entries=(replace(entry, parameters={**entry.parameters, **parameters}),))


def says(requirement, text, *expected, **about):
    """A message, and the rule and outcome that are expected where any are."""
    return pytest.param(Example(text, **about), *expected, id=f"{requirement}-{text[:20]}")


@pytest.mark.requirement(
    "S10", "S26", "S35", "S38", "S39", "S41", "S44", "S48", "S60", "S63", "S65", "S68", "S69", "S70", "S79", "S83", "C8"
)
@pytest.mark.parametrize(
    ("example", "rule", "outcome"),
    [
        says("S10", "It is confirmed.", "purpose.reserved", "block", purpose="proactive", kind="order_confirmation"),
        says("S79", "It left with DHL today.", "purpose.reserved", "block", **SHIPMENT),
        says("S26", "Any news from you?", "form.repetition", "warn", follow_ups=4),
        says("S26", "How is the lamp?", "form.repetition", "hold", purpose="proactive", alike=51),
        says(
            "S35",
            "Would you review what you bought?",
            "review.repeat",
            "block",
            purpose="review_request",
            review_requests=1,
        ),
        says("S38", "Would you remove your feedback?", "feedback.removal", "block"),
        says("S39", "Remove the feedback and we refund the lamp.", "feedback.removal", "block"),
        says("S41", "Your lamp left.", "template.missing_content", "warn", **SHIPMENT),
        says(
            "S44", "It is gone.", "template.missing_content", "warn", purpose="order_problem", kind="order_unavailable"
        ),
        says("S48", "It is here.", "template.missing_content", "warn", purpose="return", kind="return_confirmation"),
        says(
            "S60", "Here is news of our shop.", "purpose.expired", "block", purpose="proactive", days={"completed": 31}
        ),
        says("S63", "<a href='/x'><img src='logo.png'></a>", "form.markup", "hold"),
        says("S65", "Order 114-3941689-8772233 left.", "order.wrong_id", "warn", order_id=ORDER),
        says("S65", "Your order left.", "order.missing_id", "warn", order_id=ORDER, shows_order_id=False),
        says("S68", "<img src='http://x.example/a.gif'>", "phishing.not_plain", "hold", **MAIL),
        says("S68", "See the file.", "phishing.not_plain", "hold", attached=(Attached("exe", 9),), **MAIL),
        says("S69", "Click the link below to verify your account.", "phishing.lure", "hold", **MAIL),
        says("S69", "[amazon.com](https://pay.example.top)", "phishing.hidden_link", "block", **MAIL),
        says("S70", "This is the Amazon security team.", "phishing.impersonation", "hold", **MAIL),
        says("S83", "The van comes. Please leave a review.", "purpose.mismatch", "warn", purpose="shipment"),
        says("C8", "See the file.", "form.attachment", "block", attached=(Attached("exe", 9),), role="buyer"),
    ],
)
def test_what_breaks_a_requirement_is_found(example, rule, outcome):
    assert (rule, outcome) in fired(example)


@pytest.mark.requirement("S14", "S35", "S60", "S61", "S65", "S68")
@pytest.mark.parametrize(
    "example",
    [
        says("S14", "We need your door code: the van comes on Tuesday.", purpose="shipment"),
        says(
            "S35",
            "You can leave a review of the product on your orders page if you wish.",
            purpose="review_request",
            review_requests=0,
        ),
        says("S60", "Here is your invoice.", purpose="proactive", days={"completed": 30}),
        says("S61", "Track it on https://www.ups.com/track?tracknum=1Z999AA10123456784", purpose="shipment"),
        says("S65", f"Your order {ORDER} left.", order_id=ORDER, shows_order_id=False),
        says("S68", "Where is my lamp? It should have come on Monday.", **MAIL),
    ],
)
def test_what_keeps_to_it_is_let_through(example):
    assert fired(example) == set()


@pytest.mark.parametrize(
    ("purpose", "files", "forms"),
    [("return", 1, ["none"]), ("return", 0, []), ("reply", 1, []), ("reply", 6, ["many"])],
)
def test_a_rulebook_may_take_no_files_with_messages_of_a_purpose(purpose, files, forms):
    context = Context(attached=(Attached("pdf", 10),) * files)
    book = only(BOOK, "form.attachment", without=["return"])
    found = check(Draft("See the file.", "seller", purpose), context, book).findings
    assert [(one.form, str(one.outcome)) for one in found] == [(form, "block") for form in forms]


@pytest.mark.parametrize(("breaks", "forms"), [(3, []), (4, ["breaks"])])
def test_a_rulebook_says_how_many_lines_may_be_empty(breaks, forms):
    book = only(load_rulebook("amazon-current", date(2026, 11, 22)), "form.markup", breaks=3)
    found = check(Draft("It is here." + "\n" * breaks + "Bye", "seller", "reply"), None, book).findings
    assert [one.form for one in found] == forms
