"""The three-pane page of a desk, put together from selectors."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest

from comity.messaging.models import Conversation, Message, ReplyDeadline
from comity.messaging.selectors.conversations import messages_seen_by, next_step
from comity.messaging.selectors.desk import clocks_of, messages_touched_after, open_clocks
from comity.messaging.selectors.doors import Seat
from comity.messaging.selectors.inbox import others_with_buyer
from comity.messaging.selectors.topics import topic_label
from comity.messaging.services.clock import profile_of
from comity.messaging.services.drafts import draft_at
from comity.orders.selectors.orders import lines_of, shipments_of
from comity.web.account.gate import typed as typed_before_sign_in
from comity.web.compose import Form, again, blank, resumed
from comity.web.desk import panes
from comity.web.desk.desks import Desk
from comity.web.desk.talk import message_view, side_name, talk

_EMPTY = {
    "to_answer": ("Nothing to answer", "Every buyer has an answer. New messages appear here, oldest deadline on top."),
    "waiting": ("Nobody is waiting", "Conversations you answered stand here until the buyer writes again."),
    "held": ("Nothing is held", "A message of yours that a person must read first stands here until the ruling."),
    "all": ("No conversations yet", "They begin when a buyer writes to you."),
}
_DONE = {
    "accepted": "Sent. It is on its way to the buyer.",
    "held": "Not delivered yet: a person reads it first. The time to answer does not run while it waits.",
    "marked": "Marked: no response needed. It is on record.",
}


def list_pane(desk: Desk, request: HttpRequest, *, current: str = "", now: datetime) -> dict[str, Any]:
    """The left pane and the frame around all panes."""
    inbox = desk.inbox(request.GET.get("page"))
    rows = list(inbox.page)
    title, text = _EMPTY[desk.view]
    return {
        **desk.frame(inbox.counts),
        "now": now,
        "tabs": desk.tabs(inbox.counts),
        "page": inbox.page,
        "page_query": "" if desk.view == "to_answer" else f"view={desk.view}&",
        "groups": panes.groups(
            inbox.page,
            open_clocks(rows),
            href=lambda conversation: f"{desk.url('conversation', conversation)}#newest",
            side=desk.side,
            current=current,
            now=now,
        ),
        "empty_title": title,
        "empty_text": text,
        "inbox_href": desk.url("inbox"),
    }


def conversation_page(
    desk: Desk, request: HttpRequest, seat: Seat, *, form: Form | None = None, now: datetime
) -> dict[str, Any]:
    """All three panes of one conversation; ``form`` is one that came back."""
    conversation = seat.conversation
    clocks = clocks_of(conversation)
    clock = next((one for one in clocks if one.ended_at is None), None)
    messages = messages_seen_by(seat)
    return {
        **list_pane(desk, request, current=conversation.public_id, now=now),
        "open": "mid",
        "conversation": conversation,
        "topic": topic_label(conversation.topic),
        "about": panes.about(conversation),
        "clock": clock,
        "messages": talk(seat, messages, clocks, page=desk.url("conversation", conversation) if desk.writes else ""),
        "poll_url": poll_url(desk, conversation),
        "no_response_url": desk.url("no-response", conversation) if clock and desk.writes else "",
        "done": _DONE.get(request.GET.get("done", ""), ""),
        **_writing(desk, request, seat, messages, form, now=now),
        **_side_pane(desk, conversation, clock, now=now),
    }


def poll_url(desk: Desk, conversation: Conversation) -> str:
    """Where the page asks for what is newer than what it shows."""
    address = desk.url("new", conversation)
    return f"{address}{'&' if '?' in address else '?'}after={conversation.record_count}"


def news(desk: Desk, seat: Seat, after: int) -> list[dict[str, Any]]:
    """Messages that appeared or changed since position ``after``; one that the page has already is ``again``."""
    touched = messages_touched_after(seat.conversation, after)
    page = desk.url("conversation", seat.conversation) if desk.writes else ""
    clocks = clocks_of(seat.conversation)
    appears_by = {True: "posted", False: "delivered"}
    return [
        message_view(seat, message, clocks, page=page)
        | {"again": appears_by[message.side == seat.side] not in touched[message.public_id]}
        for message in messages_seen_by(seat)
        if message.public_id in touched
    ]


def _writing(
    desk: Desk, request: HttpRequest, seat: Seat, messages: list[Message], form: Form | None, *, now: datetime
) -> dict[str, Any]:
    if not desk.writes:
        return {"read_only": True}
    if restriction := desk.restriction(now):
        return {"restriction": restriction}
    return {"composer": _composer(desk, seat, form or _fresh(desk, request, seat, messages), now=now)}


def draft_place(desk: Desk, conversation: Conversation) -> str:
    """The place of a draft: one for each side, so that a person with two seats has two."""
    return f"{desk.side}/{conversation.public_id}"


def _fresh(desk: Desk, request: HttpRequest, seat: Seat, messages: list[Message]) -> Form:
    """The form as a page opens it: what was typed before signing in, a refused message, or the draft."""
    if kept := typed_before_sign_in(request):
        return blank(kept.get("text", ""), purpose=kept.get("purpose", ""))
    wanted = request.GET.get("replaces", "")
    refused = (Message.State.BLOCKED, Message.State.WITHDRAWN)
    for message in messages:
        if message.public_id == wanted and message.side == desk.side and message.state in refused:
            return again(message)
    return resumed(draft_at(user=desk.user, place=draft_place(desk, seat.conversation)))


def _composer(desk: Desk, seat: Seat, form: Form, *, now: datetime) -> dict[str, Any]:
    conversation = seat.conversation
    buyer = conversation.buyer.name
    part = form.part(
        action=desk.url("reply", conversation),
        to=buyer,
        label=f"Your message to {buyer}",
        limit=profile_of(conversation, now).message_characters,
        draft_url=desk.url("draft", conversation),
        draft_key=f"{desk.user.public_id}/{draft_place(desk, conversation)}",
        next="It replaces the message that did not go out." if form.typed.replaces else f"{buyer} sees your name.",
        rows=4,
        in_desk=True,
    )
    if not desk.purposes:
        return {**part, "hidden": [*part["hidden"], ("purpose", "reply")]}
    rules = {"check_url": desk.url("check", conversation), "purposes": desk.purposes}
    return {**part, **rules, "purpose": form.typed.purpose or "reply"}


def _side_pane(desk: Desk, conversation: Conversation, clock: ReplyDeadline | None, *, now: datetime) -> dict[str, Any]:
    order = conversation.order
    deadlines = panes.deadlines(conversation, clock, next_step(conversation, now=now), now)
    others = panes.others(others_with_buyer(conversation), lambda one: f"{desk.url('conversation', one)}#newest")
    if order is None:
        return {"deadlines": deadlines, "listing": conversation.listing, "others": others}
    ships = "you" if desk.purposes else side_name(conversation, "seller")
    view = panes.order_view(
        order, lines_of(order), shipments_of(order), ships=ships, href=desk.order_href(conversation), now=now
    )
    return {"order": {**view, "deadlines": deadlines}, "others": others}
