"""The service team at work: the views of every desk, opened for the marketplace."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods, require_POST

from comity.web.account.gate import signed_in
from comity.web.desk import bulk_views, team_views
from comity.web.desk.desks import ServiceDesk


@require_POST
@signed_in
def assign(request: HttpRequest, marketplace: str, conversation: str) -> HttpResponse:
    return team_views.assign(request, _desk(request, marketplace), conversation)


@require_POST
@signed_in
def put_label(request: HttpRequest, marketplace: str, conversation: str) -> HttpResponse:
    return team_views.put_or_take_label(request, _desk(request, marketplace), conversation)


@require_POST
@signed_in
def note(request: HttpRequest, marketplace: str, conversation: str) -> HttpResponse:
    return team_views.note(request, _desk(request, marketplace), conversation)


@require_POST
@signed_in
def note_remove(request: HttpRequest, marketplace: str, conversation: str, note: str) -> HttpResponse:
    return team_views.take_note_back(request, _desk(request, marketplace), conversation, note)


@require_http_methods(["GET", "POST"])
@signed_in
def labels(request: HttpRequest, marketplace: str) -> HttpResponse:
    return team_views.labels(request, _desk(request, marketplace))


@require_http_methods(["GET", "POST"])
@signed_in
def label(request: HttpRequest, marketplace: str, label: str) -> HttpResponse:
    return team_views.label(request, _desk(request, marketplace), label)


@require_http_methods(["GET", "POST"])
@signed_in
def saved_views(request: HttpRequest, marketplace: str) -> HttpResponse:
    return team_views.saved_views(request, _desk(request, marketplace))


@require_POST
@signed_in
def view_delete(request: HttpRequest, marketplace: str, saved_view: str) -> HttpResponse:
    return team_views.drop_view(request, _desk(request, marketplace), saved_view)


@require_http_methods(["GET", "POST"])
@signed_in
def bulk(request: HttpRequest, marketplace: str) -> HttpResponse:
    return bulk_views.bulk(request, _desk(request, marketplace))


def _desk(request: HttpRequest, marketplace: str) -> ServiceDesk:
    return ServiceDesk(request.user, marketplace, request.GET.dict())
