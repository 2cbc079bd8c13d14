"""Goods that have come back: received, and looked at line by line, with photos."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from comity.accounts.profiles.returns import Eligibility, ReturnTerms
from comity.common.errors import Refused
from comity.common.transactions import write
from comity.files.services.uploads import Upload
from comity.orders.models import Order, Return, ReturnLine
from comity.orders.services.returning.eligibility import eligible_lines
from comity.orders.services.returning.photos import require_photos, store_photos
from comity.orders.services.returning.refunds import sums_of
from comity.orders.services.returning.steps import locked_return, move, terms_of
from comity.orders.services.returning.sums import RefundSum
from comity.orders.services.returning.words import read_words

State = Return.State


@dataclass(frozen=True, slots=True)
class Graded:
    """In which condition a line (by its external id) arrived. ``percent`` to deduct; None: as the table says."""

    line: str
    grade: str
    reason: str = ""
    comment: str = ""
    percent: int | None = None


def receive(returned: Return, *, side: str, actor: str, now: datetime) -> None:
    """The goods have arrived, whether or not the buyer said that they were sent. Raises ``Refused``."""
    with write():
        found = locked_return(returned, to=State.RECEIVED, side=side)
        found.received_at = now
        move(found, State.RECEIVED, actor=actor, now=now, columns=["received_at"])


def grade(
    returned: Return, graded: Sequence[Graded], *, side: str, photos: Sequence[Upload] = (), actor: str, now: datetime
) -> None:
    """Say of each line in which condition it is, and what is deducted for it.

    Raises ``Refused``: ``state``, the wrong side, ``lines`` (each once), ``grade``, ``grade_reason``, ``percent`` (more
    than the table allows; other than it computes needs a comment), ``photos``, unusable words.
    """
    comments = _comments(returned, graded, now)
    require_photos(photos, order=returned.order, now=now)
    with write():
        found = locked_return(returned, to=State.GRADED, side=side)
        columns = ["grade", "grade_reason", "grade_comment", "deduction_percent"]
        ReturnLine.objects.bulk_update(_judged(found, graded, comments), columns)
        store_photos(found, photos, side="seller", now=now)
        move(found, State.GRADED, actor=actor, now=now, text="\n".join(filter(None, comments.values())))


def read_comments(returned: Return, graded: Sequence[Graded], *, now: datetime) -> list[Graded]:
    """The same with comments that ``grade`` does not have read again. Raises what that raises of them."""
    comments = _comments(returned, graded, now)
    return [replace(one, comment=comments[one.line]) for one in graded]


def preview(
    returned: Return, graded: Sequence[Graded], *, side: str, photos: Sequence[Upload] = (), now: datetime
) -> RefundSum:
    """What the refund would be if the goods were graded so. Nothing is stored. Raises as ``grade`` does."""
    comments = _comments(returned, graded, now)
    require_photos(photos, order=returned.order, now=now)
    with write():
        found = locked_return(returned, to=State.GRADED, side=side)
        return sums_of(found, lines=_judged(found, graded, comments))


def _judged(found: Return, graded: Sequence[Graded], comments: Mapping[str, str]) -> list[ReturnLine]:
    """The lines of a locked return as they are graded, not stored."""
    lines = {one.line.external_id: one for one in found.lines.select_related("line").order_by("pk")}
    if sorted(one.line for one in graded) != sorted(lines):
        raise Refused("lines", "Say of each item of the return, once, in which condition it is.", "lines")
    terms = terms_of(found)
    for one in graded:
        _put(lines[one.line], one, terms, comments[one.line])
    limits = eligible_lines(found, lines.values(), terms)
    for one in graded:
        lines[one.line].deduction_percent = _percent(one, _most(lines[one.line], limits, terms))
    return list(lines.values())


def _most(line: ReturnLine, rows: Mapping[int, Eligibility], terms: ReturnTerms) -> int:
    """The most that may be deducted of a graded line, per cent: all where another thing came, else as its row says."""
    grade = terms.grade(line.grade)
    return 100 if grade and grade.refusable else rows[line.pk].percent


def _comments(returned: Return, graded: Sequence[Graded], now: datetime) -> dict[str, str]:
    return {one.line: _comment(returned.order, one, now) for one in graded}


def _comment(order: Order, one: Graded, now: datetime) -> str:
    empty = "Say what is wrong with it: the buyer reads it." if one.reason == "other" else ""
    field = f"comment-{one.line}"
    return read_words(one.comment, order=order, role="seller", field=field, what="Your comment", empty=empty, now=now)


def _put(line: ReturnLine, one: Graded, terms: ReturnTerms, comment: str) -> None:
    grade = terms.grade(one.grade)
    if grade is None:
        raise Refused("grade", "Choose the condition in which it arrived.", f"grade-{one.line}")
    if one.reason not in (grade.reasons or ("",)):
        sentence = "Choose what is wrong with it." if grade.reasons else "A new item needs no reason: leave it out."
        raise Refused("grade_reason", sentence, f"grade_reason-{one.line}")
    line.grade, line.grade_reason, line.grade_comment = one.grade, one.reason, comment


def _percent(one: Graded, most: int) -> int:
    if one.percent is None or one.percent == most:
        return most
    if not 0 <= one.percent <= most:
        raise Refused("percent", f"{one.percent} %: from 0 to {most} % may be deducted here.", f"percent-{one.line}")
    if not one.comment.strip():
        sentence = f"The table says {most} %. Say in the comment why you deduct {one.percent} %."
        raise Refused("percent", sentence, f"comment-{one.line}")
    return one.percent
