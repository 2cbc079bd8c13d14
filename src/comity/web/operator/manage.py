"""The pages under “Manage”, as tabs of one place."""

from typing import Any

from django.urls import reverse

from comity.accounts.models import OperatorStaff
from comity.web.desk.desks import operator_frame

_TABS = (
    ("settings", "Settings", "operator-settings"),
    ("sellers", "Sellers", "operator-sellers"),
    ("staff", "People", "operator-staff"),
    ("restrictions", "Restrictions", "operator-restrictions"),
    ("agreements", "Who sends what", "operator-agreements"),
)


def manage_frame(staff: OperatorStaff, current: str) -> dict[str, Any]:
    """The frame of a page under “Manage”, with its tabs."""
    place = [staff.marketplace.slug]
    tabs = [
        {"label": label, "href": reverse(route, args=place), "current": page == current} for page, label, route in _TABS
    ]
    return {**operator_frame(staff, "manage"), "manage_tabs": tabs}
