"""The form with which a shop gives money back: amounts by line and for other things, as they were typed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from comity.common.errors import Refused
from comity.common.import_values import BadValue, Fault, amount, minor
from comity.orders.models import Adjustment, AdjustmentPart, Order
from comity.orders.services.adjusting import Part
from comity.orders.services.remaining import Left

Component = AdjustmentPart.Component
_DIGITS = 18  # of any amount in minor units
OTHERS = range(1, 4)  # rows for other things than the price of a line
_REASONS: Mapping[str, str] = {
    "NoInventory": "Out of stock: it cannot be sent",
    "CustomerReturn": "The buyer sent it back",
    "GeneralAdjustment": "Goodwill or another agreement",
    "CouldNotShip": "It could not be sent",
    "DifferentItem": "Another item was sent",
    "Abandoned": "The buyer did not take it",
    "CustomerCancel": "The buyer cancelled",
    "PriceError": "The price was wrong",
    "ProductOutofStock": "Out of stock for now",
    "CustomerAddressIncorrect": "The address was wrong",
    "Exchange": "Exchange",
    "Other": "Something else",
    "CarrierCreditDecision": "The carrier refused credit",
    "RiskAssessmentInformationNotValid": "Facts for the risk check were not valid",
    "CarrierCoverageFailure": "No carrier goes there",
    "TransactionRecord": "Record of the transaction",
    "Undeliverable": "It could not be delivered",
    "RefusedDelivery": "The delivery was refused",
}
_COMPONENTS: Mapping[str, str] = {
    "Shipping": "Shipping",
    "Tax": "Tax",
    "ShippingTax": "Tax on shipping",
    "GiftWrap": "Gift wrap",
    "GiftWrapTax": "Tax on gift wrap",
    "Surcharge": "Surcharge",
    "Goodwill": "Goodwill",
    "ExportCharge": "Export charge",
    "COD": "Cash on delivery",
    "CODTax": "Tax on cash on delivery",
    "Other": "Something else",
    "FreeReplacementReturnShipping": "Return shipping of a replacement",
    "RestockingFee": "Deduct: restocking fee",
    "RestockingFeeTax": "Deduct: tax on it",
    "ReturnShipping": "Deduct: return shipping",
}


def reasons() -> list[tuple[str, str]]:
    """What can be chosen: codes with their words."""
    return [("", "Choose a reason"), *((str(one), _REASONS[one]) for one in Adjustment.Reason)]


def reason_words(code: str) -> str:
    """A reason in words."""
    return _REASONS.get(code, code)


@dataclass(frozen=True, slots=True)
class Amounts:
    """What was typed: ``parts`` for the service, and in which field each of them stands."""

    parts: tuple[Part, ...]
    fields: tuple[str, ...]


def read_amounts(posted: Mapping[str, str], order: Order, left: Left) -> Amounts:
    """The amounts of the form. Raises ``BadValue`` with a fault for each field that cannot be read."""
    found, faults = [], []
    for name, line, component in _fields(posted, left):
        try:
            if typed := posted.get(name, "").strip():
                found.append((Part(line, component, _minor(typed, order.currency)), name))
        except BadValue as bad:
            faults.append(Fault(name, bad.faults[0].code, f"This {bad.faults[0].sentence}"))
    if faults:
        raise BadValue.of(faults)
    return Amounts(tuple(part for part, _ in found), tuple(name for _, name in found))


def seen_minor(posted: Mapping[str, str]) -> int | None:
    """What was left of the order when the page was opened; None where it does not say."""
    typed = posted.get("seen", "")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) <= _DIGITS else None


def amounts_typed(posted: Mapping[str, str], left: Left) -> bool:
    """Whether anything stands in the fields of amounts."""
    return any(posted.get(name, "").strip() for name, _, _ in _fields(posted, left))


def _fields(posted: Mapping[str, str], left: Left) -> Iterable[tuple[str, str, str]]:
    """Name of each field, and the line and component that it is about."""
    yield from ((f"price-{n}", line, str(Component.PRINCIPAL)) for n, line in enumerate(left.lines, start=1))
    yield from ((f"other-{n}", "", posted.get(f"component-{n}", "")) for n in OTHERS)


def _minor(typed: str, currency: str) -> int:
    return minor(amount(typed), currency, field="")


def errors_of(faults: Iterable[Fault], fields: tuple[str, ...] = ()) -> dict[str, str]:
    """Sentences by the field of the page; what is about all of it under ``form``."""
    errors: dict[str, str] = {}
    for fault in faults:
        at = fault.field.partition("parts[")[2].partition("]")[0]
        name = fields[int(at)] if at and int(at) < len(fields) else fault.field
        shown = name if name in ("reason", "note") or name.startswith(("price-", "other-")) else "form"
        errors.setdefault(shown, fault.sentence)
    return errors


def refusal_of(refused: Refused) -> dict[str, str]:
    """The same of a refusal."""
    return errors_of([Fault(refused.field, refused.code, refused.sentence)])


def rows_of(left: Left, typed: Mapping[str, str], errors: Mapping[str, str]) -> list[dict[str, Any]]:
    """The lines, each with its field."""
    return [
        {"left": one, "name": f"price-{n}", "value": typed.get(f"price-{n}", ""), "error": errors.get(f"price-{n}", "")}
        for n, one in enumerate(left.lines.values(), start=1)
    ]


def others_of(typed: Mapping[str, str], errors: Mapping[str, str]) -> list[dict[str, Any]]:
    """The rows for other things, each with its two fields."""
    return [
        {
            "component": f"component-{n}",
            "chosen": typed.get(f"component-{n}", "Shipping" if n == 1 else "Goodwill" if n == 2 else "RestockingFee"),  # noqa: PLR2004 - rows
            "amount": f"other-{n}",
            "value": typed.get(f"other-{n}", ""),
            "error": errors.get(f"other-{n}", ""),
            "options": list(_COMPONENTS.items()),
        }
        for n in OTHERS
    ]
