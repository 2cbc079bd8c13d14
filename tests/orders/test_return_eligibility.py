"""Until when, in which condition and for which reason something must be taken back, and at what price."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from comity.accounts.models import Marketplace
from comity.accounts.profiles import profile_files
from comity.accounts.profiles.returns import Holiday, read_returns
from comity.orders.models import OrderLine
from comity.orders.selectors.returns import Returnable
from comity.orders.services.returning.eligibility import days_since, last_day
from tests.factories import NOW

TERMS = profile_files()[-1].returns
UTC_MARKET = Marketplace(time_zone="UTC")
# days since delivery, opened, kind, reason -> must be taken back, most that may be deducted
TABLE = [
    (0, False, "non_media", "no_longer_wanted", True, 0),
    (30, False, "non_media", "no_longer_wanted", True, 0),
    (31, False, "non_media", "no_longer_wanted", False, 20),
    (30, False, "media", "better_price", True, 0),
    (31, False, "media", "better_price", False, 20),
    (30, False, "digital", "accidental_order", True, 0),
    (30, True, "non_media", "wrong_size", True, 50),
    (31, True, "non_media", "wrong_size", False, 50),
    (14, True, "media", "no_longer_wanted", True, 50),
    (15, True, "media", "no_longer_wanted", False, 50),
    (0, True, "digital", "no_longer_wanted", False, 100),
    (31, True, "digital", "no_longer_wanted", False, 100),
    (0, False, "subscription", "no_longer_wanted", False, 100),
    (30, True, "media", "defective", True, 0),
    (31, True, "media", "defective", False, 0),
    (30, True, "digital", "not_as_described", True, 0),
    (30, False, "subscription", "defective", True, 0),
]
SELLERS = ["defective", "damaged", "not_as_described", "poor_quality", "wrong_item", "parts_missing", "too_late"]
BUYERS = ["accidental_order", "better_price", "no_longer_wanted", "incompatible", "installation", "wrong_size"]


@pytest.mark.requirement("S78", "C12")
@pytest.mark.parametrize(("days", "opened", "kind", "reason", "must", "percent"), TABLE)
def test_the_table_says_what_must_be_taken_back_and_at_what_price(days, opened, kind, reason, must, percent):
    row = TERMS.eligible(days=days, opened=opened, kind=kind, fault=TERMS.reason(reason).fault)
    assert (row.must_accept, row.percent) == (must, percent)
    assert all((row.words, row.source))


def test_who_is_at_fault_pays_for_the_way_back():
    assert [one.key for one in TERMS.reasons if one.fault == "buyer"] == BUYERS
    assert [one.key for one in TERMS.reasons if one.fault == "seller"][: len(SELLERS)] == SELLERS


@pytest.mark.parametrize(
    ("zone", "delivered", "now", "days"),
    [
        ("UTC", "2026-11-02T23:59", "2026-11-03T00:00", 1),
        ("UTC", "2026-11-02T00:00", "2026-11-02T23:59", 0),
        ("Europe/Berlin", "2026-11-02T22:59", "2026-11-02T23:00", 1),
        ("America/New_York", "2026-11-03T04:59", "2026-11-03T05:00", 1),
        ("Europe/Berlin", "2026-10-24T12:00", "2026-11-23T22:59", 30),
        ("Europe/Berlin", "2026-10-24T12:00", "2026-11-23T23:00", 31),
    ],
)
def test_days_are_those_of_the_marketplace(zone, delivered, now, days):
    moments = (datetime.fromisoformat(one).replace(tzinfo=UTC) for one in (delivered, now))
    assert days_since(*moments, marketplace=Marketplace(time_zone=zone), terms=TERMS) == days


def test_until_a_carrier_tells_of_the_delivery_the_window_is_open():
    assert days_since(None, NOW, marketplace=UTC_MARKET, terms=TERMS) == 0
    assert last_day(Returnable(OrderLine(), 1, 0, None), marketplace=UTC_MARKET, terms=TERMS) is None


def test_a_holiday_extends_the_window_for_what_is_delivered_in_it():
    arrived = datetime(2026, 11, 30, 12, 0, tzinfo=UTC)
    holiday = Holiday(date(2026, 11, 1), date(2026, 11, 30), date(2027, 1, 31))
    terms = replace(TERMS, holidays=(holiday,))
    last = datetime(2027, 1, 31, 23, 59, tzinfo=UTC)
    known = {"marketplace": UTC_MARKET, "terms": terms}
    assert days_since(arrived, last, **known) == 0
    assert days_since(arrived, last + timedelta(minutes=1), **known) == 63
    assert days_since(arrived + timedelta(days=1), last, **known) == 61
    assert last_day(Returnable(OrderLine(), 1, 0, arrived), **known) == date(2027, 1, 31)


ROW = {"outcome": "refused", "percent": 20, "words": "late", "source": "ours"}
NUMBERS = {"window_days": 30, "answer_hours": 48, "refund_days": 4, "outbound_days": 14, "batch": 500}


@pytest.mark.parametrize(
    "wrong",
    [
        {"eligibility": []},
        {"eligibility": [{**ROW, "days": 30}]},
        {"eligibility": [{**ROW, "outcome": "perhaps"}]},
        {"eligibility": [{**ROW, "outcome": "full"}]},
        {"reasons": [{"key": "rain", "label": "Rain", "fault": "nobody"}]},
    ],
)
def test_a_table_with_a_hole_is_not_read(wrong):
    whole = {**NUMBERS, "reasons": [], "grades": [], "eligibility": [ROW]}
    assert read_returns(**whole).eligibility[0].percent == 20
    with pytest.raises(ValueError, match=r"eligibility|fault"):
        read_returns(**{**whole, **wrong})


def told(row):
    """A row as the guide for sellers has it."""
    taken = f"up to {row.percent} % deducted" if row.percent else "refunded in full"
    what = f"must be taken back, {taken}" if row.must_accept else f"may be declined; taken back all the same, {taken}"
    return f"| {row.words} | {what} | {row.source} |"


def test_the_guide_has_the_table_as_it_is():
    guide = (Path(__file__).parents[2] / "docs/sell/returns.md").read_text()
    assert "\n".join(told(row) for row in TERMS.eligibility) in guide
