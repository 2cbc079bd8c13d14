"""The Message Center and one conversation (S90)."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from comity.accounts.selectors.seats import buyer_seat
from comity.common import clock
from comity.common.errors import Refused
from comity.messaging.models import Message, Side
from comity.messaging.selectors.conversations import News, messages_seen_by, news_of, talk_of
from comity.messaging.selectors.desk import open_clocks
from comity.messaging.selectors.doors import Seat, get_seat_of_buyer
from comity.messaging.selectors.inbox import buyer_conversations
from comity.messaging.selectors.offers import get_offer
from comity.messaging.services.checks import check_reply
from comity.messaging.services.clock import profile_of
from comity.messaging.services.drafts import discard_draft, draft_at, save_draft
from comity.messaging.services.marks import mark_read
from comity.messaging.services.messages import Reply, reply
from comity.messaging.services.offers import Answer, answer
from comity.web import compose
from comity.web.account.gate import signed_in, typed
from comity.web.attached import kept_files, read_with_files
from comity.web.buyer.conversation_view import address, news, offers_here, page_view, poll_address, row_view, standing
from comity.web.buyer.frame import frame, person
from comity.web.positions import load_again, reached
from comity.web.resolving import minor_of


@require_safe
@signed_in
def message_center(request: HttpRequest, marketplace: str) -> HttpResponse:
    """Every conversation, latest first, with what is unread and who owes an answer."""
    buyer = buyer_seat(request.user, marketplace)
    page = buyer_conversations(buyer=buyer, page=request.GET.get("page"))
    clocks = open_clocks(list(page))
    shown = {"page": page, "rows": [row_view(conversation, clocks.get(conversation.pk)) for conversation in page]}
    return render(
        request, "buyer/messages.html", {**frame(request, buyer.marketplace, buyer, "buyer-messages"), **shown}
    )


@require_safe
@signed_in
def conversation_page(request: HttpRequest, marketplace: str, conversation: str) -> HttpResponse:
    """The messages, the next step and the form to write back; what is here counts as read."""
    seat = _seat(request, marketplace, conversation)
    said = talk_of(seat)
    mark_read(seat=seat)
    return _show(request, seat, said, compose.Attempt(HTTPStatus.OK, _form_to_fill(request, seat, said[0])))


@require_POST
@signed_in
def send_reply(request: HttpRequest, marketplace: str, conversation: str) -> HttpResponse:
    """Send what was typed, or show the page again with what to change."""
    seat = _seat(request, marketplace, conversation)
    now = clock.now()
    form = read_with_files(request, user=seat.user, marketplace=seat.conversation.marketplace, now=now)
    wanted = Reply(form.text, form.key, form.confirmed, replaces=form.replaces, files=form.files)
    tried = compose.attempt(lambda: reply(seat=seat, reply=wanted, now=now), form)
    if tried.sent is None:
        return _show(request, seat, talk_of(seat), tried)
    discard_draft(user=seat.user, place=conversation)
    return redirect(address("buyer-conversation", seat.conversation) + "#newest")


@require_safe
@signed_in
def new_messages(request: HttpRequest, marketplace: str, conversation: str) -> HttpResponse:
    """What has come or changed since the page was made; 204 when nothing has, or when the page has to load itself."""
    seat = _seat(request, marketplace, conversation)
    position = reached(seat.conversation, seat.side, request.GET.get("after", ""))
    if position is None:
        return load_again()
    found = news_of(seat, after=position)
    return _news(request, seat, found) if found.position > position else HttpResponse(status=204)


@require_POST
@signed_in
def check(request: HttpRequest, marketplace: str, conversation: str) -> HttpResponse:
    """What the rules say to the text as it stands; nothing is stored."""
    seat, form, now = _seat(request, marketplace, conversation), compose.read(request), clock.now()
    files = kept_files(request, user=seat.user, now=now)
    verdict = check_reply(seat=seat, text=form.text, files=files, now=now)
    limit = profile_of(seat.conversation, now).message_characters
    return compose.verdict_answer(form.text, verdict, limit=limit)


@require_POST
@signed_in
def draft(request: HttpRequest, marketplace: str, conversation: str) -> HttpResponse:
    """Keep what is typed."""
    seat, form, now = _seat(request, marketplace, conversation), compose.read(request), clock.now()
    limit = profile_of(seat.conversation, now).message_characters
    save_draft(user=seat.user, place=conversation, text=form.text, limit=limit, now=now)
    return HttpResponse(status=204)


@require_POST
@signed_in
def answer_offer(request: HttpRequest, marketplace: str, conversation: str, offer: str) -> HttpResponse:
    """Accept or decline an offer, or ask for another amount; what cannot be is said beside it."""
    seat, posted = _seat(request, marketplace, conversation), request.POST
    amount = posted.get("amount", "")
    try:
        minor = _amount_of(posted.get("choice", ""), amount, get_offer(seat, offer).order.currency)
        wanted = Answer(posted.get("choice", ""), posted.get("key", ""), minor)
        answer(seat=seat, offer_id=offer, answer=wanted, now=clock.now())
    except Refused as refused:
        said = talk_of(seat)
        tried = compose.Attempt(HTTPStatus.UNPROCESSABLE_ENTITY, _form_to_fill(request, seat, said[0]))
        wrong = {"error": refused.sentence, "error_of": offer, "typed": amount.replace("\0", "\u2400")}
        return _show(request, seat, said, tried, **wrong)
    return redirect(address("buyer-conversation", seat.conversation) + "#offers")


def _amount_of(choice: str, typed: str, currency: str) -> int:
    """What is asked for instead; an amount that was typed is never passed over."""
    if choice == "counter":
        return minor_of(typed, currency)
    if typed.strip():
        sentence = "An amount is filled in. Ask for it, or empty it to answer what is offered."
        raise Refused("amount_typed", sentence, "amount")
    return 0


def _seat(request: HttpRequest, marketplace: str, conversation: str) -> Seat:
    buyer = buyer_seat(request.user, marketplace)
    return get_seat_of_buyer(buyer=buyer, user=person(request), conversation_id=conversation)


def _form_to_fill(request: HttpRequest, seat: Seat, messages: list[Message]) -> compose.Form:
    """A refused message to be written again, what was typed before signing in, or the draft."""
    wanted = request.GET.get("replaces", "")
    for message in messages:
        refused = message.state in (Message.State.BLOCKED, Message.State.WITHDRAWN)
        if message.public_id == wanted and message.side == Side.BUYER and refused:
            return compose.again(message)
    if before := typed(request):
        return compose.blank(before.get("text", ""))
    return compose.resumed(draft_at(user=seat.user, place=seat.conversation.public_id))


def _show(
    request: HttpRequest, seat: Seat, said: tuple[list[Message], int], tried: compose.Attempt, **more: str
) -> HttpResponse:
    marketplace, buyer = seat.conversation.marketplace, seat.conversation.buyer
    shown = page_view(seat, said, tried.form, now=clock.now())
    context = {**frame(request, marketplace, buyer, "buyer-messages"), **shown, **more}
    return render(request, "buyer/conversation.html", context, status=tried.status)


def _news(request: HttpRequest, seat: Seat, found: News) -> HttpResponse:
    now = clock.now()
    shown = news(seat, messages_seen_by(seat), found, now=now)
    mark_read(seat=seat)
    context = {
        "messages": shown,
        "poll_url": poll_address(seat.conversation, found.position),
        **standing(seat.conversation, now),
        "tell_offers": found.offers,
        "offers": offers_here(seat.conversation) if found.offers else [],
    }
    return render(request, "buyer/news.html", context)
