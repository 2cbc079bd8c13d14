"""Terms and queries: the one definition of a hit that every index agrees with."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.common.words import LONGEST_TERM, endings, pieces, read_query, terms

TEXT = st.text(max_size=80) | st.from_regex(r"([a-zé]{1,6}[ \-./]){1,6}[0-9]{1,5}", fullmatch=True)


@given(TEXT)
def test_a_term_is_never_an_operator(text):
    assert all(term.isprintable() and not set(term) & set("@\"'*:()&|! \\") for term in terms(text))
    assert all(0 < len(term) <= LONGEST_TERM for term in terms(text))


@given(TEXT)
def test_every_text_is_found_by_itself(text):
    query = read_query(text)
    if len(query.exact) < 12:
        assert query.finds(terms(text))


@given(st.lists(TEXT, min_size=1, max_size=3), TEXT)
def test_what_stands_around_a_text_does_not_hide_it(around, text):
    query = read_query(text)
    if len(query.exact) < 12:
        assert query.finds(terms(f"{around[0]}\n{text}\n{around[-1]}"))


@given(TEXT, TEXT)
def test_pieces_are_the_text_and_hits_are_what_was_looked_for(text, query):
    cut = pieces(text, read_query(query), length=10_000)
    assert "".join(piece.text for piece in cut) == text


@given(st.text(alphabet="ab é-1", min_size=1, max_size=400))
def test_a_snippet_is_short(text):
    assert sum(len(piece.text) for piece in pieces(text, read_query("é"), length=60)) <= 60 + LONGEST_TERM + 4


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Café", {"cafe"}),
        ("305-1234567-7654321", {"305", "1234567", "7654321", "30512345677654321"}),
        ("well-known", {"well", "known"}),
        ("灯在里", {"灯在", "在里", "里"}),
        ("USB灯", {"usb", "灯"}),
        ("한국어", {"한국어"}),
        ("مِصْبَاح", {"مصباح"}),
        ("दीपक", {"दीपक"}),
        ("", set()),
    ],
)
def test_terms(text, found):
    assert terms(text) == found


def test_endings_are_what_people_read_out():
    assert endings("305-1234567-7654321") == {"4321", "54321", "654321", "7654321", "77654321"}
    assert endings("SKU") == set()


@pytest.mark.parametrize(
    ("text", "query", "hits"),
    [
        ("The lámp is here", "lamp", ["lámp"]),
        ("The lámps are here", "lam", ["lámps"]),
        ("私は猫が好きです", "猫が", ["猫が"]),
        ("Nothing", "lamp", []),
    ],
)
def test_hits_are_marked_where_they_stand(text, query, hits):
    assert [piece.text for piece in pieces(text, read_query(query)) if piece.hit] == hits


def test_a_snippet_stands_around_its_hit():
    text = " ".join(["before"] * 60 + ["lamp"] + ["after"] * 60)
    cut = "".join(piece.text for piece in pieces(text, read_query("lamp")))
    assert (cut[:8], cut[-7:]) == ("… before", "after …")
    assert " lamp " in cut
