"""What the rules quote and say, to the byte, the day and the character, where a text's facts break them."""

from dataclasses import replace
from datetime import date

import pytest

from comity_policy import check, load_rulebook
from comity_policy.model import ROLES, Attached, Draft, Example, Outcome

BOOK = load_rulebook("open-marketplace", date(2026, 11, 22))
ORDER = "114-3941689-8772232"
PDF, PNG = Attached("pdf", 5_000_000), Attached("png", 5_000_000)
ASKED = {"purpose": "review_request"}
MAIL = {"role": "buyer", "purpose": "inquiry", "by_mail": True}


def told(example, rule, book=BOOK):
    """What one rule quotes and says."""
    draft = Draft(str(example), example.role, example.purpose, example.language)
    verdict = check(draft, example.context, book)
    assert verdict.failed == ()
    return [(one.quote(draft.text), one.reason) for one in verdict.findings if one.rule == rule]


@pytest.mark.parametrize(
    ("rule", "reason", "example"),
    [
        (
            "form.attachment",
            "Files of this kind are not taken: exe, zip.",
            Example("See it.", attached=(Attached("zip", 1), PDF, Attached("exe", 1))),
        ),
        ("form.attachment", "Too many files: up to 5 are taken.", Example("See it.", attached=(Attached("pdf", 1),) * 6)),
        (
            "form.attachment",
            "The files are too large: up to 10 MB are taken together.",
            Example("See it.", attached=(PDF, PNG, Attached("pdf", 1))),
        ),
        (
            "review.repeat",
            "A review of this order was asked for already; once is all for one order.",
            Example("How is it?", review_requests=1, days={"promised_by": 31}, **ASKED),
        ),
        (
            "review.repeat",
            "It is too early to ask for a review of this order.",
            Example("How is it?", days={"promised_from": 4}, **ASKED),
        ),
        (
            "review.repeat",
            "It is too late to ask for a review of this order.",
            Example("How is it?", days={"promised_by": 31}, **ASKED),
        ),
        (
            "form.repetition",
            "You have written 4 times since the other side last wrote.",
            Example("Any news?", follow_ups=4, alike=51),
        ),
        (
            "form.repetition",
            "Nearly the same was sent about 51 other orders lately.",
            Example("Any news?", follow_ups=3, alike=51),
        ),
        (
            "purpose.expired",
            "The time in which you may write first about this order, 30 days, is over.",
            Example("It is back in stock.", purpose="proactive", days={"completed": 31}),
        ),
        (
            "order.missing_id",
            f"The order number, {ORDER}, is missing.",
            Example("Your order left.", order_id=ORDER, shows_order_id=False),
        ),
        (
            "phishing.not_plain",
            "This mail brings a file that may do harm: exe, html.",
            Example("See it.", attached=(Attached("html", 1), Attached("exe", 1), PDF), **MAIL),
        ),
        (
            "phishing.hidden_link",
            "This shows one address and leads to another: amazon.com.",
            Example("[help.amazon.com](https://amazon.com)", **MAIL),
        ),
    ],
)  # fmt: skip
def test_a_draft_that_breaks_a_rule_by_its_facts_is_quoted_whole(rule, reason, example):
    assert told(example, rule) == [(str(example), reason)]


@pytest.mark.parametrize(
    ("rule", "example"),
    [
        ("form.attachment", Example("See it.", attached=(PDF, PNG))),  # exactly as large as allowed
        ("form.attachment", Example("See it.", attached=(Attached("pdf", 1),) * 5)),
        ("review.repeat", Example("How is it?", days={"promised_from": 5, "promised_by": 30}, **ASKED)),
        ("form.repetition", Example("Any news?", follow_ups=3, alike=50)),
        ("purpose.expired", Example("It is back.", purpose="proactive", days={"completed": 30})),
        ("purpose.expired", Example("It is back.", days={"completed": 31})),  # somebody asked
        ("order.missing_id", Example("Your order left.", order_id=ORDER, shows_order_id=True)),
        ("phishing.not_plain", Example("<b>See it.</b>", role="buyer", purpose="inquiry", by_mail=False)),
        ("phishing.hidden_link", Example("[amazon.com](https://help.amazon.com)", **MAIL)),
        ("message.length", Example("a" * 4_000)),
    ],
)
def test_a_draft_that_keeps_to_it_to_the_last_is_let_through(rule, example):
    assert told(example, rule) == []


def test_a_marketplace_may_take_no_files_for_some_purposes():
    (entry,) = (one for one in BOOK.entries if one.rule.id == "form.attachment")
    strict = replace(entry, parameters={**entry.parameters, "without": ("insert",)})
    book = replace(BOOK, entries=(strict,))
    none = "No files are taken with a message of this purpose."

    assert told(Example("See it.", attached=(PDF,), purpose="insert"), "form.attachment", book) == [("See it.", none)]
    assert told(Example("See it.", attached=(), purpose="insert"), "form.attachment", book) == []
    assert told(Example("See it.", attached=(PDF,)), "form.attachment", book) == []


@pytest.mark.parametrize(("day", "form"), [("promised_from", "early"), ("promised_by", "late")])
def test_a_request_among_other_words_is_quoted_alone(day, form):
    days = {day: 4 if form == "early" else 31}
    reason = f"It is too {form} to ask for a review of this order."

    assert told(Example("It left. Please leave a review.", days=days), "review.repeat") == [
        ("Please leave a review", reason)
    ]
    assert told(Example("It left.", days=days), "review.repeat") == []


def test_what_goes_beyond_the_length_is_quoted():
    reason = "Up to 4,000 characters are allowed here; this is what goes beyond."
    assert told(Example("a" * 4_000 + " b"), "message.length") == [(" b", reason)]


@pytest.mark.parametrize(
    ("text", "quotes"),
    [
        ("login: lamp2026!.", ["login: lamp2026"]),
        ("passw: seven", []),  # a password has a digit or a sign
        ("lock login: lamp2026!.", []),  # of a thing
        ("lock" + " of the shed" * 7 + ", but login: lamp2026!", ["login: lamp2026"]),  # said long before
        ("passport no. C01X00T47 is mine", ["C01X00T47"]),
        ("my national insurance number: QQ 12 34 56 C", ["national insurance number: QQ 12 34 56 C"]),
        ("licence number L1234567-890", ["L1234567-890"]),
        ("visa 4242 4242 4242 424l ok", ["4242 4242 4242 424l"]),  # a slip in it
        ("to 4000 1234 5678 9017, 11/28", ["4000 1234 5678 9017"]),
        ("219-09-9999 is it", ["219-09-9999"]),
        ("DE89 3704 0044 0532 0130 00, thanks", ["DE89 3704 0044 0532 0130 00"]),
        ("p4ssword, please", ["p4ssword"]),  # who hides the word means it
    ],
)
def test_a_secret_is_quoted_and_nothing_beside_it(text, quotes):
    assert [quote for quote, _ in told(Example(text), "privacy.sensitive")] == quotes


@pytest.mark.parametrize(
    ("text", "rule", "outcome", "reason"),
    [
        ("It is (415) 555-0163", "contact.phone", "hold", "These digits may be a telephone number."),
        (
            "Ring (415) 555-0163",
            "contact.phone",
            "block",
            "This is a telephone number. Buyer and seller talk to each other here only.",
        ),
        (
            "219-09-9999 is it",
            "privacy.sensitive",
            "hold",
            "This may be a code or an official number that should stay private.",
        ),
    ],
)
def test_digits_that_only_may_be_one_are_told_and_held_as_such(text, rule, outcome, reason):
    verdict = check(text, rulebook=BOOK)
    assert [(one.rule, str(one.outcome), one.reason) for one in verdict.findings] == [(rule, outcome, reason)]


@pytest.mark.parametrize(
    ("text", "quotes"),
    [
        ("🙂" * 5, []),
        ("🙂" * 5 + " 👍👍", [("👍", "emoji"), ("👍", "emoji")]),
        ("One.\n\n\nTwo.\n\n\nThree.", []),
        ("One.\n\n \n\nTwo.", [("\n\n \n\n", "breaks")]),
        ("<b>It</b> is <img src='l.png'>", [("<b>", "plain"), ("</b>", "plain"), ("<img src='l.png'>", "picture")]),
        ("<a href='/x'><img src='l.png'></a>", [("<a href='/x'><img src='l.png'>", "logo"), ("</a>", "plain")]),
    ],
)
def test_markup_is_quoted_sign_by_sign_and_told_by_its_kind(text, quotes):
    (entry,) = (one for one in BOOK.entries if one.rule.id == "form.markup")
    every = {form: dict.fromkeys(ROLES, Outcome.HOLD) for form in entry.rule.reasons}
    book = replace(BOOK, entries=(replace(entry, outcomes=every, by_purpose={}),))
    expected = [(quote, entry.rule.reasons[form]) for quote, form in quotes]

    assert told(Example(text), "form.markup", book) == expected
