"""Tracking numbers in files, written as their carriers write them, so that what carriers say finds the parcel."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from comity.accounts.services.importing import Outcome
from comity.common.import_values import Fault
from comity.common.imports import Row
from comity.integrations.carriers import is_number, tidy

_NO_NUMBER = "is no tracking number: letters A to Z, digits and hyphens, no words and no blanks."


def read_numbers(rows: list[Row], outcome: Outcome) -> list[Row]:
    """These rows, shipments or orders with shipments, with clean numbers; with one that cannot be a row is refused."""
    read = []
    for row in rows:
        faults: list[Fault] = []
        clean = _shipment(row.values, "", faults) if "carrier" in row.values else _order(row.values, faults)
        if faults:
            outcome.refuse(*(row.raw.refusal(fault) for fault in faults))
        else:
            read.append(replace(row, values=clean))
    return read


def _order(values: Mapping[str, Any], faults: list[Fault]) -> dict[str, Any]:
    parcels = [
        _shipment(parcel, f"shipments[{position}].", faults)
        for position, parcel in enumerate(values.get("shipments", ()))
    ]
    return {**values, "shipments": parcels} if parcels else dict(values)


def _shipment(values: Mapping[str, Any], at: str, faults: list[Fault]) -> dict[str, Any]:
    if "tracking_number" not in values:
        return dict(values)
    number = tidy(values["tracking_number"], values["carrier"])
    if not is_number(number):
        faults.append(Fault(f"{at}tracking_number", "bad_tracking", _NO_NUMBER))
    return {**values, "tracking_number": number}
