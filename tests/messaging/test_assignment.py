"""Who has a conversation: given, taken, given back; told; found in a view."""

import os
import threading

import pytest
from django.db import connection

from comity.accounts.services.staff import seat_staff, unseat_operator, unseat_staff
from comity.common.errors import Refused
from comity.common.models import OutboxEvent
from comity.common.transactions import write
from comity.jobs.table import HANDLERS
from comity.messaging.models import Conversation
from comity.messaging.selectors.inbox import Filters, inbox_of, next_in
from comity.messaging.selectors.teams import team_of
from comity.messaging.services import assignments
from comity.messaging.services.assignments import assign
from comity.messaging.services.contact import Subject
from comity.notify.handlers import tell_about_assignment
from comity.notify.models import Notification
from tests import factories
from tests.factories import NOW
from tests.messaging.desk import make_desk
from tests.messaging.owners import work


@pytest.fixture
def asked(desk):
    desk.ask()
    desk.deliver()
    return desk


def ids(desk, **filters):
    page = inbox_of(team_of(desk.staff), user=desk.staff.user, filters=Filters("all", **filters)).page
    return [row.pk for row in page]


@pytest.mark.requirement("S34")
def test_a_conversation_is_given_found_and_given_back(asked):
    ann = factories.staff(asked.order.seller, role="agent").user
    pk = asked.conversation.pk
    assert (ids(asked, assignee="none"), ids(asked, assignee="me")) == ([pk], [])

    changed = [assign(seat=asked.seller_seat(), to=ann.public_id, now=NOW) for _ in range(2)]
    assert changed == [True, False]
    assert (ids(asked, assignee=ann.public_id), ids(asked, assignee="none"), ids(asked, assignee="me")) == (
        [pk],
        [],
        [],
    )
    assign(seat=asked.seller_seat(), to="", now=NOW)
    assert asked.conversation.assignee is None
    events = OutboxEvent.objects.filter(name="conversation.assigned").order_by("id")
    assert [event.data["assignee"] for event in events] == [ann.public_id, ""]
    assert {event.actor for event in events} == {asked.staff.user.public_id}


def test_only_colleagues_who_may_answer_are_given_anything(asked):
    reader = factories.staff(asked.order.seller, role="read_only").user
    stranger = factories.staff().user

    for user in (reader, stranger, asked.buyer.user, asked.operator.user):
        with pytest.raises(Refused) as refused:
            assign(seat=asked.seller_seat(), to=user.public_id, now=NOW)
        assert refused.value.code == "colleague"
    assert asked.conversation.assignee is None


def test_who_only_reads_and_other_sides_assign_nothing(asked):
    reader = asked.seller_seat(factories.staff(asked.order.seller, role="read_only"))

    for seat in (reader, asked.buyer_seat()):
        with pytest.raises(Refused):
            assign(seat=seat, to=asked.staff.user.public_id, now=NOW)
    assert asked.conversation.assignee is None


def test_whoever_is_given_it_is_told_once_and_who_takes_it_is_not(asked):
    ann = factories.staff(asked.order.seller, role="agent").user
    for to in (asked.staff.user, ann):
        assign(seat=asked.seller_seat(), to=to.public_id, now=NOW)
    for event in [*OutboxEvent.objects.filter(name="conversation.assigned")] * 2:
        tell_about_assignment(event, now=NOW)

    assert list(Notification.objects.values_list("user", "kind")) == [(ann.pk, "assigned")]
    assert asked.conversation.public_id in Notification.objects.get().path


@pytest.mark.requirement("S34")
def test_next_goes_down_the_list_and_from_its_end_to_its_top(asked):
    for hours in (1, 2):
        asked.later(hours).ask("Another", about=Subject(order=factories.order(asked.buyer, asked.order.seller)))
        asked.deliver()
    team, user = team_of(asked.staff), asked.staff.user
    rows = list(inbox_of(team, user=user, filters=Filters()).page)

    following = [next_in(team, user, Filters(), row) for row in rows]
    assert [one.pk for one in following] == [rows[1].pk, rows[2].pk, rows[0].pk]
    assert next_in(team, user, Filters("waiting"), rows[0]) is None


def test_next_of_one_that_left_the_list_goes_on_where_it_stood(asked):
    asked.later(1).ask("Another", about=Subject(order=factories.order(asked.buyer, asked.order.seller)))
    asked.deliver()
    team, user = team_of(asked.staff), asked.staff.user
    first, second = inbox_of(team, user=user, filters=Filters()).page
    asked.answer()
    assert next_in(team, user, Filters(), first).pk == second.pk


def handle(name):
    """What the worker does about these events, each twice."""
    for event in [*OutboxEvent.objects.filter(name=name).order_by("id")] * 2:
        for handler in HANDLERS[name]:
            with write():
                handler(event, now=NOW)


def unassigned():
    events = OutboxEvent.objects.filter(name="conversation.unassigned").order_by("id")
    return [(event.stream, event.data["assignee"], event.actor) for event in events]


def test_who_loses_the_seat_loses_the_conversations_once(asked):
    shop, boss = asked.order.seller, asked.staff.user
    ann = factories.staff(shop, role="agent").user
    assign(seat=asked.seller_seat(), to=ann.public_id, now=NOW)
    unseat_staff(seller=shop, user=ann, by=boss, now=NOW)
    handle("staff.unseated")

    assert asked.conversation.assignee is None
    assert unassigned() == [(asked.conversation.public_id, ann.public_id, boss.public_id)]


def test_a_role_that_only_reads_loses_them_and_another_that_answers_keeps_them(asked):
    shop = asked.order.seller
    ann, ben = factories.staff(shop, role="agent").user, factories.staff(shop, role="agent").user
    assign(seat=asked.seller_seat(), to=ann.public_id, now=NOW)
    seat_staff(seller=shop, user=ann, role="owner", now=NOW)
    seat_staff(seller=shop, user=ben, role="read_only", now=NOW)
    handle("staff.role_changed")
    assert (asked.conversation.assignee, unassigned()) == (ann, [])

    seat_staff(seller=shop, user=ann, role="read_only", now=NOW)
    handle("staff.role_changed")
    assert (asked.conversation.assignee, unassigned()) == (None, [(asked.conversation.public_id, ann.public_id, "")])


def test_another_shop_s_conversations_stay_with_whoever_works_there_too(asked, easy_rules):
    elsewhere = make_desk()
    elsewhere.ask()
    elsewhere.deliver()
    both = elsewhere.staff.user
    factories.staff(asked.order.seller, role="agent", user=both)
    assign(seat=elsewhere.seller_seat(), to=both.public_id, now=NOW)
    assign(seat=asked.seller_seat(), to=both.public_id, now=NOW)
    unseat_staff(seller=asked.order.seller, user=both, now=NOW)
    handle("staff.unseated")

    assert (asked.conversation.assignee, elsewhere.conversation.assignee) == (None, both)


def test_who_leaves_the_operator_loses_what_the_service_desk_gave(asked):
    asked.ask(topic="payment")
    asked.deliver()
    served = Conversation.objects.filter(addressee="marketplace")
    agent = factories.operator(asked.order.marketplace, role="service_agent").user
    served.update(assignee=agent)
    unseat_operator(marketplace=asked.order.marketplace, user=agent, by=asked.operator.user, now=NOW)
    handle("operator_staff.unseated")

    assert served.get().assignee is None


def test_many_are_taken_in_rounds(asked, monkeypatch):
    monkeypatch.setattr(assignments, "_BATCH", 1)
    asked.ask(about=Subject(order=factories.order(asked.buyer, asked.order.seller)))
    ann = factories.staff(asked.order.seller, role="agent").user
    Conversation.objects.update(assignee=ann)
    unseat_staff(seller=asked.order.seller, user=ann, now=NOW)
    for left, name in ((1, "staff.unseated"), (0, "team.conversations_unassigned")):
        with write():
            HANDLERS[name][0](OutboxEvent.objects.get(name=name), now=NOW)
        assert Conversation.objects.exclude(assignee=None).count() == left
    assert len(unassigned()) == 2


def leave_while_it_is_assigned(desk, user, monkeypatch):
    """``user`` is given the conversation, and leaves the team, worker included, before that is committed."""

    def leave():
        try:
            unseat_staff(seller=desk.order.seller, user=user, now=NOW)
            handle("staff.unseated")
        finally:
            connection.close()

    def tell_and_let_leave(*event, **data):
        monkeypatch.setattr(assignments, "tell", tell)
        leaving.start()
        while leaving.is_alive() and not somebody_waits_for_us():
            leaving.join(0.01)
        tell(*event, **data)

    tell, leaving = assignments.tell, threading.Thread(target=leave)
    monkeypatch.setattr(assignments, "tell", tell_and_let_leave)
    assign(seat=desk.seller_seat(), to=user.public_id, now=NOW)
    leaving.join()


def somebody_waits_for_us():
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM pg_locks WHERE pg_backend_pid() = ANY(pg_blocking_pids(pid)))")
        return cursor.fetchone()[0]


@pytest.mark.postgres
@pytest.mark.skipif(os.environ["COMITY_TEST_DATABASE"] != "postgres", reason="SQLite lets one write at a time")
@pytest.mark.parametrize("mutant", [False, True])
def test_who_leaves_in_the_moment_of_being_given_one_loses_it(transactional_db, easy_rules, monkeypatch, mutant):
    desk = make_desk()
    desk.ask()
    work(desk.now)
    ann = factories.staff(desk.order.seller, role="agent").user
    if mutant:
        monkeypatch.setattr(assignments, "lock_colleague", lambda *_: ann)
    leave_while_it_is_assigned(desk, ann, monkeypatch)

    assert (desk.conversation.assignee, len(unassigned())) == ((ann, 0) if mutant else (None, 1))
