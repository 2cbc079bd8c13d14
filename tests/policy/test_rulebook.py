"""A rulebook is exactly what it says, or it is not used."""

import hashlib
from dataclasses import replace
from datetime import date
from importlib.resources import files

import pytest

from comity_policy import Context, Draft, RulebookError, check, load_rulebook, rulebook_by_digest
from comity_policy.rulebook import parse_rulebook, rulebook_names, rulebook_texts, rulebooks
from comity_policy.rules import all_rules
from comity_policy.rules.contact import email

DAY = date(2026, 1, 1)
HEAD = 'name = "b"\nvalid_from = 2026-01-01\n'
EMAIL = '[rules."contact.email"]\nplain = { seller = "block", buyer = "block" }\n'
ASKED = 'asked = { seller = "hold", buyer = "warn" }\n'
LINK = '[rules."link.external"]\nplain = { seller = "block", buyer = "block" }\n'
# SHA-256 of every published file. A file is never changed: publish a new date and add its line here.
PUBLISHED = {
    "open-marketplace@2026-01-01.toml": "04e3151e5bf17354cb8b71eda14c26344fe2ee8cb82c978e9b6954ce84c59b8d",
}
# Not yet published: may still be edited. Publishing moves the file to the list above.
GROWING = {
    "open-marketplace@2026-11-22.toml",
    "guide-k1@2000-01-01.toml",
    "amazon-2018-10@2018-10-12.toml",
    "amazon-2020-11@2020-11-03.toml",
    "amazon-2021-03@2021-03-01.toml",
    "amazon-2025-08@2025-08-04.toml",
    "amazon-2026-01@2026-01-26.toml",
    "amazon-current.toml",
}


def parse(text, name="b"):
    return parse_rulebook(text.encode(), name=name, valid_from=DAY)


def test_a_good_rulebook_is_read():
    book = parse(HEAD + EMAIL + ASKED)

    assert (book.name, book.valid_from) == ("b", DAY)
    assert book.digest == hashlib.sha256((HEAD + EMAIL + ASKED).encode()).hexdigest()
    assert [entry.rule.id for entry in book.entries] == ["contact.email"]
    assert book.entries[0].outcome("asked", "buyer", "reply") == "warn"


def test_a_purpose_may_differ():
    narrowed = '[rules."contact.email".purposes.customisation]\nasked = { seller = "warn", buyer = "deliver" }\n'
    (entry,) = parse(HEAD + EMAIL + ASKED + narrowed).entries

    assert entry.outcome("asked", "seller", "customisation") == "warn"
    assert entry.outcome("asked", "seller", "reply") == "hold"
    assert entry.outcome("plain", "seller", "customisation") == "block"


def test_a_rule_may_act_for_one_purpose_alone():
    silent = EMAIL.replace("block", "deliver")
    narrowed = '[rules."contact.email".purposes.claim]\nplain = { seller = "block", buyer = "deliver" }\n'
    book = parse(HEAD + silent + narrowed)

    found = {
        (role, purpose): check("ann@lind.de", rulebook=book, role=role, purpose=purpose).outcome
        for role in ("seller", "buyer")
        for purpose in ("claim", "reply")
    }

    assert {case for case, outcome in found.items() if outcome != "deliver"} == {("seller", "claim")}


def test_a_form_that_is_not_listed_does_not_act():
    (entry,) = parse(HEAD + EMAIL).entries

    assert entry.outcome("asked", "seller", "reply") == entry.outcome("meant", "seller", "reply") == "deliver"
    with pytest.raises(KeyError):
        entry.outcome("odd", "seller", "reply")


@pytest.mark.parametrize(
    ("group", "plain", "asked"), [("warn", "warn", "warn"), ("hold", "hold", "hold"), ("block", "block", "hold")]
)
def test_a_rule_does_no_more_than_its_group_allows(group, plain, asked):
    (entry,) = parse(HEAD + EMAIL + ASKED + f'group = "{group}"\n').entries

    assert entry.outcome("plain", "seller", "reply") == plain
    assert entry.outcome("asked", "seller", "reply") == asked


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("name = ", "not readable as TOML"),
        ("days = " + "9" * 5_000, "b@2026-01-01: not readable as TOML: Exceeds the limit"),
        ("books = " + "[" * 9_000, "b@2026-01-01: not readable as TOML: maximum recursion"),
        (HEAD, "names at least one rule"),
        (HEAD + "[rules]\n", "names at least one rule"),
        (HEAD + 'rules = "all"\n', "names at least one rule"),
        (
            HEAD + LINK + '[rules."link.external".parameters]\ncarriers = [1]\npages = []\n',
            "carriers must be a list of words",
        ),
        ('name = "c"\nvalid_from = 2026-01-01\n' + EMAIL + ASKED, "name and valid_from"),
        ('name = "b"\nvalid_from = 2026-01-02\n' + EMAIL + ASKED, "name and valid_from"),
        (HEAD + "colour = 1\n" + EMAIL + ASKED, "unknown colour"),
        (HEAD + EMAIL.replace("email", "emial") + ASKED, r"contact\.emial: there is no such rule"),
        (HEAD + '[rules."contact.email"]\n', r"contact\.email: says nothing about any of asked, meant, plain"),
        (HEAD + EMAIL + 'group = "loud"\n', "group must be one of off, trial, warn, hold, block"),
        (HEAD + EMAIL + '[rules."contact.email".purposes.reply]\n' + ASKED, "unknown asked; allowed: plain"),
        (HEAD + EMAIL + ASKED + "loud = 1\n", "unknown loud"),
        (HEAD + EMAIL + ASKED.replace("warn", "shout"), "buyer must be one of deliver, warn, hold, block"),
        (HEAD + EMAIL + 'asked = { seller = "hold" }\n', "buyer must be one of"),
        (HEAD + EMAIL + 'asked = "hold"\n', "must be a table"),
        (HEAD + EMAIL + ASKED + '[rules."contact.email".purposes.chat]\n', "unknown chat"),
        (HEAD + EMAIL + ASKED + '[rules."contact.email".purposes.reply]\nloud = 1\n', "unknown loud"),
        (HEAD + EMAIL + ASKED + '[rules."contact.email".parameters]\nhosts = []\n', "unknown hosts"),
        (HEAD + LINK, "carriers is needed and must be a list"),
        (HEAD + LINK + '[rules."link.external".parameters]\ncarriers = "x"\npages = []\n', "carriers is needed"),
    ],
)
def test_what_is_wrong_is_named_and_nothing_is_loaded(text, complaint):
    with pytest.raises(RulebookError, match=complaint):
        parse(text)


def test_bytes_that_are_no_text_are_refused():
    with pytest.raises(RulebookError, match="not readable"):
        parse_rulebook(b"\xff\xfe", name="b", valid_from=DAY)


def test_unknown_name_and_too_early_a_day_are_refused():
    with pytest.raises(RulebookError, match="There is no rulebook 'nobody'; there is: amazon-2018-10"):
        load_rulebook("nobody", DAY)
    with pytest.raises(RulebookError, match="in force from"):
        load_rulebook("open-marketplace", date(1999, 12, 31))
    with pytest.raises(RulebookError, match="No published rulebook"):
        rulebook_by_digest("00")


def test_digest_leads_back_to_the_book():
    book = load_rulebook("open-marketplace", date(2026, 11, 22))
    assert rulebook_by_digest(book.digest) == book


def test_the_files_of_all_books_lead_to_the_same_digests_when_they_are_read_anew():
    texts = rulebook_texts()
    again = [parse_rulebook(texts[one.digest], name=one.name, valid_from=one.valid_from) for one in rulebooks()]
    assert [one.digest for one in again] == [one.digest for one in rulebooks()]
    assert len(texts) == len(again) == 8


def test_published_files_are_unchanged():
    folder = files("comity_policy").joinpath("rulebooks")
    digests = {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in folder.iterdir()}
    assert {name: digest for name, digest in digests.items() if name not in GROWING} == PUBLISHED


def test_what_lies_beside_the_books_of_a_folder_is_passed_over(tmp_path):
    (tmp_path / "README.md").write_text("Our books.")
    (tmp_path / "b@2026-01-01.toml").write_text(HEAD + EMAIL)

    assert load_rulebook("b", DAY, folder=tmp_path).name == "b"
    assert "README.md" not in rulebook_names(tmp_path)


@pytest.mark.parametrize("wrong", [b"books = 1", b"books = [", b"\xff", b"books = " + b"[" * 9_000])
def test_an_alias_that_is_none_is_refused(tmp_path, wrong):
    (tmp_path / "now.toml").write_bytes(wrong)
    with pytest.raises(RulebookError, match=r"^now\.toml: an alias says books = \[names of rulebooks\]"):
        load_rulebook("now", DAY, folder=tmp_path)


def test_an_own_pattern_that_matches_nothing_finds_nothing():
    own = "[own.x]\ntitle = 't'\nwhy = 'w'\nreason = 'r'\nadvice = 'a'\npatterns = ['x*']\n"
    book = parse(HEAD + own + '[rules."own.x"]\nplain = { seller = "hold", buyer = "hold" }\n')

    verdict = check(Draft("a lamp", "seller", "reply"), Context(), book)

    assert (verdict.outcome, verdict.findings, verdict.failed) == ("deliver", (), ())
    assert [one.quote("a xx") for one in check(Draft("a xx", "seller", "reply"), Context(), book).findings] == ["xx"]


def test_a_file_without_its_rule_is_named(monkeypatch):
    monkeypatch.setattr(email, "RULE", replace(email.RULE, id="contact.mail"))
    with pytest.raises(LookupError, match=r"contact\.email must hold RULE = Rule\(id='contact\.email', …\)\.$"):
        all_rules.__wrapped__()
