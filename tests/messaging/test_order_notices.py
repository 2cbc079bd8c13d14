"""Who tells the buyer what of an order, under two rulebooks: each once, in the buyer's language, from what is stored."""

import threading
from collections import Counter
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection

from comity.accounts.models import Marketplace
from comity.common.models import EventDelivery
from comity.common.record import verify
from comity.common.transactions import write
from comity.jobs.pump import Pump
from comity.messaging.models import Agreement, Conversation, Duty, Message, OrderNotice, ReplyDeadline
from comity.messaging.selectors.agreement import disagreements
from comity.messaging.selectors.conversations import record_heads
from comity.messaging.selectors.order_words import Telling
from comity.messaging.services import order_notices
from comity.messaging.services.order_notices import TELLS, tell
from comity.orders.models import Shipment
from comity.orders.services.acknowledging import Acknowledgement, acknowledge
from comity.orders.services.adjusting import Change, Part, adjust, full_adjustment
from comity.orders.services.delaying import tell_delay
from comity.orders.services.returning.refunds import refund
from tests import factories
from tests.factories import NOW
from tests.messaging.order_events import (
    EVENTS,
    adjusted,
    given_up,
    order,
    rest,
    shipped,
)
from tests.orders.importing import ORDER, bring
from tests.orders.returns import arrived, graded
from tests.orders.shipping import parcel, purchase, ship

pytestmark = pytest.mark.django_db
BY_WHOM = {
    "open-marketplace": dict.fromkeys(EVENTS, "marketplace"),
    "amazon-2018-10": {
        **dict.fromkeys(EVENTS, "marketplace"),
        **dict.fromkeys(["shipment.confirmed", "unavailable"], "owed by the seller"),
        **dict.fromkeys(["order.shipped", "shipment.corrected", "return.refunded"], "left to the seller"),
    },
}


def by_whom(event):
    if OrderNotice.objects.filter(event=event.public_id).exists():
        return "marketplace"
    return "owed by the seller" if Duty.objects.filter(event=event.public_id).exists() else "left to the seller"


@pytest.mark.requirement("S10", "S14", "S40", "S41", "S42", "S47", "S79", "C1", "C9")
@pytest.mark.parametrize("rulebook", BY_WHOM)
@pytest.mark.parametrize("name", EVENTS)
def test_each_rulebook_has_each_notice_sent_by_one_side_once(rulebook, name):
    event = EVENTS[name](order(rulebook), NOW)
    for _ in range(2):
        tell(event, now=NOW)

    side = BY_WHOM[rulebook][name]
    assert by_whom(event) == side
    assert OrderNotice.objects.count() == Message.objects.count() == (side == "marketplace")
    assert Duty.objects.count() == (side == "owed by the seller")


@pytest.mark.requirement("S10")
@pytest.mark.parametrize(
    ("by", "reason", "adjusts", "messages"),
    [
        ("marketplace", "NotShippedInTime", False, 1),
        ("marketplace", "Other", False, 1),  # so a file says
        ("buyer", "BuyerCanceled", False, 1),
        ("buyer", "CustomerCancel", True, 0),
        ("seller", "NoInventory", True, 0),
        ("seller", "NoInventory", False, 1),  # nothing was paid
        ("seller", "GeneralAdjustment", True, 1),  # an accepted offer of all the money
    ],
)
def test_the_rest_that_is_given_up_is_told_where_no_adjustment_tells_it(by, reason, adjusts, messages):
    one = order(status="partially_shipped")
    factories.shipment(one)
    if adjusts:
        adjusted(one, reason)
    tell(given_up(one, by, reason), now=NOW)
    told = [message.text.splitlines()[0] for message in Message.objects.all()]
    assert told == [f"What had not left yet of your order {one.number} is cancelled and will not be sent."] * messages


@pytest.mark.requirement("S10", "S43")
def test_who_waits_for_a_replacement_is_told_that_none_comes():
    one = order(total_minor=0)
    one.lines.update(unit_minor=0)
    (result,) = acknowledge(one.seller, [Acknowledgement(one.number, "NoInventory")], source="s", actor="u", now=NOW)
    assert result.faults == ()
    rest()

    one.refresh_from_db()
    assert one.status == "unfulfillable"
    (notice,) = OrderNotice.objects.all()
    assert notice.kind == "cancellation_confirmation"
    assert notice.message.text.splitlines()[0] == f"Your order {one.number} is cancelled."


@pytest.mark.requirement("S36")
@pytest.mark.parametrize("name", ["shipment.confirmed", "unavailable"])
def test_of_what_the_marketplace_ships_it_tells_everything(name):
    event = EVENTS[name](order("amazon-2018-10", fulfilment="marketplace"), NOW)
    tell(event, now=NOW)

    assert by_whom(event) == "marketplace"


@pytest.mark.requirement("S10", "S14", "C1")
@pytest.mark.parametrize(
    ("rulebook", "agreed", "side"),
    [
        ("guide-k1", "", "marketplace"),  # permitted to sellers and asked of nobody
        ("amazon-2020-11", "", "marketplace"),
        ("open-marketplace", "seller", "owed by the seller"),
        ("amazon-2018-10", "marketplace", "marketplace"),
    ],
)
def test_other_rulebooks_and_agreements_decide_who_confirms_a_shipment(rulebook, agreed, side):
    one = order(rulebook)
    if agreed:
        boss = factories.staff(one.seller).user
        Agreement.objects.create(
            seller=one.seller, public_id=factories.new_id("agr", NOW), kind="shipment_confirmation", party=agreed,
            valid_from=NOW.date(), state="accepted", proposed_side="seller", proposed_by=boss, proposed_at=NOW,
            answered_by=boss, answered_at=NOW,
        )  # fmt: skip
    event = shipped(one)
    tell(event, now=NOW)

    assert by_whom(event) == side


def test_two_rows_for_one_event_and_kind_are_impossible():
    event = shipped(order())
    tell(event, now=NOW)
    (row,) = OrderNotice.objects.all()
    message = Message.objects.create(
        conversation=row.message.conversation, public_id=factories.new_id("msg", NOW), number=9, side="marketplace",
        purpose="order_notice", state="accepted", sent_at=NOW,
    )  # fmt: skip

    with pytest.raises(IntegrityError), write():
        OrderNotice.objects.create(order=row.order, event=row.event, kind=row.kind, message=message, sent_at=NOW)


def twice_at_once(event):
    """Two workers at the same event; how many of them failed."""
    failed, gate = [], threading.Barrier(2)

    def work():
        try:
            gate.wait(10)
            with write():
                tell(event, now=NOW)
        except IntegrityError:
            failed.append(event)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return len(failed)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("rulebook", BY_WHOM)
def test_two_workers_at_once_tell_it_once(rulebook):
    event = shipped(order(rulebook))
    twice_at_once(event)

    assert (OrderNotice.objects.count() + Duty.objects.count(), Message.objects.count()) == (
        1,
        rulebook == "open-marketplace",
    )


def test_without_the_unique_row_a_repeat_would_show(monkeypatch):
    """The check above is no idle one: who forgets the row says it twice."""
    event = shipped(order())
    monkeypatch.setattr(order_notices.OrderNotice.objects, "create", lambda **_: None)
    for _ in range(2):
        tell(event, now=NOW)

    assert Message.objects.count() == 2


@pytest.mark.requirement("S10")
def test_it_stands_in_the_buyers_conversation_with_the_marketplace_and_moves_no_clock():
    one = order()
    tell(shipped(one), now=NOW)

    conversation = Conversation.objects.get()
    assert (conversation.order, conversation.buyer, conversation.addressee) == (one, one.buyer, "marketplace")
    message = Message.objects.get()
    assert (message.side, message.author, message.purpose, message.state) == (
        "marketplace", None, "order_notice", "accepted",
    )  # fmt: skip
    assert not ReplyDeadline.objects.exists()
    assert list(verify(record_heads(), whole=True)) == []
    assert list(disagreements()) == []


def test_it_answers_no_question_of_the_buyer():
    from comity.messaging.services.contact import Contact, Subject, contact

    one = order(fulfilment="marketplace")
    form = Contact(topic="order_status", text="Where is it?", key="k1")
    contact(buyer=one.buyer, user=one.buyer.user, subject=Subject(order=one), contact=form, now=NOW)
    Pump("test").run_once(NOW)
    tell(shipped(one), now=NOW)
    Pump("test").run_once(NOW)

    conversation = Conversation.objects.get(addressee="marketplace")
    assert conversation.reply_due_at == NOW + timedelta(hours=24)
    assert ReplyDeadline.objects.get().end == ""


def test_the_worker_tells_what_the_table_names_once_and_again_changes_nothing():
    one = order()
    for name in ("order.placed", "shipment.confirmed", "adjustment.made"):
        EVENTS[name](one, NOW)
    rest()
    EventDelivery.objects.update(state="ready", run_after=NOW)
    rest()

    assert sorted(OrderNotice.objects.values_list("kind", flat=True)) == [
        "order_confirmation", "refund_confirmation", "shipment_confirmation",
    ]  # fmt: skip
    assert Message.objects.filter(state="delivered").count() == 3


def test_every_event_that_is_told_is_in_the_workers_table():
    from comity.jobs.table import HANDLERS
    from comity.messaging.handlers import tell_of_order

    assert {name for name, handlers in HANDLERS.items() if tell_of_order in handlers} == {*TELLS}


def test_the_kind_of_a_correction_is_that_of_a_confirmation():
    one = order()
    parcel = Shipment(order=one, public_id="shp_1")
    assert Telling("shipment_confirmation", one, "shipment_correction", shipment=parcel).about == "shp_1"


def steps(one, boss):
    """One order's life by the services of orders: later than promised, off in two parcels, back and paid."""
    day = (NOW + timedelta(days=3)).date()
    tell_delay(staff=boss, order=one, ship_on=day, reason="The glaze must dry.", now=NOW)
    ship(one.seller, parcel(one, ("1", 1)))
    ship(one.seller, parcel(one, ("1", 1), ("2", 1), reference="P-2"))
    part = Part("1", "Principal", 100, None)
    adjust(one.seller, [Change(one.public_id, "GeneralAdjustment", (part,), "g1")], source="page", actor="u", now=NOW)


@pytest.mark.requirement("S10", "S40", "S41", "S45")
@pytest.mark.parametrize(
    ("rulebook", "kinds", "owed"),
    [
        ("open-marketplace", {"delay_notice": 1, "shipment_confirmation": 2, "refund_confirmation": 1}, 0),
        ("amazon-2018-10", {"delay_notice": 1, "refund_confirmation": 1}, 2),
    ],
)
def test_what_the_services_of_orders_do_is_told_as_the_rulebook_has_it(rulebook, kinds, owed):
    one = purchase()
    Marketplace.objects.update(rulebook=rulebook)
    one.refresh_from_db()
    steps(one, factories.staff(one.seller))
    rest()

    assert Counter(OrderNotice.objects.values_list("kind", flat=True)) == kinds
    assert Duty.objects.filter(kind="shipment_confirmation").count() == owed


@pytest.mark.requirement("S42", "S43")
@pytest.mark.parametrize(("rulebook", "sent", "owed"), [("open-marketplace", 1, 0), ("amazon-2018-10", 0, 1)])
def test_what_cannot_be_sent_is_told_once_after_the_money(rulebook, sent, owed):
    one = purchase()
    Marketplace.objects.update(rulebook=rulebook)
    one.refresh_from_db()
    change = Change(one.public_id, "NoInventory", full_adjustment(one), "n1")
    for _ in range(2):
        adjust(one.seller, [change], source="page", actor="u", now=NOW)
    rest()

    one.refresh_from_db()
    assert one.status == "unfulfillable"
    assert list(OrderNotice.objects.values_list("kind", flat=True)) == ["order_unavailable"] * sent
    assert list(Duty.objects.values_list("kind", flat=True)) == ["order_unavailable"] * owed


@pytest.mark.requirement("S47", "S48")
def test_what_came_back_is_told_with_the_money():
    made = graded(arrived())
    refund(made, side="seller", actor="u", now=NOW)
    rest()

    assert sorted(OrderNotice.objects.values_list("kind", flat=True)) == ["refund_confirmation", "return_confirmation"]
    text = OrderNotice.objects.get(kind="return_confirmation").message.text
    assert text.splitlines()[2:] == ["Amount refunded: €10.00", "Refunded on: 2 November 2026"]


@pytest.mark.requirement("S10")
@pytest.mark.parametrize(("live", "told"), [(True, 1), (False, 0)])
def test_only_a_live_import_tells_buyers_of_their_orders(live, told):
    shop = factories.seller(external_id="s1", source="shop")
    factories.buyer(shop.marketplace, external_id="b1", source="shop")
    row = {**ORDER, "lines": [{key: value for key, value in ORDER["lines"][0].items() if key != "listing"}]}
    bring("orders", [row], live=live)
    rest()

    assert OrderNotice.objects.count() == told
