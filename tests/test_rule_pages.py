"""The pages that `make docs` writes about the rules."""

import pytest

from comity_policy.rules import all_rules
from tools.rules import main


@pytest.fixture
def folder(tmp_path):
    assert main([], folder=tmp_path) == 0
    return tmp_path


def test_every_rule_has_a_page_with_its_words_and_examples(folder):
    assert {path.name for path in folder.iterdir()} == {f"{rule}.md" for rule in all_rules()} | {"index.md"}
    shown = (folder / "contact.phone.md").read_text()
    rule = all_rules()["contact.phone"]
    assert rule.why in shown
    assert rule.advice in shown
    assert f"    {rule.flagged[0]}\n" in shown
    (line,) = [line for line in shown.splitlines() if line.startswith("| plain | block | block | ")]
    assert {"open-marketplace 2026-01-01", "open-marketplace 2026-11-22"} <= set(
        line.strip(" |").split(" | ")[-1].split(", ")
    )


def test_a_page_says_what_beside_the_text_makes_an_example_one(folder):
    shown = (folder / "purpose.expired.md").read_text()
    assert "    «Here is your invoice.»  (purpose: proactive; days: completed 31)\n" in shown
    assert "  (kind" not in (folder / "contact.email.md").read_text()


def test_check_is_green_on_fresh_pages(folder):
    assert main(["--check"], folder=folder) == 0


@pytest.mark.parametrize(
    ("name", "spoil"),
    [
        ("contact.phone.md", lambda path: path.write_text("old")),
        ("index.md", lambda path: path.unlink()),
        ("contact.gone.md", lambda path: path.write_text("of a rule that is no more")),
    ],
)
def test_check_names_a_stale_missing_or_left_over_page(folder, capsys, name, spoil):
    spoil(folder / name)

    assert main(["--check"], folder=folder) == 1
    assert capsys.readouterr().err == f"docs/rules/{name} is stale: run make docs\n"


def test_writing_removes_the_page_of_a_rule_that_is_no_more(folder):
    (folder / "contact.gone.md").write_text("old")
    main([], folder=folder)

    assert not (folder / "contact.gone.md").exists()
