"""What the database knows of a seller writing first about an order."""

from dataclasses import dataclass, replace
from datetime import datetime

from django.db.models import Count, QuerySet

from comity.accounts.models import Buyer, Restriction
from comity.accounts.profiles import Profile, profile_in_force
from comity.accounts.profiles.purposes import Purpose
from comity.accounts.selectors.restrictions import is_restricted
from comity.messaging.models import Conversation, Message, ReviewRequest, Side
from comity.messaging.models.outreach import REVIEW_REQUEST
from comity.messaging.selectors.declaring import to_tell
from comity.messaging.selectors.purposes import NOTHING_TO_TELL, Opening, Standing, menu
from comity.messaging.selectors.review_requests import ReviewOpening, review_opening
from comity.orders.models import Order

State = Message.State
_COUNTS = (State.ACCEPTED, State.HELD, State.DELIVERED)  # a blocked or returned one leaves its place free


def standing_of(order: Order, *, now: datetime) -> Standing:
    """What decides about ``order``, whose buyer and seller must be loaded. Three queries, or four."""
    restriction = _restriction(order, now)
    return Standing(
        now=now,
        status=order.status,
        fulfilment=order.fulfilment,
        placed_at=order.placed_at,
        deliver_from=order.deliver_from,
        deliver_by=order.deliver_by,
        delivered_at=order.delivered_at,
        cancelled_at=order.cancelled_at,
        kinds=_kinds(order),
        declined=order.buyer.unsolicited_declined_at is not None,
        restricted=restriction.kind if restriction else "",
        restricted_until=restriction.ends_at if restriction else None,
        sent=_sent(order),
    )


def menu_of(order: Order, *, now: datetime) -> list[Opening]:
    """Every purpose for which the order's seller might write first, open or closed.

    Left out are confirmations of what has not happened, and those that the marketplace sends.
    """
    shown = menu(standing_to_write(order, now=now), profile_in_force(order.marketplace, now))
    return [one for one in shown if one.closed != NOTHING_TO_TELL]


def standing_to_write(order: Order, *, now: datetime) -> Standing:
    """``standing_of`` with what the seller has to tell: a query more, and one for each kind that is left to sellers."""
    return replace(standing_of(order, now=now), to_tell=to_tell(order, now))


def purpose_named(profile: Profile, key: str) -> Purpose | None:
    """The profile's purpose with that key."""
    return next((purpose for purpose in profile.purposes if purpose.key == key), None)


def outreach_of(order: Order, *, now: datetime) -> list[Message]:
    """What the seller wrote first about the order, latest first, with words and ruling. One query."""
    keys = [purpose.key for purpose in profile_in_force(order.marketplace, now).purposes]
    rows = _from_seller(order).filter(purpose__in=[*keys, REVIEW_REQUEST])
    return list(
        rows.select_related(
            "conversation__marketplace", "conversation__buyer", "conversation__seller", "body", "ruling__body", "author"
        ).order_by("-number")
    )


def review_request_of(order: Order) -> ReviewRequest | None:
    """The order's review request, if one stands."""
    request = ReviewRequest.objects.select_related("asked_by", "message").filter(order=order).first()
    return request if request and request.stands else None


def review_opening_of(order: Order, *, now: datetime) -> ReviewOpening:
    """Whether a review of the order may be asked for now, if none has been; see ``review_request_of``."""
    terms = profile_in_force(order.marketplace, now).review_request
    return review_opening(terms, standing_of(order, now=now))


@dataclass(frozen=True, slots=True)
class Declared:
    """The purpose of a message as people read it. ``important`` says why it came although the buyer declined such."""

    label: str
    critical: bool = False
    important: str = ""


def declared(conversation: Conversation, message: Message) -> Declared | None:
    """The purpose under which the seller wrote ``message`` first; nothing for answers and for other sides."""
    if message.side != Side.SELLER:
        return None
    profile = profile_in_force(conversation.marketplace, message.sent_at)
    if message.purpose == REVIEW_REQUEST:
        return Declared(profile.review_request.label)
    purpose = purpose_named(profile, message.purpose)
    if purpose is None:
        return None
    return Declared(purpose.label, purpose.critical, _important(purpose, conversation.buyer, message))


def _important(purpose: Purpose, buyer: Buyer, message: Message) -> str:
    declined_at = buyer.unsolicited_declined_at
    if not purpose.critical or declined_at is None or declined_at > message.sent_at:
        return ""
    return f"Sent although you opted out, because {purpose.critical_because}."


def _restriction(order: Order, now: datetime) -> Restriction | None:
    """The one that forbids most: all messages before first messages only."""
    kinds = (Restriction.Kind.MESSAGING, Restriction.Kind.PROACTIVE_MESSAGING)
    found = (is_restricted(seller=order.seller, kind=kind, now=now) for kind in kinds)
    return next((one for one in found if one), None)


def _kinds(order: Order) -> frozenset[str]:
    """The kinds of the products; empty as soon as one is not known."""
    kinds = order.lines.values_list("listing__product__kind", flat=True)
    known = frozenset(kinds)
    return frozenset() if None in known else known


def _sent(order: Order) -> dict[str, int]:
    counted = _from_seller(order).filter(state__in=_COUNTS).order_by().values("purpose").annotate(times=Count("pk"))
    return {row["purpose"]: row["times"] for row in counted}


def _from_seller(order: Order) -> QuerySet[Message]:
    return Message.objects.filter(conversation__order=order, conversation__addressee=Side.SELLER, side=Side.SELLER)
