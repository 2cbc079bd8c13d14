"""What a shop looks for among its orders, as the address says it."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict

from comity.accounts.models import Seller
from comity.common.days import end_of_day, midnight
from comity.common.import_values import BadValue, day
from comity.common.locales import zone_of
from comity.integrations.carriers import carriers
from comity.messaging.selectors.search import Scope, order_keys
from comity.orders.selectors.orders import Sift

_LONGEST = 200  # characters of a query, as in the search
_TYPED = ("q", "from", "until", "carrier")


@dataclass(frozen=True, slots=True)
class Looked:
    """What was typed, what it means, and what is wrong with it by field; ``status`` is empty for all there is."""

    status: str
    typed: dict[str, str]
    days: dict[str, date | None] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def asks(self) -> bool:
        """Whether it narrows the list."""
        return any(self.typed.values())

    def query(self, status: str) -> str:
        """The same address with another status; empty for all there is."""
        return urlencode({"status": status} | self.typed if status else self.typed, doseq=True)

    def sift(self, shop: Seller) -> Sift:
        """What the rows must be: days are the shop's, both included. Two queries where words were typed."""
        zone, first, last = zone_of(shop.time_zone), self.days.get("from"), self.days.get("until")
        words = self.typed.get("q", "")
        return Sift(
            since=midnight(first, zone) if first else None,
            before=end_of_day(last, zone) if last else None,
            carrier=self.typed.get("carrier", ""),
            found=order_keys(Scope.of_seller(shop), words) if words else None,
        )

    def fields(self) -> dict[str, Any]:
        """What the form shows."""
        options = [("", "Any carrier"), *((one.name, one.name) for one in carriers())]
        return {"typed": self.typed, "errors": self.errors, "carriers": options, "asks": self.asks}


def looked_for(given: QueryDict, *, statuses: Collection[str]) -> Looked:
    """The address, read; what cannot be meant narrows nothing and says so."""
    typed = {name: text for name in _TYPED if (text := str(given.get(name, "")).strip()[:_LONGEST])}
    days: dict[str, date | None] = {}
    errors: dict[str, str] = {}
    if (status := given.get("status", "")) not in statuses:
        errors["status"] = f"There is no status “{status[:_LONGEST]}”."
        status = ""
    if typed.get("carrier", "") not in {"", *(one.name for one in carriers())}:
        errors["carrier"] = f"No carrier here is called “{typed.pop('carrier')}”: choose one of the list."
    for name in ("from", "until"):
        try:
            days[name] = day(typed[name]) if name in typed else None
        except BadValue:
            errors[name] = "Write a day as 2026-11-30."
    first, last = days.get("from"), days.get("until")
    if first and last and last < first:
        days = {}
        errors["until"] = "This day is before “Placed from”: exchange them, or leave one empty."
    return Looked(status, typed, days, errors)
