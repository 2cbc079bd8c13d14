"""Names in disguise, and slips of the pen: how far they are read, and where reading stops."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity_policy.text import slips as slipping
from comity_policy.text.fold import fold
from comity_policy.text.masks import hidden_names, unmasked
from comity_policy.text.slips import slips


def read(text):
    view = fold(text)
    return unmasked(view, hidden_names(view)).text


def hidden(text):
    view = fold(text)
    return [(text[slice(*view.span(one.start, one.end))], one.word) for one in hidden_names(view) if one.hidden]


@pytest.mark.parametrize(
    ("text", "written", "word"),
    [
        ("PAY BY V3NM0 NOW", "V3NM0", "venmo"),
        ("V.E.N-M.O", "V.E.N-M.O", "venmo"),
        ("pay via vvise", "vvise", "wise"),  # two letters for one
        ("via rnonzo", "rnonzo", "monzo"),
        ("w i s e", "w i s e", "wise"),
        ("k1k", "k1k", "kik"),
        ("pay ven . mo", "ven . mo", "venmo"),
        ("pay.pal", "pay.pal", "paypal"),
        ("cash*app", "cash*app", "cashapp"),
        ("w3 chat", "w3 chat", "wechat"),
        ("paay pal", "paay pal", "paypal"),
        ("you m o r o n", "m o r o n", "moron"),
        ("ｐａｙｐａｌ", "ｐａｙｐａｌ", "paypal"),
        ("加 раураl", "раураl", "paypal"),
        ("sh!t", "sh!t", "shit"),
    ],
)
def test_a_name_in_disguise_is_read_and_its_place_is_exact(text, written, word):
    assert hidden(text) == [(written, word)]


@pytest.mark.parametrize(
    "text",
    [
        "VEN-MO",  # the name of a model
        "V3NM-0",
        "V3NM0-X",
        "X-V3NM0",
        "wi s e",  # a short name counts only when it is parted throughout
        "pay ven    mo",  # too far apart
        "$k1p3",  # more signs than letters
        "mor on",
        "cash. app",
        "pay-pal, pay'pal, we  chat",
        "g.mail, g m a i l",  # a part of an address, which is read as a whole
        "xvenmo7",
        "加 ｐａｙｐａｌ",  # full width is usual there
        "sh*t",  # as titles are
    ],
)
def test_letters_that_meet_by_chance_hide_no_name(text):
    assert hidden(text) == []


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("пишите в вк", "пишите в vk"),
        ("в вка, в вкус, квк", "в вка, в вкус, квк"),  # a short name has no endings
        ("в телеграммами", "в telegram"),
        ("телеграммистами", "телеграммистами"),  # another word
        ("a微信b", "a wechat b"),
        ("微信微信", "wechat"),
        ("💵 💵 x 💶", "cash x cash"),
        ("💵💵 🗑", "cash delete"),
        ("5 ⭐, 4⭐⭐", "5 stars, 4 stars"),
        ("10 x ⭐⭐⭐⭐⭐", "10 x stars"),
        ("⭐⭐⭐⭐⭐⭐", "stars"),
    ],
)
def test_rows_and_endings_of_names_in_other_scripts(written, expected):
    assert read(written) == expected


def test_a_view_without_names_stays_what_it_is():
    view = fold("Die Lampe ist da.")
    assert unmasked(view, hidden_names(view)) is view


def test_the_place_of_a_name_that_grows_is_spread_over_what_was_written():
    view = fold("ask 微信 now")
    seen = unmasked(view, hidden_names(view))
    assert (seen.text, list(seen.starts)) == ("ask wechat now", [0, 1, 2, 3, 4, 4, 4, 5, 5, 5, 6, 7, 8, 9])


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("pypal", "paypal"),
        ("paypa", "paypal"),
        ("pauypal", "paypal"),
        ("peypal", "paypal"),
        ("fasebok", "facebook"),  # two slips in eight letters
        ("lot 7telegarm", "lot 7telegarm"),  # a digit touches it
        ("telegarm7", "telegarm7"),
        ("paypals papyal", "paypals paypal"),
        ("bitcion", "bitcoin"),
        ("bikdoin", "bikdoin"),  # two slips in seven
        ("vemno zlele zeell", "venmo zelle zeell"),  # of a short name only neighbours change places
    ],
)
def test_as_many_slips_are_read_as_a_name_is_long(written, meant):
    assert read(written) == meant


def test_a_slip_is_told_with_its_place():
    assert list(slips("so papyal or telegarm")) == [(3, 9, "paypal"), (13, 21, "telegram")]


@pytest.mark.parametrize(
    ("one", "other", "distance"),
    [("abc", "abc", 0), ("", "abc", 3), ("abc", "", 3), ("abc", "ac", 1), ("abc", "acb", 1), ("ca", "abc", 3)],
)
def test_how_many_letters_differ(one, other, distance):
    assert slipping._distance(one, other) == distance


WORD = st.text("abc", max_size=6)


@given(WORD, WORD, st.sampled_from("abc"))
def test_each_letter_more_is_one_step_at_most(one, other, letter):
    distance = slipping._distance(one, other)

    assert distance == slipping._distance(other, one)
    assert (distance == 0) == (one == other)
    assert abs(slipping._distance(one + letter, other) - distance) <= 1
    assert abs(len(one) - len(other)) <= distance <= max(len(one), len(other))
