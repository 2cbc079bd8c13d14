"""What a release decides is kept, and decided again it comes out the same, byte for byte."""

from pathlib import Path

from comity_policy import ENGINE_VERSION
from comity_policy.version import SOURCES
from tools.golden import FOLDER, decisions, kept, main, sources

MESSAGES = (FOLDER / "messages.jsonl").read_text().splitlines()


def test_the_engine_is_named_by_its_sources():
    assert sources() == SOURCES, "Run python tools/golden.py, read what it decides now, and commit it."
    assert f"2+{SOURCES[:12]}" == ENGINE_VERSION


def test_a_changed_source_is_another_engine_and_a_changed_sentence_is_not(tmp_path: Path):
    for name, text in {"engine.py": "1", "rules/a.py": "2", "report.py": "3", "wording/de.toml": "4"}.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    before = sources(tmp_path)
    (tmp_path / "report.py").write_text("5")
    (tmp_path / "wording/de.toml").write_text("6")
    assert sources(tmp_path) == before
    (tmp_path / "rules/a.py").write_text("7")
    assert sources(tmp_path) != before


def test_the_decisions_of_this_engine_are_kept_and_come_out_the_same():
    assert kept().exists(), f"Engine {ENGINE_VERSION} has no decisions yet: run python tools/golden.py and read them."
    assert decisions(MESSAGES) == kept().read_text()


def test_the_kept_messages_lead_to_every_outcome():
    text = kept().read_text()
    assert all(f'"outcome": "{outcome}"' in text for outcome in ("deliver", "warn", "hold", "block"))


def test_writing_keeps_what_released_engines_decided(tmp_path: Path, monkeypatch):
    monkeypatch.setattr("tools.golden.RELEASED", frozenset({"0"}))
    monkeypatch.setattr("tools.golden.sources", lambda: SOURCES)  # of a changed engine it would name the sources anew
    (tmp_path / "decisions-1.jsonl").write_text("never released")
    (tmp_path / "messages.jsonl").write_text(MESSAGES[0] + "\n")
    (tmp_path / "decisions-0.jsonl").write_text("old")

    assert main(tmp_path) == 0
    assert (tmp_path / "decisions-0.jsonl").read_text() == "old"
    assert not (tmp_path / "decisions-1.jsonl").exists()
    assert kept(tmp_path).read_text() == decisions(MESSAGES[:1])
