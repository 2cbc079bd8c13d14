"""What the second reader is shown: words cut into pieces, sentences side by side in windows."""

from hypothesis import given
from hypothesis import strategies as st

from comity_policy.reader.pieces import BEGIN, Pieces
from comity_policy.reader.windows import windows

NAMES = ["<s>", "</s>", "<unk>", BEGIN, BEGIN + "pay", "pay", "p", "a", "y", "pal", BEGIN + "me", ".", "m", "e", "l"]
SCORES = [0.0, 0.0, 0.0, -3.0, -4.0, -5.0, -6.0, -6.0, -6.0, -5.5, -4.0, -2.0, -6.0, -6.0, -6.0]
PIECES = Pieces(NAMES, SCORES, unknown=2)
TEXT = st.text(alphabet=st.sampled_from("pay me.!?\n éж0"), max_size=300)


def named(text, pieces=PIECES):
    return [NAMES[number] for number in pieces.cut(text)]


def test_a_word_is_cut_in_the_likeliest_way():
    assert named("paypal me.") == [BEGIN + "pay", "pal", BEGIN + "me", "."]
    assert named("yay") == [BEGIN, "y", "a", "y"]


def test_a_character_that_no_piece_holds_is_unknown():
    assert named("payж me") == [BEGIN + "pay", "<unk>", BEGIN + "me"]


def test_blanks_of_any_kind_part_words():
    assert named("  me \n me ") == [BEGIN + "me"] * 2
    assert named("") == []


@given(TEXT)
def test_the_pieces_of_a_text_spell_it(text):
    spelled = "".join("?" if name == "<unk>" else name for name in named(text))
    wanted = "".join(BEGIN + word for word in text.split())
    assert spelled == "".join(one if one in BEGIN + "paymel." else "?" for one in wanted)


@given(TEXT)
def test_a_word_is_cut_the_same_a_second_time(text):
    assert PIECES.cut(text) == Pieces(NAMES, SCORES, unknown=2).cut(text)


def read(text, longest=12):
    return list(windows(text, PIECES, before=[0, 4], end=1, longest=longest))


def test_sentences_stand_side_by_side_between_opening_and_end():
    (window,) = read("pay me. pay. ")
    assert window.tokens == [0, 4, 4, 10, 11, 4, 11, 1]
    assert window.places == [(2, 5), (5, 7)]
    assert window.spans == [(0, 7), (8, 12)]


def test_a_sentence_that_has_no_place_begins_the_next_window():
    first, second = read("pay me.\npay me.", longest=8)
    assert (first.spans, second.spans) == ([(0, 7)], [(8, 15)])
    assert first.tokens == second.tokens == [0, 4, 4, 10, 11, 1]


def test_a_text_without_words_has_no_window():
    assert read(" \n  ") == []


@given(TEXT, st.integers(4, 20))
def test_every_sentence_with_words_is_read_once_and_within_bounds(text, longest):
    found = read(text, longest)
    spans = [span for window in found for span in window.spans]
    assert spans == sorted(spans)
    assert all(text[start:end] == text[start:end].strip() != "" for start, end in spans)
    assert all(len(window.tokens) <= longest for window in found)
    assert "".join("".join(text[start:end].split()) for start, end in spans) == "".join(text.split())


@given(TEXT, st.integers(4, 20))
def test_every_place_holds_the_tokens_of_its_sentence(text, longest):
    for window in read(text, longest):
        assert all(2 <= start < end < len(window.tokens) for start, end in window.places)
        for (start, end), span in zip(window.places, window.spans, strict=True):
            assert window.tokens[start:end] == PIECES.cut(text[slice(*span)])[: longest - 3]
