"""Reports: the rows of one seller as a file in four forms, asked for or scheduled, made once, told of once."""

import csv
import io
import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import OperationalError
from django.urls import resolve
from hypothesis import given
from hypothesis import strategies as st

from comity.accounts.models import Staff
from comity.common.errors import NotFound, Refused
from comity.common.models import OutboxEvent
from comity.files.services.blobs import open_checked
from comity.jobs.table import HANDLERS
from comity.notify.models import Notification
from comity.notify.services.mails import compose
from comity.orders.models import Order, OrderLine, Report, ReportSchedule
from comity.orders.services.adjusting import Change, Part, adjust
from comity.orders.services.reports import forms, making
from comity.orders.services.reports.asking import end_schedule, request_report, schedule_report
from comity.orders.services.reports.forms import FORMS
from comity.orders.services.reports.making import make_due
from comity.orders.services.reports.tables import TABLES, Column
from comity.orders.services.results import only
from tests.factories import NOW, buyer, listing, marketplace, order, product, seller, shipment, staff
from tests.orders.feeds import ADJUSTMENT, lines, refund, send
from tests.orders.returns import arrived, wanted
from tests.orders.shipping import purchase

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
LAG = timedelta(minutes=15)  # of the profile


@pytest.fixture
def boss():
    return staff(seller(marketplace()))


def ordered(boss, **fields):
    shop = boss.seller
    return order(buyer(shop.marketplace), shop, listing(shop, product(shop.marketplace, title="=Oil lamp")), **fields)


def made(boss, kind, form="tsv", **more):
    """The report of that kind, made now."""
    asked = request_report(boss, kind=kind, form=form, now=NOW, **more)
    assert make_due(NOW) == 1
    return Report.objects.get(pk=asked.pk)


def content(report):
    with open_checked(report.blob) as file:
        return file.read()


def rows(report, delimiter="\t"):
    assert report.state == "done"
    return list(csv.DictReader(io.StringIO(content(report).decode()), delimiter=delimiter))


@pytest.mark.requirement("S77")
def test_orders_of_this_seller_are_there_line_by_line(boss):
    one = ordered(boss)
    OrderLine.objects.create(order=one, external_id="2", title="Wick", sku="W", quantity=3, unit_minor=99)
    order()
    report = made(boss, "orders")
    assert [row["order-item-id"] for row in rows(report)] == ["1", "2"]
    assert rows(report)[1] == {
        "order-id": one.number,
        "status": "unshipped",
        "fulfilled-by": "seller",
        "purchase-date": "2026-10-29T12:00:00+00:00",
        "promise-date": "2026-10-31T12:00:00+00:00",
        "delivery-date": "",
        "cancel-date": "",
        "order-item-id": "2",
        "sku": "W",
        "product-name": "Wick",
        "quantity-purchased": "3",
        "item-price": "0.99",
        "order-total": "24.50",
        "currency": "EUR",
    }
    assert (report.rows, report.finished_at) == (2, NOW)


@pytest.mark.requirement("S77")
def test_to_ship_is_what_has_not_left_first_promised_first(boss):
    later, sooner = ordered(boss, ship_by=NOW + HOUR), ordered(boss, ship_by=NOW)
    ordered(boss, fulfilment="marketplace"), shipment(ordered(boss))
    sooner.lines.update(quantity=3)
    gone = shipment(sooner)
    gone.lines.update(quantity=1)
    Order.objects.filter(pk=sooner.pk).update(status="partially_shipped")
    found = rows(made(boss, "to_ship"))
    assert [row["order-id"] for row in found] == [sooner.number, later.number]
    assert (found[0]["quantity-purchased"], found[0]["quantity-shipped"], found[0]["quantity-to-ship"]) == (
        "3",
        "1",
        "2",
    )


def test_to_ship_is_without_what_was_given_up(boss):
    one, free = purchase(boss.seller, pieces=(3, 1)), purchase(boss.seller, pieces=(1,))
    free.lines.update(unit_minor=0)
    parts = (Part("1", "Principal", 999), Part("1", "Principal", 1_000, 1), Part("2", "Principal", 1_000))
    only(adjust(boss.seller, [Change(one.number, "NoInventory", parts, "a-1")], source="comity", actor="", now=NOW))
    found = [(row["order-id"], row["order-item-id"], row["quantity-to-ship"]) for row in rows(made(boss, "to_ship"))]
    assert sorted(found) == sorted([(one.number, "1", "2"), (free.number, "1", "1")])


def test_returns_are_there_with_their_reason(boss):
    returned = wanted(arrived(shop=boss.seller), reason="better_price", comment="Mine to say")
    wanted(arrived())
    (row,) = rows(made(boss, "returns"))
    assert (row["return-id"], row["reason"], row["opened"], row["quantity"]) == (
        returned.public_id,
        "better_price",
        "no",
        "1",
    )
    assert (row["state"], row["refund-of-return"], row["deduction-percent"]) == ("requested", "", "")


def test_adjustments_are_there_part_by_part(boss):
    one = ordered(boss, status="shipped")
    assert send(boss.seller, lines(refund(one)), ADJUSTMENT).applied == 1
    (row,) = rows(made(boss, "adjustments"))
    assert (row["order-id"], row["reason"], row["component"]) == (one.number, "CustomerReturn", "Principal")
    assert (row["amount"], row["currency"], row["order-item-id"]) == ("10.00", "EUR", "1")


def test_no_report_tells_who_the_buyer_is(boss):
    one = ordered(boss, ship_to="Elbchaussee 1, Hamburg")
    for kind in Report.Kind.values:
        text = content(made(boss, kind)).decode()
        assert one.buyer.name not in text
        assert "Elbchaussee" not in text


def test_a_period_begins_with_its_first_moment_and_ends_before_its_last(boss):
    at = [NOW - 2 * HOUR, NOW - HOUR, NOW]
    placed = [ordered(boss, placed_at=moment).number for moment in at]
    found = rows(made(boss, "orders", since=at[1], until=at[2]))
    assert [row["order-id"] for row in found] == placed[1:2]


@pytest.mark.parametrize(("form", "delimiter"), [("tsv", "\t"), ("csv", ",")])
def test_what_a_spreadsheet_takes_for_a_formula_is_made_harmless(boss, form, delimiter):
    ordered(boss)
    (row,) = rows(made(boss, "orders", form), delimiter)
    assert row["product-name"] == "'=Oil lamp"


def test_json_lines_have_numbers_as_numbers_and_amounts_as_they_are(boss):
    one = ordered(boss)
    (found,) = map(json.loads, content(made(boss, "orders", "jsonl")).splitlines())
    assert (found["order-id"], found["quantity-purchased"], found["item-price"]) == (one.number, 1, "24.50")
    assert (found["product-name"], found["delivery-date"]) == ("=Oil lamp", None)


def test_parquet_keeps_what_each_column_is(boss):
    parquet = pytest.importorskip("pyarrow.parquet")
    one = ordered(boss)
    report = made(boss, "orders", "parquet")
    (found,) = parquet.read_table(io.BytesIO(content(report))).to_pylist()
    assert (found["order-id"], found["quantity-purchased"], found["item-price"]) == (one.number, 1, Decimal("24.50"))
    assert (found["purchase-date"], found["delivery-date"], report.rows) == (NOW - timedelta(days=4), None, 1)


@pytest.mark.parametrize("form", list(FORMS))
@pytest.mark.parametrize("kind", list(TABLES))
def test_nothing_to_tell_is_a_report_too(boss, kind, form):
    if not FORMS[form].offered:
        pytest.skip("no library for it here")
    report = made(boss, kind, form)
    assert (report.state, report.rows) == ("done", 0)


def test_parquet_without_its_library_is_not_offered_and_refused_in_words(boss, monkeypatch):
    monkeypatch.setattr(forms, "find_spec", lambda name: None)
    assert "parquet" not in dict(forms.offered_forms())
    with pytest.raises(Refused, match="Parquet cannot be written here") as refused:
        request_report(boss, kind="orders", form="parquet", now=NOW)
    assert refused.value.field == "form"
    assert not Report.objects.exists()


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"kind": "everything"}, "kind"),
        ({"form": "pdf"}, "form"),
        ({"since": NOW, "until": NOW}, "period"),
    ],
)
def test_what_cannot_be_asked_for_is_refused(boss, asked, code):
    with pytest.raises(Refused) as refused:
        request_report(boss, **{"kind": "orders", "form": "tsv", "now": NOW, **asked})
    assert (refused.value.code, Report.objects.exists(), OutboxEvent.objects.exists()) == (code, False, False)


def test_only_so_many_wait_at_once(boss):
    for _ in range(20):
        request_report(boss, kind="orders", form="tsv", now=NOW)
    with pytest.raises(Refused, match="20 reports are being made already"):
        request_report(boss, kind="orders", form="tsv", now=NOW)
    make_due(NOW)
    request_report(boss, kind="orders", form="tsv", now=NOW)


def test_who_only_reads_asks_for_nothing(boss):
    reader = staff(boss.seller, role=Staff.Role.READ_ONLY)
    schedule = schedule_report(boss, kind="orders", form="tsv", hours=1, now=NOW)
    for ask in (
        lambda: request_report(reader, kind="orders", form="tsv", now=NOW),
        lambda: schedule_report(reader, kind="returns", form="tsv", hours=1, now=NOW),
        lambda: end_schedule(reader, schedule.public_id, now=NOW),
    ):
        with pytest.raises(Refused, match="Your role reads here"):
            ask()
    assert (ReportSchedule.objects.get().ended_at, Report.objects.exists()) == (None, False)


@pytest.mark.requirement("S77")
def test_a_schedule_makes_one_report_an_interval_without_gap_or_overlap(boss):
    schedule_report(boss, kind="orders", form="tsv", hours=4, now=NOW)
    for hours in (0, 1, 4, 5, 8):
        make_due(NOW + hours * HOUR)
    found = Report.objects.order_by("id").values_list("since", "until", "requested_by")
    by = boss.user.public_id
    assert list(found) == [(NOW - LAG + h * HOUR, NOW - LAG + (h + 4) * HOUR, by) for h in (-4, 0, 4)]


def test_what_is_stored_within_the_lag_after_its_period_is_in_the_report_of_the_schedule(boss):
    schedule = schedule_report(boss, kind="orders", form="tsv", hours=1, now=NOW)
    make_due(NOW)
    end = NOW - LAG + HOUR
    assert make_due(end + LAG - timedelta(seconds=1)) == 0
    placed = [ordered(boss, placed_at=at).number for at in (end - timedelta(seconds=1), end)]
    assert make_due(end + LAG) == 1
    report = schedule.reports.order_by("id").last()
    assert [row["order-id"] for row in rows(report)] == placed[:1]


@pytest.mark.requirement("S77")
def test_runs_that_were_missed_make_one_report_that_leaves_nothing_out(boss):
    schedule = schedule_report(boss, kind="orders", form="tsv", hours=4, now=NOW)
    make_due(NOW + 11 * HOUR)
    assert make_due(NOW + 11 * HOUR) == 0
    report = Report.objects.get()
    schedule.refresh_from_db()
    first = NOW - LAG
    assert (report.since, report.until, schedule.next_at) == (first - 4 * HOUR, first + 8 * HOUR, first + 12 * HOUR)


def test_a_schedule_that_has_ended_makes_nothing(boss):
    schedule = schedule_report(boss, kind="orders", form="tsv", hours=1, now=NOW)
    for _ in range(2):
        end_schedule(boss, schedule.public_id, now=NOW)
    assert (make_due(NOW), Report.objects.exists()) == (0, False)
    assert OutboxEvent.objects.filter(name="report.schedule_ended").count() == 1
    with pytest.raises(NotFound):
        end_schedule(staff(seller()), schedule.public_id, now=NOW)


@pytest.mark.parametrize(("hours", "code"), [(5, "hours"), (0, "hours"), (4, "again")])
def test_what_cannot_be_scheduled_is_refused(boss, hours, code):
    schedule_report(boss, kind="orders", form="tsv", hours=24, now=NOW)
    with pytest.raises(Refused) as refused:
        schedule_report(boss, kind="orders", form="tsv", hours=hours, now=NOW)
    assert (refused.value.code, ReportSchedule.objects.count()) == (code, 1)


def test_one_that_cannot_be_made_has_failed_and_keeps_nobody_waiting(boss, monkeypatch, caplog):
    for _ in range(2):
        request_report(boss, kind="orders", form="tsv", now=NOW)
    monkeypatch.setattr(making, "store", broken(OSError("full")))
    assert make_due(NOW) == 1
    monkeypatch.undo()
    assert make_due(NOW) == 1
    assert list(Report.objects.order_by("id").values_list("state", flat=True)) == ["failed", "done"]
    assert ("OSError" in caplog.text, "full" in caplog.text) == (True, False)  # an error may quote what people wrote


def test_one_that_is_cut_off_is_made_later(boss, monkeypatch):
    report = request_report(boss, kind="orders", form="tsv", now=NOW)
    monkeypatch.setattr(making, "store", broken(OperationalError("gone")))
    with pytest.raises(OperationalError):
        make_due(NOW)
    monkeypatch.undo()
    assert make_due(NOW + HOUR) == 1
    report.refresh_from_db()
    assert (report.state, report.finished_at) == ("done", NOW + HOUR)


def test_two_that_make_the_same_one_make_it_once(boss):
    report = request_report(boss, kind="orders", form="tsv", now=NOW)
    for late in range(2):
        making.make(report, now=NOW + late * HOUR)
    report.refresh_from_db()
    assert report.finished_at == NOW
    assert OutboxEvent.objects.filter(name="report.finished").count() == 1


@pytest.mark.requirement("S77")
def test_who_asked_is_told_once_that_it_is_there_and_nothing_of_it(boss):
    staff(boss.seller)
    ordered(boss), made(boss, "orders")
    (event,) = OutboxEvent.objects.filter(name="report.finished")
    for handler in 2 * HANDLERS[event.name]:
        handler(event, now=NOW)
    mail = Notification.objects.get()
    assert (mail.user, mail.kind, resolve(mail.path).url_name) == (boss.user, "report_ready", "seller-reports")
    assert "Oil lamp" not in compose(mail).body


def test_who_waits_for_a_report_that_failed_is_not_told_that_it_is_there(boss, monkeypatch):
    ordered(boss)
    monkeypatch.setattr(making, "_written", broken(ValueError()))
    assert made(boss, "orders").state == "failed"
    (event,) = OutboxEvent.objects.filter(name="report.finished")
    for handler in HANDLERS[event.name]:
        handler(event, now=NOW)
    mail = compose(Notification.objects.get())
    assert mail.subject.endswith(" is finished")
    assert " is finished. Fetch it here, or ask again where it could not be made:" in mail.body


def test_rows_come_in_pieces_and_by_one_query(boss, django_assert_num_queries):
    for _ in range(3):
        ordered(boss)
    report = request_report(boss, kind="orders", form="tsv", now=NOW)
    with django_assert_num_queries(1):
        assert forms.FORMS["tsv"].write(TABLES["orders"].columns, making.cells(report), io.BytesIO()) == 3


@given(st.lists(st.tuples(st.text(), st.integers(), st.datetimes(timezones=st.just(UTC)) | st.none()), max_size=5))
def test_any_text_comes_back_as_it_was(cells):
    columns = [Column("a", "a"), Column("b", "b", "number"), Column("c", "c", "moment")]
    file = io.BytesIO()
    known = [row for row in cells if row[0].isprintable()]
    assert FORMS["jsonl"].write(columns, known, file) == len(known)
    read = [json.loads(line) for line in file.getvalue().splitlines()]
    assert [(row["a"], row["b"]) for row in read] == [row[:2] for row in known]
    assert [row["c"] and datetime.fromisoformat(row["c"]) for row in read] == [
        row[2] and row[2].replace(microsecond=0) for row in known
    ]


def broken(error):
    def fail(*_, **__):
        raise error

    return fail
