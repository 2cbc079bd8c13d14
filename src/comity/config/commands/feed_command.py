"""Apply FILE as a seller's feed: shipping confirmations, order adjustments or acknowledgements.

KIND is shipping_confirmation, order_adjustment or order_acknowledgement. FILE is XML (AmazonEnvelope), tab- or
comma-separated text or JSON Lines, packed with gzip or not; its form is seen in its first bytes. Good records are
applied, every other one is reported with its record, line, order, field and reason. The same file again changes nothing
and says when it was processed; a run that was cut off goes on where it stood.

Exit code: 0 every record is good, 1 some were refused or the document cannot be read (any further), 2 used wrongly.

for example:
  comity feed shipping_confirmation shipped.xml --seller sel_01jd8k6w3x…
  comity feed order_adjustment refunds.txt --seller lindhome --marketplace north --result result.xml
  comity feed shipping_confirmation --fields
"""

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from comity.config.commands import add_data_argument, start

if TYPE_CHECKING:
    from comity.accounts.models import Seller
    from comity.orders.models import Feed

KINDS = ("shipping_confirmation", "order_adjustment", "order_acknowledgement")
MOST_SHOWN = 20  # refusals on the terminal; a result file has all of them
_RESULTS = {".xml": "xml", ".jsonl": "jsonl", ".txt": "text", ".tsv": "text"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What `comity feed` understands."""
    parser.add_argument("kind", choices=KINDS, metavar="KIND", help=", ".join(KINDS))
    parser.add_argument("file", nargs="?", metavar="FILE", help="the file as the seller sent it")
    parser.add_argument("--seller", metavar="ID", help="whose feed it is: public id, or the id it was imported with")
    parser.add_argument("--marketplace", metavar="SLUG", help="where the seller is; needed when the id is not unique")
    parser.add_argument("--result", metavar="FILE", help="write what became of the records: .xml, .txt or .jsonl")
    parser.add_argument("--json", action="store_true", help="one JSON object instead of sentences")
    parser.add_argument("--fields", action="store_true", help="list the fields and columns of KIND and stop")
    add_data_argument(parser)


def run(arguments: argparse.Namespace) -> int:
    """Take the file in, process it here and now, and print what became of it."""
    if arguments.fields:
        return _list_fields(arguments.kind)
    if problem := _problem(arguments):
        sys.stderr.write(f"comity feed: {problem}\n")
        return 2
    start()
    from comity.common.errors import Refused  # needs settings
    from comity.config.server import prepare_database  # the same

    prepare_database()
    begun = time.perf_counter()
    try:
        feed, repeated = _process(arguments, _seller(arguments))
    except (Refused, LookupError) as refused:
        sys.stderr.write(f"comity feed: {refused}\n")
        return 2
    _write_result(arguments.result, feed)
    _tell(arguments, feed, repeated=repeated, seconds=time.perf_counter() - begun)
    return 1 if feed.refused or feed.fatal else 0


def _problem(arguments: argparse.Namespace) -> str:
    if arguments.file is None:
        return "name a file. `comity feed --help` has examples."
    if Path(arguments.file).is_dir():
        return f"{arguments.file} is a folder: name a file."
    if Path(arguments.file).exists() and not Path(arguments.file).is_file():
        return f"{arguments.file} is no plain file: write it to one first."
    if not Path(arguments.file).exists():
        return f"there is no file {arguments.file}."
    if not arguments.seller:
        return "say whose feed it is: --seller ID."
    return _problem_of_result(Path(arguments.result)) if arguments.result else ""


def _problem_of_result(file: Path) -> str:
    """Said before anything is applied: afterwards nobody would read what became of it."""
    if file.suffix not in _RESULTS:
        return f"--result ends in {', '.join(_RESULTS)}."
    if not file.parent.is_dir():
        return f"--result: there is no folder {file.parent}."
    return f"--result: {file} is a folder." if file.is_dir() else ""


def _seller(arguments: argparse.Namespace) -> "Seller":
    from django.db.models import Q  # needs settings

    from comity.accounts.models import Seller  # needs models

    found = Seller.objects.filter(Q(public_id=arguments.seller) | Q(external_id=arguments.seller))
    if arguments.marketplace:
        found = found.filter(marketplace__slug=arguments.marketplace)
    sellers = list(found.select_related("marketplace")[:2])
    if not sellers:
        where = f"on “{arguments.marketplace}”" if arguments.marketplace else "here"
        raise LookupError(f"there is no seller “{arguments.seller}” {where}.")
    if len(sellers) > 1:
        raise LookupError(f"“{arguments.seller}” is more than one seller: add --marketplace, or name the public id.")
    return sellers[0]


def _process(arguments: argparse.Namespace, seller: "Seller") -> "tuple[Feed, bool]":
    from comity.common import clock  # needs settings
    from comity.orders.models import Feed  # needs models
    from comity.orders.services.feeds.processing import process  # the same
    from comity.orders.services.feeds.submitting import submit  # the same

    path, now = Path(arguments.file), clock.now()
    with path.open("rb") as content:
        size = path.stat().st_size
        submitted = submit(seller, content, kind=arguments.kind, name=path.name, size=size, actor="", now=now)
    if submitted.feed.state in (Feed.State.DONE, Feed.State.FATAL):
        return submitted.feed, True
    with _progress() as watch:
        return process(submitted.feed, now=now, watch=watch), False


@contextmanager
def _progress() -> "Iterator[Callable[[int], None] | None]":
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console  # slow: only for people

    with Console(stderr=True).status("reading …") as status:
        yield lambda done: status.update(f"{done:,} records")


def _write_result(name: str | None, feed: "Feed") -> None:
    if not name:
        return
    from comity.orders.services.feeds.reporting import REPORTS  # needs models

    with Path(name).open("w", encoding="utf-8") as target:
        target.writelines(REPORTS[_RESULTS[Path(name).suffix]].lines(feed))


def _tell(arguments: argparse.Namespace, feed: "Feed", *, repeated: bool, seconds: float) -> None:
    if arguments.json:
        sys.stdout.write(json.dumps(_facts(feed, repeated=repeated, seconds=seconds)) + "\n")
        return
    if repeated and feed.finished_at:
        sys.stderr.write(
            f"This very file was processed at {feed.finished_at:%Y-%m-%d %H:%M} UTC; nothing is done anew.\n"
        )
    if not feed.finished_at:
        sys.stderr.write("The service goes on with this file; run the same again to see what became of it.\n")
    if feed.fatal:
        sys.stderr.write(f"{feed.fatal}\n")
    if not feed.records:
        sys.stdout.write(f"{feed.get_kind_display().lower()}: nothing of the file was read. {feed.public_id}\n")
        return
    from comity.orders.services.feeds.reporting import sentence_of  # needs models

    for one in feed.results.order_by("record", "id")[:MOST_SHOWN]:
        order = f" of {one.order_number}" if one.order_number else ""
        sys.stderr.write(f"record {one.record}{order}, line {one.line}: {sentence_of(one)} ({one.code})\n")
    if (shown := feed.results.count()) > MOST_SHOWN:
        sys.stderr.write(f"… and {shown - MOST_SHOWN:,} more; --result FILE writes all of them.\n")
    sys.stdout.write(
        f"{feed.get_kind_display().lower()}: {feed.applied:,} applied, {feed.unchanged:,} unchanged, "
        f"{feed.refused:,} refused in {seconds:.1f} s. {feed.public_id}\n"
    )


def _facts(feed: "Feed", *, repeated: bool, seconds: float) -> dict[str, Any]:
    facts = {
        name: getattr(feed, name) for name in ("kind", "form", "state", "fatal", "applied", "unchanged", "refused")
    }
    return {
        **facts,
        "feed": feed.public_id,
        "repeated": repeated,
        "finished_at": feed.finished_at and feed.finished_at.isoformat(),
        "seconds": round(seconds, 3),
        "records_per_second": round(feed.records / max(seconds, 1e-9)),
    }


def _list_fields(kind: str) -> int:
    start()
    from comity.config.commands.import_command import lines_about  # one way to write fields
    from comity.orders.services.feeds.flat import columns_of  # needs settings
    from comity.orders.services.feeds.kinds import KINDS as TABLE  # needs models

    sys.stdout.write("In JSON Lines:\n" + "".join(lines_about(TABLE[kind].fields, "")))
    sys.stdout.write("\nColumns of a text file:\n" + "".join(lines_about(columns_of(kind), "")))
    return 0
