"""The engine as others embed it: the examples of its page, and the short form of ``check``."""

import doctest
from datetime import date
from pathlib import Path

import pytest

from comity_policy import LONGEST, Context, Draft, TextTooLongError, check, load_rulebook

PAGE = Path(__file__).parents[2] / "docs/api/policy.md"


def test_the_examples_of_the_page_are_true():
    result = doctest.testfile(str(PAGE), module_relative=False, encoding="utf-8")
    assert (result.attempted > 10, result.failed) == (True, 0)


@pytest.mark.parametrize("text", ["It left today.", "Write to ann@lind.de", ""])
def test_the_short_form_is_a_reply_of_a_seller_under_the_newest_book(text):
    newest = load_rulebook("open-marketplace", date.max)
    assert check(text) == check(Draft(text, "seller", "reply"), Context(), newest)


def test_role_and_purpose_of_a_plain_text_count():
    text = "Use code STORK15 for 15% off your next order!"
    assert (check(text).outcome, check(text, role="buyer", purpose="inquiry").outcome) == ("block", "deliver")


def test_a_text_of_the_greatest_length_is_checked_and_a_longer_one_refused():
    assert check("ann@lind.de " + "a" * (LONGEST - 12)).outcome == "block"
    with pytest.raises(TextTooLongError, match="at most 1,000,000"):
        check(Draft("a" * (LONGEST + 1), "seller", "reply"))
