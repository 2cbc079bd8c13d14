"""Addresses and numbers that are said, spelled or put together in odd ways are read, and lead back to the words."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity_policy import Context, Draft, check, load_rulebook
from comity_policy.text.digits import said_numbers
from comity_policy.text.fold import fold, joined
from comity_policy.text.graphemes import is_boundary
from comity_policy.text.spoken import spoken

BOOK = load_rulebook("open-marketplace", date(2026, 11, 23))
ATS = [
    " (at) ",
    "[at]",
    " arroba ",
    " chiocciola ",
    " arobase ",
    " klammeraffe ",
    " (snail sign) ",
    "&#64;",
    "%40",
    " {a} ",
]
DOTS = [" dot ", "(dot)", " [punto] ", " punkt ", " ponto ", " point ", " (full stop) ", "&#46;", "%2e", " . ", "[.]"]
NAMES = st.text("abcdefghklmnoprstuvw", min_size=4, max_size=9)


def found(text, rule):
    findings = check(Draft(text, "seller", "reply"), Context(), BOOK).findings
    return [one.quote(text) for one in findings if one.rule == rule]


@given(NAMES, NAMES, st.sampled_from(ATS), st.sampled_from(DOTS), st.sampled_from(["com", "net", "org"]))
def test_an_address_with_signs_said_in_any_way_is_found_whole(name, host, at, dot, ending):
    text = f"😀 Write to: {name}{at}{host}{dot}{ending}, thanks"
    (quote,) = found(text, "contact.email")
    assert quote.startswith(name[-4:]) or name in quote
    assert quote.endswith(ending)


@given(st.text("abcdef 0123456789@.()[]%&#;,arobtpun", max_size=60))
def test_spoken_and_joined_views_lead_back_and_split_nothing(text):
    for view in (joined(fold(text)), spoken(joined(fold(text))).view):
        assert len(view.starts) == len(view.text)
        assert list(view.starts) == sorted(view.starts)
        for at in range(len(view.text)):
            assert all(is_boundary(text, place) for place in view.span(at, at + 1))


@pytest.mark.parametrize(
    ("text", "read", "told"),
    [
        ("karl (at) gmail punto com", "karl@gmail.com", [4, 10]),
        ("noraya (punto) e s or lind dot de", "noraya.es or lind.de", [6, 17]),
        ("on lind dot c0m slash x, or lind dot de", "on lind.com/x, or lind.de", [7, 11, 22]),
        ("karl@lind.de (EN/FR)", "karl@lind.de (en/fr)", []),  # nothing of it was said
    ],
)
def test_each_sign_that_was_said_is_known_by_its_place(text, read, told):
    found = spoken(joined(fold(text)))

    assert (found.view.text, list(found.told)) == (read, told)
    assert found.signs(0, len(read)) == len(told)
    assert [found.is_told(at, at + 1) for at in range(len(read))] == [at in told for at in range(len(read))]


@pytest.mark.parametrize(
    "text",
    [
        "n o r a . p e e l @ g m a i l . c o m",
        "mail karlATlindDOTcom please",
        "kajalgmailcom",
        "reach me at li.wei on gmail",
        "ops (at) lind.nl",
    ],
)
def test_a_mail_address_put_together_otherwise_is_found(text):
    assert len(found(text, "contact.email")) == 1


@pytest.mark.parametrize(
    "text",
    [
        "dejan en el punto de recogida",
        "we meet at the dot matrix",
        "le point com reste libre",
        "256gb, no icloud lock",
        "arrive at 5 on Monday. The rest is ok.",
        "It was a period of rest in spain.",
    ],
)
def test_ordinary_words_are_no_address(text):
    assert (found(text, "contact.email"), found(text, "link.external")) == ([], [])


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("6one4-5five5-0one6four", ["6145550164"]),
        ("oh seven seven double oh, nine hundred, one four six", ["07700900146"]),
        ("null eins fünf sieben, dann 88 41 20 93", ["015788412093"]),
        ("zero\nseven seven\nzero zero\nnine zero zero", ["07700900"]),
        ("six hundred, five hundred and twenty pieces, ring oh seven seven double oh nine", ["077009"]),
        ("eins hundert fünf sechs", ["10056"]),
        ("one of the two is fine", []),
        ("six hundred, five hundred and twenty", []),
    ],
)
def test_digits_said_in_words(text, digits):
    assert [one.digits for one in said_numbers(fold(text).text)] == digits


@pytest.mark.parametrize("text", ["0️⃣1️⃣6️⃣3️⃣ 5️⃣5️⃣ 0️⃣7️⃣ 7️⃣4️⃣", "(6l4) 555-Ol83", "2*0*6*4*6*3*4*9*9*1", "４１５ ５５５ ０１６３"])
def test_a_number_written_as_nobody_writes_one_is_dialled(text):
    assert len(found(text, "contact.phone")) == 1


def test_an_ending_zero_gives_way_to_the_digit_behind_it_wherever_that_was_said_before():
    assert [said.digits for said in said_numbers("four zero thirty four five")] == ["40345"]
