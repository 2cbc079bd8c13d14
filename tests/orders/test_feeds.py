"""Feeds: every record is answered, good ones are applied once, whatever is between them or cuts the work off."""

import gzip
import io
import re
from datetime import timedelta
from itertools import count
from pathlib import Path

import pytest
from django.db import IntegrityError, OperationalError
from django.db.models import F

from comity.common.errors import Refused
from comity.common.import_values import BadValue
from comity.common.models import OutboxEvent
from comity.files.services.blobs import path_of
from comity.ledger.models import Journal, Payable
from comity.orders.models import Adjustment, Feed, FeedResult, Order, Shipment
from comity.orders.services.feeds import processing
from comity.orders.services.feeds.kinds import moment_of
from comity.orders.services.feeds.processing import process
from comity.orders.services.feeds.reading import records
from comity.orders.services.feeds.reporting import REPORTS
from comity.orders.services.feeds.submitting import submit
from tests.factories import NOW, seller
from tests.orders.feeds import (
    ACKNOWLEDGEMENT,
    ADJUSTMENT,
    SHIPPING,
    lines,
    refund,
    results,
    send,
    shipped,
    shop_with,
    take_in,
)

XML_EXAMPLES = re.findall(r"```xml\n(.*?)```", Path("docs/sell/feeds.md").read_text("utf-8"), re.DOTALL)
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("read_in_this_process")]


def test_a_feed_is_read_in_a_process_of_its_own(monkeypatch):
    monkeypatch.setattr(processing, "records", records)
    shop, (one,) = shop_with()
    assert send(shop, lines(shipped(one))).applied == 1


@pytest.mark.requirement("S58", "S59", "S72")
def test_a_shipping_feed_confirms_and_charges():
    shop, (one, two) = shop_with(2)
    feed = send(shop, lines(shipped(one, tracking="00340434161094042557"), shipped(two)))
    assert (feed.state, feed.records, feed.applied, feed.refused) == ("done", 2, 2, 0)
    assert set(Order.objects.values_list("status", flat=True)) == {"shipped"}
    assert Journal.objects.filter(kind="capture").count() == 2
    assert Shipment.objects.get(order=one).tracking_number == "00340434161094042557"


@pytest.mark.parametrize("reason", ["CustomerReturn", "RefusedDelivery", "Undeliverable"])
def test_what_never_left_did_not_come_back(reason):
    shop, (one,) = shop_with()
    feed = send(shop, lines(refund(one, reason=reason)), ADJUSTMENT)
    assert results(feed) == [(1, one.number, "items[0].reason", "never_left")]
    assert feed.results.get().sentence == (
        "Nothing of this order has left, and this reason is for what has. For what has not use CustomerCancel (the "
        "buyer cancelled), NoInventory (out of stock) or CouldNotShip (it could not be sent); if it did leave, confirm "
        "the shipment first."
    )
    assert (Adjustment.objects.count(), Journal.objects.count()) == (0, 0)


def test_a_number_with_the_blanks_of_its_label_is_the_same_number():
    shop, (one,) = shop_with()
    send(shop, lines(shipped(one, tracking="JVGL 06 1234 5678 9012")))
    again = send(shop, lines(shipped(one, tracking="JVGL06123456789012")))
    assert Shipment.objects.get().tracking_number == "JVGL06123456789012"
    assert (again.applied, again.refused, again.unchanged) == (0, 0, 1)


@pytest.mark.requirement("S58")
def test_an_adjustment_feed_gives_money_back():
    shop, (one,) = shop_with(status="shipped")
    feed = send(shop, lines(refund(one)), ADJUSTMENT)
    assert (feed.applied, results(feed)) == (1, [])
    made = Adjustment.objects.get()
    assert (made.reason, made.amount_minor, made.refunded_minor) == ("CustomerReturn", 1000, 1000)


def test_an_acknowledgement_feed_gives_up_what_cannot_be_fulfilled():
    shop, (one, two, three) = shop_with(3)
    records = [
        {"order": one.number, "status": "Success"},
        {"order": two.number, "status": "Failure", "reason": "WeatherDelay"},
        {"order": three.number, "status": "Failure", "items": [{"line": "1", "reason": "NoInventory"}]},
    ]
    feed = send(shop, lines(*records), ACKNOWLEDGEMENT)
    assert (feed.applied, results(feed)) == (3, [])
    states = [Order.objects.get(pk=each.pk).status for each in (one, two, three)]
    assert states == ["unshipped", "cancelled", "unfulfillable"]
    assert Adjustment.objects.get().reason == "NoInventory"


def test_a_bad_record_stops_no_other_one():
    shop, (one, two) = shop_with(2)
    foreign = shop_with(1)[1][0]
    feed = send(
        shop,
        lines(
            shipped(one),
            {"order": "305-0000000-0000000", "ship_date": "2026-11-02"},
            shipped(foreign),
            {**shipped(two), "ship_date": "2026-02-31"},
            {**shipped(two), "items": [{"line": "9", "quantity": 1}]},
            {**shipped(two), "items": [{"line": "1", "quantity": 2}]},
            {**shipped(two), "ship_date": "2026-12-24"},
            {"ship_date": "2026-11-02"},
            {**shipped(two), "colour": "red"},
            shipped(two),
        ),
    )
    assert (feed.applied, feed.refused, feed.records) == (2, 8, 10)
    said = {record: (field, code) for record, _, field, code in results(feed)}
    assert said[2] == said[3] == ("order", "unknown_order")
    assert said[4] == ("ship_date", "bad_date")
    assert said[8] == ("order", "missing")
    assert said[9] == ("colour", "unknown_field")
    assert {5, 6, 7} <= set(said)
    assert Shipment.objects.count() == 2


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"amount": "24.51"}, "more_than_paid"),
        ({"amount": "0.001"}, "decimals"),
        ({"amount": "-1.00"}, "negative"),
        ({"amount": "1,500"}, "comma_decimal"),
        ({"amount": "0"}, "missing"),
        ({"amount": "1e9"}, "not_a_number"),
        ({"reason": "BecauseILikeIt"}, "unknown_choice"),
        ({"line": "9"}, "unknown_line"),
    ],
)
def test_a_refund_that_cannot_be_is_refused_with_its_reason(fields, code):
    shop, (one,) = shop_with(status="shipped")
    feed = send(shop, lines(refund(one, **fields)), ADJUSTMENT)
    assert [said[3] for said in results(feed)] == [code]
    assert not Adjustment.objects.exists()
    assert not Journal.objects.filter(kind="refund").exists()


def test_the_currency_must_be_the_orders():
    shop, (one,) = shop_with(status="shipped")
    record = refund(one)
    record["items"][0]["parts"][0]["currency"] = "USD"
    feed = send(shop, lines(record), ADJUSTMENT)
    assert results(feed) == [(1, one.number, "items[0].parts[0].currency", "currency")]


def test_the_same_file_again_is_the_same_feed():
    shop, (one,) = shop_with()
    content = lines(shipped(one)).encode()
    first = send(shop, content)
    again = take_in(shop, content, now=NOW + timedelta(days=1))
    assert (again.repeated, again.feed.pk, again.feed.finished_at) == (True, first.pk, first.finished_at)
    assert Feed.objects.count() == 1


def test_another_shop_may_send_the_same_bytes():
    shop, (one,) = shop_with()
    content = lines(shipped(one)).encode()
    send(shop, content)
    feed = send(seller(shop.marketplace), content)
    assert results(feed) == [(1, one.number, "order", "unknown_order")]


def test_the_same_record_in_another_file_changes_nothing():
    shop, (one, two) = shop_with(2, status="shipped")
    send(shop, lines(refund(one)), ADJUSTMENT)
    feed = send(shop, lines(refund(one), refund(two)), ADJUSTMENT)
    assert (feed.applied, feed.unchanged, feed.refused) == (1, 1, 0)
    assert Adjustment.objects.count() == 2


@pytest.mark.parametrize("later", [timedelta(hours=2), timedelta(days=3)])
def test_a_shipment_of_the_same_day_in_another_file_is_known_already(later):
    shop, (one, two) = shop_with(2)
    send(shop, lines(shipped(one)))
    (before,) = Shipment.objects.values()
    feed = send(shop, lines(shipped(one), shipped(two)), now=NOW + later)
    assert (feed.applied, feed.unchanged, feed.refused) == (1, 1, 0)
    assert Shipment.objects.values().get(order=one) == before
    assert not OutboxEvent.objects.filter(stream=one.public_id, name="shipment.corrected").exists()


def test_another_day_in_another_file_corrects():
    shop, (one,) = shop_with()
    send(shop, lines(shipped(one)))
    assert send(shop, lines(shipped(one, ship_date="2026-11-01"))).applied == 1
    assert Shipment.objects.get().corrected_at is not None


def test_two_records_about_one_order_follow_each_other():
    shop, (one,) = shop_with(status="shipped")
    feed = send(shop, lines(refund(one, "20.00"), refund(one, "5.00"), refund(one, "4.50")), ADJUSTMENT)
    assert (feed.applied, [(record, code) for record, _, _, code in results(feed)]) == (2, [(2, "more_than_paid")])


def test_the_shops_own_order_id_names_an_order():
    shop, (one,) = shop_with()
    record = {**shipped(one), "merchant_order": one.external_id}
    del record["order"]
    assert send(shop, lines(record)).applied == 1


def test_an_own_id_that_two_orders_have_names_neither():
    shop, orders = shop_with(2)
    for one, source in zip(orders, ("shop-de", "shop-fr"), strict=True):
        Order.objects.filter(pk=one.pk).update(source=source, external_id="1001")
    feed = send(shop, lines({"merchant_order": "1001", "status": "Failure", "reason": "PricingError"}), ACKNOWLEDGEMENT)
    assert results(feed) == [(1, "1001", "merchant_order", "ambiguous_order")]
    assert set(Order.objects.values_list("status", flat=True)) == {"unshipped"}


@pytest.mark.parametrize("days", [("2026-11-02", "2026-11-02"), ("2026-11-01", "2026-11-02")])
def test_a_second_parcel_without_id_or_number_is_told_while_something_is_left(days):
    shop, (one,) = shop_with()
    one.lines.update(quantity=2)
    item = [{"line": "1", "quantity": 1}]
    feed = send(shop, lines(*(shipped(one, items=item, ship_date=day) for day in days)))
    assert (feed.applied, feed.unchanged) == (1, 1)
    assert results(feed) == [(2, one.number, "reference", "same_again")]
    assert Shipment.objects.get().corrected_at is None


@pytest.mark.parametrize(("size", "code"), [(0, "empty"), (200_000_001, "size")])
def test_an_empty_file_and_one_that_is_too_large_are_refused_and_nothing_is_stored(size, code):
    shop, _ = shop_with()
    with pytest.raises(Refused) as refused:
        submit(shop, io.BytesIO(b"x"), kind=SHIPPING, name="x", size=size, actor="", now=NOW)
    assert refused.value.code == code
    assert not Feed.objects.exists()


@pytest.mark.parametrize("content", [b"<!DOCTYPE x><AmazonEnvelope/>", b"rubbish", b"\xff\xfe\x00\x01", b"<x/>"])
def test_a_document_that_cannot_be_read_is_fatal_and_says_why(content):
    shop, _ = shop_with()
    feed = send(shop, content)
    assert (feed.state, feed.records, bool(feed.fatal)) == ("fatal", 0, True)


def test_a_document_that_breaks_off_is_done_as_far_as_it_goes():
    shop, (one, two) = shop_with(2)
    packed = gzip.compress(lines(shipped(one), shipped(two)).encode() + b"\n" * 1_100_000)
    feed = send(shop, packed)
    assert (feed.state, feed.applied) == ("done", 2)
    assert feed.fatal == "The file unpacks to more than 50 times its size. Send it unpacked."


class Killed(BaseException):
    """A process that ends in the middle of its work."""


@pytest.fixture
def orders_in_batches_of_ten(monkeypatch):
    shop, orders = shop_with(25)
    original = processing._batches
    monkeypatch.setattr(processing, "_batches", lambda unread, size: original(unread, 10))
    return shop, orders


def cut_off_after(batches, monkeypatch):
    left = iter(range(batches))

    def crash(name):
        if name == "feed_batch_applied" and next(left, None) is None:
            raise Killed

    monkeypatch.setattr(processing, "crash_point", crash)


@pytest.mark.parametrize("batches", [0, 1, 2])
def test_a_feed_that_was_cut_off_goes_on_where_it_stood(orders_in_batches_of_ten, monkeypatch, batches):
    shop, orders = orders_in_batches_of_ten
    feed = take_in(shop, lines(*(shipped(one) for one in orders)).encode()).feed
    cut_off_after(batches, monkeypatch)
    with pytest.raises(Killed):
        process(feed, now=NOW)
    stood = Feed.objects.get(pk=feed.pk)
    assert (stood.state, stood.records) == ("processing", min(10 * (batches + 1), 25))
    monkeypatch.setattr(processing, "crash_point", lambda name: None)
    done = process(stood, now=NOW)
    assert (done.state, done.applied, done.unchanged, done.refused) == ("done", 25, 0, 0)
    assert Shipment.objects.count() == Journal.objects.filter(kind="capture").count() == 25


def until_done(feed, monkeypatch):
    """Process it again and again, killed after every batch; how often it was."""
    kills = 0
    while feed.state != "done":
        cut_off_after(0, monkeypatch)
        try:
            feed = process(feed, now=NOW)
        except Killed:
            kills += 1
            feed = Feed.objects.get(pk=feed.pk)
    return kills


@pytest.mark.full
def test_a_feed_that_is_cut_off_behind_every_record_is_applied_once(monkeypatch):
    shop, orders = shop_with(100, status="shipped")
    original = processing._batches
    monkeypatch.setattr(processing, "_batches", lambda unread, size: original(unread, 1))
    feed = take_in(shop, lines(*(refund(one, "1.00") for one in orders)).encode(), ADJUSTMENT).feed
    assert until_done(feed, monkeypatch) == 100
    assert Adjustment.objects.count() == Journal.objects.filter(kind="refund").count() == 100
    assert Feed.objects.get().applied == 100


def test_the_cuts_would_show_records_that_are_applied_twice(orders_in_batches_of_ten, monkeypatch):
    """The mutant of R6: with neither the position of the feed nor a reference of its own, what was cut off is applied
    again.
    """
    shop, orders = orders_in_batches_of_ten
    Order.objects.update(status="shipped")
    Payable.objects.update(captured_minor=F("authorised_minor"))
    numbers = count()
    monkeypatch.setattr("comity.orders.services.feeds.kinds._digest", lambda content: f"any {next(numbers)}")
    feed = take_in(shop, lines(*(refund(one, "1.00") for one in orders)).encode(), ADJUSTMENT).feed
    cut_off_after(1, monkeypatch)
    with pytest.raises(Killed):
        process(feed, now=NOW)
    Feed.objects.update(records=0)
    monkeypatch.setattr(processing, "crash_point", lambda name: None)
    process(Feed.objects.get(), now=NOW)
    assert Adjustment.objects.count() == 45


def test_who_comes_second_stops(orders_in_batches_of_ten):
    shop, orders = orders_in_batches_of_ten
    feed = take_in(shop, lines(*(shipped(one) for one in orders)).encode()).feed
    stale = Feed.objects.get(pk=feed.pk)
    process(feed, now=NOW)
    assert process(stale, now=NOW).applied == 25
    assert (FeedResult.objects.count(), Shipment.objects.count()) == (0, 25)


@pytest.mark.parametrize("trouble", [IntegrityError, OverflowError, RuntimeError])
def test_one_record_that_fails_is_refused_and_the_others_stand(monkeypatch, trouble):
    shop, orders = shop_with(4)
    original = processing._ask

    def broken(feed, seller, batch, *, now):
        original(feed, seller, batch, now=now)
        if any(record.raw["record"] == 3 for record in batch):
            raise trouble

    monkeypatch.setattr(processing, "_ask", broken)
    feed = send(shop, lines(*(shipped(one) for one in orders)))
    assert (feed.state, feed.applied, feed.refused) == ("done", 3, 1)
    assert [(record, code) for record, _, _, code in results(feed)] == [(3, "conflict")]
    assert Shipment.objects.count() == 3


def test_a_database_that_is_away_is_no_records_fault(monkeypatch):
    shop, (one,) = shop_with()
    feed = take_in(shop, lines(shipped(one)).encode()).feed

    def away(*given, **named):
        raise OperationalError

    asked = processing._ask
    monkeypatch.setattr(processing, "_ask", away)
    with pytest.raises(OperationalError):
        process(feed, now=NOW)
    monkeypatch.setattr(processing, "_ask", asked)
    assert process(Feed.objects.get(), now=NOW).applied == 1


def test_a_record_of_several_reasons_is_applied_whole_or_not_at_all():
    shop, (one,) = shop_with(status="shipped")
    record = refund(one, "5.00")
    record["items"] += refund(one, "24.00", reason="Other")["items"]
    feed = send(shop, lines(record), ADJUSTMENT)
    assert (feed.applied, feed.refused, [said[3] for said in results(feed)]) == (0, 1, ["more_than_paid"])
    assert not Adjustment.objects.exists()
    assert not Journal.objects.filter(kind="refund").exists()

    record["items"][1]["parts"][0]["amount"] = "4.00"
    assert send(shop, lines(record), ADJUSTMENT).applied == 1
    assert sorted(Adjustment.objects.values_list("amount_minor", flat=True)) == [400, 500]


def test_the_stored_file_is_damaged(monkeypatch):
    shop, (one,) = shop_with()
    feed = take_in(shop, lines(shipped(one)).encode()).feed
    path_of(feed.blob.digest).write_bytes(b"other")
    done = process(feed, now=NOW)
    assert (done.state, done.fatal) == ("fatal", "The file that was kept is damaged: send it again.")


@pytest.mark.parametrize("count", [1, 3])
def test_a_batch_costs_the_same_whatever_its_size(count, django_assert_max_num_queries):
    shop, orders = shop_with(count)
    feed = take_in(shop, lines(*(shipped(one) for one in orders)).encode()).feed
    with django_assert_max_num_queries(45):
        process(feed, now=NOW)


def test_the_result_is_a_processing_report():
    shop, (one,) = shop_with()
    feed = send(shop, lines(shipped(one), {"order": "=1+1 <b>", "ship_date": "2026-11-02"}))
    xml, text, plain = ("".join(REPORTS[form].lines(feed)) for form in ("xml", "text", "jsonl"))
    assert "<MessagesProcessed>2</MessagesProcessed><MessagesSuccessful>1</MessagesSuccessful>" in xml
    assert "<ResultMessageCode>unknown_order</ResultMessageCode>" in xml
    assert "<AmazonOrderID>=1+1 &lt;b&gt;</AmazonOrderID>" in xml
    assert "2\t'=1+1 <b>\tunknown_order\tError\t" in text
    assert '"record": 2, "line": 2, "order": "=1+1 <b>", "field": "order", "code": "unknown_order"' in plain


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-11-02T10:00:00Z", "2026-11-02T10:00:00+00:00"),
        ("2026-11-02T10:00:00", "2026-11-02T09:00:00+00:00"),  # Berlin, in winter
        ("2026-03-29T02:30:00", "2026-03-29T01:30:00+00:00"),  # an hour that there was not
        ("2026-11-01", "2026-11-01T22:59:59+00:00"),
        ("2026-11-02", "2026-11-02T12:00:00+00:00"),  # today: now
        ("2026-12-24", "2026-12-24T22:59:59+00:00"),
    ],
)
def test_when_something_left(text, moment):
    assert moment_of(text, seller(time_zone="Europe/Berlin"), NOW).isoformat() == moment


@pytest.mark.parametrize("hour", [5, 11, 12])
def test_what_leaves_tomorrow_has_not_left_at_whatever_hour_it_is_told(hour):
    shop, (one,) = shop_with()
    feed = send(shop, lines(shipped(one, ship_date="2026-11-03")), now=NOW.replace(hour=hour))
    assert (results(feed), Payable.objects.get(order=one).captured_minor) == (
        [(1, one.number, "ship_date", "future")],
        0,
    )


def test_what_left_this_morning_left_before_now():
    shop, (one,) = shop_with()
    send(shop, lines(shipped(one)), now=NOW.replace(hour=8))
    assert Shipment.objects.get().shipped_at < NOW.replace(hour=9)


@pytest.mark.parametrize("text", ["2026-02-31", "yesterday", "2026-11-02T25:00:00Z"])
def test_a_day_that_there_is_not_is_refused(text):
    with pytest.raises(BadValue) as bad:
        moment_of(text, seller(time_zone="Europe/Berlin"), NOW)
    assert [(fault.field, fault.code) for fault in bad.value.faults] == [("ship_date", "bad_date")]


@pytest.mark.parametrize("time", ["", "T00:00:00+01:00", "T23:59:59-05:00"])
@pytest.mark.parametrize("day", ["0001-01-01", "1969-12-31", "2200-01-01", "9999-12-31"])
@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York"])
def test_a_day_of_a_far_year_is_refused_with_the_years_that_there_are(day, time, zone):
    shop, (one,) = shop_with()
    shop.time_zone = zone
    shop.save()
    feed = send(shop, lines(shipped(one, ship_date=day + time)))
    assert results(feed) == [(1, one.number, "ship_date", "out_of_range")]
    assert re.fullmatch("is “.*”; years 1970 to 2199 are allowed.", feed.results.get().sentence)


@pytest.mark.parametrize(
    ("kind", "example"), list(zip((SHIPPING, ADJUSTMENT, ACKNOWLEDGEMENT), XML_EXAMPLES, strict=True))
)
def test_each_example_of_xml_in_the_documentation_is_applied(kind, example):
    shop, (one,) = shop_with(status="unshipped")
    feed = send(shop, example.replace("305-0000001-9000001", one.number), kind)
    assert (results(feed), feed.applied) == ([], 1)


def test_each_line_of_the_table_of_columns_begins_with_what_a_record_needs():
    shop, (one,) = shop_with()
    row = "order-id\tship-date\tcarrier-{}\n{}\t2026-11-02\t{}\n"
    feed = send(shop, row.format("name", one.number, ""))
    assert results(feed) == [(1, one.number, "carrier-code", "carrier_missing")]
    assert send(shop, row.format("name", one.number, "Parcelway")).applied == 1
