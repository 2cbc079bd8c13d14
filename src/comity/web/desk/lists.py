"""The left pane of a desk: views, filters, saved views, and the conversations, to open or to choose."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.http import HttpRequest

from comity.common.counting import count_words
from comity.messaging.models import SavedView
from comity.messaging.selectors.desk import open_clocks
from comity.messaging.selectors.inbox import Filters, Inbox
from comity.messaging.selectors.teams import saved_views_of
from comity.messaging.selectors.topics import LABELS
from comity.orders.models import Order
from comity.web.desk import panes
from comity.web.desk.desks import Desk
from comity.web.desk.filters import query_of, read_filters, without

_EMPTY = {
    "to_answer": ("Nothing to answer", "Every buyer has an answer. New messages appear here, oldest deadline on top."),
    "waiting": ("Nobody is waiting", "Conversations you answered stand here until the buyer writes again."),
    "held": ("Nothing is held", "A message of yours that a person must read first stands here until the ruling."),
    "all": ("No conversations yet", "They begin when a buyer writes to you."),
}
_NARROW = ("Nothing fits these filters", "Take one away, or choose another view.")
_SHIPPED_BY = {Order.Fulfilment.SELLER: "Shipped by the shop", Order.Fulfilment.MARKETPLACE: "Shipped for the shop"}
# What everybody finds under “Views” without saving it.
_BUILT_IN = (("Mine", Filters("all", assignee="me")), ("Unassigned", Filters(assignee="none")))


def list_pane(desk: Desk, request: HttpRequest, *, current: str = "", now: datetime) -> dict[str, Any]:
    """The left pane and the frame around all panes. ``current``: the id of the conversation that is open."""
    views = saved_views_of(desk.team, desk.user)
    saved = [*(filters for _, filters in _BUILT_IN), *(_filters_of(view) for view in views)]
    inbox = desk.inbox(request.GET.get("page"), saved)
    title, text = _NARROW if desk.filters.narrow else _EMPTY[desk.view]
    query = query_of(desk.filters)
    selecting = desk.writes and not current and "select" in request.GET
    return {
        **desk.frame(inbox.waiting),
        "now": now,
        "tabs": desk.tabs(inbox.counts),
        "page": inbox.page,
        "page_query": f"{query}&" if query else "",
        "groups": _groups(desk, inbox, current=current, now=now),
        "empty_title": title,
        "empty_text": text,
        "inbox_href": desk.url("inbox"),
        "sift": _sift(desk),
        "team_views": _views(desk, inbox, views),
        "views_href": desk.url("views"),
        "labels_href": desk.url("labels"),
        "writes": desk.writes,
        "query": query,
        "changed": _changed(request.GET.get("changed", "")),
        "select_href": f"?{query}&select=1" if query else "?select=1",
        "select": _select(desk, inbox) if selecting else None,
    }


def _changed(count: str) -> str:
    known = count.isdecimal() and len(count) < 5  # noqa: PLR2004 - so many are never changed at once
    return f"Changed: {int(count)} conversation{'' if int(count) == 1 else 's'}." if known else ""


def _groups(desk: Desk, inbox: Inbox, *, current: str, now: datetime) -> list[dict[str, Any]]:
    return panes.groups(
        inbox.page,
        open_clocks(list(inbox.page)),
        href=lambda conversation: f"{desk.url('conversation', conversation)}#newest",
        side=desk.side,
        user=desk.user,
        current=current,
        now=now,
    )


def _filters_of(view: SavedView) -> Filters:
    return read_filters(dict(part.partition("=")[::2] for part in view.query.split("&") if part))


def _views(desk: Desk, inbox: Inbox, views: Sequence[SavedView]) -> list[dict[str, Any]]:
    named = [(name, filters, "") for name, filters in _BUILT_IN]
    named += [(view.name, _filters_of(view), "Team" if view.shared else "") for view in views]
    address = desk.home_of_inbox
    return [
        {
            "label": name,
            "href": f"{address}?{query_of(filters)}",
            "note": note,
            "count": count_words(count),
            "current": filters == desk.filters,
        }
        for (name, filters, note), count in zip(named, inbox.saved, strict=True)
    ]


def _sift(desk: Desk) -> dict[str, Any]:
    """The form of filters, and the chosen ones as words to press away."""
    filters = desk.filters
    choices = {
        "assignee": [("me", "Me"), ("none", "Nobody"), *((user.public_id, user.name) for user in desk.people)],
        "label": [(label.public_id, label.name) for label in desk.labels],
        "topic": list(LABELS.items()),
        "fulfilment": list(_SHIPPED_BY.items()),
    }
    names = {"assignee": "Assigned to", "label": "Label", "topic": "Topic", "fulfilment": "Shipping"}
    fields = [
        {"name": name, "label": names[name], "choices": choices[name], "chosen": getattr(filters, name)}
        for name in names
        if choices[name]
    ]
    chosen = [(field["name"], _word(field)) for field in fields if field["chosen"]]
    chosen += [("unread", "Unread")] if filters.unread else []
    address = desk.home_of_inbox
    return {
        "action": address,
        "fields": fields,
        "unread": filters.unread,
        "view": desk.view,
        "chips": [{"word": word, "href": f"{address}?{query_of(without(filters, name))}"} for name, word in chosen],
    }


def _word(field: dict[str, Any]) -> str:
    word = dict(field["choices"]).get(field["chosen"], "not there any more")
    return f"{field['label']}: {word}" if field["name"] in ("assignee", "label") else word


def _select(desk: Desk, inbox: Inbox) -> dict[str, Any]:
    """The form over a list of check boxes: what may be done with the chosen ones."""
    count = inbox.counts[desk.view]
    return {
        "action": desk.url("bulk").partition("?")[0],
        "hidden": list(dict(part.partition("=")[::2] for part in query_of(desk.filters).split("&") if part).items()),
        "all": count_words(count),
        "people": desk.people,
        "labels": desk.labels,
        "done_href": desk.url("inbox"),
    }
