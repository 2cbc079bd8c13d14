"""Rulebooks that extend others, bring rules of their own, try rules out, and follow each other."""

from dataclasses import replace
from datetime import date

import pytest

from comity_policy import Context, Draft, RulebookError, check, load_rulebook, rulebook_by_digest
from comity_policy.rulebook import Rulebook, parse_rulebook, rulebook_names, rulebooks

DAY = date(2027, 1, 1)
HEAD = 'name = "b"\nvalid_from = 2027-01-01\n'
BASE = 'extends = "open-marketplace@2026-01-01"\n'
EMAIL = '[rules."contact.email"]\nplain = { seller = "block", buyer = "block" }\n'
OWN = """
[own.rival]
title = "A rival's name"
why = "Because."
reason = "This names a rival."
advice = "Leave it out."
patterns = ['\\brivalto(?:wn|pia)\\b']
[rules."own.rival"]
plain = { seller = "hold", buyer = "deliver" }
"""


def parse(text):
    return parse_rulebook(text.encode(), name="b", valid_from=DAY)


def seller_says(text, book):
    return check(Draft(text, "seller", "reply"), Context(), book)


def entry_of(book, rule):
    return next((entry for entry in book.entries if entry.rule.id == rule), None)


def test_a_book_changes_only_what_it_says_of_the_one_it_extends():
    book = parse(HEAD + BASE + '[rules."contact.email"]\nasked = { seller = "warn", buyer = "deliver" }\n')
    base = load_rulebook("open-marketplace", date(2026, 1, 1))

    assert {entry.rule.id for entry in book.entries} == {entry.rule.id for entry in base.entries}
    assert entry_of(book, "contact.email").outcome("asked", "seller", "reply") == "warn"
    assert entry_of(book, "contact.email").outcome("plain", "seller", "reply") == "block"
    assert entry_of(book, "link.external") == entry_of(base, "link.external")


def test_the_digest_of_a_book_covers_what_it_extends():
    one = parse(HEAD + BASE)
    other = parse(HEAD + BASE.replace("2026-01-01", "2026-11-22"))

    assert len({one.digest, other.digest, load_rulebook("open-marketplace", DAY).digest}) == 3


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ('extends = "nobody@2026-01-01"\n', "no rulebook 'nobody@2026-01-01' that it could extend"),
        ('extends = "open-marketplace@2025-01-01"\n', "no rulebook .open-marketplace@2025-01-01. that"),
        ('extends = "open-marketplace"\n', "extends names a dated rulebook"),
        ("extends = 1\n", "extends names a dated rulebook"),
        ("own = 1\n", "^b@2027-01-01: own: must be a table"),
        ("valid_until = 2026-12-31\n", "valid_until is a day"),
        ('valid_until = "soon"\n', "valid_until is a day"),
        ('group = "loud"\n', "group must be one of"),
        ('[terms]\nresponse_hours = "soon"\n', "^b@2027-01-01: terms: response_hours must be a int"),
        ('[terms]\nshipment_mail = "soon"\n', "terms: shipment_mail must be one of required"),
        ("[terms]\ntea = 1\n", "terms: allowed are shipment_mail"),
        ('[terms]\ncontact_before_claim = "all"\n', "contact_before_claim must be a list"),
    ],
)
def test_what_is_wrong_beside_the_rules_is_named(line, complaint):
    with pytest.raises(RulebookError, match=complaint):
        parse(HEAD + line + EMAIL)


def test_an_own_rule_quotes_the_words_and_says_the_books_sentence():
    text = "It is cheaper at RIVALTOWN, they say"
    verdict = seller_says(text, parse(HEAD + BASE + OWN))

    (finding,) = verdict.findings
    assert (finding.rule, finding.quote(text), finding.outcome) == ("own.rival", "RIVALTOWN", "hold")
    assert (finding.reason, finding.advice) == ("This names a rival.", "Leave it out.")


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("rivalto(?:wn|pia)", "(?=x)", r"own\.rival: RE2 does not take the pattern"),
        ("rivalto(?:wn|pia)", "(", "RE2 does not take"),
        ("rivalto(?:wn|pia)", "Rivaltown", "write it in lower case and without accents"),
        ("rivalto(?:wn|pia)", "café", "write it in lower case and without accents"),
        ("reason = ", "because = ", "unknown because"),
        ('reason = "This names a rival."', "", "reason is needed"),
        ('why = "Because."', 'why = " "', "why is needed"),
        ("patterns = [", "patterns = []\n#", "patterns is needed"),
        ("[own.rival]", "[own.other]", r"own\.rival: there is no such rule"),
    ],
)
def test_what_is_wrong_in_an_own_rule_is_named(old, new, complaint):
    with pytest.raises(RulebookError, match=complaint):
        parse(HEAD + BASE + OWN.replace(old, new))


def test_a_rule_on_trial_is_counted_and_nothing_follows():
    text = "Write to ann@lind.de"
    trial = parse(HEAD + EMAIL + 'group = "trial"\n')
    verdict = seller_says(text, trial)

    assert (verdict.outcome, verdict.findings, verdict.failed) == ("deliver", (), ())
    assert [(one.rule, one.quote(text), one.outcome) for one in verdict.trials] == [
        ("contact.email", "ann@lind.de", "block")
    ]
    assert trial.entries[0].group == "trial"


def test_a_trial_that_fails_holds_nothing():
    def breaks(reading, parameters):
        raise ZeroDivisionError

    (entry,) = parse(HEAD + EMAIL + 'group = "trial"\n').entries
    broken = replace(entry, rule=replace(entry.rule, find=breaks))
    verdict = seller_says("ann@lind.de", Rulebook("b", DAY, "digest", (broken,)))

    assert (verdict.outcome, verdict.failed, verdict.trials) == ("deliver", (), ())


@pytest.mark.parametrize(("group", "rules"), [("off", []), ("hold", ["contact.email"])])
def test_a_rule_that_is_off_is_not_applied(group, rules):
    book = parse(HEAD + OWN + EMAIL + f'group = "{group}"\n')
    assert [one.rule for one in seller_says("ann@lind.de", book).findings] == rules


def test_a_book_may_cap_all_its_rules():
    book = parse(HEAD + BASE + 'group = "hold"\n')

    assert seller_says("ann@lind.de", book).outcome == "hold"
    assert {entry.group for entry in book.entries} == {"hold"}


@pytest.fixture
def folder(tmp_path):
    def write(name, text):
        (tmp_path / name).write_text(text)
        return tmp_path

    return write


def test_a_marketplace_keeps_books_of_its_own_beside_the_others(folder):
    place = folder("b@2027-01-01.toml", HEAD + BASE)
    book = load_rulebook("b", DAY, folder=place)

    assert rulebook_by_digest(book.digest, folder=place) == book
    assert {"b", "open-marketplace"} <= set(rulebook_names(place))
    assert "b" not in rulebook_names()
    assert book in rulebooks(place)


def test_a_second_file_for_the_same_name_and_day_is_refused(folder):
    place = folder("open-marketplace@2026-01-01.toml", HEAD)
    with pytest.raises(RulebookError, match="there is a book of this name and day already"):
        load_rulebook("open-marketplace", DAY, folder=place)


def test_a_file_with_a_bad_name_is_refused(folder):
    with pytest.raises(RulebookError, match="is named <name>@<year-month-day>"):
        rulebook_names(folder("b@tomorrow.toml", HEAD))


def test_every_book_is_read_at_the_start(folder):
    with pytest.raises(RulebookError, match=r"b@2027-01-01: contact\.emial: there is no such rule"):
        rulebooks(folder("b@2027-01-01.toml", HEAD + EMAIL.replace("email", "emial")))


FIRST = HEAD + "valid_until = 2027-06-30\n" + EMAIL
SECOND = FIRST.replace('"b"', '"c"').replace("2027-01-01", "2027-07-01").replace("2027-06-30", "2027-12-31")


def series(folder, first=FIRST, second=SECOND, books="books = ['b', 'c']"):
    folder("b@2027-01-01.toml", first)
    day = "2027-07-01" if "2027-07-01" in second else "2027-06-30"
    folder(f"c@{day}.toml", second)
    return folder("now.toml", books)


@pytest.mark.parametrize(("day", "name"), [(DAY, "b"), (date(2027, 6, 30), "b"), (date(2027, 7, 1), "c")])
def test_an_alias_stands_for_the_book_of_the_day(folder, day, name):
    assert load_rulebook("now", day, folder=series(folder)).name == name


@pytest.mark.parametrize("day", [date(2026, 12, 31), date(2028, 1, 1)])
def test_an_alias_without_a_book_for_the_day_says_so(folder, day):
    told = f"^None of the rulebooks of 'now' is in force on {day}; the first is from 2027-01-01.$"
    with pytest.raises(RulebookError, match=told):
        load_rulebook("now", day, folder=series(folder))


def test_an_unknown_name_is_answered_with_those_of_the_folder(folder):
    with pytest.raises(RulebookError, match=r"There is no rulebook 'd'; there is: .*, b, c, .*, now, "):
        load_rulebook("d", DAY, folder=series(folder))


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"second": SECOND.replace("2027-07-01", "2027-06-30")}, "b ends on 2027-06-30 and c begins on 2027-06-30"),
        ({"first": FIRST.replace("valid_until = 2027-06-30\n", "")}, "b ends on no end and c begins on 2027-07-01"),
        ({"books": "books = ['b', 'd']"}, "there is no rulebook d"),
        ({"books": "books = ['e', 'b', 'd']"}, "there is no rulebook d, e"),
        ({"books": "books = []"}, "there is no rulebook in it"),
        ({"books": "book = 'b'"}, "an alias says books"),
    ],
)
def test_an_alias_with_a_gap_an_overlap_or_an_unknown_book_is_refused(folder, changes, complaint):
    with pytest.raises(RulebookError, match=complaint):
        rulebooks(series(folder, **changes))


@pytest.mark.parametrize(
    "written",
    [
        r"\x72ivaltown",
        r"\162ivaltown",
        "[[:alpha:]]ivaltown",
        r"[\]r]ivaltown",
        "(?i:r)ivaltown",
        "(?P<town>rival)town",
    ],
)
def test_however_an_own_pattern_is_written_its_rule_is_awake(written):
    verdict = seller_says("It is cheaper at RIVALTOWN", parse(HEAD + BASE + OWN.replace("rivalto(?:wn|pia)", written)))

    assert [finding.rule for finding in verdict.findings] == ["own.rival"]


def test_an_own_rule_of_which_nothing_follows_is_named():
    with pytest.raises(RulebookError, match=r"own\.idle stands under \[own\] and needs a table under \[rules\]"):
        parse(HEAD + BASE + OWN + OWN.partition("[rules")[0].replace("own.rival", "own.idle"))


def test_a_number_below_zero_is_no_parameter():
    days = '[rules."purpose.expired"]\nplain = { seller = "block", buyer = "deliver" }\n[rules."purpose.expired".parameters]\n'
    with pytest.raises(RulebookError, match="days must not be below zero"):
        parse(HEAD + BASE + days + 'days = -1\nanchor = "completed"\npurposes = []\n')
