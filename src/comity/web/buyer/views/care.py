"""A buyer reports a message, blocks a shop, says whether an answer helped."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_http_methods, require_POST

from comity.accounts.selectors.seats import buyer_seat
from comity.common import clock
from comity.messaging.selectors.doors import Seat, get_seat_of_buyer
from comity.messaging.services.votes import vote as vote_on
from comity.web.account.gate import signed_in
from comity.web.buyer.conversation_view import address, other_name
from comity.web.buyer.frame import frame, person
from comity.web.care import block_page, report_page


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def report(request: HttpRequest, marketplace: str, conversation: str, message: str) -> HttpResponse:
    """Report a message of the shop."""
    seat = _seat(request, marketplace, conversation)
    return report_page(
        request, seat, message, frame=_frame(request, seat), other=other_name(seat.conversation), back=_back(seat)
    )


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def block(request: HttpRequest, marketplace: str, conversation: str) -> HttpResponse:
    """Take no more messages of the shop, or take them again."""
    seat = _seat(request, marketplace, conversation)
    return block_page(request, seat, frame=_frame(request, seat), other=other_name(seat.conversation), back=_back(seat))


@require_POST
@signed_in
def vote(request: HttpRequest, marketplace: str, conversation: str, message: str) -> HttpResponse:
    """“Did this solve it?”; the last answer counts."""
    seat = _seat(request, marketplace, conversation)
    vote_on(seat=seat, message_id=message, solved=request.POST.get("solved") == "yes", now=clock.now())
    return HttpResponseRedirect(f"{_back(seat)}#{message}")


def _seat(request: HttpRequest, marketplace: str, conversation: str) -> Seat:
    buyer = buyer_seat(request.user, marketplace)
    return get_seat_of_buyer(buyer=buyer, user=person(request), conversation_id=conversation)


def _back(seat: Seat) -> str:
    return address("buyer-conversation", seat.conversation)


def _frame(request: HttpRequest, seat: Seat) -> dict[str, object]:
    return frame(request, seat.conversation.marketplace, seat.conversation.buyer, "buyer-messages")
