"""Uploads: stored once and clean, kept for one person and one day, gone when nobody has them."""

import io
from dataclasses import replace
from datetime import timedelta

import pytest

from comity.accounts.profiles import profile_files
from comity.files.models import Blob, Reading
from comity.files.services import blobs, uploads
from comity.files.services.inspection import FileRefused
from comity.integrations.scanners import ScannerDown
from tests.factories import NOW
from tests.files import samples as s

LIMITS = profile_files()[0].attachments
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folder(settings, tmp_path, monkeypatch):
    monkeypatch.setattr("comity.files.services.inspection.picture_reader", lambda: "")
    settings.FILES_FOLDER = tmp_path / "files"
    return settings.FILES_FOLDER


def take(content, name="a.pdf", now=NOW):
    return uploads.take(io.BytesIO(content), name=name, size=len(content), limits=LIMITS, now=now)


def files_in(folder):
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


def token(upload, user="usr_1", now=NOW):
    return uploads.token_of(upload, user=user, limits=LIMITS, now=now)


class Scanner:
    name = "test"

    def __init__(self, found):
        self.found = found

    def scan(self, content):
        if isinstance(self.found, Exception):
            raise self.found
        return self.found


def test_an_upload_is_stored_clean_with_its_preview_and_its_words(folder):
    upload = take(s.photo(), "IMG.JPG")
    assert (upload.name, upload.blob.content_type, upload.reading.extent) == ("IMG.JPG", "image/jpeg", "picture")
    assert files_in(folder) == sorted([upload.blob.digest, upload.blob.preview.digest])
    assert b"Secret Camera" not in blobs.path_of(upload.blob.digest).read_bytes()


def test_the_same_file_is_kept_once_and_read_anew(folder):
    first, again = take(s.pdf("Words")), take(s.pdf("Words"), "other.pdf")
    assert (first.blob, again.name, Blob.objects.count(), Reading.objects.count()) == (again.blob, "other.pdf", 1, 1)
    assert Reading.objects.get().parts == [[1, "Words"]]


def test_a_refused_file_leaves_nothing(folder):
    with pytest.raises(FileRefused):
        take(s.docx(more={"../x": "y"}))
    assert (Blob.objects.count(), folder.exists()) == (0, False)


@pytest.mark.parametrize(("found", "code"), [("Eicar-Test", "infected"), (ScannerDown("OSError"), "unscanned")])
def test_what_the_scanner_names_or_cannot_see_is_not_kept(monkeypatch, folder, found, code):
    """R11: unscanned is not clean."""
    monkeypatch.setattr(uploads, "scanner", lambda: Scanner(found))
    with pytest.raises(FileRefused) as refused:
        take(s.pdf())
    assert (refused.value.code, Blob.objects.count(), folder.exists()) == (code, 0, False)


def test_a_scanner_that_is_ignored_when_it_is_down_lets_files_through(monkeypatch):
    """The mutant of R11: no answer counts as clean."""
    monkeypatch.setattr(uploads, "scanner", lambda: Scanner(ScannerDown("OSError")))
    monkeypatch.setattr("comity.files.services.inspection._scan", lambda upload, scanner: None)
    assert take(s.pdf()).blob.size


def test_a_token_gives_the_file_back_to_the_person_it_was_made_for():
    upload = take(s.pdf(), "invoice.pdf")
    (found,) = uploads.taken([token(upload)], user="usr_1", now=NOW)
    assert (found.blob, found.name, found.reading.pages) == (upload.blob, "invoice.pdf", 1)
    assert uploads.taken([token(upload)], user="usr_2", now=NOW) == []


def test_a_token_that_is_repeated_counts_once():
    first, second = take(s.pdf("x")), take(s.pdf("y"), "b.pdf")
    found = uploads.taken([token(second), *[token(first)] * 200, token(second)], user="usr_1", now=NOW)
    assert [one.name for one in found] == ["b.pdf", "a.pdf"]


def test_a_token_ends_and_cannot_be_altered():
    made = token(take(s.pdf()))
    assert uploads.taken([made], user="usr_1", now=NOW + timedelta(hours=LIMITS.keep_hours)) == []
    assert uploads.taken([made[:-1], made + "x", "", "a:b", "\0"], user="usr_1", now=NOW) == []


def test_a_token_of_a_removed_file_gives_nothing():
    upload = take(s.pdf())
    blobs.remove_unwanted(before=NOW + timedelta(hours=1))
    assert uploads.taken([token(upload)], user="usr_1", now=NOW) == []


def test_what_nobody_sent_is_removed_with_its_preview_and_its_words(folder):
    take(s.photo())
    assert blobs.remove_unwanted(before=NOW) == 0
    assert blobs.remove_unwanted(before=NOW + timedelta(seconds=1)) == 2
    assert (Blob.objects.count(), Reading.objects.count(), files_in(folder)) == (0, 0, [])


def test_what_was_uploaded_again_lately_is_kept():
    take(s.pdf())
    take(s.pdf(), now=NOW + timedelta(hours=20))
    assert blobs.remove_unwanted(before=NOW + timedelta(hours=10)) == 0


def test_limits_come_from_the_profile(monkeypatch):
    with pytest.raises(FileRefused, match="up to 100 kB can be sent"):
        uploads.take(io.BytesIO(b"x"), name="a", size=100_001, limits=replace(LIMITS, file_bytes=100_000), now=NOW)
