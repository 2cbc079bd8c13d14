"""What happens to an order, as its services tell it, for tests of what its buyer is told."""

from datetime import timedelta

from comity.common.models import OutboxEvent
from comity.common.transactions import write
from comity.jobs.pump import Pump
from comity.orders.models import Adjustment, DelayNotice, Return, ReturnLine
from comity.orders.services.happenings import Happening, happen, lock_orders
from tests import factories
from tests.factories import NOW

LANGUAGES = ("en", "de", "es", "fr", "it", "pt")


def order(rulebook="open-marketplace", language="en", status="unshipped", **fields):
    market = factories.marketplace(rulebook=rulebook)
    person = factories.buyer(market, language=language)
    return factories.order(
        person, factories.seller(market), ship_to="Ann Lind\n12 Mill Lane\nLeeds LS1 4AP", status=status, **fields
    )


def happened(one, name, data=None, now=NOW):
    """The event ``name`` of an order, as the services of orders tell it."""
    with write():
        happen([Happening(lock_orders([one.pk])[one.pk], name, data or {})], now=now)
    return OutboxEvent.objects.filter(stream=one.public_id, name=name).latest("id")


def shipped(one, name="shipment.confirmed", now=NOW, **fields):
    known = {"carrier": "DHL", "tracking_number": "JD014600006281230704", "expected_by": NOW + timedelta(days=3)}
    parcel = factories.shipment(one, confirmed_at=now, **{**known, **fields})
    return happened(one, name, {"shipment": parcel.public_id}, now)


def adjusted(one, reason="NoInventory", refunded=0, released=2450, now=NOW):
    made = Adjustment.objects.create(
        order=one, public_id=factories.new_id("adj", NOW), external_id=f"a{reason}{refunded}", reason=reason,
        amount_minor=refunded + released, refunded_minor=refunded, released_minor=released, made_at=now,
    )  # fmt: skip
    return happened(one, "adjustment.made", {"adjustment": made.public_id, "reason": reason}, now)


def delayed(one, reason="", now=NOW):
    notice = DelayNotice.objects.create(
        order=one, public_id=factories.new_id("dly", NOW), ship_by=NOW + timedelta(days=5),
        deliver_by=NOW + timedelta(days=9), reason=reason, told_by="usr_1", told_at=now,
    )  # fmt: skip
    return happened(one, "order.delayed", {"notice": notice.public_id}, now)


def returned(one, now=NOW):
    made = adjusted(one, "CustomerReturn", refunded=2450, released=0, now=now)
    back = Return.objects.create(
        order=one, public_id=factories.new_id("ret", NOW), state="refunded", postage="buyer", profile_digest="p" * 64,
        adjustment=Adjustment.objects.get(public_id=made.data["adjustment"]), requested_at=NOW, closed_at=now,
    )  # fmt: skip
    ReturnLine.objects.create(returned=back, line=one.lines.get(), quantity=1, reason="wrong_size")
    return happened(one, "return.refunded", {"return": back.public_id}, now)


def given_up(one, by="marketplace", reason="NotShippedInTime", now=NOW):
    return happened(one, "order.unfulfillable", {"reason": reason, "by": by}, now)


EVENTS = {
    "order.placed": lambda one, now: happened(one, "order.placed", now=now),
    "order.cancelled": lambda one, now: happened(one, "order.cancelled", {"reason": "x", "by": "buyer"}, now),
    "order.unfulfillable": lambda one, now: given_up(one, now=now),
    "order.delayed": lambda one, now: delayed(one, now=now),
    "order.shipped": lambda one, now: happened(one, "order.shipped", {"part": False}, now),
    "shipment.confirmed": lambda one, now: shipped(one, now=now),
    "shipment.corrected": lambda one, now: shipped(one, "shipment.corrected", now=now),
    "adjustment.made": lambda one, now: adjusted(one, "GeneralAdjustment", refunded=500, released=0, now=now),
    "unavailable": lambda one, now: adjusted(one, now=now),
    "return.refunded": returned,
}


def rest(now=NOW):
    """Let the worker do all that waits."""
    pump = Pump("test")
    while pump.run_once(now):
        pass
