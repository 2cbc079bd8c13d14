"""A shop's saved replies: the views of every desk, opened for a shop."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from comity.web.account.gate import signed_in
from comity.web.desk import saved_views
from comity.web.desk.desks import SellerDesk


@require_safe
@signed_in
def saved_replies(request: HttpRequest, marketplace: str, seller: str) -> HttpResponse:
    return saved_views.saved_replies(request, SellerDesk(request.user, marketplace, seller))


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def saved_reply(request: HttpRequest, marketplace: str, seller: str, saved: str = "") -> HttpResponse:
    return saved_views.saved_reply(request, SellerDesk(request.user, marketplace, seller), saved)


@require_POST
@signed_in
def try_out(request: HttpRequest, marketplace: str, seller: str) -> HttpResponse:
    return saved_views.try_out(request, SellerDesk(request.user, marketplace, seller))


@require_POST
@signed_in
def delete(request: HttpRequest, marketplace: str, seller: str, saved: str) -> HttpResponse:
    return saved_views.remove(request, SellerDesk(request.user, marketplace, seller), saved)
