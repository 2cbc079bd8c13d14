"""One order from late to settled under two rulebooks: the buyer is told the same, once each, by whom the rules say."""

from collections import Counter
from datetime import timedelta

import pytest

from comity.common.transactions import write as writing
from comity.messaging.models import Duty, Message, OrderNotice
from comity.messaging.services.offers import Answer, Proposal, answer, make
from comity.orders.models import Order
from comity.orders.services.deadlines import start_ship_deadlines
from comity.orders.services.happenings import Happening, happen, lock_order
from comity.orders.services.overdue import watch_ship_deadlines
from comity.orders.services.returning.refunds import refund
from comity.orders.services.scanning import Scan, take_scans
from tests import factories
from tests.factories import NOW
from tests.messaging.desk import Desk
from tests.messaging.order_events import order
from tests.messaging.test_duties import rest, write
from tests.orders.returns import LATER, given_back, graded
from tests.orders.shipping import UPS, parcel, ship

pytestmark = pytest.mark.django_db
SECOND = "1Z999AA10123456793"
DECLARED = {"confirm_shipment": "shipment_confirmation", "confirm_return": "return_confirmation"}
TOLD = {"order_confirmation": 1, "shipment_confirmation": 2, "return_confirmation": 1, "refund_confirmation": 2}
BY_SELLER = {"open-marketplace": [], "amazon-2018-10": ["confirm_shipment", "confirm_shipment", "confirm_return"]}
OWED = {"open-marketplace": 0, "amazon-2018-10": 2}


def placed(rulebook):
    """Two pieces that should have left three days ago."""
    at = NOW - timedelta(days=5)
    one = order(rulebook, placed_at=at, total_minor=4_900)
    one.lines.update(quantity=2)
    with writing():
        locked = lock_order(one)
        start_ship_deadlines([locked], now=at)
        happen([Happening(locked, "order.placed")], now=at)
    watch_ship_deadlines(NOW)
    return one


def sent_in_two(one):
    for reference, tracking in (("P-1", UPS), ("P-2", SECOND)):
        ship(one.seller, parcel(one, ("1", 1), reference=reference, tracking=tracking))
    scans = [Scan("UPS", tracking, "delivered", NOW - timedelta(hours=2)) for tracking in (UPS, SECOND)]
    take_scans(one.marketplace, scans, source="push", now=NOW)
    return Order.objects.select_related("marketplace", "seller", "buyer__user").get(pk=one.pk)


def one_back(one):
    made = graded(one, 1, as_="used", why="signs_of_use", percent=20, comment="Worn at the foot.", opened=True)
    refund(made, side="seller", actor="usr_1", now=LATER)


def settled(one, boss):
    desk = Desk(one, one.buyer, boss, None, hours=1)
    desk.ask("It came so late.")
    rest()
    make(seat=desk.seller_seat(), proposal=Proposal("partial", "We are sorry.", "o1", 2_940), now=LATER)
    rest(LATER + timedelta(minutes=1))
    offer = Message.objects.get(side="seller").offer
    answer(seat=desk.buyer_seat(), offer_id=offer.public_id, answer=Answer("accept", "a1"), now=LATER)


@pytest.mark.requirement("S10", "S14", "S40", "S41", "S47", "S79", "C1", "C9")
@pytest.mark.parametrize("rulebook", BY_SELLER)
def test_the_same_story_is_told_once_by_whom_the_rulebook_names(rulebook):
    one = sent_in_two(placed(rulebook))
    boss = factories.staff(one.seller)
    one_back(one)
    settled(one, boss)
    rest(LATER + timedelta(minutes=2))
    told = Counter(OrderNotice.objects.values_list("kind", flat=True))
    assert given_back(one) == 1_960 + 2_940
    assert Counter(Duty.objects.values_list("kind", flat=True)) == Counter(shipment_confirmation=OWED[rulebook])

    for purpose in BY_SELLER[rulebook]:
        write(one, key=purpose)
        rest(LATER + timedelta(minutes=3))
        told[DECLARED[purpose]] += 1

    assert told == TOLD
    assert not Duty.objects.filter(ended_at=None).exists()
    assert Message.objects.exclude(state="delivered").count() == 0
    assert Message.objects.count() == sum(TOLD.values()) + 2  # the question and the offer
