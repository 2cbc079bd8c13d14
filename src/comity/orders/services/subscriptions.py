"""Subscriptions by the clock and by their buyers: announced, renewed, cancelled, ended.

A renewal is an order like any other: it begins by ``placing``, with clock, payable and stock.
No buyer authorises a payment for it, so none is announced or made where the payment provider needs that.
Everything here locks the subscription first, then orders, payables and listings, so that of two workers, or of a worker
and a buyer who cancels, the second finds what the first has done.
"""

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from functools import cache, partial
from typing import Any

from django.db import transaction

from comity.accounts.models import Buyer, Marketplace
from comity.accounts.profiles import profile_in_force
from comity.accounts.profiles.orders import SubscriptionTerms
from comity.catalog.models import Listing
from comity.catalog.selectors.listings import calendar_day
from comity.common.canonical import Json
from comity.common.days import months_after
from comity.common.models import RecordEntry
from comity.common.outbox import emit
from comity.common.record import Entry, append
from comity.common.transactions import write
from comity.ledger.services.payments import needs_authorisation
from comity.orders.models import SUBSCRIPTION_TRANSITIONS, Order, OrderLine, Renewal, Subscription
from comity.orders.selectors.subscriptions import active_count, latest_order
from comity.orders.services.happenings import ImpossibleStep
from comity.orders.services.placing import place

BATCH = 500  # subscriptions of a marketplace that one run of a schedule announces or renews
_log = logging.getLogger(__name__)
_COUNTED = ("event_count", "record_count", "record_head", "state")
_State, _Reason = Subscription.State, Subscription.EndReason


def lock_subscription(key: int) -> Subscription:
    """The subscription as it is now, locked until the transaction ends, with what its services need."""
    rows = Subscription.objects.select_for_update(of=("self",))
    return rows.select_related("marketplace", "buyer__user", "seller", "listing__product").get(pk=key)


def some(keys: Iterable[int], deed: Callable[[int], object], *, failed: str) -> None:
    """``deed`` with ``BATCH`` of these subscriptions, each by itself: one that fails keeps none back.

    ``failed``: what the log then says of its key and the error.
    """
    left = BATCH
    for key in keys:
        if not left:
            return
        try:
            deed(key)
        except Exception as error:  # noqa: BLE001 - of any kind; the next run tries again
            _log.error(failed, key, type(error).__name__)
        else:
            left -= 1


def to_announce(now: datetime) -> Iterator[list[int]]:
    """For each marketplace the keys of the subscriptions whose next renewal is to be announced by now."""
    if not _can_charge():
        return
    for marketplace in Marketplace.objects.order_by("pk"):
        last = calendar_day(marketplace, now=now) + timedelta(days=_terms(marketplace, now).notice_days)
        due = Subscription.objects.filter(marketplace=marketplace, state=_State.ACTIVE, renews_on__lte=last)
        yield _keys(due.filter(announced_on=None))


def announce(key: int, *, now: datetime) -> Subscription | None:
    """Announce the next renewal; call in the transaction that tells the buyer of it.

    The renewal is moved later where the day would come too soon. None where there is nothing to tell: it was announced
    by somebody else, or ended, because the listing is not offered on that day any more.
    """
    one = lock_subscription(key)
    today, terms = calendar_day(one.marketplace, now=now), _terms(one.marketplace, now)
    earliest = today + timedelta(days=terms.notice_days)
    if one.state != _State.ACTIVE or one.announced_on or one.renews_on > earliest:
        return None
    if one.renews_on < earliest:
        one.renews_on, one.anchor_day = earliest, earliest.day
    if not _is_offered(one.listing, one.renews_on):
        _end(one, _Reason.WITHDRAWN, now=now)
        return None
    one.announced_on = today
    data = {"renews_on": one.renews_on.isoformat()}
    _happen(one, "subscription.announced", data, now=now, columns=("renews_on", "anchor_day", "announced_on"))
    return one


def renew_due(now: datetime) -> None:
    """Renew what was announced and whose day has come, ``some`` of each marketplace."""
    if not _can_charge():
        return
    for marketplace in Marketplace.objects.order_by("pk"):
        today = calendar_day(marketplace, now=now)
        due = Subscription.objects.filter(marketplace=marketplace, state=_State.ACTIVE, renews_on__lte=today)
        keys = _keys(due.exclude(announced_on=None))
        some(keys, partial(renew, now=now), failed="Subscription %s could not be renewed: %s")


def renew(key: int, *, now: datetime) -> Order | None:
    """Make the order of the period that was announced and has come; None where there is none to make.

    One that is over its day by more than the profile's ``late_days`` is announced anew; one whose listing is withdrawn
    or has nothing left ends.
    """
    with write():
        one = lock_subscription(key)
        today, terms = calendar_day(one.marketplace, now=now), _terms(one.marketplace, now)
        if one.state != _State.ACTIVE or one.announced_on is None or one.renews_on > today:
            return None
        if today > one.renews_on + timedelta(days=terms.late_days):
            one.announced_on = None
            _happen(one, "subscription.delayed", {}, now=now, columns=("announced_on",))
        elif reason := _why_over(one.listing, today):
            _end(one, reason, now=now)
        else:
            return _renew(one, now)
    return None


def cancel(*, subscription: Subscription, buyer: Buyer, now: datetime) -> Subscription:
    """The buyer, for whom the door opened it, ends ``subscription``; one that is over stays as it is."""
    with write():
        one = lock_subscription(subscription.pk)
        if one.state == _State.ACTIVE:
            end_by_cancelling(one, by="buyer", actor=buyer.user.public_id if buyer.user else "", at=now, now=now)
    return one


def end_by_cancelling(
    one: Subscription, *, by: str, actor: str = "", at: datetime, told: bool = True, now: datetime
) -> None:
    """End a locked active subscription ``at`` a moment. ``by``: buyer or marketplace; ``told``: whether as an event."""
    one.cancelled_at, one.announced_on = at, None
    columns = ("cancelled_at", "announced_on")
    _happen(
        one, "subscription.cancelled", {"by": by}, to=_State.CANCELLED, actor=actor, told=told, now=now, columns=columns
    )


def _can_charge() -> bool:
    """Whether a renewal could be charged; where some wait in vain, the log says so."""
    if not needs_authorisation():
        return True
    if active_count():
        _say_that_none_is_made()
    return False


@cache  # once for as long as the process runs: the schedules come by every few minutes
def _say_that_none_is_made() -> None:
    _log.warning("Subscriptions are active and none is renewed: renewals are charged with COMITY_PAYMENTS=book only.")


def _terms(marketplace: Marketplace, now: datetime) -> SubscriptionTerms:
    return profile_in_force(marketplace, now).subscriptions


def _keys(due: Any) -> list[int]:
    return list(due.order_by("renews_on", "pk").values_list("pk", flat=True))


def _renew(one: Subscription, now: datetime) -> Order | None:
    """The order; None where another took the last piece since the listing was read: that shows under its lock only."""
    with write():
        order = _place(one, now)
        if out_of_stock := not order.lines.get().taken:
            transaction.set_rollback(True)
    if out_of_stock:
        _end(one, _Reason.OUT_OF_STOCK, now=now)
        return None
    Renewal.objects.create(subscription=one, order=order, period_on=one.renews_on, announced_on=one.announced_on)
    data: dict[str, Json] = {"renewed_on": one.renews_on.isoformat(), "orders": [order.public_id]}
    one.renews_on = months_after(one.renews_on, one.months, anchor=one.anchor_day)
    one.announced_on = None
    _happen(one, "subscription.renewed", data, now=now, columns=("renews_on", "announced_on"))
    return order


def _place(one: Subscription, now: datetime) -> Order:
    """The order of this period. It goes where the last one went."""
    last = latest_order(one)
    order = Order(
        marketplace=one.marketplace,
        seller=one.seller,
        buyer=one.buyer,
        source=one.source,
        external_id=f"{one.public_id}/{one.renews_on}",
        status=Order.Status.UNSHIPPED,
        fulfilment=last.fulfilment if last else Order.Fulfilment.SELLER,
        currency=one.currency,
        total_minor=one.price_minor,
        language=last.language if last else one.buyer.language,
        ship_to=last.ship_to if last else "",
        placed_at=now,
    )
    (made,) = place([(order, [_line(one.listing, one.price_minor)])], now=now)
    return made


def _line(listing: Listing, unit_minor: int) -> OrderLine:
    title, sku = listing.product.title, listing.sku
    return OrderLine(listing=listing, external_id="1", title=title, sku=sku, quantity=1, unit_minor=unit_minor)


def _is_offered(listing: Listing, on: date) -> bool:
    """Whether it is on offer on that day, in stock or not."""
    begun = listing.offered_from_on is None or listing.offered_from_on <= on
    return listing.offered and begun and (listing.offered_until_on is None or on <= listing.offered_until_on)


def _why_over(listing: Listing, on: date) -> str:
    """Why nothing can be bought again on that day; empty where it can."""
    if not _is_offered(listing, on):
        return _Reason.WITHDRAWN
    return "" if listing.quantity else _Reason.OUT_OF_STOCK


def _end(one: Subscription, reason: str, *, now: datetime) -> None:
    one.ended_at, one.end_reason, one.announced_on = now, reason, None
    columns = ("ended_at", "end_reason", "announced_on", "renews_on", "anchor_day")
    _happen(one, "subscription.ended", {"reason": str(reason)}, to=_State.ENDED, now=now, columns=columns)


def _happen(
    one: Subscription,
    name: str,
    data: Mapping[str, Json],
    *,
    to: str = "",
    actor: str = "",
    told: bool = True,
    now: datetime,
    columns: Iterable[str],
) -> None:
    """Record it in the subscription's chain, tell it as an event, and save what the caller has changed."""
    facts = {"what": name, **data, **({"actor": actor} if actor else {})}
    entry = Entry(RecordEntry.Kind.MARKED, facts)
    if to:
        if to not in SUBSCRIPTION_TRANSITIONS[one.state]:
            raise ImpossibleStep(f"{one.public_id}: {one.state} -> {to}")
        entry = Entry(RecordEntry.Kind.MOVED, {**facts, "from": str(one.state), "to": str(to)})
        one.state = to
    home = one.marketplace.public_id
    append(one, [entry], chain=one.public_id, marketplace=home, now=now)
    if told:
        about = {**data, "subscription": one.public_id}
        emit(one, name=name, data=about, stream_id=one.public_id, marketplace=home, actor=actor, now=now)
    one.save(update_fields=[*_COUNTED, *columns])
