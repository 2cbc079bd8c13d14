"""Reports are kept as long as the profile says, and their bytes no longer than they are."""

from datetime import timedelta

import pytest

from comity.files.services.blobs import path_of
from comity.jobs.schedules import SCHEDULES, remove_unsent_files
from comity.orders.models import Report
from comity.orders.services.reports.asking import request_report
from comity.orders.services.reports.making import make_due
from tests.factories import NOW, marketplace, seller, staff
from tests.web.desk.shop import signed_in

pytestmark = pytest.mark.django_db
KEPT = timedelta(days=90)  # the profile's
SECOND = timedelta(seconds=1)


@pytest.fixture
def boss():
    return staff(seller(marketplace()))


def made(boss, at=NOW, form="tsv"):
    report = request_report(boss, kind="orders", form=form, now=at)
    make_due(at)
    return Report.objects.select_related("blob").get(pk=report.pk)


def forget(now):
    SCHEDULES["forget old reports"].run(now)
    remove_unsent_files(now)
    return list(Report.objects.order_by("id").values_list("pk", flat=True))


def test_a_report_and_its_bytes_are_there_for_ninety_days_and_no_longer(boss):
    old = made(boss)
    waiting = request_report(boss, kind="orders", form="csv", now=NOW)
    path = path_of(old.blob.digest)
    assert (forget(NOW + KEPT), path.exists()) == ([old.pk, waiting.pk], True)
    assert (forget(NOW + KEPT + SECOND), path.exists()) == ([waiting.pk], False)
    assert forget(NOW + KEPT + SECOND) == [waiting.pk]


def test_bytes_that_a_later_report_has_too_stay(boss):
    old, later = made(boss), made(boss, NOW + SECOND)
    assert old.blob == later.blob
    assert (forget(NOW + KEPT + SECOND), path_of(later.blob.digest).exists()) == ([later.pk], True)


def test_one_that_could_not_be_made_goes_too(boss):
    failed = request_report(boss, kind="orders", form="csv", now=NOW)
    Report.objects.filter(pk=failed.pk).update(state="failed", finished_at=NOW)
    assert forget(NOW + KEPT + SECOND) == []


def test_the_page_says_until_when_a_report_is_kept(boss, monkeypatch):
    monkeypatch.setattr("comity.common.clock.now", lambda: NOW)
    made(boss)
    shown = signed_in(boss.user).get(f"/{boss.seller.marketplace.slug}/sell/{boss.seller.public_id}/reports/")
    assert "2027-01-31T12:00" in shown.content.decode()
