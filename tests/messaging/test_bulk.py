"""One change to many: counted first, then made; what cannot be changed says why and stops nothing else."""

import pytest

from comity.common.errors import Refused
from comity.common.models import OutboxEvent
from comity.messaging.models import Conversation
from comity.messaging.selectors.doors import get_seat_of_staff
from comity.messaging.selectors.inbox import Filters
from comity.messaging.services.bulk import Change, all_shown, carry_out, chosen, plan
from comity.messaging.services.contact import Subject
from comity.messaging.services.labels import create_label, put_label
from tests import factories
from tests.factories import NOW


@pytest.fixture
def three(desk):
    """Three conversations; the first is answered."""
    desk.ask()
    for _ in range(2):
        desk.ask("Another", about=Subject(order=factories.order(desk.buyer, desk.order.seller)))
    desk.deliver()
    desk.answer()
    desk.deliver()
    return desk


def ids():
    return list(Conversation.objects.order_by("pk").values_list("public_id", flat=True))


def rows(desk, wanted=None):
    return chosen(desk.staff, ids() if wanted is None else wanted, limit=500)


def seats(desk, wanted=None):
    user = desk.staff.user
    return [get_seat_of_staff(staff=desk.staff, user=user, conversation_id=one) for one in wanted or ids()]


def written():
    return OutboxEvent.objects.count()


@pytest.mark.requirement("S34")
def test_looking_says_what_would_change_and_what_not_and_changes_nothing(three):
    before = written()
    looked = plan(staff=three.staff, change=Change("no_response"), rows=rows(three))

    assert (looked.words, len(looked.rows)) == ("No response needed", 2)
    assert [(row.public_id, reason) for row, reason in looked.stay] == [(ids()[0], "No answer is due there.")]
    assert written() == before


@pytest.mark.requirement("S34")
def test_what_can_be_changed_is_and_the_rest_is_reported_by_row(three):
    done = carry_out(seats=seats(three), change=Change("no_response"), now=NOW)

    assert (done.changed, [row.public_id for row, _ in done.stayed]) == (2, ids()[:1])
    assert "No answer is due" in done.stayed[0][1]
    assert not Conversation.objects.filter(reply_due_at__isnull=False).exists()
    assert OutboxEvent.objects.filter(name="conversation.marked").count() == 2


def test_many_are_assigned_and_labelled_and_repeating_changes_nothing(three):
    urgent = create_label(staff=three.staff, name="Urgent", colour="ok", now=NOW)
    put_label(seat=three.seller_seat(), label_id=urgent.public_id, now=NOW)
    for change in (Change("assign", three.staff.user.public_id), Change("label", urgent.public_id)):
        looked = plan(staff=three.staff, change=change, rows=rows(three))
        assert carry_out(seats=seats(three), change=change, now=NOW).changed == len(looked.rows)
        assert carry_out(seats=seats(three), change=change, now=NOW).changed == 0
    assert Conversation.objects.filter(assignee=three.staff.user, labels=urgent).count() == 3


def test_a_label_comes_off_those_that_carry_it(three):
    urgent = create_label(staff=three.staff, name="Urgent", colour="ok", now=NOW)
    put_label(seat=three.seller_seat(), label_id=urgent.public_id, now=NOW)
    looked = plan(staff=three.staff, change=Change("unlabel", urgent.public_id), rows=rows(three))

    assert [row.public_id for row in looked.rows] == ids()[:1]
    assert carry_out(seats=seats(three), change=looked.change, now=NOW).changed == 1


@pytest.mark.parametrize(
    "change", [Change(""), Change("delete"), Change("assign", "usr_x"), Change("label", "lab_x"), Change("unlabel")]
)
def test_a_change_that_is_none_is_refused(three, change):
    before = written()
    with pytest.raises(Refused):
        plan(staff=three.staff, change=change, rows=rows(three))
    assert written() == before


def test_ids_of_others_are_passed_over(three):
    stranger = factories.staff()

    assert chosen(stranger, ids(), limit=500) == []
    assert rows(three, ["cnv_\x00", "cnv_x", *ids()[:1]])[0].public_id == ids()[0]


def test_everything_in_a_view_up_to_the_limit(three):
    assert len(all_shown(three.staff, Filters(), limit=500)) == 2
    assert len(all_shown(three.staff, Filters("all"), limit=500)) == 3
    assert len(all_shown(three.staff, Filters("all"), limit=1)) == 1


def test_who_only_reads_changes_nothing(three):
    reader = factories.staff(three.order.seller, role="read_only")
    with pytest.raises(Refused):
        plan(staff=reader, change=Change("no_response"), rows=rows(three))
