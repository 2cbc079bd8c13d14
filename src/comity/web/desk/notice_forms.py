"""The forms of agreements, notices and recalls: what people type, with a sentence beside each field."""

from datetime import date
from typing import Any

from django import forms
from django.utils.datastructures import MultiValueDict

from comity.messaging.models import Notice, Recall
from comity.messaging.services.agreements import Proposal
from comity.messaging.services.notice_writing import RecallWords, Words

_DAY = {"invalid": "Write the day like 2026-11-30.", "required": "Choose a day."}
_SENT_BY = [("marketplace", "The marketplace"), ("seller", "The seller")]


def _day(label: str, *, required: bool = False, hint: str = "") -> forms.DateField:
    picker = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    return forms.DateField(label=label, required=required, help_text=hint, error_messages=_DAY, widget=picker)


def _words(label: str, missing: str, *, rows: int = 3, hint: str = "") -> forms.CharField:
    area = forms.Textarea(attrs={"rows": rows, "dir": "auto"})
    errors = {"required": missing}
    return forms.CharField(label=label, strip=False, help_text=hint, widget=area, error_messages=errors)


def _product(label: str, hint: str) -> forms.CharField:
    entry = forms.TextInput(attrs={"list": "offers", "autocomplete": "off", "dir": "ltr"})
    errors = {"required": "Say which product it is about."}
    return forms.CharField(label=label, max_length=100, help_text=hint, widget=entry, error_messages=errors)


class ProposalForm(forms.Form):
    """Who should send one kind of message from a day on."""

    kind = forms.ChoiceField(label="Kind of message", error_messages={"required": "Choose a kind of message."})
    party = forms.ChoiceField(label="Sent by", choices=_SENT_BY, error_messages={"required": "Choose who sends it."})
    valid_from = _day("From", required=True, hint="Today or later; if it is accepted later, from that day.")
    note = forms.CharField(
        label="Why",
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2, "dir": "auto"}),
        help_text="The other side reads it before it answers. You may leave it empty.",
    )

    def __init__(
        self, data: MultiValueDict[str, str] | None = None, *, kinds: list[tuple[str, str]], today: date
    ) -> None:
        super().__init__(data, initial={"valid_from": today})
        self.fields["kind"].choices = kinds  # type: ignore[attr-defined]  # a ChoiceField

    def proposal(self) -> Proposal:
        """What was typed; only of a valid form."""
        return Proposal(**self.cleaned_data)


class NoticeForm(forms.Form):
    """A notice on service or content to the owners of one product."""

    kind = forms.ChoiceField(label="Kind", error_messages={"required": "Choose a kind."})
    product = _product("SKU of the product", "As it stands on your listing.")
    text = _words("What its owners read", "Write the notice.", rows=7)
    kind_of_words = "notice"

    def __init__(
        self, data: MultiValueDict[str, str] | None = None, *, initial: dict[str, Any] | None = None, operator: bool
    ) -> None:
        del operator  # writes recalls only
        super().__init__(data, initial=initial)
        self.fields["kind"].choices = [  # type: ignore[attr-defined]  # a ChoiceField
            (kind.value, kind.label) for kind in Notice.Kind if kind != Notice.Kind.RECALL
        ]

    def words(self) -> Words:
        """What was typed; only of a valid form."""
        return Words(**self.cleaned_data)


class RecallForm(forms.Form):
    """What is wrong, with which goods, and what the buyer gets."""

    product = _product("SKU of the product", "As it stands on your listing.")
    seller = forms.CharField(
        label="Seller",
        required=False,
        max_length=40,
        help_text="The seller’s id, from the address of its page, to mean its orders only. Empty: every seller’s.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "ltr"}),
    )
    hazard = _words("What is wrong, and what may happen", "Say what is wrong with the product and what may happen.")
    remedy = forms.ChoiceField(
        label="What the buyer gets", choices=Recall.Remedy.choices, error_messages={"required": "Choose a remedy."}
    )
    instructions = _words("What the buyer does now", "Say what the buyer should do now.")
    lots = forms.CharField(
        label="Lots",
        required=False,
        help_text="One a line, as printed on the goods. Orders do not know their lot: every buyer is told which.",
        widget=forms.Textarea(attrs={"rows": 2, "dir": "ltr"}),
    )
    ordered_from = _day("Ordered from", hint="Leave both days empty to mean every order. Days are in UTC.")
    ordered_until = _day("Ordered until", hint="This day included.")
    is_public = forms.BooleanField(
        label="Public: the product’s page shows it to everybody",
        required=False,
        help_text="Otherwise only the buyers concerned see it.",
    )
    kind_of_words = "recall"

    def __init__(
        self, data: MultiValueDict[str, str] | None = None, *, initial: dict[str, Any] | None = None, operator: bool
    ) -> None:
        super().__init__(data, initial=initial)
        if operator:
            self.fields["product"].label = "Product"
            self.fields["product"].help_text = "Its id, or the id of a listing of it, from the address of its page."
        else:
            del self.fields["seller"]

    def words(self) -> RecallWords:
        """What was typed; only of a valid form."""
        typed = dict(self.cleaned_data)
        lots = tuple(lot.strip() for lot in typed.pop("lots").splitlines() if lot.strip())
        return RecallWords(**typed, lots=lots)


def typed_before(notice: Notice, sku: str) -> dict[str, Any]:
    """What the form of a stored notice starts with; ``sku`` names its product as that form does."""
    if not notice.is_recall:
        return {"kind": notice.kind, "product": sku, "text": notice.text}
    recall = notice.recall
    return {
        "product": sku,
        "seller": notice.seller.public_id if notice.seller else "",
        "hazard": recall.hazard,
        "remedy": recall.remedy,
        "instructions": recall.instructions,
        "lots": "\n".join(recall.lots),
        "ordered_from": recall.ordered_from,
        "ordered_until": recall.ordered_until,
        "is_public": recall.is_public,
    }
