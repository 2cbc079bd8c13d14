"""The audit trail as files: CSV for spreadsheets, JSON Lines for programmes; both streamed."""

import csv
import json
from collections.abc import Iterable, Iterator
from typing import Any

from comity.accounts.selectors.audit import Deed
from comity.common.canonical import canonical
from comity.common.spreadsheets import harmless
from comity.web.desk.deeds import deed

_COLUMNS = ("when", "person_id", "person", "event", "what", "about", "details")


class _Echo:
    """A file that hands each line straight back."""

    def write(self, line: str) -> str:
        return line


def as_csv(deeds: Iterable[Deed]) -> Iterator[str]:
    """A line for each deed under a line of names; no cell is a formula."""
    writer = csv.writer(_Echo())
    yield writer.writerow(_COLUMNS)
    for one in deeds:
        row = _row(one) | {"details": canonical(one.event.data)}
        yield writer.writerow([harmless(str(row[column])) for column in _COLUMNS])


def as_json_lines(deeds: Iterable[Deed]) -> Iterator[str]:
    """A JSON object a line."""
    for one in deeds:
        yield json.dumps(_row(one) | {"details": one.event.data}, ensure_ascii=False) + "\n"


def _row(one: Deed) -> dict[str, Any]:
    event = one.event
    return {
        "when": event.occurred_at.isoformat(),
        "person_id": event.actor,
        "person": one.person,
        "event": event.name,
        "what": deed(event.name),
        "about": event.stream,
    }
