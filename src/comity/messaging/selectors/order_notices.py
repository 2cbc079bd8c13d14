"""What a buyer was told of an order, and what a seller still owes."""

from comity.accounts.models import Seller
from comity.messaging.models import Duty, Message, OrderNotice
from comity.orders.models import Order

_SHOWN = 50


def notices_of(order: Order) -> list[OrderNotice]:
    """What the marketplace told the buyer of ``order``, the latest first, with the message. One query."""
    delivered = OrderNotice.objects.filter(order=order, message__state=Message.State.DELIVERED)
    return list(delivered.select_related("message__conversation").order_by("-sent_at", "-pk")[:_SHOWN])


def open_duties(seller: Seller) -> list[Duty]:
    """What ``seller`` owes buyers, what is due first on top, with order and buyer. One query."""
    owed = Duty.objects.filter(seller=seller, ended_at=None).select_related("order__buyer", "order__marketplace")
    return list(owed.order_by("due_at", "pk")[:_SHOWN])


def kind_words(kind: str) -> str:
    """“Shipment confirmation” for ``shipment_confirmation``."""
    return kind.replace("_", " ").capitalize()
