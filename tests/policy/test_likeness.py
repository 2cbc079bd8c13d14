"""How like two texts are: what keeps the number, and what changes it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity_policy.text.likeness import likeness

LETTER = "Hello Ann, thank you for order 114-394. Your lamp has left. Would you tell us how you like it?"


def test_the_number_is_the_same_in_every_process():
    assert likeness("A lamp has left.", of="shop") == -8557837491149688928


@pytest.mark.parametrize(
    "other",
    [
        LETTER.replace("114-394", "999-123"),
        LETTER.upper(),
        "Would you tell us how you like it? Your lamp has left. Hello Ann, thank you for order 114-394.",
        LETTER.replace("lamp", "la\u200bmp").replace("left", "lеft"),  # hidden and Cyrillic characters
    ],
)
def test_other_numbers_order_and_disguise_change_nothing(other):
    assert likeness(other, of="shop") == likeness(LETTER, of="shop")


def test_what_is_said_of_one_reader_counts_for_nothing():
    assert likeness(LETTER, of="shop", apart=["Ann"]) == likeness(
        LETTER.replace("Ann", "Bo Lind"), of="shop", apart=["Bo", "Lind"]
    )
    assert likeness("Hello Ann", of="shop") != likeness("Hello Bo", of="shop")


@pytest.mark.parametrize("title", ["Kettle", "Kettle for tea, 2 l", "Lamp for the desk", "Like lamp lamp"])
def test_the_name_of_an_item_counts_for_nothing_where_it_stands_whole(title):
    letter = "Thank you for the order. Your {0} has left. Would you tell us how you like it? {0} {0}"
    about = [likeness(letter.format(one), of="shop", titles=["Other", one]) for one in (title, title.upper(), "Lamp")]
    assert about == [likeness(letter.format(""), of="shop")] * 3


def test_single_words_of_the_name_of_an_item_stay_words_of_the_letter():
    titles = ["You have left it for how", "Would", "Lam", ""]
    assert likeness(LETTER, of="shop", titles=titles[:1] + titles[2:]) == likeness(LETTER, of="shop")
    assert likeness(LETTER, of="shop", titles=titles) == likeness(LETTER.replace("Would", ""), of="shop")


def test_of_two_names_the_longer_is_looked_for_first():
    letter = "Thank you. Your Lamp for the desk has left."
    assert likeness(letter, of="shop", titles=["Lamp", "Lamp for the desk"]) == likeness(
        "Thank you. Your has left.", of="shop"
    )


def test_texts_of_others_never_share_a_number():
    assert likeness(LETTER, of="shop") != likeness(LETTER, of="another")


@pytest.mark.parametrize(("text", "apart"), [("", []), ("114-394 !", []), ("Ann", ["Ann"])])
def test_a_text_without_words_has_none(text, apart):
    assert likeness(text, of="shop", apart=apart) is None


@given(st.text(), st.text())
def test_any_text_has_a_number_of_64_bits_or_none(text, of):
    number = likeness(text, of=of)
    assert number is None or -(1 << 63) <= number < 1 << 63
