"""A seller tells the buyer that it ships later than promised (S45); the buyer keeps the order or cancels it (S46).

While the buyer has not chosen, the first promise stands: past it the order is late, though with a word, and in the end
it is cancelled as any other. Who keeps it agrees to the new day, and that is what counts from then on.
"""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from comity.accounts.models import Buyer, Staff
from comity.accounts.profiles import profile_in_force
from comity.accounts.selectors.roles import require_writer
from comity.common import locales
from comity.common.days import end_of_day
from comity.common.errors import NotFound, Refused
from comity.common.ids import new_id
from comity.common.transactions import write
from comity.orders.models import DelayNotice, Order, ShipDeadline
from comity.orders.selectors.life import arrival_of
from comity.orders.services.cancel_requests import BUYER_CANCELED
from comity.orders.services.cancelling import give_up_rest
from comity.orders.services.deadlines import end_ship_deadlines, start_ship_deadlines
from comity.orders.services.happenings import Happening, happen, lock_order
from comity.orders.services.statuses import TO_SHIP
from comity.orders.services.words import Read, checked_words

_Choice = DelayNotice.Choice


def tell_delay(
    *, staff: Staff, order: Order, ship_on: date, reason: str, deliver_on: date | None = None, now: datetime
) -> DelayNotice:
    """Tell the buyer that ``order`` leaves by the end of ``ship_on`` (of the seller's calendar) and why.

    A later notice takes the place of one that was not answered. Raises ``Refused`` with the field that is wrong:
    ``role``, ``marketplace_fulfils`` (S36), ``has_left``, a day that is not later than now and than the promise or too
    far away, words that cannot be sent.
    """
    words = read_reason(reason, staff=staff, order=order, now=now)
    with write():
        locked = lock_order(order)
        _require_delayable(locked)
        zone = ZoneInfo(staff.seller.time_zone)
        ship_by = _later_day(locked, ship_on, zone, now)
        notice = DelayNotice.objects.create(
            order=locked,
            public_id=new_id("dly", now),
            ship_by=ship_by,
            deliver_by=_arrival(locked, deliver_on, ship_by, zone, now),
            reason=words,
            told_by=staff.user.public_id,
            told_at=now,
        )
        data = {"notice": notice.public_id}
        happen([Happening(locked, "order.delayed", data, actor=notice.told_by, text=words)], now=now)
    return notice


def read_reason(reason: str, *, staff: Staff, order: Order, now: datetime) -> Read:
    """Why it is late, as ``tell_delay`` stores it, which does not have it read again. Raises ``Refused``."""
    require_writer(staff, field="reason")
    return checked_words(reason, order=order, role="seller", purpose="order_problem", field="reason", now=now)


def choose(*, order: Order, buyer: Buyer, notice_id: str, choice: str, now: datetime) -> DelayNotice:
    """The buyer's answer to the latest notice of ``order``, which the door opened: ``keep`` or ``cancel``.

    Cancelled, what was not charged never will be, without anybody's doing (S46). Raises ``NotFound``, and ``Refused``:
    ``choice``, ``has_left``, ``answered``, ``overtaken`` by a later notice, ``passed``.
    """
    if choice not in (_Choice.KEEP, _Choice.CANCEL):
        raise Refused("choice", "Choose whether to keep the order or to cancel it.", "choice")
    actor = buyer.user.public_id if buyer.user else ""
    with write():
        locked = lock_order(order)
        notice = _open_notice(locked, notice_id)
        if choice == _Choice.KEEP and notice.ship_by <= now:
            raise Refused(
                "passed", "The new day has passed too. You can cancel the order, or ask the seller.", "choice"
            )
        notice.choice, notice.chosen_at = choice, now
        notice.save(update_fields=["choice", "chosen_at"])
        if choice == _Choice.KEEP:
            _agree(locked, notice)
        answered = {"notice": notice.public_id, "choice": choice}
        told = Happening(locked, "order.delay_answered", answered, actor=actor)
        happen([told], now=now, columns=["ship_by", "deliver_by"])
        if choice == _Choice.KEEP:
            end_ship_deadlines([locked], end=ShipDeadline.End.DELAYED, now=now)
            start_ship_deadlines([locked], since=now, now=now)
        else:
            give_up_rest([locked], reason=BUYER_CANCELED, by="buyer", actor=actor, now=now)
    return notice


def _require_delayable(order: Order) -> None:
    if order.fulfilment == Order.Fulfilment.MARKETPLACE:
        raise Refused("marketplace_fulfils", "The marketplace ships this order: there is nothing for you to do.")
    if order.status not in TO_SHIP:
        status = order.get_status_display().replace("_", " ").lower()
        raise Refused("has_left", f"This order is {status}: there is no day of dispatch to change.")


def _later_day(order: Order, day: date, zone: ZoneInfo, now: datetime) -> datetime:
    """The end of ``day``, if that is a later day than promised and not too far away."""
    earliest = today = now.astimezone(zone).date()
    if order.ship_by:
        earliest = max(today, order.ship_by.astimezone(zone).date() + timedelta(days=1))
    if day < earliest:
        sentence = f"Choose a later day than what was promised: {locales.day(earliest)} or after it."
        raise Refused("not_later", sentence, "ship_on")
    latest = today + timedelta(days=profile_in_force(order.marketplace, now).orders.longest_delay_days)
    if day > latest:
        sentence = f"That is too far away: choose {locales.day(latest)} or before it, or cancel the order."
        raise Refused("too_late", sentence, "ship_on")
    return _end_of(day, zone)


def _arrival(order: Order, day: date | None, ship_by: datetime, zone: ZoneInfo, now: datetime) -> datetime | None:
    """The end of ``day``, if that is no sooner than it leaves and not too far away."""
    if day is None:
        return None
    leaves = ship_by.astimezone(zone).date()
    if day < leaves:
        raise Refused("sequence", "It cannot arrive before it has left: choose a later day.", "deliver_on")
    latest = leaves + timedelta(days=profile_in_force(order.marketplace, now).orders.longest_way_days)
    if day > latest:
        sentence = f"That is too far away: choose {locales.day(latest)} or before it, or leave it out."
        raise Refused("too_late", sentence, "deliver_on")
    return _end_of(day, zone)


def _end_of(day: date, zone: ZoneInfo) -> datetime:
    return end_of_day(day, zone) - timedelta(seconds=1)  # so that the day shown is that day


def _open_notice(order: Order, notice_id: str) -> DelayNotice:
    notices = list(DelayNotice.objects.filter(order=order).order_by("told_at", "pk"))
    found = next((one for one in notices if one.public_id == notice_id), None)
    if found is None:
        raise NotFound(notice_id)
    if found.choice:
        raise Refused("answered", "You have answered this already.", "choice")
    if order.status not in TO_SHIP:
        status = order.get_status_display().replace("_", " ").lower()
        raise Refused("has_left", f"This order is {status} since: there is nothing to choose any more.", "choice")
    if found is not notices[-1]:
        raise Refused("overtaken", "The seller has told you of another day since. Look at that one.", "choice")
    return found


def _agree(order: Order, notice: DelayNotice) -> None:
    """The notice's days are the order's."""
    order.deliver_by = arrival_of(order, notice)
    order.ship_by = notice.ship_by
