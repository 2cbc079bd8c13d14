"""What messaging does about events; each reaction is safe to repeat."""

from datetime import datetime

from comity.accounts.models import Buyer, Marketplace, Seller, User
from comity.common.models import OutboxEvent
from comity.messaging.models import Message
from comity.messaging.selectors.teams import Team
from comity.messaging.services import assignments, notice_sending, offers, order_notices, search, subscription_notices
from comity.messaging.services.delivery import deliver
from comity.orders.models import Order

# By the queue's names: a message that was acknowledged is delivered, however long it takes.
NEVER_SKIPPED = frozenset({"messaging.deliver_message", "messaging.send_notice"})


def deliver_message(event: OutboxEvent, *, now: datetime) -> None:
    """On ``message.accepted``: hand the message to the other side."""
    deliver(message_id=event.data["message"], now=now)


def index_message(event: OutboxEvent, *, now: datetime) -> None:
    """On whatever becomes of a message: have it found by those who see it now, and by nobody else."""
    del now
    search.index_messages(Message.objects.filter(public_id=event.data["message"]).values_list("pk", flat=True))


def index_imported(event: OutboxEvent, *, now: datetime) -> None:
    """On an import of sellers, buyers, orders or shipments, and on a renewal: have found what it brought or changed."""
    del now
    data = event.data
    search.index_sellers(Seller.objects.filter(public_id__in=data.get("sellers", ())).values_list("pk", flat=True))
    search.index_buyers(Buyer.objects.filter(public_id__in=data.get("buyers", ())).values_list("pk", flat=True))
    orders = Order.objects.filter(public_id__in=data.get("orders", ()))
    search.index_orders(orders.values_list("pk", flat=True))
    search.index_buyers(orders.values_list("buyer", flat=True).distinct())


def index_buyer(event: OutboxEvent, *, now: datetime) -> None:
    """On ``buyer.changed``: have the buyer found by the name they have now."""
    del now
    search.index_buyers(Buyer.objects.filter(public_id=event.data["buyer"]).values_list("pk", flat=True))


def index_orders_of_renamed(event: OutboxEvent, *, now: datetime) -> None:
    """On a change of buyers or sellers, and after each batch: have their next orders found by the names of now."""
    cause = OutboxEvent.objects.get(public_id=event.data["cause"]) if "cause" in event.data else event
    data = cause.data
    search.index_orders_of(
        buyers=[data["buyer"]] if "buyer" in data else data.get("buyers", []),
        sellers=data.get("sellers", []),
        after=event.data.get("after", 0),
        cause=cause.public_id,
        marketplace=event.marketplace,
        now=now,
    )


def unassign_departed(event: OutboxEvent, *, now: datetime) -> None:
    """On a seat or role that was taken away, and after each batch: take the person's next conversations from them."""
    seller = Seller.objects.select_related("marketplace").filter(public_id=event.stream).first()
    team = Team(seller.marketplace, seller) if seller else Team(Marketplace.objects.get(public_id=event.stream))
    people = {user.public_id: user for user in User.objects.filter(public_id__in=[event.data["user"], event.actor])}
    user, by = people[event.data["user"]], people.get(event.actor)
    assignments.unassign_departed(team=team, user=user, by=by, now=now)


def send_notice(event: OutboxEvent, *, now: datetime) -> None:
    """On a notice's release, and after each batch: send it to the next buyers."""
    notice_sending.send_batch(notice_id=event.data["notice"], now=now)


def remind_of_recall(event: OutboxEvent, *, now: datetime) -> None:
    """On reminders that fell due, and after each batch: remind the next buyers of a recall."""
    notice_sending.remind_batch(notice_id=event.data["notice"], now=now)


def tell_of_order(event: OutboxEvent, *, now: datetime) -> None:
    """On what happens to an order: tell its buyer, or have the seller owe it."""
    order_notices.tell(event, now=now)


def tell_of_subscription(event: OutboxEvent, *, now: datetime) -> None:
    """On the end of a subscription, by its buyer or by itself: confirm it."""
    subscription_notices.tell_end(event, now=now)


def tell_of_declined_renewal(event: OutboxEvent, *, now: datetime) -> None:
    """On a renewal whose payment was declined: say what can be done."""
    subscription_notices.tell_declined(event, now=now)


def void_offer(event: OutboxEvent, *, now: datetime) -> None:
    """On a message that does not go out after all: the offer that it makes is taken back."""
    offers.void(message_id=event.data["message"], now=now)
