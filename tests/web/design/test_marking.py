import html
import re

import pytest
from django.template import Context, Template
from hypothesis import given
from hypothesis import strategies as st

from comity.web.templatetags.marking import marked_html

texts = st.text(st.characters(exclude_categories=("Cs", "Cc", "Cf", "Zl", "Zp")), max_size=60)


def block(start, end):
    return {"start": start, "end": end, "outcome": "block"}


def warn(start, end):
    return {"start": start, "end": end, "outcome": "warn"}


def read(marked):
    """What a reader sees of marked text, without the numbers."""
    return html.unescape(re.sub(r"<[^>]*>", "", re.sub(r"<sup>.*?</sup>", "", marked)))


def test_markup_is_text():
    assert marked_html("<b>&\"'", []) == "&lt;b&gt;&amp;&quot;&#x27;"


def test_a_finding_is_marked_and_numbered():
    assert marked_html("call me now", [block(0, 4), warn(8, 11)]) == (
        '<mark>call<sup>1</sup></mark> me <mark class="w">now<sup>2</sup></mark>'
    )


def test_numbers_lead_to_their_footnotes():
    assert marked_html("ab", [block(0, 2)], "msg_1") == '<mark>ab<sup><a href="#msg_1-1">1</a></sup></mark>'


def test_offsets_are_code_points_also_behind_emoji():
    text = "\N{OK HAND SIGN}\N{EMOJI MODIFIER FITZPATRICK TYPE-4} <now>"
    assert marked_html(text, [block(3, 8)]) == text[:3] + "<mark>&lt;now&gt;<sup>1</sup></mark>"


def test_where_findings_overlap_the_stricter_look_wins():
    assert marked_html("abcd", [warn(0, 3), block(1, 4)]) == (
        '<mark class="w">a</mark><mark>bc<sup>1</sup></mark><mark>d<sup>2</sup></mark>'
    )


@pytest.mark.parametrize("sign", ["\u202e", "\u2066", "\u200b", "\u00ad", "\x00", "\x1b", "\U000e0041"])
def test_signs_that_hide_or_turn_text_are_shown(sign):
    assert marked_html(f"a{sign}b", []) == f'a<bdi class="ctl">U+{ord(sign):04X}</bdi>b'


@pytest.mark.parametrize("text", ["می‌خواهم", "👩‍👩‍👧", "two\nlines\tand a tab"])
def test_signs_that_writing_needs_stay(text):
    assert marked_html(text, []) == text


def test_half_a_character_pair_is_replaced():
    assert marked_html("a\ud800b", []) == "a\ufffdb"


@pytest.mark.parametrize("finding", [block(-5, 99), block(2, 1), block(3, 3), {"start": None, "end": None}])
def test_offsets_out_of_range_change_no_words(finding):
    assert read(marked_html("abc", [finding])) == "abc"


@given(
    texts, st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60), st.sampled_from(["block", "warn"])), max_size=4)
)
def test_marking_changes_no_words_and_numbers_each_finding_once(text, spans):
    findings = [
        {"start": min(a, b, len(text)), "end": min(max(a, b), len(text)), "outcome": outcome} for a, b, outcome in spans
    ]
    marked = marked_html(text, findings)
    assert read(marked) == text
    shown = [number for number, one in enumerate(findings, 1) if one["start"] < one["end"] or one["end"] == 0]
    assert sorted(map(int, re.findall(r"<sup>(\d+)</sup>", marked))) == shown


@given(texts)
def test_no_text_becomes_markup(text):
    assert "<" not in re.sub(r"</?(?:mark|sup)>", "", marked_html(text, [block(0, 1)]))


@pytest.mark.parametrize(
    ("minor", "currency", "words"),
    [
        (12900, "EUR", "€129.00"),
        (0, "EUR", "€0.00"),
        (-5, "GBP", "−£0.05"),
        (123456789, "USD", "$1,234,567.89"),
        (1500, "JPY", "¥1,500"),
        (1234567, "BHD", "BHD\N{NO-BREAK SPACE}1,234.567"),
    ],
)
def test_money_is_exact_in_every_currency(minor, currency, words):
    assert Template("{% money minor currency %}").render(Context({"minor": minor, "currency": currency})) == words


def test_bare_money_has_no_currency():
    assert Template('{% money 12900 "EUR" bare=True %}').render(Context()) == "129.00"
