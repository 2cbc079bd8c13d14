"""Notices and recalls as their authors, the operator and the buyers concerned see them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from comity.accounts.models import Buyer, Marketplace, OperatorStaff, Seller, Staff
from comity.accounts.profiles import profile_in_force
from comity.catalog.models import Listing, Product
from comity.common.errors import NotFound
from comity.messaging.models import Notice, NoticeRecipient, Participant, Recall, Side
from comity.messaging.selectors.agreements import MessageKind, message_kinds
from comity.orders.models import Order

PAGE_SIZE = 25
PageNumber = int | str | None
State = Notice.State
Outcome = NoticeRecipient.Outcome
_UNSENT = (State.DRAFT, State.AWAITING, State.RETURNED, State.DISCARDED)
# Which of these it was for whom is nobody's business: a block is told to no shop.
_UNREACHED = (Outcome.OPTED_OUT, Outcome.BLOCKED, Outcome.NO_ACCOUNT)
_PUBLISHED = (State.APPROVED, State.SENDING, State.SENT)
_FILTERS = ("unread", "unacknowledged")


def kind_of(notice: Notice, at: datetime) -> MessageKind:
    """The notice's kind as the profile knows it at ``at``."""
    return message_kinds(notice.marketplace, at)[notice.kind]


def notices_of_seller(seller: Seller, page: PageNumber = 1) -> "Page[Any]":
    """What the seller wrote, and what the marketplace has sent to the seller's buyers alone; latest first."""
    own = Q(side=Side.SELLER) | ~Q(state__in=_UNSENT)
    rows = _known().filter(own, seller=seller).exclude(state=State.DISCARDED)
    return Paginator(_with_counts(rows).order_by("-pk"), PAGE_SIZE).get_page(page)


def notices_of_operator(marketplace: Marketplace, page: PageNumber = 1) -> "Page[Any]":
    """What the operator wrote or has to approve, and every recall under way; what waits for approval first."""
    rows = _of_operator(marketplace).exclude(state=State.DISCARDED)
    waiting = Q(state=State.AWAITING)
    ordered = _with_counts(rows).annotate(waits=waiting).order_by(F("waits").desc(), "-pk")
    return Paginator(ordered, PAGE_SIZE).get_page(page)


def get_notice(staff: Staff | OperatorStaff, notice_id: str) -> Notice:
    """A notice that this person's side may see. Raises ``NotFound`` for any other."""
    if isinstance(staff, Staff):
        own = Q(side=Side.SELLER) | ~Q(state__in=_UNSENT)
        return _one(_known().filter(own, seller=staff.seller), notice_id)
    return _one(_of_operator(staff.marketplace), notice_id)


def sent_lately(seller: Seller, product: Product, *, now: datetime) -> int:
    """How many notices on service and content of that product the seller has released within the profile's days."""
    days = profile_in_force(seller.marketplace, now).notice_limit_days
    released = Notice.objects.filter(seller=seller, product=product).exclude(kind=Notice.Kind.RECALL)
    return (
        released.exclude(state__in=(State.DRAFT, State.RETURNED, State.DISCARDED))
        .filter(submitted_at__gt=now - timedelta(days=days))
        .count()
    )


def product_named(staff: Staff | OperatorStaff, name: str) -> Product | None:
    """The product that a form names: for a seller by SKU, for the operator by its id or the id of a listing of it."""
    if not name or not name.isprintable():
        return None
    products = Product.objects.order_by("pk")
    if isinstance(staff, Staff):
        return products.filter(listings__seller=staff.seller, listings__sku=name).first()
    named = Q(public_id=name) | Q(external_id=name) | Q(listings__public_id=name)
    return products.filter(named, marketplace=staff.marketplace).first()


def skus_of(seller: Seller, limit: int = 100) -> list[Listing]:
    """Offers to choose from while typing, newest first. One query."""
    return list(Listing.objects.filter(seller=seller).select_related("product").order_by("-pk")[:limit])


@dataclass(frozen=True, slots=True)
class Results:
    """What became of a notice: a page of those it was sent to (with ``has_read``), and how many by outcome."""

    page: "Page[Any]"
    counts: Mapping[str, int]


def results_of(notice: Notice, *, only: str = "", page: PageNumber = 1) -> Results:
    """Recipient by recipient: to whom it was sent, who read and acknowledged it. Three queries.

    ``only``: ``unread`` or ``unacknowledged``; anything else shows all. Who was left out is counted and not named,
    in one number whatever the reason (``unreached``): otherwise a shop could read off it who has blocked it.
    """
    has_read = Exists(_read()) | Q(acknowledged_at__isnull=False)  # who says so has read it, wherever it stood
    rows = NoticeRecipient.objects.filter(notice=notice).annotate(has_read=has_read)
    conditions = {
        "sent": Q(outcome=Outcome.SENT),
        "read": Q(has_read=True),
        "unread": Q(outcome=Outcome.SENT, has_read=False),
        "acknowledged": Q(acknowledged_at__isnull=False),
        "unacknowledged": Q(outcome=Outcome.SENT, acknowledged_at=None),
        "reminded": Q(reminded_at__isnull=False),
        "unreached": Q(outcome__in=_UNREACHED),
        "restricted": Q(outcome=Outcome.RESTRICTED),
    }
    counts = rows.aggregate(**{name: Count("pk", filter=wanted) for name, wanted in conditions.items()})
    shown = rows.filter(conditions["sent"], conditions[only] if only in _FILTERS else Q())
    related = shown.select_related("buyer", "order", "message__conversation").order_by("pk")
    return Results(Paginator(related, PAGE_SIZE).get_page(page), counts)


def due_reminders(notice: Notice, *, now: datetime) -> QuerySet[NoticeRecipient]:
    """Buyers who got a recall the profile's days ago, have not said that they read it, and were not reminded."""
    days = profile_in_force(notice.marketplace, now).recall_reminder_days
    return NoticeRecipient.objects.filter(
        notice=notice,
        outcome=Outcome.SENT,
        acknowledged_at=None,
        reminded_at=None,
        message__sent_at__lte=now - timedelta(days=days),
    )


def open_recalls() -> list[Notice]:
    """Every recall that is sent and not closed."""
    return list(_known().filter(kind=Notice.Kind.RECALL, state__in=(State.SENDING, State.SENT)).order_by("pk"))


def get_recall_of_buyer(buyer: Buyer, notice_id: str) -> NoticeRecipient:
    """What that recall is for this buyer. Raises ``NotFound`` for everybody it does not concern."""
    rows = NoticeRecipient.objects.filter(buyer=buyer, outcome=Outcome.SENT, notice__kind=Notice.Kind.RECALL)
    related = rows.select_related(
        "notice__marketplace", "notice__seller", "notice__product", "notice__recall", "message__conversation", "order"
    )
    found = related.filter(notice__public_id=notice_id).first() if notice_id.isprintable() else None
    if found is None:
        raise NotFound(notice_id)
    return found


def get_public_recall(marketplace: Marketplace, notice_id: str) -> Notice:
    """A public recall under way. Raises ``NotFound`` for any other: a private one looks like none."""
    published = _known().filter(marketplace=marketplace, recall__is_public=True, state__in=_PUBLISHED)
    return _one(published, notice_id)


def public_recall_of(listing: Listing) -> Notice | None:
    """The latest public recall of what this offer sells, while it is under way. One query."""
    about = _known().filter(product=listing.product_id, recall__is_public=True, state__in=_PUBLISHED)
    return about.filter(Q(seller=None) | Q(seller=listing.seller_id)).order_by("-pk").first()


def recalls_of_order(order: Order) -> list[NoticeRecipient]:
    """The recalls under way that concern an order of this buyer; another order of theirs may have carried the message.

    One query.
    """
    rows = NoticeRecipient.objects.filter(
        Q(notice__seller=None) | Q(notice__seller=order.seller_id),
        buyer=order.buyer_id,
        outcome=Outcome.SENT,
        notice__kind=Notice.Kind.RECALL,
        notice__state__in=_PUBLISHED,
        notice__product__listings__order_lines__order=order,
    )
    found = rows.select_related("notice__product", "notice__recall").distinct().order_by("pk")
    return [one for one in found if one.order_id == order.pk or _covers(one.notice.recall, order)]


def recalls_of_messages(buyer: Buyer, messages: list[int]) -> list[NoticeRecipient]:
    """The recalls that these messages (their keys) brought to the buyer, with notice and product. One query."""
    rows = NoticeRecipient.objects.filter(buyer=buyer, message__in=messages, notice__kind=Notice.Kind.RECALL)
    return list(rows.select_related("notice__product", "notice__recall").order_by("pk"))


def _covers(recall: Recall, order: Order) -> bool:
    day = order.placed_at.date()
    begun = recall.ordered_from is None or recall.ordered_from <= day
    return begun and (recall.ordered_until is None or day <= recall.ordered_until)


def _read() -> QuerySet[Participant]:
    return Participant.objects.filter(
        conversation=OuterRef("message__conversation"),
        side=Side.BUYER,
        read_up_to__gte=OuterRef("message__delivered_position"),
    )


def _of_operator(marketplace: Marketplace) -> QuerySet[Notice]:
    """Drafts of sellers are theirs alone; a notice that the rules did not hold is no business of the operator."""
    drafted = Q(side=Side.SELLER, submitted_at=None)
    ordinary = Q(side=Side.SELLER) & ~Q(kind=Notice.Kind.RECALL) & ~Q(outcome="hold")
    return _known().filter(marketplace=marketplace).exclude(drafted | ordinary)


def _known() -> QuerySet[Notice]:
    return Notice.objects.select_related(
        "marketplace", "seller__marketplace", "product", "recall", "author", "submitted_by", "decided_by"
    )


def _with_counts(notices: QuerySet[Notice]) -> QuerySet[Notice]:
    return notices.annotate(
        sent_to=Count("recipients", filter=Q(recipients__outcome=Outcome.SENT)),
        acknowledged=Count("recipients", filter=Q(recipients__acknowledged_at__isnull=False)),
    )


def _one(notices: QuerySet[Notice], notice_id: str) -> Notice:
    # A NUL in an address would make PostgreSQL raise instead of finding nothing.
    found = notices.filter(public_id=notice_id).first() if notice_id.isprintable() else None
    if found is None:
        raise NotFound(notice_id)
    return found
