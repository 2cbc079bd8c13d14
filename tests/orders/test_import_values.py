"""One value of a line: what is understood, and what a person is told when it is not."""

from contextlib import suppress
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.common import import_values as values
from comity.common.import_values import BadValue

GOOD = [
    (values.text(5), " tea ", "tea"),
    (values.text(5), 12345, "12345"),
    (values.text(20, lines=True), "1 Road\nTown", "1 Road\nTown"),
    (values.choice(["a", "b"]), " b ", "b"),
    (values.integer(1, 9), "3", 3),
    (values.integer(1, 9), 3, 3),
    (values.amount, "12.50", Decimal("12.50")),
    (values.amount, "12,50", Decimal("12.50")),
    (values.amount, Decimal("1E+2"), Decimal(100)),
    (values.amount, 7, Decimal(7)),
    (values.currency, " EUR ", "EUR"),
    (values.language, "pt-BR", "pt-BR"),
    (values.time_zone, "Europe/Berlin", "Europe/Berlin"),
    (values.email, "A@example.com", "A@example.com"),
    (values.instant, "2026-02-28T17:30:00+01:00", datetime(2026, 2, 28, 16, 30, tzinfo=UTC)),
    (values.instant, "2026-02-28T17:30Z", datetime(2026, 2, 28, 17, 30, tzinfo=UTC)),
    (values.day, "2026-02-28", date(2026, 2, 28)),
    (values.words(3), "a b", ["a", "b"]),
    (values.words(3), ["a", "b"], ["a", "b"]),
]
BAD = [
    (values.text(3), "four", "too_long"),
    (values.text(3), ["x"], "type"),
    (values.text(3), True, "type"),
    (values.text(9), "a\0b", "control_character"),
    (values.text(9), "a\nb", "control_character"),
    (values.text(9), "\ud800", "control_character"),
    (values.choice(["a"]), "c", "unknown_choice"),
    (values.choice(["a"]), ["a"], "unknown_choice"),
    (values.integer(1, 9), "1.5", "not_a_number"),
    (values.integer(1, 9), Decimal("1.0"), "not_a_number"),
    (values.integer(1, 9), True, "not_a_number"),
    (values.integer(1, 9), "٣", "not_a_number"),
    (values.integer(1, 9), "9" * 5000, "not_a_number"),
    (values.integer(1, 9), "10", "out_of_range"),
    (values.amount, "1,500", "comma_decimal"),
    (values.amount, "1.234,50", "comma_decimal"),
    (values.amount, "-1.00", "negative"),
    (values.amount, "1e3", "not_a_number"),
    (values.amount, "EUR 5", "not_a_number"),
    (values.amount, True, "not_a_number"),
    (values.amount, Decimal("1E+99"), "not_a_number"),
    (values.amount, "9" * 5000, "not_a_number"),
    (values.currency, "eur", "unknown_currency"),
    (values.currency, "XAU", "unknown_currency"),
    (values.currency, 978, "unknown_currency"),
    (values.language, "English please", "bad_language"),
    (values.time_zone, "Mars/Olympus", "unknown_time_zone"),
    (values.email, "a@b@c", "bad_email"),
    (values.instant, "31.02.2026", "bad_time"),
    (values.instant, "2026-02-31T10:00:00Z", "bad_time"),
    (values.instant, 1_760_000_000, "bad_time"),
    (values.instant, "2026-02-28T17:30:00", "no_zone"),
    (values.instant, "2026-02-28", "no_zone"),
    (values.instant, "0001-01-01T00:00:00+14:00", "out_of_range"),
    (values.instant, "9999-12-31T23:59:59-14:00", "out_of_range"),
    (values.day, "2026-02-31", "bad_date"),
    (values.day, "31.02.2026", "bad_date"),
    (values.words(1), "a b", "type"),
    (values.words(1), 5, "type"),
]


def name_of(case):
    return ascii(case)[:30] if not callable(case) else None


@pytest.mark.parametrize(("parse", "raw", "clean"), GOOD, ids=name_of)
def test_a_good_value_becomes_clean(parse, raw, clean):
    assert parse(raw) == clean


@pytest.mark.parametrize(("parse", "raw", "code"), BAD, ids=name_of)
def test_a_bad_value_has_a_code_and_a_sentence(parse, raw, code):
    with pytest.raises(BadValue) as caught:
        parse(raw)
    ((field, found, sentence),) = caught.value.faults
    assert (field, found) == ("", code)
    assert sentence.endswith(".")
    assert sentence.isprintable()
    assert len(sentence) < 200


@pytest.mark.parametrize(
    ("price", "code", "minor"), [("12.5", "EUR", 1250), ("12", "JPY", 12), ("1.234", "KWD", 1234), ("0", "USD", 0)]
)
def test_money_becomes_minor_units_of_its_currency(price, code, minor):
    assert values.minor(values.amount(price), code, field="price") == minor


@pytest.mark.parametrize(("price", "code"), [("12.505", "EUR"), ("12.5", "JPY"), ("0.0001", "BHD")])
def test_more_decimals_than_the_currency_has_are_refused(price, code):
    with pytest.raises(BadValue) as caught:
        values.minor(values.amount(price), code, field="price")
    assert [(fault.field, fault.code) for fault in caught.value.faults] == [("price", "decimals")]


@given(st.integers(0, 10**12 - 1), st.sampled_from(sorted(values.currencies())))
def test_money_survives_the_way_through_a_file(units, code):
    exponent = values.currencies()[code]
    written = format(Decimal(units).scaleb(-exponent), "f")
    assert values.minor(values.amount(written), code, field="price") == units


@given(st.one_of(st.text(), st.integers(), st.booleans(), st.lists(st.none()), st.decimals(allow_nan=False)))
def test_no_parser_raises_anything_but_a_bad_value(raw):
    for parse in {parse for parse, *_ in GOOD}:
        with suppress(BadValue):
            parse(raw)


def test_the_currencies_are_those_in_circulation():
    table = values.currencies()
    assert len(table) == 154
    assert {table[code] for code in ("EUR", "USD", "GBP")} == {2}
    assert not {"XAU", "XXX", "XTS", "HRK", "DEM", "BGN"} & set(table)
