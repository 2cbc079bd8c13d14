"""Classes of disguise: each is seen through, its span is exact, and what only looks like it stays as it is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity_policy.text.fold import fold, joined, words
from comity_policy.text.graphemes import is_boundary
from comity_policy.text.masks import hidden_names, unmasked

NAMES = ("paypal", "venmo", "telegram", "instagram", "skype", "revolut", "bitcoin")
SIGNS = {"a": "a4@", "e": "e3€", "i": "i1!|", "l": "l1|", "o": "o0°", "s": "s5$", "t": "t7"}
GAPS = ["", " ", ".", "-", "_", "*", " . ", "/"]


def read(text):
    view = fold(text)
    return unmasked(view, hidden_names(view)).text


def hidden(text):
    view = fold(text)
    found = hidden_names(view)
    return [(text[slice(*view.span(one.start, one.end))], one.word) for one in found if one.hidden]


@st.composite
def masked(draw):
    """A name, and the same name with a gap inside and some of its letters written as signs."""
    name = draw(st.sampled_from(NAMES))
    letters = [draw(st.sampled_from(SIGNS.get(letter, letter))) for letter in name]
    letters[1] = name[1]  # half of a name at least has to be letters
    at = draw(st.integers(1, len(name) - 1))
    gap = draw(st.sampled_from(GAPS))
    return name, "".join(letters[:at]) + gap + "".join(letters[at:])


@given(masked(), st.sampled_from(["", "😀 pay ", "by "]), st.sampled_from(["", " please", ", ok?"]))
def test_a_name_with_signs_and_a_gap_is_read(case, before, after):
    name, written = case
    text = f"{before}{written}{after}"
    letters = [one for one in written if one.isalpha()]
    if 2 * len(letters) >= len(name):
        assert name in read(text).replace(" ", "")


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("take c@sh @ p p?", [("c@sh @ p p", "cashapp")]),
        ("Z.E.L.L.E or ca$happ, Venm°", [("Z.E.L.L.E", "zelle"), ("ca$happ", "cashapp"), ("Venm°", "venmo")]),
        ("via re volu t, zel le, pa y pa l", [("re volu t", "revolut"), ("zel le", "zelle"), ("pa y pa l", "paypal")]),
        ("w-e-s-t-e-r-n  u-n-i-o-n", [("w-e-s-t-e-r-n  u-n-i-o-n", "western union")]),
        ("add LlNE lD", [("LlNE lD", "line id")]),
        ("on wh4tz@pp or d!scord", [("wh4tz@pp", "whatsapp"), ("d!scord", "discord")]),
        ("got an e. mai. l", [("e. mai. l", "email")]),
        ("**p4ypal**", [("p4ypal", "paypal")]),
        # What stands there by chance, and names as they are.
        ("I paid cash. App is broken. We like it, chat later.", []),
        ("we chat, cash app, pay pal, cash, app", []),
        ("lid (lot 4) and zzn, line 1, skype", []),
        ("the refund, my review: 5 stars", []),
    ],
)
def test_hidden_names(text, names):
    assert hidden(text) == names


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("加我微信:abc", "加我 wechat:abc"),
        ("напишите в Телеграмме", "напишите в telegram"),
        ("واتساب فقط", "whatsapp فقط"),
        ("카톡 주세요", "kakaotalk 주세요"),
        ("ライン交換", "line 交換"),
        ("💵💵 in ✉️", "cash in envelope"),
        ("⭐⭐⭐⭐⭐ or 1⭐ or ★", "5 stars or 1 stars or stars"),
        ("вкусно, телеграфист", "вкусно, телеграфист"),  # other words that begin so
    ],
)
def test_names_in_other_scripts_and_pictures_are_read(written, expected):
    assert read(written) == expected


@given(st.text("pay pal$.4@*-微信⭐️ т3", max_size=40))
def test_every_character_of_the_view_leads_back_to_what_was_written(text):
    view = fold(text)
    found = unmasked(view, hidden_names(view))

    assert len(found.starts) == len(found.text)
    assert list(found.starts) == sorted(found.starts)
    for at in range(len(found.text)):
        assert all(is_boundary(text, place) for place in found.span(at, at + 1))


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("b u y  d i r e c t  frm me", "buy direct frm me"),  # wider gaps part words
        ("o u t s i d e   e - b a y", "outside e-bay"),
        ("go o.f.f, p.l.a.c.e", "go off, place"),  # a short word beside a longer one
        ("a b c", "a b c"),
        ("идiоts, ϝυcκ", "idiots, fuck"),  # Cyrillic and Greek beside Latin letters
        ("wе go tо ѕаvе", "we go to save"),  # words of nothing but twins, in Latin company
        ("сор, сосна", "сор, сосна"),
        ("0r its 0ne st0ry, n0 put@ r€al sh¡ne", "or its one story, no puta real shine"),
        ("usb3 mp3 size10 a4 4x4", "usb3 mp3 size10 a4 4x4"),
        ("lind●co●uk ⁄bags", "lind.co.uk /bags"),  # round signs for dots
    ],
)
def test_spelled_words_twins_and_signs_for_letters(written, expected):
    assert words(joined(fold(written))).text == expected
