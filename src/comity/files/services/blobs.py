"""Keeps the bytes of files, each content once, under its digest in the folder ``settings.FILES_FOLDER``.

The bytes are on the disk before the row is written. A transaction that is rolled back leaves bytes without a
row; storing the same content again finds them. Storing and removing one content take turns: its row is locked
while its bytes are put in place or deleted.
"""

import hashlib
import os
import re
import tempfile
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.fields.reverse_related import ForeignObjectRel

from comity.common.transactions import write
from comity.files.models import Blob

_CHUNK = 1 << 20  # bytes
_DIGEST = re.compile(r"[0-9a-f]{64}")


class BlobAltered(Exception):
    """The bytes on the disk are not those that were stored."""


def store(content: bytes | IO[bytes], *, content_type: str, now: datetime) -> Blob:
    """Keep ``content``, read piece by piece, and return its blob: the known one when the content is known."""
    folder = Path(settings.FILES_FOLDER)
    folder.mkdir(parents=True, exist_ok=True)
    source = BytesIO(content) if isinstance(content, bytes) else content
    with tempfile.NamedTemporaryFile(dir=folder, prefix="incoming-", delete=False) as target:
        try:
            digest, size = _copy(source, target)
            with write():
                about = {"size": size, "content_type": content_type, "stored_at": now, "wanted_at": now}
                blob, new = Blob.objects.select_for_update().get_or_create(digest=digest, defaults=about)
                if not new and blob.wanted_at < now:
                    blob.wanted_at = now
                    blob.save(update_fields=["wanted_at"])
                _put_in_place(Path(target.name), path_of(digest))
                return blob
        except BaseException:
            Path(target.name).unlink(missing_ok=True)
            raise


def remove_unwanted(*, before: datetime) -> int:
    """Delete what nobody stored since ``before`` and no row refers to; how many blobs went. Safe to repeat.

    A preview goes with the last file that it shows. Call inside a transaction.
    """
    removed = 0
    for _ in range(2):  # first the files, then the previews that they had
        for blob in _unreferenced(before).select_for_update(skip_locked=True):
            blob.delete()
            path_of(blob.digest).unlink(missing_ok=True)
            removed += 1
    return removed


def _unreferenced(before: datetime) -> QuerySet[Blob]:
    """Blobs that no row of any table names, but for what was read in them, which goes with them."""
    found = Blob.objects.filter(wanted_at__lt=before)
    for relation in Blob._meta.get_fields(include_hidden=True):  # noqa: SLF001 - Django's documented way to ask
        if isinstance(relation, ForeignObjectRel) and relation.on_delete is not models.CASCADE:
            owner: Any = relation.related_model
            found = found.filter(~Exists(owner.objects.filter(**{relation.field.name: OuterRef("pk")})))
    return found


def open_checked(blob: Blob) -> IO[bytes]:
    """The content, for reading, after its digest has been checked. The caller closes it.

    Raises ``BlobAltered``, and ``FileNotFoundError`` when the bytes are gone.
    """
    file = path_of(blob.digest).open("rb")
    if hashlib.file_digest(file, "sha256").hexdigest() != blob.digest:
        file.close()
        raise BlobAltered(blob.digest)
    file.seek(0)
    return file


def path_of(digest: str) -> Path:
    """Where content with that digest lies. Raises ``ValueError`` for anything that is no digest."""
    if not _DIGEST.fullmatch(digest):
        raise ValueError("a digest has 64 hex digits")
    return Path(settings.FILES_FOLDER) / digest[:2] / digest


def _copy(source: IO[bytes], target: IO[bytes]) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    while piece := source.read(_CHUNK):
        target.write(piece)
        digest.update(piece)
        size += len(piece)
    target.flush()
    os.fsync(target.fileno())
    return digest.hexdigest(), size


def _put_in_place(written: Path, path: Path) -> None:
    """Rename: whoever looks sees all of the content or nothing, after a power cut too."""
    path.parent.mkdir(exist_ok=True)
    written.replace(path)
    for folder in (path.parent, path.parent.parent):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
