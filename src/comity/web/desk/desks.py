"""A desk: the place where a party works its inbox. Seller and marketplace have the same one under other addresses."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import cached_property
from typing import Any, ClassVar

from django.contrib.auth.models import AnonymousUser
from django.urls import reverse

from comity.accounts.models import OperatorStaff, Restriction, Staff, User
from comity.accounts.selectors.restrictions import is_restricted
from comity.accounts.selectors.roles import Action, may
from comity.accounts.selectors.seats import operator_seat, seller_seat
from comity.common.counting import count_words
from comity.common.errors import NotFound
from comity.messaging.models import Conversation, Label, Side
from comity.messaging.selectors.desk import held_count
from comity.messaging.selectors.doors import Seat, get_seat_of_operator, get_seat_of_staff
from comity.messaging.selectors.inbox import Filters, Inbox, PageNumber, View, inbox_of
from comity.messaging.selectors.live import conversation_channel, queue_channel, reader_channel
from comity.messaging.selectors.teams import Team, colleagues, labels_of, team_of
from comity.web.desk.filters import query_of, read_filters
from comity.web.desk.panes import VIEW_NAMES
from comity.web.live.tickets import watch


class Desk:
    """What the pages of a desk ask of the party whose desk it is. ``view`` is the list shown beside.

    ``checked``: the rules bind what is written here.
    """

    side: ClassVar[str] = Side.MARKETPLACE
    routes: ClassVar[str] = ""
    checked: ClassVar[bool] = False

    def __init__(self, user: User, query: Mapping[str, str]) -> None:
        self.user = user
        self.filters = read_filters(query)

    @property
    def view(self) -> View:
        """Which list stands beside."""
        return self.filters.view

    @cached_property
    def team(self) -> Team:
        """Who works here together."""
        return team_of(self.staff)

    @cached_property
    def people(self) -> list[User]:
        """The colleagues who may answer here. One query, once a page."""
        return colleagues(self.team)

    @cached_property
    def labels(self) -> list[Label]:
        """The team's labels. One query, once a page."""
        return labels_of(self.team)

    @property
    def place(self) -> dict[str, str]:
        """The fixed part of every address of the desk."""
        raise NotImplementedError

    @property
    def staff(self) -> Staff | OperatorStaff:
        """The seat that opens the desk."""
        raise NotImplementedError

    def inbox(self, page: PageNumber, saved: Sequence[Filters] = ()) -> Inbox:
        """A page of the list in view, with counts of the views and of the ``saved`` ones."""
        return inbox_of(self.team, user=self.user, filters=self.filters, page=page, saved=saved)

    def seat(self, conversation_id: str) -> Seat:
        """The seat in one of the desk's conversations. Raises ``NotFound``."""
        raise NotImplementedError

    def frame(self, waiting: int | None = None, *, current: str = "") -> dict[str, Any]:
        """What the page around the panes needs; ``waiting``, where the list stands beside: how many need an answer.

        ``current``: under which page of the frame it stands, where that is another than the list.
        """
        raise NotImplementedError

    def restriction(self, now: datetime) -> Restriction | None:
        """What keeps the party from writing; the marketplace itself is never restricted."""
        del now
        return None

    def order_href(self, conversation: Conversation) -> str:
        """The page of the conversation's order; empty where the desk has none."""
        del conversation
        return ""

    def contact_href(self, conversation: Conversation) -> str:
        """Where this party writes first about the conversation's order; empty where it never does."""
        del conversation
        return ""

    @cached_property
    def writes(self) -> bool:
        """Whether the person's role may write here."""
        return may(self.staff, "reply")

    def url(self, action: str, conversation: Conversation | None = None, view: View | None = None, **more: str) -> str:
        """The address of a page or form of the desk, keeping the list in view; ``more`` stands in the address too."""
        about = {"conversation": conversation.public_id} if conversation else {}
        address = reverse(f"{self.routes}-{action}", kwargs={**self.place, **about, **more})
        query = query_of(replace(self.filters, view=view) if view else self.filters)
        return f"{address}?{query}" if query else address

    def live(self, conversation: Conversation) -> dict[str, Any]:
        """What the page of a conversation follows: the conversation, and the list beside it."""
        channel = conversation_channel(self.side, conversation.pk)
        return watch(channel, *_channels(self.staff), src=self.url("inbox"))

    @property
    def home_of_inbox(self) -> str:
        """The address of the list without any filter."""
        return reverse(f"{self.routes}-inbox", kwargs=self.place)

    def tabs(self, counts: dict[View, int]) -> list[dict[str, Any]]:
        """The views with their counts, within what else is filtered; “All” needs none."""
        return [
            {
                "label": name,
                "href": self.url("inbox", view=view),
                "count": None if view == "all" else count_words(counts[view]),
                "current": view == self.view,
            }
            for view, name in VIEW_NAMES.items()
        ]


class SellerDesk(Desk):
    """The desk of a shop."""

    side = Side.SELLER
    routes = "seller"
    checked = True

    def __init__(
        self, user: User | AnonymousUser, marketplace: str, seller: str, query: Mapping[str, str] | None = None
    ) -> None:
        """Raises ``NotFound`` for everybody who has no seat with that seller."""
        self._staff = seller_seat(user, marketplace, seller)
        super().__init__(self._staff.user, query or {})

    @property
    def staff(self) -> Staff:
        return self._staff

    @property
    def place(self) -> dict[str, str]:
        return {"marketplace": self._staff.seller.marketplace.slug, "seller": self._staff.seller.public_id}

    def seat(self, conversation_id: str) -> Seat:
        return get_seat_of_staff(staff=self._staff, user=self.user, conversation_id=conversation_id)

    def restriction(self, now: datetime) -> Restriction | None:
        return is_restricted(seller=self._staff.seller, kind=Restriction.Kind.MESSAGING, now=now)

    def order_href(self, conversation: Conversation) -> str:
        if conversation.order is None:
            return ""
        return reverse("seller-order", kwargs={**self.place, "order": conversation.order.public_id})

    def contact_href(self, conversation: Conversation) -> str:
        if conversation.order is None:
            return ""
        return reverse("seller-contact", kwargs={**self.place, "order": conversation.order.public_id})

    def frame(self, waiting: int | None = None, *, current: str = "") -> dict[str, Any]:
        return seller_frame(self._staff, current or ("" if waiting is None else "inbox"), inbox=waiting)


class ServiceDesk(Desk):
    """The desk at which the marketplace answers what it owns itself (S7–S9, S36)."""

    routes = "operator-service"

    def __init__(self, user: User | AnonymousUser, marketplace: str, query: Mapping[str, str] | None = None) -> None:
        """Raises ``NotFound`` for everybody whose role does not serve on that marketplace."""
        self._staff = operator_for(user, marketplace, "serve")
        super().__init__(self._staff.user, query or {})

    @property
    def staff(self) -> OperatorStaff:
        return self._staff

    @property
    def place(self) -> dict[str, str]:
        return {"marketplace": self._staff.marketplace.slug}

    def seat(self, conversation_id: str) -> Seat:
        seat = get_seat_of_operator(staff=self._staff, user=self.user, conversation_id=conversation_id)
        if seat.conversation.addressee != Side.MARKETPLACE or seat.conversation.last_message is None:
            raise NotFound(conversation_id)
        return seat

    def frame(self, waiting: int | None = None, *, current: str = "") -> dict[str, Any]:
        return operator_frame(self._staff, current or "service", service=waiting)


def operator_for(user: User | AnonymousUser, marketplace: str, action: Any) -> OperatorStaff:
    """The operator's seat of ``user`` if its role may take ``action``; ``NotFound`` otherwise."""
    staff = operator_seat(user, marketplace)
    if not may(staff, action):
        raise NotFound(f"The role {staff.role} does not {action}.")
    return staff


# page, its name, the action that opens it, its address
SELLER_PAGES: tuple[tuple[str, str, Action, str], ...] = (
    ("today", "Today", "read", "seller-today"),
    ("inbox", "Inbox", "read", "seller-inbox"),
    ("orders", "Orders", "read", "seller-orders"),
    ("listings", "Listings", "read", "seller-listings"),
    ("saved", "Saved replies", "read", "seller-saved-replies"),
    ("notices", "Notices", "read", "seller-notices"),
    ("policies", "Policies", "read", "seller-policies"),
    ("staff", "People", "manage", "seller-staff"),
    ("trail", "Trail", "manage", "seller-trail"),
)


def seller_frame(staff: Staff, current: str, *, inbox: int | None = None) -> dict[str, Any]:
    """The frame of a shop's page, with the pages that the role opens; ``inbox``: how many wait for an answer."""
    seller = staff.seller
    place = {"marketplace": seller.marketplace.slug, "seller": seller.public_id}
    reads = "" if may(staff, "reply") else " · read-only"
    return {
        "marketplace": seller.marketplace,
        "desk": "Seller desk",
        "nav": _nav(staff, SELLER_PAGES, current, place, {"inbox": inbox}),
        "search_href": reverse("seller-search", kwargs=place),
        "live": watch(*_channels(staff)),
        "who": f"{staff.user.name} · {seller.name}{reads}",
    }


# the same of the operator
OPERATOR_PAGES: tuple[tuple[str, str, Action, str], ...] = (
    ("service", "Service", "serve", "operator-service-inbox"),
    ("returns", "Returns", "serve", "operator-service-returns"),
    ("held", "Held", "rule", "operator-held"),
    ("reports", "Reports", "rule", "operator-reports"),
    ("records", "Records", "verify", "operator-records"),
    ("orders", "Orders", "verify", "operator-orders"),
    ("saved", "Saved replies", "serve", "operator-service-saved-replies"),
    ("recalls", "Recalls", "rule", "operator-recalls"),
    ("audit", "Audit", "audit", "operator-audit"),
    ("manage", "Manage", "manage", "operator-settings"),
)


def operator_frame(staff: OperatorStaff, current: str, *, service: int | None = None) -> dict[str, Any]:
    """The frame of an operator's page, with the pages that the role opens. One query where it rules."""
    held = held_count(staff.marketplace) if may(staff, "rule") else None
    place = {"marketplace": staff.marketplace.slug}
    nav = _nav(staff, OPERATOR_PAGES, current, place, {"service": service, "held": held})
    role = staff.get_role_display().lower()
    return {
        "marketplace": staff.marketplace,
        "desk": "Operations",
        "nav": nav,
        "search_href": _operator_search(staff, current, place),
        "live": watch(*_channels(staff)),
        "who": f"{staff.user.name} · {role}",
    }


def _channels(staff: Staff | OperatorStaff) -> list[str]:
    """What the pages of a desk follow: its inbox; the held queue, where the role rules."""
    if isinstance(staff, Staff):
        return [reader_channel(Side.SELLER, staff.seller_id)]
    service = [reader_channel(Side.MARKETPLACE, staff.marketplace_id)] if may(staff, "serve") else []
    return [*service, queue_channel(staff.marketplace_id)] if may(staff, "rule") else service


def _operator_search(staff: OperatorStaff, current: str, place: dict[str, str]) -> str:
    """Where the search box leads: to the desk's own on its pages, else to all records, if the role may."""
    serves, verifies = may(staff, "serve"), may(staff, "verify")
    if serves and (current == "service" or not verifies):
        return reverse("operator-search", kwargs=place)
    return reverse("operator-record-search", kwargs=place) if verifies else ""


def _nav(
    staff: Staff | OperatorStaff,
    pages: tuple[tuple[str, str, Action, str], ...],
    current: str,
    place: dict[str, str],
    counts: dict[str, int | None],
) -> list[dict[str, Any]]:
    return [
        {
            "page": page,
            "label": label,
            "href": reverse(route, kwargs=place),
            "count": count_words(count) if (count := counts.get(page)) else None,
            "current": page == current,
        }
        for page, label, action, route in pages
        if may(staff, action)
    ]
