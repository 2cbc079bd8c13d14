"""Uploads that nobody sends do not stay."""

import io
from datetime import timedelta

import pytest

from comity.accounts.profiles import profile_files
from comity.files.models import Blob
from comity.files.services.uploads import take
from comity.jobs.schedules import SCHEDULES, remove_unsent_files
from tests import factories
from tests.factories import NOW
from tests.files.samples import picture

pytestmark = pytest.mark.django_db


def test_a_file_that_was_not_sent_goes_after_the_profiles_day(settings, tmp_path):
    settings.FILES_FOLDER = tmp_path / "files"
    factories.marketplace()
    limits = profile_files()[0].attachments
    content = picture()
    take(io.BytesIO(content), name="a.png", size=len(content), limits=limits, now=NOW)
    remove_unsent_files(NOW + timedelta(hours=limits.keep_hours))
    assert Blob.objects.count() == 2
    remove_unsent_files(NOW + timedelta(hours=limits.keep_hours, seconds=1))
    assert Blob.objects.count() == 0


def test_it_is_on_the_schedule():
    assert SCHEDULES["remove unsent files"].run is remove_unsent_files
