"""Changing a listing: the seller all of it; the marketplace its handling time, with reason and notice (S28, S31, S85).

Orders keep what they were promised: nothing here writes an order.
"""

from dataclasses import asdict, dataclass
from datetime import date, datetime

from django.db.models import QuerySet

from comity.accounts.models import OperatorStaff, Seller, Staff, User
from comity.accounts.profiles import profile_in_force
from comity.accounts.selectors.roles import may
from comity.catalog.models import HandlingChange, Listing
from comity.catalog.services.wording import screened
from comity.common.errors import NotFound, Refused
from comity.common.ids import new_id
from comity.common.outbox import emit
from comity.common.texts import clean_text
from comity.common.transactions import write

LONGEST_HANDLING = 365  # business days, as in an import
MOST_PIECES = 2_000_000_000  # what the column holds


@dataclass(frozen=True, slots=True)
class ListingValues:
    """What a seller says about a listing; days are of the marketplace's calendar, both included."""

    description: str
    quantity: int
    handling_days: int
    offered: bool
    offered_from_on: date | None
    offered_until_on: date | None


class Stale(Refused):
    """The listing changed since its page was opened: ``current`` is what it says now. Nothing was stored."""

    def __init__(self, current: Listing) -> None:
        sentence = "This listing changed since you opened the page. Compare both values, then save again."
        super().__init__("stale", sentence, "form")
        self.current = current


def change_listing(
    *, staff: Staff, listing_id: str, values: ListingValues, version: int, confirmed: str = "", now: datetime
) -> Listing:
    """Give the listing these values, if it still is the ``version`` that its page showed.

    Raises ``NotFound``, ``Stale``, ``WordsRefused``, and ``Refused`` with the field that is wrong: ``role``,
    ``quantity``, ``handling_days``, ``offered_until_on``, or an unusable description.
    """
    if not may(staff, "manage"):
        raise Refused("role", "Only an owner of the shop changes its listings.", "form")
    _require_values(values)
    description = _described(staff.seller, listing_id, values, confirmed, now=now)
    with write():
        seller, listing = _lock(listing_id, version, among=Listing.objects.filter(seller=staff.seller_id))
        wanted = asdict(values) | {"description": description}
        changed = sorted(name for name, value in wanted.items() if getattr(listing, name) != value)
        if changed:
            _change(listing, {name: wanted[name] for name in changed})
            _tell(
                seller, "listing.changed", {"listing": listing.public_id, "fields": ",".join(changed)}, staff.user, now
            )
    return listing


def change_handling_time(
    *, staff: OperatorStaff, listing_id: str, days: int, reason: str, version: int, now: datetime
) -> HandlingChange:
    """Set the handling time of a seller's listing for orders to come; the seller is told the reason.

    Raises ``NotFound``, ``Stale``, and ``Refused``: ``role``, ``handling_days``, a missing or unusable ``reason``.
    """
    if not may(staff, "manage"):
        raise Refused("role", "Your role does not change listings.", "form")
    _require_days(days)
    limit = profile_in_force(staff.marketplace, now).message_characters
    empty = "Say why: the seller is told this reason."
    reason = clean_text(reason, limit=limit, what="Your reason", empty=empty, field="reason")
    with write():
        seller, listing = _lock(listing_id, version, among=Listing.objects.filter(marketplace=staff.marketplace_id))
        if listing.handling_days == days:
            raise Refused("handling_days", f"It is {_days(days)} already.", "handling_days")
        before = listing.handling_days
        _change(listing, {"handling_days": days})
        return tell_handling_change(seller, listing, before=before, reason=reason, by=staff.user, now=now)


def tell_handling_change(
    seller: Seller, listing: Listing, *, before: int, reason: str, by: User | None, now: datetime
) -> HandlingChange:
    """Put on record that the marketplace changed the handling time, and have the seller told why.

    ``seller`` is locked and ``listing`` saved; ``by`` nobody stands for an import.
    """
    made = HandlingChange.objects.create(
        listing=listing,
        public_id=new_id("hch", now),
        before=before,
        after=listing.handling_days,
        reason=reason,
        changed_by=by,
        changed_at=now,
    )
    about = {"listing": listing.public_id, "change": made.public_id}
    _tell(seller, "listing.handling_changed", about, by, now)
    return made


def _require_values(values: ListingValues) -> None:
    if not 0 <= values.quantity <= MOST_PIECES:
        raise Refused("quantity", f"Give a number of pieces from 0 to {MOST_PIECES:,}.", "quantity")
    _require_days(values.handling_days)
    begin, end = values.offered_from_on, values.offered_until_on
    if begin and end and end < begin:
        sentence = "The last day lies before the first. Choose a later one, or leave it empty."
        raise Refused("offered_until_on", sentence, "offered_until_on")


def _require_days(days: int) -> None:
    if not 0 <= days <= LONGEST_HANDLING:
        raise Refused("handling_days", f"Give business days from 0 to {LONGEST_HANDLING}.", "handling_days")


def _days(days: int) -> str:
    return "1 business day" if days == 1 else f"{days} business days"


def _described(seller: Seller, listing_id: str, values: ListingValues, confirmed: str, *, now: datetime) -> str:
    """The description to store: as it was, or cleaned and judged by the rules."""
    kept = Listing.objects.filter(seller=seller, public_id=listing_id).values_list("description", flat=True).first()
    if kept == values.description or not values.description.strip():
        return values.description.strip()
    limit = profile_in_force(seller.marketplace, now).description_characters
    empty = "Write what can be seen, or leave it empty."
    text = clean_text(values.description, limit=limit, what="Your description", empty=empty, field="description")
    screened(text, seller=seller, purpose="insert", confirmed=confirmed, now=now)
    return text


def _lock(listing_id: str, version: int, *, among: QuerySet[Listing]) -> tuple[Seller, Listing]:
    """Shop and listing, locked in this order everywhere; the listing as its page showed it."""
    found = (
        among.filter(public_id=listing_id).values_list("pk", "seller_id").first() if listing_id.isprintable() else None
    )
    if found is None:
        raise NotFound(listing_id)
    key, owner = found
    seller = Seller.objects.select_related("marketplace").select_for_update(of=("self",)).get(pk=owner)
    related = Listing.objects.select_related("product", "seller__marketplace")
    listing = related.select_for_update(of=("self",)).get(pk=key)
    if listing.version != version:
        raise Stale(listing)
    return seller, listing


def _change(listing: Listing, wanted: dict[str, object]) -> None:
    for name, value in wanted.items():
        setattr(listing, name, value)
    listing.version += 1
    listing.save(update_fields=[*wanted, "version"])


def _tell(seller: Seller, name: str, about: dict[str, str], user: User | None, now: datetime) -> None:
    emit(
        seller,
        name=name,
        data={"seller": seller.public_id, **about},
        stream_id=seller.public_id,
        marketplace=seller.marketplace.public_id,
        actor=user.public_id if user else "",
        now=now,
    )
    seller.save(update_fields=["event_count"])
