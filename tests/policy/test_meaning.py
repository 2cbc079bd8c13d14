"""What a sentence means: the model file, what is read with it, and what the engine makes of it."""

import hashlib
import json
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity_policy import ENGINE_VERSION, Context, Draft, check, load_rulebook
from comity_policy.engine import Reading
from comity_policy.meaning import DIGEST, Meant, Model, ModelError, features, packing, shipped
from comity_policy.meaning import model as meaning
from comity_policy.text.sentences import sentences

BOOK = load_rulebook("open-marketplace", date(2026, 11, 22))
ROOT = Path(__file__).parents[2]
RULES = ("divert.off_platform", "review.change")
# What each word weighs: its sentence, its message, and the two rules.
WORDS = {"shady": (512, 0, 256, 0), "undo": (512, 0, 0, 256), "kind": (-512, 0, 0, 0)}
HEAD = {
    "format": 1,
    "rules": RULES,
    "thresholds": dict.fromkeys(RULES, 0.5),
    "gate": -3.0,
    "floor": -2.0,
    "doubt": 0.0,
    "scale": 128,
    "most": 1023,
    "spread": 0,
    "around": {"seller": 0.0, "always": -1.0, "seller last": 0.0},
    "priors": {"seller": [0.0, 0.0], "buyer": [0.0, -30.0]},
    "parts": 1,
    "words": 3,
    "pairs": 1,
    "skips": 1,
}


def raised(row):
    return packing.pack([lane + packing.LIMIT for lane in row]).to_bytes(packing.width(4), "little")


def tiny(**changed):
    """A model file of three words, the part "hady>", the pair "kind shady" and the gap "kind … undo"."""
    strings = "\n".join(["hady>", *WORDS]).encode()
    columns = b"".join(number.to_bytes(2, "little") for number in (2, 0, 2, 1))
    rows = [(512, 0, 256, 0), *WORDS.values(), (0, 0, 0, 768), (0, 512, 0, 0)]
    head = json.dumps({**HEAD, "names": len(strings), **changed}).encode()
    return Model(head + b"\n" + strings + columns + b"".join(map(raised, rows)))


def read(text, role="seller", **changed):
    return [(one.rule, text[one.start : one.end]) for one in tiny(**changed).read(sentences(text), role, "reply")]


def test_the_sentence_is_found_and_nothing_around_it():
    assert read("all good. shady! bye") == [("divert.off_platform", "shady!")]


def test_certainty_is_what_the_weights_add_up_to():
    (one,) = tiny().read(sentences("shady"), "seller", "reply")
    assert one == Meant("divert.off_platform", 0, 5, pytest.approx(0.9526, abs=1e-4))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("kind", []),
        ("unheard", []),
        ("kind shady", []),
        ("so shady", [("divert.off_platform", "so shady")]),
        ("bhady", [("divert.off_platform", "bhady")]),
        ("undo", [("review.change", "undo")]),
        ("kind or undo", [("review.change", "kind or undo")]),
    ],
)
def test_words_parts_of_words_and_gaps_have_their_weight(text, found):
    assert read(text) == found


def test_a_pair_speaks_for_its_rule():
    assert read("kind shady shady") == [("review.change", "kind shady shady")]


def test_who_writes_decides_between_rules():
    assert read("undo", role="buyer") == [("divert.off_platform", "undo")]


def test_below_its_threshold_a_rule_is_not_found():
    assert read("shady", thresholds=dict.fromkeys(RULES, 0.96)) == []


def test_pairs_are_looked_up_only_behind_the_gate():
    assert read("undo kind shady", gate=9.0) == []
    assert read("shady", gate=2.9) == [("divert.off_platform", "shady")]


@pytest.mark.parametrize("head", [b"", b"{", b"[]\n", b'{"format": 2}\n', b'{"form": 1}\n'])
def test_bytes_that_are_no_model_are_refused(head):
    with pytest.raises(ModelError, match="meaning model"):
        Model(head)


def test_a_word_never_seen_weighs_no_more_than_any_word():
    assert tiny(most=10)._words[b"bhady"] == packing.pack([10, 0, 10, 0])


def test_unknown_words_are_kept_up_to_a_limit(monkeypatch):
    monkeypatch.setattr(meaning, "_MOST_UNKNOWN", 2)
    model = tiny()
    model.read(sentences("one two three four"), "seller", "reply")
    assert len(model._words) == len(WORDS) + 2


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("pay 37 now!", ["pay", "00", "now", "!"]),
        ("20 % off, 5 €?", ["00", "off", "0", "$", "%", "?"]),
        ("...", []),
    ],
)
def test_the_words_of_a_sentence(text, words):
    (one,) = sentences(text)
    assert [word.decode() for word in features.tokens(one)] == words


def test_a_number_never_seen_has_the_row_of_numbers_of_its_length():
    model = tiny()
    model._words[b"00"] = 7
    assert model._words[b"37"] == 7


@given(st.lists(st.integers(-packing.LIMIT, packing.LIMIT - 1), min_size=1, max_size=20))
def test_a_packed_row_is_read_back(row):
    whole = packing.pack([lane + packing.LIMIT for lane in row])
    assert packing.unpack(whole, 0, len(row)) == row
    assert whole < 1 << 8 * packing.width(len(row))


@given(st.text(alphabet=st.sampled_from("shady undo.!?\n é0€Ж"), max_size=400), st.sampled_from(["seller", "buyer"]))
def test_any_text_is_read_in_order_within_its_bounds(text, role):
    found = tiny(gate=-99.0, floor=-99.0).judge(sentences(text), role, "reply")
    spans = [(one.start, one.end) for one in found]
    assert all(0 <= start < end <= len(text) for start, end in spans)
    assert spans == sorted(spans)


def test_a_sentence_of_many_words_is_read_to_its_end():
    text = "all " * 480 + "shady " * 5
    assert read(text) == [("divert.off_platform", text.strip())]


def test_no_text_is_long_enough_to_spill_a_lane():
    (one, *_) = tiny().read(sentences("shady " * 5000), "seller", "reply")
    assert (one.rule, one.certainty) == ("divert.off_platform", pytest.approx(1.0))


def test_the_shipped_weights_are_those_of_the_card():
    data = (ROOT / "src/comity_policy/meaning/weights.bin").read_bytes()
    assert hashlib.sha256(data).hexdigest() == DIGEST
    assert DIGEST in (ROOT / "training/README.md").read_text()
    assert len(data) < 4_000_000


def test_other_weights_than_those_shipped_are_refused(monkeypatch):
    monkeypatch.setattr(meaning, "DIGEST", "0" * 64)
    with pytest.raises(ModelError, match="Install comity anew"):
        shipped.__wrapped__()


def test_the_verdict_tells_the_engine():
    assert check(Draft("Hello", "seller", "reply"), Context(), BOOK).engine == ENGINE_VERSION


def verdict(monkeypatch, text, book=BOOK, **facts):
    model = tiny()
    monkeypatch.setattr("comity_policy.reading.shipped", lambda: model)
    return check(Draft(text, facts.pop("role", "seller"), "reply"), Context(**facts), book)


def test_what_is_meant_is_held_and_quoted(monkeypatch):
    text = "It ships today. Shady business, isn't it"
    found = verdict(monkeypatch, text)
    assert [(one.rule, one.quote(text)) for one in found.findings] == [
        ("divert.off_platform", "Shady business, isn't it")
    ]
    assert (found.outcome, found.failed) == ("hold", ())


def test_words_of_the_same_rule_go_first(monkeypatch):
    text = "Shady: order direct from us next time"
    (one,) = verdict(monkeypatch, text).findings
    assert (one.rule, one.outcome) == ("divert.off_platform", "block")
    assert one.quote(text) != text


def test_words_of_the_same_rule_hide_no_sense_of_another_sentence(monkeypatch):
    text = "Order direct from us next time. It is in stock. Shady business, isn't it"
    found = [(one.quote(text), str(one.outcome)) for one in verdict(monkeypatch, text).findings]
    assert found == [("Order direct from us", "block"), ("Shady business, isn't it", "hold")]


def test_words_of_another_rule_that_is_as_strict_go_first(monkeypatch):
    (one,) = verdict(monkeypatch, "Shady: write to ann@lind.de").findings
    assert (one.rule, one.outcome) == ("contact.email", "block")


def test_words_of_another_rule_that_is_less_strict_do_not(monkeypatch):
    found = verdict(monkeypatch, "shady, damn it", role="buyer").findings
    assert [(one.rule, one.outcome) for one in found if one.rule.startswith("divert")] == [
        ("divert.off_platform", "hold")
    ]


def test_a_known_id_hides_no_sense(monkeypatch):
    (one,) = verdict(monkeypatch, "shady 114-3941689-8772232", known_ids=frozenset({"114-3941689-8772232"})).findings
    assert one.rule == "divert.off_platform"


def test_a_rulebook_that_says_nothing_of_the_sense_is_not_asked(monkeypatch):
    old = load_rulebook("open-marketplace", date(2026, 1, 2))
    assert verdict(monkeypatch, "shady", old).findings == ()
    assert verdict(monkeypatch, "undo", role="buyer").findings[0].outcome == "hold"


def test_a_model_that_fails_holds_for_each_rule_that_reads_the_sense(monkeypatch):
    def broken():
        raise ModelError

    monkeypatch.setattr("comity_policy.reading.shipped", broken)
    found = check(Draft("Hello", "seller", "reply"), Context(), BOOK)
    assert found.outcome == "hold"
    assert {"divert.off_platform", "review.change"} <= set(found.failed)


def test_sense_is_read_at_the_places_of_the_original(monkeypatch):
    monkeypatch.setattr("comity_policy.reading.shipped", tiny)
    text = "Ça va. s\u00adhady"
    ((rule, span),) = Reading(Draft(text, "seller", "reply"), Context()).meant
    assert (rule, text[span.start : span.end]) == ("divert.off_platform", "s\u00adhady")


@pytest.fixture(scope="module")
def texts():
    from training.messages import messages

    return [one for one in messages() if one.where.startswith("corpus_messages")][:60]


def test_the_same_messages_make_the_same_bytes(texts):
    pytest.importorskip("numpy")
    pytest.importorskip("scipy")
    from training.train import fit, weights

    first = weights(texts, {})
    assert first == weights(texts, {})
    assert fit(texts, {"review.biased": 0.5}).thresholds["review.biased"] == 0.5
