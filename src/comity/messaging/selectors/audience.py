"""Whom a notice is for, and who of them is left out: one definition for the preview and for the sending."""

from datetime import UTC, datetime
from typing import Any

from django.db.models import Case, CharField, Count, Exists, OuterRef, Q, QuerySet, Subquery, Value, When

from comity.accounts.models import Buyer
from comity.common.days import end_of_day, midnight
from comity.messaging.models import Block, Notice, NoticeRecipient
from comity.orders.models import Order, OrderLine

Outcome = NoticeRecipient.Outcome
Status = Order.Status
State = Notice.State
_LEFT = (Status.SHIPPED, Status.DELIVERED)
_NOT_LEFT_YET = (Status.PENDING, Status.UNSHIPPED)


def orders_meant(notice: Notice) -> QuerySet[Order]:
    """The orders whose buyers the notice is for: the product has left for them, or arrived, and was not cancelled.

    Of a recall only those placed on its days (in UTC, whoever looks). Orders placed after the notice was released do
    not count, so the number does not move while it is sent.
    """
    lines = OrderLine.objects.filter(order=OuterRef("pk"), listing__product=notice.product_id)
    parted = Q(status=Status.PARTIALLY_SHIPPED) & Exists(lines.filter(shipped__isnull=False))
    orders = _of_product(notice).filter(Q(status__in=_LEFT) | parted)
    until = released_at(notice)
    return orders.filter(placed_at__lte=until) if until else orders


def orders_to_stop(notice: Notice) -> QuerySet[Order]:
    """Orders of a recalled product that have not left yet: nobody is told, but they must not be shipped."""
    return _of_product(notice).filter(status__in=_NOT_LEFT_YET)


def released_at(notice: Notice) -> datetime | None:
    """Since when it is on its way: confirmed or approved, whatever came last; None before."""
    if notice.state not in (State.APPROVED, State.SENDING, State.SENT, State.STOPPED, State.CLOSED):
        return None
    moments = (notice.submitted_at, notice.decided_at)
    return max(moment for moment in moments if moment)


def audience(notice: Notice, *, critical: bool) -> QuerySet[Any]:
    """The buyers of those orders with ``meant_order`` (the latest one's key) and ``left_out``.

    ``left_out`` is empty for those who get it, else an outcome of ``NoticeRecipient``. A critical notice reaches
    everybody; who has never signed in finds it at the first sign-in.
    """
    orders = orders_meant(notice)
    latest = orders.filter(buyer=OuterRef("pk")).order_by("-pk").values("pk")[:1]
    buyers = Buyer.objects.filter(pk__in=orders.values("buyer"))
    return buyers.annotate(meant_order=Subquery(latest), left_out=Value("") if critical else _left_out(notice))


def audience_counts(notice: Notice, *, critical: bool) -> dict[str, int]:
    """How many buyers get it (empty key), and how many are left out, by why. One query."""
    rows = audience(notice, critical=critical).order_by().values("left_out").annotate(buyers=Count("pk"))
    return {row["left_out"]: row["buyers"] for row in rows}


def not_yet_handled(notice: Notice, *, critical: bool, size: int) -> list[Buyer]:
    """The next buyers that are no recipients yet, at most ``size``.

    First after the last one handled, which an index finds; then, once, among those who came to belong to it meanwhile.
    """
    handled = NoticeRecipient.objects.filter(notice=notice)
    last = handled.order_by("-buyer_id").values_list("buyer_id", flat=True).first() or 0
    buyers = audience(notice, critical=critical).exclude(Exists(handled.filter(buyer=OuterRef("pk")))).order_by("pk")
    return list(buyers.filter(pk__gt=last)[:size]) or list(buyers[:size])


def _left_out(notice: Notice) -> Case:
    blocks = Block.objects.filter(buyer=OuterRef("pk"), seller=notice.seller_id, ended_at=None)
    return Case(
        When(user=None, then=Value(Outcome.NO_ACCOUNT)),
        When(unsolicited_declined_at__isnull=False, then=Value(Outcome.OPTED_OUT)),
        When(Exists(blocks), then=Value(Outcome.BLOCKED)),
        default=Value(""),
        output_field=CharField(),
    )


def _of_product(notice: Notice) -> QuerySet[Order]:
    lines = OrderLine.objects.filter(listing__product=notice.product_id)
    orders = Order.objects.filter(marketplace=notice.marketplace_id, pk__in=lines.values("order"))
    if notice.seller_id:
        orders = orders.filter(seller=notice.seller_id)
    return _on_its_days(orders, notice) if notice.is_recall else orders


def _on_its_days(orders: QuerySet[Order], notice: Notice) -> QuerySet[Order]:
    recall = notice.recall
    if recall.ordered_from:
        orders = orders.filter(placed_at__gte=midnight(recall.ordered_from, UTC))
    if recall.ordered_until:
        orders = orders.filter(placed_at__lt=end_of_day(recall.ordered_until, UTC))
    return orders
