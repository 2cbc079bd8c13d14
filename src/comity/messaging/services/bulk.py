"""One change to many conversations: first looked at, then made, row by row.

Each row is a transaction of its own, so that what cannot be changed keeps nothing else from being changed. Every
change may be repeated: a row that is already as wanted stays as it is.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from comity.accounts.models import OperatorStaff, Staff, User
from comity.accounts.selectors.roles import require_writer
from comity.common.errors import NotFound, Refused
from comity.messaging.models import Conversation, Label, LabelledConversation
from comity.messaging.selectors.doors import Seat
from comity.messaging.selectors.inbox import Filters, in_order, rows_of
from comity.messaging.selectors.teams import colleagues, get_label, team_of
from comity.messaging.services.assignments import assign
from comity.messaging.services.labels import put_label, take_label
from comity.messaging.services.marks import mark_no_response_needed

ACTIONS = ("assign", "label", "unlabel", "no_response")


@dataclass(frozen=True, slots=True)
class Change:
    """What to do to each row: one of ``ACTIONS``; ``to`` is a colleague's or a label's public id, empty for nobody."""

    action: str
    to: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a change would do: rows that change, and rows that stay, with the reason. ``words`` name the change."""

    change: Change
    words: str
    rows: list[Conversation]
    stay: list[tuple[Conversation, str]]


@dataclass(frozen=True, slots=True)
class Done:
    """What a change did: how many rows changed, and which did not, with the reason."""

    changed: int
    stayed: list[tuple[Conversation, str]]


def chosen(staff: Staff | OperatorStaff, ids: Sequence[str], *, limit: int) -> list[Conversation]:
    """The team's conversations of those public ids, in the inbox's order; unknown ids are passed over. One query."""
    known = [public_id for public_id in ids if public_id.isprintable()][:limit]
    rows = team_of(staff).conversations(reached=False).filter(public_id__in=known)
    return list(in_order(_known(rows)))


def all_shown(staff: Staff | OperatorStaff, filters: Filters, *, limit: int) -> list[Conversation]:
    """The first ``limit`` conversations that ``filters`` show. One query."""
    return list(_known(rows_of(team_of(staff), staff.user, filters))[:limit])


def plan(*, staff: Staff | OperatorStaff, change: Change, rows: Sequence[Conversation]) -> Plan:
    """What ``change`` would do to ``rows``. Raises ``Refused``: ``role``, ``action``, ``colleague``, ``label``."""
    require_writer(staff)
    wanted, words = _WANTED[_action(change)](staff, change, rows)
    stays = [(row, reason) for row in rows if (reason := wanted(row))]
    staying = {row.pk for row, _ in stays}
    return Plan(change, words, [row for row in rows if row.pk not in staying], stays)


def carry_out(*, seats: Sequence[Seat], change: Change, now: datetime) -> Done:
    """Make ``change`` to the conversation of every seat. Raises ``Refused`` for a change that is none."""
    do = _DO[_action(change)]
    changed, stayed = 0, []
    for seat in seats:
        try:
            if do(seat, change.to, now):
                changed += 1
            else:
                stayed.append((seat.conversation, "It was so already."))
        except (Refused, NotFound) as refusal:
            stayed.append((seat.conversation, getattr(refusal, "sentence", "It is no longer there.")))
    return Done(changed, stayed)


def _known(rows: QuerySet[Conversation]) -> QuerySet[Conversation]:
    return rows.select_related("marketplace", "buyer", "seller", "order", "listing__product")


Reason = Callable[[Conversation], str]


def _action(change: Change) -> str:
    if change.action not in ACTIONS:
        raise Refused("action", "Choose what to do with the conversations.", "action")
    return change.action


def _to_assign(staff: Staff | OperatorStaff, change: Change, rows: Sequence[Conversation]) -> tuple[Reason, str]:
    del rows
    who: User | None = next((one for one in colleagues(team_of(staff)) if one.public_id == change.to), None)
    if change.to and who is None:
        raise Refused("colleague", "Choose somebody of your team who may answer.", "to")
    already = f"{who.name} has it already." if who else "Nobody has it already."
    words = f"Assign to {who.name}" if who else "Assign to nobody"
    return lambda row: already if row.assignee_id == (who.pk if who else None) else "", words


def _to_label(staff: Staff | OperatorStaff, change: Change, rows: Sequence[Conversation]) -> tuple[Reason, str]:
    label, carrying = _carrying(staff, change, rows)
    return lambda row: f"It carries “{label.name}” already." if row.pk in carrying else "", f"Put label “{label.name}”"


def _to_unlabel(staff: Staff | OperatorStaff, change: Change, rows: Sequence[Conversation]) -> tuple[Reason, str]:
    label, carrying = _carrying(staff, change, rows)
    reason = f"It does not carry “{label.name}”."
    return lambda row: "" if row.pk in carrying else reason, f"Take label “{label.name}” off"


def _carrying(
    staff: Staff | OperatorStaff, change: Change, rows: Sequence[Conversation]
) -> tuple[Label, frozenset[int]]:
    try:
        label = get_label(team_of(staff), change.to)
    except NotFound as missing:
        raise Refused("label", "Choose one of your labels.", "to") from missing
    carried = LabelledConversation.objects.filter(label=label, conversation__in=[row.pk for row in rows])
    return label, frozenset(carried.values_list("conversation", flat=True))


def _to_excuse(staff: Staff | OperatorStaff, change: Change, rows: Sequence[Conversation]) -> tuple[Reason, str]:
    del staff, change, rows
    return lambda row: "" if row.reply_due_at else "No answer is due there.", "No response needed"


_WANTED: Mapping[str, Callable[..., tuple[Reason, str]]] = {
    "assign": _to_assign,
    "label": _to_label,
    "unlabel": _to_unlabel,
    "no_response": _to_excuse,
}


def _excuse(seat: Seat, to: str, now: datetime) -> bool:
    del to
    mark_no_response_needed(seat=seat, now=now)
    return True


_DO: Mapping[str, Callable[[Seat, str, datetime], bool]] = {
    "assign": lambda seat, to, now: assign(seat=seat, to=to, now=now),
    "label": lambda seat, to, now: put_label(seat=seat, label_id=to, now=now),
    "unlabel": lambda seat, to, now: take_label(seat=seat, label_id=to, now=now),
    "no_response": _excuse,
}
