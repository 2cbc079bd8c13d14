import pytest
from django.urls import resolve

from comity.common.models import OutboxEvent
from comity.jobs.table import HANDLERS
from comity.messaging.models import Message
from comity.messaging.services.contact import Subject
from comity.messaging.services.escalations import answer_escalation, escalate
from comity.notify.handlers import _path, tell_about_message, tell_about_ruling
from comity.notify.models import Notification
from comity.notify.services.mails import compose
from comity.notify.services.preferences import set_by_email
from tests.factories import operator, staff, user


def tell(desk):
    """What the worker does with every event, twice on purpose."""
    desk.deliver()
    for _ in range(2):
        for event in OutboxEvent.objects.order_by("id"):
            if event.name in ("message.delivered", "message.ruled"):
                handler = tell_about_message if event.name == "message.delivered" else tell_about_ruling
                handler(event, now=desk.now)


def told(kind="message_waiting"):
    return sorted(Notification.objects.filter(kind=kind).values_list("user", flat=True))


def told_after(desk):
    """Who is told of the next message only."""
    Notification.objects.all().delete()
    OutboxEvent.objects.filter(name="message.delivered").update(name="told")
    tell(desk)
    return told()


def test_a_buyers_message_is_told_to_owners_and_agents_of_the_seller(desk):
    agent = staff(desk.staff.seller, role="agent")
    staff(desk.staff.seller, role="read_only"), staff(), operator(desk.order.marketplace)
    desk.ask()
    tell(desk)
    assert told() == sorted([desk.staff.user_id, agent.user_id])


def test_a_sellers_reply_is_told_to_the_buyer(desk):
    desk.ask()
    desk.deliver()
    desk.answer()
    assert told_after(desk) == [desk.buyer.user_id]


def test_what_the_marketplace_says_is_told_to_both_sides(desk):
    desk.ask()
    desk.deliver()
    desk.serve()
    assert told_after(desk) == sorted([desk.buyer.user_id, desk.staff.user_id])


def test_a_message_to_the_marketplace_is_told_to_whoever_serves(desk):
    market = desk.order.marketplace
    agent = operator(market, role="service_agent")
    operator(market, role="moderator"), operator(role="service_agent")
    desk.ask(about=Subject(), topic="account")
    tell(desk)
    assert told() == sorted([desk.operator.user_id, agent.user_id])
    conversation = Message.objects.get().conversation.public_id
    assert {row.path for row in Notification.objects.all()} == {f"/{market.slug}/operate/service/{conversation}/"}


def test_nobody_is_told_of_their_own_message(desk):
    both_sides = staff(desk.staff.seller, user=desk.buyer.user)
    desk.ask()
    tell(desk)
    assert told() == [desk.staff.user_id] != [both_sides.user_id]


def test_whoever_has_turned_it_off_or_is_gone_is_not_told(desk):
    gone = staff(desk.staff.seller, user=user(), role="agent").user
    type(gone).objects.filter(pk=gone.pk).update(is_active=False)
    set_by_email(user=desk.staff.user, kind="message_waiting", by_email=False)
    desk.ask()
    tell(desk)
    assert told() == []
    set_by_email(user=desk.staff.user, kind="message_waiting", by_email=True)
    tell(desk)
    assert told() == [desk.staff.user_id]


def test_a_held_message_is_told_to_nobody(desk):
    desk.ask("HOLD on")
    tell(desk)
    assert not Notification.objects.exists()


@pytest.mark.parametrize(("decision", "others"), [("release", 1), ("return", 0), ("block", 0)])
def test_the_author_is_told_of_a_ruling(desk, decision, others):
    desk.rule(desk.ask("HOLD on").message, decision)
    tell(desk)
    assert told("ruling_made") == [desk.buyer.user_id]
    assert len(told()) == others


def test_the_mail_leads_each_reader_to_the_page_of_their_side(desk):
    desk.ask()
    desk.deliver()
    desk.serve()
    tell(desk)
    slug, shop, cnv = desk.order.marketplace.slug, desk.staff.seller.public_id, desk.conversation.public_id
    paths = dict(Notification.objects.values_list("user", "path"))
    assert paths == {
        desk.buyer.user_id: f"/{slug}/messages/{cnv}/",
        desk.staff.user_id: f"/{slug}/sell/{shop}/inbox/{cnv}/",
    }


@pytest.mark.parametrize(("side", "page"), [("buyer", "buyer-conversation"), ("seller", None), ("marketplace", None)])
def test_the_mail_leads_to_a_page_that_there_is(desk, side, page):
    desk.ask()
    match = resolve(_path(desk.conversation, side))
    assert match.kwargs["conversation"] == desk.conversation.public_id
    assert page in (None, match.url_name)


def test_telling_costs_three_statements_however_many_are_told(desk, django_assert_num_queries):
    [staff(desk.staff.seller) for _ in range(5)]
    desk.ask()
    desk.deliver()
    event = OutboxEvent.objects.get(name="message.delivered")
    with django_assert_num_queries(3):
        tell_about_message(event, now=desk.now)
    assert len(told()) == 6


def asked_for_help(desk):
    """The shop asks the marketplace about its conversation; nobody is told of anything else."""
    desk.ask()
    desk.deliver()
    return escalate(seat=desk.seller_seat(), reason="The buyer asks for more than was paid.", now=desk.now)


def told_of(name, desk):
    """Who gets which mail about that event, and where it leads; the worker does it twice on purpose."""
    event = OutboxEvent.objects.get(name=name)
    for handler in 2 * HANDLERS.get(name, ()):
        handler(event, now=desk.now)
    rows = Notification.objects.filter(event=event.public_id).order_by("user")
    return [(one.user_id, one.kind, resolve(one.path.partition("#")[0]).url_name, compose(one).subject) for one in rows]


@pytest.mark.requirement("S29")
def test_whoever_serves_is_mailed_that_a_seller_asks_for_help(desk):
    market = desk.order.marketplace
    agent, quiet = operator(market, role="service_agent").user, operator(market, role="service_agent").user
    operator(market, role="moderator"), operator(role="service_agent")
    set_by_email(user=quiet, kind="help_asked", by_email=False)
    asked_for_help(desk)

    words = f"A seller asks for help on {market.name}"
    people = (desk.operator.user_id, agent.pk)
    assert told_of("escalation.made", desk) == [(one, "help_asked", "operator-escalation", words) for one in people]


@pytest.mark.requirement("S29")
def test_the_shops_people_are_mailed_that_the_marketplace_has_answered(desk):
    agent = staff(desk.staff.seller, role="agent").user
    staff(desk.staff.seller, role="read_only"), staff()
    made = asked_for_help(desk)
    answer_escalation(staff=desk.operator, escalation_id=made.public_id, text="We write to them.", now=desk.now)

    words = f"{desk.order.marketplace.name} has answered your question"
    people = (desk.staff.user_id, agent.pk)
    found = told_of("escalation.answered", desk)
    assert found == [(one, "help_answered", "seller-resolve", words) for one in people]
    assert {one.path.partition("#")[2] for one in Notification.objects.all()} == {"help"}
