"""Keeps the index of what can be found in step with messages, orders and people.

Everything here looks at the rows as they are now and makes the index say so; it is safe to repeat and does not care
which event came first. Who finds an entry is part of it: a scope term for each reader (``scope_term``), written by the
same rule by which the pages show it. Private notes and drafts are never put in.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import connection
from django.db.models import Exists, OuterRef, Q

from comity.accounts.models import Buyer, Marketplace, Seller
from comity.common.canonical import Json
from comity.common.outbox import emit
from comity.common.words import endings, terms
from comity.messaging.models import Conversation, Message, Side
from comity.messaging.models.search import Findable, SearchEntry, entry_id
from comity.messaging.selectors.search import Reader, scope_term
from comity.orders.models import Order

_BATCH = 500  # rows of one kind in one transaction


@dataclass(frozen=True, slots=True)
class _Entry:
    """Who finds something (``scopes``) and by which ``words``; ``whole``: ``kept`` must hold the words, too."""

    scopes: frozenset[str]
    words: frozenset[str] = field(default_factory=frozenset)
    whole: bool = True

    @property
    def kept(self) -> str:
        return " ".join(sorted(self.scopes | self.words if self.whole else self.scopes))

    @property
    def terms(self) -> list[str]:
        return sorted(self.scopes | self.words)


def index_messages(message_ids: Iterable[int]) -> None:
    """Make these messages (by row id) found by those who see them, and what they are about by whom they reach."""
    related = Message.objects.filter(pk__in=message_ids).select_related("body", "conversation")
    messages = list(related)
    _write({entry_id(Findable.MESSAGE, message.pk): _of_message(message) for message in messages})
    _introduce({message.conversation_id: message.conversation for message in messages}.values())


def index_orders(order_ids: Iterable[int]) -> None:
    """Make these orders (by row id) found by number, parcel, item and the names of those concerned."""
    wanted = Conversation.objects.filter(order=OuterRef("pk"), addressee=Side.MARKETPLACE, last_message__isnull=False)
    orders = Order.objects.filter(pk__in=order_ids).annotate(served=Exists(wanted))
    related = orders.select_related("buyer", "seller").prefetch_related("lines", "shipments")
    _write({entry_id(Findable.ORDER, order.pk): _of_order(order) for order in related})


def index_orders_of(
    *, buyers: Sequence[str], sellers: Sequence[str], after: int, cause: str, marketplace: str, now: datetime
) -> None:
    """Bring the orders of these buyers and sellers (public ids) up to date, the next 500 behind row id ``after``.

    Where more are left, an event of the marketplace (a public id) asks for another round. It says where to go on and
    points to the event that named everybody (``cause``), so that a round writes as little for 500 names as for one.
    Call in a transaction.
    """
    orders = Order.objects.filter(Q(buyer__public_id__in=buyers) | Q(seller__public_id__in=sellers), pk__gt=after)
    ids = list(orders.order_by("pk").values_list("pk", flat=True)[: _BATCH + 1])
    index_orders(ids[:_BATCH])
    if len(ids) > _BATCH:
        home = Marketplace.objects.select_for_update().get(public_id=marketplace)
        data: dict[str, Json] = {"cause": cause, "after": ids[_BATCH - 1]}
        emit(home, name="orders.reindexed", data=data, stream_id=marketplace, marketplace=marketplace, now=now)
        home.save(update_fields=["event_count"])


def index_buyers(buyer_ids: Iterable[int]) -> None:
    """Make these buyers found by the marketplace and by every seller who has dealt with them."""
    buyers = list(Buyer.objects.filter(pk__in=buyer_ids))
    readers: dict[int, set[Reader]] = defaultdict(set)
    for buyer_id, seller_id in Order.objects.filter(buyer__in=buyers).values_list("buyer_id", "seller_id").distinct():
        readers[buyer_id].add(Reader(Side.SELLER, seller_id))
    talks = Conversation.objects.filter(buyer__in=buyers, last_message__isnull=False)
    for conversation in talks.only("buyer_id", "addressee", "seller_id", "marketplace_id"):
        readers[conversation.buyer_id].add(_addressee(conversation))
    _write(
        {
            entry_id(Findable.BUYER, buyer.pk): _Entry(
                _scopes("people", {Reader.of_record(buyer.marketplace_id), *readers[buyer.pk]}),
                frozenset(terms(buyer.name)),
            )
            for buyer in buyers
        }
    )


def index_sellers(seller_ids: Iterable[int]) -> None:
    """Make these shops found by every buyer, and by the marketplace."""
    _write(
        {
            entry_id(Findable.SELLER, seller.pk): _Entry(
                _scopes("people", {Reader.public(seller.marketplace_id), Reader.of_record(seller.marketplace_id)}),
                frozenset(terms(seller.name)),
            )
            for seller in Seller.objects.filter(pk__in=seller_ids)
        }
    )


# What can be found, in the order in which it is indexed, with the rows of each and what indexes them.
INDEXED = {
    Findable.SELLER: (Seller, index_sellers),
    Findable.BUYER: (Buyer, index_buyers),
    Findable.ORDER: (Order, index_orders),
    Findable.MESSAGE: (Message, index_messages),
}


def index_missing(*, most: int = _BATCH) -> int:
    """Index up to ``most`` rows that have no entry; how many. What came before the index, or past it, gets in."""
    for kind, (model, index) in INDEXED.items():
        entries = SearchEntry.objects.filter(pk=OuterRef("pk") * len(Findable) + kind)
        rows = model._default_manager.filter(~Exists(entries))  # noqa: SLF001 - Django documents it
        if kind is Findable.MESSAGE:
            rows = rows.exclude(body=None)  # erased: there is nothing to find
        if ids := list(rows.order_by("pk").values_list("pk", flat=True)[:most]):
            index(ids)
            return len(ids)
    return 0


def index_all(kind: Findable, *, after: int = 0) -> tuple[int, int]:
    """Bring the next 500 entries of ``kind`` behind row id ``after`` up to date; how many, and the last row id."""
    model, index = INDEXED[kind]
    rows = model._default_manager.filter(pk__gt=after).order_by("pk")  # noqa: SLF001 - Django documents it
    ids = list(rows.values_list("pk", flat=True)[:_BATCH])
    index(ids)
    return len(ids), ids[-1] if ids else after


def empty_index() -> None:
    """Forget every entry; needed before ``index_all`` when a new version makes other terms of the same text."""
    SearchEntry.objects.all().delete()
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO messaging_search(messaging_search) VALUES ('delete-all')")
            cursor.execute("INSERT INTO messaging_searchothers(messaging_searchothers) VALUES ('delete-all')")


def _of_message(message: Message) -> _Entry | None:
    """The author's side and the whole marketplace find it in every state, the other side once it is delivered."""
    if message.body is None:
        return None
    conversation = message.conversation
    sides = {Reader(Side.BUYER, conversation.buyer_id): Side.BUYER, _addressee(conversation): conversation.addressee}
    delivered = message.state == Message.State.DELIVERED
    readers = {reader for reader, side in sides.items() if delivered or side == message.side}
    readers.add(Reader.of_record(conversation.marketplace_id))
    return _Entry(_scopes("messages", readers), frozenset(terms(message.text)), whole=False)


def _of_order(order: Order) -> _Entry:
    readers = {Reader(Side.BUYER, order.buyer_id), Reader(Side.SELLER, order.seller_id)}
    readers.add(Reader.of_record(order.marketplace_id))
    if order.served:  # type: ignore[attr-defined]  # annotated by index_orders
        readers.add(Reader(Side.MARKETPLACE, order.marketplace_id))
    lines, shipments = order.lines.all(), order.shipments.all()
    codes = {order.number, order.external_id, *(line.sku for line in lines)}
    codes |= {shipment.tracking_number for shipment in shipments}
    words = [order.buyer.name, order.seller.name, *(line.title for line in lines)]
    found = terms(" | ".join([*codes, *words, *(shipment.carrier for shipment in shipments)]))
    return _Entry(_scopes("orders", readers), frozenset(found.union(*map(endings, codes))))


def _introduce(conversations: Iterable[Conversation]) -> None:
    """Once words have reached somebody, they find the buyer, and the order where they answer for the marketplace."""
    reached = [conversation for conversation in conversations if conversation.last_message_id]
    wanted: dict[int, set[str]] = defaultdict(set)
    for one in reached:
        wanted[entry_id(Findable.BUYER, one.buyer_id)].add(scope_term("people", _addressee(one)))
        if one.order_id and one.addressee == Side.MARKETPLACE:
            wanted[entry_id(Findable.ORDER, one.order_id)].add(scope_term("orders", _addressee(one)))
    kept = dict(SearchEntry.objects.filter(pk__in=wanted).values_list("pk", "kept"))
    lacking = [key for key, scopes in wanted.items() if not scopes <= set(kept.get(key, "").split())]
    for kind, index in ((Findable.BUYER, index_buyers), (Findable.ORDER, index_orders)):
        if rows := [key // len(Findable) for key in lacking if key % len(Findable) == kind]:
            index(rows)


def _addressee(conversation: Conversation) -> Reader:
    if conversation.addressee == Side.SELLER and conversation.seller_id:
        return Reader(Side.SELLER, conversation.seller_id)
    return Reader(Side.MARKETPLACE, conversation.marketplace_id)


def _scopes(what: str, readers: Iterable[Reader]) -> frozenset[str]:
    return frozenset(scope_term(what, reader) for reader in readers)


def _write(entries: Mapping[int, _Entry | None]) -> None:
    """Make the index say this of these entries; an entry that is None is taken out. Call inside a transaction."""
    known = SearchEntry.objects.filter(pk__in=entries)
    old = {entry.pk: entry.kept for entry in known.select_for_update().order_by("pk")}
    changed = {key: entry for key, entry in entries.items() if (entry.kept if entry else None) != old.get(key)}
    if not changed:
        return
    write = _write_sqlite if connection.vendor == "sqlite" else _write_postgresql
    write(changed, old)
    SearchEntry.objects.filter(pk__in=[key for key, entry in changed.items() if entry is None]).delete()


def _write_sqlite(changed: Mapping[int, _Entry | None], old: Mapping[int, str]) -> None:
    """FTS5 without content forgets an entry when it is told all of its terms again."""
    gone = [(key, _terms_then(key, old[key], entry)) for key, entry in changed.items() if key in old]
    come = [(key, " ".join(entry.terms)) for key, entry in changed.items() if entry]
    with connection.cursor() as cursor:
        for table, has in (("messaging_search", _is_message), ("messaging_searchothers", _is_other)):
            out, into = list(filter(has, gone)), list(filter(has, come))
            cursor.executemany(f"INSERT INTO {table}({table}, rowid, terms) VALUES ('delete', %s, %s)", out)  # noqa: S608 - one of ours
            cursor.executemany(f"INSERT INTO {table}(rowid, terms) VALUES (%s, %s)", into)  # noqa: S608 - the same
    rows = [SearchEntry(pk=key, kept=entry.kept) for key, entry in changed.items() if entry]
    SearchEntry.objects.bulk_create(rows, update_conflicts=True, unique_fields=["id"], update_fields=["kept"])


def _is_message(row: tuple[int, str]) -> bool:
    return row[0] % len(Findable) == Findable.MESSAGE


def _is_other(row: tuple[int, str]) -> bool:
    return not _is_message(row)


def _terms_then(key: int, kept: str, entry: _Entry | None) -> str:
    """All terms of an entry as they were put in. Words never change; erased ones are read from the index itself."""
    if key % len(Findable) != Findable.MESSAGE:
        return kept
    if entry:
        return " ".join([kept, *sorted(entry.words)])
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE VIRTUAL TABLE IF NOT EXISTS temp.messaging_search_terms "
            "USING fts5vocab('main', 'messaging_search', 'instance')"
        )
        # Reads the whole index, about a second for 100,000 messages: erasing is rare.
        cursor.execute("SELECT term FROM temp.messaging_search_terms WHERE doc = %s", [key])
        return " ".join(term for (term,) in cursor.fetchall())


def _write_postgresql(changed: Mapping[int, _Entry | None], _old: Mapping[int, str]) -> None:
    rows = [(key, entry.kept, entry.terms) for key, entry in changed.items() if entry]
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO messaging_searchentry (id, kept, vector) VALUES (%s, %s, array_to_tsvector(%s::text[])) "
            "ON CONFLICT (id) DO UPDATE SET kept = EXCLUDED.kept, vector = EXCLUDED.vector",
            rows,
        )
