"""What is said to a page: which of its parts to fetch again, and where the log stood then."""

from typing import Any

from comity.common.crypto import open_number, seal_number
from comity.web.live.hub import Hub
from comity.web.live.tickets import Ticket

_LOG = "comity.web.live"


def answer(hub: Hub, ticket: Ticket, after: str) -> dict[str, Any] | None:
    """``changed`` and ``after``; None when nothing moved behind ``after``. The first question always gets an answer.

    ``after`` is sealed: from the steps of a position it could be read how much happens elsewhere, and that something
    happened here which its reader does not see, such as a report.
    """
    position = open_number(after, about=_LOG)
    moved = hub.moved(ticket.channels, after=position, issued_at=ticket.issued_at)
    if position is not None and not moved:
        return None
    parts = {"talk" if channel.startswith("c") else "list" for channel in moved}
    return {"changed": sorted(parts), "after": seal_number(hub.position, about=_LOG)}
