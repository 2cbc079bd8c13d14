"""Calls that were wrong once: disguises that passed, and plain words that were stopped."""

import pytest

from comity_policy import Context, Draft, check
from comity_policy.text.fold import fold
from comity_policy.text.masks import hidden_names

FLAGS = "".join(chr(0x1F1E6 + ord(letter) - ord("a")) for letter in "paypal")


def found(text, role="seller"):
    return {(one.rule, one.form) for one in check(Draft(text, role, "reply"), Context()).findings}


@pytest.mark.parametrize("written", [FLAGS, " ".join(FLAGS)])
def test_a_name_in_letters_of_flags_is_read(written):
    assert ("payment.off_platform", "plain") in found(f"pay me by {written}")
    assert [one.word for one in hidden_names(fold(f"by {written}!"))] == ["paypal"]


def test_flags_are_no_names():
    flags = "\U0001f1f1\U0001f1ee\U0001f1f3\U0001f1ea"  # Liechtenstein and Niger, and no "line"
    assert hidden_names(fold(f"We ship to {flags}.")) == []


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("Pay me by PayPal on this page", "unsure"),
        ("Send us by Zelle in the app", "unsure"),
        ("I prefer cash payment", "unsure"),
    ],
)
def test_who_is_to_be_paid_in_person_is_not_paid_at_a_checkout(text, form):
    assert ("payment.off_platform", form) in found(text)


@pytest.mark.parametrize("text", ["Can I pay by PayPal on this page?", "You can pay by PayPal at checkout."])
def test_payment_at_the_checkout_is_fine(text):
    assert found(text, "buyer") == set()


@pytest.mark.parametrize("text", ["i prefer cash payment", "ok i would like to do cash on delivery"])
def test_a_buyer_may_name_what_was_chosen(text):
    assert found(text, "buyer") == set()


@pytest.mark.parametrize(
    ("text", "steered"),
    [
        ("If not, please contact us first.", False),
        ("The lamp should come on. If not, please contact us first.", False),
        ("We hope you are happy with it. If not, please contact us first.", True),
        ("Happy with it? 5 stars. If not, message us instead.", True),
    ],
)
def test_if_not_steers_only_where_liking_was_spoken_of(text, steered):
    assert (("review.biased", "plain") in found(text)) is steered


@pytest.mark.parametrize(
    ("text", "role", "rule"),
    [
        ("For the set of three do 0rder d1rect w/ us", "seller", "divert.off_platform"),
        ("how much if we go o.f.f - p.l.a.t.f.o.r.m ?", "buyer", "divert.off_platform"),
        ("1'm g0nna k i l l y0u", "buyer", "conduct.threat"),
        ("What a w\U0001f170\ufe0fnker", "buyer", "conduct.abuse"),
        ("You're a pathetic excuse for a human being and the mug is in 9 pieces.", "buyer", "conduct.abuse"),
        ("Send the second one free too, or I'm putting up a review that says it rusts.", "buyer", "review.extortion"),
        ("The other half back, else I tell everyone in the reviews.", "buyer", "review.extortion"),
        ("25% back, otherwise my feedback about your shop will be very ugly.", "buyer", "review.extortion"),
        ('Could you change the "never arrived" comment?', "seller", "review.change"),
    ],
)
def test_what_was_excused_or_overlooked_is_found(text, role, rule):
    assert rule in {name for name, form in found(text, role) if form != "meant"}


def test_who_quotes_hatred_to_object_to_it_is_not_held():
    assert found('Saying things like "Fuck all women" shows what a horrible person you are.', "buyer") == set()
