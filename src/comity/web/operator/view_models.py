"""What the held queue and the ruling page show."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.core.paginator import Page
from django.urls import reverse
from django.utils import timezone

from comity.accounts.models import OperatorStaff
from comity.accounts.selectors.roles import may
from comity.messaging.models import Conversation, Message, ReplyDeadline, Ruling, Side
from comity.messaging.selectors.conversations import messages_seen_by
from comity.messaging.selectors.desk import clocks_of, fault_in
from comity.messaging.selectors.doors import Seat, get_seat_of_operator
from comity.messaging.selectors.held import Take
from comity.messaging.selectors.outreach import declared
from comity.messaging.selectors.topics import topic_label
from comity.orders.selectors.orders import lines_of, shipments_of
from comity.web.desk.panes import about, order_view
from comity.web.desk.talk import author_name, rulebook_on, side_name, talk
from comity.web.templatetags import times

_SOON = timedelta(hours=1)
_WHEN = ("Overdue", "Rule within the hour", "Rule today", "Rule by tomorrow", "Rule later")
RULING_WORDS = {"release": "Release", "return": "Return to author", "block": "Block"}
_DECIDED = {"release": "Released", "return": "Returned to its author", "block": "Blocked"}


def queue_groups(
    page: "Page[Any]", takes: Mapping[str, Take], *, current: str, place: str, now: datetime
) -> list[dict[str, Any]]:
    """Held messages under how long is left for the ruling; the oldest until is on top."""
    found: dict[str, list[dict[str, Any]]] = {label: [] for label in _WHEN}
    for message in page:
        row = _row(message, current=current, place=place)
        if take := takes.get(message.public_id):
            row["tail"] = f"{take.name} is on it, since {times.moment_words(take.at, now)}"
        found[_when(message.held_until, now)].append(row)
    return [{"label": label, "items": items} for label, items in found.items() if items]


def _when(until: datetime, now: datetime) -> str:
    overdue, soon, today, tomorrow, later = _WHEN
    if until - now <= _SOON:
        return overdue if until <= now else soon
    days = (timezone.localtime(until).date() - timezone.localtime(now).date()).days
    return today if days == 0 else tomorrow if days == 1 else later


def _row(message: Message, *, current: str, place: str) -> dict[str, Any]:
    conversation = message.conversation
    rules = sorted({finding.rule for finding in message.findings.all()})
    return {
        "href": f"{ruling_href(place, message)}#newest",
        "name": side_name(conversation, message.side),
        "current": message.public_id == current,
        "due": message.held_until,
        "started": message.sent_at,
        "topic": ", ".join(rules),
        "about": f"to {side_name(conversation, recipient(conversation, message))}",
        "snippet": message.text,
    }


def ruling_href(place: str, message: Message) -> str:
    """The page on which ``message`` is ruled on."""
    return reverse("operator-ruling", kwargs={"marketplace": place, "message": message.public_id})


def recipient(conversation: Conversation, message: Message) -> str:
    """The side that would get the message."""
    return conversation.addressee if message.side == Side.BUYER else Side.BUYER


def ruling_page(staff: OperatorStaff, message: Message, *, now: datetime) -> dict[str, Any]:
    """The middle and right pane: the message in its conversation, what each decision does, and the context."""
    seat = get_seat_of_operator(staff=staff, user=staff.user, conversation_id=message.conversation.public_id)
    conversation = seat.conversation
    clocks = clocks_of(conversation)
    stopped = next((clock for clock in clocks if clock.ended_by_id == message.pk), None)
    return {
        "message": message,
        "conversation": conversation,
        "author": author_name(conversation, message),
        "from_name": side_name(conversation, message.side),
        "to_name": side_name(conversation, recipient(conversation, message)),
        "topic": topic_label(conversation.topic),
        "declared": declared(conversation, message),
        "about": about(conversation),
        "stopped": stopped,
        "talk": _talk_up_to(seat, message, clocks),
        "decisions": decisions(message, conversation, stopped, author_name(conversation, message), now=now),
        "rulebook_on": rulebook_on(message),
        "rules": sorted({finding.rule for finding in message.findings.all()}),
        "order": _order(conversation, now=now),
        "chain": chain(staff, conversation),
    }


def _talk_up_to(seat: Seat, message: Message, clocks: list[ReplyDeadline]) -> list[dict[str, Any]]:
    """The conversation with the held message in view on a phone, wherever it stands."""
    shown = talk(seat, messages_seen_by(seat), clocks, page="")
    return [one | {"newest": one["id"] == message.public_id} for one in shown]


def decisions(
    message: Message, conversation: Conversation, stopped: ReplyDeadline | None, author: str, *, now: datetime
) -> list[tuple[str, str, str]]:
    """Each decision with what it does, for author, recipient and clock."""
    to = side_name(conversation, recipient(conversation, message))
    clock = _clock_words(stopped, now)
    return [
        ("release", RULING_WORDS["release"], f"Delivered to {to} at once."),
        ("return", RULING_WORDS["return"], f"{author} may write it again. {to} is told nothing.{clock}"),
        ("block", RULING_WORDS["block"], f"Never delivered; stays on record. {to} is told nothing.{clock}"),
    ]


def _clock_words(stopped: ReplyDeadline | None, now: datetime) -> str:
    if stopped is None:
        return ""
    over = ", already over" if stopped.due_at <= now else ""
    return f" The time to answer runs on: due {times.moment_words(stopped.due_at, now)}{over}."


def _order(conversation: Conversation, *, now: datetime) -> dict[str, Any] | None:
    order = conversation.order
    if order is None:
        return None
    return order_view(order, lines_of(order), shipments_of(order), ships="the seller", now=now)


def chain(staff: OperatorStaff, conversation: Conversation) -> dict[str, Any]:
    """Whether the conversation's record is whole, checked now."""
    fault = fault_in(conversation)
    place = {"marketplace": staff.marketplace.slug, "conversation": conversation.public_id}
    verifies = may(staff, "verify")
    return {
        "count": conversation.record_count,
        "unbroken": fault is None,
        "fault": f"The first altered entry is number {fault.position}: {fault.what}." if fault else "",
        "position": fault.position if fault else 0,
        "head": conversation.record_head,
        "href": reverse("operator-record", kwargs=place) if verifies else "",
        "export_href": reverse("operator-export", kwargs=place) if verifies else "",
    }


def ruled(ruling: Ruling | None) -> dict[str, Any] | None:
    """Who ruled, when, how and why; nothing when the message left the queue without a ruling."""
    if ruling is None:
        return None
    return {
        "by": ruling.decided_by.name,
        "at": ruling.decided_at,
        "decision": _DECIDED[ruling.decision],
        "reason": ruling.reason,
    }


def record_rows(page: "Page[Any]", place: str) -> list[dict[str, Any]]:
    """Conversations as rows of the list of records."""
    return [
        {
            "href": reverse("operator-record", kwargs={"marketplace": place, "conversation": found.public_id}),
            "id": found.public_id,
            "buyer": found.buyer.name,
            "with": side_name(found, found.addressee),
            "topic": topic_label(found.topic),
            "about": about(found),
            "entries": found.record_count,
            "last_at": found.last_message_at or found.opened_at,
        }
        for found in page
    ]
