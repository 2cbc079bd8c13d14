"""A prepared query finds what its queryset finds, with other values each time."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import DatabaseError, IntegrityError
from django.db.models import Exists, OuterRef
from django.db.transaction import atomic

from comity.accounts.models import Restriction, Seller, Staff
from comity.accounts.services.restrictions import restrict
from comity.common.many import many
from comity.common.models import EventDelivery, OutboxEvent, RecordBody, RecordEntry
from comity.common.prepared import Prepared, add_all, insert, insert_all, update, update_all
from comity.common.transactions import unanswered
from tests import factories
from tests.factories import NOW

by_name = Prepared(
    lambda name, market: Seller.objects.select_related("marketplace", "organisation").filter(
        name=name, marketplace=market
    ),
    name=str,
    market=int,
)


@pytest.mark.django_db
def test_rows_are_whole_with_their_relations_and_cost_one_query(django_assert_num_queries):
    seller, other = factories.seller(), factories.seller()
    by_name(name="nobody", market=1)  # compiled here

    with django_assert_num_queries(2):
        found = by_name(name=seller.name, market=seller.marketplace_id)
        assert [(row, row.marketplace.slug, row.organisation.name) for row in found] == [
            (seller, seller.marketplace.slug, seller.organisation.name)
        ]
        assert by_name.first(name=other.name, market=other.marketplace_id) == other
    assert found[0]._state.adding is False


@pytest.mark.django_db
def test_nothing_is_found_for_values_that_fit_nobody():
    seller = factories.seller()

    assert by_name(name=seller.name, market=seller.marketplace_id + 1) == []
    assert by_name.first(name="' OR 1=1 --", market=seller.marketplace_id) is None


@pytest.mark.django_db
def test_encrypted_columns_are_read_as_the_queryset_reads_them():
    staff = factories.staff()
    with_user = Prepared(lambda pk: Staff.objects.select_related("user").filter(pk=pk), pk=int)

    assert with_user.first(pk=staff.pk).user.email == staff.user.email


@pytest.mark.django_db
def test_a_moment_may_stand_in_an_annotation_more_than_once():
    seller = factories.seller()
    restrict(seller=seller, kind="messaging", reason="Spam", ends_at=NOW + timedelta(hours=1), now=NOW)

    def restricted(now):
        running = Restriction.objects.filter(starts_at__lte=now, ends_at__gt=now, seller=OuterRef("pk"))
        return Seller.objects.annotate(restricted=Exists(running))

    asked = Prepared(restricted, now=type(NOW))
    assert [asked.first(now=NOW + timedelta(hours=hours)).restricted for hours in (-1, 0, 1)] == [False, True, False]


@pytest.mark.django_db
def test_tuples_are_what_the_database_answers():
    seller = factories.seller()
    names = Prepared(lambda pk: Seller.objects.filter(pk=pk).values_list("name"), pk=int)

    assert list(names.tuples(pk=seller.pk)) == [(seller.name,)]


@pytest.mark.django_db
def test_a_value_that_the_query_does_not_use_is_a_mistake():
    with pytest.raises(ValueError, match="not found again in the query: name"):
        Prepared(lambda pk, name: Seller.objects.filter(pk=pk), pk=int, name=str)(pk=1, name="x")


@pytest.mark.django_db
def test_the_sql_is_that_of_the_queryset(django_assert_num_queries):
    with django_assert_num_queries(1) as prepared:
        by_name(name="Alder", market=3)
    with django_assert_num_queries(1) as plain:
        list(Seller.objects.select_related("marketplace", "organisation").filter(name="Alder", marketplace=3))

    assert prepared.captured_queries[0]["sql"] == plain.captured_queries[0]["sql"]


@pytest.mark.django_db
def test_a_number_may_be_that_of_a_small_column():
    by_attempts = Prepared(lambda attempts: EventDelivery.objects.filter(attempts=attempts), attempts=int)

    assert by_attempts(attempts=3) == []


def _columns(number: int) -> dict:
    about = {"public_id": f"evt_{number}", "name": "message.accepted", "marketplace": "mkt_1", "stream": "cnv_1"}
    return about | {"sequence": number, "occurred_at": NOW, "data": {"words": '%s, "quoted"'}}


def _event(number: int, **more) -> OutboxEvent:
    return OutboxEvent(**_columns(number), **more)


@pytest.mark.django_db
def test_a_row_is_stored_as_save_stores_it(django_assert_num_queries):
    insert(_event(1))  # compiled here
    _event(2).save()

    with django_assert_num_queries(1):
        kept = insert(_event(3))
    assert not kept._state.adding
    kept.refresh_from_db()
    by_save = OutboxEvent.objects.get(sequence=2)
    told = [(row.occurred_at, row.data, row.actor, row.position, row.version) for row in (kept, by_save)]
    assert told[0] == told[1]
    assert kept.pk == by_save.pk + 1


@pytest.mark.django_db
def test_a_row_whose_key_is_another_rows_is_stored_too():
    entry = RecordEntry(chain="cnv_1", marketplace="mkt_1", position=1, kind="posted", facts="{}", digest="d")
    insert_all([entry])
    insert(RecordBody(entry=entry, salt=b"\x00salt", text="Words"))

    assert (bytes(RecordBody.objects.get(entry=entry).salt), entry.body.text) == (b"\x00salt", "Words")


@pytest.mark.django_db
def test_a_second_row_with_a_unique_value_is_refused_as_by_save():
    insert(_event(1))

    with pytest.raises(IntegrityError), atomic():
        insert(_event(1))
    insert_all([_event(2), _event(3)])
    insert_all([])
    assert OutboxEvent.objects.count() == 3


@pytest.mark.django_db
def test_only_the_named_fields_of_a_row_are_stored(django_assert_num_queries):
    event = insert(_event(1))
    event.actor, event.position, event.name = "usr_1", None, "never.stored"
    update(event, ["actor", "position"])
    event.position = 7

    with django_assert_num_queries(1):
        update(event, ["actor", "position"])
    kept = OutboxEvent.objects.get()
    assert (kept.actor, kept.position, kept.name) == ("usr_1", 7, "message.accepted")


@pytest.mark.django_db
def test_a_row_that_is_gone_is_not_stored():
    event = insert(_event(1))
    OutboxEvent.objects.all().delete()

    with pytest.raises(DatabaseError, match="is gone"):
        update(event, ["actor"])
    assert not OutboxEvent.objects.exists()


def _rows(count, **fields):
    about = {"chain": "cnv_1", "marketplace": "mkt_1", "facts": '{"a":"ä%s"}', "body_digest": "", "digest": "d"}
    return [
        RecordEntry(**{**about, "position": n, "kind": RecordEntry.Kind.POSTED, **fields}) for n in range(1, count + 1)
    ]


@pytest.mark.postgres
@pytest.mark.django_db
@pytest.mark.parametrize("count", [1, 3])
def test_many_rows_are_stored_in_one_statement_and_know_their_keys(django_assert_num_queries, count):
    rows, events = _rows(count), [_event(n) for n in range(1, count + 1)]
    with django_assert_num_queries(3):
        insert_all(rows)
        insert_all(events)
        insert_all([RecordBody(entry=row, salt=b"\0s", text="words") for row in rows])
    assert [RecordEntry.objects.get(pk=row.pk).position for row in rows] == list(range(1, count + 1))
    assert list(RecordEntry.objects.values_list("kind", "facts").distinct()) == [("posted", '{"a":"ä%s"}')]
    stored = OutboxEvent.objects.order_by("id").first()
    assert (stored.data, stored.occurred_at, stored.position) == (events[0].data, events[0].occurred_at, None)
    assert bytes(RecordBody.objects.first().salt) == b"\0s"


@pytest.mark.postgres
@pytest.mark.django_db
def test_rows_that_are_done_with_are_stored_and_learn_no_keys(django_assert_num_queries):
    rows = _rows(3)
    with django_assert_num_queries(1):
        insert_all(rows, keys=False)
    assert [row.pk for row in rows] == [None] * 3
    assert list(RecordEntry.objects.order_by("id").values_list("position", flat=True)) == [1, 2, 3]


@pytest.mark.postgres
@pytest.mark.django_db
@pytest.mark.parametrize("count", [1, 3])
def test_many_rows_are_added_and_changed_in_one_statement(django_assert_num_queries, count):
    with django_assert_num_queries(1):
        add_all(OutboxEvent, (_columns(n) for n in range(1, count + 1)))
    events = list(OutboxEvent.objects.order_by("id"))
    for number, one in enumerate(events):
        one.name, one.data, one.position = f"changed.{number}", {"n": [number]}, None if number else 7
        one.actor = "not stored"
    with django_assert_num_queries(1):
        update_all(events, ["name", "data", "position"])
    found = list(OutboxEvent.objects.order_by("id").values_list("name", "data", "position", "actor"))
    assert found == [(f"changed.{n}", {"n": [n]}, None if n else 7, "") for n in range(count)]
    add_all(OutboxEvent, [])
    update_all([], ["name"])


@pytest.mark.postgres
@pytest.mark.django_db
@pytest.mark.parametrize("names", [["same"] * 3, ['a"b', "c\\d\n{,}", "NULL"], ["", " ", "\\"]])
def test_texts_and_moments_of_many_rows_are_stored_as_they_are(names):
    zone = ZoneInfo("Europe/Berlin")  # its clocks show this hour twice
    moments = [datetime(2026, 10, 25, 2, 30, tzinfo=zone, fold=fold) for fold in (0, 1, 1)]
    rows = [
        _columns(n) | {"name": name, "occurred_at": at} for n, name, at in zip(range(3), names, moments, strict=True)
    ]
    add_all(OutboxEvent, rows)
    found = OutboxEvent.objects.order_by("sequence").values_list("name", "occurred_at")
    assert list(found) == [(name, at.astimezone(UTC)) for name, at in zip(names, moments, strict=True)]


@pytest.mark.django_db
def test_a_name_that_is_no_columns_is_a_mistake():
    with pytest.raises(TypeError, match="OutboxEvent has no sequel"):
        add_all(OutboxEvent, [_columns(1) | {"sequel": 1}])
    assert not OutboxEvent.objects.exists()


@pytest.mark.postgres
@pytest.mark.django_db
def test_what_is_refused_without_waiting_is_raised_at_the_end_and_nothing_of_it_stays():
    add_all(OutboxEvent, [_columns(1)])
    with pytest.raises(IntegrityError), atomic(), unanswered():
        [add_all(OutboxEvent, [_columns(number)]) for number in (2, 1)]
    assert OutboxEvent.objects.get().sequence == 1


@pytest.mark.postgres
@pytest.mark.django_db
def test_many_values_are_one_parameter(django_assert_num_queries):
    add_all(OutboxEvent, [_columns(n) | {"name": name} for n, name in enumerate(['a"b', "c\\{,}", "d"], 1)])
    with django_assert_num_queries(2):
        assert OutboxEvent.objects.filter(name__in=many({'a"b', "c\\{,}", "' OR 1=1"})).count() == 2
        assert OutboxEvent.objects.filter(sequence__in=many([2, 3, 4])).count() == 2
    with django_assert_num_queries(0):
        assert not OutboxEvent.objects.filter(name__in=many([]))
