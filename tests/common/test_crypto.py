import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.common.crypto import lookup_digest, open_number, seal_number


@pytest.mark.parametrize(
    ("one", "same"),
    [
        ("Anna@Example.COM", " anna@example.com\n"),
        ("anna@GAU\u00df.example", "anna@gau\u00df.example"),
        ("J\u00d6RG@example.com", "jo\u0308rg@example.com"),
    ],
    ids=["case and blanks", "case beside a sharp s", "composed and decomposed"],
)
def test_one_address_has_one_digest_however_it_is_written(one, same):
    assert lookup_digest(one) == lookup_digest(same)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("anna@gau\u00df.example", "anna@gauss.example"),
        ("gau\u00df@example.com", "gauss@example.com"),
        ("\ufb01nn@example.com", "finn@example.com"),
        ("\u03c3@example.com", "\u03c2@example.com"),
        ("\u0130da@example.com", "ida@example.com"),
    ],
    ids=["sharp s in the domain", "sharp s before it", "ligature", "final sigma", "dotted capital i"],
)
def test_addresses_of_different_people_have_different_digests(one, other):
    assert lookup_digest(one) != lookup_digest(other)


@given(st.integers(0, 2**63 - 1))
def test_a_sealed_number_opens_for_what_it_is_about_and_for_nothing_else(number):
    sealed = seal_number(number, about="a log")
    assert open_number(sealed, about="a log") == number
    assert open_number(sealed, about="another log") is None
    assert (len(sealed), sealed == seal_number(number, about="a log")) == (48, False)


@given(st.text(max_size=60))
def test_what_was_never_sealed_opens_nowhere(text):
    assert open_number(text, about="a log") is None


def test_a_sealed_number_that_was_altered_does_not_open():
    sealed = seal_number(7, about="a log")
    changed = [f"{sealed[:at]}{'A' if sealed[at] != 'A' else 'B'}{sealed[at + 1 :]}" for at in range(len(sealed))]
    assert {open_number(one, about="a log") for one in changed} == {None}
