"""What comes back of each listing and what is said of it: a seller sees which one misleads its buyers (S28, S31)."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, F, OuterRef, QuerySet, Subquery, Sum, Value, Window
from django.db.models.functions import Coalesce, RowNumber

from comity.accounts.models import Seller
from comity.accounts.profiles.orders import QualityTerms
from comity.catalog.models import Listing
from comity.messaging.models import Conversation, Side
from comity.orders.models import OrderLine, Return, ReturnLine
from comity.orders.services.statuses import OVER

PAGE_SIZE = 20
_SHOWN = 5  # of each listing, the latest ones


@dataclass(frozen=True, slots=True)
class Quality:
    """Of one listing the pieces ``sold``, ``returned``, and of these ``misled``: for a reason that the listing gives.

    ``complaints``: conversations about orders with it. ``returns`` and ``conversations``: the latest of both.
    """

    listing: Listing
    sold: int
    returned: int
    misled: int
    complaints: int
    returns: list[ReturnLine]
    conversations: list[Conversation]


def quality_of(seller: Seller, terms: QualityTerms, page: int | str | None = 1, size: int = PAGE_SIZE) -> "Page[Any]":
    """A page of ``Quality`` of the seller's listings, what misled most on top. Four queries."""
    pieces = {
        "sold": OrderLine.objects.filter(listing=OuterRef("pk")).exclude(order__status__in=OVER),
        "returned": _returned().filter(line__listing=OuterRef("pk")),
        "misled": _returned().filter(line__listing=OuterRef("pk"), reason__in=terms.reasons),
    }
    counts: dict[str, Any] = {name: _total(rows, Sum("quantity")) for name, rows in pieces.items()}
    about = _complaints(seller, terms).filter(order__lines__listing=OuterRef("pk"))
    counts["complaints"] = _total(about, Count("pk", distinct=True))
    rows = Listing.objects.filter(seller=seller).select_related("product").annotate(**counts)
    worst = (F("misled") + F("complaints")).desc()
    found: Page[Any] = Paginator(rows.order_by(worst, F("returned").desc(), "-id"), size).get_page(page)
    found.object_list = _with_links(seller, list(found.object_list), terms)
    return found


def _returned() -> "QuerySet[ReturnLine]":
    """What came or comes back; a return that was declined or called off does not."""
    return ReturnLine.objects.exclude(returned__state__in=(Return.State.DECLINED, Return.State.CLOSED))


def _complaints(seller: Seller, terms: QualityTerms) -> "QuerySet[Conversation]":
    mine = Conversation.objects.filter(seller=seller, addressee=Side.SELLER, last_message__isnull=False)
    return mine.filter(topic__in=terms.topics)


def _total(rows: "QuerySet[Any]", what: Any) -> Coalesce:
    """The sum or count over all of ``rows``, 0 for none."""
    everything = rows.order_by().annotate(one=Value(1)).values("one")
    return Coalesce(Subquery(everything.annotate(total=what).values("total")), 0)


def _with_links(seller: Seller, listings: list[Any], terms: QualityTerms) -> list[Quality]:
    keys = [one.pk for one in listings]
    returns = _latest(
        _returned().filter(reason__in=terms.reasons).select_related("returned__order"), "line__listing", keys
    )
    complaints = _complaints(seller, terms).select_related("order")
    conversations = _latest(complaints, "order__lines__listing", keys)
    return [
        Quality(
            one,
            one.sold,
            one.returned,
            one.misled,
            one.complaints,
            [row for row in returns if row.about == one.pk],
            list(dict.fromkeys(row for row in conversations if row.about == one.pk)),
        )
        for one in listings
    ]


def _latest(rows: "QuerySet[Any]", listing: str, keys: Collection[int]) -> list[Any]:
    """The latest few of each listing, as ``about``. One query."""
    place = Window(RowNumber(), partition_by=[F(listing)], order_by=F("pk").desc())
    found = rows.filter(**{f"{listing}__in": keys}).annotate(about=F(listing), place=place)
    return list(found.filter(place__lte=_SHOWN).order_by("-pk"))
