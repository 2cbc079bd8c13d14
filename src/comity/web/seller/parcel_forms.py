"""What a shop types about a parcel, and how it becomes a confirmation."""

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django import forms

from comity.accounts.models import Seller
from comity.common.import_values import Fault
from comity.integrations.carriers import TYPED_NUMBER, is_number, is_odd, tidy
from comity.orders.models import Order, OrderLine, Shipment
from comity.orders.services.confirming import Confirmation

_NOON = time(12)
_NONE_LEFT = "All of this is confirmed already or given up: enter 0."
_DAY = {"invalid": "This is no day: write it like 2026-12-24.", "required": "Say on which day it was handed over."}
_FIELDS = {"shipped_at": "shipped_on"}  # as a fault names it -> as the form does


class ParcelForm(forms.Form):
    """Who carries a parcel, under which number, since when; and, with ``left``, how many pieces of which line.

    ``key`` names the parcel: the same form twice is one parcel. ``left`` has every line of the order, also one of
    which nothing is left: a field is called by the place of its line among all, which stays, so that a page that is
    sent after somebody else has confirmed a line of it never means another line.
    """

    key = forms.CharField(widget=forms.HiddenInput, max_length=100, strip=False)
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)  # pieces left to send when it was opened
    carrier = forms.CharField(
        label="Carrier",
        max_length=60,
        help_text="Choose one of the list, or write the name of another.",
        widget=forms.TextInput(attrs={"list": "carriers", "autocomplete": "off"}),
        error_messages={"required": "Say who carries it."},
    )
    service = forms.CharField(
        label="Service", max_length=60, required=False, help_text="Such as Express. May be empty."
    )
    tracking = forms.CharField(
        label="Tracking number",
        max_length=TYPED_NUMBER,
        required=False,
        help_text="As the carrier wrote it. Without one nobody can follow the parcel.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    shipped_on = forms.DateField(
        label="Handed over on",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages=_DAY,
    )

    def __init__(self, data: Any = None, *, left: Sequence[tuple[OrderLine, int]] = (), **more: Any) -> None:
        super().__init__(data, **more)
        self.asked_again = ""  # an odd number that is taken when it comes once more
        self._lines: dict[str, str] = {}
        for number, (line, pieces) in enumerate(left):
            name = f"pieces_{number}"
            if not pieces and name not in self.data:
                continue
            self._lines[line.external_id] = name
            words = f"Give a number of pieces from 0 to {pieces}." if pieces else _NONE_LEFT
            self.fields[name] = forms.IntegerField(
                label=line.title,
                help_text=f"{pieces} left to send",
                initial=pieces,
                min_value=0,
                max_value=pieces,
                error_messages=dict.fromkeys(("required", "invalid", "min_value", "max_value"), words),
            )

    @property
    def pieces(self) -> list[forms.BoundField]:
        """The fields of the lines."""
        return [self[name] for name in self._lines.values()]

    @property
    def first_error(self) -> str:
        """The first sentence about what is wrong; empty where nothing is."""
        return next((str(sentences[0]) for sentences in self.errors.values()), "")

    def is_sure(self) -> bool:
        """Whether the number looks like one of its carrier's, or was sent once more as it is; says so beside it.

        What cannot be a number at all is not asked for again: it is refused.
        """
        carrier, tracking = self.cleaned_data["carrier"], self.cleaned_data["tracking"]
        odd = is_number(tidy(tracking, carrier)) and is_odd(carrier, tracking)
        if not odd or self.data.get(self.add_prefix("sure")) == tracking:
            return True
        words = f"This does not look like a number of {carrier}. Correct it, or confirm once more to keep it."
        self.add_error("tracking", words)
        self.asked_again = tracking
        return False

    def confirmation(self, order: Order, shipped_at: datetime) -> Confirmation:
        """What a valid form says; with lines, exactly what stands in them."""
        typed = self.cleaned_data
        items = tuple((line, typed[name]) for line, name in self._lines.items() if typed[name])
        said = (typed["carrier"], typed["service"], typed["tracking"], shipped_at)
        seen = typed["seen"] if self._lines else None
        return Confirmation(order.public_id, items, *said, reference=typed["key"], by_day=True, seen=seen)

    def tell(self, faults: Sequence[Fault], items: Sequence[tuple[str, int]] = ()) -> None:
        """Put what was refused beside its fields; what is about none of them stands on top."""
        for fault in faults:
            name = _FIELDS.get(fault.field, fault.field)
            if fault.field.startswith("items["):
                position = int(fault.field.removeprefix("items[").partition("]")[0])
                name = self._lines.get(items[position][0], "")
            self.add_error(name if name in self.fields else None, fault.sentence)


def moment_of(day: date, seller: Seller, now: datetime) -> datetime:
    """The moment that is meant by a day of the seller: now where it is today, else noon."""
    return now if today_of(seller, now) == day else datetime.combine(day, _NOON, ZoneInfo(seller.time_zone))


def today_of(seller: Seller, now: datetime) -> date:
    """What day it is where the seller is."""
    return now.astimezone(ZoneInfo(seller.time_zone)).date()


def said_of(parcel: Shipment, seller: Seller) -> dict[str, Any]:
    """What was said of a parcel, as the form shows it."""
    return {
        "key": parcel.external_id,
        "carrier": parcel.carrier,
        "service": parcel.service,
        "tracking": parcel.tracking_number,
        "shipped_on": today_of(seller, parcel.shipped_at),
    }
