"""A seller writes first: the purposes open for an order, one form each, and the request for a review."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from comity.common import clock
from comity.common.errors import NotFound, Refused
from comity.messaging.models import Message
from comity.messaging.selectors.declaring import template_for
from comity.messaging.selectors.outreach import menu_of, outreach_of
from comity.messaging.selectors.purposes import Opening
from comity.messaging.services.checks import check_outreach
from comity.messaging.services.drafts import discard_draft, draft_at, save_draft
from comity.messaging.services.gaps import gaps_in
from comity.messaging.services.outreach import Outreach, reach_out
from comity.messaging.services.review_requests import ask_for_review
from comity.orders.models import Order
from comity.orders.selectors.orders import get_order_of_seller
from comity.web import compose
from comity.web.account.gate import signed_in, typed
from comity.web.attached import kept_files, read_with_files
from comity.web.desk.desks import SellerDesk
from comity.web.seller.contact_view import menu_view, place_of, purpose_view
from comity.web.seller.views.orders import show_order


@require_safe
@signed_in
def menu(request: HttpRequest, marketplace: str, seller: str, order: str) -> HttpResponse:
    """Every purpose: open, or closed with the reason."""
    desk, found = _open(request, marketplace, seller, order)
    return render(request, "seller/contact.html", {**desk.frame(), **menu_view(desk, found, now=clock.now())})


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def purpose(request: HttpRequest, marketplace: str, seller: str, order: str, purpose: str) -> HttpResponse:
    """The form of one purpose; sending it leads to the conversation."""
    desk, found = _open(request, marketplace, seller, order)
    opening = _opening(found, purpose)
    if request.method == "POST":
        return _send(request, desk, found, opening)
    return _show(request, desk, found, opening, compose.Attempt(HTTPStatus.OK, _fresh(request, desk, found, opening)))


def _send(request: HttpRequest, desk: SellerDesk, order: Order, opening: Opening) -> HttpResponse:
    now, wanted = clock.now(), opening.purpose
    days = [asked.key for asked in wanted.dates]
    form = read_with_files(request, *days, user=desk.user, marketplace=order.marketplace, now=now)
    outreach = Outreach(
        wanted.key, form.key, form.text, form.confirmed, form.replaces, dates=form.more, files=form.files
    )
    tried = compose.attempt(lambda: reach_out(staff=desk.staff, order=order, outreach=outreach, now=now), form)
    if tried.sent is None or tried.sent.message is None:
        return _show(request, desk, order, opening, tried)
    discard_draft(user=desk.user, place=place_of(order, wanted))
    address = desk.url("conversation", tried.sent.message.conversation)
    return redirect(f"{address}?done={tried.sent.kind}#newest")


def _show(
    request: HttpRequest, desk: SellerDesk, order: Order, opening: Opening, tried: compose.Attempt
) -> HttpResponse:
    shown = purpose_view(desk, order, opening, tried.form, now=clock.now())
    return render(request, "seller/contact_purpose.html", {**desk.frame(), **shown}, status=tried.status)


def _fresh(request: HttpRequest, desk: SellerDesk, order: Order, opening: Opening) -> compose.Form:
    """What was typed before signing in, a refused message to be written again, the draft, or the purpose's template."""
    if before := typed(request):
        return compose.blank(before.get("text", ""))
    for message in outreach_of(order, now=clock.now()):
        refused = message.state in (Message.State.BLOCKED, Message.State.WITHDRAWN)
        wanted = request.GET.get("replaces", "") == message.public_id and message.purpose == opening.purpose.key
        if refused and wanted:
            return compose.again(message)
    kept = draft_at(user=desk.user, place=place_of(order, opening.purpose))
    return compose.resumed(kept) if kept else compose.blank(template_for(opening.purpose, order))


@require_POST
@signed_in
def check(request: HttpRequest, marketplace: str, seller: str, order: str, purpose: str) -> HttpResponse:
    """What the rules say to the text as it stands; nothing is stored."""
    desk, found = _open(request, marketplace, seller, order)
    wanted, form, now = _opening(found, purpose).purpose, compose.read(request), clock.now()
    files = kept_files(request, user=desk.user, now=now)
    verdict = check_outreach(staff=desk.staff, order=found, purpose=wanted, text=form.text, files=files, now=now)
    return compose.verdict_answer(form.text, verdict, limit=wanted.characters, gaps=gaps_in(form.text))


@require_POST
@signed_in
def draft(request: HttpRequest, marketplace: str, seller: str, order: str, purpose: str) -> HttpResponse:
    """Keep what is typed."""
    desk, found = _open(request, marketplace, seller, order)
    wanted, form = _opening(found, purpose).purpose, compose.read(request)
    place = place_of(found, wanted)
    save_draft(user=desk.user, place=place, text=form.text, limit=wanted.characters, now=clock.now())
    return HttpResponse(status=HTTPStatus.NO_CONTENT)


@require_POST
@signed_in
def review_request(request: HttpRequest, marketplace: str, seller: str, order: str) -> HttpResponse:
    """Ask for a review, once; asked again, the order's page says when it was."""
    desk, found = _open(request, marketplace, seller, order)
    try:
        ask_for_review(staff=desk.staff, order=found, now=clock.now())
    except Refused as refusal:
        return show_order(request, desk, found, refusal=refusal.sentence, status=HTTPStatus.CONFLICT)
    return redirect("seller-order", marketplace, seller, found.public_id)


def _open(request: HttpRequest, marketplace: str, seller: str, order: str) -> tuple[SellerDesk, Order]:
    desk = SellerDesk(request.user, marketplace, seller)
    return desk, get_order_of_seller(desk.staff, order)


def _opening(order: Order, key: str) -> Opening:
    for found in menu_of(order, now=clock.now()):
        if found.purpose.key == key:
            return found
    raise NotFound(key)
