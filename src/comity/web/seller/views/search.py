"""Search at a shop's desk: what has reached it, its orders, its buyers."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from comity.accounts.models import Buyer, Seller
from comity.messaging.models import Message
from comity.messaging.selectors.search import Scope, latest_conversations
from comity.orders.models import Order
from comity.web.account.gate import signed_in
from comity.web.desk.desks import SellerDesk, seller_frame
from comity.web.search import Links, results


@require_safe
@signed_in
def search(request: HttpRequest, marketplace: str, seller: str) -> HttpResponse:
    """Results; every hit leads to its conversation, its order, or the last conversation with that buyer."""
    desk = SellerDesk(request.user, marketplace, seller)

    def message(found: Message) -> str:
        return f"{desk.url('conversation', found.conversation)}#{found.public_id}"

    def orders(found: list[Order]) -> dict[str, str]:
        return {one.public_id: reverse("seller-order", kwargs={**desk.place, "order": one.public_id}) for one in found}

    def people(found: list[Buyer | Seller]) -> dict[str, str]:
        latest = latest_conversations(buyer_ids=[one.pk for one in found], seller=desk.staff.seller)
        return {
            one.public_id: f"{desk.url('conversation', latest[one.pk])}#newest" for one in found if one.pk in latest
        }

    links = Links(message, orders, people, people_name="Buyers")
    return results(request, Scope.of_seller(desk.staff.seller), seller_frame(desk.staff, "search"), links)
