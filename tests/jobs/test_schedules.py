from datetime import date, timedelta

import pytest
from django.db import connection

from comity.common import record
from comity.common.models import IdempotencyKey, RecordHeadLog, ScheduleRun
from comity.common.transactions import write
from comity.jobs.schedules import SCHEDULES, Schedule, log_heads, prune, run_due
from tests.factories import buyer, marketplace, seller
from tests.jobs.conftest import NOW
from tests.jobs.test_pump_races import in_threads

HOUR = timedelta(hours=1)
pytestmark = pytest.mark.django_db


def conversation(market):
    from comity.messaging.models import Conversation

    made = Conversation(marketplace=market, public_id=f"cnv_{market.pk}", buyer=buyer(market), opened_at=NOW)
    made.addressee, made.seller = "seller", seller(market)
    record.append(made, [record.Entry("posted")], chain=made.public_id, marketplace=market.public_id, now=NOW)
    made.save()
    return made


@pytest.mark.parametrize(
    ("since", "expected"),
    [(timedelta(0), 0), (HOUR - timedelta(seconds=1), 0), (HOUR, 1), (-HOUR, 1), (timedelta(days=3650), 1)],
    ids=["at once", "too early", "due", "clock put back", "clock put forward"],
)
def test_a_schedule_runs_once_an_interval(since, expected):
    ran = []
    schedules = {"tick": Schedule(HOUR, ran.append)}
    assert (run_due(NOW, schedules), ran) == (1, [NOW])
    assert run_due(NOW + since, schedules) == expected
    assert len(ran) == 1 + expected


def test_when_nothing_is_due_one_look_is_enough(django_assert_num_queries):
    run_due(NOW)
    with django_assert_num_queries(1):
        assert run_due(NOW) == 0
    assert set(ScheduleRun.objects.values_list("name", flat=True)) == set(SCHEDULES)


def test_a_failure_is_tried_again_at_the_next_interval_and_not_before():
    def fail(now):
        with write():
            marketplace()
            raise ZeroDivisionError

    schedules = {"tick": Schedule(HOUR, fail)}
    assert (run_due(NOW, schedules), run_due(NOW, schedules)) == (0, 0)
    assert type(marketplace()).objects.count() == 1


def test_one_that_fails_is_logged_and_does_not_starve_the_others(caplog):
    ran = []

    def fail(now):
        raise ValueError("the text of somebody's message")

    schedules = {"first": Schedule(HOUR, fail), "second": Schedule(HOUR, ran.append)}
    assert (run_due(NOW, schedules), ran) == (1, [NOW])
    [said] = caplog.messages
    assert said.startswith("first could not run: ValueError at test_schedules.py:")
    assert "somebody" not in said


def test_the_later_ones_are_not_taken_while_an_earlier_one_runs():
    taken = []

    def look(now):
        taken.extend(ScheduleRun.objects.values_list("name", flat=True))

    run_due(NOW, {"first": Schedule(HOUR, look), "second": Schedule(HOUR, lambda now: None)})
    assert taken == ["first"]


@pytest.mark.django_db(transaction=True)
def test_no_transaction_is_open_around_what_runs():
    seen = []

    def fail(now):
        seen.append(connection.in_atomic_block)
        raise ZeroDivisionError

    run_due(NOW, {"first": Schedule(HOUR, fail), "second": Schedule(HOUR, fail)})
    assert seen == [False, False]


@pytest.mark.django_db(transaction=True)
def test_all_that_a_schedule_writes_stands_in_a_transaction_of_its_own():
    conversation(marketplace())
    written = []

    def look(execute, sql, params, many, context):
        if sql.startswith(("INSERT", "UPDATE", "DELETE")):
            written.append((connection.in_atomic_block, sql))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(look):
        assert run_due(NOW) == len(SCHEDULES)
    assert [sql for inside, sql in written if not inside] == []
    assert any("recordheadlog" in sql for _, sql in written)
    assert any(sql.startswith("DELETE") and "session" in sql for _, sql in written)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_four_workers_one_runs_it():
    ran = []
    schedules = {"tick": Schedule(HOUR, ran.append)}
    for now in (NOW, NOW + HOUR):
        in_threads(lambda _, now=now: run_due(now, schedules))
    assert ran == [NOW, NOW + HOUR]


def test_the_heads_of_each_marketplace_are_logged_for_the_day_before():
    here, there = conversation(marketplace()), conversation(marketplace())
    log_heads(NOW)
    log_heads(NOW + HOUR)
    logs = RecordHeadLog.objects.order_by("id").values_list("marketplace", "day_on", "heads")
    assert list(logs) == [
        (each.marketplace.public_id, date(2026, 3, 1), {each.public_id: [1, each.record_head]})
        for each in (here, there)
    ]
    assert list(record.verify([(here.public_id, 1, here.record_head)])) == []


def test_answers_to_old_requests_are_forgotten_after_thirty_days():
    for days in (29, 31):
        made = {"actor": "usr_1", "route": "reply", "key": str(days), "status": 201}
        IdempotencyKey.objects.create(**made, created_at=NOW - timedelta(days=days))
    prune(NOW)
    assert IdempotencyKey.objects.get().key == "29"
