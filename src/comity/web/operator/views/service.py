"""The service inbox: the views of every desk, opened for the marketplace."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET, require_POST

from comity.web.account.gate import signed_in
from comity.web.desk import views
from comity.web.desk.desks import ServiceDesk
from comity.web.operator.views import escalations


@require_GET
@signed_in
def inbox(request: HttpRequest, marketplace: str) -> HttpResponse:
    desk = _desk(request, marketplace)
    return views.inbox(request, desk, escalations=escalations.rows(desk.staff.marketplace))


@require_GET
@signed_in
def conversation(request: HttpRequest, marketplace: str, conversation: str) -> HttpResponse:
    return views.conversation(request, _desk(request, marketplace), conversation)


@require_POST
@signed_in
def answer(request: HttpRequest, marketplace: str, conversation: str) -> HttpResponse:
    return views.answer(request, _desk(request, marketplace), conversation)


@require_GET
@signed_in
def new_messages(request: HttpRequest, marketplace: str, conversation: str) -> HttpResponse:
    return views.new_messages(request, _desk(request, marketplace), conversation)


@require_POST
@signed_in
def draft(request: HttpRequest, marketplace: str, conversation: str) -> HttpResponse:
    return views.draft(request, _desk(request, marketplace), conversation)


@require_POST
@signed_in
def no_response_needed(request: HttpRequest, marketplace: str, conversation: str) -> HttpResponse:
    return views.no_response_needed(request, _desk(request, marketplace), conversation)


@require_POST
@signed_in
def undo(request: HttpRequest, marketplace: str, conversation: str, message: str) -> HttpResponse:
    return views.undo(request, _desk(request, marketplace), conversation, message)


@require_POST
@signed_in
def insert(request: HttpRequest, marketplace: str, conversation: str) -> HttpResponse:
    return views.insert(request, _desk(request, marketplace), conversation)


def _desk(request: HttpRequest, marketplace: str) -> ServiceDesk:
    return ServiceDesk(request.user, marketplace, request.GET.dict())
