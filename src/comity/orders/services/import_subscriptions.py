"""Subscriptions from a file of the marketplace's shop. A batch is applied in the transaction of its caller.

What was agreed is fixed with the first file. From then on renewals are made here, so a file that comes again with the
day of an earlier renewal changes nothing.

How it is paid may change: ``payment_customer`` and ``payment_method`` are the payment provider's own ids, opaque here.
A renewal is charged with them while the buyer is not there; who has no payment provider needs none.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from comity.accounts.models import Buyer, Seller
from comity.accounts.services.importing import EXTERNAL_ID, Kind, Outcome, Scope
from comity.catalog.models import Listing
from comity.catalog.selectors.listings import calendar_day
from comity.common import import_values as values
from comity.common.days import months_after
from comity.common.import_values import BadValue, Fault
from comity.common.imports import Field, Row
from comity.ledger.services.payments import needs_authorisation
from comity.orders.models import Order, Renewal, Subscription
from comity.orders.services.import_order_faults import step_faults
from comity.orders.services.import_shipments import CLOCK_SKEW
from comity.orders.services.subscriptions import change_payment, end_by_cancelling

_LAST_YEAR = 2199  # as of moments
_PAYMENT = ("payment_customer", "payment_method")
_UNPAID = (
    "is needed: your payment provider charges renewals with the customer and the payment method that the buyer left in "
    "the shop. Name both in payment_customer and payment_method; only one that has a cancelled_at is taken without."
)
_FIXED = {
    "seller": "seller_id",
    "buyer": "buyer_id",
    "listing": "listing_id",
    "terms": "terms",
    "months": "months",
    "price": "price_minor",
    "currency": "currency",
    "started_at": "started_at",
}

SUBSCRIPTION_FIELDS = (
    EXTERNAL_ID,
    Field("seller", values.text(100), "external_id of the seller", required=True),
    Field("buyer", values.text(100), "external_id of the buyer", required=True),
    Field("listing", values.text(100), "external_id of the listing that is bought again", required=True),
    Field("terms", values.text(4000, lines=True), "What the buyer agreed to, in the buyer's language", required=True),
    Field("months", values.integer(1, 120), "From one renewal to the next", required=True),
    Field("price", values.amount, "Of each renewal, 12.50", required=True),
    Field("currency", values.currency, "ISO 4217 code such as EUR", required=True),
    Field("started_at", values.instant, "When the buyer subscribed: 2026-02-28T17:30:00+01:00", required=True),
    Field("next_renewal", values.day, "Day of the next renewal, 2026-03-28", required=True),
    Field("order", values.text(100), "external_id of the first order"),
    Field("payment_customer", values.text(100), "The payment provider's id of the buyer, cus_…"),
    Field("payment_method", values.text(100), "Its id of how the buyer pays when not there, pm_…"),
    Field("cancelled_at", values.instant, "When it was cancelled in the shop; nothing is renewed after it"),
)


@dataclass(slots=True)
class _Batch:
    """What the rows of a batch refer to, by external id.

    ``firsts``: the first order of a subscription, both by key; ``taken``: whose an order is, by its key. Both grow.
    """

    scope: Scope
    found: dict[str, Subscription]
    sellers: dict[str, Seller]
    buyers: dict[str, Buyer]
    listings: dict[str, Listing]
    orders: dict[str, Order]
    firsts: dict[int, int]
    taken: dict[int, str]


def apply_subscriptions(rows: list[Row], scope: Scope) -> Outcome:
    """Create subscriptions; one that is known gets its first order or another payment, or is cancelled.

    Anything else of it is fixed.
    """
    outcome = Outcome()
    batch = _look_up(rows, scope)
    good: list[tuple[Row, dict[str, Any]]] = []
    for row in rows:
        try:
            good.append((row, _understand(row, batch)))
        except BadValue as bad:
            outcome.refuse(*(row.raw.refusal(fault) for fault in bad.faults))
    new = [(row, columns) for row, columns in good if row.values["external_id"] not in batch.found]
    made = [_make(row, columns, scope) for row, columns in new]
    Subscription.objects.bulk_create(made)
    batch.found |= {one.external_id: one for one in made}
    rest = [row for row, _ in good]
    changed = {one.pk for one in made} | _put_first_orders(rest, batch)
    changed |= _put_payments(rest, batch) | _cancel(rest, batch)
    outcome.count(len(good), len(changed))
    return outcome


def _look_up(rows: list[Row], scope: Scope) -> _Batch:
    named = {row.values["external_id"] for row in rows}
    locked = Subscription.objects.select_for_update().filter(marketplace=scope.home, source=scope.source)
    orders = scope.known(Order, [row.values["order"] for row in rows if "order" in row.values])
    taken = Renewal.objects.filter(order__in=[order.pk for order in orders.values()])
    firsts = Renewal.objects.filter(announced_on=None)
    found = {one.external_id: one for one in locked.filter(external_id__in=named).order_by("pk")}
    for one in found.values():
        one.marketplace = scope.home
    return _Batch(
        scope,
        found,
        sellers=scope.known(Seller, [row.values["seller"] for row in rows]),
        buyers=scope.known(Buyer, [row.values["buyer"] for row in rows]),
        listings=scope.known(Listing, [row.values["listing"] for row in rows]),
        orders=orders,
        firsts=dict(firsts.filter(subscription__in=list(found.values())).values_list("subscription", "order")),
        taken=dict(taken.values_list("order", "subscription__external_id")),
    )


def _understand(row: Row, batch: _Batch) -> dict[str, Any]:
    """The columns that the row wants. Raises ``BadValue`` with everything that speaks against it."""
    faults = list(_reference_faults(row, batch))
    price = 0
    try:
        price = values.minor(row.values["price"], row.values["currency"], field="price")
    except BadValue as bad:
        faults += bad.faults
    if faults:
        raise BadValue.of(faults)
    given = row.values
    columns = {
        "seller_id": batch.sellers[given["seller"]].pk,
        "buyer_id": batch.buyers[given["buyer"]].pk,
        "listing_id": batch.listings[given["listing"]].pk,
        "price_minor": price,
    } | {name: given[name] for name in ("terms", "months", "currency", "started_at")}
    if faults := [*_order_faults(row, columns, batch), *_life_faults(row, columns, batch), *_time_faults(row, batch)]:
        raise BadValue.of(faults)
    if faults := list(_payment_faults(row, price, batch)):
        raise BadValue.of(faults)
    return columns


def _reference_faults(row: Row, batch: _Batch) -> Iterator[Fault]:
    there: dict[str, dict[str, Any]] = {
        "seller": batch.sellers,
        "buyer": batch.buyers,
        "listing": batch.listings,
        "order": batch.orders,
    }
    for kind, known in there.items():
        if kind in row.values and row.values[kind] not in known:
            sentence = f"“{row.values[kind]}” is not known here; import {kind}s first, from the same source."
            yield Fault(kind, "unknown_reference", sentence)
    listing, seller = batch.listings.get(row.values["listing"]), batch.sellers.get(row.values["seller"])
    if listing and seller and listing.seller_id != seller.pk:
        yield Fault("listing", "other_seller", f"“{row.values['listing']}” is another seller's.")


def _order_faults(row: Row, columns: dict[str, Any], batch: _Batch) -> Iterator[Fault]:
    """The first order is this buyer's with this seller, and of no other subscription; once given it stays."""
    name, me = row.values.get("order"), row.values["external_id"]
    if name is None:
        return
    known = batch.found.get(me)
    order = batch.orders[name]
    if (order.buyer_id, order.seller_id) != (columns["buyer_id"], columns["seller_id"]):
        yield Fault("order", "other_order", f"“{name}” is not of this buyer with this seller.")
    owner = batch.taken.setdefault(order.pk, me)
    if owner != me:
        yield Fault("order", "duplicate", f"“{name}” is an order of subscription “{owner}” already.")
    elif known and batch.firsts.setdefault(known.pk, order.pk) != order.pk:
        yield Fault("order", "fixed", "cannot change once it is imported.")


def _life_faults(row: Row, columns: dict[str, Any], batch: _Batch) -> Iterator[Fault]:
    known = batch.found.get(row.values["external_id"])
    if known is None:
        return
    for name, column in _FIXED.items():
        if getattr(known, column) != columns[column]:
            sentence = "cannot change once the subscription is imported; cancel it and bring a new one."
            yield Fault(name, "fixed", sentence)
    if known.state == Subscription.State.ACTIVE and row.values["next_renewal"] > known.renews_on:
        yield Fault("next_renewal", "fixed", f"is {known.renews_on}; renewals are made here since the first file.")


def _time_faults(row: Row, batch: _Batch) -> Iterator[Fault]:
    given, now = row.values, batch.scope.now
    started: datetime = given["started_at"]
    renewal: date = given["next_renewal"]
    for name in ("started_at", "cancelled_at"):
        if name in given and given[name] > now + CLOCK_SKEW:
            yield Fault(name, "future", "lies in the future.")
    if renewal <= calendar_day(batch.scope.home, now=started):
        yield Fault("next_renewal", "sequence", "does not lie after the day of started_at.")
    if renewal.year > _LAST_YEAR:
        yield Fault("next_renewal", "out_of_range", f"is {renewal}; years up to {_LAST_YEAR} are allowed.")
    if given.get("cancelled_at", started) < started:
        yield Fault("cancelled_at", "sequence", "lies before started_at.")


def _payment_faults(row: Row, price: int, batch: _Batch) -> Iterator[Fault]:
    """Both ids or none, one known already at least, and a price that the payment provider takes."""
    named = [name for name in _PAYMENT if name in row.values]
    if len(named) == 1:
        (missing,) = set(_PAYMENT) - {*named}
        yield Fault(missing, "missing", f"is needed with {named[0]}: the two belong together.")
    if not needs_authorisation() or not price or "cancelled_at" in row.values:
        return
    known = batch.found.get(row.values["external_id"])
    if not named and not (known and known.method):
        yield Fault("payment_method", "missing", _UNPAID)
    yield from step_faults("price", price, row.values["currency"])


def _make(row: Row, columns: dict[str, Any], scope: Scope) -> Subscription:
    """A new one. It renews on the day of the month on which it started, where the next renewal fits that day."""
    make = scope.make(Subscription, "sub", **columns)
    one: Subscription = make(row.values["external_id"])
    one.renews_on = row.values["next_renewal"]
    one.customer, one.method = _payment_of(row)
    begun = calendar_day(scope.home, now=one.started_at).day
    one.anchor_day = begun if _last_day_fits(one.renews_on, begun) else one.renews_on.day
    if at := row.values.get("cancelled_at"):
        one.state, one.cancelled_at = Subscription.State.CANCELLED, at
    return one


def _last_day_fits(renews_on: date, anchor: int) -> bool:
    return months_after(renews_on, 0, anchor=anchor) == renews_on


def _put_first_orders(rows: list[Row], batch: _Batch) -> set[int]:
    """Write the first orders that are new; returns the subscriptions that got one."""
    named = [(batch.found[row.values["external_id"]], row) for row in rows if "order" in row.values]
    having = set(
        Renewal.objects.filter(subscription__in=[one.pk for one, _ in named], announced_on=None).values_list(
            "subscription", flat=True
        )
    )
    first = [
        Renewal(
            subscription=one,
            order=batch.orders[row.values["order"]],
            period_on=calendar_day(batch.scope.home, now=one.started_at),
        )
        for one, row in named
        if one.pk not in having
    ]
    Renewal.objects.bulk_create(first)
    return {renewal.subscription_id for renewal in first}


def _payment_of(row: Row) -> tuple[str, str]:
    customer, method = (row.values.get(name, "") for name in _PAYMENT)
    return customer, method


def _put_payments(rows: list[Row], batch: _Batch) -> set[int]:
    """Pay otherwise for what goes on and names another payment; those it changed. Only a live file is told of."""
    changed = set()
    for row in rows:
        one, payment = batch.found[row.values["external_id"]], _payment_of(row)
        if one.state == Subscription.State.ACTIVE and all(payment) and payment != (one.customer, one.method):
            change_payment(one, *payment, told=batch.scope.live, now=batch.scope.now)
            changed.add(one.pk)
    return changed


def _cancel(rows: list[Row], batch: _Batch) -> set[int]:
    """End what the file says was cancelled; those it did not end before. Only a live file is told of."""
    changed = set()
    for row in rows:
        one = batch.found[row.values["external_id"]]
        if "cancelled_at" in row.values and one.state == Subscription.State.ACTIVE:
            at, now = row.values["cancelled_at"], batch.scope.now
            end_by_cancelling(one, by="marketplace", at=at, told=batch.scope.live, now=now)
            changed.add(one.pk)
    return changed


SUBSCRIPTIONS = Kind("subscriptions", SUBSCRIPTION_FIELDS, apply_subscriptions)
