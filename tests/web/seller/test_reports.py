"""Reports on the page: asked for once or on a schedule, listed, fetched, and ended."""

from datetime import timedelta

import pytest

from comity.accounts.models import Staff
from comity.common import clock
from comity.orders.models import Report, ReportSchedule
from comity.orders.services.reports import forms
from comity.orders.services.reports.asking import request_report, schedule_report
from comity.orders.services.reports.making import make_due
from tests.factories import NOW, marketplace, order, seller, staff
from tests.web.pages import untied
from tests.web.world import signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("S77")]
ONCE = {"kind": "orders", "form": "tsv", "every": "once"}


@pytest.fixture
def boss(settings, tmp_path):
    settings.FILES_FOLDER = tmp_path / "files"
    return staff(seller(marketplace()))


@pytest.fixture
def client(boss):
    return signed_in(boss.user)


def address(boss, *rest):
    return "/".join(["", boss.seller.marketplace.slug, "sell", boss.seller.public_id, "reports", *rest, ""])


def ask(client, boss, **typed):
    return client.post(address(boss), {**ONCE, "key": "one-form", **typed})


def test_a_report_is_asked_for_made_listed_and_fetched(client, boss):
    one = order(shop=boss.seller)
    answer = ask(client, boss)
    assert (answer.status_code, answer["Location"]) == (302, f"{address(boss)}?done=once")
    page = client.get(address(boss)).content.decode()
    assert ("being made" in page, 'hx-trigger="every 5s"' in page) == (True, True)  # it follows by itself
    make_due(clock.now())
    assert "hx-trigger" not in client.get(address(boss)).content.decode()
    report = Report.objects.get()
    assert address(boss, report.public_id, "file") in client.get(address(boss)).content.decode()
    fetched = client.get(address(boss, report.public_id, "file"))
    assert one.number in fetched.getvalue().decode()
    assert fetched["Content-Disposition"].startswith('attachment; filename="orders-')
    assert (fetched["Content-Type"], fetched["X-Content-Type-Options"]) == ("text/tab-separated-values", "nosniff")


def test_the_same_form_sent_twice_asks_once(client, boss):
    for _ in range(2):
        assert ask(client, boss).status_code == 302
    assert Report.objects.count() == 1


def test_days_are_the_shops_both_included(client, boss):
    ask(client, boss, since_on="2026-10-24", until_on="2026-10-25")  # when summer time ends in Berlin
    report = Report.objects.get()
    assert f"{report.since:%d %H:%M} {report.until:%d %H:%M}" == "23 22:00 25 23:00"


def test_the_list_shows_the_days_that_were_asked_for(client, boss):
    ask(client, boss, since_on="2026-10-24", until_on="2026-10-25")
    page = client.get(address(boss)).content.decode()
    assert ('datetime="2026-10-24"' in page, 'datetime="2026-10-25"' in page, "22:00" in page) == (True, True, False)
    assert '<td class="num" data-label="rows"></td>' in page  # nobody knows yet


def test_a_schedule_is_made_listed_and_ended(client, boss):
    answer = ask(client, boss, every="24")
    schedule = ReportSchedule.objects.get()
    assert answer["Location"].endswith("?done=schedule")
    assert "Every day" in client.get(address(boss)).content.decode()
    for _ in range(2):
        assert client.post(address(boss, "schedules", schedule.public_id, "end")).status_code == 302
    assert "Every day</td>" not in client.get(address(boss)).content.decode()


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"kind": ""}, "Choose one from the list."),
        ({"form": "pdf"}, "Choose one from the list."),
        ({"every": "5"}, "Choose one from the list."),
        ({"since_on": "31.02."}, "This is no day"),
        ({"since_on": "2026-10-02", "until_on": "2026-10-01"}, "The last day lies before the first one."),
        ({"since_on": "0001-01-01"}, "Give a day from 2000-01-01 on."),
        ({"since_on": "2099-01-01"}, "The first day has not begun"),
        ({"until_on": "9999-12-31"}, "Give a day until 2100-12-31."),
    ],
)
def test_what_cannot_be_is_said_beside_its_field_and_nothing_typed_is_lost(client, boss, typed, sentence):
    answer = ask(client, boss, **typed)
    page = answer.content.decode()
    assert (answer.status_code, sentence in page, untied(page)) == (422, True, [])
    assert all(value in page for value in typed.values() if value not in ("pdf", "5"))
    assert not Report.objects.exists()


def test_parquet_is_offered_only_where_it_can_be_written(client, boss, monkeypatch):
    monkeypatch.setattr(forms, "find_spec", lambda name: None)
    page = client.get(address(boss)).content.decode()
    assert ('value="parquet"' in page, "Parquet needs more than is installed here" in page) == (False, True)
    assert ask(client, boss, form="parquet").status_code == 422


def test_who_only_reads_fetches_and_does_not_ask(boss):
    request_report(boss, kind="orders", form="tsv", now=NOW)
    make_due(NOW)
    client = signed_in(staff(boss.seller, role=Staff.Role.READ_ONLY).user)
    page = client.get(address(boss)).content.decode()
    assert "Ask for it" not in page
    assert client.get(address(boss, Report.objects.get().public_id, "file")).getvalue()
    answer = ask(client, boss)
    assert (answer.status_code, "Your role reads here" in answer.content.decode()) == (422, True)


def test_one_that_is_not_there_yet_cannot_be_fetched(client, boss):
    report = request_report(boss, kind="orders", form="tsv", now=NOW)
    assert client.get(address(boss, report.public_id, "file")).status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_takes_as_many_queries_for_three_as_for_one(client, boss, count, django_assert_num_queries):
    for number in range(count):
        schedule_report(boss, kind=Report.Kind.values[number], form="tsv", hours=24, now=NOW)
        make_due(NOW + timedelta(minutes=number))
    client.get(address(boss))
    with django_assert_num_queries(6):
        client.get(address(boss))
