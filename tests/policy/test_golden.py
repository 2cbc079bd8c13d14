"""What a release decides is kept, and decided again it comes out the same, byte for byte."""

from pathlib import Path

from comity_policy import ENGINE_VERSION
from tools.golden import FOLDER, decisions, kept, main

MESSAGES = (FOLDER / "messages.jsonl").read_text().splitlines()


def test_the_decisions_of_this_engine_are_kept_and_come_out_the_same():
    assert kept().exists(), f"Engine {ENGINE_VERSION} has no decisions yet: run python tools/golden.py and read them."
    assert decisions(MESSAGES) == kept().read_text()


def test_the_kept_messages_lead_to_every_outcome():
    text = kept().read_text()
    assert all(f'"outcome": "{outcome}"' in text for outcome in ("deliver", "warn", "hold", "block"))


def test_writing_keeps_what_earlier_engines_decided(tmp_path: Path):
    (tmp_path / "messages.jsonl").write_text(MESSAGES[0] + "\n")
    (tmp_path / "decisions-0.jsonl").write_text("old")

    assert main(tmp_path) == 0
    assert (tmp_path / "decisions-0.jsonl").read_text() == "old"
    assert kept(tmp_path).read_text() == decisions(MESSAGES[:1])
