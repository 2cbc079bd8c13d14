import re
import unicodedata
from datetime import UTC, date, datetime

import pytest
from babel import Locale
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from comity.common import locales
from comity.common.import_values import currencies

NBSP, NARROW, RLM, MINUS = "\N{NO-BREAK SPACE}", "\N{NARROW NO-BREAK SPACE}", "\N{RIGHT-TO-LEFT MARK}", "\N{MINUS SIGN}"
AT = datetime(2026, 11, 22, 14, 20, tzinfo=UTC)
LANGUAGES = (
    "en",
    "en-US",
    "en-GB",
    "en-IN",
    "de-DE",
    "de-CH",
    "fr-FR",
    "ja-JP",
    "ar-EG",
    "he",
    "fa",
    "ur",
    "pt-BR",
    "sv",
)


@pytest.mark.parametrize(
    ("language", "short", "long", "clock"),
    [
        ("en", "Sun 22 Nov", "Sunday, 22 November 2026", "14:20"),
        ("en-US", "Sun, Nov 22", "Sunday, November 22, 2026", f"2:20{NARROW}PM"),
        ("en-GB", "Sun 22 Nov", "Sunday, 22 November 2026", "14:20"),
        ("de-DE", "So., 22. Nov.", "Sonntag, 22. November 2026", "14:20"),
        ("fr-FR", "dim. 22 nov.", "dimanche 22 novembre 2026", "14:20"),
        ("ja-JP", "11月22日(日)", "2026年11月22日日曜日", "14:20"),
        ("ar-EG", "الأحد، 22 نوفمبر", "الأحد، 22 نوفمبر 2026", "2:20 م"),
        ("xx-klingon", "Sun 22 Nov", "Sunday, 22 November 2026", "14:20"),
    ],
)
def test_days_and_times_as_a_language_has_them(language, short, long, clock):
    ways = locales.formats(language)
    assert (ways.day(AT, locales.DAY), ways.day(AT, locales.LONG_DAY_OF_YEAR), ways.clock(AT)) == (short, long, clock)


@pytest.mark.parametrize(
    ("language", "euro", "dollar", "yen", "dinar", "pound"),
    [
        ("en", "€1,234.50", "$1,234.50", "¥1,500", f"BHD{NBSP}0.005", f"{MINUS}£0.05"),
        ("en-US", "€1,234.50", "$1,234.50", "¥1,500", f"BHD{NBSP}0.005", f"{MINUS}£0.05"),
        ("en-GB", "€1,234.50", "US$1,234.50", "JP¥1,500", f"BHD{NBSP}0.005", f"{MINUS}£0.05"),
        ("de-DE", f"1.234,50{NBSP}€", f"1.234,50{NBSP}$", f"1.500{NBSP}¥", f"0,005{NBSP}BHD", f"{MINUS}0,05{NBSP}£"),
        (
            "fr-FR",
            f"1{NARROW}234,50{NBSP}€",
            f"1{NARROW}234,50{NBSP}$US",
            f"1{NARROW}500{NBSP}JPY",
            f"0,005{NBSP}BHD",
            f"{MINUS}0,05{NBSP}£GB",
        ),
        ("ja-JP", "€1,234.50", "$1,234.50", "￥1,500", f"BHD{NBSP}0.005", f"{MINUS}£0.05"),
        (
            "ar-EG",
            f"{RLM}1,234.50{NBSP}€",
            f"{RLM}1,234.50{NBSP}US$",
            f"{RLM}1,500{NBSP}JP¥",
            f"{RLM}0.005{NBSP}د.ب.{RLM}",
            f"{RLM}{MINUS}0.05{NBSP}UK£",
        ),
    ],
)
def test_money_as_a_language_has_it(language, euro, dollar, yen, dinar, pound):
    amounts = ((123450, "EUR"), (123450, "USD"), (1500, "JPY"), (5, "BHD"), (-5, "GBP"))
    ways = locales.formats(language)
    assert [ways.money(minor, code, bare=False) for minor, code in amounts] == [euro, dollar, yen, dinar, pound]


@given(
    st.sampled_from(LANGUAGES),
    st.integers(-(10**15), 10**15),
    st.sampled_from(sorted(currencies())),
    st.booleans(),
)
@settings(max_examples=300)
def test_an_amount_is_read_back_as_what_it_was(language, minor, currency, bare):
    text = locales.formats(language).money(minor, currency, bare=bare)
    symbol = "" if bare else locales.get_currency_symbol(currency, Locale.parse(language, sep="-"))
    figures = text.replace(symbol, "", 1) if symbol else text
    digits = currencies()[currency]
    assert int("".join(c for c in figures if c.isdecimal())) == abs(minor)
    assert (MINUS in text) == (minor < 0)
    assert (len(re.split(r"\D", figures.strip(f"{NBSP}{RLM}\u200e"))[-1]) == digits) or digits == 0
    assert not re.search(r"[^\W\d_][0-9]|[0-9][^\W\d_]", text)  # letters of a currency stand apart
    assert all(not c.isdecimal() or unicodedata.name(c).startswith("DIGIT") for c in text)


@given(st.sampled_from(LANGUAGES), st.dates(date(1970, 1, 1), date(2200, 12, 31)))
@settings(max_examples=100)
def test_a_day_names_its_day_and_its_year(language, day):
    assert {str(day.day), str(day.year)} <= set(
        re.findall(r"\d+", locales.formats(language).day(day, locales.DAY_OF_YEAR))
    )


def test_only_so_many_languages_stay_in_memory():
    for tag in locales.localedata.locale_identifiers()[:60]:
        locales.formats(tag.replace("_", "-"))
    assert locales.formats.cache_info().currsize == 32
    assert len(locales.localedata._cache) < 32


def test_a_reader_is_asked_for_a_language_once_and_only_when_something_is_written():
    asked = []
    with locales.reading(lambda: asked.append(1) or "de"):
        assert asked == []
        assert (locales.money(500, "EUR"), locales.number(1200)) == (f"5,00{NBSP}€", "1.200")
    assert asked == [1]
    assert locales.number(1200) == "1,200"


def test_who_chose_no_language_reads_the_marketplaces():
    with locales.reading(lambda: ""):
        locales.otherwise("fr")
        assert locales.day(AT) == "22 novembre 2026"
    with locales.reading(lambda: "de"):
        locales.otherwise("fr")
        assert locales.day(AT) == "22. November 2026"
    locales.otherwise("fr")
    assert locales.day(AT) == "22 November 2026"


def test_a_day_is_the_readers_and_what_runs_from_the_right_is_isolated():
    with locales.reading(lambda: "ar"), timezone.override("Asia/Tokyo"):
        assert locales.day(AT.replace(hour=15)) == "\u206823 نوفمبر 2026\u2069"
        assert locales.clock(AT) == "\u206811:20 م\u2069 (Asia/Tokyo)"
    assert locales.day_in("ar", AT) == "22 نوفمبر 2026"  # in a text that is kept no sign that nobody sees


def test_a_mail_names_the_time_where_its_reader_is():
    assert locales.clock_in("de", "America/New_York", AT) == "09:20 (America/New York)"
    assert locales.clock_in("en-US", "No/Where", AT) == f"2:20{NARROW}PM (UTC)"
    assert locales.moment_in("de", AT) == "22. November 2026, 14:20"
