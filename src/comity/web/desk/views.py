"""The views of a desk, whoever's it is. The views of seller and operator open the desk and call these."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from comity.common import clock
from comity.common.errors import Refused
from comity.messaging.models import Conversation
from comity.messaging.services.checks import check_reply
from comity.messaging.services.clock import profile_of
from comity.messaging.services.drafts import discard_draft, save_draft
from comity.messaging.services.marks import mark_no_response_needed, mark_read
from comity.messaging.services.messages import Reply, reply
from comity.web.compose import attempt, read, verdict_answer
from comity.web.desk.desks import Desk
from comity.web.desk.pages import conversation_page, draft_place, list_pane, news, poll_url


def inbox(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The list alone: what needs an answer first, the oldest deadline on top."""
    return render(request, "desk/inbox.html", list_pane(desk, request, now=clock.now()))


def conversation(request: HttpRequest, desk: Desk, conversation_id: str) -> HttpResponse:
    """A conversation with the list and the order beside it; whoever may answer has read it then."""
    seat = desk.seat(conversation_id)
    if desk.writes:
        mark_read(seat=seat)
    page = conversation_page(desk, request, seat, now=clock.now())
    return render(request, "desk/conversation.html", page)


def answer(request: HttpRequest, desk: Desk, conversation_id: str) -> HttpResponse:
    """Send what was written. What is not sent comes back in the form, with the reason."""
    now = clock.now()
    seat = desk.seat(conversation_id)
    typed = read(request)
    purpose = typed.purpose if typed.purpose in dict(desk.purposes or [("reply", "")]) else ""
    form = Reply(typed.text, typed.key, typed.confirmed, purpose, typed.replaces)
    result = attempt(lambda: reply(seat=seat, reply=form, now=now), typed)
    if result.sent is None:
        fresh = desk.seat(conversation_id)  # a blocked message is on record now
        page = conversation_page(desk, request, fresh, form=result.form, now=now)
        return render(request, "desk/conversation.html", page, status=result.status)
    discard_draft(user=desk.user, place=draft_place(desk, seat.conversation))
    return _back(desk, seat.conversation, result.sent.kind)


def new_messages(request: HttpRequest, desk: Desk, conversation_id: str) -> HttpResponse:
    """What has come since the page was made, as a fragment; 204 when nothing has."""
    seat = desk.seat(conversation_id)
    after = request.GET.get("after", "")
    position = int(after) if after.isdecimal() and len(after) < 10 else 0  # noqa: PLR2004 - fits an integer column
    if seat.conversation.record_count <= position:
        return HttpResponse(status=HTTPStatus.NO_CONTENT)
    shown = news(desk, seat, position)
    if desk.writes:
        mark_read(seat=seat)
    context = {"messages": shown, "poll_url": poll_url(desk, seat.conversation), "now": clock.now()}
    return render(request, "desk/new.html", context)


def check(request: HttpRequest, desk: Desk, conversation_id: str) -> HttpResponse:
    """What the rules would say to the draft, for the page's script; nothing is stored."""
    now = clock.now()
    seat = desk.seat(conversation_id)
    typed = read(request)
    limit = profile_of(seat.conversation, now).message_characters
    purpose = typed.purpose if typed.purpose in dict(desk.purposes) else "reply"
    verdict = None if typed.unreadable else check_reply(seat=seat, text=typed.text, purpose=purpose, now=now)
    return verdict_answer(typed.text, verdict, limit=limit)


def draft(request: HttpRequest, desk: Desk, conversation_id: str) -> HttpResponse:
    """Keep what is being typed."""
    now = clock.now()
    seat = desk.seat(conversation_id)
    limit = profile_of(seat.conversation, now).message_characters
    place = draft_place(desk, seat.conversation)
    save_draft(user=desk.user, place=place, text=read(request).text, limit=limit, now=now)
    return HttpResponse(status=HTTPStatus.NO_CONTENT)


def no_response_needed(request: HttpRequest, desk: Desk, conversation_id: str) -> HttpResponse:
    """End the reply clock without an answer; on record."""
    now = clock.now()
    seat = desk.seat(conversation_id)
    try:
        mark_no_response_needed(seat=seat, now=now)
    except Refused as refusal:
        page = conversation_page(desk, request, seat, now=now) | {"refusal": refusal.sentence}
        return render(request, "desk/conversation.html", page, status=HTTPStatus.CONFLICT)
    return _back(desk, seat.conversation, "marked")


def _back(desk: Desk, conversation: Conversation, done: str) -> HttpResponseRedirect:
    address = desk.url("conversation", conversation)
    return HttpResponseRedirect(f"{address}{'&' if '?' in address else '?'}done={done}#newest")
