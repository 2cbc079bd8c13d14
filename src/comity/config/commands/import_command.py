"""Import KIND from FILE, JSON Lines or CSV. Good lines are applied; every other one is reported with its reason.

KIND is one of marketplaces, sellers, staff, buyers, products, listings, orders, shipments, subscriptions, scans, best
in this order. The same file again changes nothing: rows are known by marketplace, source and external_id. Imports are
historic and tell nobody; --live announces orders and shipments that just happened. `comity import KIND --fields` lists
the columns.

Exit code: 0 every line is good, 1 some lines were refused, 2 used wrongly.

for example:
  comity import marketplaces markets.jsonl
  comity import buyers shoppers.csv --marketplace north --source webshop
  comity import orders - --format jsonl --live < new-orders.jsonl
  comity import orders orders.csv --report refused.jsonl --json
"""

import argparse
import json
import os
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from comity.config.commands import add_data_argument, start

if TYPE_CHECKING:
    from comity.common.imports import Refusal
    from comity.orders.services.imports import Done

KINDS = (
    "marketplaces",
    "sellers",
    "staff",
    "buyers",
    "products",
    "listings",
    "orders",
    "shipments",
    "subscriptions",
    "scans",
)
FORMATS = ("jsonl", "csv")
_CSV_SUFFIXES = (".csv", ".tsv", ".tab", ".txt")
_JSON_SUFFIXES = (".jsonl", ".ndjson", ".json")
MOST_SHOWN = 20  # refusals on the terminal; the report file has all of them


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What `comity import` understands."""
    parser.add_argument("kind", choices=KINDS, metavar="KIND", help=", ".join(KINDS))
    parser.add_argument("file", nargs="?", metavar="FILE", help="the file; - reads standard input")
    parser.add_argument("--marketplace", metavar="SLUG", help="where the rows belong; needed when there are several")
    parser.add_argument("--source", default="comity", metavar="NAME", help="the system whose ids these are")
    parser.add_argument("--format", choices=FORMATS, help="default: by the name of the file")
    parser.add_argument("--live", action="store_true", help="announce orders and shipments: they just happened")
    parser.add_argument("--json", action="store_true", help="one JSON object instead of sentences")
    parser.add_argument("--report", metavar="FILE", help="write every refusal to FILE, one JSON object a line")
    parser.add_argument("--fields", action="store_true", help="list the columns of KIND and stop")
    add_data_argument(parser)


def run(arguments: argparse.Namespace) -> int:
    """Import and print what became of the lines."""
    if arguments.fields:
        return _list_fields(arguments.kind)
    form = arguments.format or _format_of(arguments.file)
    if problem := _problem(arguments, form):
        sys.stderr.write(f"comity import: {problem}\n")
        return 2
    start()
    from comity.config.server import prepare_database  # needs settings

    prepare_database()
    begun = time.perf_counter()
    with _opened(arguments.file) as file, _reporting(arguments, file) as report:
        done = _import(arguments, file, form, report)
    _tell(arguments, done, report, time.perf_counter() - begun)
    return 1 if done.run.refused else 0


def _format_of(file: str | None) -> str:
    suffix = Path(file or "").suffix.lower()
    return "csv" if suffix in _CSV_SUFFIXES else "jsonl" if suffix in _JSON_SUFFIXES else ""


def _problem(arguments: argparse.Namespace, form: str) -> str:
    if arguments.file is None:
        return "name a file, or - for standard input. `comity import --help` has examples."
    if Path(arguments.file).is_dir():
        return f"{arguments.file} is a folder: name a file, or - for standard input."
    if arguments.file != "-" and not Path(arguments.file).exists():
        return f"there is no file {arguments.file}."
    if not form:
        return "cannot tell the format by the name of the file: add --format jsonl or --format csv."
    if not 0 < len(arguments.source) <= 60 or not arguments.source.isprintable():  # noqa: PLR2004 - the column's length
        return "--source is a name of 1 to 60 characters."
    return ""


def _import(arguments: argparse.Namespace, file: IO[bytes], form: str, report: "Report") -> "Done":
    from comity.common import clock  # needs settings
    from comity.orders.services.imports import run_import  # needs models

    return run_import(
        arguments.kind,
        file,
        form=form,
        marketplace_slug=arguments.marketplace,
        source=arguments.source,
        live=arguments.live,
        now=clock.now(),
        progress=report,
    )


@contextmanager
def _opened(name: str) -> Iterator[IO[bytes]]:
    if name == "-":
        yield sys.stdin.buffer
    else:
        with Path(name).open("rb") as file:
            yield file


class Report:
    """Shows progress, the first refusals on standard error, and writes all of them to a file if one is wanted.

    What is wrong with a line by itself is found before what is wrong with it here: they are shown in the file's order.
    """

    def __init__(self, file: IO[str] | None, bar: Any, *, quiet: bool) -> None:
        self.file, self.bar, self.quiet = file, bar, quiet
        self.refusals = self.warnings = 0
        self._shown: list[tuple[int, str]] = []

    def refused(self, refusal: "Refusal") -> None:
        """A line was not applied."""
        self.refusals += 1
        if self.file:
            self.file.write(json.dumps(asdict(refusal)) + "\n")
        if self.refusals <= MOST_SHOWN:
            self._show(refusal)

    def warned(self, warning: "Refusal") -> None:
        """A line was applied all the same."""
        self.warnings += 1
        if self.warnings <= MOST_SHOWN:
            self._show(warning, "warning, ")

    def _show(self, one: "Refusal", kind: str = "") -> None:
        if not self.quiet:
            place = f"{kind}line {one.line}: {one.field} ".rstrip() + " "
            self._shown.append((one.line, f"{place}{one.sentence} ({one.code})\n"))

    def show(self) -> None:
        """Write out what was found."""
        sys.stderr.writelines(text for _, text in sorted(self._shown, key=lambda one: one[0]))

    def advanced(self, bytes_read: int) -> None:
        """So many bytes have been read."""
        if self.bar:
            self.bar.update(self.bar.task_ids[0], completed=bytes_read)


@contextmanager
def _reporting(arguments: argparse.Namespace, file: IO[bytes]) -> Iterator[Report]:
    with ExitStack() as stack:
        bar = stack.enter_context(_bar(file)) if sys.stderr.isatty() else None
        report = Path(arguments.report) if arguments.report else None
        target = stack.enter_context(report.open("w", encoding="utf-8")) if report else None
        watcher = Report(target, bar, quiet=arguments.json)
        try:
            yield watcher
        finally:
            stack.close()  # the bar is gone before anything is written
            watcher.show()


def _bar(file: IO[bytes]) -> Any:
    from rich.console import Console  # slow: only for people
    from rich.progress import BarColumn, DownloadColumn, Progress, TimeRemainingColumn  # the same

    size = os.fstat(file.fileno()).st_size or None
    bar = Progress(BarColumn(), DownloadColumn(), TimeRemainingColumn(), console=Console(stderr=True), transient=True)
    bar.add_task("", total=size)
    return bar


def _tell(arguments: argparse.Namespace, done: "Done", report: Report, seconds: float) -> None:
    run, earlier = done.run, done.earlier
    if arguments.json:
        facts = {name: getattr(run, name) for name in ("kind", "source", "live", "applied", "unchanged", "refused")}
        rows = run.applied + run.unchanged + run.refused
        facts |= {
            "marketplace": run.marketplace and run.marketplace.slug,
            "earlier_at": earlier and earlier.started_at.isoformat(),
            "seconds": round(seconds, 3),
            "rows_per_second": round(rows / max(seconds, 1e-9)),
            "refusals": run.refusals,
            "warnings": report.warnings,
        }
        sys.stdout.write(json.dumps(facts) + "\n")
        return
    if report.warnings > MOST_SHOWN:
        sys.stderr.write(f"… and {report.warnings - MOST_SHOWN:,} more warnings.\n")
    if report.refusals > MOST_SHOWN:
        sys.stderr.write(f"… and {report.refusals - MOST_SHOWN:,} more; --report FILE writes all of them.\n")
    if not run.applied + run.unchanged + run.refused:
        sys.stderr.write(f"There is no row in {'standard input' if arguments.file == '-' else arguments.file}.\n")
    if earlier:
        sys.stderr.write(f"This very file was already imported at {earlier.started_at:%Y-%m-%d %H:%M} UTC.\n")
    sys.stdout.write(
        f"{run.kind}: {run.applied:,} applied, {run.unchanged:,} unchanged, {run.refused:,} refused "
        f"in {seconds:.1f} s.\n"
    )


def _list_fields(kind: str) -> int:
    start()
    from comity.orders.services.imports import KINDS as TABLE  # needs models

    chosen = TABLE[kind]
    sys.stdout.write("".join(lines_about(chosen.fields, "")))
    if chosen.columns:
        sys.stdout.write("\nIn CSV:\n" + "".join(lines_about(chosen.columns, "")))
    return 0


def lines_about(fields: tuple[Any, ...], indent: str) -> Iterator[str]:
    """A line for each field of a file, those of nested lists below theirs."""
    for one in fields:
        need = "required" if one.required else "optional"
        yield f"{indent}{one.name:<18} {need}  {one.meaning}\n"
        yield from lines_about(getattr(one.parse, "fields", ()), f"{indent}  ")
