"""Telephone numbers where they begin and end, what stands beside them, and what is only counted."""

import pytest

from comity_policy.text.digits import said_numbers
from comity_policy.text.fold import fold
from comity_policy.text.phones import phone_numbers, spoken_numbers


def numbers(text, region=None):
    return [(text[one.start : one.end], one.digits, one.sure) for one in phone_numbers(fold(text), region)]


def said(text):
    return [(text[one.start : one.end], one.digits) for one in spoken_numbers(fold(text), said_numbers(text))]


@pytest.mark.parametrize("text", ["{}", "zip 90210 {}", "{} 90210 is the zip", "A-90210 {}"])
def test_a_bare_number_is_found_beside_a_post_code(text):
    assert numbers(text.format("2125550147")) == [("2125550147", "2125550147", False)]


@pytest.mark.parametrize("text", ["zip 90210 2125550147-b", "zip 90210 X-2125550147", "order 90210 2125550147"])
def test_a_code_beside_other_digits_is_no_number(text):
    assert numbers(text) == []


def test_bare_digits_in_a_long_text_are_no_number():
    assert numbers("It came. " * 16 + "2125550147") == [("2125550147", "2125550147", False)]
    assert numbers("It came. " * 17 + "2125550147") == []


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("call 0161 496 0388 or later", "0161 496 0388"),
        ("call 0161 496 0388 l. Then wait", "0161 496 0388"),  # the letter stands alone, and is none of the digits
        ("ring 0161 496 038o", "0161 496 038o"),
        ("call (0161) 496 0388Hello", "(0161) 496 0388"),
        ("+44 20 7946 0958Hello", "+44 20 7946 0958"),
        ("landline 01632 960188", "01632 960188"),
        ("appelez le 06 12 34 56 78", "06 12 34 56 78"),
        ("call 882167777777777", "882167777777777"),  # as many digits as a number may have (E.164)
        ("call 555 0183", "555 0183"),
        ("dial 1-888-555-0175", "1-888-555-0175"),
        ("my phone: 9400 1118 9956", "9400 1118 9956"),
    ],
)
def test_where_a_number_that_is_dialled_begins_and_ends(text, number):
    assert [(one, sure) for one, _, sure in numbers(text)] == [(number, True)]


@pytest.mark.parametrize(
    "text",
    [
        "call 0161 496 0388b",
        "+44 20 7946 09581Hello",
        "call 8821677777777771",  # one digit more
        "call 123-4567",
        "call 1.234.567",
        "9400 1118 9956 0431",
        "0161 49",
    ],
)
def test_digits_that_are_no_number_of_anybody(text):
    assert numbers(text) == []


def test_letters_for_digits_are_read_as_the_digits_they_stand_for():
    assert numbers("txt 718 555 O1 66, or (6l4) 555-Ol83") == [
        ("718 555 O1 66", "7185550166", True),
        ("(6l4) 555-Ol83", "6145550183", True),
    ]


@pytest.mark.parametrize("thing", ["label", "pump", "passport", "membership", "booking", "order", "licence", "ref."])
def test_a_number_of_a_thing_is_dialled_only_with_its_country(thing):
    assert numbers(f"the {thing} 212 555 0147") == []
    assert numbers(f"the {thing} +44 20 7946 0958") == [("+44 20 7946 0958", "442079460958", False)]


@pytest.mark.parametrize(
    "text",
    [
        "⓪⓵⓺⓵ ⓸⓽⓺⓪ ⓷⓼⓼",  # in two circles
        "①②③ ⑤⑤⑤ ⓪①⑧",
        "❶❷❸ ❺❺❺ ⓪❶❽",
        "𝟎𝟏𝟔𝟏 𝟒𝟗𝟔 𝟎𝟑𝟖𝟖",
        "2 1 2 5 5 5 0 1 4 7",
        "2-1-2-5-5-5-0-1-4-7",
        "1|2|5|5|0|1|4",
        "1 2,5 5,0 1 4 9 8",
    ],
)
def test_digits_in_disguise_are_dialled_though_nobody_says_so(text):
    assert [(one, sure) for one, _, sure in numbers(text)] == [(text, True)]


@pytest.mark.parametrize("text", ["0 1 2 3 4 5 6", "1 2,5 5,0 1 4", "2, 1, 2 pieces, 5"])
def test_rows_of_single_digits_may_be_sizes_or_samples(text):
    assert numbers(text) == []


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("oh one six one four nine six", ["0161496"]),
        ("my phone number is oh one six one four nine six", ["0161496"]),
        ("my number: oh one six one four nine six", ["0161496"]),
        ("landline one two three four five nine", ["123459"]),  # six digits are enough where a line is named
        ("one two three four five nine", []),
        ("one one two two three three four four five five six six seven seven eight", ["112233445566778"]),
        ("one one two two three three four four five five six six seven seven eight nine", []),
        ("one two three four five six seven", []),
        ("order number is oh one six one four nine six", []),
        ("serial oh one six one four nine six", []),
        ("ref oh one six one four nine six", []),
        ("oh one six one four nine six-b", []),
        ("1 2 5 oh 1 6 3 one", []),  # hardly said
    ],
)
def test_a_number_that_is_said_is_told_from_what_is_counted(text, digits):
    assert [one for _, one in said(text)] == digits


def test_a_number_that_is_said_is_quoted_whole():
    assert said("so oh one six one four nine six, please") == [("oh one six one four nine six", "0161496")]
