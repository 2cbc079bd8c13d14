"""Classes of disguise: each is seen through, its span is exact, and what only looks like it stays as it is."""

from importlib import resources

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity_policy import Context, Draft, check
from comity_policy.text import masks as masking
from comity_policy.text import slips as slipping
from comity_policy.text.fold import fold, joined, words
from comity_policy.text.graphemes import is_boundary
from comity_policy.text.masks import hidden_names, unmasked
from comity_policy.text.slips import slips

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
        ("plx, p-a-y-p-a-i, d!sc|ord, (b  -  tc), p!*x", []),
        ("v!be*r, d!sc*rd, insta|gram", [("v!be*r", "viber"), ("d!sc*rd", "discord"), ("insta|gram", "instagram")]),
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


def findings(text, role="seller"):
    return [(one.rule, one.quote(text)) for one in check(text, role=role).findings]


@pytest.mark.parametrize(
    ("text", "quote"),
    [
        ("More on lind .com please", "lind .com"),
        ("Mehr: lind*com", "lind*com"),
        ("See lampmaker.ai for it", "lampmaker.ai"),
        ("It is on myshop.app now", "myshop.app"),
        ("Pay at 1.1.1.1/pay today", "1.1.1.1/pay"),
        ("Our shop: http 203.0.113.45 port 8080", "http 203.0.113.45"),
        ("Go to 185 . 31 . 204 . 9 / kb", "185 . 31 . 204 . 9 / kb"),
        ("Look: h t t p : / / brewbits [.] beer", "h t t p : / / brewbits [.] beer"),
        (
            "http colon slash slash kilnhouse punto es slash cups",
            "http colon slash slash kilnhouse punto es slash cups",
        ),
        ("Está en noraya (punto) e s, mire", "noraya (punto) e s"),
        ("on w w w . kiln . c o m", "w w w . kiln . c o m"),
        ("on clearnest-air d0t c0m", "clearnest-air d0t c0m"),
        ("mothandcandle ● co ● uk", "mothandcandle ● co ● uk"),
        ("tsuchinoko-tou ドット jp", "tsuchinoko-tou ドット jp"),
        ("Пишите: kiln-lind точка ru", "kiln-lind точка ru"),
    ],
)
def test_a_web_address_in_disguise_is_found_whole(text, quote):
    assert findings(text) == [("link.external", quote)]


@pytest.mark.parametrize(
    "text",
    [
        "The .com fort insole is 3 mm.",
        "Turn it till the dot shows. Com cable is not in the box.",
        "I attach artwork.ai and logo.ai as files.",
        "Open final_print.app with the file manager.",
        "Firmware 1.2.3.4/5 and 10.0.0.1 are on the label.",
        "Soap ● Candles ● Shop",
        "The part.app file is for the 300.400.500.600/ab drawing.",
    ],
)
def test_what_only_has_a_dot_is_no_web_address(text):
    assert findings(text) == []


@pytest.mark.parametrize("text", ["Track it: ups (dot) com", "Track it: ups.com"])
def test_a_carriers_address_in_words_is_still_the_carriers(text):
    assert findings(text) == []


def test_a_name_seen_through_is_nobodys_that_is_trusted():
    context = Context(trusted_domains=frozenset({"linkedin.com", "ups.com"}))
    verdict = check(Draft("See l1nkedin (dot) com", "seller", "reply"), context)
    assert [one.rule for one in verdict.findings] == ["link.external"]


@pytest.mark.parametrize(
    ("text", "rule", "quote"),
    [
        ("same thing with re volu t, no fee", "payment.off_platform", "re volu t"),
        ("just wh4tz@pp then", "contact.handle", "wh4tz@pp"),
        ("Fæcebõok group, come in", "contact.handle", "Fæcebõok"),
        ("type the p-a-s-s-p-o-r-t n-r", "privacy.sensitive", "p-a-s-s-p-o-r-t"),
        ("@$$h0les, the lot", "conduct.abuse", "@$$h0les"),
        ("扫码加客服微信:chaxiang_xiaopu", "contact.handle", "微信:chaxiang_xiaopu"),
        ("Добавьте меня в вотсапе", "contact.handle", "вотсапе"),
        ("카톡 추가해 주세요", "contact.handle", "카톡"),
        ("أضفني على واتساب", "contact.handle", "واتساب"),
        ("Let's talk in the app with the two grey ticks", "contact.handle", "app with the two grey ticks"),
        ("Find me on the bird site, my name is the same there", "contact.handle", "bird site"),
    ],
)
def test_who_hides_or_describes_a_name_means_it(text, rule, quote):
    assert (rule, quote) in findings(text, role="buyer")


@pytest.mark.parametrize(
    "text",
    [
        "Compatible: P4YP-L2 and V3NM-0 rev B, V3NM0-X too.",
        'Is "Sh*t My Dad Says" the calendar of this year?',
        "The print shows a blue bird and a paper plane.",
        "Is there a 微信 sticker in the set?",
        "The camera app of the phone reads the code on the box.",
    ],
)
def test_codes_titles_and_things_hide_no_name(text):
    assert findings(text, role="buyer") == []


@pytest.mark.parametrize(
    ("text", "quote"),
    [
        ("Mail: zaun-tor * outlook * com, star one is the tail", "zaun-tor * outlook * com"),
        ("Write to anna.verrin.AT.gmx.net please", "anna.verrin.AT.gmx.net"),
        ("G m a i l : ovenmitt.helper", "G m a i l : ovenmitt.helper"),
        ("host = yahoo", "host = yahoo"),
        ("It is h_vdb / at / z i g g o / nl now", "h_vdb / at / z i g g o / nl"),
        ("So gr4nt.oak (at) gm41l", "gr4nt.oak (at) gm41l"),
        ("Paste aGVsbG9AcG9wcHlzdGl0Y2guY29t somewhere", "aGVsbG9AcG9wcHlzdGl0Y2guY29t"),
        ("#kiln #fern #at #gmail #dot #com", "fern #at #gmail #dot #com"),
        ("quigg dot lie ... the swirly letter ... proton ... me", "quigg dot lie ... the swirly letter ... proton"),
        ("77 & curly a & gmx & point & at", "77 & curly a & gmx & point & at"),
        ("Tango India Lima, at, Golf Mike Xray, dot, November Echo Tango.", "Tango India Lima, at, Golf Mike Xray, dot, November Echo Tango"),
        ("пишите anna собака lind точка ru", "anna собака lind точка ru"),
        ("anna 골뱅이 naver 닷 com", "anna 골뱅이 naver 닷 com"),
    ],
)  # fmt: skip
def test_a_mail_address_in_disguise_is_found_whole(text, quote):
    assert ("contact.email", quote) in findings(text)


@pytest.mark.parametrize(
    "text",
    [
        "In the box: 1 manual (EN/FR/DE).",
        "Much escapes my mind at this point in time.",
        "Tracking code JVGL06112233AbCdEfGh0011 is on the label.",
        "Hotel Golf India are names of the colours.",
        "Send the label to my mail, I have sent my mail.",
    ],
)
def test_what_only_looks_like_a_mail_address_is_none(text):
    assert findings(text, role="buyer") == []


@pytest.mark.parametrize(
    ("text", "quote"),
    [("Does the mug say “hello@world es”, as on kiln (dot) de?", "kiln (dot) de"), ("See your*gmail*com", "gmail*com")],
)
def test_what_only_looks_like_a_mail_address_stands_beside_a_web_address(text, quote):
    assert findings(text, role="buyer") == [("link.external", quote)]


@pytest.mark.parametrize(
    ("text", "quote"),
    [
        ("Voice note: ５５５－０１７１", "５５５－０１７１"),
        ('"Dimensions" are 0161 x 496 x 0233, give it a ring', "0161 x 496 x 0233"),
        ("I'm on 3 4 5, 5 5 5, 0 1 6 2 most evenings", "3 4 5, 5 5 5, 0 1 6 2"),
        ("on 四四 7700 九〇〇 三三一 please", "四四 7700 九〇〇 三三一"),
        ("text @ IX I IV  V V V  0 I III VI now", "IX I IV  V V V  0 I III VI"),
        ("○85 | 5 5 5 | ○ 1 9 3 and ask for Declan", "○85 | 5 5 5 | ○ 1 9 3"),
        ("My order number is 07700-900-318, pick up the telephone", "07700-900-318"),
        ("right to left: 9410 555 303", "9410 555 303"),
        ("Text 'WAX' to 66 777", "Text 'WAX' to 66 777"),
        ("the number of the card, write to 1-888-555-0175", "1-888-555-0175"),
        ("ring the landline, then double two, four, one, seven, oh", "double two, four, one, seven, oh"),
        ("text me: Ate-1-Ate 5 5 5 Oh-1-For-Too", "Ate-1-Ate 5 5 5 Oh-1-For-Too"),
        ("I would like to r1ng y0u about it", "r1ng y0u"),
        ("have a number where we can call u now", "a number where we can call u"),
    ],
)
def test_a_telephone_number_in_disguise_is_found_whole(text, quote):
    assert findings(text) == [("contact.phone", quote)]


@pytest.mark.parametrize(
    "text",
    [
        "Grain sizes: 0.1-0.5, 0.5-0.8, 0.8-1.2.",
        "Sample text: 0 1 2 3 4 5 6 7 8 9 in the font.",
        "is this the 0161-496-0233 brush set or the 0161-496-0234? same hoover",
        "S/N zero seven seven, double nine, 4410-B",
        "Sizes 6, 7, 8, 9 and 40 x 50 x 60 cm.",
        "Chapters I, II, III, IV and V are in volume VI.",
        "一二三四 is printed on the box, 2 of 3.",
        "Tell me my seat number and the extension cord is 1500 mm.",
        "Is the ladder an extension 4500 ladder?",
    ],
)
def test_other_rows_of_digits_are_no_telephone_number(text):
    assert findings(text, role="buyer") == []


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("price 4 u if 💵 in ✉️", "payment.off_platform"),
        ("ok but BTC / E T H is all i have", "payment.off_platform"),
        ("ℤ𝕖𝕝𝕝𝕖 welcome, tell me", "payment.off_platform"),
        ("the app of the two P's is fine", "payment.off_platform"),
        ("paper with presidents on it, not the checkout", "payment.off_platform"),
        ("pls send 🅿️🅿️ not 🛒", "payment.off_platform"),
        ("let me pay you bank to bank", "payment.off_platform"),
        ("Please refund me by bank transfer rather than to the card", "payment.off_platform"),
        ("the bank wants ＣＶＶ for it", "privacy.sensitive"),
        ("card: 5 3 1 7 - o o 2 2 - 9 l 4 4 - 6 o 8 3", "privacy.sensitive"),
        ("here: 4000 1234 5678 9017, 11/28", "privacy.sensitive"),
        ("amex 3782 822463 10005, 09/28, thanks", "privacy.sensitive"),
        ("tell the c.o.d.e. frm ur sms", "privacy.sensitive"),
        ("I need the l0ng numb3r on the front of ur c@rd", "privacy.sensitive"),
        ("snd p1c of ur I.D. card", "privacy.sensitive"),
        ("the passw. Skagen!04 is mine", "privacy.sensitive"),
        ("Type me the s1x f1gures", "privacy.sensitive"),
        ("my national insurance number? its QQ 12 34 56 C", "privacy.sensitive"),
    ],
)
def test_payments_and_secrets_in_disguise_are_found(text, rule):
    assert rule in [one.rule for one in check(text, role="buyer").findings]


@pytest.mark.parametrize(
    "text",
    [
        "I need to change the address of my credit card.",
        "Does the doorbell need a password for the app?",
        "Do I have to type the PIN each time it restarts?",
        "I have to retrieve the pazssword of my user",
        "Do they fit a standard Amazon gift card?",
        "Wire it as the drawing says.",
        "The password: ask the manual of the router.",
        "The password is printed on the box.",
        "The pass is at 2,400 m and the licence is for two users.",
    ],
)
def test_talk_about_cards_and_passwords_gives_nothing_away(text):
    assert findings(text, role="buyer") == []


@pytest.mark.parametrize(
    ("text", "rule", "quote"),
    [
        ("rign 0I5l 49 6O I77 ask Kev", "contact.phone", "0I5l 49 6O I77"),
        ("tell him: ①⑥⓪⑦ then ⑤⑤⑤ then ⓪①⑧⓪", "contact.phone", "①⑥⓪⑦ then ⑤⑤⑤ then ⓪①⑧⓪"),
        ("ziro wan seven wan, fore fore sicks, ate too ate", "contact.phone", "ziro wan seven wan, fore fore sicks, ate too ate"),
        ("it is bee → hyphen → happy → dot → farm", "link.external", "bee → hyphen → happy → dot → farm"),
        ("m y t i l e m a t e . c o . u k", "link.external", "m y t i l e m a t e . c o . u k"),
        ("to info AT-SIGN brassandbobbin DOT-SIGN net", "contact.email", "info AT-SIGN brassandbobbin DOT-SIGN net"),
        ("pics to zines [snail] riso-raf [period] ink", "contact.email", "zines [snail] riso-raf [period] ink"),
        ("text zer0 f0ur one tw0 / six six six / ate nine ate", "contact.phone", "zer0 f0ur one tw0 / six six six / ate nine ate"),
        ("mine is Wi$e", "payment.off_platform", "Wi$e"),
    ],
)  # fmt: skip
def test_more_ways_to_write_a_contact(text, rule, quote):
    assert (rule, quote) in findings(text)


@pytest.mark.parametrize(
    "text",
    [
        "The listing says VEN-MO 04, a padding.",
        "There are more and mor on the way.",
        "Part nos, as I can't scan: 6 0 0 - 5 5 5 - 0 1 9 9 (seal).",
        "Serial: eight, delta, four, four, one, nine, two, zero, seven, seven.",
        "The picture is nan-at-fare.jpg on the order.",
        "A chain for bike prats. net weight 280 g.",
    ],
)
def test_more_that_only_looks_like_one(text):
    assert findings(text, role="buyer") == []


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("im on telegarm, instgram or fasebook", "im on telegram, instagram or facebook"),
        ("yuor nubmer, csah via payapl", "your number, cash via paypal"),
        ("discard the revolt of the telegraph, satisfy pioneers", "discard the revolt of the telegraph, satisfy pioneers"),
        ("passwords and telegrams, form and from", "passwords and telegrams, form and from"),
    ],
)  # fmt: skip
def test_slips_of_the_pen_in_names_are_read(written, expected):
    assert read(written) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Folgen Sie der linken Markierung.",
        "Folgen Sie mir: Schrauben Sie den linken Haken zuerst an.",
        "Add me a snapshot of the damage here, please.",
        "Send me snapshots of both sides, please.",
        "Écrivez-moi si le tambour vibre encore.",
        "Die Passform stimmt, und was ist mit dem Griff passiert?",
        "Le passeport tient-il dans la pochette ?",
        "¿Cabe el pasaporte en la funda?",
        "El marco es para un telegrama antiguo. Escríbame si cabe.",
        "Le cadre contient un vieux télégramme. Écrivez-moi s'il arrive abîmé.",
        "Write to me when the monogram and the papal crest are stitched.",
        "La lampe d'une époque révolue, écrivez-moi si elle marche.",
        "That's a bitchin colour, thank you!",
    ],
)
def test_words_of_six_languages_are_no_slips(text):
    assert list(slips(fold(text).text)) == []
    assert findings(text, role="buyer") == []


def test_two_slips_do_not_change_the_length_by_two():
    assert read("lnkdin watsap whatsap linkedni") == "lnkdin watsap whatsapp linkedin"


def test_no_word_of_honest_messages_is_a_slip():
    counted = resources.files("comity_policy.text").joinpath("common_words.txt").read_text("utf-8")
    text = " ".join(word for line in counted.splitlines() for word in line.split()[1:])
    assert list(slips(text)) == []


def test_words_are_forgotten_when_there_are_too_many(monkeypatch):
    monkeypatch.setattr(slipping, "_REMEMBERED", 2)
    remembered = slipping._Meant()
    assert [remembered[word] for word in (b"lamp", b"payapl", b"telegarm")] == ["", "paypal", "telegram"]
    assert remembered == {b"telegarm": "telegram"}


def test_only_short_words_are_remembered():
    long = ["q" * (41 + size) for size in range(30)]
    before = len(slipping._meant)
    assert list(slips(" ".join(long))) == []
    assert len(slipping._meant) == before
    remembered = masking._remembered.cache_info().misses
    assert [masking._looked_up("vw" * 21 + str(size)) for size in range(9)] == [None] * 9
    assert masking._remembered.cache_info().misses == remembered


@pytest.mark.parametrize(
    ("text", "host"),
    [
        ("Download the catalogue: lindhome.ai", "lindhome.ai"),
        ("All formats and colours are shown in the shop on lindhome.ai", "lindhome.ai"),
        ("The file is ready for the printer. If you want to see our whole range, look at lindhome.app", "lindhome.app"),
    ],
)
def test_a_word_about_files_far_away_hides_no_address(text, host):
    assert ("link.external", host) in findings(text)


@pytest.mark.parametrize(
    "text", ["The file lindcushion.ai is for the printer.", "lindcushion.ai, the vector, is done."]
)
def test_a_word_about_files_beside_a_name_tells_a_file(text):
    assert findings(text) == []


@pytest.mark.parametrize("blank", "\t\v\f\x85\u1680\u2800\u3164\uffa0\u115f\u1160\u180e")
def test_what_looks_like_a_blank_parts_words(blank):

    expected = findings("Message me on WhatsApp")
    assert expected
    assert findings(f"Message me{blank}on{blank}WhatsApp") == expected
