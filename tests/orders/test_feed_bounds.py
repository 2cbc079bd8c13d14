"""What one feed, one batch and one record of it may take of the worker, whatever somebody sends."""

import gzip
import io
import os
import resource

import pytest

from comity.orders.services.feeds.processing import process
from tests.factories import NOW
from tests.orders.feeds import ADJUSTMENT, SHIPPING, lines, results, send, shipped, shop_with, take_in

pytestmark = pytest.mark.django_db


def peak():
    """The most memory that this process has had, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1_024


def batches_of(shop, content):
    """After which records a batch ended."""
    marks = []
    process(take_in(shop, content.encode(), SHIPPING).feed, now=NOW, watch=marks.append)
    return marks


def test_a_small_file_that_unpacks_to_many_objects_takes_little_memory():
    shop, (one,) = shop_with()
    items = b",".join([b"{}"] * 315_000)
    packed = io.BytesIO()
    with gzip.open(packed, "wb") as file:
        for number in range(20):
            file.write(b'{"order":"%d","x":"%b","items":[%b]}\n' % (number, os.urandom(21_000).hex().encode(), items))
        file.write(lines(shipped(one)).encode())
    before = peak()
    feed = send(shop, packed.getvalue())
    assert peak() - before < 50
    assert (feed.state, feed.refused, feed.applied) == ("done", 20, 1)
    assert results(feed) == [(number + 1, str(number), "items", "too_large") for number in range(20)]


def test_a_batch_ends_at_a_million_bytes():
    shop, orders = shop_with(7)
    names = ["x" * 399_900, "x" * 399_900, "", "x" * 900_000, "", "", "x" * 399_900]
    long = lines(*(shipped(one, carrier_name=name) for one, name in zip(orders, names, strict=True)))
    assert batches_of(shop, long) == [3, 6, 7]


def test_records_that_together_are_short_are_one_batch():
    shop, orders = shop_with(501)
    assert batches_of(shop, lines(*(shipped(one) for one in orders))) == [500, 501]


def wrong(count):
    """A record of which so much is wrong."""
    return {"items": [{"line": "1", "reason": "Other", "parts": [{"component": "?", "amount": "1"}] * count}]}


@pytest.mark.usefixtures("read_in_this_process")
@pytest.mark.parametrize(("count", "told", "more"), [(20, 20, None), (21, 20, "1"), (1_000, 20, "980")])
def test_the_first_faults_of_a_record_are_told_and_how_many_more_there_are(count, told, more):
    shop, (one, two) = shop_with(2)
    feed = send(shop, lines({"order": one.number, **wrong(count)}, {"order": two.number, **wrong(1)}), ADJUSTMENT)
    first = [(1, one.number, f"items[0].parts[{number}].component", "unknown_choice") for number in range(told)]
    rest = [(1, one.number, "", "more")] if more else []
    assert results(feed) == [*first, *rest, (2, two.number, "items[0].parts[0].component", "unknown_choice")]
    said = [f"More is wrong with this record than these 20; not listed: {more}."] if more else []
    assert [one.sentence for one in feed.results.filter(code="more")] == said


@pytest.mark.usefixtures("read_in_this_process")
def test_of_what_a_service_says_of_a_record_the_first_is_told_too():
    shop, (one,) = shop_with()
    feed = send(shop, lines(shipped(one, items=[{"line": f"no-{number}"} for number in range(1_000)])))
    assert (feed.results.count(), feed.results.order_by("id").last().code) == (21, "more")
