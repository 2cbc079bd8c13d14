import hashlib
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from comity.files.models import Blob
from comity.files.services import blobs
from tests.factories import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.FILES_FOLDER = tmp_path / "files"
    return settings.FILES_FOLDER


def store(content):
    return blobs.store(content, content_type="image/png", now=NOW)


def stored_in(folder):
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def test_content_lies_under_its_digest(folder):
    blob = store(b"picture")
    digest = hashlib.sha256(b"picture").hexdigest()
    assert (blob.digest, blob.size, blob.content_type, blob.stored_at) == (digest, 7, "image/png", NOW)
    assert stored_in(folder) == [f"{digest[:2]}/{digest}"]
    with blobs.open_checked(blob) as file:
        assert file.read() == b"picture"


def test_the_same_content_is_kept_once(folder):
    assert store(b"picture") == store(io.BytesIO(b"picture"))
    assert (Blob.objects.count(), len(stored_in(folder))) == (1, 1)


def test_content_is_read_piece_by_piece(folder):
    class Endless(io.RawIOBase):
        left, largest = 5 << 20, 0

        def read(self, size=-1):
            self.largest = max(self.largest, size)
            piece = b"x" * min(size, self.left)
            self.left -= len(piece)
            return piece

    source = Endless()
    assert (store(source).size, source.largest) == (5 << 20, 1 << 20)


def test_a_source_that_breaks_off_leaves_nothing(folder):
    class Broken(io.RawIOBase):
        def read(self, size=-1):
            raise OSError("connection lost")

    with pytest.raises(OSError, match="connection lost"):
        store(Broken())
    assert (stored_in(folder), Blob.objects.count()) == ([], 0)


@pytest.mark.parametrize("altered", [b"picturf", b"", b"picture and more"])
def test_altered_content_is_not_handed_out_and_storing_it_again_mends_it(altered):
    blob = store(b"picture")
    blobs.path_of(blob.digest).write_bytes(altered)
    with pytest.raises(blobs.BlobAltered):
        blobs.open_checked(blob)
    store(b"picture")
    with blobs.open_checked(blob) as file:
        assert file.read() == b"picture"


def test_content_that_is_gone_is_said_to_be_gone():
    blob = store(b"picture")
    blobs.path_of(blob.digest).unlink()
    with pytest.raises(FileNotFoundError):
        blobs.open_checked(blob)


@pytest.mark.parametrize(
    "digest", ["", "../../etc/passwd", "a" * 63, "A" * 64, "a" * 63 + "/", "a" * 64 + "\n", "a" * 65]
)
def test_nothing_but_a_digest_names_a_file(digest):
    with pytest.raises(ValueError, match="64 hex digits"):
        blobs.path_of(digest)


class AnyContent(TestCase):
    @given(st.binary(max_size=3000))
    def test_what_comes_out_is_what_went_in(self, content):
        with blobs.open_checked(store(content)) as file:
            assert file.read() == content
