"""Search of a buyer: their own messages and orders, and the shops."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from comity.accounts.models import Buyer, Seller
from comity.accounts.selectors.seats import buyer_seat
from comity.common import clock
from comity.messaging.models import Message
from comity.messaging.selectors.search import Scope
from comity.orders.models import Order
from comity.web.account.gate import signed_in
from comity.web.buyer.conversation_view import address, author_for_buyer
from comity.web.buyer.frame import frame
from comity.web.search import Links, results


@require_safe
@signed_in
def search(request: HttpRequest, marketplace: str) -> HttpResponse:
    """Results; nothing of another buyer's is among them."""
    buyer, now = buyer_seat(request.user, marketplace), clock.now()

    def author(found: Message) -> str:
        return author_for_buyer(found.conversation, found, now=now)

    def message(found: Message) -> str:
        return f"{address('buyer-conversation', found.conversation)}#{found.public_id}"

    def orders(found: list[Order]) -> dict[str, str]:
        return {one.public_id: reverse("buyer-order", args=[marketplace, one.public_id]) for one in found}

    def people(found: list[Buyer | Seller]) -> dict[str, str]:
        return {one.public_id: reverse("buyer-seller", args=[marketplace, one.public_id]) for one in found}

    around = frame(request, buyer.marketplace, buyer, "buyer-search")
    return results(request, Scope.of_buyer(buyer), around, Links(message, orders, people, "Shops", author))
