"""What is said to a page: which of its parts to fetch again, and where the log stood then."""

from typing import Any

from comity.web.live.hub import Hub
from comity.web.live.tickets import Ticket

_DIGITS = 18


def answer(hub: Hub, ticket: Ticket, after: str) -> dict[str, Any] | None:
    """``changed`` and ``after``; None when nothing moved behind ``after``. The first question always gets an answer."""
    position = int(after) if after.isdecimal() and len(after) <= _DIGITS else None
    moved = hub.moved(ticket.channels, after=position, issued_at=ticket.issued_at)
    if position is not None and not moved:
        return None
    parts = {"talk" if channel.startswith("c") else "list" for channel in moved}
    return {"changed": sorted(parts), "after": hub.position}
