"""Who is told by mail that there is news about an order: that there is, never what."""

from datetime import timedelta

import pytest
from django.urls import resolve

from comity.common.models import OutboxEvent
from comity.common.transactions import write
from comity.jobs.pump import Pump
from comity.jobs.table import HANDLERS
from comity.messaging.services.offers import expire_due
from comity.messaging.services.order_notices import tell
from comity.notify.handlers import tell_about_box, tell_about_given_up, tell_about_order, tell_about_return
from comity.notify.models import Notification
from comity.notify.services.mails import compose
from comity.notify.services.preferences import set_by_email
from tests import factories
from tests.factories import NOW
from tests.messaging.order_events import happened, order, shipped
from tests.messaging.test_offers import offer, say

pytestmark = pytest.mark.django_db
FOR_SELLERS = {
    "order.cancel_requested", "order.late", "return.requested", "duty.missed", "order.address_changed",
    "return.look_missed",
}  # fmt: skip


def told():
    rows = Notification.objects.filter(kind="order_news").order_by("user")
    return list(rows.values_list("user", "path"))


def work():
    pump = Pump("test")
    while pump.run_once(NOW):
        pass


@pytest.mark.requirement("S10", "S57")
def test_a_buyer_is_told_of_a_notice_once_and_nobody_else_is():
    one = order()
    factories.staff(one.seller), factories.operator(one.marketplace, role="service_agent")
    event = shipped(one)
    for _ in range(2):
        tell(event, now=NOW)
    work()
    for delivered in OutboxEvent.objects.filter(name="message.delivered"):
        HANDLERS["message.delivered"][0](delivered, now=NOW)

    conversation = one.conversations.get()
    place = f"/{one.marketplace.slug}/messages/{conversation.public_id}/"
    assert told() == [(one.buyer.user_id, place)]
    assert Notification.objects.count() == 1


def test_a_buyer_who_never_signed_in_has_it_on_record_and_gets_no_mail():
    one = order()
    one.buyer.user = None
    one.buyer.save()
    tell(shipped(one), now=NOW)
    work()

    assert (told(), one.conversations.get().message_count) == ([], 1)


@pytest.mark.parametrize("name", sorted(FOR_SELLERS))
def test_a_shop_is_told_what_its_order_needs(name):
    one = order()
    owner, agent = factories.staff(one.seller), factories.staff(one.seller, role="agent")
    factories.staff(one.seller, role="read_only"), factories.staff(factories.seller(one.marketplace))
    event = happened(one, name)
    for _ in range(2):
        tell_about_order(event, now=NOW)

    place = f"/{one.marketplace.slug}/sell/{one.seller.public_id}/orders/{one.public_id}/"
    assert told() == [(owner.user_id, place), (agent.user_id, place)]


@pytest.mark.requirement("S36")
@pytest.mark.parametrize("name", sorted(FOR_SELLERS))
def test_of_an_order_that_the_marketplace_ships_its_desk_is_told_of_returns_and_the_shop_of_nothing(name):
    one = order(fulfilment="marketplace")
    factories.staff(one.seller), factories.operator(one.marketplace, role="moderator")
    agent = factories.operator(one.marketplace, role="service_agent")
    about = {"return": "ret_1"} if name.startswith("return.") else {}
    event = happened(one, name, about)
    for _ in range(2):
        tell_about_order(event, now=NOW)

    place = f"/{one.marketplace.slug}/operate/returns/ret_1/"
    assert resolve(place).url_name == "operator-service-return"
    assert told() == ([(agent.user_id, place)] if about else [])


@pytest.fixture
def offered(desk):
    """An offer of 5.00 to a buyer who has paid, and what becomes of it by its last event."""
    payable = desk.order.payable
    payable.captured_minor = payable.authorised_minor
    payable.save()
    desk.ask("It has a crack.")
    desk.deliver()
    return offer(desk)


def tell_of_offer(name):
    event = OutboxEvent.objects.filter(name=name).latest("id")
    for _ in range(2):
        for handler in HANDLERS[name]:
            handler(event, now=NOW)


@pytest.mark.requirement("S29")
@pytest.mark.parametrize(
    ("choice", "name"), [("accept", "accepted"), ("decline", "declined"), ("counter", "countered")]
)
def test_a_shop_is_told_where_the_answer_to_its_offer_stands(desk, offered, choice, name):
    agent = factories.staff(desk.staff.seller, role="agent")
    say(desk, offered, choice, amount=900)
    tell_of_offer(f"offer.{name}")

    market, seller = desk.order.marketplace.slug, desk.staff.seller.public_id
    place = f"/{market}/sell/{seller}/inbox/{desk.conversation.public_id}/resolve/"
    assert resolve(place).url_name == "seller-resolve"
    assert told() == [(desk.staff.user_id, place), (agent.user_id, place)]


@pytest.mark.requirement("S29")
@pytest.mark.parametrize(("end", "people"), [("decline", 1), ("expire", 1), ("accept", 0)])
def test_a_buyer_is_told_what_became_of_the_amount_they_asked_for(desk, offered, end, people):
    factories.staff(desk.staff.seller)
    say(desk, offered, "counter", amount=900)
    if end == "expire":
        assert expire_due(desk.now + timedelta(days=30)) == 1
    else:
        say(desk, offered, end, side="seller")
    tell_of_offer(f"offer.{end.removesuffix('e')}ed")

    place = f"/{desk.order.marketplace.slug}/messages/{desk.conversation.public_id}/#offers"
    assert told() == [(desk.buyer.user_id, place)] * people  # of the money the marketplace tells


def test_nobody_is_told_of_an_offer_that_they_let_pass(desk, offered):
    assert expire_due(desk.now + timedelta(days=30)) == 1
    tell_of_offer("offer.expired")
    assert told() == []


@pytest.mark.parametrize("name", ["order.cancelled", "order.unfulfillable"])
@pytest.mark.parametrize(
    ("by", "fulfilment", "people"),
    [("buyer", "seller", 1), ("marketplace", "seller", 1), ("seller", "seller", 0), ("buyer", "marketplace", 0)],
)
def test_a_shop_is_told_that_somebody_else_gave_its_order_up(name, by, fulfilment, people):
    one = order(fulfilment=fulfilment)
    factories.staff(one.seller)
    tell_about_given_up(happened(one, name, {"reason": "BuyerCanceled", "by": by}), now=NOW)

    assert len(told()) == people
    assert tell_about_given_up in HANDLERS[name]


@pytest.mark.parametrize("name", ["return.authorised", "return.declined"])
def test_a_buyer_is_told_that_a_return_was_answered(name):
    one = order()
    factories.staff(one.seller)
    event = happened(one, name, {"return": "ret_1"})
    for _ in range(2):
        tell_about_return(event, now=NOW)

    assert told() == [(one.buyer.user_id, f"/{one.marketplace.slug}/returns/ret_1/")]
    assert tell_about_return in HANDLERS[name]


@pytest.mark.requirement("S54", "S75", "S76")
@pytest.mark.parametrize(
    ("fulfilment", "upheld", "people"), [("seller", True, 1), ("seller", False, 0), ("marketplace", True, 0)]
)
def test_a_shop_is_told_that_its_box_broke_the_rules_and_not_whose(fulfilment, upheld, people):
    one = order(fulfilment=fulfilment)
    owner = factories.staff(one.seller)
    event = happened(one, "box.decided", {"box": "box_1", "upheld": upheld})
    for _ in range(2):
        tell_about_box(event, now=NOW)

    place = f"/{one.marketplace.slug}/sell/{one.seller.public_id}/listings/quality/"
    assert told() == [(owner.user_id, place)] * people
    assert tell_about_box in HANDLERS["box.decided"]


def test_the_table_names_what_shops_are_told_of():
    assert {name for name, handlers in HANDLERS.items() if tell_about_order in handlers} == FOR_SELLERS


def test_who_turned_it_off_or_did_it_is_not_told():
    one = order()
    quiet, busy = factories.staff(one.seller), factories.staff(one.seller)
    set_by_email(user=quiet.user, kind="order_news", by_email=False)
    event = happened(one, "order.late")
    event.actor = busy.user.public_id
    with write():
        tell_about_order(event, now=NOW)

    assert told() == []


def test_the_mail_says_that_there_is_news_and_where_and_not_what():
    one = order()
    factories.staff(one.seller)
    tell_about_order(happened(one, "order.late"), now=NOW)
    mail = compose(Notification.objects.get())

    assert mail.subject == f"There is news about an order on {one.marketplace.name}"
    assert f"/orders/{one.public_id}/" in mail.body
    assert one.number not in mail.body
    assert one.buyer.name not in mail.body
