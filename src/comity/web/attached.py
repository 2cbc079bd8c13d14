"""The files of a message's form: taken in when it is posted, kept when it comes back, shown with what is allowed."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest

from comity.accounts.models import Marketplace, User
from comity.files.services.inspection import megabytes, words_of
from comity.files.services.limits import Limits
from comity.files.services.reading.kinds import KINDS
from comity.files.services.uploads import Upload, taken, token_of
from comity.messaging.services.attachments import Arrived, take_files
from comity.web.compose import Form, Typed, read

_GONE = "A file was uploaded too long ago to be sent now. Choose it again."


def kept_files(request: HttpRequest, *, user: User, now: datetime) -> tuple[Upload, ...]:
    """The files that the form had already, but for one that its reader has taken out."""
    return tuple(taken(_tokens(request), user=user.public_id, now=now))


def read_with_files(
    request: HttpRequest, *more: str, user: User, marketplace: Marketplace, photos: bool = False, now: datetime
) -> Typed:
    """What was posted, see ``compose.read``, with its files: each is inspected and stored, or refused in words.

    ``photos``: the form asks for pictures alone.
    """
    typed = read(request, *more)
    kept = kept_files(request, user=user, now=now)
    lost = len(_tokens(request)) - len(kept)
    arrived = [Arrived(file.name or "", file.size or 0, file) for file in request.FILES.getlist("files")]
    uploads, refusals = take_files(user=user, marketplace=marketplace, files=arrived, kept=kept, photos=photos, now=now)
    errors = (*refusals, *([_GONE] if lost > 0 else []))
    return typed.with_files(tuple(uploads), errors, removed=bool(_removed(request)))


def _tokens(request: HttpRequest) -> list[str]:
    """Each token once, but for that of a file which is taken out."""
    return [one for one in dict.fromkeys(request.POST.getlist("kept")) if one != _removed(request)]


def _removed(request: HttpRequest) -> str:
    return request.POST.get("remove", "")


def attaching(form: Form, *, limits: Limits, user: User, now: datetime) -> dict[str, Any]:
    """For ``parts/composer.html``: the field, what is allowed, what the form has already, what could not be taken."""
    kept = [
        {
            "token": token_of(upload, user=user.public_id, limits=limits, now=now),
            "name": upload.name,
            "size": megabytes(upload.blob.size),
        }
        for upload in form.typed.files
    ]
    return {
        "attach": {
            "kept": kept,
            "errors": form.typed.file_errors,
            "hint": hint(limits),
            "accept": ",".join(KINDS[kind].content_type for kind in limits.kinds),
            "room": max(limits.count - len(kept), 0),
            "bytes": limits.file_bytes,
            "bytes_left": max(limits.message_bytes - sum(upload.blob.size for upload in form.typed.files), 0),
        }
    }


def hint(limits: Limits) -> str:
    """What may be sent, before it is chosen."""
    count = f"Up to {limits.count} files" if limits.count > 1 else "One file"
    return f"{count}, {megabytes(limits.message_bytes)} in all: {words_of(limits.kinds)}."
