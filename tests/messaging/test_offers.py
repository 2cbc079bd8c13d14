"""Offers: their life, who answers what, the money that follows, and what is asked of the marketplace."""

from dataclasses import replace
from datetime import timedelta
from itertools import count

import pytest

from comity.accounts.profiles import profile_in_force
from comity.catalog.models import Listing
from comity.common.errors import NotFound, Refused
from comity.common.idempotency import KeyReused
from comity.common.models import OutboxEvent, RecordEntry
from comity.common.record import verify
from comity.common.transactions import write
from comity.ledger.models import Journal, Payable
from comity.messaging.models import OFFER_TRANSITIONS, Escalation, Message, Offer
from comity.messaging.selectors.agreement import disagreements
from comity.messaging.selectors.conversations import record_heads
from comity.messaging.selectors.offers import offers_about, offers_in, waiting_escalations
from comity.messaging.services.escalations import answer_escalation, escalate
from comity.messaging.services.offers import CHOICES, Answer, Proposal, answer, expire_due, make, void
from comity.messaging.services.text import MessageRefused
from comity.orders.models import Adjustment, Order, ShipDeadline
from tests import factories
from tests.messaging.desk import make_desk

pytestmark = pytest.mark.django_db
PAID = 2450
keys = count(1)


def paid_desk(**fields):
    """An order that was paid, and a buyer whose question has arrived."""
    desk = make_desk(**fields)
    payable = desk.order.payable
    payable.captured_minor = payable.authorised_minor
    payable.save()
    desk.ask("It has a crack.")
    with write():
        desk.deliver()
    return desk


@pytest.fixture
def desk(db, easy_rules):
    return paid_desk()


def offer(desk, kind="partial", amount=500, text="Sorry about that.", key="", **fields):
    """Made by the seller and delivered."""
    proposal = Proposal(kind, text, key or f"o{next(keys)}", amount, **fields)
    sent = make(seat=desk.seller_seat(), proposal=proposal, now=desk.now)
    with write():
        desk.deliver()
    return Offer.objects.filter(message=sent.message).first() if sent.message else sent


def say(desk, made, choice, side="buyer", amount=0, key=""):
    seat = desk.buyer_seat() if side == "buyer" else desk.seller_seat()
    wanted = Answer(choice, key or f"a{next(keys)}", amount)
    return answer(seat=seat, offer_id=made.public_id, answer=wanted, now=desk.now)


def refunded():
    return sum(Journal.objects.filter(kind="refund").values_list("amount_minor", flat=True))


def names():
    return list(OutboxEvent.objects.filter(name__startswith="offer.").order_by("id").values_list("name", flat=True))


@pytest.mark.requirement("S29")
def test_an_offer_is_a_message_of_its_seller_with_what_is_offered_in_the_buyers_language(desk):
    desk.buyer.language = "de"
    desk.buyer.save()
    made = offer(desk)

    assert made.message.text == (
        "Sorry about that.\n\nWir bieten an, 5,00\N{NO-BREAK SPACE}€ von dem zu erstatten, was Sie für die Bestellung "
        f"{desk.order.number} gezahlt haben; was Sie bekommen haben, behalten Sie."
    )
    assert (made.state, made.amount_minor, made.expires_at) == ("offered", 500, desk.now + timedelta(hours=96))
    assert made.message.purpose == "reply"
    assert desk.conversation.reply_due_at is None
    assert names() == ["offer.made"]


@pytest.mark.requirement("S29", "S49")
@pytest.mark.parametrize(
    ("kind", "amount", "component"),
    [("partial", 500, "Goodwill"), ("partial", PAID, "Principal"), ("refund", PAID, "Principal")],
)
def test_an_accepted_offer_of_money_is_paid_once(desk, kind, amount, component):
    made = say(desk, offer(desk, kind, amount), "accept")

    adjustment = Adjustment.objects.get()
    assert (made.state, made.adjustment, made.closed_by) == ("accepted", adjustment, desk.buyer.user)
    assert (adjustment.reason, adjustment.external_id, adjustment.amount_minor) == (
        "GeneralAdjustment", made.public_id, amount,
    )  # fmt: skip
    assert adjustment.parts.get().component == component
    assert refunded() == amount
    assert names() == ["offer.made", "offer.accepted"]
    assert RecordEntry.objects.filter(facts__contains="offer_accepted").count() == 1
    assert list(verify(record_heads(), whole=True)) == list(disagreements()) == []


def with_clock(desk):
    """The order still to be sent, its ship deadline running; nothing was charged yet."""
    order, payable = desk.order, desk.order.payable
    payable.captured_minor = 0
    payable.save()
    Order.objects.filter(pk=order.pk).update(status="unshipped")
    order.lines.update(taken=1)
    clock = {"started_at": order.placed_at, "due_at": order.ship_by, "profile_digest": "p"}
    ShipDeadline.objects.create(order=order, remind_at=order.ship_by, cancel_at=order.ship_by, **clock)
    return order


@pytest.mark.requirement("S29")
@pytest.mark.parametrize(("kind", "amount"), [("refund", 0), ("partial", PAID)])
def test_an_order_that_has_not_left_ends_once_when_all_of_it_is_given_back(desk, kind, amount):
    order = with_clock(desk)
    made = offer(desk, kind, amount)
    for _ in range(2):
        say(desk, made, "accept", key="same")

    order.refresh_from_db()
    assert (order.status, order.cancelled_at, order.payable.open_minor) == ("cancelled", desk.now, 0)
    assert ShipDeadline.objects.values_list("end", "ended_at").get() == ("cancelled", desk.now)
    assert (Listing.objects.get().quantity, order.lines.get().taken) == (10, 0)
    assert list(Journal.objects.values_list("kind", "amount_minor")) == [("release", PAID)]
    (event,) = OutboxEvent.objects.filter(name="order.cancelled")
    assert (event.data["reason"], event.data["by"], event.actor) == (
        "GeneralAdjustment", "seller", desk.buyer.user.public_id,
    )  # fmt: skip
    assert list(verify(record_heads(), whole=True)) == list(disagreements()) == []


@pytest.mark.requirement("S29")
def test_of_an_order_that_has_left_in_part_the_rest_ends_when_all_of_it_is_given_back(desk):
    order = with_clock(desk)
    order.lines.update(quantity=2, taken=2, unit_minor=PAID // 2)
    parcel = factories.shipment(order)
    parcel.lines.update(quantity=1)
    Order.objects.filter(pk=order.pk).update(status="partially_shipped")
    Payable.objects.update(captured_minor=PAID // 2)
    say(desk, offer(desk, "refund"), "accept")

    order.refresh_from_db()
    assert (order.status, order.payable.open_minor, order.payable.refundable_minor) == ("unfulfillable", 0, 0)
    assert ShipDeadline.objects.values_list("end", "ended_at").get() == ("cancelled", desk.now)
    assert (Listing.objects.get().quantity, order.lines.get().taken) == (10, 1)
    assert sorted(Journal.objects.values_list("kind", "amount_minor")) == [
        ("refund", PAID // 2),
        ("release", PAID // 2),
    ]
    assert OutboxEvent.objects.filter(name="order.unfulfillable").count() == 1
    assert list(verify(record_heads(), whole=True)) == list(disagreements()) == []


@pytest.mark.parametrize(("status", "amount"), [("unshipped", PAID - 1), ("shipped", PAID)])
def test_an_order_goes_on_when_something_has_left_or_is_still_paid_for(desk, status, amount):
    order = with_clock(desk)
    Order.objects.filter(pk=order.pk).update(status=status)
    say(desk, offer(desk, amount=amount), "accept")

    order.refresh_from_db()
    assert (order.status, order.cancelled_at, ShipDeadline.objects.get().ended_at) == (status, None, None)
    assert OutboxEvent.objects.filter(name="order.cancelled").count() == 0


@pytest.mark.parametrize(
    ("choice", "side", "state"), [("decline", "buyer", "declined"), ("withdraw", "seller", "withdrawn")]
)
def test_declined_or_taken_back_it_pays_nothing_and_makes_room_for_another(desk, choice, side, state):
    made = say(desk, offer(desk), choice, side)

    assert (made.state, refunded()) == (state, 0)
    assert offer(desk, amount=1).state == "offered"


@pytest.mark.parametrize(("choice", "state", "paid"), [("accept", "accepted", 900), ("decline", "declined", 0)])
def test_a_counter_is_answered_by_the_seller(desk, choice, state, paid):
    made = say(desk.later(1), offer(desk), "counter", amount=900)
    assert (made.state, made.counter_minor, made.expires_at) == ("countered", 900, desk.now + timedelta(hours=96))

    made = say(desk.later(1), made, choice, "seller")
    assert (made.state, refunded()) == (state, paid)
    assert names() == ["offer.made", "offer.countered", f"offer.{state}"]


def test_an_offer_expires_once_and_cannot_be_answered_then(desk):
    made = offer(desk)
    assert expire_due(made.expires_at - timedelta(seconds=1)) == 0
    desk.hours += 96
    with pytest.raises(Refused) as refused:
        say(desk, made, "accept")

    assert (refused.value.code, expire_due(desk.now), expire_due(desk.now)) == ("expired", 1, 0)
    made.refresh_from_db()
    assert (made.state, refunded(), names()) == ("expired", 0, ["offer.made", "offer.expired"])


def test_a_run_ends_so_many_offers_and_leaves_the_rest_to_the_next(desk, easy_rules, monkeypatch):
    found = [offer(desk), offer(paid_desk())]
    over = found[-1].expires_at
    monkeypatch.setattr("comity.messaging.services.offers.AT_A_TIME", 1)
    assert [expire_due(over) for _ in range(3)] == [1, 1, 0]
    assert set(Offer.objects.values_list("state", flat=True)) == {"expired"}


@pytest.mark.parametrize(
    ("fields", "code", "field"),
    [
        ({"kind": "voucher"}, "kind", "kind"),
        ({"amount": 0}, "amount", "amount"),
        ({"amount": -1}, "amount", "amount"),
        ({"amount": PAID + 1}, "more_than_left", "amount"),
        ({"amount": 10**12}, "more_than_left", "amount"),
        ({"text": " "}, "empty", "text"),
    ],
)
def test_an_offer_that_cannot_be_is_refused_and_nothing_is_stored(desk, fields, code, field):
    before = Message.objects.count()
    with pytest.raises(Refused) as refused:
        offer(desk, **fields)

    assert (refused.value.code, refused.value.field) == (code, field)
    assert (Message.objects.count(), Offer.objects.count(), names()) == (before, 0, [])


def test_more_than_is_left_is_told_with_what_is_left(desk):
    with pytest.raises(Refused, match=r"€24\.50 is left to give back"):
        offer(desk, amount=PAID + 1)


def test_one_offer_at_a_time_waits(desk):
    offer(desk)
    with pytest.raises(Refused) as refused:
        offer(desk, "refund")
    assert (refused.value.code, Offer.objects.count()) == ("open", 1)


@pytest.mark.requirement("S36")
def test_nobody_offers_what_the_marketplace_settles(desk):
    desk.order.fulfilment = "marketplace"
    desk.order.save()
    with pytest.raises(Refused) as refused:
        offer(desk)
    assert (refused.value.code, Offer.objects.count()) == ("marketplace_fulfils", 0)


def test_who_only_reads_and_who_buys_make_no_offer(desk):
    reader = factories.staff(desk.order.seller, role="read_only")
    for seat, code in ((desk.seller_seat(reader), "role"), (desk.buyer_seat(), "no_order")):
        with pytest.raises(Refused) as refused:
            make(seat=seat, proposal=Proposal("refund", "Take it.", "k"), now=desk.now)
        assert refused.value.code == code


@pytest.mark.parametrize(
    ("choice", "side", "code"),
    [
        ("accept", "seller", "turn"),
        ("decline", "seller", "turn"),
        ("counter", "seller", "turn"),
        ("withdraw", "buyer", "turn"),
        ("pay", "buyer", "choice"),
    ],
)
def test_an_answer_of_the_wrong_side_changes_nothing(desk, choice, side, code):
    made = offer(desk)
    with pytest.raises(Refused) as refused:
        say(desk, made, choice, side, amount=100)
    made.refresh_from_db()
    assert (refused.value.code, made.state, refunded()) == (code, "offered", 0)


@pytest.mark.parametrize(("amount", "code"), [(0, "amount"), (-5, "amount"), (PAID + 1, "more_than_left")])
def test_a_counter_that_cannot_be_changes_nothing(desk, amount, code):
    made = offer(desk)
    with pytest.raises(Refused) as refused:
        say(desk, made, "counter", amount=amount)
    made.refresh_from_db()
    assert (refused.value.code, made.state, made.counter_minor) == (code, "offered", None)


def test_what_is_not_about_money_is_not_countered(desk):
    factories.shipment(desk.order)
    made = offer(desk, "replacement")
    with pytest.raises(Refused) as refused:
        say(desk, made, "counter", amount=100)
    assert refused.value.code == "no_money"


@pytest.mark.parametrize("choice", CHOICES)
def test_what_is_over_stays_as_it_is(desk, choice):
    made = say(desk, offer(desk), "accept")
    side = "seller" if choice == "withdraw" else "buyer"
    with pytest.raises(Refused, match="This offer is over: accepted") as refused:
        say(desk, made, choice, side, amount=100)
    assert (refused.value.code, refunded()) == ("answered", 500)


def test_a_double_click_is_one_answer_and_another_answer_needs_another_key(desk):
    made = offer(desk)
    assert [say(desk, made, "accept", key="same").state for _ in range(2)] == ["accepted", "accepted"]
    with pytest.raises(KeyReused):
        say(desk, made, "decline", key="same")
    assert (refunded(), names()) == (500, ["offer.made", "offer.accepted"])


def test_money_that_is_gone_meanwhile_is_told_and_the_offer_stays(desk):
    made = offer(desk)
    payable = desk.order.payable
    payable.refunded_minor = PAID - 200
    payable.save()
    with pytest.raises(Refused, match=r"€2\.00 is left to give back") as refused:
        say(desk, made, "accept")

    made.refresh_from_db()
    assert (refused.value.code, made.state, refunded(), Adjustment.objects.count()) == (
        "more_than_left",
        "offered",
        0,
        0,
    )


def test_what_the_rules_block_makes_no_offer(desk):
    assert offer(desk, text="BLOCK this.") is None
    assert (Offer.objects.count(), names()) == (0, [])


def test_a_warning_is_confirmed_like_that_of_a_reply(desk):
    sent = offer(desk, text="WARN them.", key="w")
    assert (sent.kind, Offer.objects.count()) == ("confirm", 0)
    assert offer(desk, text="WARN them.", key="w", confirmed=sent.verdict.input).state == "offered"


def test_a_held_offer_is_nothing_to_the_buyer_and_is_taken_back_with_its_message(desk):
    made = offer(desk, text="HOLD it.")
    with pytest.raises(NotFound):
        say(desk, made, "accept")
    assert (offers_about(desk.order), offers_in(desk.conversation, "seller")) == ([], [made])

    desk.rule(made.message, "return")
    for _ in range(2):
        void(message_id=made.message.public_id, now=desk.now)
    made.refresh_from_db()
    assert (made.state, names()) == ("withdrawn", ["offer.made", "offer.withdrawn"])


def test_a_released_offer_can_be_accepted(desk):
    made = offer(desk, text="HOLD it.")
    desk.rule(made.message, "release")
    desk.deliver()
    void(message_id=made.message.public_id, now=desk.now)
    assert say(desk, made, "accept").state == "accepted"


def test_the_time_of_a_held_offer_begins_when_it_arrives(desk):
    made = offer(desk, text="HOLD it.")
    desk.later(97)
    assert expire_due(desk.now) == 0
    desk.rule(made.message, "release")
    assert expire_due(desk.now) == 0
    desk.deliver()
    made.refresh_from_db()
    assert (made.state, made.expires_at) == ("offered", desk.now + timedelta(hours=96))
    assert say(desk, made, "accept").state == "accepted"


def test_a_stranger_finds_no_offer(desk, easy_rules):
    made, other = offer(desk), paid_desk()
    for name in (made.public_id, "off_none", "a\0b"):
        with pytest.raises(NotFound):
            answer(seat=other.buyer_seat(), offer_id=name, answer=Answer("accept", f"x{next(keys)}"), now=other.now)


def test_no_offer_before_the_buyer_has_written(easy_rules):
    desk = make_desk()
    from tests.messaging.test_outreach import send

    send(desk)
    desk.deliver()
    with pytest.raises(MessageRefused) as refused:
        offer(desk)
    assert (refused.value.code, Offer.objects.count()) == ("nothing_to_answer", 0)


def test_the_table_ends_where_nothing_follows():
    assert {state for state, following in OFFER_TRANSITIONS.items() if not following} == {
        "accepted", "declined", "withdrawn", "expired",
    }  # fmt: skip
    assert {*OFFER_TRANSITIONS} == {"", *Offer.State.values}


def test_the_time_is_the_profiles(desk, monkeypatch):
    from comity.messaging.services import offers

    terms = replace(profile_in_force(desk.order.marketplace, desk.now).offers, hours=2)
    longer = replace(profile_in_force(desk.order.marketplace, desk.now), offers=terms)
    monkeypatch.setattr(offers, "profile_in_force", lambda *_: longer)
    assert offer(desk).expires_at == desk.now + timedelta(hours=2)


@pytest.mark.requirement("S29")
def test_a_seller_asks_the_marketplace_once_and_is_answered_once(desk):
    made = escalate(seat=desk.seller_seat(), reason="The buyer asks for more than was paid.", now=desk.now)
    with pytest.raises(Refused) as again:
        escalate(seat=desk.seller_seat(), reason="Please!", now=desk.now)
    market = desk.order.marketplace
    assert (again.value.code, waiting_escalations(market), waiting_escalations(factories.marketplace())) == (
        "waiting", [made], [],
    )  # fmt: skip

    served = factories.operator(market, role="service_agent")
    done = answer_escalation(staff=served, escalation_id=made.public_id, text="We write to the buyer.", now=desk.now)
    assert (done.answer, done.answered_by, waiting_escalations(market)) == ("We write to the buyer.", served.user, [])
    with pytest.raises(Refused) as late:
        answer_escalation(staff=served, escalation_id=made.public_id, text="No.", now=desk.now)
    assert late.value.code == "answered"


def test_who_may_not_ask_or_answer_changes_nothing(desk):
    reader, stranger = factories.staff(desk.order.seller, role="read_only"), factories.operator()
    for seat, code in ((desk.buyer_seat(), "side"), (desk.seller_seat(reader), "role")):
        with pytest.raises(Refused) as refused:
            escalate(seat=seat, reason="Help.", now=desk.now)
        assert refused.value.code == code
    with pytest.raises(Refused, match="Say what you need help with"):
        escalate(seat=desk.seller_seat(), reason=" \n", now=desk.now)
    assert not Escalation.objects.exists()

    made = escalate(seat=desk.seller_seat(), reason="Help.", now=desk.now)
    with pytest.raises(NotFound):
        answer_escalation(staff=stranger, escalation_id=made.public_id, text="Yes.", now=desk.now)
    moderator = factories.operator(desk.order.marketplace, role="moderator")
    with pytest.raises(Refused):
        answer_escalation(staff=moderator, escalation_id=made.public_id, text="Yes.", now=desk.now)
    made.refresh_from_db()
    assert made.answered_at is None
