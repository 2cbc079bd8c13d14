"""The gate may run a rule in vain, but never keeps one asleep that would find something."""

import json
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comity_policy.gate import Words, gate
from comity_policy.model import Context, Draft
from comity_policy.reading import Reading
from comity_policy.rulebook import load_rulebook
from comity_policy.rules import all_rules
from comity_policy.text.needs import SHIPPED, digest, holds, needs, worked_out

BOOK = load_rulebook("open-marketplace", date(2026, 11, 22))
ENTRIES = {entry.rule.id: entry for entry in BOOK.entries}
EXAMPLES = sorted({
    text.replace("«", "").replace("»", "")
    for rule in all_rules().values()
    for text in (*rule.flagged, *rule.accepted, *rule.known_miss)
})  # fmt: skip
PIECES = sorted({piece for text in EXAMPLES for piece in text.split()})


@st.composite
def messages(draw):
    """Examples and shreds of them in any order, joined in many ways, some of it disguised."""
    parts = draw(st.lists(st.sampled_from(EXAMPLES) | st.sampled_from(PIECES) | st.text(max_size=6), max_size=8))
    text = draw(st.sampled_from([" ", "\n", ". ", "", " 😀 "])).join(parts)
    for old, new in draw(st.lists(st.sampled_from([("e", "3"), (" ", "\u200b "), ("a", "а"), ("o", "0")]), max_size=2)):
        text = text.replace(old, new)
    return text


@settings(max_examples=150)
@given(messages())
def test_gate_fires_whenever_a_rule_would(text):
    rules = tuple(entry.rule for entry in BOOK.entries)
    reading = Reading(Draft(text, "seller", "reply"), Context())

    finding = {rule.id for rule in rules if list(rule.find(reading, ENTRIES[rule.id].parameters))}

    assert finding <= gate(rules).fired(reading)


@settings(max_examples=100)
@given(messages())
def test_a_phrase_that_stands_in_a_text_is_awake(text):
    reading = Reading(Draft(text, "seller", "reply"), Context())
    fires = gate(tuple(entry.rule for entry in BOOK.entries))
    standing = fires.awake(reading).phrases

    assert [
        (phrase.wanted, at) for phrase, at in found(fires.phrases, reading) if at not in standing.get(phrase, ())
    ] == []


def found(phrases, reading):
    """Each phrase that is meant, and the sentence in which it begins."""
    starts = [one.start for one in reading.sentences]
    for phrase in phrases:
        for at, one in enumerate(reading.sentences):
            end = reading.sentences[min(at + phrase.across, len(starts)) - 1].end
            if list(phrase.find(reading.words.text[one.start : end])):
                yield phrase, at


@given(messages())
def test_only_phrases_that_stand_are_awake(text):
    reading = Reading(Draft(text, "seller", "reply"), Context())
    for phrase, places in gate(tuple(entry.rule for entry in BOOK.entries)).awake(reading).phrases.items():
        raws = [one.raw for one in reading.sentences]
        assert all(phrase.pattern.search(b"".join(raws[at : at + phrase.across]).decode()) for at in places)


def test_a_phrase_is_awake_in_its_own_sentence_only():
    reading = Reading(Draft("It left today. Please pay by PayPal. Thanks!", "seller", "reply"), Context())
    awake = gate((ENTRIES["payment.off_platform"].rule,)).awake(reading)

    assert (awake.rules, set(map(tuple, awake.phrases.values()))) == ({"payment.off_platform"}, {(1,)})


@pytest.mark.parametrize(
    ("pattern", "ways"),
    [
        (r"\b(?:send|give)\b.*\bcodes?\b", [["^code$ ^codes$", "^give$ ^send$"]]),
        (r"\bbewertung\w*", [["^bewertung"]]),
        (r"\w*mail\b", [["mail$"]]),
        (r"gift ?card", [["gift$ giftcard", "^card giftcard"]]),
        (r"\bthe gift card\b", [["^gift$", "^card$"]]),
        (r"\b(?:pay|pal)+\b", [["pal pay"]]),
        (r"\b(?:pay|\d+)\b", []),
        (r"\b(?:lamp [a-z]+ not|lion \d+ my)\b", [["^lamp$", "^not$"], ["^lion$", "^my$"]]),
        (r"(?:maybe)? @", [["@", "@ maybe$"]]),
        (r"\d ?% off\b", [["%", "^off$"]]),
        (r"\x{8bc4}\x{4ef7}", [["\x80"]]),
        (r"[a-z]{3,}", []),
    ],
)
def test_what_a_pattern_needs_is_read_out_of_it(pattern, ways):
    found = [sorted(" ".join(sorted(group)) for group in way) for way in worked_out(pattern).ways]
    assert sorted(found) == sorted(map(sorted, ways))


@given(
    st.text("abcdef123 ", min_size=1, max_size=30), st.lists(st.sampled_from(["^ab", "c$", "^d$", "ef", "^1", "2$"]))
)
def test_what_words_wake_is_what_their_needs_say(text, wanted):
    words = Words()
    for need in wanted:
        words.add(f"rule {need}", [(frozenset({need}),)])
    said = text.encode().split()
    heard = {one for one, _ in words.hear(text.encode(), said)[2]}

    assert heard == {f"rule {need}" for need in wanted if any(holds(word.decode(), need) for word in said)}


@given(st.sampled_from(["^code$", "^bewert", "mail$", "mail"]), st.text("abcdefilmortw", max_size=3), st.booleans())
def test_a_word_holds_what_its_need_says(need, extra, before):
    bare = need.strip("^$")
    word = extra + bare if before else bare + extra
    fixed = need.startswith("^") if before else need.endswith("$")
    assert holds(word, need) == (not extra or not fixed or holds_twice(word, need))


def holds_twice(word, need):
    """The letters that were added may be the need once more."""
    bare = need.strip("^$")
    return (not need.startswith("^") or word.startswith(bare)) and (not need.endswith("$") or word.endswith(bare))


@pytest.mark.full
def test_what_is_shipped_is_what_the_patterns_say():
    wanted = [one if isinstance(one, str) else one.wanted for rule in all_rules().values() for one in rule.gate]

    assert [one for one in wanted if needs(one) != worked_out(one)] == []


def test_the_shipped_table_knows_nearly_every_pattern():
    wanted = [one if isinstance(one, str) else one.wanted for rule in all_rules().values() for one in rule.gate]
    table = json.loads(SHIPPED.read_bytes())["patterns"]

    assert sum(digest(one) in table for one in wanted) > 0.95 * len(wanted), "Run python tools/needs.py."
