"""The forms in which a report is written: tab- and comma-separated text, JSON Lines, Parquet. Row by row to a file."""

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from itertools import islice
from typing import IO, Any

from comity.common.spreadsheets import harmless
from comity.orders.models import Report
from comity.orders.services.reports.tables import Cell, Column

Rows = Iterable[tuple[Cell, ...]]
_GROUP = 10_000  # rows that Parquet writes at once


@dataclass(frozen=True, slots=True)
class Form:
    """``write`` takes columns, rows and the file, and returns how many rows it wrote; it needs ``library``."""

    content_type: str
    suffix: str
    label: str
    write: Callable[[Sequence[Column], Rows, IO[bytes]], int]
    library: str = ""

    @property
    def offered(self) -> bool:
        """Whether what it needs is installed here."""
        return not self.library or find_spec(self.library) is not None


def _write_text(columns: Sequence[Column], rows: Rows, target: IO[bytes], *, delimiter: str) -> int:
    """As spreadsheets read it: what looks like a formula is made harmless; numbers stay numbers."""
    text = io.TextIOWrapper(target, "utf-8", newline="")
    writer, count = csv.writer(text, delimiter=delimiter, lineterminator="\n"), 0
    writer.writerow([column.name for column in columns])
    for count, row in enumerate(rows, start=1):  # noqa: B007 - the last one is how many there were
        writer.writerow([_shown(cell) for cell in row])
    text.detach()
    return count


def _shown(cell: Cell) -> object:
    if isinstance(cell, str):
        return harmless(cell)
    return ("no", "yes")[cell] if isinstance(cell, bool) else _plain(cell)


def _write_json(columns: Sequence[Column], rows: Rows, target: IO[bytes]) -> int:
    names, count = [column.name for column in columns], 0
    for count, row in enumerate(rows, start=1):  # noqa: B007 - see above
        line = json.dumps(dict(zip(names, row, strict=True)), ensure_ascii=False, default=_plain)
        target.write(f"{line}\n".encode())
    return count


def _plain(cell: object) -> object:
    """A moment as ISO 8601 in UTC; an amount as its digits, which no reader of JSON rounds."""
    if isinstance(cell, datetime):
        return cell.isoformat(timespec="seconds")
    return None if cell is None else str(cell)


def _write_parquet(columns: Sequence[Column], rows: Rows, target: IO[bytes]) -> int:
    arrow, parquet = import_module("pyarrow"), import_module("pyarrow.parquet")
    kinds = {
        "text": arrow.string(),
        "number": arrow.int64(),
        "flag": arrow.bool_(),
        "amount": arrow.decimal128(20, 4),  # no currency has more than four decimals
        "moment": arrow.timestamp("us", tz="UTC"),
    }
    schema, count = arrow.schema([(column.name, kinds[column.kind]) for column in columns]), 0
    with parquet.ParquetWriter(target, schema) as writer:
        for group in _groups(rows):
            arrays = [
                arrow.array(cells, kind) for cells, kind in zip(zip(*group, strict=True), schema.types, strict=True)
            ]
            writer.write_batch(arrow.record_batch(arrays, schema=schema))
            count += len(group)
    return count


def _groups(rows: Rows) -> Iterator[list[tuple[Any, ...]]]:
    left = iter(rows)
    while group := list(islice(left, _GROUP)):
        yield group


FORMS: Mapping[str, Form] = {
    Report.Form.TSV: Form(
        "text/tab-separated-values; charset=utf-8", "txt", "Tab-separated text", partial(_write_text, delimiter="\t")
    ),
    Report.Form.CSV: Form(
        "text/csv; charset=utf-8", "csv", "Comma-separated text", partial(_write_text, delimiter=",")
    ),
    Report.Form.JSONL: Form("application/jsonl; charset=utf-8", "jsonl", "JSON Lines", _write_json),
    Report.Form.PARQUET: Form("application/vnd.apache.parquet", "parquet", "Parquet", _write_parquet, "pyarrow"),
}


def offered_forms() -> list[tuple[str, str]]:
    """The forms that can be written here, with their names."""
    return [(key, form.label) for key, form in FORMS.items() if form.offered]


def missing_forms() -> str:
    """What cannot be written here and how it could be, as a sentence; empty where nothing is missing."""
    missing = " and ".join(form.label for form in FORMS.values() if not form.offered)
    return f"{missing} needs more than is installed here: comity with [parquet]." if missing else ""
