"""The pages under “Manage”, as tabs of one place: all for admins, so that the bar keeps room for daily work."""

from typing import Any

from django.urls import reverse

from comity.accounts.models import OperatorStaff
from comity.web.desk.desks import operator_frame

_TABS = (
    ("settings", "Settings", "operator-settings"),
    ("rules", "Rules", "operator-rules"),
    ("sellers", "Sellers", "operator-sellers"),
    ("staff", "People", "operator-staff"),
    ("restrictions", "Restrictions", "operator-restrictions"),
    ("listings", "Listings", "operator-listings"),
    ("agreements", "Who sends what", "operator-agreements"),
    ("connect", "Hand-over", "operator-hand-over"),
    ("carriers", "Carriers", "operator-carriers"),
    ("repair", "Failed deliveries", "operator-dead-letters"),
)


def manage_frame(staff: OperatorStaff, current: str) -> dict[str, Any]:
    """The frame of a page under “Manage”, with its tabs."""
    place = [staff.marketplace.slug]
    tabs = [
        {"label": label, "href": reverse(route, args=place), "current": page == current} for page, label, route in _TABS
    ]
    return {**operator_frame(staff, "manage"), "manage_tabs": tabs}
