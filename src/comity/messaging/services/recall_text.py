"""The words of a recall, made from its fields: every buyer reads the same, in the same order."""

from datetime import date
from typing import Protocol

from comity.catalog.models import Product
from comity.messaging.models import Recall

Remedy = Recall.Remedy
WHAT_YOU_GET: dict[str, str] = {
    Remedy.REFUND: "You get your money back.",
    Remedy.REPAIR: "It is repaired at no cost to you.",
    Remedy.REPLACEMENT: "You get another one at no cost to you.",
    Remedy.DISPOSE: "Please do not use it any more, and dispose of it.",
}
REMINDER = (
    "A reminder: we told you that “{title}” is recalled, and have not heard that you read it. "
    "Please open the recall, follow what it says, and press “I have read this”."
)


class RecallFields(Protocol):
    """Whatever has the fields of a recall: what a form says, or a stored recall."""

    @property
    def lots(self) -> tuple[str, ...]: ...
    @property
    def ordered_from(self) -> date | None: ...
    @property
    def ordered_until(self) -> date | None: ...
    @property
    def hazard(self) -> str: ...
    @property
    def remedy(self) -> str: ...
    @property
    def instructions(self) -> str: ...


def recall_text(product: Product, fields: RecallFields) -> str:
    """The message that each buyer gets."""
    parts = [
        f"Recall of “{product.title}”",
        f"What is wrong\n{fields.hazard}",
        f"Which ones\n{which_ones(fields)}",
        f"What you get\n{WHAT_YOU_GET[fields.remedy]}",
        f"What to do now\n{fields.instructions}",
    ]
    return "\n\n".join(parts)


def which_ones(fields: RecallFields) -> str:
    """Which goods are meant, in one or two sentences."""
    lots = f" with lot number {', '.join(fields.lots)}" if fields.lots else ""
    return f"Those{lots or ' of this product'}{_days(fields)}."


def _days(fields: RecallFields) -> str:
    first, last = fields.ordered_from, fields.ordered_until
    if first and first == last:
        return f", ordered on {_day(first)}"
    if first and last:
        return f", ordered from {_day(first)} to {_day(last)}"
    if first:
        return f", ordered on {_day(first)} or later"
    return f", ordered until {_day(last)}" if last else ""


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
