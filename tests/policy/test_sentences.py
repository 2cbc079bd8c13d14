"""Where sentences and requests begin, and what a refusal reaches."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity_policy import check
from comity_policy.text.sentences import is_refused, request_starts, sentences, untied, unwrapped, words


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", []),
        ("no end", ["no end"]),
        ("one. two", ["one. ", "two"]),
        ("a! b? c", ["a! ", "b? ", "c"]),
        ("one (well.) two", ["one (well.) ", "two"]),
        ('she said "go." then', ['she said "go." ', "then"]),
        ("a.b c", ["a.b c"]),
        ("a\nb\n", ["a\n", "b\n"]),
        ("one.\ttwo", ["one. ", "two"]),
        ("mr. smith came. no. 5 is e.g. here. z.b. das", ["mr. smith came. ", "no. 5 is e.g. here. ", "z.b. das"]),
        ("not a demo. next", ["not a demo. ", "next"]),  # "mo." is no abbreviation, and ends on one
    ],
)
def test_a_text_is_cut_into_sentences(text, found):
    assert [text.replace("\t", " ")[one.start : one.end] for one in sentences(text)] == found


@given(st.text("ab .!?()\n\té0'\"", max_size=60))
def test_sentences_follow_each_other_without_a_gap(text):
    found = sentences(text)
    assert [0, *(one.end for one in found)] == [*(one.start for one in found), len(text)]
    assert all(one.words == words(one.raw) for one in found)
    assert b"".join(one.raw for one in found).decode() == text


def test_words_are_letters_digits_and_underlines():
    assert words("pay_me, 3x: caf\u00e9!".encode()) == [b"pay_me", b"3x", b"caf"]


@pytest.mark.parametrize(
    ("sentence", "told", "refused"),
    [
        ("use paypal", "paypal", False),
        ("we never use paypal", "paypal", True),
        ("don't worry, use paypal", "paypal", False),  # an idiom refuses nothing
        ("paypal? no problem at all", "paypal", False),
        ("we do not pay (by paypal)", "pay (by paypal", True),  # the border lies in what is told
        ("i cannot help (pay by paypal)", "pay by paypal", False),
        ("i cannot help, send me your email", "your email", False),
        ("i cannot help, send me your email", "send me your email", False),  # half of the border lies in what is told
        ("no stock; use paypal", "paypal", False),
        ("paypal is not allowed", "paypal", True),
        ("paypal, which you know well, is not allowed", "paypal", True),
        ("paypal bieten wir nicht an", "paypal", True),
        ("you said paypal is fine", "paypal", True),
        ("you said so, send me your paypal", "paypal", False),
        ("pay through the order, not by paypal", "paypal", True),
        ("not by card, use paypal", "paypal", False),
        ("escreva no paypal", "paypal", False),  # Portuguese "in the"
        ("no need for the site, use paypal", "paypal", False),
        ("why not use paypal", "paypal", False),
    ],
)
def test_what_a_sentence_refuses(sentence, told, refused):
    start = sentence.index(told)
    assert is_refused(sentence, start, start + len(told)) == refused


@pytest.mark.parametrize(("between", "refused"), [(238, True), (239, False)])
def test_a_refusal_reaches_two_hundred_and_forty_characters(between, refused):
    sentence = "no" + " " * between + "x paypal"
    start = sentence.index("x paypal")
    assert start == between + 2
    assert is_refused(sentence, start, len(sentence)) == refused


@pytest.mark.parametrize(
    ("sentence", "starts"),
    [
        ("hello, send me it, pay me now", [0, 6, 18]),
        ("hello send me it", [0]),
        ("a: send me it", [0]),
        ("simple: send me it", [0, 1]),
    ],
)
def test_requests_begin_behind_their_borders(sentence, starts):
    assert request_starts(sentence) == starts


@pytest.mark.parametrize(
    ("text", "flows"),
    [
        ("pay me\nby paypal", "pay me by paypal"),
        ("pay me \n by paypal", "pay me   by paypal"),
        ("one\ntwo\nthree", "one two three"),
        ("ring 0161 496\n0388 for a\nb", "ring 0161 496 0388 for a b"),
        ("it costs\n5", "it costs 5"),
        ("hi ann,\nit ships", "hi ann,\nit ships"),
        ("sehr geehrte frau moor,\nes kommt", "sehr geehrte frau moor,\nes kommt"),
        ("pay me,\nby paypal,\nplease", "pay me, by paypal, please"),
        ("a lamp,\n- a shade", "a lamp,\n- a shade"),
        ("it ships.\nthanks", "it ships.\nthanks"),
        ("you need\n\na lamp", "you need\n\na lamp"),
        ("you need\n- a lamp", "you need\n- a lamp"),
        ("you need\n1. a lamp\n2) oil", "you need\n1. a lamp\n2) oil"),
        ("", ""),
    ],
)
def test_wrapped_lines_are_read_as_one(text, flows):
    assert unwrapped(text) == flows


@pytest.mark.parametrize(
    ("text", "parted"),
    [
        ("pay_me_by_paypal", "pay me by paypal"),
        ("so leave_us_a_5_star_review!", "so leave us a 5 star review!"),
        ("paga_por_paypal y envio_el_paquete_hoy", "paga por paypal y envio el paquete hoy"),
        ("insta ann_bakes_cakes", "insta ann_bakes_cakes"),
        ("@look_at_me", "@look_at_me"),
        ("x.example/made_by_ann", "x.example/made_by_ann"),
        ("made_by_ann@x.example", "made_by_ann@x.example"),
        ("part_12 and_b", "part_12 and_b"),
    ],
)
def test_words_tied_by_underscores_are_parted_and_names_are_not(text, parted):
    assert untied(text) == parted


@given(st.text(alphabet=st.sampled_from("ab1.,-\n "), max_size=40))
def test_unwrapping_moves_nothing(text):
    assert unwrapped(text).replace("\n", " ") == text.replace("\n", " ")


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("Pay me\nby PayPal please", "payment.off_platform"),
        ("Please pay me,\nby PayPal,\ndirectly", "payment.off_platform"),
        ("Please_pay_me_by_PayPal and I ship today", "payment.off_platform"),
        ("pay me by PayPal on this page", "payment.off_platform"),
        ("please message me\non WhatsApp and I send pictures", "contact.handle"),
        ("refund you 10 dollars as soon as your\nbad review is deleted", "review.change"),
    ],
)
def test_a_line_break_hides_nothing(text, rule):
    assert rule in {one.rule for one in check(text).findings}
