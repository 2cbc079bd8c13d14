"""The gate may run a rule in vain, but never keeps one asleep that would find something."""

from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from comity_policy.engine import gate
from comity_policy.model import Context, Draft
from comity_policy.reading import Reading
from comity_policy.rulebook import load_rulebook
from comity_policy.rules import all_rules

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
