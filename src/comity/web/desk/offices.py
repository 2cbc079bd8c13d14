"""An office: the place where a party writes to many buyers at once, and settles who sends what."""

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.urls import reverse

from comity.accounts.models import Marketplace, OperatorStaff, Seller, Staff, User
from comity.accounts.selectors.roles import may
from comity.accounts.selectors.seats import seller_seat
from comity.web.desk.desks import operator_for, operator_frame, seller_frame

_SELLER_ROUTES = {
    "list": "seller-notices",
    "notice": "seller-notice-new",
    "recall": "seller-recall-new",
    "detail": "seller-notice",
    "edit": "seller-notice-edit",
}
_OPERATOR_ROUTES = {
    "list": "operator-recalls",
    "recall": "operator-recall-new",
    "detail": "operator-recall",
    "edit": "operator-recall-edit",
}


@dataclass(frozen=True, slots=True)
class Office:
    """Whose office it is, and under which addresses its pages stand."""

    staff: Staff | OperatorStaff

    @property
    def is_operator(self) -> bool:
        """Whether the marketplace's people sit here."""
        return isinstance(self.staff, OperatorStaff)

    @property
    def marketplace(self) -> Marketplace:
        """Where it is."""
        return self.staff.marketplace if isinstance(self.staff, OperatorStaff) else self.staff.seller.marketplace

    @property
    def seller(self) -> Seller | None:
        """The shop; none for the operator."""
        return self.staff.seller if isinstance(self.staff, Staff) else None

    @property
    def writes(self) -> bool:
        """Whether the role of the person may write here."""
        return may(self.staff, "announce")

    @property
    def place(self) -> dict[str, str]:
        """The fixed part of every address."""
        here = {"marketplace": self.marketplace.slug}
        return {**here, "seller": self.seller.public_id} if self.seller else here

    def url(self, page: str, notice_id: str = "") -> str:
        """The address of a page: list, notice, recall (new ones), detail or edit (of ``notice_id``)."""
        routes = _OPERATOR_ROUTES if self.is_operator else _SELLER_ROUTES
        about = {"notice": notice_id} if notice_id else {}
        return reverse(routes[page], kwargs={**self.place, **about})

    def frame(self, tab: str = "") -> dict[str, Any]:
        """What the page around needs; ``tab`` is notices or agreements, both of a seller's office."""
        if isinstance(self.staff, OperatorStaff):
            return operator_frame(self.staff, "recalls")
        tabs = [
            ("notices", "Notices and recalls", "seller-notices"),
            ("agreements", "Who sends what", "seller-agreements"),
        ]
        shown = [
            {"label": label, "href": reverse(route, kwargs=self.place), "current": page == tab}
            for page, label, route in tabs
        ]
        return {**seller_frame(self.staff, "notices"), "tabs": shown}


def seller_office(user: User | AnonymousUser, marketplace: str, seller: str) -> Office:
    """The office of a shop. Raises ``NotFound`` for everybody who has no seat there."""
    return Office(seller_seat(user, marketplace, seller))


def operator_office(user: User | AnonymousUser, marketplace: str) -> Office:
    """The operator's office. Raises ``NotFound`` for everybody whose role does not rule."""
    return Office(operator_for(user, marketplace, "rule"))
