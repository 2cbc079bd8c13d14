"""Returns that the marketplace answers itself: of the orders that it fulfils (S36)."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods, require_safe

from comity.web.account.gate import signed_in
from comity.web.desk import return_pages
from comity.web.desk.desks import ServiceDesk


@require_safe
@signed_in
def returns(request: HttpRequest, marketplace: str) -> HttpResponse:
    return return_pages.overview(request, ServiceDesk(request.user, marketplace))


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def returned(request: HttpRequest, marketplace: str, returned: str) -> HttpResponse:
    return return_pages.show(request, ServiceDesk(request.user, marketplace), returned)


@require_safe
@signed_in
def file(request: HttpRequest, marketplace: str, returned: str, file: str) -> HttpResponse:
    return return_pages.file(request, ServiceDesk(request.user, marketplace), returned, file)
