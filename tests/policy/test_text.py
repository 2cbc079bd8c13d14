"""Folded views: disguises are seen through, and every span leads back to what was written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity_policy.text import fold as folding
from comity_policy.text.fold import fold, joined, words
from comity_policy.text.graphemes import is_boundary, widen
from comity_policy.text.patterns import pattern
from comity_policy.text.sentences import sentences
from comity_policy.text.spoken import spoken

WORDS = st.text("abcdefghijklmnopqrstuvwxyz0123456789@.-", min_size=1, max_size=12)
DISGUISES = {
    "as it is": lambda c: c,
    "capital": str.upper,
    "full width": lambda c: chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c,
    "zero width after": lambda c: c + "\u200b",
    "soft hyphen before": lambda c: "\u00ad" + c,
    "accents": lambda c: c + "\u0301\u0323" if c.isalpha() else c,
    "keycap": lambda c: c + "\ufe0f\u20e3" if c.isdigit() else c,
    "arabic digit": lambda c: chr(0x660 + int(c)) if c.isdigit() else c,
    "mathematical": lambda c: chr(0x1D41A + ord(c) - 97) if c.isalpha() else c,
    "direction mark": lambda c: "\u202e" + c + "\u202c",
    "circled": lambda c: chr(0x24D0 + ord(c) - 97) if c.isalpha() else c,
}
# What a person sees as one character, however many code points it has.
CLUSTERS = [
    "a", " ", "\n", "\r\n", "e\u0301", "n\u0303\u0323", "1\ufe0f\u20e3", "👩\u200d👩\u200d👧", "👍🏽", "🇩🇪", "🏴\U000e0067\U000e007f",
    "각", "ﾊﾞ", "नि", "é", "9", "@",
]  # fmt: skip
# Letters put together of one to three pieces, the last of all that there are among them.
HANGUL = ["\u1100\u1161\u11a8", "가\u1161", "가\u11a8", "각\u11a8", "힣\u11a8"]


@st.composite
def disguised(draw):
    """A word among other text, and the same word with every letter disguised in some way."""
    word = draw(WORDS)
    ways = draw(st.lists(st.sampled_from(sorted(DISGUISES)), min_size=len(word), max_size=len(word)))
    hidden = "".join(DISGUISES[way](letter) for way, letter in zip(ways, word, strict=True))
    before, after = draw(st.sampled_from(["", "😀 ", "¿ß ", "x "])), draw(st.sampled_from(["", " 👩\u200d🚀", " ﬁn"]))
    return word, before + hidden + after, len(before), len(before) + len(hidden)


@given(disguised())
def test_a_disguised_word_is_read_and_leads_back_to_itself(case):
    word, text, begin, stop = case
    view = fold(text)
    at = view.text.index(word, len(fold(text[:begin]).text))

    start, end = view.span(at, at + len(word))

    assert begin <= start < end <= stop + 2
    assert fold(text[start:end]).text == word


@given(st.text())
def test_every_view_has_one_original_index_for_each_character(text):
    for view in (fold(text), joined(fold(text)), words(joined(fold(text))), spoken(joined(fold(text))).view):
        assert len(view.starts) == len(view.text)
        assert list(view.starts) == sorted(view.starts)
        assert all(0 <= index < len(text) for index in view.starts)


@given(st.lists(st.sampled_from(CLUSTERS), min_size=1, max_size=12), st.data())
def test_spans_never_split_a_grapheme(clusters, data):
    text = "".join(clusters)
    places = [len("".join(clusters[:count])) for count in range(len(clusters) + 1)]
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))

    found_start, found_end = widen(text, start, end)

    assert {found_start, found_end} <= set(places)


@pytest.mark.parametrize("cluster", [*CLUSTERS, *HANGUL, "🇿🇦", "🇳🇿"])
def test_no_boundary_inside_one_character_of_a_reader(cluster):
    text = f"x{cluster}x" if cluster[0] not in "\r\n" else cluster
    inside = range(2, 1 + len(cluster)) if cluster[0] not in "\r\n" else range(1, len(cluster))
    assert [index for index in inside if is_boundary(text, index)] == []


@pytest.mark.parametrize("text", ["ab", "éa", "각\u1161", "가나", "🇩🇪🇿🇦", "👍👍", "a\n", "\n\r"])
def test_a_text_may_be_cut_between_two_characters_of_a_reader(text):
    assert is_boundary(text, len(text) // 2)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("PAYPAL", "paypal"),
        ("раураl", "paypal"),  # Cyrillic with a Latin l
        ("кαкαο", "kakao"),  # Cyrillic with Greek
        ("привет мир", "привет мир"),  # honest Russian stays
        ("Ελλάδα", "ελλαδα"),
        ("ⓗⓔⓛⓛⓞ", "hello"),
        ("ᴅɪꜱᴄᴏʀᴅ", "discord"),
        ("🅰️t", "at"),
        ("Straße ﬁn", "strasse fin"),
        ("gmail。com gmail｡com gmail．com", "gmail.com gmail.com gmail.com"),
        ("٠٧٧٠٠", "07700"),
        ("2️⃣1️⃣2️⃣", "212"),
        ("a\ud800b", "a\ufffdb"),
        ("caf\u00e9 cafe\u0301", "cafe cafe"),
        ("a\tb\vc\fd", "a b c d"),
        ("a\u0085b\u1680c\u00a0d\u2003e\u3000f", "a b c d e f"),
        ("a\u2028b\u2029c\r\nd", "a\nb\nc\r\nd"),
        ("a\u2800b\u3164c\uffa0d\u115fe\u1160f\u180eg", "a b c d e f g"),
        ("a\u200bb\u2060c\ufeffd", "abcd"),
        ("pay\x07pal é\x00x\x7fy", "paypal exy"),  # what no screen shows
        ("Þayþal \u01f7ay\u01bfal", "paypal paypal"),
        ("ꮲayꮲal Ꮲаyᑭal ᑭᗩYᑭᗩᒪ", "paypal paypal paypal"),  # Cherokee, Cyrillic and Canadian syllabics
        ("ᏣᎳᎩ ᎦᏬᏂᎯᏍᏗ, paypal", "ᏣᎳᎩ ᎦᏬᏂᎯᏍᏗ, paypal"),  # honest Cherokee stays
    ],
)
def test_folded(written, read):
    assert fold(written).text == read


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("p a y p a l now", "paypal now"),
        ("W.e.C.h.a.t", "wechat"),
        ("v3nm0 and $kype", "venmo and skype"),
        ("a b c", "a b c"),
        ("U.S.A.", "u.s.a."),
        ("12.5 V, 20% in 2026", "12.5 v, 20% in 2026"),
    ],
)
def test_words(written, read):
    assert words(joined(fold(written))).text == read


def test_words_is_the_folded_view_when_nothing_is_disguised():
    folded = fold("An ordinary sentence.")
    assert words(folded) is folded


@given(st.text(alphabet=st.sampled_from("ab no.!?\"')]\n\t"), max_size=60))
def test_sentences_leave_nothing_out_and_none_is_empty(text):
    found = sentences(text)

    assert "".join(text[one.start : one.end] for one in found) == text
    assert all(one.raw == text[one.start : one.end].encode() != b"" for one in found)


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("Hi. Bye", ["Hi. ", "Bye"]),
        ('He said "no!" Then left.', ['He said "no!" ', "Then left."]),
        ("part no. 5, e.g. this. Thanks", ["part no. 5, e.g. this. ", "Thanks"]),
        ("It is a piano. Yes?) No", ["It is a piano. ", "Yes?) ", "No"]),
        ("one\ntwo\n\nthree ", ["one\n", "two\n", "\n", "three "]),
        ("write to Mr. ", ["write to Mr. "]),
        ("3.5 mm. wide", ["3.5 mm. wide"]),
    ],
)
def test_where_sentences_end(text, cut):
    assert [text[one.start : one.end] for one in sentences(text.lower())] == cut


def test_a_row_of_abbreviations_costs_as_much_as_any_text():
    (one,) = sentences("no. " * 250_000)
    assert (one.start, one.end, len(one.words)) == (0, 1_000_000, 250_000)


def test_an_empty_stretch_of_a_view_leads_nowhere():
    assert fold("Ab").span(1, 1) == (0, 0)


def test_characters_are_forgotten_before_they_fill_the_memory(monkeypatch):
    monkeypatch.setattr(folding, "_REMEMBERED", len(folding._folded) + 2)
    text = "".join(map(chr, range(0x4E00, 0x4E00 + 6)))

    assert fold(text + "É").text == text + "e"
    assert len(folding._folded) <= 6


@pytest.mark.parametrize(
    ("wanted", "text", "spans"),
    [
        ("x*", "éx", [(0, 0), (1, 2), (2, 2)]),
        ("x*", "é", [(0, 0), (1, 1)]),
        ("x", "éxéx", [(1, 2), (3, 4)]),
        ("é$", "éé", [(1, 2)]),
    ],
)
def test_matches_are_told_in_characters_also_where_they_are_empty(wanted, text, spans):
    assert [match.span() for match in pattern(wanted).finditer(text)] == spans
    assert pattern(wanted).search(text).span() == spans[0]


@pytest.mark.parametrize("half", [chr(0xD800), chr(0xDBFF), chr(0xDC00), chr(0xDFFF)])
def test_half_of_a_surrogate_pair_is_searched_as_one_character(half):
    assert pattern("a(?P<half>.)b").search(f"é{half}a{half}b").span("half") == (3, 4)
    assert pattern("\ufffd").search(half).span() == (0, 1)


@pytest.mark.parametrize(
    ("wanted", "put", "text", "changed"),
    [
        ("b", "x", "abcb", "axcx"),
        ("b", lambda match: match.group().upper(), "aéb", "aéB"),
        ("z", "x", "abc", "abc"),
    ],
)
def test_matches_are_replaced_and_the_rest_stays(wanted, put, text, changed):
    assert pattern(wanted).sub(put, text) == changed
