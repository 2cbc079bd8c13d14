"""A team's saved replies, and which of their texts a buyer gets."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet, prefetch_related_objects

from comity.accounts.models import OperatorStaff, Staff
from comity.common.errors import NotFound
from comity.common.prepared import Prepared
from comity.messaging.models import SavedReply, SavedReplyText
from comity.messaging.selectors.inbox import PAGE_SIZE, PageNumber
from comity.orders.models import Order


@dataclass(frozen=True, slots=True)
class Choice:
    """A saved reply for one buyer: ``text`` in the buyer's language, or where there is none the ``fallback``."""

    saved_reply: SavedReply
    text: SavedReplyText
    fallback: bool


def replies_of(staff: Staff | OperatorStaff) -> QuerySet[SavedReply]:
    """The saved replies of the shop, or of the marketplace's service desk."""
    if isinstance(staff, Staff):
        return SavedReply.objects.filter(seller=staff.seller_id)
    return SavedReply.objects.filter(marketplace=staff.marketplace_id, seller=None)


def replies_page(*, staff: Staff | OperatorStaff, page: PageNumber = 1) -> "Page[Any]":
    """A page of them by name, with their texts: 3 queries."""
    rows = replies_of(staff).prefetch_related("texts__changed_by").order_by("name")
    return Paginator(rows, PAGE_SIZE).get_page(page)


def get_saved_reply(*, staff: Staff | OperatorStaff, saved_id: str) -> SavedReply:
    """One of them. Raises ``NotFound`` for anybody else's."""
    known = replies_of(staff).filter(public_id=saved_id) if saved_id.isprintable() else SavedReply.objects.none()
    found = known.first()
    if found is None:
        raise NotFound(saved_id)
    return found


def choices_for(*, staff: Staff | OperatorStaff, language: str) -> list[Choice]:
    """Every saved reply with its text for a buyer of ``language``, by name. 2 queries."""
    if isinstance(staff, Staff):
        rows = _of_seller(seller=staff.seller_id)
    else:
        rows = _of_marketplace(marketplace=staff.marketplace_id)
    prefetch_related_objects(rows, "texts")
    chosen = ((row, text_for(row.texts.all(), language, home=home_language(staff))) for row in rows)
    return [Choice(row, text, fallback=not _fits(text.language, language)) for row, text in chosen if text]


_of_seller = Prepared(lambda seller: SavedReply.objects.filter(seller=seller).order_by("name"), seller=int)
_of_marketplace = Prepared(
    lambda marketplace: SavedReply.objects.filter(marketplace=marketplace, seller=None).order_by("name"),
    marketplace=int,
)


def home_language(staff: Staff | OperatorStaff) -> str:
    """The language of the shop, or of the marketplace."""
    return staff.seller.language if isinstance(staff, Staff) else staff.marketplace.language


def text_for(texts: Iterable[SavedReplyText], language: str, *, home: str) -> SavedReplyText | None:
    """The text in ``language``, else in the language it is a kind of, else in ``home``, else the first by code."""
    known = {text.language: text for text in texts}
    for code in (language.lower(), _kind(language), home.lower(), _kind(home)):
        if code in known:
            return known[code]
    return known[min(known)] if known else None


def order_to_try(*, staff: Staff | OperatorStaff, number: str) -> Order:
    """An order of the shop or of the marketplace, by its number, to fill a text from. Raises ``NotFound``."""
    own = {"seller": staff.seller_id} if isinstance(staff, Staff) else {"marketplace": staff.marketplace_id}
    related = Order.objects.select_related("marketplace", "seller", "buyer")
    found = related.filter(**own, number=number).first() if number.isprintable() else None
    if found is None:
        raise NotFound(number)
    return found


def _fits(written: str, language: str) -> bool:
    return written in (language.lower(), _kind(language))


def _kind(language: str) -> str:
    """``de`` for ``de-AT``."""
    return language.lower().partition("-")[0]
