"""The second reader: what the engine makes of what it finds, and the shipped weights where its extra is installed."""

from datetime import date

from comity_policy import ENGINE_VERSION, Context, Draft, check, load_rulebook
from comity_policy.meaning import Meant
from comity_policy.rulebook import parse_rulebook

BOOK = load_rulebook("open-marketplace", date(2026, 11, 22))
NOTHING = Context(known_ids=frozenset())
TEXT = "Hello Ann. The kettle holds two litres. Bye."
SENTENCE = (11, 39)


class Fixed:
    """A reader that finds the same whatever it is shown."""

    digest = "ab" * 32

    def __init__(self, *found):
        self.found, self.shown = found, []

    def read(self, text, role, purpose):
        self.shown.append((text, role, purpose))
        return [Meant(rule, *span, 0.9) for rule, span in self.found]


def found(verdict):
    return [(one.rule, one.start, one.end, str(one.outcome)) for one in verdict.findings]


def read(*finds, text=TEXT, role="seller", context=NOTHING, book=BOOK):
    return check(Draft(text, role, "reply"), context, book, reader=Fixed(*finds))


def test_what_the_second_reader_finds_holds():
    verdict = read(("divert.off_platform", SENTENCE))
    assert found(verdict) == [("divert.off_platform", *SENTENCE, "hold")]
    assert [one.form for one in verdict.findings] == ["meant"]
    assert check(Draft(TEXT, "seller", "reply"), NOTHING, BOOK).findings == ()


def test_the_verdict_says_which_reader_had_a_part():
    assert read().engine == f"{ENGINE_VERSION[:-4]}+abababab"
    assert len(read().engine) <= 20  # what a message's row has place for
    assert check(TEXT).engine == ENGINE_VERSION


def test_the_reader_is_shown_the_text_as_it_was_written():
    reader = Fixed()
    check(Draft("Héllo ﬁne", "buyer", "claim"), NOTHING, BOOK, reader=reader)
    assert reader.shown == [("Héllo ﬁne", "buyer", "claim")]


def test_it_never_blocks_whatever_the_rulebook_says():
    content = b'name = "own"\nvalid_from = 2026-11-22\nextends = "open-marketplace@2026-11-22"\n'
    content += b'[rules."divert.off_platform"]\nmeant = { seller = "block", buyer = "block" }\n'
    book = parse_rulebook(content, name="own", valid_from=date(2026, 11, 22))
    assert found(read(("divert.off_platform", SENTENCE), book=book)) == [("divert.off_platform", *SENTENCE, "hold")]


def test_it_changes_no_finding_of_the_rules():
    text = "Mail me at ann@lind.de now. Bye."
    alone = check(Draft(text, "seller", "reply"), NOTHING, BOOK)
    assert alone.outcome == "block"
    assert found(read(("contact.email", (0, 27)), ("contact.phone", (0, 27)), text=text)) == found(alone)


def test_a_rule_that_lets_the_role_do_so_stays_silent():
    assert found(read(("review.incentive", SENTENCE), role="seller"))
    assert found(read(("marketing.promotion", SENTENCE), role="buyer")) == []


def test_an_id_of_the_conversation_is_not_read_as_a_violation():
    text = "Your order 123-4567890. Bye."
    known = Context(known_ids=frozenset({"123-4567890"}))
    assert found(read(("contact.phone", (0, 23)), text=text, context=known)) == []


def test_a_rule_that_is_not_in_the_book_is_passed_over():
    assert found(read(("no.such_rule", SENTENCE))) == []


def test_a_reader_that_fails_holds_the_message():
    class Broken(Fixed):
        def read(self, text, role, purpose):
            raise OSError

    verdict = check(Draft(TEXT, "seller", "reply"), NOTHING, BOOK, reader=Broken())
    assert verdict.outcome == "hold"
    assert "divert.off_platform" in verdict.failed
