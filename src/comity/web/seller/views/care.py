"""A shop reports a message, or blocks a buyer."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from comity.web.account.gate import signed_in
from comity.web.care import block_page, report_page
from comity.web.desk.desks import SellerDesk


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def report(request: HttpRequest, marketplace: str, seller: str, conversation: str, message: str) -> HttpResponse:
    """Report a message of the buyer."""
    desk = SellerDesk(request.user, marketplace, seller)
    seat = desk.seat(conversation)
    back = desk.url("conversation", seat.conversation)
    return report_page(request, seat, message, frame=desk.frame(), other=seat.conversation.buyer.name, back=back)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def block(request: HttpRequest, marketplace: str, seller: str, conversation: str) -> HttpResponse:
    """Take no more messages of the buyer, or take them again."""
    desk = SellerDesk(request.user, marketplace, seller)
    seat = desk.seat(conversation)
    back = desk.url("conversation", seat.conversation)
    return block_page(request, seat, frame=desk.frame(), other=seat.conversation.buyer.name, back=back)
