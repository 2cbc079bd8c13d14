"""A shop's returns."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods, require_safe

from comity.web.account.gate import signed_in
from comity.web.desk import return_pages
from comity.web.desk.desks import SellerDesk


@require_safe
@signed_in
def returns(request: HttpRequest, marketplace: str, seller: str) -> HttpResponse:
    return return_pages.overview(request, SellerDesk(request.user, marketplace, seller))


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def returned(request: HttpRequest, marketplace: str, seller: str, returned: str) -> HttpResponse:
    return return_pages.show(request, SellerDesk(request.user, marketplace, seller), returned)


@require_safe
@signed_in
def file(request: HttpRequest, marketplace: str, seller: str, returned: str, file: str) -> HttpResponse:
    return return_pages.file(request, SellerDesk(request.user, marketplace, seller), returned, file)
