"""Whom to tell about what. Each is safe to repeat: a user is told once of an event.

The other side is told that a message waits: the buyer; every owner and agent of the seller; whoever works the
service inbox where the marketplace is the addressee. What it says of an order is news of it; so is, for the shop, what
an order needs; so is a report that they asked for. An author is told of a ruling on their message, a
reporter of the decision on their report, a shop's people of a handling time that was changed for them. Nobody
is told of what they wrote themselves, and nobody who has turned that kind of mail off.
"""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Exists, OuterRef, QuerySet

from comity.accounts.models import Marketplace, User
from comity.accounts.selectors.seats import people_of
from comity.catalog.models import Listing
from comity.common.ids import new_id
from comity.common.models import OutboxEvent
from comity.common.prepared import Prepared
from comity.messaging.models import ORDER_NOTICE, Conversation, Message, Report, Side
from comity.notify.models import Notification, NotificationPreference
from comity.orders.models import Order
from comity.orders.models import Report as OrderReport

Kind = Notification.Kind


def tell_about_message(event: OutboxEvent, *, now: datetime) -> None:
    """Queue a mail to everybody on the other side of a delivered message."""
    message = _message_of(event)
    kind = Kind.ORDER_NEWS if message.purpose == ORDER_NOTICE else Kind.MESSAGE_WAITING
    for side in _other_sides(message):
        users = _people(message.conversation, side)
        if message.author_id:
            users = users.exclude(pk=message.author_id)
        _queue(event, kind, users, message.conversation, side, now=now)


def tell_about_order(event: OutboxEvent, *, now: datetime) -> None:
    """Queue a mail to the shop's people about what their order needs: asked for, answered, late or missed."""
    order = Order.objects.select_related("marketplace", "seller").get(public_id=event.data["order"])
    people = people_of(order.seller, "reply").exclude(public_id=event.actor)
    path = f"/{order.marketplace.slug}/sell/{order.seller.public_id}/orders/{order.public_id}/"
    _tell(event, Kind.ORDER_NEWS, people, order.marketplace, path, now=now)


def tell_about_finished_report(event: OutboxEvent, *, now: datetime) -> None:
    """Queue a mail to whoever asked for a report of the shop's orders, or scheduled it, and still works there."""
    asked = OrderReport.objects.select_related("seller__marketplace").get(public_id=event.data["report"])
    seller = asked.seller
    path = f"/{seller.marketplace.slug}/sell/{seller.public_id}/reports/"
    people = people_of(seller, "reply").filter(public_id=asked.requested_by)
    _tell(event, Kind.REPORT_READY, people, seller.marketplace, path, now=now)


def tell_about_ruling(event: OutboxEvent, *, now: datetime) -> None:
    """Queue a mail to the author of a message that has been ruled on."""
    message = _message_of(event)
    author = User.objects.filter(messages=message)
    _queue(event, Kind.RULING_MADE, author, message.conversation, message.side, now=now)


def tell_about_report(event: OutboxEvent, *, now: datetime) -> None:
    """Queue a mail to whoever reported a message, once the marketplace has decided."""
    related = ("message__conversation__marketplace", "message__conversation__seller")
    report = Report.objects.select_related(*related).get(public_id=event.data["report"])
    reporter = User.objects.filter(pk=report.reported_by_id)
    _queue(event, Kind.REPORT_DECIDED, reporter, report.message.conversation, report.side, now=now)


def tell_about_handling_time(event: OutboxEvent, *, now: datetime) -> None:
    """Queue a mail to the people of a shop whose handling time the marketplace has changed (S85)."""
    listing = Listing.objects.select_related("seller__marketplace").get(public_id=event.data["listing"])
    seller = listing.seller
    people = people_of(seller, "reply")
    path = f"/{seller.marketplace.slug}/sell/{seller.public_id}/listings/{listing.public_id}/"
    _tell(event, Kind.HANDLING_TIME_CHANGED, people, seller.marketplace, path, now=now)


def tell_about_assignment(event: OutboxEvent, *, now: datetime) -> None:
    """Queue a mail to whoever was given a conversation by a colleague; taking one oneself is no news."""
    given = User.objects.filter(public_id=event.data["assignee"]).exclude(public_id=event.actor)
    _tell_team(event, Kind.ASSIGNED, given, now=now)


def tell_about_mention(event: OutboxEvent, *, now: datetime) -> None:
    """Queue a mail to everybody whom a private note names."""
    _tell_team(event, Kind.MENTIONED, User.objects.filter(public_id__in=event.data["mentioned"]), now=now)


def _tell_team(event: OutboxEvent, kind: str, users: QuerySet[User], *, now: datetime) -> None:
    """Only people who still work there are told."""
    related = Conversation.objects.select_related("marketplace", "seller")
    conversation = related.get(public_id=event.data["conversation"])
    side = conversation.addressee
    team = _people(conversation, side).values("pk")
    _queue(event, kind, users.filter(pk__in=team), conversation, side, now=now)


def _message_of(event: OutboxEvent) -> Message:
    (message,) = _messages(public_id=event.data["message"])
    return message


_messages = Prepared(
    lambda public_id: Message.objects.select_related("conversation__marketplace", "conversation__seller").filter(
        public_id=public_id
    ),
    public_id=str,
)


def _other_sides(message: Message) -> Iterable[str]:
    """Buyer and addressee talk to each other; what the marketplace says to both is for both."""
    sides = (Side.BUYER, Side(message.conversation.addressee))
    return [side for side in sides if side != message.side]


def _people(conversation: Conversation, side: str) -> QuerySet[User]:
    if side == Side.BUYER:
        return User.objects.filter(buyers=conversation.buyer_id)
    if side == Side.SELLER and conversation.seller:
        return people_of(conversation.seller, "reply")
    return people_of(conversation.marketplace, "serve")


def _queue(
    event: OutboxEvent, kind: str, users: QuerySet[User], conversation: Conversation, side: str, *, now: datetime
) -> None:
    _tell(event, kind, users, conversation.marketplace, _path(conversation, side), now=now)


def _tell(
    event: OutboxEvent, kind: str, users: QuerySet[User], marketplace: Marketplace, path: str, *, now: datetime
) -> None:
    """Queue a mail to each of ``users`` who wants mails of that kind, once an event."""
    unwanted = NotificationPreference.objects.filter(user=OuterRef("pk"), kind=kind, by_email=False)
    told = [
        Notification(
            public_id=new_id("ntf", now),
            user_id=user,
            kind=kind,
            event=event.public_id,
            marketplace=marketplace.name,
            path=path,
            run_after=now,
        )
        for user in users.filter(~Exists(unwanted), is_active=True).values_list("pk", flat=True)
    ]
    Notification.objects.bulk_create(told, ignore_conflicts=True)


def _path(conversation: Conversation, side: str) -> str:
    """Where the reader finds the conversation; the pages stand above us, so their addresses are written here."""
    root = f"/{conversation.marketplace.slug}"
    if side == Side.BUYER:
        return f"{root}/messages/{conversation.public_id}/"
    if side == Side.SELLER and conversation.seller:
        return f"{root}/sell/{conversation.seller.public_id}/inbox/{conversation.public_id}/"
    return f"{root}/operate/service/{conversation.public_id}/"
