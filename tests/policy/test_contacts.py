"""Addresses and telephone numbers, and what only looks like one."""

import pytest

from comity_policy import Context, Draft, check
from comity_policy.text.addresses import is_public_host, web_addresses
from comity_policy.text.digits import said_numbers
from comity_policy.text.fold import fold, joined
from comity_policy.text.ids import known_stretches
from comity_policy.text.numbers import (
    account_numbers,
    card_numbers,
    passes_luhn,
    passes_mod97,
    social_security_numbers,
    spoken_cards,
)
from comity_policy.text.phones import is_phone_number, phone_numbers, spoken_numbers
from comity_policy.text.spoken import spoken


def hosts(text):
    return [address.host for address in addresses(text)]


def addresses(text):
    return web_addresses(fold(text), spoken(joined(fold(text))))


def phones(text, region=None):
    return [(text[one.start : one.end], one.sure) for one in phone_numbers(fold(text), region)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("https://user:pass@lind.de:8080/x?y#z.", ["lind.de"]),
        ("see lind-shop.co.uk, please", ["lind-shop.co.uk"]),
        ("larch.myshopify.com", ["larch.myshopify.com"]),
        ("http://203.0.113.45:8080/store", ["203.0.113.45"]),
        ("hxxps://volt[.]shop/e-bike", ["volt.shop"]),
        ("mybrand。com", ["mybrand.com"]),
        ("mybrand｡com", ["mybrand.com"]),
        ("http://[::1]/x", ["[::1]"]),
        ("http://ann:x@[fe80::1%25eth0]:8080/x, please", ["[fe80::1%25eth0]"]),
        ("hxxp://[::ffff:203.0.113.45]", ["[::ffff:203.0.113.45]"]),
        ("http://3405803781.", ["3405803781"]),
        ("http://0xcb.0.0x712d/", ["0xcb.0.0x712d"]),
        ("https://1-2-3.de https://3m.de", ["1-2-3.de", "3m.de"]),
        ("[::1] and 203.0.113.45 and 3405803781", []),
        ("lind dot com", ["lind.com"]),
        ("lind (dot) co (dot) uk", ["lind.co.uk"]),
        ("müller.de", ["muller.de"]),
        ("bit.ly/3xY", ["bit.ly"]),
        ("ann@lind.de", []),
        ("co.uk", []),
        ("It arrived.It broke.So sad.", []),
        ("photo.zip node.js manual.pdf README.md run.sh", []),
        ("2.5 m, 12.0V, v2.4.1, 5.com fortable, 1,299.00", []),
        ("en el punto de recogida", []),
        ("Punkt.com-Matrixdrucker", []),
        ("at the dot matrix", []),
        ("read it from the back: moc.pohs-dnil.www", ["www.lind-shop.com"]),
        ("moc.moc", []),
        ("www lind com", ["lind.com"]),
        ("the www house abc", []),
    ],
)
def test_web_addresses(text, expected):
    assert hosts(text) == expected


@pytest.mark.parametrize(
    ("address", "places", "within"),
    [
        ("lind.de/a", {"lind.de"}, True),
        ("www.lind.de", {"lind.de"}, True),
        ("evil-lind.de", {"lind.de"}, False),
        ("lind.de.evil.com", {"lind.de"}, False),
        ("amazon.com/gp/help/x", {"amazon.com/gp/help"}, True),
        ("amazon.com/shops/x", {"amazon.com/gp/help"}, False),
    ],
)
def test_address_is_within_a_trusted_place(address, places, within):
    (found,) = addresses(address)
    assert found.is_within(frozenset(places)) is within


@pytest.mark.parametrize(
    ("host", "public"),
    [
        ("lind.example", True),
        ("a.xn--p1ai", True),
        ("co.uk", False),
        ("lind.pdf", False),
        ("com", False),
        ("a.xn--", False),
    ],
)
def test_public_hosts(host, public):
    assert is_public_host(host) is public


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("+44 7700 900 562", [("+44 7700 900 562", True)]),
        ("call +49 151 23106416", [("+49 151 23106416", True)]),
        ("call me on 0161 496 0388 or later", [("0161 496 0388", True)]),
        ("(415) 555-0163", [("(415) 555-0163", False)]),
        ("my number: 4155550163", [("4155550163", True)]),
        ("txt 718 555 O1 66", [("718 555 O1 66", True)]),
        ("0176 04069021", [("0176 04069021", False)]),
        ("555-0183", []),
        ("order 113-1234567-1234567", []),
        ("call 114-3941689-8772232", []),
        ("model 410.882.1203", []),
        ("my order number is 2125550147", []),
        ("9400 1118 9956 0431 7728 15", []),
        ("21.11.2026 08:00", []),
        ("no call needed 08:00-12:30", []),
        ("phone case 12.5 x 7.2 x 1.1", []),
        ("the phone case, ISBN 978-3-16-148410-0", []),
        ("WA-70001234567", []),
        ("$1,299,000.00", []),
        ("+999 123 4567", []),
        ("1111111111", []),
        ("Denver 80331 2125550147", [("2125550147", False)]),
        ("order 80331 2125550147", []),
        ("80331 2125550147-A", []),
    ],
)
def test_phone_numbers(text, expected):
    assert phones(text) == expected


def test_region_decides_what_a_bare_number_is():
    assert phones("030 12 34 56 78", "DE") == [("030 12 34 56 78", False)]
    assert phones("915 552 101", "ES") == [("915 552 101", False)]


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("five five five, oh one four two", ["5550142"]),
        ("null eins fünf drei fünf fünf fünf", ["0153555"]),
        ("double seven, zero, nine 00, triple four", ["7709" + "00" + "444"]),
        ("one two three", []),
        ("five boxes, two lids, one bag, four screws", []),
        ("1 2 3 4 5 6 7 one", []),
    ],
)
def test_spoken_numbers(text, digits):
    assert [one.digits for one in spoken_numbers(fold(text), said_numbers(fold(text).text))] == digits


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("4242 4242 4242 4242", True),
        ("5555-5555-5555-4444", True),
        ("3782 822463 10005", True),
        ("4242 4242 4242 4241", False),  # the check digit is wrong
        ("35 209900 176148 1", False),  # an IMEI
        ("4006381333931", False),  # an EAN
        ("555-0142233-5550178", False),  # an order id
        ("X4242424242424242", False),
        ("4242424242424242 09/28", True),
        ("6759 6498 2643 8453", True),  # a scheme with numbers of many lengths
        ("card 4242 0000 0001 2345", False),  # its first four digits have a check digit by chance
    ],
)
def test_card_numbers(text, found):
    assert bool(card_numbers(fold(text))) is found


def test_a_card_number_that_is_said_is_quoted_whole():
    text = "it is four two four two four two four two four two four two four two four two, thanks"
    ((start, end),) = spoken_cards(fold(text), said_numbers(text))

    assert text[start:end] == text[6:-8]
    assert spoken_cards(fold(text), said_numbers(text.replace("two,", "one,"))) == []


def test_account_numbers_end_where_the_country_says():
    text = "IBAN GB82 WEST 1234 5698 7654 32 thanks"
    ((start, end),) = account_numbers(fold(text))

    assert text[start:end] == "GB82 WEST 1234 5698 7654 32"
    assert account_numbers(fold("GB83 WEST 1234 5698 7654 32")) == []
    assert account_numbers(fold("XX82 WEST 1234 5698 7654 32")) == []
    assert account_numbers(fold("GB82 WEST 1234 5698")) == []


@pytest.mark.parametrize(
    ("text", "count"), [("219-09-9999", 1), ("000-09-9999", 0), ("part 219-09-9999", 0), ("x219-09-9999", 0)]
)
def test_social_security_numbers(text, count):
    assert len(social_security_numbers(fold(text))) == count


def test_check_digits():
    assert passes_luhn("79927398713")
    assert not passes_luhn("79927398710")
    assert passes_mod97("DE89370400440532013000")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("1Z 999 AA1 01 2345 6784", ["1Z 999 AA1 01 2345 6784"]),
        ("see 1z999aa10123456784!", ["1z999aa10123456784"]),
        ("x1Z999AA10123456784", []),
        ("1Z999AA101234567845", []),
    ],
)
def test_known_ids_are_found_however_they_are_written(text, found):
    stretches = known_stretches(fold(text), {"1Z999AA10123456784", "ab", ""})
    assert [text[one.start : one.end] for one in stretches] == found


@pytest.mark.parametrize(
    "identity",
    [
        "113-1234567-1234567",
        "JVGL0611223344",
        "JVGL0123456789",
        "1Z999AA10123456784",
        "RR123456785GB",
        "9400111899560431772815",
        "732201349959",
    ],
)
def test_order_and_tracking_numbers_are_known(identity):
    assert [one[:2] for one in known_stretches(fold(f"It is {identity}."), {identity})] == [(6, 6 + len(identity))]


@pytest.mark.parametrize("identity", ["442079460958", "2125550147", "0611223344", "DE89370400440532013000"])
def test_a_telephone_or_account_number_is_no_known_id(identity):
    assert known_stretches(fold(f"It is {identity}."), {identity}) == []


@pytest.mark.parametrize(
    ("digits", "valid"),
    [
        ("2125550147", True),
        ("02079460958", True),
        ("442079460958", True),
        ("00442079460958", True),
        ("4150550163", False),
        ("11312345671234567", False),
        ("1", False),
        ("", False),
    ],
)
def test_bare_digits_that_are_a_telephone_number(digits, valid):
    assert is_phone_number(digits) is valid


@pytest.mark.parametrize(
    "address",
    [
        "https://uрs.com/track",  # a Cyrillic letter
        "https://úps.com/track",
        "www.dнl.com/x",
        "https://ups.com!@evil.com/pay",
        "https://ups.com:p!@evil.com",
        "https://www.ups.com\\@evil.com",
        "https://17track.net/en?u=https://evil.com",
        "https://ups.com/go?to=%3A%2F%2Fevil.com",
    ],
)
def test_a_link_that_only_looks_like_a_carriers_is_no_carriers(address):
    assert [finding.rule for finding in check(f"Track it: {address}").findings] == ["link.external"]


@pytest.mark.parametrize("address", ["https://www.ups.com/track?num=1Z999", "https://www.dhl.com/päckchen"])
def test_a_carriers_link_is_let_through(address):
    assert check(f"Track it: {address}").findings == ()


@pytest.mark.parametrize(
    ("text", "rule", "quote"),
    [
        ("My number is +44 20 7946 0958Has my parcel left?", "contact.phone", "+44 20 7946 0958"),
        ("My number is+44 20 7946 0958", "contact.phone", "+44 20 7946 0958"),
        ("call 0151 23456789bitte", "contact.phone", "0151 23456789"),
        ("order no. +44 7700 900562", "contact.phone", "+44 7700 900562"),
        ("card 4111 1111 1111 1111thanks", "privacy.sensitive", "4111 1111 1111 1111"),
        ("Write to anna\x01@gmail\x7f.com", "contact.email", "anna\x01@gmail\x7f.com"),
    ],
)
def test_a_letter_or_a_sign_that_touches_it_hides_nothing(text, rule, quote):
    assert [(one.rule, one.quote(text)) for one in check(text, role="buyer").findings] == [(rule, quote)]


@pytest.mark.parametrize(
    ("text", "quotes"),
    [
        ("decode YW5uYUBsaW5kLmRl", ["YW5uYUBsaW5kLmRl"]),
        ("decode YnJ1bm9AbGluZC5kZQ==", ["YnJ1bm9AbGluZC5kZQ=="]),
        ("decode YnJ1bm9AbGluZC5kZQ now", ["YnJ1bm9AbGluZC5kZQ"]),  # the padding was left out
        ("decode YnJ1bm9zQGxpbmQuZGU", ["YnJ1bm9zQGxpbmQuZGU"]),
        ("not THISISNOADDRESSATALL but YW5uYUBsaW5kLmRl", ["YW5uYUBsaW5kLmRl"]),
        ("decode YW5uYUBsaW5kLmRlX", []),  # no length that base64 has
        ("lot Yh5uXUBsaW5kLmRl", []),
    ],
)
def test_an_address_in_base64_is_read_by_whoever_decodes_it(text, quotes):
    verdict = check(text)
    assert ([one.quote(text) for one in verdict.findings if one.rule == "contact.email"], verdict.failed) == (
        quotes,
        (),
    )


@pytest.mark.parametrize(
    "text", ["Model 212-555-0147A fits.", "Part M212-555-0147 is here.", "It is a 0161 496 0388b."]
)
def test_a_code_with_a_letter_of_its_own_is_no_number(text):
    assert check(text, role="buyer").findings == ()


@pytest.mark.parametrize(
    ("text", "sku", "rule"),
    [
        ("Call me on 214 555 0163 tonight", "2145550163", "contact.phone"),
        ("my number: 7946 0958 12", "79460958-12", "contact.phone"),
        ("WhatsApp 0491 570 156", "TEL 0491570156", "contact.phone"),
        ("write to a41570 (at) gmx.net", "A41570-AT-1234567", "contact.email"),
        ("a4157099 at gmail, or 4157099", "a4157099 at gmail 4157099", "contact.email"),
        ("telegram: lamp20242025", "TELEGRAM LAMP20242025202520252025", "contact.handle"),
        ("12345678.de has more", "12345678.DE", "link.external"),
        ("my insta: anna1234567", "ANNA-1234567", "contact.handle"),
    ],
)
def test_an_article_named_like_a_contact_hides_none(text, sku, rule):
    verdict = check(Draft(text, "seller", "reply"), Context(known_ids=frozenset({sku})))
    assert [one.rule for one in verdict.findings] == [rule]


@pytest.mark.parametrize(
    ("text", "identity"),
    [
        ("It is 415 055 0163, as you ask", "4150550163"),
        ("Call DHL and tell them 732201349959", "732201349959"),
        ("Please call, it is about 113-1234567-1234567", "113-1234567-1234567"),
    ],
)
def test_an_id_that_nobody_dials_is_let_through(text, identity):
    assert check(Draft(text, "seller", "reply"), Context(known_ids=frozenset({identity}))).findings == ()
