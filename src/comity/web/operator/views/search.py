"""Search of the operator: at the service desk what the marketplace is asked, on record everything."""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from comity.accounts.models import Buyer, Seller
from comity.accounts.services.trail import note_reading
from comity.common import clock
from comity.messaging.models import Message
from comity.messaging.selectors.search import Scope, latest_conversations, served_conversations
from comity.orders.models import Order
from comity.web.account.gate import signed_in
from comity.web.desk.desks import ServiceDesk, operator_for, operator_frame
from comity.web.search import Links, asks, results


@require_safe
@signed_in
def service(request: HttpRequest, marketplace: str) -> HttpResponse:
    """What the marketplace is asked itself; orders and buyers as far as they are asked about."""
    desk = ServiceDesk(request.user, marketplace)

    def message(found: Message) -> str:
        return f"{desk.url('conversation', found.conversation)}#{found.public_id}"

    def orders(found: list[Order]) -> dict[str, str]:
        about = served_conversations([one.pk for one in found])
        return {one.public_id: f"{desk.url('conversation', about[one.pk])}#newest" for one in found if one.pk in about}

    def people(found: list[Buyer | Seller]) -> dict[str, str]:
        latest = latest_conversations(buyer_ids=[one.pk for one in found], marketplace=desk.staff.marketplace)
        return {
            one.public_id: f"{desk.url('conversation', latest[one.pk])}#newest" for one in found if one.pk in latest
        }

    scope = Scope.of_service(desk.staff.marketplace)
    return results(request, scope, operator_frame(desk.staff, "service"), Links(message, orders, people, "Buyers"))


@require_safe
@signed_in
def record(request: HttpRequest, marketplace: str) -> HttpResponse:
    """Everything on record, in every state; looking for something there is on the audit trail."""
    staff = operator_for(request.user, marketplace, "verify")
    if asks(request.GET):
        note_reading(marketplace=staff.marketplace, by=staff.user, now=clock.now(), name="record.searched")

    def message(found: Message) -> str:
        place = {"marketplace": marketplace, "conversation": found.conversation.public_id}
        return reverse("operator-record", kwargs=place)

    def orders(found: list[Order]) -> dict[str, str]:
        records = reverse("operator-records", args=[marketplace])
        return {one.public_id: f"{records}?{urlencode({'q': one.number})}" for one in found}

    def people(found: list[Buyer | Seller]) -> dict[str, str]:
        return {one.public_id: f"?{urlencode({'q': one.name, 'what': 'orders'})}" for one in found}

    scope = Scope.of_record(staff.marketplace)
    return results(request, scope, operator_frame(staff, "records"), Links(message, orders, people))
