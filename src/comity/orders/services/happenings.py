"""What happens to orders, put on their record and told to the rest of the product; many at a time.

``happen`` is the one way in which a service of this folder says that something happened: an entry in the order's chain,
an event on its stream, and, where ``to`` is given, a step along ``TRANSITIONS``. The caller holds the locks of the
orders (``lock_orders``) and the transaction, and saves nothing of them besides ``columns``.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType

from comity.accounts.models import Marketplace
from comity.common.canonical import Json
from comity.common.many import many
from comity.common.models import RecordEntry
from comity.common.outbox import News, emit_all
from comity.common.prepared import update_all
from comity.common.record import Entry, append_all
from comity.orders.models import TRANSITIONS, Order

_COUNTED = ("event_count", "record_count", "record_head", "status")


@dataclass(frozen=True, slots=True)
class Happening:
    """Something that happened to an order.

    name    of the event, past tense: ``shipment.confirmed``; the record names it the same way
    data    public ids, numbers and codes; never personal data
    to      the status that the order has from now on; empty: as before
    text    words that belong on record, erasable; where the order has them a second time see ``COPIES``
    sealed  they are stored encrypted
    """

    order: Order
    name: str
    data: Mapping[str, Json] = field(default_factory=lambda: MappingProxyType({}))
    to: str = ""
    actor: str = ""
    text: str | None = None
    sealed: bool = False
    due_at: datetime | None = None


class ImpossibleStep(ValueError):
    """A step that is not in the table: a mistake of the service that asks for it, never of a person."""


def happen(happenings: Sequence[Happening], *, now: datetime, columns: Iterable[str] = ()) -> None:
    """Record, tell and store ``happenings``, in their order: four statements for any number of one marketplace.

    Each is handed on with ``order`` in its data. ``columns``: what else of the orders the caller has changed. Raises
    ``ImpossibleStep`` before anything is stored.
    """
    if not happenings:
        return
    (marketplace,) = {one.order.marketplace.public_id for one in happenings}
    entries = [_entry(one) for one in happenings]
    append_all(
        [(one.order, entry, one.order.public_id) for one, entry in zip(happenings, entries, strict=True)],
        marketplace=marketplace,
        now=now,
    )
    emit_all([_news(one) for one in happenings], marketplace=marketplace, now=now)
    orders = {one.order.pk: one.order for one in happenings}
    update_all(orders.values(), [*_COUNTED, *columns])


def lock_orders(keys: Iterable[int], *, marketplace: Marketplace | None = None) -> dict[int, Order]:
    """The orders with these keys, locked in their order until the transaction ends, marketplaces loaded.

    Where all are of one ``marketplace`` that is at hand, they share it: it is much to read with each of 500.
    """
    rows = Order.objects.select_for_update(of=("self",)).filter(pk__in=many(set(keys))).order_by("pk")
    locked = {order.pk: order for order in (rows if marketplace else rows.select_related("marketplace"))}
    for order in locked.values() if marketplace else ():
        order.marketplace = marketplace  # type: ignore[assignment]  # there is one here
    return locked


def lock_order(order: Order) -> Order:
    """The order as it is now, locked until the transaction ends."""
    return lock_orders([order.pk])[order.pk]


def _entry(one: Happening) -> Entry:
    facts: dict[str, Json] = {"what": one.name, **one.data}
    if one.actor:
        facts["actor"] = one.actor
    if not one.to:
        return Entry(RecordEntry.Kind.MARKED, facts, one.text, one.sealed)
    before = one.order.status
    if one.to not in TRANSITIONS[before]:
        raise ImpossibleStep(f"{one.order.number}: {before} -> {one.to}")
    one.order.status = one.to
    return Entry(RecordEntry.Kind.MOVED, {**facts, "from": str(before), "to": str(one.to)}, one.text, one.sealed)


def _news(one: Happening) -> News:
    data = {**one.data, "order": one.order.public_id}
    return News(one.order, one.name, data, one.order.public_id, one.actor, one.due_at)
