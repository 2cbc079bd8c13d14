"""Where sentences and requests begin, and what a refusal reaches."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity_policy.text.sentences import is_refused, request_start, sentences, words


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", []),
        ("no end", ["no end"]),
        ("one. two", ["one. ", "two"]),
        ("a! b? c", ["a! ", "b? ", "c"]),
        ("one (well.) two", ["one (well.) ", "two"]),
        ('she said "go." then', ['she said "go." ', "then"]),
        ("a.b c", ["a.b c"]),
        ("a\nb\n", ["a\n", "b\n"]),
        ("one.\ttwo", ["one. ", "two"]),
        ("mr. smith came. no. 5 is e.g. here. z.b. das", ["mr. smith came. ", "no. 5 is e.g. here. ", "z.b. das"]),
        ("not a demo. next", ["not a demo. ", "next"]),  # "mo." is no abbreviation, and ends on one
    ],
)
def test_a_text_is_cut_into_sentences(text, found):
    assert [text.replace("\t", " ")[one.start : one.end] for one in sentences(text)] == found


@given(st.text("ab .!?()\n\té0'\"", max_size=60))
def test_sentences_follow_each_other_without_a_gap(text):
    found = sentences(text)
    assert [0, *(one.end for one in found)] == [*(one.start for one in found), len(text)]
    assert all(one.words == words(one.raw) for one in found)
    assert b"".join(one.raw for one in found).decode() == text


def test_words_are_letters_digits_and_underlines():
    assert words("pay_me, 3x: caf\u00e9!".encode()) == [b"pay_me", b"3x", b"caf"]


@pytest.mark.parametrize(
    ("sentence", "told", "refused"),
    [
        ("use paypal", "paypal", False),
        ("we never use paypal", "paypal", True),
        ("don't worry, use paypal", "paypal", False),  # an idiom refuses nothing
        ("paypal? no problem at all", "paypal", False),
        ("we do not pay (by paypal)", "pay (by paypal", True),  # the border lies in what is told
        ("i cannot help (pay by paypal)", "pay by paypal", False),
        ("i cannot help, send me your email", "your email", False),
        ("no stock; use paypal", "paypal", False),
        ("paypal is not allowed", "paypal", True),
        ("paypal, which you know well, is not allowed", "paypal", True),
        ("paypal bieten wir nicht an", "paypal", True),
        ("you said paypal is fine", "paypal", True),
        ("you said so, send me your paypal", "paypal", False),
        ("pay through the order, not by paypal", "paypal", True),
        ("not by card, use paypal", "paypal", False),
        ("escreva no paypal", "paypal", False),  # Portuguese "in the"
        ("no need for the site, use paypal", "paypal", False),
        ("why not use paypal", "paypal", False),
    ],
)
def test_what_a_sentence_refuses(sentence, told, refused):
    start = sentence.index(told)
    assert is_refused(sentence, start, start + len(told)) == refused


@pytest.mark.parametrize(("between", "refused"), [(238, True), (239, False)])
def test_a_refusal_reaches_two_hundred_and_forty_characters(between, refused):
    sentence = "no" + " " * between + "x paypal"
    start = sentence.index("x paypal")
    assert start == between + 2
    assert is_refused(sentence, start, len(sentence)) == refused


@pytest.mark.parametrize(
    ("sentence", "starts"),
    [
        ("hello, send me it, pay me now", {0: 0, 5: 0, 6: 6, 17: 6, 18: 18, 29: 18}),
        ("hello send me it", {0: 0, 16: 0}),
        ("a: send me it", {13: 0}),
        ("simple: send me it", {0: 0, 1: 1, 18: 1}),
    ],
)
def test_a_request_begins_behind_its_border(sentence, starts):
    assert {at: request_start(sentence, at) for at in starts} == starts
