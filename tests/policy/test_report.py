"""The readable report, JSON Lines, and ``python -m comity_policy``."""

import io
import json
import runpy
import sys
from datetime import date

import pytest

from comity_policy import Context, Draft, __main__, check, load_rulebook
from comity_policy.__main__ import main
from comity_policy.model import CONTEXT_FACTS
from comity_policy.report import check_lines, report

BOOK = load_rulebook("open-marketplace", date(2026, 11, 22))
GOOD = {"id": "a", "role": "seller", "purpose": "reply", "lang": "en", "text": "It left today."}


def lines(*messages):
    written = []
    raw = [one if isinstance(one, str | bytes) else json.dumps(one) for one in messages]
    code = check_lines(raw, written.append, rulebook=BOOK)
    assert all(line.endswith("\n") and line.count("\n") == 1 for line in written)
    return code, [json.loads(line) for line in written]


def test_a_clean_line_is_delivered():
    assert lines(GOOD) == (0, [{"id": "a", "outcome": "deliver", "findings": []}])


def test_a_finding_has_all_its_keys_and_both_offsets():
    code, (answer,) = lines(GOOD | {"id": 7, "text": "😀 ann@lind.de", "colour": "ignored"})
    (finding,) = answer["findings"]

    assert (code, answer["id"], answer["outcome"]) == (1, 7, "block")
    assert list(finding) == ["rule", "start", "end", "start16", "end16", "quote", "outcome", "reason", "advice"]
    assert [finding[key] for key in ("rule", "start", "end", "start16", "end16", "quote", "outcome")] == [
        "contact.email", 2, 13, 3, 14, "ann@lind.de", "block",
    ]  # fmt: skip


def test_a_line_is_answered_in_the_language_asked_for():
    written = []
    text = json.dumps(GOOD | {"text": "ann@lind.de"})
    assert check_lines([text], written.append, rulebook=BOOK, language="it") == 1
    (finding,) = json.loads(written[0])["findings"]
    assert finding["reason"] == "Questo è un indirizzo e-mail. Acquirente e venditore si scrivono solo qui."
    assert finding["advice"] == "Tolga l’indirizzo e-mail e scriva il necessario in questa conversazione."
    assert finding | {"reason": "", "advice": ""} == lines(text)[1][0]["findings"][0] | {"reason": "", "advice": ""}


def test_context_facts_are_used():
    facts = {"known_ids": ["415-055-0163"], "trusted_domains": ["lind.de"], "region": "US"}
    text = "call (415) 055-0163, see www.lind.de"

    assert lines(GOOD | {"text": text})[0] == 1
    assert [one["rule"] for one in lines(GOOD | {"text": text, "context": facts})[1][0]["findings"]] == []


@pytest.mark.parametrize(
    ("line", "field", "message"),
    [
        ("{", None, "not JSON"),
        ("[" * 100_000, None, "not JSON"),
        ("[]", None, "JSON object"),
        (b"\xff", None, "not UTF-8"),
        ({"role": "seller"}, "id", "id is needed"),
        (GOOD | {"id": None}, "id", "id is needed"),
        (GOOD | {"role": "admin"}, "role", "seller, buyer"),
        (GOOD | {"purpose": ["reply"]}, "purpose", "reply, review_request"),
        (GOOD | {"text": None}, "text", "text is needed"),
        (GOOD | {"lang": 1}, "lang", "language tag"),
        (GOOD | {"context": []}, "context", "JSON object"),
        (GOOD | {"context": {"known_ids": "x"}}, "context.known_ids", "list of text"),
        (GOOD | {"context": {"trusted_domains": [1]}}, "context.trusted_domains", "list of text"),
        (GOOD | {"context": {"region": 1}}, "context.region", "two-letter"),
    ],
)
def test_a_bad_line_is_named_and_the_others_are_checked(line, field, message):
    code, (first, bad, last) = lines(GOOD, line, GOOD | {"id": "z"})

    assert code == 2
    assert (first["outcome"], last["id"], last["outcome"]) == ("deliver", "z", "deliver")
    assert (bad["error"]["line"], bad["error"]["field"]) == (2, field)
    assert message in bad["error"]["message"]
    assert "outcome" not in bad


def test_a_bad_line_keeps_its_id_and_the_exit_code():
    code, (bad, found) = lines(GOOD | {"role": "x"}, GOOD | {"text": "ann@lind.de"})
    assert (code, bad["id"], found["outcome"]) == (2, "a", "block")


def test_blank_lines_and_a_byte_order_mark_are_skipped():
    code, answers = lines(b"\xef\xbb\xbf" + json.dumps(GOOD).encode() + b"\r\n", "\n", "  ")
    assert (code, len(answers)) == (0, 1)


def test_lone_surrogates_are_answered():
    text = json.dumps(GOOD | {"text": "\ud800 ann@lind.de"})
    assert lines(text)[1][0]["findings"][0]["quote"] == "ann@lind.de"


def told(text, **options):
    return report(text, check(Draft(text, "seller", "reply"), Context(), BOOK), colour=False, **options)


def test_report_marks_the_words_and_says_why():
    assert told("Hello,\nwrite to ann@lind.de please.\nBye") == (
        "block: 1 finding.\n"
        "\n2:10 contact.email (block)\n"
        "    write to «ann@lind.de» please.\n"
        "    This is an e-mail address. Buyer and seller write to each other here only.\n"
        "    Remove the e-mail address and write what is needed in this conversation.\n"
    )
    assert told("Hello") == "deliver: nothing found.\n"
    assert told("Hello", refused="it has no greeting.") == "refused: it has no greeting.\n"


def test_report_speaks_the_language_asked_for():
    assert told("Ring 0151 23456789", language="de", explained=BOOK).startswith(
        "block: 1 finding.\n"
        "\n1:6 contact.phone (block)\n"
        "    Ring «0151 23456789»\n"
        "    Das ist eine Telefonnummer. Käufer und Verkäufer sprechen nur hier miteinander.\n"
        "    Entfernen Sie die Nummer und schreiben Sie das Nötige in dieser Unterhaltung.\n"
        "    Why: Was am Telefon gesagt wird, hinterlässt keine Spur."
    )


def test_report_writes_no_control_characters_of_the_text():
    shown = told("\x1b[31m\u202e ann@lind.de \x07")
    assert "\\u001b[31m\\u202e «ann@lind.de» \\u0007" in shown
    assert "\x1b" not in shown


def test_colour_is_added_only_on_request():
    verdict = check(Draft("ann@lind.de", "seller", "reply"), Context(), BOOK)
    assert "\x1b[31m«ann@lind.de»\x1b[0m" in report("ann@lind.de", verdict, colour=True)


@pytest.fixture
def stdin(monkeypatch):
    def put(content):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content), encoding="utf-8"))

    return put


@pytest.mark.parametrize(("content", "code"), [(b"It left today.", 0), (b"ann@lind.de", 1)])
def test_command_reads_plain_text(stdin, capsys, content, code):
    stdin(content)
    assert main(["--on", "2026-11-22"]) == code
    assert capsys.readouterr().out


def test_command_reads_json_lines_from_a_file(tmp_path, capsys):
    file = tmp_path / "messages.jsonl"
    file.write_text(json.dumps(GOOD) + "\n")

    assert main(["--jsonl", str(file), "--on", "2026-11-22"]) == 0
    assert json.loads(capsys.readouterr().out)["outcome"] == "deliver"


@pytest.mark.parametrize("arguments", [["--jsonl", "/nowhere"], ["/nowhere"], ["--rulebook", "nobody"]])
def test_command_says_what_it_cannot_read(capsys, stdin, arguments):
    stdin(b"")
    assert main(arguments) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.strip()


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ([], "the input is not text in UTF-8, so it cannot be checked."),
        (["--jsonl", "-", "letter.txt"], "--jsonl has its file already: leave out “letter.txt”."),
    ],
)
def test_command_says_what_it_does_not_take(capsys, stdin, arguments, complaint):
    stdin(b"\xff")
    assert main(arguments) == 2
    assert capsys.readouterr() == ("", f"comity_policy: {complaint}\n")


def test_a_day_is_written_as_one(capsys):
    with pytest.raises(SystemExit) as stopped:
        main(["--on", "yesterday"])
    assert stopped.value.code == 2
    assert "argument --on: “yesterday” is no day: write it like 2026-11-22\n" in capsys.readouterr().err


def test_json_lines_come_from_standard_input_too(stdin, capsys, monkeypatch):
    stdin(json.dumps(GOOD | {"text": "ann@lind.de"}).encode())
    monkeypatch.setattr(sys, "argv", ["comity_policy", "--jsonl", "-", "--on", "2026-11-22"])
    with pytest.raises(SystemExit) as stopped:
        runpy.run_path(__main__.__file__, run_name="__main__")
    assert stopped.value.code == 1
    assert json.loads(capsys.readouterr().out)["outcome"] == "block"


def test_every_fact_can_be_told_in_a_line():
    facts = {
        "order_id": "114-3941689-8772232", "shows_order_id": True, "days": {"completed": 3}, "kind": "service",
        "marketplace_sends": ["auto_renewal"], "parts": {"carrier": ["DHL"]}, "review_requests": 1, "follow_ups": 0,
        "alike": 0, "feedback_breaks_rules": False, "buyer_language": "de", "attached": [{"kind": "pdf", "size": 10}],
        "known_ids": [], "trusted_domains": [], "region": "DE", "by_mail": False, "in_file": False,
    }  # fmt: skip
    assert set(facts) == set(CONTEXT_FACTS)

    code, (answer,) = lines(GOOD | {"text": "Please leave a review.", "context": facts})

    assert (code, [one["rule"] for one in answer["findings"]]) == (1, ["review.repeat"])


@pytest.mark.parametrize(
    ("fact", "value", "message"),
    [
        ("order_id", 1, "must be text"),
        ("shows_order_id", "yes", "must be true or false"),
        ("review_requests", True, "must be a whole number"),
        ("days", [3], "whole days by name"),
        ("days", {"completed": "3"}, "whole days by name"),
        ("parts", [], "lists of text by name"),
        ("parts", {"carrier": "DHL"}, "context.parts.carrier must be a list of text"),
        ("attached", [{"kind": "pdf"}], "must be a list such as"),
        ("attached", 1, "must be a list such as"),
    ],
)
def test_a_fact_of_the_wrong_kind_is_named(fact, value, message):
    code, (bad,) = lines(GOOD | {"context": {fact: value}})

    assert code == 2
    assert bad["error"]["field"].startswith(f"context.{fact}")
    assert message in bad["error"]["message"]


def test_an_explained_report_says_why_and_what_it_rests_on():
    shown = told("ann@lind.de", explained=BOOK)

    assert "    Why: " in shown
    assert "    Asked for by S" in shown
    assert f"Rulebook open-marketplace, in force from 2026-11-22, {BOOK.digest}." in shown
    assert "Engine " in told("Hello", explained=BOOK)


def test_an_explained_report_tells_of_trials():
    text = (
        "Wir haben Ihre Lampe hier und schicken sie ab, wenn Sie sagen, dass die Farbe stimmt und nicht geändert wird."
    )
    verdict = check(Draft(text, "seller", "reply"), Context(buyer_language="en"), BOOK)

    shown = report(text, verdict, colour=False, explained=BOOK)

    assert shown.startswith("deliver: nothing found.\n")
    assert "On trial, without effect: form.language (warn)." in shown


def test_an_order_has_to_be_named(stdin, capsys):
    stdin(b"Your order left today.")
    assert main(["--order", "114-3941689-8772232", "--on", "2026-11-22"]) == 1
    assert "The order number, 114-3941689-8772232, is missing." in capsys.readouterr().out


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "deep").mkdir()
    (tmp_path / "a.txt").write_text("It left today.")
    (tmp_path / "deep" / "b.txt").write_text("ann@lind.de")
    return tmp_path


def test_a_folder_is_checked_file_by_file(folder, capsys):
    assert main([str(folder), "--on", "2026-11-22"]) == 1

    out, err = capsys.readouterr()
    assert f"{folder}/deep/b.txt: block: 1 finding.\n" in out
    assert "a.txt" not in out
    assert out.endswith("2 files checked.\n")
    assert err == ""


def test_a_file_that_is_no_text_is_named_and_the_others_are_checked(folder, capsys):
    (folder / "c.bin").write_bytes(b"\xff\xfe")

    assert main([str(folder), "--on", "2026-11-22"]) == 2
    out = capsys.readouterr().out
    assert "c.bin: not text in UTF-8" in out
    assert "b.txt: block" in out


def test_a_text_that_is_too_long_is_named_and_the_others_are_checked(folder, capsys):
    (folder / "c.txt").write_text("a" * 1_000_001)

    assert main([str(folder), "--on", "2026-11-22"]) == 2
    out = capsys.readouterr().out
    assert f"{folder}/c.txt: not checked: The text has 1,000,001 characters; at most 1,000,000 are checked." in out
    assert f"{folder}/deep/b.txt: block: 1 finding.\n" in out

    assert main([str(folder / "c.txt"), "--on", "2026-11-22"]) == 2
    assert "Send it in parts." in capsys.readouterr().err


def test_progress_is_told_on_a_terminal_only(folder, capsys, monkeypatch):
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    main([str(folder), "--on", "2026-11-22"])
    assert "\r\x1b[K2 of 2\r\x1b[K" in capsys.readouterr().err
