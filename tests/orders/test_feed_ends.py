"""How a feed ends when its file cannot be read, and what the same file does when it is sent again."""

import json
from xml.etree import ElementTree as ET

import pytest

from comity.files.services.blobs import path_of
from comity.orders.models import Feed
from comity.orders.services.feeds import processing
from comity.orders.services.feeds.processing import process, process_due
from comity.orders.services.feeds.reading import Fatal
from comity.orders.services.feeds.reporting import REPORTS
from tests.factories import NOW
from tests.orders.feeds import lines, send, shipped, shop_with, take_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("read_in_this_process")]


def test_what_is_told_to_be_sent_again_can_be():
    shop, (one,) = shop_with()
    content = lines(shipped(one)).encode()
    feed = take_in(shop, content).feed
    path_of(feed.blob.digest).unlink()
    assert process(feed, now=NOW).state == "fatal"
    again = take_in(shop, content)
    assert (again.repeated, again.feed.pk, again.feed.state) == (False, feed.pk, "received")
    assert process_due(NOW) == 1
    done = Feed.objects.get()
    assert (done.state, done.fatal, done.applied) == ("done", "", 1)
    assert take_in(shop, content).repeated


def test_what_broke_off_goes_on_where_it_stood_when_it_is_sent_again(monkeypatch):
    shop, (one, two) = shop_with(2)
    whole, content = processing.records, lines(shipped(one), shipped(two)).encode()

    def broken_off(file, **job):
        yield next(whole(file, **job))
        raise Fatal("broken", "It broke off.")

    monkeypatch.setattr(processing, "records", broken_off)
    feed = send(shop, content)
    assert (feed.state, feed.records, feed.fatal) == ("done", 1, "It broke off.")
    monkeypatch.setattr(processing, "records", whole)
    again = send(shop, content)
    assert (again.pk, again.state, again.records, again.applied, again.unchanged) == (feed.pk, "done", 2, 2, 0)


@pytest.mark.parametrize("sign", ["\0", "\1", "\x7f", "\ufffe"])
def test_a_heading_with_a_sign_that_cannot_be_stored_ends_the_feed_with_a_report(sign):
    shop, _ = shop_with()
    feed = send(shop, f"order-id\tship-date\tco{sign}lumn\n305-1\t2026-11-02\tx\n")
    assert (feed.state, Feed.objects.get().fatal.isprintable()) == ("fatal", True)
    assert ET.fromstring("".join(REPORTS["xml"].lines(feed))).findtext(".//ResultMessageCode") == "fatal"


def test_a_name_of_a_field_that_cannot_be_stored_is_a_refusal_that_can():
    shop, (one,) = shop_with()
    feed = send(shop, json.dumps({**shipped(one), "a\0b\ud800": 1}))
    assert list(feed.results.values_list("field", "code")) == [("a\ufffdb\ufffd", "unknown_field")]
    ET.fromstring("".join(REPORTS["xml"].lines(feed)))
