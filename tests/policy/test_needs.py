"""What a pattern needs: a text that it matches always holds it, whatever the pattern, and it is read as closely as told."""

import pytest
import re2
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from comity_policy.text.needs import Needs, holds, needs, worked_out
from comity_policy.text.patterns import pattern
from comity_policy.text.sentences import words

# Pieces of patterns, each with texts that it matches.
PIECES = [
    ("pay", ["pay"]), ("gift", ["gift"]), ("ca", ["ca"]), ("rds", ["rds"]), ("é", ["é"]), ("@", ["@"]), ("%", ["%"]),
    (" ", [" "]), ("_", ["_"]), ("7", ["7"]), (r"\b", [""]), (r"\s", [" ", "\n"]), (r"\w", ["a", "x7"[0], "_"]),
    (r"\d", ["3"]), (".", ["a", "é", " "]), (r"\.", ["."]), ("[ab]", ["a", "b"]), (r"[\d.]", ["3", "."]), ("[a-z]", ["m"]), ("[^a]", ["b", " "]),
    ("[ -]", [" ", "-"]), (r"\x{20ac}", ["€"]), (r"\x{61}", ["a"]), (r"\pL", ["q", "é"]), ("^", [""]), ("$", [""]),
]  # fmt: skip
REPEATS = {"": (1, 1), "?": (0, 1), "*": (0, 3), "+": (1, 3), "{2}": (2, 2), "{0,2}": (0, 2), "{1,2}?": (1, 2)}


@st.composite
def matched(draw, depth=2):
    """A pattern, and a text that it should match."""
    whole, text = "", ""
    for _ in range(draw(st.integers(1, 4))):
        if depth and draw(st.booleans()):
            ways = draw(st.lists(matched(depth - 1), min_size=1, max_size=3))
            opening = draw(st.sampled_from(["(?:", "(", "(?P<hit>"])) if "(?P" not in str(ways) + whole else "(?:"
            piece, samples = f"{opening}{'|'.join(way for way, _ in ways)})", [sample for _, sample in ways]
        else:
            piece, samples = draw(st.sampled_from(PIECES))
        repeat = draw(st.sampled_from(sorted(REPEATS))) if piece not in {r"\b", "^", "$"} else ""
        least, most = REPEATS[repeat]
        whole += piece + repeat
        text += "".join(draw(st.lists(st.sampled_from(samples), min_size=least, max_size=most)))
    return whole, text


def said(text):
    """The words of a text, its signs, and what stands for a character outside ASCII."""
    signs = [sign for sign in "@#%*" if sign in text]
    return [*(word.decode() for word in words(text.encode())), *signs, *([] if text.isascii() else ["\x80"])]


def holds_what_is_needed(text, found):
    return not found.ways or any(
        all(any(holds(word, need) for word in said(text) for need in group) for group in way) for way in found.ways
    )


@settings(max_examples=100)
@given(matched(), st.sampled_from(["", " ", "so ", "é"]), st.sampled_from(["", " ", " it", "s"]))
def test_a_text_that_a_pattern_matches_holds_what_it_needs(case, before, after):
    wanted, inside = case
    text = before + inside + after
    assume(pattern(wanted).search(text) is not None)

    assert holds_what_is_needed(text, worked_out(wanted))


@pytest.mark.parametrize(
    ("wanted", "ways"),
    [
        (r"\bzelle\s+venmo\b", [["^venmo$", "^zelle$"]]),
        (r"\bzelle.*venmo\b", [["^zelle", "venmo$"]]),
        (r"\bzelle.*\bvenmo\b", [["^venmo$", "^zelle"]]),
        (r"zelle\d", [["zelle"]]),
        (r"\bzel+e\b", [["^ze", "l"]]),
        (r"\bzelle{2}\b", [["^zell", "e"]]),
        (r"\bze[lm]le\b", [["^zelle$ ^zemle$"]]),
        (r"\bze[^m]le\b", [["^ze", "le$"]]),
        (r"\bze[a-m]le\b", [["^ze", "le$"]]),
        (r"\bzelle\.com\b", [["^com$", "^zelle$"]]),
        (r"\bzelle(?:@|%)", [["% @", "^zelle$"]]),
        (r"(?P<hit>\bzelle)\b", [["^zelle$"]]),
        (r"\b\x{7a}elle\b", [["^zelle$"]]),
        (r"\x{20ac} ?5", [["\x80", "^5"]]),
        (r"\b(?:zelle.*|venmo.*)", [["^venmo ^zelle"]]),
        (r"\bzel{1}e\b", [["^zele$"]]),
        (r"[\.]zelle\b", [["zelle$"]]),
        (r"\b[\da]zelle\b", [["zelle$"]]),
        (r"\bze[\da]lle\b", [["^ze", "lle$"]]),
        (r"(?:zelle|)", []),
        (r"(?:zelle|\w+)", []),
        (r"(?:zelle)*", []),
        (r"", []),
    ],
)
def test_what_is_read_out_of_a_pattern(wanted, ways):
    found = [sorted(" ".join(sorted(group)) for group in way) for way in worked_out(wanted).ways]
    assert sorted(found) == sorted(map(sorted, ways))


@pytest.mark.parametrize(
    "wanted",
    ["(?i)pay", "(?i:pay)", r"\Qpay\E", "[[:alpha:]]pay", "[^[:alpha:]]pay", r"[\]a]pay", r"[^\]a]pay", "pay{,2}", r"\x70ay", r"\160ay"],
)  # fmt: skip
def test_of_what_is_written_in_other_ways_nothing_is_said(wanted):
    re2.compile(wanted)
    assert needs(wanted) == Needs(())


@pytest.mark.parametrize(
    ("wanted", "common"), [(r"\bzelle\b", False), (r"\bthe\b", True), (r"\b(?:the|zelle)\b", True), (r"\bthe zelle\b", False)]
)  # fmt: skip
def test_a_pattern_of_everyday_words_is_told_as_common(wanted, common):
    assert worked_out(wanted).is_common is common


def test_the_rarest_words_come_first_and_what_nearly_all_texts_have_is_not_asked_for():
    (way,) = worked_out(r"\bplease the zelle\b").ways
    assert way == (frozenset({"^zelle$"}), frozenset({"^please$"}))
