"""The gate may run a rule in vain, but never keeps one asleep that would find something."""

import json
from dataclasses import replace
from datetime import date
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comity_policy import gate as gating
from comity_policy.gate import Awake, Gate, Words, gate
from comity_policy.model import Context, Draft
from comity_policy.reading import Phrase, Reading
from comity_policy.rulebook import load_rulebook
from comity_policy.rules import all_rules
from comity_policy.text import needs as needing
from comity_policy.text.needs import SHIPPED, digest, holds, needs, packed, worked_out

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
        (r"((?:pay)pal) me\b", [["^me$", "paypal$"]]),
        (r"[ab]d\b", [["ad$ bd$"]]),
        (r"[abcdefgh]da\b", [["da$"]]),
        (r"\pL+ now", [["^now"]]),
        (r"\p{Greek}\sto\snow\b", [["^to$", "^now$"]]),
        (
            r"x(?:aa|ab|ac|ad|ae|af|ag)(?:k|l|m|n|o|p|q)z\b",
            [["kz$ lz$ mz$ nz$ oz$ pz$ qz$", "xaa xab xac xad xae xaf xag"]],
        ),
    ],
)
def test_what_a_pattern_needs_is_read_out_of_it(pattern, ways):
    found = [sorted(" ".join(sorted(group)) for group in way) for way in worked_out(pattern).ways]
    assert sorted(found) == sorted(map(sorted, ways))


@pytest.mark.parametrize(("alternatives", "ways"), [(39, 39), (40, 1)])
def test_no_more_ways_are_told_apart_than_a_table_should_hold(alternatives, ways):
    pattern = "|".join(rf"lamp{at} [a-z]+ lion{at}" for at in range(alternatives))
    found = worked_out(f"(?:{pattern})").ways
    assert (len(found), {len(way) for way in found}) == (ways, {2 if ways > 1 else 1})


@pytest.fixture
def shipped(tmp_path, monkeypatch):
    """Where a table may be shipped for this test; nothing is there yet."""
    monkeypatch.setattr(needing, "SHIPPED", tmp_path / "needs.json")
    needing._shipped.cache_clear()
    yield tmp_path / "needs.json"
    needing._shipped.cache_clear()


def test_a_table_gives_back_what_was_packed(shipped):
    telling, common = r"\b(?:lamp [a-z]+ not|lion \d+ my)\b", r"\bthe\b"
    table = packed([telling, common])
    assert json.loads(table) == {
        "groups": [["^lamp$"], ["^lion$"], ["^my$"], ["^not$"], ["^the$"]],
        "patterns": {digest(common): [True, [[4]]], digest(telling): [False, [[0, 3], [1, 2]]]},
    }
    shipped.write_text(table.replace("lamp", "jamb"))
    assert needs(telling).ways == ((frozenset({"^jamb$"}), frozenset({"^not$"})), worked_out(telling).ways[1])
    assert needs(common) == worked_out(common)


def test_without_a_table_patterns_are_read(shipped):
    assert not shipped.exists()
    assert needs(r"\bgift card\b") == worked_out(r"\bgift card\b")
    assert needs(r"\bgift card\b").ways == ((frozenset({"^gift$"}), frozenset({"^card$"})),)


def test_a_text_that_could_not_be_read_is_not_taken_for_one_without_a_match():
    fires = Gate((ENTRIES["contact.email"].rule,))
    fires._set = SimpleNamespace(Match=lambda text: None)  # what RE2 answers when it runs out of memory
    with pytest.raises(MemoryError, match="The gate could not read the text"):
        fires.awake(Reading(Draft("Hello", "seller", "reply"), Context()))


@pytest.mark.parametrize("across", [1, 2])
def test_a_phrase_without_words_is_always_asked(across):
    phrase = Phrase(r"\d{3}-\d{3}", across=across)
    rule = replace(ENTRIES["contact.email"].rule, gate=(phrase,))
    texts = ("It left. It is 123-456.", "It left today.")
    awake = [Gate((rule,)).awake(Reading(Draft(text, "seller", "reply"), Context())) for text in texts]
    assert awake == [Awake({"contact.email"}, {phrase: [1] if across == 1 else [0, 1]}), Awake(set(), {})]


def test_words_are_forgotten_when_there_are_too_many(monkeypatch):
    monkeypatch.setattr(gating, "_REMEMBERED", 3)
    words = Words()
    words.add("rule", [(frozenset({"^d$"}),)])
    said = [b"a", b"b", b"c", b"d", b"e"]
    assert words.hear(b"a b c d e", said) == (1, [], [("rule", 0)])
    assert list(words) == [b"d", b"e"]


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
