"""Subscriptions in words, for whoever reads them."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.urls import reverse

from comity.common.locales import day
from comity.orders.models import Order, Renewal, Subscription
from comity.orders.selectors.life import Recorded

State, Reason = Subscription.State, Subscription.EndReason
_ENDED: Mapping[str, str] = {
    Reason.WITHDRAWN: "Ended: it is not offered any more",
    Reason.OUT_OF_STOCK: "Ended: it was out of stock",
}
_HAPPENED: Mapping[str, str] = {
    "subscription.announced": "The next renewal was announced",
    "subscription.renewed": "Renewed",
    "subscription.declined": "The payment was declined; nothing was ordered",
    "subscription.payment_changed": "Another payment was given",
    "subscription.delayed": "The renewal was missed, and is announced anew",
    "subscription.cancelled": "Cancelled",
    "subscription.ended": "Ended",
}


def state_words(one: Subscription) -> str:
    """“Active”, “Cancelled”, why it has ended, or why nothing is renewed although it goes on."""
    if one.declined_at:
        return "Payment declined"
    return _ENDED.get(one.end_reason, one.get_state_display())


def every(months: int) -> str:
    """“every month”, “every 3 months”, “every year”."""
    if months % 12 == 0:
        return "every year" if months == 12 else f"every {months // 12} years"  # noqa: PLR2004 - of a year
    return "every month" if months == 1 else f"every {months} months"


def subscription_row(one: Subscription) -> dict[str, Any]:
    """One row of a list; the product is loaded."""
    return {"one": one, "title": one.listing.product.title, "state": state_words(one), "every": every(one.months)}


def renewal_of(order: Order) -> Renewal | None:
    """The period of a subscription that made this order; without a query where a door has opened the order."""
    return getattr(order, "renewal", None)


def renewal_line(order: Order, route: str, *place: str) -> dict[str, Any]:
    """The input of ``parts/renewal.html``: the period, and its subscription on the page ``route``."""
    renewal = renewal_of(order)
    if renewal is None:
        return {"renewal": None}
    own = [renewal.subscription.public_id] if route == "buyer-subscription" else []
    return {"renewal": renewal, "subscription_href": reverse(route, args=[*place, *own])}


def record_steps(record: Iterable[Recorded]) -> list[dict[str, Any]]:
    """The steps of ``parts/timeline.html`` of a subscription's record."""
    return [_step(one) for one in record if one.what in _HAPPENED]


def _step(one: Recorded) -> dict[str, Any]:
    dates = [str(one.facts[name]) for name in ("renews_on", "renewed_on") if name in one.facts]
    says = [day(datetime.fromisoformat(dates[0]).date(), "dated")] if dates else []
    says += [f"by the {one.facts['by']}"] if "by" in one.facts else []
    says += [str(one.facts["reason"]).replace("_", " ")] if "reason" in one.facts else []
    at = datetime.fromisoformat(one.facts["at"])
    says += [str(one.facts["error"])] if "error" in one.facts else []
    return {"what": _HAPPENED[one.what], "detail": ", ".join(says), "at": at}
