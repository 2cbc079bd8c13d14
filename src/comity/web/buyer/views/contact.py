"""Writing first: the contact form, its check and draft, and the page that confirms the sending (S67, S89)."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from comity.accounts.models import Buyer
from comity.accounts.profiles import profile_in_force
from comity.accounts.selectors.seats import buyer_seat
from comity.common import clock
from comity.common.errors import NotFound
from comity.messaging.models import Message
from comity.messaging.selectors.of_buyer import get_message_of_buyer
from comity.messaging.selectors.topics import topic_keys
from comity.messaging.services.checks import check_contact
from comity.messaging.services.contact import Contact, Subject, contact
from comity.messaging.services.drafts import discard_draft, draft_at, save_draft
from comity.web import compose
from comity.web.account.gate import signed_in, typed
from comity.web.attached import kept_files, read_with_files
from comity.web.buyer.contact_view import form_view, place_of, sent_view, subject_of
from comity.web.buyer.frame import frame, person


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def contact_form(request: HttpRequest, marketplace: str) -> HttpResponse:
    """The form about an order, a listing or a seller; without any, to the marketplace itself."""
    buyer = buyer_seat(request.user, marketplace)
    subject = subject_of(buyer, request.GET)
    if subject is None:
        return _unknown_order(request, buyer)
    if request.method == "POST":
        return _send(request, buyer, subject)
    before = typed(request)
    kept = None if before else draft_at(user=person(request), place=place_of(buyer, subject))
    form = compose.resumed(kept, topic=request.GET.get("topic", ""))
    if before:
        form = compose.blank(before.get("text", ""), topic=before.get("topic", ""))
    return _show(request, buyer, subject, compose.Attempt(HTTPStatus.OK, form))


def _send(request: HttpRequest, buyer: Buyer, subject: Subject) -> HttpResponse:
    user, now = person(request), clock.now()
    form = read_with_files(request, user=user, marketplace=buyer.marketplace, now=now)
    wanted = Contact(form.topic, form.text, form.key, form.confirmed, form.replaces, form.files)
    tried = compose.attempt(lambda: contact(buyer=buyer, user=user, subject=subject, contact=wanted, now=now), form)
    if tried.sent is None or tried.sent.message is None:
        return _show(request, buyer, subject, tried)
    discard_draft(user=user, place=place_of(buyer, subject))
    return redirect("buyer-contact-sent", buyer.marketplace.slug, tried.sent.message.public_id)


def _show(request: HttpRequest, buyer: Buyer, subject: Subject, tried: compose.Attempt) -> HttpResponse:
    shown = form_view(buyer, subject, tried.form, user=person(request), now=clock.now())
    context = {**frame(request, buyer.marketplace, buyer), **shown}
    return render(request, "buyer/contact.html", context, status=tried.status)


def _unknown_order(request: HttpRequest, buyer: Buyer) -> HttpResponse:
    """The same answer for a wrong number and for somebody else's order."""
    shown = frame(request, buyer.marketplace, buyer)
    return render(request, "buyer/contact_order_unknown.html", shown, status=404)


@require_POST
@signed_in
def check(request: HttpRequest, marketplace: str) -> HttpResponse:
    """What the rules say to the text as it stands; nothing is stored."""
    buyer, form, now = buyer_seat(request.user, marketplace), compose.read(request), clock.now()
    subject, user = _known_subject(buyer, request), person(request)
    files = kept_files(request, user=user, now=now)
    verdict = check_contact(
        buyer=buyer, user=user, subject=subject, topic=form.topic, text=form.text, files=files, now=now
    )
    limit = profile_in_force(buyer.marketplace, now).message_characters
    return compose.verdict_answer(form.text, verdict, limit=limit)


@require_POST
@signed_in
def draft(request: HttpRequest, marketplace: str) -> HttpResponse:
    """Keep what is typed."""
    buyer, form, now = buyer_seat(request.user, marketplace), compose.read(request), clock.now()
    subject = _known_subject(buyer, request)
    topic = form.topic if form.topic in topic_keys(subject.asked_about, marketplace=buyer.marketplace) else ""
    limit = profile_in_force(buyer.marketplace, now).message_characters
    place = place_of(buyer, subject)
    save_draft(user=person(request), place=place, text=form.text, topic=topic, limit=limit, now=now)
    return HttpResponse(status=204)


def _known_subject(buyer: Buyer, request: HttpRequest) -> Subject:
    subject = subject_of(buyer, request.GET)
    if subject is None:
        raise NotFound(request.GET["order"])
    return subject


@require_safe
@signed_in
def sent(request: HttpRequest, marketplace: str, message: str) -> HttpResponse:
    """The confirmation: what was sent, to whom, and what happens next."""
    buyer = buyer_seat(request.user, marketplace)
    found = get_message_of_buyer(buyer=buyer, message_id=message)
    if found.state in (Message.State.BLOCKED, Message.State.WITHDRAWN):
        return redirect("buyer-conversation", marketplace, found.conversation.public_id)
    shown = {**frame(request, buyer.marketplace, buyer, "buyer-messages"), **sent_view(buyer, found)}
    return render(request, "buyer/contact_sent.html", shown)
