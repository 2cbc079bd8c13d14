"""Where the operator's people begin."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_GET

from comity.accounts.selectors.seats import operator_seat
from comity.common.errors import NotFound
from comity.web.account.gate import signed_in
from comity.web.desk.desks import operator_frame


@require_GET
@signed_in
def home(request: HttpRequest, marketplace: str) -> HttpResponse:
    """The first page that the role opens."""
    pages = operator_frame(operator_seat(request.user, marketplace), "")["nav"]
    if not pages:
        raise NotFound("This role opens no page.")
    return HttpResponseRedirect(pages[0]["href"])
