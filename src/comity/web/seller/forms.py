"""What a shop's forms send."""

from typing import Any

from django import forms

from comity.catalog.models import Listing
from comity.catalog.services.listings import LONGEST_HANDLING, MOST_PIECES, ListingValues
from comity.files.services.inspection import megabytes
from comity.orders.models import Feed
from comity.web.uploads import KEPT

_DAY = {"invalid": "This is no day: write it like 2026-12-24."}
_PIECES = f"Give a number of pieces from 0 to {MOST_PIECES:,}."
_DAYS = f"Give business days from 0 to {LONGEST_HANDLING}."


def _day(label: str, help_text: str) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, help_text=help_text, required=False, widget=widget, error_messages=_DAY)


class ListingForm(forms.Form):
    """What a shop may change about a listing; ``version`` is the one that the page showed."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    quantity = forms.IntegerField(
        label="Pieces in stock",
        help_text="Orders take from it. At 0 the product page says “Not available now”.",
        min_value=0,
        max_value=MOST_PIECES,
        error_messages=dict.fromkeys(("required", "invalid", "min_value", "max_value"), _PIECES),
    )
    handling_days = forms.IntegerField(
        label="Handling time in business days",
        help_text="From order to dispatch. Orders you have keep the dates they were promised.",
        min_value=0,
        max_value=LONGEST_HANDLING,
        error_messages=dict.fromkeys(("required", "invalid", "min_value", "max_value"), _DAYS),
    )
    offered = forms.BooleanField(label="On offer", required=False)
    offered_from_on = _day("First day on offer", "Empty: at once.")
    offered_until_on = _day("Last day on offer", "Empty: no end.")
    description = forms.CharField(
        label="Your description",
        help_text="What buyers should know about this very listing. It is checked by the same rules as messages.",
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 6, "dir": "auto"}),
    )
    confirmed = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, listing: Listing) -> None:
        names = ("version", "quantity", "handling_days", "offered", "offered_from_on", "offered_until_on")
        now = {name: getattr(listing, name) for name in (*names, "description")}
        super().__init__(data, initial=now, prefix=None)

    @property
    def values(self) -> ListingValues:
        """The values typed; only of a valid form."""
        typed = self.cleaned_data
        return ListingValues(**{name: typed[name] for name in ListingValues.__dataclass_fields__})


class FeedForm(forms.Form):
    """A file for the shop's feeds, and what it is."""

    kind = forms.ChoiceField(
        label="What it is",
        choices=[
            (Feed.Kind.SHIPPING_CONFIRMATION, "Shipping confirmation"),
            (Feed.Kind.ORDER_ADJUSTMENT, "Order adjustment: money back"),
            (Feed.Kind.ORDER_ACKNOWLEDGEMENT, "Order acknowledgement, or why you cannot fulfil"),
        ],
        error_messages={"required": "Choose what the file is.", "invalid_choice": "Choose one from the list."},
    )
    file = forms.FileField(
        label="File",
        help_text=f"XML, tab- or comma-separated text or JSON Lines. Up to {megabytes(KEPT)}; pack a larger one.",
        error_messages={"required": "Choose a file.", "empty": "The file is empty. Choose it again."},
    )

    def clean_file(self) -> Any:
        """What the page has taken in whole."""
        file = self.cleaned_data["file"]
        if file.size > KEPT:
            sentence = f"The file has {megabytes(file.size)}; this page takes {megabytes(KEPT)}. Pack it with gzip."
            raise forms.ValidationError(sentence)
        return file
