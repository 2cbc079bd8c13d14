"""The views of a desk, whoever's it is. The views of seller and operator open the desk and call these."""

from dataclasses import replace
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render

from comity.common import clock
from comity.common.errors import Refused
from comity.messaging.models import Conversation
from comity.messaging.selectors.colleagues import answering_token
from comity.messaging.selectors.conversations import news_of
from comity.messaging.selectors.doors import Seat
from comity.messaging.selectors.inbox import next_in
from comity.messaging.services.checks import check_reply
from comity.messaging.services.clock import profile_of
from comity.messaging.services.drafts import discard_draft, save_draft
from comity.messaging.services.gaps import gaps_in
from comity.messaging.services.marks import mark_no_response_needed, mark_read
from comity.messaging.services.messages import Reply, reply
from comity.messaging.services.undo import undo as take_back
from comity.web.attached import kept_files, read_with_files
from comity.web.compose import Form, Typed, attempt, blank, read, verdict_answer, with_text
from comity.web.desk.desks import Desk
from comity.web.desk.lists import list_pane
from comity.web.desk.pages import conversation_page, news
from comity.web.desk.together import answering, draft_place, inserted, joined, poll_url, rest
from comity.web.positions import load_again, looked_at, reached, sealed


def inbox(request: HttpRequest, desk: Desk, **more: Any) -> HttpResponse:
    """The list alone: what needs an answer first, the oldest deadline on top; ``more`` stands beside it."""
    return render(request, "desk/inbox.html", list_pane(desk, request, now=clock.now()) | more)


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
    typed = read_with_files(request, user=desk.user, marketplace=seat.conversation.marketplace, now=now)
    result = attempt(lambda: reply(seat=seat, reply=_reply_of(seat, typed), now=now), typed)
    if result.sent is None:
        fresh = desk.seat(conversation_id)  # a blocked message is on record now
        page = conversation_page(desk, request, fresh, form=result.form, now=now)
        return render(request, "desk/conversation.html", page, status=result.status)
    discard_draft(user=desk.user, place=draft_place(desk, seat.conversation))
    return _after_answer(request, desk, seat, result.sent.kind)


def _reply_of(seat: Seat, typed: Typed) -> Reply:
    return Reply(
        typed.text,
        typed.key,
        typed.confirmed,
        typed.replaces,
        undoable=True,
        seen=looked_at(seat.conversation, seat.side, typed.seen),
        files=typed.files,
    )


def _after_answer(request: HttpRequest, desk: Desk, seat: Seat, done: str) -> HttpResponseRedirect:
    """Back to the conversation, or on to the one that stood below it in the list, for who asked for that."""
    if request.POST.get("then") == "next":
        # The seat still knows where the conversation stood before the answer moved it.
        following = next_in(desk.team, desk.user, desk.filters, seat.conversation)
        if following:
            return _back(desk, following, f"{done}_next")
    return _back(desk, seat.conversation, done)


def new_messages(request: HttpRequest, desk: Desk, conversation_id: str) -> HttpResponse:
    """What has come since the page was made, as a fragment; 204 when nothing has, or to load the page again."""
    now, seat = clock.now(), desk.seat(conversation_id)
    if (position := reached(seat.conversation, seat.side, request.GET.get("after", ""))) is None:
        return load_again()
    fresh = news_of(seat, after=position)
    others = answering(desk, seat.conversation, now=now)
    moved = fresh.position > position
    if not moved and answering_token(others) == request.GET.get("answering", ""):
        return HttpResponse(status=HTTPStatus.NO_CONTENT)
    context = {
        **(news(desk, seat, fresh, now=now) if moved else {}),
        "answering": others,
        "seen": sealed(seat.conversation, seat.side, seat.conversation.message_count),
        "poll_url": poll_url(desk, seat.conversation, fresh.position, others),
        "now": now,
    }
    if desk.writes:
        mark_read(seat=seat)
    return render(request, "desk/new.html", context)


def check(request: HttpRequest, desk: Desk, conversation_id: str) -> HttpResponse:
    """What the rules would say to the draft, for the page's script; nothing is stored."""
    now = clock.now()
    seat = desk.seat(conversation_id)
    typed = read(request)
    limit = profile_of(seat.conversation, now).message_characters
    files = kept_files(request, user=desk.user, now=now)
    verdict = None if typed.unreadable else check_reply(seat=seat, text=typed.text, files=files, now=now)
    return verdict_answer(typed.text, verdict, limit=limit, gaps=gaps_in(typed.text))


def draft(request: HttpRequest, desk: Desk, conversation_id: str) -> HttpResponse:
    """Keep what is being typed."""
    now = clock.now()
    seat = desk.seat(conversation_id)
    limit = profile_of(seat.conversation, now).message_characters
    place = draft_place(desk, seat.conversation)
    pause = rest(seat.conversation, now)
    save_draft(user=desk.user, place=place, text=read(request).text, limit=limit, rest=pause, now=now)
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


def undo(request: HttpRequest, desk: Desk, conversation_id: str, message_id: str) -> HttpResponse:
    """Take a reply back; its words stand in the form again. Too late: 409, and what is typed stays."""
    now = clock.now()
    seat = desk.seat(conversation_id)
    typed = read(request)
    place = draft_place(desk, seat.conversation)
    try:
        take_back(seat=seat, message_id=message_id, place=place, typed=typed.text, now=now)
    except Refused as refusal:
        form = with_text(blank(), typed.text)
        page = conversation_page(desk, request, seat, form=form, now=now) | {"refusal": refusal.sentence}
        return render(request, "desk/conversation.html", page, status=HTTPStatus.CONFLICT)
    address = desk.url("conversation", seat.conversation)
    joint = "&" if "?" in address else "?"
    return HttpResponseRedirect(f"{address}{joint}replaces={message_id}&done=undone#write")


def insert(request: HttpRequest, desk: Desk, conversation_id: str) -> HttpResponse:
    """A saved reply, filled: alone for the page's script, else in the form after what is typed."""
    now = clock.now()
    seat = desk.seat(conversation_id)
    typed = read(request)
    text = inserted(desk, seat, request.POST.get("saved", ""))
    if "application/json" in request.headers.get("Accept", ""):
        return JsonResponse({"text": text})
    form = Form(replace(typed, text=joined(typed.text, text) if text else typed.text, confirmed=""))
    return render(request, "desk/conversation.html", conversation_page(desk, request, seat, form=form, now=now))


def _back(desk: Desk, conversation: Conversation, done: str) -> HttpResponseRedirect:
    address = desk.url("conversation", conversation)
    return HttpResponseRedirect(f"{address}{'&' if '?' in address else '?'}done={done}#newest")
