"""Web addresses in every way of writing: the host that is read, the words that are quoted, and what is none."""

import pytest

from comity_policy.text.addresses import web_addresses
from comity_policy.text.fold import fold, joined
from comity_policy.text.spoken import spoken


def found(text):
    return [
        (one.host + one.path, text[one.start : one.end])
        for one in web_addresses(fold(text), spoken(joined(fold(text))))
    ]


@pytest.mark.parametrize(
    ("text", "address", "quote"),
    [
        ("see lindlampsdotshop now", "lindlamps.shop", "lindlampsdotshop"),
        ("it is lindshopdotcom/sale", "lindshop.com/sale", "lindshopdotcom/sale"),
        ("lind .co.uk bags", "lind.co.uk", "lind .co.uk"),
        ("on lindhome. co.uk", "lindhome.co.uk", "lindhome. co.uk"),
        ("www lind de", "lind.de", "www lind de"),
        ("www lind co uk", "lind.co.uk", "www lind co uk"),
        ("look at lind,com", "lind.com", "lind,com"),
        ("lindhome;com lindhome|net", "lindhome.com", "lindhome;com"),
        ("moc.emohdnil.www", "www.lindhome.com", "moc.emohdnil.www"),
        ("ku.oc.emohdnil.www", "www.lindhome.co.uk", "ku.oc.emohdnil.www"),
        ("moc.emohdnil", "lindhome.com", "moc.emohdnil"),
        ("lind dot com slash shop.", "lind.com/shop", "lind dot com slash shop"),
        ("http lind dot nosuch", "lind.nosuch", "http lind dot nosuch"),
        ("www dot lind dot nosuch", "www.lind.nosuch", "www dot lind dot nosuch"),
    ],
)
def test_an_address_without_its_dots_is_read_and_quoted_as_it_stands(text, address, quote):
    assert (address, quote) in found(text)


@pytest.mark.parametrize(
    ("text", "address", "quote"),
    [
        ("see (lind.de/a/b).", "lind.de/a/b", "lind.de/a/b"),
        ("lind.de/?x=1!", "lind.de/?x=1", "lind.de/?x=1"),
        ("www.lindhome", "www.lindhome", "www.lindhome"),  # "www." is said of addresses only
        ("www.lindhome.nosuch/x", "www.lindhome.nosuch/x", "www.lindhome.nosuch/x"),
        ("www.5.com", "www.5.com", "www.5.com"),
        ("5.com/shop", "5.com/shop", "5.com/shop"),
        ("123.com", "123.com", "123.com"),
        ("lind-x.nl", "lind-x.nl", "lind-x.nl"),
        ("a.lindx.nl", "a.lindx.nl", "a.lindx.nl"),
        ("visit lind.it", "lind.it", "lind.it"),
        ("lindx.app", "lindx.app", "lindx.app"),
        ("www.lindxy.app the file", "www.lindxy.app", "www.lindxy.app"),
        ("1.2.3.4:80", "1.2.3.4", "1.2.3.4"),
        ("1.2.3.4/pay", "1.2.3.4/pay", "1.2.3.4/pay"),
        ("visit 1.2.3.4", "1.2.3.4", "1.2.3.4"),
    ],
)
def test_an_address_ends_before_the_signs_of_the_sentence(text, address, quote):
    assert found(text) == [(address, quote)]


@pytest.mark.parametrize(
    "text",
    [
        "12.com",
        "x.5.com",
        "lindhome.It is",
        "lindhome.it",  # a word of Italian and of English: read only where somebody leads there
        "lind.app",  # so short that it may be a file
        "lindxy.app, the file",
        "my_lindxy.app",
        "lind dot nosuch",
        "lind dot com@nl",
        "1.2.3.4 and 1.2.3.4/5a",
        "visit 1.2.3.256 or 1.2.3",
        "ann@lind.de, @lind.de, &lind.de, lind.de@x, lind.de-",
        "cash.Com,puter",
    ],
)
def test_what_is_written_like_an_address_and_is_none(text):
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "clear"),
    [
        ("https://lind.de:443/x?y", True),
        ("lind dot de", True),
        ("http://a:b@lind.de", False),
        ("lind.de/?u=http://evil.de", False),
        ("lind.de/?u=www.evil.de", False),
        ("línd.de", False),
    ],
)
def test_whether_an_address_leads_where_it_seems_to(text, clear):
    (one,) = web_addresses(fold(text), spoken(joined(fold(text))))
    assert (one.host, one.clear) == ("lind.de", clear)
