"""Takes files in: inspected, cleaned, stored, and named by a token until a message has them."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import IO

from django.conf import settings
from django.core.signing import BadSignature, Signer

from comity.common.transactions import write
from comity.files.models import Blob, Reading
from comity.files.services import blobs
from comity.files.services.inspection import Inspected, inspected
from comity.files.services.limits import Limits
from comity.files.services.names import LONGEST, clean_name
from comity.files.services.reading.kinds import KINDS
from comity.integrations.scanners import Scanner, scanner_at

_SIGNER = Signer(salt="comity.files.upload")
_NAMELESS = "file"


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that was taken in and belongs to no message yet. ``blob`` comes with its ``reading``."""

    blob: Blob
    name: str

    @property
    def reading(self) -> Reading:
        """What was read in it."""
        return self.blob.reading


def scanner() -> Scanner:
    """The scanner of this installation."""
    return scanner_at(settings.SCANNER)


def take(content: IO[bytes], *, name: str, size: int, limits: Limits, now: datetime) -> Upload:
    """Inspect one file and store what may be kept of it. Raises ``inspection.FileRefused``; nothing is stored then."""
    with inspected(content, size=size, limits=limits, scanner=scanner()) as found:
        with write():
            blob = _store(found, now=now)
            read = {"extent": found.extent, "pages": found.pages, "parts": [list(part) for part in found.parts]}
            blob.reading = Reading.objects.update_or_create(blob=blob, defaults=read)[0]
        return Upload(blob, clean_name(name or _NAMELESS, found.kind))


def _store(found: Inspected, *, now: datetime) -> Blob:
    preview = None
    if found.preview:
        with found.preview.open("rb") as small:
            preview = blobs.store(small, content_type="image/jpeg", now=now)
    with found.clean.open("rb") as clean:
        blob = blobs.store(clean, content_type=KINDS[found.kind].content_type, now=now)
    if preview and blob.preview_id != preview.pk:
        blob.preview = preview
        blob.save(update_fields=["preview"])
    return blob


def token_of(upload: Upload, *, user: str, limits: Limits, now: datetime) -> str:
    """What a form carries in place of the file: for this user (a public id) and ``limits.keep_hours`` only."""
    until = now + timedelta(hours=limits.keep_hours)
    return _SIGNER.sign_object([upload.blob.digest, upload.name[:LONGEST], user, int(until.timestamp())])


def taken(tokens: Iterable[str], *, user: str, now: datetime) -> list[Upload]:
    """The files that ``tokens`` name, in their order, each token once; a foreign, forged or old one is left out.

    One query.
    """
    named = [about for token in dict.fromkeys(tokens) if (about := _read(token, user, now))]
    found = Blob.objects.select_related("reading").filter(digest__in=[digest for digest, _ in named])
    by_digest = {blob.digest: blob for blob in found if hasattr(blob, "reading")}
    return [Upload(by_digest[digest], name) for digest, name in named if digest in by_digest]


def _read(token: str, user: str, now: datetime) -> tuple[str, str] | None:
    try:
        digest, name, owner, until = _SIGNER.unsign_object(token)
    except (BadSignature, ValueError, TypeError, json.JSONDecodeError):
        return None
    return (digest, name) if owner == user and now.timestamp() < until else None
