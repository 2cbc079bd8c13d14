"""The three-pane page of a desk, put together from selectors."""

from collections.abc import Container, Iterable
from datetime import datetime
from typing import Any

from django.http import HttpRequest

from comity.messaging.models import Conversation, Message, ReplyDeadline, Side
from comity.messaging.selectors.conversations import News, messages_seen_by, next_step, talk_of
from comity.messaging.selectors.desk import clocks_of
from comity.messaging.selectors.doors import Seat
from comity.messaging.selectors.inbox import next_in, others_with_buyer
from comity.messaging.selectors.offers import offers_in
from comity.messaging.selectors.order_words import acknowledgement
from comity.messaging.selectors.topics import topic_label
from comity.messaging.services.clock import profile_of
from comity.messaging.services.drafts import draft_at
from comity.orders.selectors.orders import lines_of, shipments_of
from comity.web.account.gate import typed as typed_before_sign_in
from comity.web.attached import attaching
from comity.web.care import block_link, with_care
from comity.web.compose import Form, again, blank, resumed, taken_back, with_text
from comity.web.desk import panes
from comity.web.desk.desks import Desk
from comity.web.desk.lists import list_pane
from comity.web.desk.talk import message_view, side_name, talk
from comity.web.desk.teamwork import note_views, team_panel
from comity.web.desk.together import answering, draft_place, inserted, joined, picker, poll_url, undo_hrefs
from comity.web.positions import sealed
from comity.web.terms import terms_of

_DONE = {
    "accepted": "Sent. It is on its way to the buyer.",
    "held": "Not delivered yet: a person reads it first. The time to answer does not run while it waits.",
    "undone": "Taken back before it was delivered. Your words are in the form again.",
    "marked": "Marked: no response needed. It is on record.",
    "accepted_next": "Sent. This is the next one in the list.",
    "held_next": "Not delivered yet: a person reads it first. This is the next one in the list.",
    "assigned": "Assigned. Whoever has it now is told.",
    "labelled": "Labelled.",
    "unlabelled": "The label is off.",
    "noted": "Your note is there. Only your team sees it.",
    "noted_told": "Your note is there. Only your team sees it, and whom you named is told.",
    "unnoted": "Your note is removed.",
}


def conversation_page(
    desk: Desk, request: HttpRequest, seat: Seat, *, form: Form | None = None, now: datetime
) -> dict[str, Any]:
    """All three panes of one conversation; ``form`` is one that came back."""
    conversation = seat.conversation
    clocks = clocks_of(conversation)
    clock = _running(clocks)
    messages, position = talk_of(seat)
    others = answering(desk, conversation, now=now)
    beside = list_pane(desk, request, current=conversation.public_id, now=now)
    return {
        **beside,
        "live": desk.live(conversation),
        "open": "mid",
        "conversation": conversation,
        "topic": topic_label(conversation.topic),
        "about": panes.about(conversation),
        "clock": clock,
        "messages": _shown(desk, seat, messages, clocks, now=now),
        "team": team_panel(desk, seat) if desk.writes else None,
        "next_href": _next_href(desk, conversation, beside["page"]),
        "answering": others,
        "seen": sealed(conversation, seat.side, conversation.message_count),
        "poll_url": poll_url(desk, conversation, position, others),
        "no_response_url": desk.url("no-response", conversation) if clock and desk.writes else "",
        "done": _DONE.get(request.GET.get("done", ""), ""),
        **_writing(desk, request, seat, messages, form, now=now),
        **_side_pane(desk, conversation, clock, now=now),
        "resolve": _resolve(desk, conversation) if desk.checked and desk.writes and conversation.order else None,
        "policies": terms_of(conversation.order, conversation.seller, conversation.marketplace.slug),
        "blocking": block_link(seat, desk.url("block", conversation)) if desk.writes and desk.checked else None,
    }


def _running(clocks: list[ReplyDeadline]) -> ReplyDeadline | None:
    return next((one for one in clocks if one.ended_at is None), None)


def _shown(
    desk: Desk, seat: Seat, messages: list[Message], clocks: list[ReplyDeadline], *, now: datetime
) -> list[dict[str, Any]]:
    """What was said, and what the team noted, in order of time."""
    page = desk.url("conversation", seat.conversation) if desk.writes else ""
    shown = _with_undo(desk, seat, messages, talk(seat, messages, clocks, page=page), now=now)
    return sorted(shown + note_views(desk, seat), key=lambda one: one["at"])


def _next_href(desk: Desk, conversation: Conversation, beside: Iterable[Conversation]) -> str:
    """The conversation that follows in the list, whose page ``beside`` is; empty when there is no other."""
    rows = iter(beside)
    following = next(rows, None) if conversation in rows else None  # the iterator goes on behind the one it found
    following = following or next_in(desk.team, desk.user, desk.filters, conversation)
    return f"{desk.url('conversation', following)}#newest" if following else ""


def _with_undo(
    desk: Desk, seat: Seat, messages: list[Message], shown: list[dict[str, Any]], *, now: datetime
) -> list[dict[str, Any]]:
    """``shown`` with a way to take back what its author may take back; there is none where nobody may write.

    And with what can be done about messages of the other side: see ``web.care``.
    """
    shown = with_care(
        seat,
        messages,
        shown,
        address=lambda action, message: desk.url(action, seat.conversation, message=message),
        writes=desk.writes,
    )
    if not desk.writes or desk.restriction(now):
        return shown
    hrefs = undo_hrefs(desk, seat, messages)
    return [one | hrefs.get(one["id"], {}) for one in shown]


def news(desk: Desk, seat: Seat, told: News, *, now: datetime) -> dict[str, Any]:
    """The messages that appeared or changed, see ``News``; one that the page has already is ``again``.

    And whether an answer is due now; of the buyer's first words, where they are answered: that page has no form yet.
    """
    page = desk.url("conversation", seat.conversation) if desk.writes else ""
    clocks = clocks_of(seat.conversation)
    messages = messages_seen_by(seat)
    shown = [
        message_view(seat, message, clocks, page=page) | {"again": message.public_id in told.changed}
        for message in messages
        if message.public_id in told.appeared | told.changed
    ]
    context: dict[str, Any] = {"messages": _with_undo(desk, seat, messages, shown, now=now)}
    begins = _unwritten(desk, messages, without=told.appeared) and not _unwritten(desk, messages)
    if begins and desk.writes and not desk.restriction(now):
        context["write_href"] = f"{desk.url('conversation', seat.conversation)}#write"
    return context | {"clock": _running(clocks)}


def _unwritten(desk: Desk, messages: list[Message], *, without: Container[str] = ()) -> bool:
    """Whether nothing of a buyer has reached this shop in the conversation: it has a page to write first."""
    found = (one for one in messages if one.side == Side.BUYER and one.delivered_at)
    return desk.checked and not any(one.public_id not in without for one in found)


def _resolve(desk: Desk, conversation: Conversation) -> dict[str, Any]:
    """The input of ``desk/resolve.html``. One query."""
    page = desk.url("conversation", conversation)
    return {
        "open": next((one for one in offers_in(conversation, desk.side) if one.is_open), None),
        "href": desk.url("resolve", conversation),
        "acknowledge_href": f"{page}{'&' if '?' in page else '?'}acknowledge=1#write",
        "marketplace": conversation.marketplace.name,
    }


def _writing(
    desk: Desk, request: HttpRequest, seat: Seat, messages: list[Message], form: Form | None, *, now: datetime
) -> dict[str, Any]:
    if not desk.writes:
        return {"read_only": True}
    if restriction := desk.restriction(now):
        return {"restriction": restriction}
    if _unwritten(desk, messages):
        return {"contact_href": desk.contact_href(seat.conversation)}
    return {"composer": _composer(desk, seat, form or _fresh(desk, request, seat, messages), now=now)}


def _fresh(desk: Desk, request: HttpRequest, seat: Seat, messages: list[Message]) -> Form:
    """The form as a page opens it: what was typed before signing in, a refused message, or the draft."""
    if kept := typed_before_sign_in(request):
        return blank(kept.get("text", ""))
    wanted = request.GET.get("replaces", "")
    refused = (Message.State.BLOCKED, Message.State.WITHDRAWN)
    draft = draft_at(user=desk.user, place=draft_place(desk, seat.conversation))
    for message in messages:
        if message.public_id == wanted and message.side == desk.side and message.state in refused:
            # Whoever took a message back has its words in the draft, with what was typed since.
            return taken_back(message, draft) if message.undo_until and draft else again(message)
    form = resumed(draft)
    text = inserted(desk, seat, request.GET["saved"]) if "saved" in request.GET else ""
    if "acknowledge" in request.GET and desk.checked:
        text = acknowledgement(seat.conversation)
    return with_text(form, joined(form.typed.text, text)) if text else form


def _composer(desk: Desk, seat: Seat, form: Form, *, now: datetime) -> dict[str, Any]:
    conversation = seat.conversation
    buyer = conversation.buyer.name
    seen = form.typed.seen or sealed(conversation, seat.side, conversation.message_count)
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
        send_label="Send anyway" if form.overtaken_by else "",
        picker=picker(desk, conversation),
        **attaching(form, limits=profile_of(conversation, now).attachments, user=desk.user, now=now),
    )
    part["hidden"] = [*part["hidden"], ("seen", seen)]
    return {**part, "check_url": desk.url("check", conversation)} if desk.checked else part


def _side_pane(desk: Desk, conversation: Conversation, clock: ReplyDeadline | None, *, now: datetime) -> dict[str, Any]:
    order = conversation.order
    deadlines = panes.deadlines(conversation, clock, next_step(conversation, now=now), now)
    others = panes.others(others_with_buyer(conversation), lambda one: f"{desk.url('conversation', one)}#newest")
    if order is None:
        return {"deadlines": deadlines, "listing": conversation.listing, "others": others}
    ships = "you" if desk.checked else side_name(conversation, "seller")
    view = panes.order_view(
        order, lines_of(order), shipments_of(order), ships=ships, href=desk.order_href(conversation), now=now
    )
    return {"order": {**view, "deadlines": deadlines}, "others": others}
