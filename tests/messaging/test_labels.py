"""Labels and saved views: a team's own, with counts."""

import threading

import pytest
from django.db import connection

from comity.common.errors import NotFound, Refused
from comity.common.models import OutboxEvent
from comity.messaging.models import Label, LabelledConversation, SavedView
from comity.messaging.selectors.inbox import Filters, inbox_of
from comity.messaging.selectors.teams import labels_with_use, saved_views_of, team_of, use_of
from comity.messaging.services.contact import Subject
from comity.messaging.services.labels import change_label, create_label, delete_label, put_label, take_label
from comity.messaging.services.saved_views import delete_view, save_view
from tests import factories
from tests.factories import NOW


@pytest.fixture
def asked(desk):
    desk.ask()
    desk.deliver()
    return desk


def label(desk, name="Urgent", colour="alert", staff=None):
    return create_label(staff=staff or desk.staff, name=name, colour=colour, now=NOW)


def events(name):
    return OutboxEvent.objects.filter(name=name).count()


@pytest.mark.requirement("S34")
def test_a_label_is_put_on_once_and_filters_the_list(asked):
    urgent = label(asked)
    asked.ask("Another", about=Subject(order=factories.order(asked.buyer, asked.order.seller)))
    asked.deliver()
    seat = asked.seller_seat()

    assert [put_label(seat=seat, label_id=urgent.public_id, now=NOW) for _ in range(2)] == [True, False]
    inbox = inbox_of(team_of(asked.staff), filters=Filters(label=urgent.public_id))
    assert [row.pk for row in inbox.page] == [asked.conversation.pk]
    assert (inbox.counts["to_answer"], inbox.waiting, events("conversation.labelled")) == (1, 2, 1)


def test_a_label_comes_off(asked):
    urgent = label(asked)
    put_label(seat=asked.seller_seat(), label_id=urgent.public_id, now=NOW)

    taken = [take_label(seat=asked.seller_seat(), label_id=urgent.public_id, now=NOW) for _ in range(2)]
    assert (taken, use_of(urgent), events("conversation.unlabelled")) == ([True, False], 0, 1)


def test_deleting_says_how_many_carry_it_and_takes_it_off_all(asked):
    urgent = label(asked)
    put_label(seat=asked.seller_seat(), label_id=urgent.public_id, now=NOW)

    assert [(one.name, one.use) for one in labels_with_use(team_of(asked.staff))] == [("Urgent", 1)]
    delete_label(staff=asked.staff, label_id=urgent.public_id, now=NOW)
    assert (Label.objects.count(), LabelledConversation.objects.count(), events("label.deleted")) == (0, 0, 1)


def test_renaming_keeps_where_it_lies(asked):
    urgent = label(asked)
    put_label(seat=asked.seller_seat(), label_id=urgent.public_id, now=NOW)
    change_label(staff=asked.staff, label_id=urgent.public_id, name="  Very   urgent ", colour="ok", now=NOW)

    assert Label.objects.values_list("name", "colour").get() == ("Very urgent", "ok")
    assert use_of(urgent) == 1


@pytest.mark.parametrize(
    ("name", "colour", "field"),
    [("", "ok", "name"), ("x" * 41, "ok", "name"), ("URGENT", "ok", "name"), ("A", "#f00", "colour")],
)
def test_a_bad_label_is_refused_beside_its_field(asked, name, colour, field):
    label(asked)

    with pytest.raises(Refused) as refused:
        label(asked, name, colour)
    assert (refused.value.field, Label.objects.count(), events("label.created")) == (field, 1, 1)


def test_teams_do_not_reach_each_others_labels(asked):
    theirs = label(asked, staff=factories.staff(factories.seller(asked.order.marketplace)))
    service = label(asked, staff=asked.operator)

    for foreign in (theirs, service):
        with pytest.raises(NotFound):
            put_label(seat=asked.seller_seat(), label_id=foreign.public_id, now=NOW)
        with pytest.raises(NotFound):
            delete_label(staff=asked.staff, label_id=foreign.public_id, now=NOW)
    assert (Label.objects.count(), LabelledConversation.objects.count()) == (2, 0)


def test_a_label_of_another_team_in_the_address_finds_nothing(asked):
    theirs = label(asked, staff=factories.staff())
    LabelledConversation.objects.create(label=theirs, conversation=asked.conversation)

    assert inbox_of(team_of(asked.staff), filters=Filters(label=theirs.public_id)).counts["to_answer"] == 0


def test_who_only_reads_changes_no_label(asked):
    reader = factories.staff(asked.order.seller, role="read_only")

    with pytest.raises(Refused):
        label(asked, staff=reader)
    assert not Label.objects.exists()


@pytest.mark.requirement("S34")
def test_saved_views_are_mine_or_the_teams_and_are_counted(asked):
    colleague = factories.staff(asked.order.seller)
    save_view(staff=asked.staff, name="Mine", query="view=all", shared=False, now=NOW)
    save_view(staff=asked.staff, name="Ours", query="unread=1", shared=True, now=NOW)
    team = team_of(asked.staff)

    assert [view.name for view in saved_views_of(team, asked.staff.user)] == ["Mine", "Ours"]
    assert [view.name for view in saved_views_of(team, colleague.user)] == ["Ours"]
    assert inbox_of(team, filters=Filters(), saved=[Filters("all"), Filters("waiting")]).saved == [1, 0]


def test_saving_under_a_name_again_replaces_it(asked):
    for query in ("view=all", "unread=1"):
        save_view(staff=asked.staff, name="Mine", query=query, shared=False, now=NOW)

    assert list(SavedView.objects.values_list("name", "query")) == [("Mine", "unread=1")]


def test_a_colleagues_view_is_deleted_by_its_owner_or_an_owner_of_the_shop(asked):
    agent = factories.staff(asked.order.seller, role="agent")
    other = factories.staff(asked.order.seller, role="agent")
    ours = save_view(staff=agent, name="Ours", query="", shared=True, now=NOW)

    with pytest.raises(Refused):
        delete_view(staff=other, view_id=ours.public_id, now=NOW)
    with pytest.raises(NotFound):
        delete_view(staff=factories.staff(), view_id=ours.public_id, now=NOW)
    delete_view(staff=asked.staff, view_id=ours.public_id, now=NOW)
    assert not SavedView.objects.exists()


def test_a_team_shares_so_many_views_and_the_next_is_refused(asked):
    for number in range(20):
        save_view(
            staff=factories.staff(asked.order.seller), name=f"View {number}", query="view=all", shared=True, now=NOW
        )

    with pytest.raises(Refused, match="The team has 20 views"):
        save_view(staff=asked.staff, name="One more", query="view=all", shared=True, now=NOW)
    assert (SavedView.objects.count(), events("view.saved")) == (20, 20)
    save_view(staff=asked.staff, name="One more", query="view=all", shared=False, now=NOW)


@pytest.mark.postgres
@pytest.mark.parametrize("what", ["label", "view"])
def test_the_same_name_at_the_same_moment_is_answered_as_if_one_came_later(transactional_db, what):
    staff = factories.staff()
    ready, answers = threading.Barrier(4), []

    def make():
        try:
            ready.wait()
            if what == "label":
                create_label(staff=staff, name="Urgent", colour="ok", now=NOW)
            else:
                save_view(staff=staff, name="Urgent", query="", shared=False, now=NOW)
            answers.append("made")
        except Refused as refused:
            answers.append(refused.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=make) for _ in range(4)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]

    assert sorted(answers) == (["made", "taken", "taken", "taken"] if what == "label" else ["made"] * 4)
    assert (Label.objects.count(), SavedView.objects.count()) == ((1, 0) if what == "label" else (0, 1))
