"""What a desk may do with a return: the one table from the pressed button to the service."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.http import QueryDict

from comity.common.errors import Refused
from comity.common.import_values import BadValue, amount, minor
from comity.files.services.uploads import Upload
from comity.orders.models import Return
from comity.orders.services.returning import answers, arrivals, refunds
from comity.orders.services.returning.sums import RefundSum
from comity.orders.services.returning.words import read_answer

_Deed = Callable[..., None]
_Reader = Callable[[Return, QueryDict, datetime], dict[str, str]]
_MOST_PERCENT = 3  # digits


def _authorise(found: Return, typed: QueryDict, files: Sequence[Upload], **by: Any) -> None:
    label = files[0] if files else None
    if len(files) > 1:
        raise Refused("label", "One file is the label: take the others out.", "files")
    carrier, tracking = typed.get("carrier", ""), typed.get("tracking_number", "")
    answers.authorise(found, address=typed.get("address", ""), label=label, carrier=carrier, tracking=tracking, **by)


def _decline(found: Return, typed: QueryDict, files: Sequence[Upload], **by: Any) -> None:
    del files
    answers.decline(found, reason=typed.get("answer", ""), **by)


def _returnless(found: Return, typed: QueryDict, files: Sequence[Upload], **by: Any) -> None:
    del typed, files
    answers.refund_without_goods(found, **by)


def _receive(found: Return, typed: QueryDict, files: Sequence[Upload], **by: Any) -> None:
    del typed, files
    arrivals.receive(found, **by)


def _grade(found: Return, typed: QueryDict, files: Sequence[Upload], **by: Any) -> None:
    arrivals.grade(found, _graded(found, typed), photos=files, **by)


def look_ahead(found: Return, typed: QueryDict, files: Sequence[Upload], *, side: str, now: datetime) -> RefundSum:
    """What the refund would be for what is typed of the goods; nothing is recorded. Raises ``Refused``."""
    return arrivals.preview(found, _graded(found, typed), photos=files, side=side, now=now)


def _graded(found: Return, typed: QueryDict) -> list[arrivals.Graded]:
    return [
        arrivals.Graded(
            line.line.external_id,
            typed.get(f"grade-{number}", ""),
            typed.get(f"grade_reason-{number}", ""),
            typed.get(f"comment-{number}", ""),
            _percent(typed.get(f"percent-{number}", ""), line.line.external_id),
        )
        for number, line in enumerate(found.lines.all(), start=1)
    ]


def _refund(found: Return, typed: QueryDict, files: Sequence[Upload], **by: Any) -> None:
    del files
    refunds.refund(found, postage_minor=_minor(typed.get("postage", ""), found.order.currency), **by)


def _refuse(found: Return, typed: QueryDict, files: Sequence[Upload], **by: Any) -> None:
    del files
    refunds.refuse(found, reason=typed.get("answer", ""), **by)


DEEDS: Mapping[str, _Deed] = {
    "authorise": _authorise,
    "decline": _decline,
    "returnless": _returnless,
    "receive": _receive,
    "grade": _grade,
    "refund": _refund,
    "refuse": _refuse,
}


def _read_address(found: Return, typed: QueryDict, now: datetime) -> dict[str, str]:
    return {"address": answers.read_address(typed.get("address", ""), order=found.order, now=now)}


def _read_answer(found: Return, typed: QueryDict, now: datetime) -> dict[str, str]:
    return {"answer": read_answer(typed.get("answer", ""), order=found.order, now=now)}


def _read_comments(found: Return, typed: QueryDict, now: datetime) -> dict[str, str]:
    read = arrivals.read_comments(found, _graded(found, typed), now=now)
    return {f"comment-{number}": one.comment for number, one in enumerate(read, start=1)}


_READERS: Mapping[str, _Reader] = {
    "authorise": _read_address,
    "decline": _read_answer,
    "grade": _read_comments,
    "refuse": _read_answer,
}


def read_typed(found: Return, typed: QueryDict, *, now: datetime) -> QueryDict:
    """What is typed for a deed, with words that the rules have read, which the deed does not have read again.

    Raises ``Refused`` for words that the buyer may not be given.
    """
    read, known = _READERS.get(typed.get("action", "")), typed.copy()
    for name, words in read(found, typed, now).items() if read else ():
        known[name] = words
    return known


def _percent(typed: str, line: str) -> int | None:
    clean = typed.strip()
    if not clean:
        return None
    if not (clean.isascii() and clean.isdigit() and len(clean) <= _MOST_PERCENT):
        raise Refused("percent", "Write the deduction as a whole number of per cent, such as 20.", f"percent-{line}")
    return int(clean)


def _minor(typed: str, currency: str) -> int:
    if not typed.strip():
        return 0
    try:
        return minor(amount(typed), currency, field="postage")
    except BadValue as wrong:
        raise Refused("postage", f"The amount {wrong.faults[0].sentence}", "postage") from None
