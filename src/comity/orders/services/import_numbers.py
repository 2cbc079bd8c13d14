"""Tracking numbers in files, written as their carriers write them, so that what carriers say finds the parcel.

Shops that never had a number wrote "N/A", "none" or "-" in its place for years. Of history such a shipment is taken
without a number, with a warning: nobody can look it up any more. Of what leaves now it is refused: its sender can.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from comity.accounts.services.importing import Outcome
from comity.common.import_values import Fault
from comity.common.imports import Refusal, Row
from comity.integrations.carriers import is_number, tidy

_NO_NUMBER = "letters A to Z, digits and hyphens, a digit among them, no words and no blanks"


def read_numbers(rows: list[Row], outcome: Outcome, *, live: bool) -> tuple[list[Row], list[Refusal]]:
    """These rows, shipments or orders with shipments, with clean numbers; and the warnings about those.

    A row with a number that cannot be is refused in ``outcome`` where the import is ``live``, else it goes without.
    """
    read, warnings = [], []
    for row in rows:
        faults: list[Fault] = []
        clean = _shipment(row.values, "", faults) if "carrier" in row.values else _order(row.values, faults)
        said = [row.raw.refusal(fault) for fault in faults]
        if said and live:
            outcome.refuse(*said)
            continue
        warnings += [replace(one, code="no_tracking", sentence=f"{one.sentence} Taken without one.") for one in said]
        read.append(replace(row, values=clean))
    return read, warnings


def of_applied(warnings: list[Refusal], outcome: Outcome) -> list[Refusal]:
    """The warnings about rows that were not refused after all."""
    refused = {one.line for one in outcome.refusals}
    return [one for one in warnings if one.line not in refused]


def _order(values: Mapping[str, Any], faults: list[Fault]) -> dict[str, Any]:
    parcels = [
        _shipment(parcel, f"shipments[{position}].", faults)
        for position, parcel in enumerate(values.get("shipments", ()))
    ]
    return {**values, "shipments": parcels} if parcels else dict(values)


def _shipment(values: Mapping[str, Any], at: str, faults: list[Fault]) -> dict[str, Any]:
    clean = dict(values)
    if "tracking_number" not in clean:
        return clean
    given = clean.pop("tracking_number")
    number = tidy(given, clean["carrier"])
    if is_number(number):
        return {**clean, "tracking_number": number}
    faults.append(Fault(f"{at}tracking_number", "bad_tracking", f"“{given[:40]}” is no tracking number: {_NO_NUMBER}."))
    return clean
