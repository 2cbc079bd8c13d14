"""Which of the files that wait is taken, and by whom: of one shop one at a time."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta

import pytest
from django.db import OperationalError, connection, transaction

from comity.common import leasing
from comity.files.services.blobs import path_of
from comity.orders.models import Feed
from comity.orders.services.feeds import processing
from comity.orders.services.feeds.processing import process_due
from tests.factories import NOW
from tests.orders.feeds import lines, shipped, shop_with, take_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("read_in_this_process")]


def test_what_waits_is_processed_once():
    shop, (one,) = shop_with()
    take_in(shop, lines(shipped(one)).encode())
    assert (process_due(NOW), process_due(NOW)) == (1, 0)
    assert Feed.objects.get().state == "done"


def test_a_shop_with_many_files_keeps_another_waiting_for_one_of_them():
    busy, orders = shop_with(3)
    small, (one,) = shop_with()
    for each in orders:
        take_in(busy, lines(shipped(each)).encode())
    mine = take_in(small, lines(shipped(one)).encode()).feed
    for _ in range(2):
        process_due(NOW)
    done = list(Feed.objects.filter(state="done").order_by("id").values_list("id", flat=True))
    assert done == [mine.pk - 3, mine.pk]


def test_of_one_shop_one_file_at_a_time_is_processed():
    shop, (one, other) = shop_with(2)
    first = take_in(shop, lines(shipped(one)).encode()).feed
    take_in(shop, lines(shipped(other)).encode())
    Feed.objects.filter(pk=first.pk).update(leased_until=NOW + timedelta(minutes=5))
    assert process_due(NOW) == 0
    assert process_due(NOW + timedelta(minutes=6)) == 1


def test_what_somebody_is_at_work_on_is_left_to_them():
    shop, (one,) = shop_with()
    feed = take_in(shop, lines(shipped(one)).encode()).feed
    Feed.objects.filter(pk=feed.pk).update(state="processing", leased_until=NOW + timedelta(minutes=1))
    assert process_due(NOW) == 0
    assert process_due(NOW + timedelta(minutes=2)) == 1


def two_files():
    shop, (one, other) = shop_with(2)
    return [take_in(shop, lines(shipped(each)).encode()).feed for each in (one, other)]


@pytest.mark.postgres
@pytest.mark.skipif(connection.vendor == "sqlite", reason="one writes at a time")
def test_two_do_not_take_two_files_of_a_shop_at_the_same_moment(transactional_db, monkeypatch):
    monkeypatch.setattr(processing, "process", lambda *_, **__: None)
    two_files()

    def take():
        try:
            return process_due(NOW)
        finally:
            connection.close()

    with transaction.atomic(), ThreadPoolExecutor(1) as second:
        assert (process_due(NOW), second.submit(take).result()) == (1, 0)


def test_what_another_took_between_the_question_and_the_lock_is_seen(monkeypatch):
    first, second = two_files()
    lock_free = leasing.lock_free

    def overtaken(*args, **named):
        locked = list(lock_free(*args, **named))
        Feed.objects.filter(pk=first.pk).update(leased_until=NOW + processing.LEASE)
        return locked[1:]

    monkeypatch.setattr(leasing, "lock_free", overtaken)
    assert process_due(NOW) == 0
    second.refresh_from_db()
    assert (second.state, second.leased_until) == ("received", None)


def dying_of(feed, trouble, monkeypatch):
    """Whoever works on ``feed`` ends with ``trouble``; ten look for work, each when the lease before it is over."""
    work = processing.process

    def die(one, *, now):
        if one.pk == feed.pk and one.attempts <= 5:
            raise trouble
        return work(one, now=now)

    monkeypatch.setattr(processing, "process", die)
    for look in range(10):
        with suppress(trouble):
            process_due(NOW + look * timedelta(minutes=6))
    feed.refresh_from_db()


def test_a_file_of_which_its_workers_die_keeps_those_behind_it_waiting_for_a_while(monkeypatch):
    bad, behind = two_files()
    dying_of(bad, MemoryError, monkeypatch)
    behind.refresh_from_db()
    assert (bad.state, bad.records, behind.state) == ("fatal", 0, "done")
    assert bad.fatal == (
        "Working on record 1 and those behind it broke off 5 times: "
        "send these in smaller files; if it happens again, ask the marketplace."
    )


def test_a_database_that_is_away_does_not_count(monkeypatch):
    waits, _ = two_files()
    dying_of(waits, OperationalError, monkeypatch)
    assert (waits.state, waits.attempts) == ("received", 0)


def test_behind_a_batch_that_was_applied_it_counts_anew_and_so_it_does_when_sent_again():
    first, second = two_files()
    Feed.objects.filter(pk=first.pk).update(attempts=4)
    Feed.objects.filter(pk=second.pk).update(attempts=5)
    process_due(NOW)
    process_due(NOW)
    assert list(Feed.objects.order_by("id").values_list("state", "attempts")) == [("done", 0), ("fatal", 6)]
    take_in(second.seller, path_of(second.blob.digest).read_bytes())
    process_due(NOW)
    assert list(Feed.objects.order_by("id").values_list("state", "attempts")) == [("done", 0)] * 2
