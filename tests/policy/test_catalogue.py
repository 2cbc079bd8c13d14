"""The rules as text for people at a terminal."""

from datetime import date

import pytest

from comity_policy import load_rulebook
from comity_policy.catalogue import rule_list, rule_page
from comity_policy.rulebook import parse_rulebook
from comity_policy.rules import all_rules

BOOK = load_rulebook("open-marketplace", date(2026, 11, 22))
OWN = b"""
name = "b"
valid_from = 2027-01-01
[own.rival]
title = "A rival's name"
why = "Because."
reason = "This names a rival."
advice = "Leave it out."
patterns = ['\\brivaltown\\b']
[rules."own.rival"]
plain = { seller = "hold", buyer = "deliver" }
"""


def test_every_rule_has_its_line_with_what_follows_at_most():
    lines = rule_list(BOOK).splitlines()

    assert lines[:2] == ["open-marketplace, in force from 2026-11-22", ""]
    assert lines[2:] == [
        f"{rule.id:<26} {next(entry.group for entry in BOOK.entries if entry.rule.id == rule.id):<6} {rule.title}"
        for rule in all_rules().values()
    ]


def test_a_rule_that_the_book_does_not_apply_and_one_of_its_own_are_told():
    lines = rule_list(parse_rulebook(OWN, name="b", valid_from=date(2027, 1, 1))).splitlines()

    assert f"{'contact.email':<26} -      {all_rules()['contact.email'].title}" in lines
    assert lines[-1] == f"{'own.rival':<26} hold   A rival's name"


def test_a_page_says_everything_about_a_rule():
    rule = all_rules()["contact.email"]
    page = rule_page("contact.email")
    lines = page.text.splitlines()

    assert page.found
    assert lines[:3] == [f"contact.email: {rule.title}", "", rule.why]
    assert f"  plain: {rule.reasons['plain']}" in lines
    assert f"Advice: {rule.advice}" in lines
    assert "open-marketplace, from 2026-11-22 (block)" in lines
    assert "  plain: seller block, buyer block" in lines
    for title, texts in (
        ("Found:", rule.flagged),
        ("Left alone:", rule.accepted),
        ("Known to be missed:", rule.known_miss),
    ):
        place = lines.index(title) + 1
        assert len(lines[place : place + len(texts)]) == len(texts)


def test_a_page_says_where_a_purpose_differs(monkeypatch):
    narrowed = b'[rules."contact.email"]\nplain = { seller = "block", buyer = "hold" }\n'
    narrowed += b'[rules."contact.email".purposes.shipment]\nplain = { seller = "warn", buyer = "deliver" }\n'
    book = parse_rulebook(b'name = "b"\nvalid_from = 2027-01-01\n' + narrowed, name="b", valid_from=date(2027, 1, 1))
    monkeypatch.setattr("comity_policy.catalogue.rulebooks", lambda: (book,))
    lines = rule_page("contact.email").text.splitlines()

    head = lines.index("b, from 2027-01-01 (block)")
    assert lines[head + 1 : head + 4] == [
        "  plain: seller block, buyer hold",
        "  plain, purpose shipment: seller warn, buyer deliver",
        "",
    ]


def test_a_page_speaks_another_language():
    assert "Questo è un indirizzo e-mail." in rule_page("contact.email", "it").text


def test_what_is_not_seen_is_shown_and_what_is_long_is_cut():
    pages = "".join(rule_page(rule).text for rule in all_rules())

    assert all(one.isprintable() or one == "\n" for one in pages)
    assert "\\u200b" in pages
    long = next(text for rule in all_rules().values() for text in rule.flagged + rule.accepted if len(text) > 200)
    assert f"{long[:100]} … {long[-100:]}".replace("\n", "\\u000a") in pages


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("contact.emial", "There is no rule 'contact.emial'. Did you mean contact.email?\n"),
        ("zzz", f"There is no rule 'zzz'. There is {', '.join(all_rules())}.\n"),
        ("q" * 99, f"There is no rule '{'q' * 60}'. There is {', '.join(all_rules())}.\n"),
    ],
)
def test_an_unknown_rule_is_answered_with_those_there_are(asked, said):
    page = rule_page(asked)
    assert (page.found, page.text) == (False, said)
