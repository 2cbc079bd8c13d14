"""Search over messages, orders and people, scoped in the index: it is never asked about what others may see.

Every entry carries a scope term for each of its readers, and every question names the reader's, so the count, the
page and the time it takes depend on the reader's own entries only. The same terms on both databases, see
``common.words``, give the same hits. Hits come latest first.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

from django.core.paginator import Page, Paginator
from django.db import connection
from django.db.models import QuerySet

from comity.accounts.models import Buyer, Marketplace, Seller
from comity.common.days import end_of_day, midnight
from comity.common.words import Piece, Query, pieces, read_query
from comity.messaging.models import Conversation, Message, Side
from comity.messaging.models.search import Findable
from comity.orders.models import Order

What = Literal["messages", "orders", "people"]
WHAT: tuple[What, ...] = ("messages", "orders", "people")
PAGE_SIZE = 25
GLIMPSE = 3  # orders and people beside the messages when nothing is chosen
_LETTERS: dict[str, str] = {Side.BUYER: "b", Side.SELLER: "s", Side.MARKETPLACE: "v", "record": "a", "public": "p"}


@dataclass(frozen=True, slots=True)
class Reader:
    """Who may find something: a buyer, a seller, the service desk of a marketplace, or its record as a whole.

    ``public`` stands for every buyer of a marketplace. ``row_id`` is the buyer's, seller's or marketplace's.
    """

    who: str
    row_id: int

    @classmethod
    def of_record(cls, marketplace_id: int) -> "Reader":
        """The roles that verify: every message in every state."""
        return cls("record", marketplace_id)

    @classmethod
    def public(cls, marketplace_id: int) -> "Reader":
        """Every buyer of the marketplace."""
        return cls("public", marketplace_id)


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose search it is: by what they find messages, orders and people."""

    reader: Reader
    people: Reader

    @classmethod
    def of_buyer(cls, buyer: Buyer) -> "Scope":
        """Their own messages and orders, and every shop of the marketplace."""
        return cls(Reader(Side.BUYER, buyer.pk), Reader.public(buyer.marketplace_id))

    @classmethod
    def of_seller(cls, seller: Seller) -> "Scope":
        """What has reached the shop or was written there, its orders, its buyers."""
        return cls(Reader(Side.SELLER, seller.pk), Reader(Side.SELLER, seller.pk))

    @classmethod
    def of_service(cls, marketplace: Marketplace) -> "Scope":
        """What the marketplace itself is asked, and about which orders and by whom."""
        return cls(Reader(Side.MARKETPLACE, marketplace.pk), Reader(Side.MARKETPLACE, marketplace.pk))

    @classmethod
    def of_record(cls, marketplace: Marketplace) -> "Scope":
        """Everything on record: for roles that verify, and for nobody else."""
        return cls(Reader.of_record(marketplace.pk), Reader.of_record(marketplace.pk))

    def terms(self, what: What) -> list[str]:
        """What every hit must carry."""
        return [scope_term(what, self.people if what == "people" else self.reader)]


@dataclass(frozen=True, slots=True)
class Filters:
    """What narrows a search. Dates are whole days in UTC, both included; side, state and topic are of messages."""

    what: What | None = None
    from_on: date | None = None
    until_on: date | None = None
    side: str = ""
    state: str = ""
    topic: str = ""

    def __bool__(self) -> bool:
        return bool(self.from_on or self.until_on or self.side or self.state or self.topic)

    def allow(self, what: What) -> bool:
        """Whether things of that kind can be hits: a shop has no date, an order no side."""
        if what == "people":
            return not self
        return what == "messages" or not (self.side or self.state or self.topic)


UNFILTERED = Filters()


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing found: a message, an order, a buyer or a seller, and the words around what was looked for."""

    found: Any
    pieces: list[Piece]


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found: how many of each kind, and the page in view; ``glimpses`` where no kind was chosen."""

    counts: dict[What, int]
    what: What
    page: "Page[Any]"
    glimpses: dict[What, list[Hit]] = field(default_factory=dict)

    @property
    def total(self) -> int:
        """All hits of every kind."""
        return sum(self.counts.values())


def scope_term(what: str, reader: Reader) -> str:
    """The term by which ``reader`` finds things of kind ``what``; nobody can type one, for the "@"."""
    return f"@{what[0]}{_LETTERS[reader.who]}{reader.row_id}"


def search(*, scope: Scope, query: str, filters: Filters = UNFILTERED, page: int | str | None = 1) -> Found | None:
    """What ``scope`` finds for the words of ``query``; None where there is nothing to look for.

    Every word must be there, the last one may be the beginning of one (see ``common.words``); filters alone list what
    they let through. Eight queries at most: one of the index for each kind, and the rows of each.
    """
    wanted = read_query(query)
    if not wanted and not filters:
        return None
    number = int(str(page)) if str(page).isdecimal() and len(str(page)) < 7 else 1  # noqa: PLR2004 - keeps offsets sane
    ids: dict[What, list[int]] = {}
    counts: dict[What, int] = {}
    for what in WHAT:
        chosen = what == (filters.what or "messages")
        size = PAGE_SIZE if chosen else GLIMPSE
        offset = (max(number, 1) - 1) * size if chosen else 0
        counts[what], ids[what] = _look_up(scope, what, wanted, filters, offset, size)
    shown: What = filters.what or "messages"
    found: Page[Any] = Paginator(range(counts[shown]), PAGE_SIZE).get_page(page)
    found.object_list = _hits(ids[shown], wanted)
    glimpses = {} if filters.what else {what: _hits(ids[what], wanted) for what in WHAT if what != shown}
    return Found(counts, shown, found, glimpses)


def order_keys(scope: Scope, text: str, most: int = 500) -> tuple[list[int], list[int]]:
    """The keys of the orders and those of the buyers that ``scope`` finds, at most so many each. Two queries."""
    wanted = read_query(text)
    if not wanted:
        return [], []
    _, orders = _look_up(scope, "orders", wanted, UNFILTERED, 0, most)
    _, people = _look_up(scope, "people", wanted, UNFILTERED, 0, most)
    buyers = [key for key in people if key % len(Findable) == Findable.BUYER]
    return [key // len(Findable) for key in orders], [key // len(Findable) for key in buyers]


def _look_up(scope: Scope, what: What, query: Query, filters: Filters, offset: int, size: int) -> tuple[int, list[int]]:
    """How many entries there are, and the ids of a page of them; of the last page where there is no such one."""
    if not filters.allow(what):
        return 0, []
    sql, parameters = question(scope.terms(what), what, query, filters)
    with connection.cursor() as cursor:
        cursor.execute(f"{sql} LIMIT %s OFFSET %s", [*parameters, size, offset])
        rows = cursor.fetchall()
        if not rows and offset:
            cursor.execute(f"{sql} LIMIT 1", parameters)
            if rows := cursor.fetchall():
                last = (rows[0][0] - 1) // size * size
                cursor.execute(f"{sql} LIMIT %s OFFSET %s", [*parameters, size, last])
                rows = cursor.fetchall()
    return (rows[0][0] if rows else 0), [key for _, key in rows]


def question(scope: list[str], what: What, query: Query, filters: Filters) -> tuple[str, list[Any]]:
    """The statement that counts hits and names them, latest first, without its end; and its parameters."""
    conditions, parameters = _conditions(what, filters)
    joins = _JOINS[what] if conditions else ""
    exact = [*scope, *query.exact]
    if connection.vendor == "sqlite":
        asked = " AND ".join([*(f'"{term}"' for term in exact), *([f'"{query.prefix}"*'] if query.prefix else [])])
        table = "messaging_search" if what == "messages" else "messaging_searchothers"
        source, match, once = f"SELECT s.rowid AS id FROM {table} s", f"s.{table} MATCH %s", "NOT MATERIALIZED"  # noqa: S608 - one of ours
        joins = joins.replace("s.id", "s.rowid")
    else:
        asked = " & ".join([*(f"'{term}'" for term in exact), *([f"'{query.prefix}':*"] if query.prefix else [])])
        source, match, once = "SELECT s.id FROM messaging_searchentry s", "s.vector @@ %s::tsquery", "MATERIALIZED"
    where = " AND ".join([match, *conditions])
    sql = f"WITH hit AS {once} ({source} {joins} WHERE {where}) SELECT (SELECT count(*) FROM hit), id FROM hit"  # noqa: S608 - only our own words; what a person typed is a parameter
    return f"{sql} ORDER BY id DESC", [asked, *parameters]


_JOINS: dict[What, str] = {
    "messages": "JOIN messaging_message m ON m.id = s.id / 4 JOIN messaging_conversation c ON c.id = m.conversation_id",
    "orders": "JOIN orders_order o ON o.id = s.id / 4",
    "people": "",
}
_DATES: dict[What, str] = {"messages": "m.sent_at", "orders": "o.placed_at", "people": ""}


def _conditions(what: What, filters: Filters) -> tuple[list[str], list[Any]]:
    wanted: list[tuple[str, Any]] = []
    if filters.from_on:
        wanted.append((f"{_DATES[what]} >= %s", _moment(midnight(filters.from_on))))
    if filters.until_on:
        wanted.append((f"{_DATES[what]} < %s", _moment(end_of_day(filters.until_on))))
    columns = {"m.side": filters.side, "m.state": filters.state, "c.topic": filters.topic}
    wanted += [(f"{column} = %s", value) for column, value in columns.items() if value]
    return [condition for condition, _ in wanted], [value for _, value in wanted]


def _moment(at: datetime) -> Any:
    return connection.ops.adapt_datetimefield_value(at)


def _hits(entry_ids: list[int], query: Query) -> list[Hit]:
    """The rows behind entries of one kind (people are of two), in their order."""
    rows: dict[int, Any] = {}
    for kind in {Findable(key % len(Findable)) for key in entry_ids}:
        wanted = [key // len(Findable) for key in entry_ids if key % len(Findable) == kind]
        rows |= {row.pk * len(Findable) + kind: row for row in _ROWS[kind]().filter(pk__in=wanted)}
    return [Hit(rows[key], pieces(_text_of(rows[key]), query)) for key in entry_ids if key in rows]


def _messages() -> QuerySet[Message]:
    return Message.objects.select_related(
        "body",
        "author",
        "conversation__marketplace",
        "conversation__buyer",
        "conversation__seller",
        "conversation__order",
        "conversation__listing__product",
    )


def _orders() -> QuerySet[Order]:
    return Order.objects.select_related("buyer", "seller").prefetch_related("lines", "shipments")


_ROWS: dict[Findable, Any] = {
    Findable.MESSAGE: _messages,
    Findable.ORDER: _orders,
    Findable.BUYER: Buyer.objects.all,
    Findable.SELLER: Seller.objects.all,
}


def _text_of(row: Message | Order | Buyer | Seller) -> str:
    if isinstance(row, Message):
        return row.text
    if isinstance(row, Order):
        lines, shipments = row.lines.all(), row.shipments.all()
        words = [*(line.title for line in lines), *(line.sku for line in lines)]
        return " · ".join([*words, *(f"{one.carrier} {one.tracking_number}" for one in shipments)])
    return row.name


def latest_conversations(
    *, buyer_ids: list[int], seller: Seller | None = None, marketplace: Marketplace | None = None
) -> dict[int, Conversation]:
    """By buyer, their latest conversation with that seller, or with the marketplace itself. One query."""
    reached = Conversation.objects.filter(buyer__in=buyer_ids, last_message__isnull=False)
    if seller:
        reached = reached.filter(seller=seller, addressee=Side.SELLER)
    else:
        reached = reached.filter(marketplace=marketplace, addressee=Side.MARKETPLACE)
    return {one.buyer_id: one for one in reached.order_by("last_message_at", "pk")}


def served_conversations(order_ids: list[int]) -> dict[int, Conversation]:
    """By order, the conversation about it that the marketplace itself answers. One query."""
    served = Conversation.objects.filter(order__in=order_ids, addressee=Side.MARKETPLACE, last_message__isnull=False)
    return {one.order_id: one for one in served if one.order_id}
