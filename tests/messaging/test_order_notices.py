"""Who tells the buyer what of an order, under two rulebooks: each once, in the buyer's language, from what is stored."""

import threading
from collections import Counter
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection

from comity.accounts.models import Marketplace
from comity.common.models import EventDelivery, OutboxEvent
from comity.common.record import verify
from comity.common.transactions import write
from comity.jobs.pump import Pump
from comity.messaging.models import Agreement, Conversation, Duty, Message, OrderNotice, ReplyDeadline
from comity.messaging.selectors.agreement import disagreements
from comity.messaging.selectors.conversations import record_heads
from comity.messaging.selectors.order_words import Telling, words_in
from comity.messaging.services import order_notices
from comity.messaging.services.order_notices import TELLS, tell
from comity.orders.models import Adjustment, DelayNotice, Order, Return, ReturnLine, Shipment
from comity.orders.services.adjusting import Change, Part, adjust, full_adjustment
from comity.orders.services.delaying import tell_delay
from comity.orders.services.happenings import Happening, happen, lock_orders
from comity.orders.services.returning.refunds import refund
from comity.screening.services import screen
from tests import factories
from tests.factories import NOW
from tests.orders.importing import ORDER, bring
from tests.orders.returns import arrived, graded
from tests.orders.shipping import parcel, purchase, ship

pytestmark = pytest.mark.django_db
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


EVENTS = {
    "order.placed": lambda one, now: happened(one, "order.placed", now=now),
    "order.cancelled": lambda one, now: happened(one, "order.cancelled", {"reason": "x", "by": "buyer"}, now),
    "order.delayed": lambda one, now: delayed(one, now=now),
    "shipment.confirmed": lambda one, now: shipped(one, now=now),
    "shipment.corrected": lambda one, now: shipped(one, "shipment.corrected", now=now),
    "adjustment.made": lambda one, now: adjusted(one, "GeneralAdjustment", refunded=500, released=0, now=now),
    "unavailable": lambda one, now: adjusted(one, now=now),
    "return.refunded": returned,
}
BY_WHOM = {
    "open-marketplace": dict.fromkeys(EVENTS, "marketplace"),
    "amazon-2018-10": {
        **dict.fromkeys(EVENTS, "marketplace"),
        **dict.fromkeys(["shipment.confirmed", "unavailable"], "owed by the seller"),
        **dict.fromkeys(["shipment.corrected", "return.refunded"], "left to the seller"),
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


def text_of(event):
    tell(event, now=NOW)
    return Message.objects.get().text


@pytest.mark.requirement("S41")
def test_a_shipment_confirmation_has_address_items_carrier_number_link_and_day():
    one = order()
    assert text_of(shipped(one)) == (
        f"Shipment for your order {one.number}.\n"
        f"Items: 1 x {one.lines.get().title}\n"
        "Carrier: DHL\n"
        "Tracking number: JD014600006281230704\n"
        f"Follow the parcel: {order_notices_link()}\n"
        "Expected by: 5 November 2026\n"
        "To: Ann Lind, 12 Mill Lane, Leeds LS1 4AP"
    )


def order_notices_link():
    from comity.integrations.carriers import tracking_href

    return tracking_href("DHL", "JD014600006281230704")


def test_what_is_not_known_is_left_out():
    one = order(deliver_by=None)
    Order.objects.update(ship_to="")
    text = text_of(shipped(one, tracking_number="", expected_by=None))

    assert text == f"Shipment for your order {one.number}.\nItems: 1 x {one.lines.get().title}\nCarrier: DHL"


@pytest.mark.requirement("S44", "C13")
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("reason", ["NoInventory", "CouldNotShip"])
def test_order_unavailable_says_amount_and_reason_and_never_asks_to_cancel(language, reason):
    one = order(language=language)
    text = text_of(adjusted(one, reason, refunded=2450, released=0))
    said = verdict(one, text, purpose="order_problem", language=language, kind="order_unavailable", parts={})

    assert "24" in text
    assert [found for found in said if found in ("template.missing_content", "order.cancel_request")] == []


def verdict(one, text, purpose, language, **facts):
    market = factories.marketplace(rulebook="amazon-current")
    found = screen(
        text=text, role="seller", purpose=purpose, language=language, marketplace=market,
        known_ids=frozenset({one.number}), now=NOW, marketplace_sends=frozenset(), **facts,
    ).findings  # fmt: skip
    return [one.rule for one in found]


def test_order_unavailable_is_impossible_without_its_adjustment():
    event = happened(order(), "adjustment.made", {"adjustment": "adj_none", "reason": "NoInventory"})
    with pytest.raises(Adjustment.DoesNotExist):
        tell(event, now=NOW)

    assert not Message.objects.exists()


@pytest.mark.requirement("S48", "C9")
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_return_confirmation_has_items_amount_and_day(language):
    one = order(language=language)
    text = text_of(returned(one))
    said = verdict(one, text, purpose="return", language=language, kind="return_confirmation", parts={})

    assert one.lines.get().title in text
    assert "template.missing_content" not in said


@pytest.mark.requirement("S45")
def test_a_delay_notice_has_the_new_days_and_the_reason():
    one = order()
    assert text_of(delayed(one, reason="The glaze\nmust dry.")).splitlines()[1:] == [
        "New day by which it leaves: 7 November 2026",
        "New day by which it should arrive: 11 November 2026",
        "Reason: The glaze must dry.",
        "You choose in Your Orders whether you keep it.",
    ]


def test_money_that_was_not_taken_is_told_as_such():
    assert "you will not be charged €24.50" in text_of(adjusted(order(), "PriceError"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_is_there_in_every_language_with_the_same_facts(language):
    from comity.messaging.selectors.order_words import _texts
    from comity.messaging.selectors.variables import places

    def facts(texts):
        return {name: sorted(place.name for place in places(text)) for name, text in texts.items()}

    assert facts(_texts()[language]) == facts(_texts()["en"])


@pytest.mark.parametrize(
    ("language", "written"), [("de", "de"), ("de-AT", "de"), ("pt-BR", "pt"), ("PT", "pt"), ("sv", "en"), ("", "en")]
)
def test_a_buyer_reads_it_in_their_language_or_in_english(language, written):
    tell(happened(order(language=language), "order.placed"), now=NOW)

    message = Message.objects.get()
    assert message.language == written
    assert message.text.startswith(words_in("order_confirmation", written)[1].split("{{", 1)[0])


def test_a_variable_in_a_title_stays_what_it_is():
    one = order()
    one.lines.update(title="Lamp {{order.number}}")
    assert "1 x Lamp {{order.number}}" in text_of(happened(one, "order.placed"))


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


def rest():
    pump = Pump("test")
    while pump.run_once(NOW):
        pass


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
