"""The weights of the second reader that come with the package; skipped where its extra is not installed."""

import hashlib
import io
import json
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comity_policy import Context, Draft, check, load_rulebook
from comity_policy import __main__ as command
from comity_policy.meaning import Meant
from comity_policy.reader import DIGEST, Reader, ReaderError, ReaderMissingError, model, require, shipped
from comity_policy.reading import Reading
from comity_policy.report import check_lines

BOOK = load_rulebook("open-marketplace", date(2026, 11, 22))
NOTHING = Context(known_ids=frozenset())
ROOT = Path(__file__).parents[2]
WEIGHTS = ROOT / "src/comity_policy/reader/weights.onnx"
HIDDEN = (
    "Hi Ann, the lamp is still here. My cousin can take the money when he drops it off, and we both skip the fee. Bye!"
)
BAD = "My cousin can take the money when he drops it off, and we both skip the fee."
installed = pytest.mark.skipif(not model.is_installed(), reason="the extra [reader] is not installed")


def test_the_shipped_weights_are_those_of_the_card():
    data = WEIGHTS.read_bytes()
    assert hashlib.sha256(data).hexdigest() == DIGEST
    assert DIGEST in (ROOT / "training/README.md").read_text()
    assert len(data) < 30_000_000


def test_the_engine_loads_no_reader_by_itself():
    script = "import sys, comity_policy; comity_policy.check('hello'); print('numpy' in sys.modules, 'onnxruntime' in sys.modules, 'comity_policy.reader' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "False False False\n"


def test_without_the_extra_a_sentence_says_what_to_install(monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    shipped.cache_clear()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"hello")))

    assert command.main(["--reader"]) == 2
    told = capsys.readouterr()
    assert told.err == f"comity_policy: {ReaderMissingError()}\n"
    assert "pip install 'comity[reader]'" in told.err
    assert told.out == ""


def test_a_process_that_only_starts_others_asks_whether_it_is_there(monkeypatch):
    monkeypatch.setattr(model, "is_installed", lambda: False)
    with pytest.raises(ReaderMissingError):
        require()


def test_other_weights_than_those_shipped_are_refused(monkeypatch):
    monkeypatch.setattr(model, "DIGEST", "0" * 64)
    shipped.cache_clear()
    with pytest.raises(ReaderError, match="Install comity anew"):
        shipped()


@pytest.mark.parametrize("ask", [shipped, require])
def test_weights_that_are_gone_are_told_in_a_sentence(monkeypatch, tmp_path, ask):
    monkeypatch.setattr(model, "files", lambda package: tmp_path)
    monkeypatch.setattr(model, "is_installed", lambda: True)
    shipped.cache_clear()
    with pytest.raises(ReaderError, match=r"cannot be read \(No such file or directory\). Install comity anew."):
        ask()


@installed
@pytest.mark.parametrize("data", [b"", b"no weights"])
def test_bytes_that_are_no_weights_are_refused(data):
    with pytest.raises(ReaderError, match="cannot be read"):
        Reader(data, {})


@installed
def test_weights_of_another_format_are_refused(monkeypatch):
    monkeypatch.setattr(model, "_FORMAT", 0)
    with pytest.raises(ReaderError, match=r"^The second reader has format 1; this engine reads 0\.$"):
        Reader(WEIGHTS.read_bytes(), {})


@installed
def test_what_was_meant_is_found_where_no_word_tells():
    (one,) = shipped().read(HIDDEN, "seller", "reply")
    assert HIDDEN[one.start : one.end] == BAD
    assert check(Draft(HIDDEN, "seller", "reply"), NOTHING, BOOK, reader=shipped()).outcome == "hold"


@installed
def test_the_same_text_is_always_read_the_same():
    first = list(shipped().judge(HIDDEN, "seller", "reply"))
    list(shipped().judge("Something else, far longer. " * 30, "buyer", "claim"))
    again = Reader(WEIGHTS.read_bytes(), {})
    assert list(shipped().judge(HIDDEN, "seller", "reply")) == first == list(again.judge(HIDDEN, "seller", "reply"))


@installed
def test_offsets_are_those_of_the_text_as_it_was_written():
    text = "🙂 Hé\u200bllo ﬁne!\n" + BAD
    found = shipped().read(text, "seller", "reply")
    assert [text[one.start : one.end] for one in found] == [BAD]


@installed
def test_another_threshold_is_another_reader():
    assert Reader(WEIGHTS.read_bytes(), {}).read(HIDDEN, "seller", "reply") == []
    assert Reader(WEIGHTS.read_bytes(), {}).digest != shipped().digest != DIGEST


@installed
def test_a_role_breaks_only_what_it_can_break():
    rules = {one.rule for role in ("seller", "buyer") for one in shipped().judge("Hello there.", role, "reply")}
    assert rules <= set(shipped().rules)
    assert "review.extortion" not in {one.rule for one in shipped().judge(HIDDEN, "seller", "reply")}


@installed
def test_of_a_very_long_text_the_beginning_is_read(monkeypatch):
    assert shipped()._text == 20_000
    monkeypatch.setattr(shipped(), "_text", 400)
    found = list(shipped().judge("The lamp is brass. " * 50, "seller", "reply"))
    assert 380 < found[-1].end <= 400


@installed
def test_no_more_of_a_very_long_text_is_prepared_than_is_read(monkeypatch):
    prepared = []

    def reading(draft, context):
        prepared.append(len(draft.text))
        return Reading(draft, context)

    monkeypatch.setattr(model, "Reading", reading)
    list(shipped().judge("x " * 20_000, "seller", "reply"))
    assert prepared == [20_000]


@installed
@settings(max_examples=15, deadline=None)
@given(st.text(max_size=120))
def test_any_text_is_read_in_order_within_its_bounds(text):
    spans = [(one.start, one.end) for one in shipped().judge(text, "buyer", "inquiry")]
    assert all(0 <= start < end <= len(text) for start, end in spans)
    assert spans == sorted(spans)


def test_beside_the_surest_only_what_is_very_sure_counts():
    read = [
        Meant("a", 0, 1, 0.7),
        Meant("a", 2, 3, 0.9),
        Meant("b", 4, 5, 0.96),
        Meant("b", 6, 7, 0.99),
        Meant("c", 8, 9, 1.0),
    ]
    found = model.sure_enough(read, {"a": 0.5, "b": 0.5}, 0.95)
    assert [one.start for one in found] == [4, 6]
    assert [one.start for one in model.sure_enough(read[:2], {"a": 0.5}, 0.95)] == [2]
    assert model.sure_enough([], {"a": 0.5}, 0.95) == []


@installed
def test_the_command_and_json_lines_use_it_when_asked(monkeypatch, capsys):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(HIDDEN.encode())))
    assert command.main(["--reader"]) == 1
    assert BAD in capsys.readouterr().out

    answers = []
    line = json.dumps({"id": 1, "role": "seller", "purpose": "reply", "text": HIDDEN})
    assert check_lines([line], answers.append, rulebook=BOOK, reader=shipped()) == 1
    assert json.loads(answers[0])["outcome"] == "hold"
