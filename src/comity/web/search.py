"""The page of results, whoever looks: what was asked comes from the address, where hits lead is the edge's to say."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render

from comity.accounts.models import Buyer, Seller
from comity.messaging.models import Message, Side
from comity.messaging.selectors.search import WHAT, Filters, Found, Hit, Scope, What, search
from comity.messaging.selectors.topics import LABELS, topic_label
from comity.orders.models import Order
from comity.orders.services.statuses import STATUS_WORDS
from comity.web.desk.panes import about
from comity.web.desk.talk import author_name, side_name

_LONGEST = 200  # characters of a query: more than anybody types
NAMES: dict[What, str] = {"messages": "Messages", "orders": "Orders", "people": "People"}
_STATES = {
    Message.State.DELIVERED: "Delivered",
    Message.State.HELD: "Held",
    Message.State.BLOCKED: "Blocked",
    Message.State.WITHDRAWN: "Returned or taken back",
}
_SIDES = {Side.BUYER: "The buyer", Side.SELLER: "The seller", Side.MARKETPLACE: "The marketplace"}


@dataclass(frozen=True, slots=True)
class Links:
    """Where the hits of a page lead; orders and people by public id, all of a page at once: they may need a query."""

    message: Callable[[Message], str]
    orders: Callable[[list[Order]], dict[str, str]]
    people: Callable[[list[Buyer | Seller]], dict[str, str]]
    people_name: str = "People"
    author: Callable[[Message], str] = lambda message: author_name(message.conversation, message)


@dataclass(frozen=True, slots=True)
class _Asked:
    """The address, read. ``typed`` is what stands in the fields, good or not."""

    query: str
    filters: Filters
    typed: dict[str, str]
    errors: dict[str, str]


def results(request: HttpRequest, scope: Scope, frame: dict[str, Any], links: Links) -> HttpResponse:
    """The page for what the address asks; 422 with a sentence beside a date that is none."""
    asked = _read(request.GET)
    page = request.GET.get("page", "1")
    found = None if asked.errors else search(scope=scope, query=asked.query, filters=asked.filters, page=page)
    context = {**frame, "search_href": "", **_form(asked), "found": found}  # one box is enough
    if found:
        context |= _rows(found, links, asked)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if asked.errors else HTTPStatus.OK
    return render(request, "search.html", context, status=status)


def asks(given: QueryDict) -> bool:
    """Whether the address looks for anything, by words or by filters."""
    asked = _read(given)
    return not asked.errors and bool(asked.query.strip() or asked.filters)


def _read(given: QueryDict) -> _Asked:
    typed = {
        name: str(given.get(name, ""))[:_LONGEST] for name in ("q", "what", "from", "until", "side", "state", "topic")
    }
    errors: dict[str, str] = {}
    days = {name: _day(typed[name], name, errors) for name in ("from", "until")}
    if days["from"] and days["until"] and days["from"] > days["until"]:
        errors["until"] = "Choose a last day that is not before the first one."
    what = next((kind for kind in WHAT if kind == typed["what"]), None)
    filters = Filters(
        what=what,
        from_on=days["from"],
        until_on=days["until"],
        side=typed["side"] if typed["side"] in _SIDES else "",
        state=typed["state"] if typed["state"] in _STATES else "",
        topic=typed["topic"] if typed["topic"] in LABELS else "",
    )
    return _Asked(typed["q"], filters, typed, errors)


def _day(text: str, name: str, errors: dict[str, str]) -> date | None:
    if not (typed := text.strip()):
        return None
    with suppress(ValueError):
        day = date.fromisoformat(typed)
        if date.min.year < day.year < date.max.year:
            return day
    errors[name] = "Write a day as 2026-11-30."
    return None


def _form(asked: _Asked) -> dict[str, Any]:
    chosen = asked.filters
    return {
        "query": asked.query,
        "typed": asked.typed,
        "errors": asked.errors,
        "what": chosen.what or "",
        "filtered": bool(chosen) or bool(asked.errors),
        "choices": [
            _choice("side", "Written by", "Anybody", _SIDES.items(), chosen.side),
            _choice("state", "State", "Any state", _STATES.items(), chosen.state),
            _choice("topic", "Topic", "Any topic", LABELS.items(), chosen.topic),
        ],
    }


def _choice(name: str, label: str, anything: str, options: Any, chosen: str) -> dict[str, Any]:
    return {"name": name, "label": label, "options": [("", anything), *options], "chosen": chosen}


def _rows(found: Found, links: Links, asked: _Asked) -> dict[str, Any]:
    kept = {name: value for name, value in asked.typed.items() if value and name != "what"}
    tabs = [("", "All", found.total), *((what, NAMES[what], found.counts[what]) for what in WHAT)]
    sections = [(what, hits) for what, hits in found.glimpses.items() if hits]
    return {
        "tabs": [
            {
                "label": links.people_name if what == "people" else label,
                "count": count,
                "href": f"?{urlencode(kept | ({'what': what} if what else {}))}",
                "current": what == (asked.filters.what or ""),
            }
            for what, label, count in tabs
        ],
        "rows": _section(found.what, list(found.page), links),
        "glimpses": [
            {
                "label": links.people_name if what == "people" else NAMES[what],
                "count": found.counts[what],
                "rows": _section(what, hits, links),
                "href": f"?{urlencode({**kept, 'what': what})}",
                "more": found.counts[what] - len(hits),
            }
            for what, hits in sections
        ],
        "page": found.page,
        "page_query": urlencode(kept | ({"what": found.what} if asked.filters.what else {})) + "&",
    }


def _section(what: What, hits: list[Hit], links: Links) -> list[dict[str, Any]]:
    if what == "messages":
        return [_message_row(hit, links.message(hit.found), links.author(hit.found)) for hit in hits]
    if what == "orders":
        hrefs = links.orders([hit.found for hit in hits])
        return [_order_row(hit, hrefs.get(hit.found.public_id, "")) for hit in hits]
    hrefs = links.people([hit.found for hit in hits])
    return [_person_row(hit, hrefs.get(hit.found.public_id, "")) for hit in hits]


def _message_row(hit: Hit, href: str, author: str) -> dict[str, Any]:
    message = hit.found
    conversation = message.conversation
    other = Side.BUYER if message.side != Side.BUYER else conversation.addressee
    return {
        "href": href,
        "title": author,
        "detail": f"to {side_name(conversation, other)}",
        "at": message.sent_at,
        "meta": [topic_label(message.topic or conversation.topic), about(conversation)],
        "state": "" if message.state in (Message.State.DELIVERED, Message.State.ACCEPTED) else message.state,
        "ruled_out": message.state == Message.State.WITHDRAWN,
        "lang": message.language,
        "pieces": hit.pieces,
    }


def _order_row(hit: Hit, href: str) -> dict[str, Any]:
    order = hit.found
    return {
        "href": href,
        "title": order.number,
        "code": True,
        "detail": STATUS_WORDS[order.status],
        "at": order.placed_at,
        "meta": [order.buyer.name, order.seller.name],
        "pieces": hit.pieces,
    }


def _person_row(hit: Hit, href: str) -> dict[str, Any]:
    kind = "Buyer" if isinstance(hit.found, Buyer) else "Shop"
    return {"href": href, "title": hit.found.name, "detail": kind, "pieces": []}
