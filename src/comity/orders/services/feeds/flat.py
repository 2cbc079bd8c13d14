"""Records out of tab- or comma-separated text and out of JSON Lines.

The columns of a shipping confirmation are those of sellers' existing files (feed-facts); the other two are ours.
Several rows of one order that differ in the item only are one record; each row of an adjustment is one by itself. JSON
Lines name the fields as ``kinds`` does.
"""

from collections.abc import Iterator, Sequence
from io import BytesIO
from itertools import chain
from typing import IO, Any

from comity.common.import_values import text
from comity.common.imports import LONGEST_LIST, BadFile, Field, Raw, Reader, Refusal

COMPONENTS = {
    "principal": "Principal",
    "shipping": "Shipping",
    "tax": "Tax",
    "shipping-tax": "ShippingTax",
    "restocking-fee": "RestockingFee",
    "restocking-fee-tax": "RestockingFeeTax",
    "gift-wrap": "GiftWrap",
    "gift-wrap-tax": "GiftWrapTax",
    "surcharge": "Surcharge",
    "return-shipping": "ReturnShipping",
    "goodwill": "Goodwill",
    "export-charge": "ExportCharge",
    "cod": "COD",
    "cod-tax": "CODTax",
    "other": "Other",
    "free-replacement-return-shipping": "FreeReplacementReturnShipping",
}
_NAMES = {
    "order-id": "order",
    "ship-date": "ship_date",
    "carrier-code": "carrier",
    "carrier-name": "carrier_name",
    "ship-method": "service",
    "tracking-number": "tracking",
    "merchant-fulfillment-id": "reference",
    "order-item-id": "line",
    "quantity": "quantity",
    "adjustment-reason-code": "reason",
    "merchant-adjustment-item-id": "reference",
    "status-code": "status",
    "cancel-reason-code": "reason",
}
_PARCEL = ("order-id", "ship-date", "carrier-code", "carrier-name", "ship-method", "tracking-number")
_COLUMNS = {
    "shipping_confirmation": (
        *_PARCEL,
        "order-item-id",
        "quantity",
        "merchant-fulfillment-id",
        "cod-collection-method",
    ),
    "order_adjustment": (
        *("order-id", "order-item-id", "adjustment-reason-code", "merchant-adjustment-item-id", "quantity", "currency"),
        *COMPONENTS,
    ),
    "order_acknowledgement": ("order-id", "status-code", "order-item-id", "cancel-reason-code", "quantity"),
}
_REQUIRED = {
    "shipping_confirmation": {"order-id", "ship-date"},
    "order_adjustment": {"order-id", "adjustment-reason-code", "currency"},
    "order_acknowledgement": {"order-id", "status-code"},
}
TEXT = frozenset({"tsv", "csv"})
_PREAMBLE = 5  # lines before the heading in which some sellers' tools name their template
_NULL = "NULL"  # erases a value in sellers' files


_SAID = {
    "carrier-code": "Code or name of the carrier, or Other; needed, or carrier-name is",
    "carrier-name": "Its name, where the code is Other",
}


def columns_of(kind: str) -> tuple[Field, ...]:
    """The columns of a text file of that kind; values are read later, by ``kinds``."""
    required = _REQUIRED[kind]
    return tuple(Field(name, text(2_000), _SAID.get(name, ""), required=name in required) for name in _COLUMNS[kind])


def column_of(name: str, kind: str) -> str:
    """What a field of ``kinds`` is called in a text file of that kind; else as it is."""
    return next((column for column in _COLUMNS[kind] if _NAMES.get(column) == name), name)


def read(file: IO[bytes], kind: str, form: str) -> Iterator[dict[str, Any]]:
    """The records of a file of that ``kind``; ``form`` is jsonl, tsv or csv. Raises ``BadFile``."""
    number = 0
    for line, values, faults in _json(file) if form == "jsonl" else _text(file, kind):
        number += 1
        yield {"record": number, "line": line, "id": "", "values": values, "faults": faults}
    if not number:
        raise BadFile("empty", "The file has no records.")


_Found = tuple[int, dict[str, Any], list[list[str]]]


class _Both:
    """Rows and refusals of a reader in the order of the file."""

    def __init__(self, file: Any, skipped: int = 0) -> None:
        self.refused: list[Refusal] = []
        self.reader = Reader(file, self.refused.append, 0, skipped)

    def rows(self, raws: Iterator[Raw]) -> Iterator[Raw | Refusal]:
        for raw in raws:
            yield from self._refusals()
            yield raw
        yield from self._refusals()

    def _refusals(self) -> Iterator[Refusal]:
        while self.refused:
            yield self.refused.pop(0)


def _json(file: IO[bytes]) -> Iterator[_Found]:
    both = _Both(file)
    for row in both.rows(both.reader.json_lines()):
        yield (row.line, dict(row.values), []) if isinstance(row, Raw) else _refused(row)


def _refused(refusal: Refusal) -> _Found:
    return refusal.line, {}, [[refusal.field, refusal.code, refusal.sentence]]


def _text(file: IO[bytes], kind: str) -> Iterator[_Found]:
    content, skipped = _from_heading(file)
    both = _Both(content, skipped)
    rows = both.rows(both.reader.csv(columns_of(kind)))
    if kind == "order_adjustment":
        for row in rows:
            yield (row.line, _adjusted(row), []) if isinstance(row, Raw) else _refused(row)
    elif kind == "shipping_confirmation":
        yield from _joined(rows, (*_PARCEL, "merchant-fulfillment-id"), ("order-item-id", "quantity"))
    else:
        yield from _joined(rows, ("order-id", "status-code"), ("order-item-id", "cancel-reason-code", "quantity"))


class _Lines:
    """A file from a line on that was read already."""

    def __init__(self, first: bytes, file: IO[bytes]) -> None:
        self._first, self._file = BytesIO(first), file

    def readline(self, most: int) -> bytes:
        return self._first.readline(most) or self._file.readline(most)


def _from_heading(file: IO[bytes]) -> tuple[_Lines, int]:
    """The file from the line that names ``order-id`` on, and how many lines stood before it."""
    before: list[bytes] = []
    for _ in range(_PREAMBLE):
        line = file.readline(1 << 16)
        before.append(line)
        if b"order-id" in line:
            return _Lines(line, file), len(before) - 1
    return _Lines(b"".join(before), file), 0


def _joined(rows: Iterator[Raw | Refusal], whole: Sequence[str], item: Sequence[str]) -> Iterator[_Found]:
    """Rows that follow each other and differ in the item only, as one record: its columns ``whole`` and ``item``."""
    held: list[Raw] = []
    for row in chain(rows, [None]):
        together = isinstance(row, Raw) and held and _joins(held[-1], row, whole)
        if held and not together:
            items = [found for one in held if (found := _named(one, item))]
            yield held[0].line, {**_named(held[0], whole), **({"items": items} if items else {})}, []
            held = []
        if isinstance(row, Refusal):
            yield _refused(row)
        elif row and len(held) <= LONGEST_LIST:  # one more than may be: then the record is refused
            held.append(row)


def _joins(before: Raw, row: Raw, whole: Sequence[str]) -> bool:
    same = all(before.values.get(name, "") == row.values.get(name, "") for name in whole)
    return same and bool(row.values.get("order-item-id")) and bool(before.values.get("order-item-id"))


def _named(row: Raw, columns: Sequence[str]) -> dict[str, Any]:
    found = {name: str(row.values.get(name, "")).strip() for name in columns}
    return {_NAMES[name]: value for name, value in found.items() if value and value != _NULL}


def _adjusted(row: Raw) -> dict[str, Any]:
    currency = str(row.values.get("currency", "")).strip()
    parts = [
        {"component": component, "amount": amount, "currency": currency}
        for name, component in COMPONENTS.items()
        if (amount := str(row.values.get(name, "")).strip())
    ]
    item = _named(row, ("order-item-id", "adjustment-reason-code", "merchant-adjustment-item-id", "quantity"))
    return {**_named(row, ("order-id",)), "items": [{**item, "parts": parts}]}
