"""The `comity` command: what it says about itself, what it writes where, and how it ends."""

import fcntl
import json
import re
import shutil
import sqlite3
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from comity.config import cli
from comity.config.commands import import_command
from comity.orders.services.imports import FORMATS, KINDS
from tests.factories import NOW, marketplace

EVERY = sorted(cli.COMMANDS)
KEYS = json.dumps(
    {"secret_key": "s" * 50, "data_keys": {"k1": "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="}, "lookup_key": "MDEy"}
)


@pytest.fixture(autouse=True)
def fast_database_will_do(monkeypatch):
    """The suite's own PostgreSQL is fast and not durable, which the commands refuse: see test_server.py."""
    monkeypatch.setattr("comity.config.server.undurable", list)


@pytest.fixture(autouse=True)
def files_folder(settings, tmp_path):
    settings.FILES_FOLDER = tmp_path / "files"


@pytest.fixture
def write(tmp_path):
    """Writes a file and returns its path."""

    def write(name, *rows):
        path = tmp_path / name
        path.write_text("".join(json.dumps(row) + "\n" for row in rows))
        return str(path)

    return write


def test_help_names_every_command(capsys):
    assert cli.main(["--help"]) == 0
    assert re.findall(r"^  (\w+) +\w", capsys.readouterr().out, re.MULTILINE) == list(cli.COMMANDS)


def test_no_command_at_all_is_used_wrongly(capsys):
    assert cli.main([]) == 2
    shown = capsys.readouterr()
    assert (shown.out, shown.err[:14]) == ("", "usage: comity ")


@pytest.mark.parametrize(
    ("word", "hint"), [("imprt", "Did you mean `comity import`?"), ("xyzzy", "There are demo, serve")]
)
def test_an_unknown_command_is_answered_with_a_near_one(capsys, word, hint):
    assert cli.main([word]) == 2
    shown = capsys.readouterr()
    assert (shown.out, hint in shown.err) == ("", True)


@pytest.mark.parametrize("name", EVERY)
def test_help_of_every_command_teaches_with_an_example(capsys, name):
    with pytest.raises(SystemExit) as caught:
        cli.main([name, "--help"])
    assert caught.value.code == 0
    assert re.search(rf"^  .*comity {name}", capsys.readouterr().out.split("for example:")[1], re.MULTILINE)


@pytest.mark.parametrize("name", EVERY)
def test_an_unknown_option_is_used_wrongly(name, capsys):
    with pytest.raises(SystemExit) as caught:
        cli.main([name, "--no-such-option"])
    assert caught.value.code == 2
    assert capsys.readouterr().out == ""


def test_version(capsys):
    assert cli.main(["--version"]) == 0
    assert re.fullmatch(r"comity \d+\.\d+\.\d+\n", capsys.readouterr().out)


def run_alone(*words, text="", **environment):
    """The command in a process of its own, far from this one's Django."""
    command = [sys.executable, "-m", "comity.config.cli", *words]
    return subprocess.run(command, input=text, capture_output=True, text=True, env=environment, timeout=60)


@pytest.mark.parametrize("words", [["--help"], ["import", "--help"], ["serve", "--help"], ["check"]])
def test_neither_help_nor_check_load_django_or_make_a_data_folder(tmp_path, words):
    script = "import sys; from comity.config import cli\ntry: cli.main(sys.argv[1:])\nexcept SystemExit: pass\nassert 'django' not in sys.modules"
    command = [sys.executable, "-c", script, *words]
    done = subprocess.run(command, input="Thank you", capture_output=True, text=True, cwd=tmp_path, timeout=60)
    assert (done.returncode, done.stderr, list(tmp_path.iterdir())) == (0, "", [])


@pytest.mark.parametrize(("text", "code"), [("Thank you.", 0), ("Mail me: bea@example.com", 1)])
def test_check_reads_plain_text(text, code):
    done = run_alone("check", "--role", "seller", "--on", "2026-06-01", text=text)
    assert (done.returncode, done.stderr) == (code, "")
    assert ("«bea@example.com»" in done.stdout) == bool(code)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "Write your message before you send it."),
        ("\u200b \u2060", "Write your message before you send it."),
        ("a\0b", "Your message contains a character that cannot be sent."),
        ("ab " * 1500, "Your message has 4,499 characters; up to 4,000 can be sent."),
    ],
)
def test_check_says_what_a_form_would_not_take(text, said):
    done = run_alone("check", "--on", "2026-06-01", text=text)
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout.startswith(f"refused: {said}")


def test_check_of_json_lines_asks_the_rules_only(write):
    done = run_alone("check", "--jsonl", write("m.jsonl", {"id": 1, "role": "seller", "purpose": "reply", "text": ""}))
    assert (done.returncode, json.loads(done.stdout)) == (0, {"id": 1, "outcome": "deliver", "findings": []})


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["missing.txt"], "missing.txt: No such file or directory. The text comes from a file or from standard input"),
        ([sys.executable], "the input is not text in UTF-8, so it cannot be checked."),
        (["--jsonl", "m.jsonl", "other"], "--jsonl has its file already: leave out “other”."),
    ],
)
def test_check_used_wrongly_says_how_to_use_it(capsys, words, said):
    assert cli.main(["check", *words]) == 2
    shown = capsys.readouterr()
    assert (shown.out, shown.err.startswith(f"comity check: {said}"), shown.err.count("\n")) == ("", True, 1)


def test_check_on_a_word_that_is_no_day_shows_the_form(capsys):
    with pytest.raises(SystemExit) as caught:
        cli.main(["check", "--on", "notaday"])
    assert (caught.value.code, "“notaday” is no day: write it like 2026-11-22" in capsys.readouterr().err) == (2, True)


def test_check_answers_json_lines_in_order(write):
    rows = [{"id": n, "role": "seller", "purpose": "reply", "text": text} for n, text in enumerate(["Hi", "a@b.com"])]
    done = run_alone("check", "--jsonl", write("m.jsonl", *rows), "--on", "2026-06-01")
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert [(one["id"], one["outcome"], len(one["findings"])) for one in answers] == [
        (0, "deliver", 0),
        (1, "block", 1),
    ]
    assert (done.returncode, done.stderr) == (1, "")


def test_a_variable_that_makes_no_sense_is_named(tmp_path):
    done = run_alone("verify", COMITY_DATA=str(tmp_path), COMITY_DATABASE_URL="mysql://x")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == ("comity verify: COMITY_DATABASE_URL starts with “mysql”: use postgresql:// or sqlite:///.\n")


def test_a_database_that_is_away_is_a_sentence(tmp_path):
    (tmp_path / "secrets.json").write_text(KEYS)
    done = run_alone("verify", COMITY_DATA=str(tmp_path), COMITY_DATABASE_URL=f"sqlite://{tmp_path}")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("comity verify: the database cannot be used (")
    assert done.stderr.count("\n") == 1


def test_verify_of_an_empty_folder_says_what_to_do(tmp_path):
    done = run_alone("verify", "--data", str(tmp_path / "new"))
    assert (done.returncode, done.stdout) == (2, "")
    assert "`comity serve` makes it. For another folder say so: COMITY_DATA=" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_doctor_makes_no_folder_and_leaves_out_variables_that_nobody_set(tmp_path):
    done = run_alone("doctor", "--data", str(tmp_path / "new"))
    assert (done.returncode, done.stderr, list(tmp_path.iterdir())) == (0, "", [])
    assert (
        f"note  database: there is none at {tmp_path}/new/comity.sqlite3 yet; `comity serve` makes it." in done.stdout
    )
    assert f"note  data folder: {tmp_path}/new does not exist yet; `comity serve` makes it." in done.stdout


@pytest.fixture(scope="module")
def begun(tmp_path_factory):
    """A data folder whose database, with all its tables, an import has made: seconds of work."""
    made = tmp_path_factory.mktemp("begun") / "data"
    done = run_alone("import", "marketplaces", "-", "--format", "jsonl", "--data", str(made))
    assert done.returncode == 0, done.stderr
    return made


@pytest.fixture
def folder(begun, tmp_path):
    """A copy of it."""
    return Path(shutil.copytree(begun, tmp_path / "data"))


def damage_by_cutting(path):
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def damage_by_junk(path):
    path.write_text("junk " * 1000)


@pytest.mark.parametrize("damage", [damage_by_cutting, damage_by_junk])
def test_verify_of_a_damaged_database_is_a_sentence_and_not_altered(folder, damage):
    damage(folder / "comity.sqlite3")
    done = run_alone("verify", "--data", str(folder))
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert done.stderr.startswith("comity verify: the database cannot be used (")


def test_an_import_waits_for_another_writer_and_works_beside_a_running_server(folder, write):
    words = ["import", "marketplaces", write("m.jsonl", {"slug": "m", "name": "M"}), "--data", str(folder)]
    script = "import sys; from comity.config import cli, environment\nenvironment.PATIENCE = 0\nsys.exit(cli.main(sys.argv[1:]))"
    busy = sqlite3.connect(folder / "comity.sqlite3", isolation_level=None)
    busy.execute("BEGIN IMMEDIATE")
    command = [sys.executable, "-c", script, *words]
    done = subprocess.run(command, capture_output=True, text=True, env={}, timeout=60)
    busy.close()
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert "What is applied stays: run the same again, or stop the other one first." in done.stderr

    with (folder / "lock").open("w") as served:
        fcntl.flock(served, fcntl.LOCK_EX)
        done = run_alone(*words)
    assert (done.returncode, done.stdout.partition(" in ")[0]) == (0, "marketplaces: 1 applied, 0 unchanged, 0 refused")


def test_doctor_names_the_file_of_a_damaged_database(folder):
    damage_by_junk(folder / "comity.sqlite3")
    done = run_alone("doctor", "--data", str(folder))
    assert (done.returncode, done.stderr, "COMITY_DATABASE_URL" in done.stdout) == (1, "", False)
    assert f"look at {folder}/comity.sqlite3." in done.stdout


@pytest.mark.parametrize("words", [["verify"], ["doctor"], ["worker"], ["import", "buyers", "-", "--format", "csv"]])
def test_a_database_without_its_keys_is_refused_and_nothing_is_written(folder, words):
    (folder / "secrets.json").unlink()
    before = sorted(path.name for path in folder.iterdir())
    done = run_alone(*words, COMITY_DATA=str(folder))
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        f"comity {words[0]}: the keys of {folder}/comity.sqlite3 are missing: "
        f"put {folder}/secrets.json back, or set COMITY_SECRETS.\n"
    )
    assert sorted(path.name for path in folder.iterdir()) == before


def test_a_new_data_folder_is_for_its_owner_only(folder):
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_worker_leaves_the_embedded_database_to_serve(tmp_path):
    done = run_alone("worker", COMITY_DATA=str(tmp_path))
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "comity worker: with the embedded database `comity serve` does this work itself.\n"


# --- import: the counts are data, everything else is said beside them


def test_import_knows_the_kinds_and_formats_that_there_are():
    assert (set(import_command.KINDS), set(import_command.FORMATS)) == (set(KINDS), set(FORMATS))


@pytest.mark.django_db
def test_import_says_what_became_of_the_lines(capsys, write):
    marketplace(slug="north")
    good, bad = {"external_id": "b1", "name": "Bea"}, {"external_id": "b2"}
    assert cli.main(["import", "buyers", write("b.jsonl", good)]) == 0
    assert re.match(r"buyers: 1 applied, 0 unchanged, 0 refused in", capsys.readouterr().out)
    assert cli.main(["import", "buyers", write("b.jsonl", good, bad)]) == 1
    shown = capsys.readouterr()
    assert re.match(r"buyers: 0 applied, 1 unchanged, 1 refused in", shown.out)
    assert shown.err == "line 2: name is required and is empty. (missing)\n"


@pytest.mark.django_db
def test_import_as_json_with_a_report_of_every_refusal(capsys, write, tmp_path):
    marketplace(slug="north")
    file, report = write("b.jsonl", *({"external_id": f"b{n}"} for n in range(30))), tmp_path / "report.jsonl"
    assert cli.main(["import", "buyers", file, "--json", "--source", "erp", "--report", str(report)]) == 1
    shown = capsys.readouterr()
    facts = json.loads(shown.out)
    assert (facts["refused"], facts["source"], facts["marketplace"], shown.err) == (30, "erp", "north", "")
    lines = [json.loads(line) for line in report.read_text().splitlines()]
    assert lines == facts["refusals"]
    assert lines[29] == {"line": 30, "field": "name", "code": "missing", "sentence": "is required and is empty."}


@pytest.mark.django_db
def test_import_shows_the_first_refusals_and_how_to_see_the_others(capsys, write):
    marketplace(slug="north")
    cli.main(["import", "buyers", write("b.jsonl", *({"external_id": f"b{n}"} for n in range(30)))])
    lines = capsys.readouterr().err.splitlines()
    assert (len(lines), lines[-1]) == (21, "… and 10 more; --report FILE writes all of them.")


@pytest.mark.django_db
def test_import_shows_refusals_in_the_order_of_the_file(capsys, write):
    marketplace(slug="north")
    stray = {"external_id": "l1", "seller": "nobody", "title": "Lamp", "sku": "L-1", "price": "5.00", "currency": "EUR"}
    cli.main(["import", "listings", write("l.jsonl", stray, {})])
    lines = [line.split(":")[0] for line in capsys.readouterr().err.splitlines()]
    assert lines == sorted(lines)
    assert {*lines} == {"line 1", "line 2"}


@pytest.mark.django_db
def test_import_says_that_it_saw_the_file_before(capsys, write, monkeypatch):
    monkeypatch.setattr("comity.common.clock.now", lambda: NOW)
    marketplace(slug="north")
    file = write("b.jsonl", {"external_id": "b1", "name": "Bea"})
    assert [cli.main(["import", "buyers", file]) for _ in range(2)] == [0, 0]
    assert f"already imported at {NOW:%Y-%m-%d %H:%M} UTC" in capsys.readouterr().err


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["buyers"], "name a file"),
        (["buyers", __file__], "add --format jsonl or --format csv"),
        (["buyers", "/nowhere/b"], "there is no file /nowhere/b."),
        (["buyers", "/tmp"], "/tmp is a folder: name a file, or - for standard input."),
        (["buyers", "/tmp", "--format", "csv"], "/tmp is a folder: name a file, or - for standard input."),
        (["buyers", __file__, "--format", "csv"], "There is no marketplace yet"),
        (["buyers", __file__, "--format", "csv", "--source", ""], "--source is a name of 1 to 60 characters"),
    ],
)
def test_import_used_wrongly_says_how_to_use_it(capsys, words, said):
    assert cli.main(["import", *words]) == 2
    shown = capsys.readouterr()
    assert (shown.out, said in shown.err, shown.err.count("\n")) == ("", True, 1)


@pytest.mark.django_db
@pytest.mark.parametrize(("name", "content"), [("b.csv", "external_id,name,email,language\n"), ("b.jsonl", "")])
def test_import_of_a_file_without_rows_says_so(capsys, tmp_path, name, content):
    marketplace(slug="north")
    (tmp_path / name).write_text(content)
    assert cli.main(["import", "buyers", str(tmp_path / name)]) == 0
    shown = capsys.readouterr()
    assert shown.err == f"There is no row in {tmp_path / name}.\n"
    assert shown.out.startswith("buyers: 0 applied, 0 unchanged, 0 refused")


@pytest.mark.django_db
def test_import_does_with_a_second_row_what_the_columns_say(capsys, write):
    marketplace(slug="north")
    assert cli.main(["import", "buyers", "--fields"]) == 0
    assert "Your own id, once in a file; a later file with it changes the row" in capsys.readouterr().out
    row = {"external_id": "b1", "name": "Bea"}
    assert cli.main(["import", "buyers", write("b.jsonl", row, row | {"name": "Bo"})]) == 1
    assert "line 2: external_id stands in line 1 already" in capsys.readouterr().err
    assert cli.main(["import", "buyers", write("later.jsonl", row | {"name": "Bo"})]) == 0
    assert capsys.readouterr().out.startswith("buyers: 1 applied, 0 unchanged, 0 refused")


def test_import_lists_the_columns_of_a_kind(capsys):
    assert cli.main(["import", "orders", "--fields"]) == 0
    shown = capsys.readouterr().out
    assert re.search(r"^line_quantity +required", shown, re.MULTILINE)
    assert re.search(r"^  tracking_number +optional", shown, re.MULTILINE)
