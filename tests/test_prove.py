"""`make prove`: every promise names tests that are there."""

import json
import subprocess

import pytest

from tools import prove


@pytest.mark.parametrize("name", prove.ROWS)
def test_every_row_names_tests_that_are_there(name):
    assert [path for path in prove.ROWS[name].tests if not (prove.ROOT / path).exists()] == []


def test_an_unknown_row_is_named_and_nothing_runs(capsys, monkeypatch):
    monkeypatch.setattr(subprocess, "run", None)

    assert prove.main(["R1", "R99"]) == 2
    assert capsys.readouterr().err.startswith("No row R99. There are R1, R4, R5,")


@pytest.mark.parametrize(
    ("code", "said", "held"), [(0, "12 passed, 1 skipped", True), (1, "1 failed, 11 passed", False)]
)
def test_a_row_tells_what_its_tests_said_on_each_database(code, said, held, capsys, monkeypatch):
    done = subprocess.CompletedProcess([], code, stdout=said, stderr="")
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: done)

    assert prove.main(["R5"]) == (not held)
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(line["row"], line["database"], line["holds"]) for line in lines] == [
        ("R5", "sqlite", held),
        ("R5", "postgres", held),
    ]
    assert lines[0]["passed"] == (12 if held else 11)
