"""How a draft is read for the rules: phrases that are meant, and stretches that are ids of the conversation."""

import pytest

from comity_policy.model import Context, Draft, Span
from comity_policy.reading import Phrase, Reading
from comity_policy.text.patterns import pattern

ORDER = "113-1234567-1234567"


def reading(text, **facts):
    return Reading(Draft(text, "seller", "reply"), Context(**facts))


def met(text, *phrases):
    return [(text[span.start : span.end], span.form) for span in reading(text).phrases(phrases)]


PAY = Phrase(r"\bpay (?P<hit>me)\b[^;]{0,9}?", unless=r"\blater\b")


@pytest.mark.parametrize(
    ("text", "hits"),
    [
        ("Please pay me now", ["me"]),
        ("Please pay me now. Or pay me!", ["me", "me"]),
        ("You need not pay me", []),  # it is refused
        ("Pay me later", []),  # it is excused
        ("Pay me. Later is fine", ["me"]),  # another sentence excuses nothing
        ("Later, please send me it and pay me", ["me"]),  # the excuse stands before the request
        ("Later, please, pay me", []),
        ("Pay them", []),
    ],
)
def test_a_phrase_is_found_where_it_is_meant(text, hits):
    assert met(text, PAY) == [(hit, "plain") for hit in hits]


def test_a_phrase_that_no_refusal_excuses_is_found_in_one():
    assert met("You need not pay me", Phrase(r"\bpay me\b", refusable=False, form="odd")) == [("pay me", "odd")]


def test_the_signs_that_close_a_phrase_are_no_part_of_it():
    assert met("pay me, ok", Phrase(r"pay me\W+")) == [("pay me", "plain")]
    assert met("well ?! ok", Phrase(r"\W{3,}")) == []


@pytest.mark.parametrize(
    ("text", "hits"), [("pay me in cash", ["pay me"]), ("pay me. It is cash", []), ("pay me in coins", [])]
)
def test_what_is_given_stands_in_the_same_sentence(text, hits):
    assert met(text, Phrase(r"\bpay me\b", given=r"\bcash\b")) == [(hit, "plain") for hit in hits]


@pytest.mark.parametrize(("across", "hits"), [(1, []), (2, ["Pay me. It is cash"])])
def test_a_phrase_reaches_over_as_many_sentences_as_it_may(across, hits):
    phrase = Phrase(r"\bpay me\W.*\bcash\b", across=across)
    assert met("Hello. Pay me. It is cash.", phrase) == [(hit, "plain") for hit in hits]


def test_a_phrase_does_not_reach_further_than_it_may():
    assert met("Pay me. Please. It is cash.", Phrase(r"\bpay me\W.*\bcash\b", across=2)) == []


def test_parts_are_found_refused_or_not_and_keep_their_form():
    text = "Never <b>, not <B>"
    spans = list(reading(text).parts(pattern("<b>"), form="tag"))
    assert spans == [Span(6, 9, "tag"), Span(15, 18, "tag")]


@pytest.mark.parametrize(
    ("stretch", "known"),
    [
        (ORDER, True),
        ("1234567-1234567", True),
        (f"({ORDER}).", True),  # signs around it
        (f"({ORDER}). 5", False),
        (f"no. ({ORDER}", False),
        ("order", False),
    ],
)
def test_what_belongs_to_an_id_of_the_conversation_is_known(stretch, known):
    text = f"Your order no. ({ORDER}). 5 lamps"
    start = text.index(stretch)

    assert reading(text, known_ids=frozenset({ORDER})).is_known(start, start + len(stretch)) is known
    assert reading(text).is_known(start, start + len(stretch)) is False


@pytest.mark.parametrize(("identity", "dialled"), [("4150550163", True), (ORDER, True), ("79460958-12", False)])
def test_an_id_that_could_be_dialled_excuses_no_call(identity, dialled):
    one = reading(f"It is {identity}", known_ids=frozenset({identity}))
    assert one.is_known(6, 6 + len(identity))
    assert one.is_known(6, 6 + len(identity), sure=True) is dialled


@pytest.mark.parametrize(
    ("rule", "stretch", "taken"),
    [
        ("contact.phone", f"Your order {ORDER}", True),
        ("contact.phone", "Your order ", False),  # it ends where the id begins
        ("contact.phone", " has left", False),
        ("divert.off_platform", f"Your order {ORDER}", False),  # no id looks like that
    ],
)
def test_a_sense_may_have_been_read_into_an_id(rule, stretch, taken):
    text = f"Your order {ORDER} has left"
    start = text.index(stretch)
    one = reading(text, known_ids=frozenset({ORDER}))

    assert one.takes_id(rule, Span(start, start + len(stretch))) is taken
