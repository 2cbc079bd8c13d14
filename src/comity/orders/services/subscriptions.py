"""Subscriptions by the clock and by their buyers: announced, renewed, cancelled, ended.

A renewal is an order like any other: it begins by ``placing``, with clock, payable and stock.
Where a payment provider takes the money it is asked first, for what the buyer left with the shop for that
(``renewal_payments``); what has no such payment is neither announced nor made there.
Everything here locks the subscription first, then its payment, then orders, payables and listings, so that of two
workers, or of a worker and a buyer who cancels, the second finds what the first has done.
"""

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from functools import cache, partial
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from comity.accounts.models import Buyer, Marketplace
from comity.accounts.profiles import profile_in_force
from comity.accounts.profiles.orders import SubscriptionTerms
from comity.catalog.models import Listing
from comity.catalog.selectors.listings import calendar_day
from comity.common.buggify import crash_point
from comity.common.canonical import Json
from comity.common.days import months_after
from comity.common.models import RecordEntry
from comity.common.outbox import emit
from comity.common.record import Entry, append
from comity.common.transactions import write
from comity.integrations.payment import Provider
from comity.ledger.services.payments import needs_authorisation, provider_in_use
from comity.orders.models import SUBSCRIPTION_TRANSITIONS, Order, OrderLine, Renewal, RenewalPayment, Subscription
from comity.orders.selectors.subscriptions import PAYABLE, latest_order, unpaid_count
from comity.orders.services import renewal_payments
from comity.orders.services.happenings import ImpossibleStep
from comity.orders.services.placing import place

BATCH = 500  # subscriptions of a marketplace that one run of a schedule announces or renews
_FAILED = "Subscription %s could not be renewed: %s"
_log = logging.getLogger(__name__)
_COUNTED = ("event_count", "record_count", "record_head", "state")
_State, _Reason = Subscription.State, Subscription.EndReason


def lock_subscription(key: int) -> Subscription:
    """The subscription as it is now, locked until the transaction ends, with what its services need."""
    rows = Subscription.objects.select_for_update(of=("self",))
    return rows.select_related("marketplace", "buyer__user", "seller", "listing__product").get(pk=key)


def some(keys: Iterable[int], deed: Callable[[int], object], *, most: int = 0, failed: str) -> int:
    """``deed`` with ``most`` (or ``BATCH``) of these subscriptions, each by itself: one that fails keeps none back.

    ``failed``: what the log then says of its key and the error. How many did not fail.
    """
    most = left = most or BATCH
    for key in keys:
        if not left:
            break
        try:
            deed(key)
        except Exception as error:  # noqa: BLE001 - of any kind; the next run tries again
            _log.error(failed, key, type(error).__name__)
        else:
            left -= 1
    return most - left


def to_announce(now: datetime) -> Iterator[list[int]]:
    """For each marketplace the keys of the subscriptions whose next renewal is to be announced by now."""
    if needs_authorisation() and unpaid_count():
        _say_that_some_are_not_made()
    for marketplace in Marketplace.objects.order_by("pk"):
        last = calendar_day(marketplace, now=now) + timedelta(days=_terms(marketplace, now).notice_days)
        yield _keys(_due_by(marketplace, last).filter(announced_on=None))


def announce(key: int, *, now: datetime) -> Subscription | None:
    """Announce the next renewal; call in the transaction that tells the buyer of it.

    The renewal is moved later where the day would come too soon. None where there is nothing to tell: it was announced
    by somebody else, or ended, because the listing is not offered on that day any more.
    """
    one = lock_subscription(key)
    today, terms = calendar_day(one.marketplace, now=now), _terms(one.marketplace, now)
    earliest = today + timedelta(days=terms.notice_days)
    if one.state != _State.ACTIVE or one.announced_on or one.renews_on > earliest or not _is_payable(one):
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
    """Renew what was announced and whose day has come, ``some`` of each marketplace.

    Not where a payment provider is asked first: ``renew_paid`` does it, which may wait for answers.
    """
    if needs_authorisation():
        return
    for marketplace in Marketplace.objects.order_by("pk"):
        keys = _keys(_due_by(marketplace, calendar_day(marketplace, now=now)).exclude(announced_on=None))
        some(keys, partial(renew, now=now), failed=_FAILED)


def renew_paid(now: datetime, *, provider: Provider | None = None) -> int:
    """Likewise by way of the payment provider, a few at a time; how many were tried, or let go. None elsewhere.

    Call outside of a transaction.
    """
    if not needs_authorisation():
        return 0
    asked = provider or provider_in_use()
    tried = renewal_payments.let_go_due(now, asked)
    left = renewal_payments.MOST
    for marketplace in Marketplace.objects.order_by("pk"):
        due = _due_by(marketplace, calendar_day(marketplace, now=now)).exclude(announced_on=None)
        keys = _keys(due.exclude(payments__in=renewal_payments.waiting(now)))
        if left and keys:
            left -= some(keys, partial(renew, now=now, provider=asked), most=left, failed=_FAILED)
    return tried + renewal_payments.MOST - left


def renew(key: int, *, now: datetime, provider: Provider | None = None) -> Order | None:
    """Make the order of the period that was announced and has come; None where there is none to make.

    One that is over its day by more than the profile's ``late_days`` is announced anew; one whose listing is withdrawn
    or has nothing left ends. Where a payment provider takes the money it is asked first: call outside of a transaction.
    """
    with write():
        one = _to_renew(key, now)
        if one is None:
            return None
        if not _is_charged(one):
            return _renew(one, now)
        asked = renewal_payments.take(one, now=now)
    if asked is None:
        return None
    answer = renewal_payments.ask(asked, provider or provider_in_use(), now=now)
    crash_point("renewal_held_before_order")
    with write():
        one = _to_renew(key, now)
        counts = renewal_payments.settle(asked, answer, now=now)
        if one is None or not counts:
            return None
        if answer.is_no:
            _decline(one, asked, answer, now)
        return _renew(one, now, asked, answer.held) if answer.held else None


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
    one.cancelled_at, one.announced_on, one.declined_at = at, None, None
    columns = ("cancelled_at", "announced_on", "declined_at")
    _happen(
        one, "subscription.cancelled", {"by": by}, to=_State.CANCELLED, actor=actor, told=told, now=now, columns=columns
    )
    renewal_payments.give_up(one, now=now)


def change_payment(one: Subscription, customer: str, method: str, *, told: bool, now: datetime) -> None:
    """Pay for a locked subscription otherwise from now on; what was declined may be tried again with it.

    What the provider is being asked for already stays as it was asked. ``told``: whether as an event.
    """
    one.customer, one.method, one.declined_at = customer, method, None
    columns = ("customer", "method", "declined_at")
    _happen(one, "subscription.payment_changed", {}, told=told, now=now, columns=columns)


@cache  # once for as long as the process runs: the schedules come by every few minutes
def _say_that_some_are_not_made() -> None:
    _log.warning("Subscriptions are active and not renewed: how they are paid is not known. Import their payments.")


def _due_by(marketplace: Marketplace, day: date) -> "QuerySet[Subscription]":
    """What goes on, is to be renewed by that day, and can be paid for."""
    due = Subscription.objects.filter(marketplace=marketplace, state=_State.ACTIVE, renews_on__lte=day)
    return due.filter(PAYABLE, declined_at=None) if needs_authorisation() else due


def _is_payable(one: Subscription) -> bool:
    return not _is_charged(one) or bool(one.method and not one.declined_at)


def _is_charged(one: Subscription) -> bool:
    """Whether a payment provider takes money for its renewals."""
    return needs_authorisation() and one.price_minor > 0


def _to_renew(key: int, now: datetime) -> Subscription | None:
    """The locked subscription, if its announced renewal is to be made now; what is late or over is marked as that."""
    one = lock_subscription(key)
    today, terms = calendar_day(one.marketplace, now=now), _terms(one.marketplace, now)
    if one.state != _State.ACTIVE or one.announced_on is None or one.renews_on > today or not _is_payable(one):
        return None
    if today > one.renews_on + timedelta(days=terms.late_days):
        renewal_payments.give_up(one, now=now)
        one.announced_on = None
        _happen(one, "subscription.delayed", {}, now=now, columns=("announced_on",))
        return None
    if reason := _why_over(one.listing, today):
        _end(one, reason, now=now)
        return None
    return one


def _decline(one: Subscription, asked: RenewalPayment, answer: renewal_payments.Answer, now: datetime) -> None:
    """Nothing more is tried with this payment; nothing is declined where there is another meanwhile."""
    if (one.customer, one.method) == (asked.customer, asked.method):
        one.declined_at = now
        data: dict[str, Json] = {"renews_on": one.renews_on.isoformat(), "error": str(answer.error)}
        _happen(one, "subscription.declined", data, now=now, columns=("declined_at",))


def _terms(marketplace: Marketplace, now: datetime) -> SubscriptionTerms:
    return profile_in_force(marketplace, now).subscriptions


def _keys(due: Any) -> list[int]:
    return list(due.order_by("renews_on", "pk").values_list("pk", flat=True))


def _renew(
    one: Subscription, now: datetime, payment: RenewalPayment | None = None, authorisation: str = ""
) -> Order | None:
    """The order; None where another took the last piece since the listing was read: that shows under its lock only.

    ``payment``: what was asked of the provider for it, ``authorisation``: what is held.
    """
    with write():
        order = _place(one, authorisation, now)
        if out_of_stock := not order.lines.get().taken:
            transaction.set_rollback(True)
    if out_of_stock:
        _end(one, _Reason.OUT_OF_STOCK, now=now)
        return None
    if payment:
        renewal_payments.use(payment)
    Renewal.objects.create(subscription=one, order=order, period_on=one.renews_on, announced_on=one.announced_on)
    data: dict[str, Json] = {"renewed_on": one.renews_on.isoformat(), "orders": [order.public_id]}
    one.renews_on = months_after(one.renews_on, one.months, anchor=one.anchor_day)
    one.announced_on = None
    _happen(one, "subscription.renewed", data, now=now, columns=("renews_on", "announced_on"))
    return order


def _place(one: Subscription, authorisation: str, now: datetime) -> Order:
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
    authorised = {order.external_id: authorisation}
    (made,) = place([(order, [_line(one.listing, one.price_minor)])], authorised=authorised, now=now)
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
    renewal_payments.give_up(one, now=now)
    one.ended_at, one.end_reason, one.announced_on, one.declined_at = now, reason, None, None
    columns = ("ended_at", "end_reason", "announced_on", "renews_on", "anchor_day", "declined_at")
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
