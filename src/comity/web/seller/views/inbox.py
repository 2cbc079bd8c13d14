"""The seller's inbox: the views of every desk, opened for a shop."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_POST

from comity.accounts.models import User
from comity.accounts.selectors.seats import seats_of
from comity.common.errors import NotFound
from comity.web.account.gate import signed_in
from comity.web.desk import views
from comity.web.desk.desks import SellerDesk


@require_GET
@signed_in
def shops(request: HttpRequest, marketplace: str) -> HttpResponse:
    """The today page of the person's shop on that marketplace; of the first by name where there are several."""
    seats = seats_of(request.user).seller if isinstance(request.user, User) else []
    for seat in seats:
        if seat.seller.marketplace.slug == marketplace:
            return redirect("seller-today", marketplace, seat.seller.public_id)
    raise NotFound(f"No seat with a seller on “{marketplace}”.")


@require_GET
@signed_in
def home(request: HttpRequest, marketplace: str, seller: str) -> HttpResponse:
    """A shop's address without a page leads to its day."""
    _desk(request, marketplace, seller)
    return redirect("seller-today", marketplace, seller)


@require_GET
@signed_in
def inbox(request: HttpRequest, marketplace: str, seller: str) -> HttpResponse:
    return views.inbox(request, _desk(request, marketplace, seller))


@require_GET
@signed_in
def conversation(request: HttpRequest, marketplace: str, seller: str, conversation: str) -> HttpResponse:
    return views.conversation(request, _desk(request, marketplace, seller), conversation)


@require_POST
@signed_in
def answer(request: HttpRequest, marketplace: str, seller: str, conversation: str) -> HttpResponse:
    return views.answer(request, _desk(request, marketplace, seller), conversation)


@require_GET
@signed_in
def new_messages(request: HttpRequest, marketplace: str, seller: str, conversation: str) -> HttpResponse:
    return views.new_messages(request, _desk(request, marketplace, seller), conversation)


@require_POST
@signed_in
def check(request: HttpRequest, marketplace: str, seller: str, conversation: str) -> HttpResponse:
    return views.check(request, _desk(request, marketplace, seller), conversation)


@require_POST
@signed_in
def draft(request: HttpRequest, marketplace: str, seller: str, conversation: str) -> HttpResponse:
    return views.draft(request, _desk(request, marketplace, seller), conversation)


@require_POST
@signed_in
def no_response_needed(request: HttpRequest, marketplace: str, seller: str, conversation: str) -> HttpResponse:
    return views.no_response_needed(request, _desk(request, marketplace, seller), conversation)


@require_POST
@signed_in
def undo(request: HttpRequest, marketplace: str, seller: str, conversation: str, message: str) -> HttpResponse:
    return views.undo(request, _desk(request, marketplace, seller), conversation, message)


@require_POST
@signed_in
def insert(request: HttpRequest, marketplace: str, seller: str, conversation: str) -> HttpResponse:
    return views.insert(request, _desk(request, marketplace, seller), conversation)


def _desk(request: HttpRequest, marketplace: str, seller: str) -> SellerDesk:
    return SellerDesk(request.user, marketplace, seller, request.GET.dict())
