import pytest

from comity.common.crypto import lookup_digest


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
