"""What a shop fills in about an order that has not left: a later day, the reason to give it up, an answer."""

from typing import Any

from django import forms

_DAY = {"invalid": "This is no day: write it like 2026-12-24.", "required": "Choose a day."}
# Of the codes of the acknowledgement feed those that a person chooses.
_REASONS = (
    ("NoInventory", "There is none left: the offer goes out of stock"),
    ("PricingError", "The price was wrong"),
    ("ShippingAddressUndeliverable", "Nothing can be delivered to the address"),
    ("CannotVerifyInformation", "The details of the order could not be verified"),
    ("BuyerCanceled", "The buyer wrote that they do not want it"),
    ("WeatherDelay", "The weather keeps it from leaving"),
)
_ANSWERS = (
    ("accept", "Cancel the order: it is over at once, and the buyer is not charged"),
    ("decline", "Decline: the order stands, and the buyer reads why"),
)


def _day(label: str, help_text: str, *, required: bool) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, help_text=help_text, required=required, widget=widget, error_messages=_DAY)


def _words(label: str, help_text: str, **more: Any) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": 4, "dir": "auto"})
    return forms.CharField(label=label, help_text=help_text, strip=False, widget=widget, **more)


def _choice(label: str, choices: tuple[tuple[str, str], ...], sentence: str) -> forms.ChoiceField:
    errors = dict.fromkeys(("required", "invalid_choice"), sentence)
    return forms.ChoiceField(label=label, choices=choices, widget=forms.RadioSelect, error_messages=errors)


class LifeForm(forms.Form):
    """``key``: one form, one deed."""

    key = forms.CharField(widget=forms.HiddenInput)


class DelayForm(LifeForm):
    """When it leaves instead, and why."""

    ship_on = _day("New day of dispatch", "In your time zone; by its end it has left.", required=True)
    deliver_on = _day("New day of arrival", "Empty: the way takes as long as it was to take.", required=False)
    reason = _words(
        "Why it is late",
        "The buyer reads these words. They are checked by the same rules as messages.",
        error_messages={"required": "Say why: the buyer reads it."},
    )


class CancelForm(LifeForm):
    """Why the order cannot be fulfilled."""

    reason = _choice("Why", _REASONS, "Choose why the order cannot be fulfilled.")


class AnswerForm(LifeForm):
    """The answer to a buyer who asked to cancel."""

    asked = forms.CharField(widget=forms.HiddenInput)
    choice = _choice("Your answer", _ANSWERS, "Choose whether to cancel the order or to decline.")
    answer = _words("Why, if you decline", "The buyer reads these words.", required=False)
