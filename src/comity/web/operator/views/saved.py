"""The service desk's saved replies: the views of every desk, opened for the marketplace."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from comity.web.account.gate import signed_in
from comity.web.desk import saved_views
from comity.web.desk.desks import ServiceDesk


@require_safe
@signed_in
def saved_replies(request: HttpRequest, marketplace: str) -> HttpResponse:
    return saved_views.saved_replies(request, ServiceDesk(request.user, marketplace))


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def saved_reply(request: HttpRequest, marketplace: str, saved: str = "") -> HttpResponse:
    return saved_views.saved_reply(request, ServiceDesk(request.user, marketplace), saved)


@require_POST
@signed_in
def try_out(request: HttpRequest, marketplace: str) -> HttpResponse:
    return saved_views.try_out(request, ServiceDesk(request.user, marketplace))


@require_POST
@signed_in
def delete(request: HttpRequest, marketplace: str, saved: str) -> HttpResponse:
    return saved_views.remove(request, ServiceDesk(request.user, marketplace), saved)
