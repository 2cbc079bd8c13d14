"""What waits is taken once, for a while, by whoever comes first."""

from datetime import timedelta

import pytest

from comity.common.leasing import free, lease
from comity.notify.models import Notification
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(minutes=1)


@pytest.fixture
def rows():
    person = factories.user()
    fields = {"user": person, "kind": "assigned", "run_after": NOW}
    made = [Notification(public_id=factories.new_id("ntf", NOW), event=f"evt_{n}", **fields) for n in range(3)]
    return Notification.objects.bulk_create(made)


def waiting(now):
    return lambda: Notification.objects.filter(free(now)).order_by("id")


def attempt(row):
    row.attempts += 1
    return ["attempts"]


def test_each_row_is_taken_once_and_again_when_its_lease_is_over(rows):
    taken = [lease(waiting(NOW), most=2, until=LATER, take=attempt) for _ in range(3)]
    assert [[one.pk for one in some] for some in taken] == [[rows[0].pk, rows[1].pk], [rows[2].pk], []]
    assert lease(waiting(LATER), most=5, until=LATER) == []

    again = lease(waiting(LATER + timedelta(seconds=1)), most=5, until=LATER + timedelta(minutes=1), take=attempt)
    stored = Notification.objects.order_by("id").values_list("attempts", "leased_until")
    assert (len(again), set(stored)) == (3, {(2, LATER + timedelta(minutes=1))})


def test_with_nothing_due_one_question_is_asked_and_nothing_is_locked(rows, django_assert_num_queries):
    lease(waiting(NOW), most=5, until=LATER)
    with django_assert_num_queries(1):
        assert lease(waiting(NOW), most=5, until=LATER) == []
