"""Whom to tell about what. Each is safe to repeat: a user is told once of an event.

The other side is told that a message waits: the buyer; every owner and agent of the seller; whoever works the
service inbox where the marketplace is the addressee. What it says of an order is news of it; so is, for the shop, what
an order needs, that it is given up, that a renewal was not paid or that its box broke the rules, for the buyer the
answer to a return. A report is told to who asked for it, a ruling to the author of the message, a decision to the
reporter, a handling time that was changed for them to a shop's people. Whoever serves is told that a seller asks for
help, the shop's people that it was answered. Nobody is told of what they did themselves, and nobody who has turned that
kind of mail off.
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
from comity.messaging.models import ORDER_NOTICE, Conversation, Escalation, Message, Offer, Report, Side
from comity.notify.models import Notification, NotificationPreference
from comity.orders.models import Order, Subscription
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
    """Queue a mail to the people of whoever sends the order about what it needs: asked for, late or missed.

    Of orders that the marketplace sends, a shop can do nothing; who serves there has pages for returns.
    """
    order = Order.objects.select_related("marketplace", "seller").get(public_id=event.data["order"])
    slug, sends = order.marketplace.slug, order.fulfilment == Order.Fulfilment.SELLER
    if not sends and "return" not in event.data:
        return
    shop = f"/{slug}/sell/{order.seller.public_id}/orders/{order.public_id}/"
    path = shop if sends else f"/{slug}/operate/returns/{event.data['return']}/"
    people = people_of(order.seller, "reply") if sends else people_of(order.marketplace, "serve")
    _tell(event, Kind.ORDER_NEWS, people.exclude(public_id=event.actor), order.marketplace, path, now=now)


def tell_about_offer(event: OutboxEvent, *, now: datetime) -> None:
    """Queue a mail to the side that did not answer an offer; it leads to where the offer stands.

    What a shop accepts, the buyer is told with the money. Of time that is over the buyer is told who asked for another
    amount.
    """
    related = Offer.objects.select_related("conversation__marketplace", "conversation__seller")
    offer = related.get(public_id=event.data["offer"])
    conversation = offer.conversation
    buyer = _people(conversation, Side.BUYER)
    marketplace = conversation.marketplace
    if buyer.filter(public_id=event.actor).exists():
        path = f"{_path(conversation, Side.SELLER)}resolve/"
        _tell(event, Kind.ORDER_NEWS, _people(conversation, Side.SELLER), marketplace, path, now=now)
    elif offer.counter_minor and offer.state != Offer.State.ACCEPTED:
        _tell(event, Kind.ORDER_NEWS, buyer, marketplace, f"{_path(conversation, Side.BUYER)}#offers", now=now)


def tell_about_given_up(event: OutboxEvent, *, now: datetime) -> None:
    """Queue a mail to the shop's people about an order of theirs that they, or a colleague, did not give up."""
    sends = Order.objects.filter(public_id=event.data["order"], fulfilment=Order.Fulfilment.SELLER)
    if event.data["by"] != Side.SELLER and sends.exists():
        tell_about_order(event, now=now)


def tell_about_declined_renewal(event: OutboxEvent, *, now: datetime) -> None:
    """Queue a mail to the shop's people about a renewal that is not ordered, since its payment was declined."""
    one = Subscription.objects.select_related("marketplace", "seller").get(public_id=event.data["subscription"])
    path = f"/{one.marketplace.slug}/sell/{one.seller.public_id}/subscriptions/"
    _tell(event, Kind.ORDER_NEWS, people_of(one.seller, "reply"), one.marketplace, path, now=now)


def tell_about_box(event: OutboxEvent, *, now: datetime) -> None:
    """Queue a mail to the people of a shop that packed a box which broke the rules; not whose order it was (S54)."""
    sends = Order.objects.filter(public_id=event.data["order"], fulfilment=Order.Fulfilment.SELLER)
    order = sends.select_related("marketplace", "seller").first()
    if order is None or not event.data["upheld"]:
        return
    path = f"/{order.marketplace.slug}/sell/{order.seller.public_id}/listings/quality/"
    _tell(event, Kind.ORDER_NEWS, people_of(order.seller, "reply"), order.marketplace, path, now=now)


def tell_about_return(event: OutboxEvent, *, now: datetime) -> None:
    """Queue a mail to the buyer about the answer to their return."""
    order = Order.objects.select_related("marketplace").get(public_id=event.data["order"])
    buyer = User.objects.filter(buyers=order.buyer_id).exclude(public_id=event.actor)
    path = f"/{order.marketplace.slug}/returns/{event.data['return']}/"
    _tell(event, Kind.ORDER_NEWS, buyer, order.marketplace, path, now=now)


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


def tell_about_escalation(event: OutboxEvent, *, now: datetime) -> None:
    """Queue a mail to whoever may answer a seller's question to the marketplace (S29)."""
    asked = _escalation_of(event)
    marketplace = asked.conversation.marketplace
    people = people_of(marketplace, "serve")
    path = f"/{marketplace.slug}/operate/service/escalations/{asked.public_id}/"
    _tell(event, Kind.HELP_ASKED, people, marketplace, path, now=now)


def tell_about_answered_escalation(event: OutboxEvent, *, now: datetime) -> None:
    """Queue a mail to the people of the shop whose question the marketplace has answered (S29)."""
    conversation = _escalation_of(event).conversation
    path = f"{_path(conversation, Side.SELLER)}resolve/#help"
    _tell(event, Kind.HELP_ANSWERED, _people(conversation, Side.SELLER), conversation.marketplace, path, now=now)


def _escalation_of(event: OutboxEvent) -> Escalation:
    related = Escalation.objects.select_related("conversation__marketplace", "conversation__seller")
    return related.get(public_id=event.data["escalation"])


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
