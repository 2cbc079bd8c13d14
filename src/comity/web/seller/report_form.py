"""The form in which a shop asks for a report, once or every so often."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator

from comity.orders.models import Report
from comity.orders.services.reports.forms import missing_forms, offered_forms

KINDS = (
    (Report.Kind.ORDERS, "Orders"),
    (Report.Kind.TO_SHIP, "What is to be shipped"),
    (Report.Kind.RETURNS, "Returns"),
    (Report.Kind.ADJUSTMENTS, "Money given back"),
)
_ONCE = "once"
_CHOOSE = {"required": "Choose one from the list.", "invalid_choice": "Choose one from the list."}
_DAY = {"invalid": "This is no day: write it like 2026-12-24."}
_FIRST, _LAST = date(2000, 1, 1), date(2100, 12, 31)
_BOUNDS = [
    MinValueValidator(_FIRST, f"Give a day from {_FIRST} on."),
    MaxValueValidator(_LAST, f"Give a day until {_LAST}."),
]


def every_words(hours: int) -> str:
    """An interval in words: every 8 hours, every day, every 7 days."""
    days, rest = divmod(hours, 24)
    count, unit = (hours, "hour") if rest else (days, "day")
    return f"Every {unit}" if count == 1 else f"Every {count} {unit}s"


def _day(label: str, help_text: str) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    about: dict[str, Any] = {"widget": widget, "error_messages": _DAY, "validators": _BOUNDS}
    return forms.DateField(label=label, help_text=help_text, required=False, **about)


class ReportForm(forms.Form):
    """What the report is about, in which form, how often, and of which days."""

    kind = forms.ChoiceField(label="What it is about", choices=KINDS, error_messages=_CHOOSE)
    form = forms.ChoiceField(label="Form", error_messages=_CHOOSE)
    every = forms.ChoiceField(
        label="How often", help_text="A schedule makes its first report at once.", error_messages=_CHOOSE
    )
    since_on = _day("First day", "Of a report made once. Empty: from the beginning.")
    until_on = _day("Last day", "Empty: until now.")

    def __init__(self, data: Any = None, *, hours: Iterable[int]) -> None:
        super().__init__(data)
        self.fields["form"].choices = offered_forms()  # type: ignore[attr-defined]  # a choice field
        self.fields["form"].help_text = missing_forms()
        often = [(_ONCE, "Once, now"), *((str(one), every_words(one)) for one in hours)]
        self.fields["every"].choices = often  # type: ignore[attr-defined]

    @property
    def hours(self) -> int | None:
        """The interval; None: once."""
        every = self.cleaned_data["every"]
        return None if every == _ONCE else int(every)

    def period(self, zone: ZoneInfo) -> tuple[datetime | None, datetime | None]:
        """From the first day's beginning to the last one's end, both days included."""
        first, last = self.cleaned_data["since_on"], self.cleaned_data["until_on"]
        since = datetime.combine(first, time(), zone) if first else None
        return since, datetime.combine(last, time(), zone) + timedelta(days=1) if last else None
