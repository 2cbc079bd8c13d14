"""Any text gets an answer, and a long one in about linear time."""

import sys
from datetime import date
from types import FrameType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity_policy import Context, Draft, check, load_rulebook
from comity_policy.report import finding_json, report
from comity_policy.text import digits, patterns
from comity_policy.text.graphemes import is_boundary

BOOK = load_rulebook("open-marketplace", date(2026, 11, 22))
ODD = {
    "empty": "",
    "spaces": " \t\n\u00a0\u200b" * 40,
    "nul": "a\0b ann@lind.de\0",
    "lone surrogate": "\ud800 ann@lind.de \udfff",
    "direction overrides": "\u202eed.dnil@nna\u202c \u2066ann@lind.de\u2069",
    "digits": "1" * 20_000,
    "spaced digits": "1 " * 10_000,
    "letters": "a" * 20_000,
    "ats": "@" * 20_000,
    "dots": "a." * 10_000,
    "spelled": "a b " * 5_000,
    "opening brackets": "(" * 20_000,
    "refusals": "not " * 5_000,
    "reviews": "leave a review and get a free " * 660,
    "emoji": "👩\u200d👩\u200d👧\u200d👦" * 10_000,
    "flags": "🇩🇪" * 10_000,
    "accents": "a" + "\u0301" * 20_000,
    "hangul": "각" * 20_000,
}


@pytest.mark.parametrize("text", ODD.values(), ids=ODD)
@pytest.mark.parametrize("role", ["seller", "buyer"])
def test_odd_text_is_checked_without_a_failing_rule(text, role):
    verdict = check(Draft(text, role, "reply"), Context(known_ids=frozenset({"1111"})), BOOK)

    assert verdict.failed == ()
    for finding in verdict.findings:
        assert 0 <= finding.start < finding.end <= len(text)


@pytest.mark.parametrize("name", ["nul", "lone surrogate", "direction overrides"])
def test_an_address_is_found_among_odd_characters(name):
    findings = check(Draft(ODD[name], "seller", "reply"), Context(), BOOK).findings
    assert "ann@lind.de" in [finding.quote(ODD[name]) for finding in findings]


@given(st.text(st.characters()), st.sampled_from(["seller", "buyer"]))
def test_any_text_gives_spans_on_graphemes_and_a_printable_report(text, role):
    text += " 😀ann@lind.de 0161 496 0388"
    verdict = check(Draft(text, role, "inquiry"), Context(), BOOK)

    assert verdict.failed == ()
    assert report(text, verdict, colour=False).isascii() or verdict.findings
    for finding in verdict.findings:
        assert is_boundary(text, finding.start)
        assert is_boundary(text, finding.end)
        assert finding_json(finding, text)["quote"] == text[finding.start : finding.end]


def _work(text: str) -> tuple[int, int]:
    """What a check of ``text`` takes, on any machine: functions called, and bytes that patterns are asked about."""
    calls = size = 0
    asked = {patterns.Pattern.search.__code__, patterns.Pattern.finditer.__code__}

    def count(frame: FrameType, event: str, _argument: object) -> None:
        nonlocal calls, size
        calls += event in ("call", "c_call")
        if event == "call" and frame.f_code in asked:
            size += len(frame.f_locals["text"])
        elif event == "call" and frame.f_code is patterns.Pattern.stands_in.__code__:
            size += len(frame.f_locals["raw"])

    check(text)  # whatever is remembered is remembered now
    sys.setprofile(count)
    try:
        check(text)
    finally:
        sys.setprofile(None)
    return calls, size


@pytest.mark.parametrize(
    "line",
    [
        "pay me by paypal\n",
        "add me on whatsapp. ",
        "aa.com bb dot com ",
        "call 0161 496 0018 ",
        "zero nine zero ",
        "lindhome.ai ",
        "my paypal, send me it ",
    ],
)
def test_ten_times_the_text_is_at_most_twelve_times_the_work(line):
    short = line * (2_000 // len(line))
    (calls, size), (more_calls, more_size) = _work(short), _work(short * 10)

    assert more_calls <= 12 * calls
    assert more_size <= 12 * size


def test_a_number_of_any_length_is_read_in_one_pass():
    class Pieces(list):
        def index(self, *_arguments):
            raise AssertionError("looked for from the beginning")

    pieces = Pieces(["zero"] * 200 + ["zero", "nine"] * 100)

    assert digits._said_digits(pieces) == "0" * 200 + "09" * 100
