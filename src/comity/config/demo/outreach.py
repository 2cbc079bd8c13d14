"""In the demo a seller has written first about an order, and asked for a review of another."""

from datetime import datetime

from comity.accounts.models import Staff
from comity.config.demo.talk import deliver_waiting
from comity.messaging.selectors.outreach import review_opening_of
from comity.messaging.services.outreach import Outreach, reach_out
from comity.messaging.services.review_requests import ask_for_review
from comity.orders.models import Order

_WORDS = "Your parcel left without the instructions. They follow today in a letter, at no cost to you."


def write_first(now: datetime) -> None:
    """One problem told under its purpose, and one review request, where no question is open."""
    settled = Order.objects.filter(conversations__reply_due_at=None, conversations__last_message__isnull=False)
    orders = settled.filter(fulfilment=Order.Fulfilment.SELLER, conversations__addressee="seller").order_by("pk")
    shipped = orders.filter(status=Order.Status.SHIPPED).select_related("buyer", "seller", "marketplace").first()
    if shipped:
        outreach = Outreach("unexpected_problem", "demo-outreach", _WORDS)
        reach_out(staff=_staff(shipped), order=shipped, outreach=outreach, now=now)
    arrived = orders.filter(status=Order.Status.DELIVERED).select_related("buyer", "seller", "marketplace")
    if order := next((one for one in arrived if review_opening_of(one, now=now).open), None):
        ask_for_review(staff=_staff(order), order=order, now=now)
    deliver_waiting(now)


def _staff(order: Order) -> Staff:
    seats = Staff.objects.select_related("seller__marketplace", "user")
    return seats.filter(seller=order.seller, role=Staff.Role.AGENT).order_by("pk")[0]
