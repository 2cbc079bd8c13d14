"""Business days: neither weekend nor a public holiday of the whole country in which a time zone lies.

A seller has a time zone and no address, so its country is the one that the time zone database (in Babel's CLDR data)
names for it; holidays and weekends of a country are those of the library ``holidays``, which knows them by year.
Holidays of a single region are business days, and a zone of no country (UTC) has Saturdays and Sundays off only.
"""

import warnings
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel.core import get_global
from holidays import HolidayBase, country_holidays, list_supported_countries

from comity.common.days import end_of_day

_DAY = timedelta(days=1)
_LAST_MOMENT = timedelta(seconds=1)  # before the next day begins: what is shown has the right date


def end_of_business_day(since: datetime, days: int, zone: str) -> datetime:
    """The last second (UTC) of the ``days``-th business day of ``zone`` after the day of ``since`` there.

    0 is that day itself, or the next business day where it is none.
    """
    place = ZoneInfo(zone)
    day = _nth(since.astimezone(place).date(), days, _country(zone))
    return end_of_day(day, place) - _LAST_MOMENT


def add_business_days(since: datetime, days: int, zone: str) -> datetime:
    """The same time of day in ``zone``, ``days`` business days later, in UTC."""
    place: tzinfo = ZoneInfo(zone)
    local = since.astimezone(place)
    day = _nth(local.date(), days, _country(zone))
    return datetime.combine(day, local.timetz()).astimezone(UTC)


def _nth(day: date, days: int, country: str) -> date:
    for _ in range(days):
        day = _business_day_from(day + _DAY, country)
    return _business_day_from(day, country)


def _business_day_from(day: date, country: str) -> date:
    while day in _days_off(country, day.year):
        day += _DAY
    return day


@lru_cache(maxsize=512)
def _days_off(country: str, year: int) -> frozenset[date]:
    """Every weekend and holiday of a year; made at once, since the library's own calendars grow while being asked."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns of years for which it does not know every holiday
        calendar = country_holidays(country, years=year) if country else HolidayBase(years=year)
    days = (date(year, 1, 1) + timedelta(days=n) for n in range(366))
    return frozenset(day for day in days if day.year == year and not calendar.is_working_day(day))


@lru_cache(maxsize=1024)
def _country(zone: str) -> str:
    """The country of ``zone`` as an ISO 3166 code; empty where there is none, or none whose holidays are known."""
    known = get_global("zone_territories").get(get_global("zone_aliases").get(zone, zone), "")
    return known if known in list_supported_countries() else ""
