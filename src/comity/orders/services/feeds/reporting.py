"""What became of a feed, as a file: a ProcessingReport in XML, tab-separated text, or JSON Lines. Streamed.

The first two are what tools of sellers read (spapi §5.6); a record without a result was applied.
"""

import csv
import io
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from xml.sax.saxutils import escape

from comity.common.spreadsheets import harmless
from comity.orders.models import Feed, FeedResult

_CHUNK = 2_000  # rows fetched at once


@dataclass(frozen=True, slots=True)
class Report:
    """A kind of result file."""

    content_type: str
    suffix: str
    lines: Callable[[Feed], Iterator[str]]


def _results(feed: Feed) -> Iterator[FeedResult]:
    return feed.results.order_by("record", "id").iterator(chunk_size=_CHUNK)


def _xml(feed: Feed) -> Iterator[str]:
    warnings = feed.results.filter(warning=True).values("record").distinct().count()
    yield '<?xml version="1.0" encoding="UTF-8"?>\n<AmazonEnvelope>\n'
    yield "<Header><DocumentVersion>1.02</DocumentVersion>"
    yield f"<MerchantIdentifier>{escape(feed.seller.public_id)}</MerchantIdentifier></Header>\n"
    yield "<MessageType>ProcessingReport</MessageType>\n<Message><MessageID>1</MessageID><ProcessingReport>\n"
    yield f"<DocumentTransactionID>{escape(feed.public_id)}</DocumentTransactionID>"
    yield "<StatusCode>Complete</StatusCode>\n<ProcessingSummary>"
    yield f"<MessagesProcessed>{feed.records}</MessagesProcessed>"
    yield f"<MessagesSuccessful>{feed.applied + feed.unchanged}</MessagesSuccessful>"
    yield f"<MessagesWithError>{feed.refused}</MessagesWithError>"
    yield f"<MessagesWithWarning>{warnings}</MessagesWithWarning></ProcessingSummary>\n"
    if feed.fatal:
        yield _xml_result("0", "Error", "fatal", feed.fatal, "")
    for one in _results(feed):
        kind = "Warning" if one.warning else "Error"
        yield _xml_result(one.message or str(one.record), kind, one.code, sentence_of(one), one.order_number)
    yield "</ProcessingReport></Message>\n</AmazonEnvelope>\n"


def _xml_result(message: str, kind: str, code: str, sentence: str, order: str) -> str:
    about = f"<AdditionalInfo><AmazonOrderID>{escape(order)}</AmazonOrderID></AdditionalInfo>" if order else ""
    return (
        f"<Result><MessageID>{escape(message)}</MessageID><ResultCode>{kind}</ResultCode>"
        f"<ResultMessageCode>{escape(code)}</ResultMessageCode>"
        f"<ResultDescription>{escape(sentence)}</ResultDescription>{about}</Result>\n"
    )


def sentence_of(result: FeedResult) -> str:
    """The field and what is wrong with it, as one sentence."""
    return f"{result.field}: {result.sentence}" if result.field else result.sentence


def _text(feed: Feed) -> Iterator[str]:
    yield "Feed Processing Summary:\n"
    yield f"\tNumber of records processed\t\t{feed.records}\n"
    yield f"\tNumber of records successful\t\t{feed.applied + feed.unchanged}\n\n"
    yield "original-record-number\torder-id\terror-code\terror-type\terror-message\n"
    if feed.fatal:
        yield _row("0", "", "fatal", "Fatal", feed.fatal)
    for one in _results(feed):
        kind = "Warning" if one.warning else "Error"
        yield _row(str(one.record), one.order_number, one.code, kind, sentence_of(one))


def _row(*cells: str) -> str:
    written = io.StringIO()
    csv.writer(written, delimiter="\t", lineterminator="\n").writerow([harmless(cell) for cell in cells])
    return written.getvalue()


def _json(feed: Feed) -> Iterator[str]:
    if feed.fatal:
        yield json.dumps({"record": 0, "code": "fatal", "sentence": feed.fatal}, ensure_ascii=False) + "\n"
    for one in _results(feed):
        about = {
            "record": one.record,
            "line": one.line,
            "order": one.order_number,
            "field": one.field,
            "code": one.code,
            "sentence": one.sentence,
            "warning": one.warning,
        }
        yield json.dumps(about, ensure_ascii=False) + "\n"


REPORTS: Mapping[str, Report] = {
    "xml": Report("application/xml", "xml", _xml),
    "text": Report("text/tab-separated-values; charset=utf-8", "txt", _text),
    "jsonl": Report("application/jsonl; charset=utf-8", "jsonl", _json),
}
