import pytest
from django.db import IntegrityError, transaction

from comity.common import outbox
from comity.common.models import OutboxEvent
from comity.common.transactions import write
from tests.common.conftest import NOW


def emit(stream, name="thing.happened", **data):
    return outbox.emit(stream, name=name, data=data, stream_id="mkt_1", marketplace="mkt_1", now=NOW)


@pytest.fixture
def quiet():
    outbox.committed.clear()
    yield
    outbox.committed.clear()


def test_events_of_a_stream_are_numbered_in_one_statement_each(marketplace, django_assert_num_queries):
    with django_assert_num_queries(1):
        first = emit(marketplace, order="ord_1")
    second = emit(marketplace)
    assert (first.sequence, second.sequence, marketplace.event_count) == (1, 2, 2)
    assert (first.data, first.position, first.version) == ({"order": "ord_1"}, None, 1)


def test_two_writers_cannot_both_take_a_sequence(marketplace):
    emit(marketplace)
    marketplace.refresh_from_db()  # a second writer who did not lock the row
    with pytest.raises(IntegrityError), transaction.atomic():
        emit(marketplace)
    assert OutboxEvent.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_outside_of_a_transaction_nothing_is_told(marketplace):
    with pytest.raises(RuntimeError, match="outside of a transaction"):
        emit(marketplace)
    with pytest.raises(RuntimeError, match="outside of a transaction"):
        outbox.emit_alone(name="thing.happened", data={}, now=NOW)
    assert OutboxEvent.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_an_event_about_no_row_is_alone_on_its_stream_and_wakes_the_pump(quiet):
    with write():
        events = [outbox.emit_alone(name="thing.happened", data={"user": "usr_1"}, now=NOW) for _ in range(2)]
    assert outbox.committed.is_set()
    assert [(one.stream, one.sequence, one.marketplace) for one in events] == [(one.public_id, 1, "") for one in events]


@pytest.mark.django_db(transaction=True)
def test_the_pump_is_woken_by_the_commit_and_not_before(marketplace, quiet):
    with write():
        emit(marketplace)
        assert not outbox.committed.is_set()
    assert outbox.committed.is_set()


@pytest.mark.django_db(transaction=True)
def test_what_is_rolled_back_wakes_nobody_and_leaves_no_event(marketplace, quiet):
    def fail():
        with write():
            emit(marketplace)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert (outbox.committed.is_set(), OutboxEvent.objects.count()) == (False, 0)
