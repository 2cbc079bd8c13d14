from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from comity.common import record
from comity.common.crypto import encrypt
from comity.common.models import RecordBody, RecordEntry, RecordHeadLog
from comity.common.record import Entry, Fault
from comity.messaging.models import Conversation
from tests.common.conftest import NOW

MARKETPLACE = "mkt_1"
CHAIN = "cnv_1"


def put(owner, *entries, chain=CHAIN, now=NOW):
    return record.append(owner, entries, chain=chain, marketplace=MARKETPLACE, now=now)


def cut(**which):
    """Remove entries with their words, as an intruder would."""
    gone = list(RecordEntry.objects.filter(**which).values_list("pk", flat=True))
    RecordBody.objects.filter(pk__in=gone).delete()
    RecordEntry.objects.filter(pk__in=gone).delete()


def faults(*owners, whole=False):
    heads = [(chain, owner.record_count, owner.record_head) for chain, owner in owners]
    return list(record.verify(heads, whole=whole))


def log(day, *owners):
    heads = [(chain, owner.record_count, owner.record_head) for chain, owner in owners]
    return record.write_head_log(marketplace=MARKETPLACE, day_on=date(2026, 3, day), heads=heads)


@pytest.mark.django_db
def test_entries_are_numbered_and_each_digest_covers_the_one_before(chained):
    posted, screened = put(chained, Entry("posted", {"message": "msg_1"}, "Hello"), Entry("screened"))
    assert (posted.position, screened.position) == (1, 2)
    assert (chained.record_count, chained.record_head) == (2, screened.digest)
    assert posted.header == (
        '{"v":1,"chain":"cnv_1","marketplace":"mkt_1","position":1,"kind":"posted",'
        '"facts":{"at":"2026-03-01T12:00:00+00:00","message":"msg_1"}}'
    )
    assert screened.body_digest == ""
    assert faults((CHAIN, chained)) == []


@pytest.mark.django_db
def test_the_digest_is_the_documented_one(chained):
    from hashlib import sha256

    first, second = put(chained, Entry("posted", text="é"), Entry("posted", text="é"))
    body = sha256(bytes(second.body.salt) + "é".encode()).hexdigest()
    assert second.body_digest == body != first.body_digest
    assert second.digest == sha256((first.digest + second.header + body).encode()).hexdigest()


@pytest.mark.django_db
def test_appending_costs_one_statement_for_entries_and_one_for_words(chained):
    with CaptureQueriesContext(connection) as queries:
        put(chained, Entry("posted", text="Hello"), Entry("screened"), Entry("ruled", text="Fine"))
    assert len([query for query in queries if query["sql"].startswith("INSERT")]) == 2


@pytest.mark.django_db
def test_a_fact_cannot_take_the_name_of_a_header_field(chained):
    for name in ("at", "sealed"):
        with pytest.raises(ValueError, match="facts may not be named at"):
            put(chained, Entry("posted", {name: "yesterday"}))
    assert (chained.record_count, RecordEntry.objects.count()) == (0, 0)


@pytest.mark.django_db
def test_two_writers_cannot_both_take_a_position(chained):
    put(chained, Entry("posted"))
    with pytest.raises(IntegrityError):
        put(Conversation(), Entry("posted"))


@pytest.mark.django_db
def test_erased_words_leave_the_chain_whole_and_the_record_says_so(chained):
    posted, _ = put(chained, Entry("posted", text="My number is 5"), Entry("screened"))
    erased = record.erase(chained, posted, facts={"ground": "request"}, now=NOW)
    assert not RecordBody.objects.exists()
    assert '"erases":1' in erased.facts
    assert '"ground":"request"' in erased.facts
    assert faults((CHAIN, chained)) == []


@pytest.mark.django_db
def test_sealed_words_lie_encrypted_and_a_turned_key_changes_no_digest(chained, settings):
    (sealed,) = put(chained, Entry("marked", text="1 Elm Street", sealed=True))
    assert "Elm" not in RecordBody.objects.get().text
    settings.DATA_KEYS = {"k9": b"9" * 32, **settings.DATA_KEYS}
    RecordBody.objects.update(text=encrypt(record.words_of(sealed)))
    assert RecordBody.objects.get().text.startswith("k9:")
    assert (record.words_of(RecordEntry.objects.get()), faults((CHAIN, chained))) == ("1 Elm Street", [])


@pytest.mark.django_db
@pytest.mark.parametrize("alter", [lambda _: "k9:AAAA", lambda _: "1 Elm Street", lambda kept: kept[:-8]])
def test_sealed_words_that_cannot_be_read_are_a_fault(chained, alter):
    put(chained, Entry("marked", text="1 Elm Street", sealed=True))
    RecordBody.objects.update(text=alter(RecordBody.objects.get().text))
    what = "the words have been altered, or the key is gone with which they were encrypted"
    assert faults((CHAIN, chained)) == [Fault(CHAIN, 1, what)]


@pytest.mark.django_db
def test_words_cannot_be_erased_twice(chained):
    [posted] = put(chained, Entry("posted", text="My number is 5"))
    record.erase(chained, posted, facts={}, now=NOW)
    with pytest.raises(RecordBody.DoesNotExist):
        record.erase(chained, posted, facts={}, now=NOW)
    assert chained.record_count == 2


@pytest.mark.django_db
def test_words_that_vanish_without_an_erased_entry_are_a_fault(chained):
    put(chained, Entry("posted"), Entry("posted", text="Hello"), Entry("screened"))
    RecordBody.objects.all().delete()
    assert faults((CHAIN, chained)) == [Fault(CHAIN, 2, "the words are missing and nothing says that they were erased")]


@pytest.mark.django_db
def test_words_that_come_back_after_erasure_are_a_fault(chained):
    [posted] = put(chained, Entry("posted", text="Hello"))
    body = posted.body
    record.erase(chained, posted, facts={}, now=NOW)
    RecordBody.objects.create(entry=posted, salt=body.salt, text=body.text)
    assert faults((CHAIN, chained)) == [Fault(CHAIN, 1, "the words are there although they were erased")]


@pytest.mark.django_db
def test_the_first_altered_entry_is_named_and_the_other_chain_is_not(chained):
    other = Conversation()
    put(chained, *[Entry("posted", {"n": n}, "Hello") for n in range(5)])
    put(other, Entry("posted", text="Hello"), chain="cnv_2")
    RecordBody.objects.filter(entry__position=3).update(text="Hallo")
    cut(position=5)
    assert faults((CHAIN, chained), ("cnv_2", other)) == [Fault(CHAIN, 3, "the words have been altered")]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("entries", "owner", "expected"),
    [
        ([1], (3, None), Fault(CHAIN, 2, "the entry is missing: there were 3")),
        ([1, 2, 3], (2, None), Fault(CHAIN, 3, "its owner knows another count or head")),
        ([1, 2, 3], (3, "0" * 64), Fault(CHAIN, 3, "its owner knows another count or head")),
        ([2, 3], (3, None), Fault(CHAIN, 1, "the entry is missing: position 2 comes next")),
        ([], (3, None), Fault(CHAIN, 1, "the entry is missing: there were 3")),
    ],
    ids=["tail cut", "owner behind", "another head", "first gone", "all gone"],
)
def test_cut_and_shortened_chains_are_found(chained, entries, owner, expected):
    put(chained, Entry("posted"), Entry("screened"), Entry("delivered"))
    cut(position__in={1, 2, 3} - set(entries))
    count, head = owner
    assert list(record.verify([(CHAIN, count, head or chained.record_head)])) == [expected]


@pytest.mark.django_db
def test_the_head_log_shows_a_tail_that_was_cut_with_its_owner_mended(chained):
    first, _ = put(chained, Entry("posted"), Entry("delivered"))
    log(1, (CHAIN, chained))
    cut(position=2)
    chained.record_count, chained.record_head = 1, first.digest
    assert faults((CHAIN, chained)) == [Fault(CHAIN, 2, "the entry is missing: there were 2")]
    log(2, (CHAIN, chained))  # the next day's log does not cover it up
    assert faults((CHAIN, chained)) == [Fault(CHAIN, 2, "the entry is missing: there were 2")]


@pytest.mark.django_db
def test_the_head_log_shows_a_chain_written_anew(chained):
    put(chained, Entry("posted", text="What was said"))
    log(1, (CHAIN, chained))
    cut()
    forged = Conversation()
    put(forged, Entry("posted", text="What was not said"))
    assert faults((CHAIN, forged)) == [Fault(CHAIN, 1, "the entry is not the one in the head log")]


NOT_THE_LOGGED = "the entry is not the one in the head log"


@pytest.mark.django_db
def test_the_next_day_s_log_does_not_cover_up_a_chain_written_anew(chained):
    put(chained, Entry("posted", text="What was said"), Entry("delivered"))
    log(1, (CHAIN, chained))
    cut()
    forged = Conversation()
    put(forged, Entry("posted", text="What was not said"), Entry("delivered"), Entry("marked"))
    assert log(2, (CHAIN, forged)).heads == {}
    put(forged, Entry("marked"))
    assert log(3, (CHAIN, forged)).heads == {}
    assert faults((CHAIN, forged)) == [Fault(CHAIN, 2, NOT_THE_LOGGED)]
    assert faults((CHAIN, forged), whole=True) == [Fault(CHAIN, 2, NOT_THE_LOGGED)]


@pytest.mark.django_db
def test_the_next_day_s_log_does_not_cover_up_a_tail_cut_and_grown_again(chained):
    first, _ = put(chained, Entry("posted"), Entry("delivered"))
    log(1, (CHAIN, chained))
    cut(position=2)
    chained.record_count, chained.record_head = 1, first.digest
    put(chained, Entry("withdrawn"))
    assert log(2, (CHAIN, chained)).heads == {}
    assert faults((CHAIN, chained)) == [Fault(CHAIN, 2, NOT_THE_LOGGED)]


@pytest.mark.django_db
def test_an_earlier_log_still_counts_when_a_later_one_knows_more(chained):
    put(chained, Entry("posted", {"n": 1}))
    log(1, (CHAIN, chained))
    put(chained, Entry("delivered"))
    log(2, (CHAIN, chained))
    cut()
    forged = Conversation()
    put(forged, Entry("posted", {"n": 2}), Entry("delivered"))
    assert faults((CHAIN, forged)) == [Fault(CHAIN, 1, NOT_THE_LOGGED)]


@pytest.mark.django_db
def test_a_log_names_only_the_chains_that_grew(chained):
    other = Conversation()
    put(chained, Entry("posted"))
    put(other, Entry("posted"), chain="cnv_2")
    log(1, (CHAIN, chained), ("cnv_2", other), ("cnv_3", Conversation()))
    put(other, Entry("delivered"), chain="cnv_2")
    assert log(2, (CHAIN, chained), ("cnv_2", other)).heads == {"cnv_2": [2, other.record_head]}
    assert faults((CHAIN, chained), ("cnv_2", other), whole=True) == []
    cut(chain=CHAIN)
    assert faults(("cnv_2", other), whole=True) == [Fault(CHAIN, 1, "the whole chain is missing: there were 1 entries")]


@pytest.mark.django_db
@pytest.mark.parametrize("whole", [True, False])
def test_a_chain_that_was_emptied_with_its_owner_mended_shows(chained, whole):
    put(chained, Entry("posted"))
    log(1, (CHAIN, chained))
    cut()
    assert faults((CHAIN, Conversation()), whole=whole) == [Fault(CHAIN, 1, "the entry is missing: there were 1")]


@pytest.mark.django_db
def test_an_altered_log_is_not_signed_on(chained):
    put(chained, Entry("posted"))
    log(1, (CHAIN, chained))
    RecordHeadLog.objects.update(heads={"cnv_9": [7, "0" * 64]})
    assert log(2, (CHAIN, chained)).heads == {CHAIN: [1, chained.record_head]}


@pytest.mark.django_db
def test_a_chain_that_is_gone_altogether_shows_when_the_whole_is_checked(chained):
    put(chained, Entry("posted"))
    log(1, (CHAIN, chained))
    cut()
    assert faults(whole=True) == [Fault(CHAIN, 1, "the whole chain is missing: there were 1 entries")]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "change",
    [
        {"heads": {CHAIN: [1, "0" * 64]}},
        {"day_on": date(2026, 2, 28)},
        {"signature": "0" * 64},
        {"marketplace": "mkt_2"},
    ],
)
def test_an_altered_head_log_is_named_and_not_believed(chained, change):
    put(chained, Entry("posted"), Entry("delivered"))
    log(1, (CHAIN, chained))
    RecordHeadLog.objects.update(**change)
    [fault] = faults((CHAIN, chained), whole=True)
    assert (fault.position, "has been altered" in fault.what) == (0, True)


@pytest.mark.django_db
def test_one_head_log_a_day(chained):
    put(chained, Entry("posted"))
    first = log(1, (CHAIN, chained))
    put(chained, Entry("delivered"))
    assert log(1, (CHAIN, chained)) == first
    assert RecordHeadLog.objects.get().heads == {CHAIN: [1, RecordEntry.objects.get(position=1).digest]}


@pytest.mark.django_db
def test_verifying_many_chains_takes_a_query_for_each_two_hundred(django_assert_num_queries):
    owners = [(f"cnv_{n:03}", Conversation()) for n in range(201)]
    for chain, owner in owners:
        put(owner, Entry("posted"), chain=chain)
    with django_assert_num_queries(4):  # two batches, each with what the head logs say of it
        assert faults(*owners) == []


class RandomChains(TestCase):
    kinds = st.sampled_from(RecordEntry.Kind.values[:-1])
    texts = st.none() | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
    facts = st.dictionaries(st.text("abc", min_size=1), st.integers() | st.booleans() | st.text("xé") | st.none())

    @given(st.lists(st.builds(Entry, kinds, facts, texts), max_size=6), st.data())
    def test_any_chain_verifies_until_something_is_altered(self, entries, data):
        owner = Conversation()
        rows = put(owner, *entries)
        assert faults((CHAIN, owner)) == []
        for row in rows:
            if row.body_digest and data.draw(st.booleans()):
                record.erase(owner, row, facts={}, now=NOW + timedelta(days=1))
        assert faults((CHAIN, owner)) == []
