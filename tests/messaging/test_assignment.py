"""Who has a conversation: given, taken, given back; told; found in a view."""

import pytest

from comity.common.errors import Refused
from comity.common.models import OutboxEvent
from comity.messaging.selectors.inbox import Filters, inbox_of, next_in
from comity.messaging.selectors.teams import team_of
from comity.messaging.services.assignments import assign
from comity.messaging.services.contact import Subject
from comity.notify.handlers import tell_about_assignment
from comity.notify.models import Notification
from tests import factories
from tests.factories import NOW


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
