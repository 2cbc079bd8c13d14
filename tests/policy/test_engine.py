"""check(): what a verdict says, and that it never lets through what it could not check."""

from dataclasses import replace
from datetime import date
from types import MappingProxyType

import pytest

from comity_policy import ENGINE_VERSION, Context, Draft, Outcome, check, load_rulebook, worst
from comity_policy.gate import Gate
from comity_policy.model import CONTEXT_FACTS, Attached, Rule, Span
from comity_policy.rulebook import Entry, Rulebook

BOOK = load_rulebook("open-marketplace", date(2026, 11, 22))
HELLO = Draft("Hello.", "seller", "reply")


FACTS = {
    "order_id": "114-3941689-8772232",
    "shows_order_id": False,
    "days": {"completed": 3},
    "kind": "service",
    "marketplace_sends": frozenset({"service"}),
    "parts": {"carrier": ("DHL",)},
    "review_requests": 0,
    "follow_ups": 0,
    "alike": 0,
    "feedback_breaks_rules": False,
    "buyer_language": "de",
    "attached": (Attached("pdf", 3),),
    "by_mail": True,
    "in_file": True,
}


def outcome_of(text, role="seller", purpose="reply", context=None):
    return check(Draft(text, role, purpose), context or Context(), BOOK).outcome


def rule_of(find, **changes):
    rule = Rule(
        id="test.rule", title="Test", since="2026.1", source=(), why="why", reasons={"plain": "Because."},
        advice="Do.", gate=(), find=find, flagged=(), accepted=(), known_miss=(),
    )  # fmt: skip
    return replace(rule, **changes)


def book_of(*rules, outcome=Outcome.BLOCK):
    outcomes = {"plain": {"seller": outcome, "buyer": outcome}}
    return Rulebook("test", date(2026, 1, 1), "digest", tuple(Entry(rule, outcomes) for rule in rules))


def finds_everything(reading, parameters):
    yield Span(0, len(reading.draft.text))


def breaks(reading, parameters):
    yield Span(0, 1)
    raise ZeroDivisionError


def test_clean_text_is_delivered():
    verdict = check(Draft("It left today.", "seller", "reply"), Context(), BOOK)

    assert (verdict.outcome, verdict.findings, verdict.failed) == (Outcome.DELIVER, (), ())
    assert (verdict.rulebook, verdict.engine) == (BOOK.digest, ENGINE_VERSION)


@pytest.mark.requirement("S22", "S87")
@pytest.mark.parametrize(
    ("text", "seller", "buyer"),
    [
        ("Write to ann@lind.de", "block", "block"),
        ("What is your email address?", "hold", "warn"),
        ("You absolute clown.", "hold", "hold"),
        ("you sent me the wrong fucking zip", "hold", "warn"),
        ("Use code STORK15 for 15% off your next order!", "block", "deliver"),
    ],
)
def test_outcome_depends_on_role_and_form(text, seller, buyer):
    assert (outcome_of(text), outcome_of(text, "buyer")) == (seller, buyer)


def test_all_findings_are_kept_in_reading_order_with_words():
    text = "Pay me by PayPal, ann@lind.de, www.lind-shop.de"
    findings = check(Draft(text, "seller", "reply"), Context(), BOOK).findings

    assert [(one.rule, one.quote(text)) for one in findings] == [
        ("payment.off_platform", "PayPal"),
        ("contact.email", "ann@lind.de"),
        ("link.external", "www.lind-shop.de"),
    ]
    assert all(one.reason and one.advice for one in findings)


@pytest.mark.parametrize(
    ("text", "rules"),
    [
        ("ann@lind-shop.de", ["contact.email"]),
        ("card 4242 4242 4242 4242", ["privacy.sensitive"]),
        ("call me on 4242 4242 4242 4242", ["privacy.sensitive"]),
        ("my insta: ann@lind-shop.de", ["contact.email"]),
    ],
)
def test_one_stretch_is_told_once_by_the_rule_that_knows_it_best(text, rules):
    findings = check(Draft(text, "seller", "reply"), Context(), BOOK).findings
    assert [one.rule for one in findings if "@" in one.quote(text) or "4242" in one.quote(text)] == rules


def test_a_milder_finding_never_replaces_a_stricter_one():
    mild = rule_of(finds_everything, id="test.mild")
    strict = rule_of(finds_everything, id="test.strict", yields_to=frozenset({"test.mild"}))
    outcomes = {"plain": {"seller": Outcome.WARN, "buyer": Outcome.WARN}}
    book = Rulebook("t", date(2026, 1, 1), "d", (Entry(mild, outcomes), *book_of(strict).entries))

    verdict = check(Draft("x", "seller", "reply"), Context(), book)

    assert verdict.outcome == Outcome.BLOCK


@pytest.mark.parametrize("text", ["call 415 055 0163", "Call 4150550163", "call (415) 055-0163"])
def test_known_id_is_never_a_finding(text):
    known = Context(known_ids=frozenset({"415-055-0163"}))  # no American exchange starts with zero

    assert outcome_of(text) == "block"
    assert [one for one in check(Draft(text, "seller", "reply"), known, BOOK).findings if "5" in one.quote(text)] == []


@pytest.mark.parametrize("identity", ["ann@lind.de", "lind-shop.de", "www.lind-shop.de/x", "de"])
def test_an_address_or_a_short_word_is_not_taken_for_an_id(identity):
    context = Context(known_ids=frozenset({identity}))
    assert outcome_of("See www.lind-shop.de/x or ann@lind.de", context=context) == "block"


@pytest.mark.parametrize(
    ("identity", "text"),
    [
        ("442079460958", "Call +44 20 7946 0958"),
        ("442079460958", "Call 442079460958"),
        ("+447700900562", "Call +44 7700 900562"),
        ("447700900562", "Call +44 7700 900562"),  # nobody's number (Ofcom), but written to be dialled
        ("2125550147", "call 212 555 0147"),
        ("TEL-0611223344", "Tel 0611223344"),
        ("442079460958-A", "Call 442079460958 a last time"),
        ("4242424242424242", "It is 4242 4242 4242 4242"),
        ("DE89370400440532013000", "Pay to DE89 3704 0044 0532 0130 00"),
        ("ANNA-GMAIL-COM", "anna@gmail.com"),
        ("12345678-COM", "see 12345678.com"),
        ("PAYPAL", "Pay me by PayPal"),
    ],
)
def test_a_contact_is_not_let_through_by_an_article_of_that_name(identity, text):
    assert outcome_of(text, context=Context(known_ids=frozenset({identity}))) == "block"


def test_trusted_domains_and_carriers_are_let_through():
    text = "Track it on https://www.ups.com/track?1Z and see help.market.test/returns"
    assert outcome_of(text, context=Context(trusted_domains=frozenset({"market.test"}))) == "deliver"
    assert outcome_of(text) == "block"


def test_rule_that_raises_holds_and_says_so():
    verdict = check(Draft("Hello", "buyer", "inquiry"), Context(), book_of(rule_of(breaks), outcome=Outcome.WARN))

    assert verdict.failed == ("test.rule",)
    assert verdict.outcome == Outcome.HOLD
    assert "could not be checked" in verdict.findings[0].reason
    assert [(one.start, one.end, one.outcome) for one in verdict.findings] == [(0, 5, "hold"), (0, 1, "warn")]


def test_one_failing_rule_does_not_stop_the_others():
    others = book_of(rule_of(finds_everything, id="test.other"))
    book = replace(others, entries=(*book_of(rule_of(breaks)).entries, *others.entries))

    verdict = check(Draft("Hello", "buyer", "inquiry"), Context(), book)

    assert verdict.outcome == Outcome.BLOCK
    assert verdict.failed == ("test.rule",)


def test_a_gate_that_fails_lets_nothing_through():
    rule = rule_of(finds_everything, gate=("(",))
    assert check(Draft("Hello", "buyer", "inquiry"), Context(), book_of(rule)).outcome == Outcome.BLOCK


def test_a_text_that_the_gate_cannot_read_is_left_to_every_rule(monkeypatch):
    def runs_out(gate, reading):
        raise MemoryError

    draft = Draft("Pay me by PayPal, ann@lind.de, www.lind-shop.de", "seller", "reply")
    verdict = check(draft, Context(), BOOK)
    monkeypatch.setattr(Gate, "awake", runs_out)

    assert (len(verdict.findings), check(draft, Context(), BOOK)) == (3, verdict)


def test_a_form_the_rulebook_does_not_know_holds():
    rule = rule_of(lambda reading, parameters: [Span(0, 1, "odd")])
    verdict = check(Draft("Hello", "buyer", "inquiry"), Context(), book_of(rule))
    assert (verdict.outcome, verdict.failed) == (Outcome.HOLD, ("test.rule",))


@pytest.mark.parametrize(("region", "outcome"), [(None, "deliver"), ("DE", "block")])
def test_rule_whose_fact_is_unknown_does_not_fire(region, outcome):
    book = book_of(rule_of(finds_everything, needs=frozenset({"region"})))
    assert check(Draft("Hello", "seller", "reply"), Context(region=region), book).outcome == outcome


def test_same_input_same_verdict_and_digest():
    draft = Draft("Call me on 0161 496 0388", "seller", "reply")
    one, two = (check(draft, Context(frozenset({"B", "A"})), BOOK) for _ in range(2))

    assert one == two
    assert len(one.input) == 64


@pytest.mark.parametrize(
    "changed",
    [
        (Draft("Hullo", "seller", "reply"), Context()),
        (Draft("Hello", "buyer", "reply"), Context()),
        (Draft("Hello", "seller", "claim"), Context()),
        (Draft("Hello", "seller", "reply", "de"), Context()),
        (Draft("Hello", "seller", "reply"), Context(known_ids=frozenset())),
        (Draft("Hello", "seller", "reply"), Context(trusted_domains=frozenset({"x.de"}))),
        (Draft("Hello", "seller", "reply"), Context(region="DE")),
        *((Draft("Hello", "seller", "reply"), Context(**{fact: value})) for fact, value in FACTS.items()),
    ],
)
def test_input_digest_covers_every_fact(changed):
    plain = check(Draft("Hello", "seller", "reply"), Context(), BOOK)
    assert check(*changed, BOOK).input != plain.input


def test_every_fact_is_digested_and_an_unknown_one_changes_nothing():
    plain = check(Draft("Hello", "seller", "reply"), Context(), BOOK).input
    assert {*FACTS, "known_ids", "trusted_domains", "region"} == set(CONTEXT_FACTS)
    assert plain == "ef95c6621e12af16760080a7e4cb55df60a2b56146434b6797472e64b9b78345"


def test_outcomes_are_ordered():
    assert Outcome.DELIVER < Outcome.WARN < Outcome.HOLD < Outcome.BLOCK
    assert Outcome.BLOCK >= "hold" > Outcome.WARN <= "warn"
    assert worst([Outcome.HOLD, Outcome.WARN]) == Outcome.HOLD
    assert worst([]) == Outcome.DELIVER


@pytest.mark.parametrize(
    ("text", "offsets", "offsets16"),
    [
        ("😀 ann@lind.de", (2, 13), (3, 14)),
        ("e\u0301 👩\u200d👩\u200d👧 ann@lind.de 😀", (9, 20), (12, 23)),
        ("ann@lind.de", (0, 11), (0, 11)),
    ],
)
def test_offsets_are_code_points_and_utf16_for_browsers(text, offsets, offsets16):
    (finding,) = check(Draft(text, "seller", "reply"), Context(), BOOK).findings

    assert (finding.start, finding.end) == offsets
    assert finding.offsets16(text) == offsets16
    raw = text.encode("utf-16-le")
    assert raw[2 * offsets16[0] : 2 * offsets16[1]].decode("utf-16-le") == "ann@lind.de"


@pytest.mark.parametrize("kind", [dict, MappingProxyType])
def test_facts_in_any_mapping_are_told_apart_by_their_values(kind):
    inputs = [check(HELLO, Context(days=kind({"placed": days}))).input for days in (1, 2)]
    assert inputs == [check(HELLO, Context(days={"placed": days})).input for days in (1, 2)]
    assert inputs[0] != inputs[1]
