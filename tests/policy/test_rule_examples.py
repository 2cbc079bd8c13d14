"""Every rule's examples are its documentation and its tests."""

import re
from datetime import date

import pytest

from comity_policy.engine import Gate, check
from comity_policy.model import Draft, Example, Outcome
from comity_policy.reading import Reading
from comity_policy.rulebook import Entry, Rulebook, load_rulebook
from comity_policy.rules import all_rules

BOOK = load_rulebook("open-marketplace", date(2026, 11, 22))
PARAMETERS = {entry.rule.id: entry.parameters for entry in BOOK.entries}
RULES = list(all_rules().values())


def pairs(kind):
    return [pytest.param(rule, text, id=f"{rule.id}-{text[:30]}") for rule in RULES for text in getattr(rule, kind)]


def case(example):
    """The draft and context of an example, its marks taken out."""
    about = example if isinstance(example, Example) else Example(example)
    return Draft(plain(example), about.role, about.purpose, about.language), about.context


def quotes(rule, example):
    """What ``check`` quotes when every form of this one rule blocks."""
    draft, context = case(example)
    outcomes = {form: {"seller": Outcome.BLOCK, "buyer": Outcome.BLOCK} for form in rule.reasons}
    book = Rulebook("one", date(2026, 1, 1), "digest", (Entry(rule, outcomes, {}, PARAMETERS[rule.id]),))
    verdict = check(draft, context, book)
    assert verdict.failed == ()
    return [finding.quote(draft.text) for finding in verdict.findings]


def plain(marked):
    return marked.replace("«", "").replace("»", "")


@pytest.mark.parametrize(("rule", "marked"), pairs("flagged"))
def test_flagged_example_yields_the_marked_words(rule, marked):
    assert quotes(rule, marked) == re.findall("(?s)«(.+?)»", marked)


@pytest.mark.parametrize(("rule", "text"), pairs("accepted"))
def test_accepted_example_yields_nothing(rule, text):
    assert quotes(rule, text) == []


@pytest.mark.parametrize(("rule", "marked"), pairs("known_miss"))
def test_known_miss_is_still_missed(rule, marked):
    """When this fails the rule has grown: move the example to ``flagged``."""
    assert not set(quotes(rule, marked)) & set(re.findall("(?s)«(.+?)»", marked))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_rule_is_documented_and_has_examples(rule):
    assert len(rule.flagged) >= 5
    assert len(rule.accepted) >= 5
    assert rule.known_miss
    assert "plain" in rule.reasons
    assert all(re.fullmatch(r"[SC]\d{1,2}", source) for source in rule.source)
    assert rule.yields_to <= set(all_rules())
    for words in (rule.title, rule.why, rule.advice, *rule.reasons.values()):
        assert words.strip() == words != ""


@pytest.mark.parametrize(("rule", "marked"), pairs("flagged"))
def test_gate_fires_for_every_flagged_example(rule, marked):
    assert rule.id in Gate((rule,)).fired(Reading(*case(marked)))


def test_rulebook_names_every_rule():
    assert {entry.rule.id for entry in BOOK.entries} == set(all_rules())


@pytest.mark.parametrize("outcome", ["warn", "hold", "block"])
def test_some_rule_leads_to_every_outcome(outcome):
    reached = {
        result
        for entry in BOOK.entries
        for roles in entry.outcomes.values()
        for result in roles.values()
    }  # fmt: skip
    assert Outcome(outcome) in reached
