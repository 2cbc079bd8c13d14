"""Who is told of decided reports and of changed handling times, and where that mail leads."""

import pytest
from django.urls import resolve

from comity.accounts.models import Staff
from comity.catalog.services.listings import change_handling_time
from comity.common.models import OutboxEvent
from comity.jobs.table import HANDLERS
from comity.messaging.services.reports import decide, report
from comity.notify.models import Notification
from comity.notify.services.mails import compose
from tests import factories


def tell(name, now):
    """What the worker does with every event of that name, twice on purpose."""
    for event in 2 * list(OutboxEvent.objects.filter(name=name)):
        for handler in HANDLERS[name]:
            handler(event, now=now)


def told(kind):
    return list(Notification.objects.filter(kind=kind).order_by("user"))


@pytest.mark.requirement("S87")
@pytest.mark.parametrize("side", ["buyer", "seller"])
def test_the_reporter_alone_is_told_once_where_to_read_the_decision(desk, side):
    answered, place = desk.ask().message, desk.order.marketplace.slug
    desk.deliver()
    answer = desk.answer().message
    desk.deliver()
    seat = desk.buyer_seat() if side == "buyer" else desk.seller_seat()
    message = answer if side == "buyer" else answered
    found = report(seat=seat, message_id=message.public_id, reason="spam", now=desk.now)
    admin = desk.operator
    decide(
        report_id=found.public_id,
        staff=admin,
        user=admin.user,
        decision="dismissed",
        reason="It is none.",
        now=desk.now,
    )

    tell("report.decided", desk.now)

    (one,) = told("report_decided")
    assert one.user == seat.user
    assert resolve(one.path).url_name == f"{side}-conversation"
    assert resolve(one.path).kwargs["marketplace"] == place
    assert "It is none." not in compose(one).body


@pytest.mark.requirement("S85")
def test_a_changed_handling_time_is_told_to_whoever_answers_for_the_shop(desk):
    seller = desk.staff.seller
    agent = factories.staff(seller, role=Staff.Role.AGENT)
    factories.staff(seller, role=Staff.Role.READ_ONLY), factories.staff()
    offer = desk.order.lines.get().listing
    change_handling_time(
        staff=desk.operator, listing_id=offer.public_id, days=5, reason="Late thrice.", version=1, now=desk.now
    )

    tell("listing.handling_changed", desk.now)

    mails = told("handling_changed")
    assert [one.user for one in mails] == sorted([desk.staff.user, agent.user], key=lambda user: user.pk)
    assert resolve(mails[0].path).kwargs["listing"] == offer.public_id
    assert "Orders you have keep their dates." in compose(mails[0]).body
