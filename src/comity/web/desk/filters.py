"""Filters of an inbox in its address: ``?view=waiting&assignee=me&label=lab_…``. Nothing else remembers them."""

from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import get_args
from urllib.parse import urlencode

from comity.messaging.selectors.inbox import Filters, View
from comity.messaging.selectors.topics import LABELS
from comity.orders.models import Order

_LONGEST = 31  # a public id


def read_filters(query: Mapping[str, str]) -> Filters:
    """What the address asks for; a value that cannot be is taken for none."""
    view: View = next((known for known in get_args(View) if known == query.get("view")), "to_answer")
    topic, fulfilment = query.get("topic", ""), query.get("fulfilment", "")
    return Filters(
        view=view,
        assignee=_id(query.get("assignee", "")),
        label=_id(query.get("label", "")),
        topic=topic if topic in LABELS else "",
        fulfilment=fulfilment if fulfilment in Order.Fulfilment.values else "",
        unread=query.get("unread") == "1",
    )


def query_of(filters: Filters) -> str:
    """The same as it stands in an address, without the question mark; empty for the list that opens first."""
    said = {name: value for name, value in asdict(filters).items() if value and (name, value) != ("view", "to_answer")}
    return urlencode({name: "1" if value is True else value for name, value in said.items()})


def without(filters: Filters, name: str) -> Filters:
    """The same without one filter."""
    return replace(filters, **{name: getattr(Filters(), name)})


def _id(text: str) -> str:
    return text if text.isprintable() and len(text) <= _LONGEST else ""
