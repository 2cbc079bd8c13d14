"""The demo is a living marketplace: every state is there, deadlines are about to pass, the record is whole."""

from collections import Counter
from datetime import timedelta

import pytest

from comity.accounts.models import Marketplace, Seller
from comity.catalog.models import Listing
from comity.common import clock
from comity.common.record import verify
from comity.config.demo.seed import seed
from comity.messaging.models import Conversation, Message
from comity.messaging.selectors.conversations import record_heads
from comity.orders.models import Order

pytestmark = pytest.mark.django_db


@pytest.fixture
def now():
    return clock.now()


@pytest.fixture(autouse=True)
def seeded(now):
    seed(now=now)


def test_demo_has_the_promised_size():
    sizes = [model.objects.count() for model in (Marketplace, Seller, Listing, Order, Conversation)]

    assert sizes == [2, 3, 30, 200, 60]
    assert Order.objects.values("status").distinct().count() == 7


def test_demo_shows_every_state_and_deadlines_about_to_pass(now):
    states = Counter(Message.objects.values_list("state", flat=True))
    open_now = Conversation.objects.filter(addressee="seller", reply_due_at__isnull=False)

    assert set(states) == {"delivered", "held", "blocked", "withdrawn"}
    assert open_now.filter(reply_due_at__lt=now).count() >= 2
    assert open_now.filter(reply_due_at__range=(now, now + timedelta(hours=1))).count() >= 2
    assert Conversation.objects.filter(addressee="marketplace", reply_due_at__isnull=False).exists()


def test_demo_record_is_whole():
    assert list(verify(record_heads(), whole=True)) == []


def test_demo_buyer_sees_an_answer_a_question_and_an_order():
    mine = Conversation.objects.filter(buyer__external_id="buyer-0", marketplace__slug="wayfold")

    assert sorted(mine.values_list("addressee", flat=True)) == ["marketplace", "seller", "seller", "seller"]
