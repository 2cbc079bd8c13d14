"""Every field of every row of a record is altered in turn; each alteration must show (R16)."""

import json

import pytest
from django.db import transaction

from comity.common import record
from comity.common.models import RecordBody, RecordEntry
from comity.common.record import Entry
from comity.messaging.models import Conversation
from tests.common.conftest import NOW

CHAINS = 20
EXPECTED_ALTERATIONS = CHAINS * (11 * 7 + 4 * 2 + 11)  # entries × columns, bodies × columns, entries removed


def entries_of_a_conversation():
    said = [
        Entry("posted", {"message": "msg_1", "number": 1}, "Where is my parcel?"),
        Entry("screened", {"rule": None}),
    ]
    ruled = [Entry("posted", {"message": "msg_2"}, ""), Entry("ruled", {"decision": "release"}, "Fine")]
    rest = [Entry("delivered"), Entry("posted", text="Ünïcode ☂"), Entry("screened"), Entry("delivered")]
    return [*said, *ruled, *rest, Entry("posted", text="to be erased"), Entry("marked")]


def write_chains():
    owners = []
    for n in range(CHAINS):
        owner = Conversation()
        chain = f"cnv_{n:02}_"
        written = record.append(owner, entries_of_a_conversation(), chain=chain, marketplace="mkt_1", now=NOW)
        record.erase(owner, written[8], facts={}, now=NOW)
        rows = RecordEntry.objects.filter(chain=chain).select_related("body").order_by("position")
        owners.append((chain, owner, list(rows)))
    return owners


def flipped(value):
    """``value`` with its last character, digit or byte changed, and nothing else."""
    if isinstance(value, int):
        return value + 1000
    if isinstance(value, bytes | memoryview):
        return bytes(value)[:-1] + bytes([bytes(value)[-1] ^ 1])
    if not value:
        return "0"
    return value[:-1] + ("0" if value[-1] != "0" else "1")


def alterations(rows):
    columns = ["chain", "marketplace", "position", "kind", "facts", "body_digest", "digest"]
    for row in rows:
        for column in columns:
            yield RecordEntry, row.pk, {column: flipped(getattr(row, column))}
        yield RecordEntry, row.pk, None
        if hasattr(row, "body"):
            yield RecordBody, row.pk, {"text": flipped(row.body.text)}
            yield RecordBody, row.pk, {"salt": flipped(row.body.salt)}


def alter(model, pk, change):
    if change is not None:
        assert model.objects.filter(pk=pk).update(**change) == 1
        return
    RecordBody.objects.filter(pk=pk).delete()
    model.objects.filter(pk=pk).delete()


@pytest.mark.django_db
def test_every_altered_field_and_every_removed_row_is_detected():
    tried = missed = 0
    for chain, owner, rows in write_chains():
        head = [(chain, owner.record_count, owner.record_head)]
        assert list(record.verify(head)) == []
        for alteration in alterations(rows):
            mark = transaction.savepoint()
            alter(*alteration)
            tried += 1
            missed += not list(record.verify(head))
            transaction.savepoint_rollback(mark)
    assert (tried, missed) == (EXPECTED_ALTERATIONS, 0)


@pytest.mark.django_db
def test_the_named_position_is_the_altered_one():
    [(chain, owner, rows), *_] = write_chains()
    for row in rows:
        mark = transaction.savepoint()
        facts = json.loads(row.facts) | {"at": "2020-01-01T00:00:00+00:00"}
        RecordEntry.objects.filter(pk=row.pk).update(facts=json.dumps(facts))
        [fault] = record.verify([(chain, owner.record_count, owner.record_head)])
        transaction.savepoint_rollback(mark)
        assert fault == record.Fault(chain, row.position, "facts, columns, digest or predecessor have been altered")


@pytest.mark.django_db
def test_a_check_that_forgets_the_digest_would_be_noticed_here(monkeypatch):
    """The mutant of R16: with the digest's comparison taken out, an altered fact goes unseen."""
    [(chain, owner, rows), *_] = write_chains()
    altered = rows[1].facts.replace("null", "1")
    RecordEntry.objects.filter(pk=rows[1].pk).update(facts=altered)
    head = [(chain, owner.record_count, owner.record_head)]
    assert len(list(record.verify(head))) == 1
    stored = {row.header: row.digest for row in RecordEntry.objects.filter(chain=chain)}
    monkeypatch.setattr(record, "_digest", lambda _previous, header, _body: stored[header])
    assert list(record.verify(head)) == []
