"""The files of a message: taken in, judged by the same rules as its words, put on record with it."""

import hashlib
import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import IO, Any

from comity.accounts.models import Marketplace, User
from comity.accounts.profiles import profile_in_force
from comity.accounts.services import throttle
from comity.common import locales
from comity.common.canonical import Json
from comity.common.ids import new_id
from comity.common.outbox import emit
from comity.common.transactions import write
from comity.files.models import Blob
from comity.files.services.inspection import FileRefused, megabytes
from comity.files.services.limits import Limits
from comity.files.services.uploads import Upload, take
from comity.messaging.models import Attachment, Finding, Message, TrialFinding, place_in_file
from comity.messaging.services.text import MessageRefused
from comity_policy.model import Finding as EngineFinding
from comity_policy.model import Outcome, Verdict, worst

_log = logging.getLogger(__name__)
_PIECE = 20_000  # characters that the rules read at a time (SEC5 bounds what they take for so many)
_OVERLAP = 200  # of two pieces, so that nothing is cut in two
_QUOTE = 300  # characters of a finding in a file that are kept to show it
_FILES = "upload files"
UNREAD = "file.unread"
_UNREAD_REASON = "This file could not be read in full."
_UNREAD_ADVICE = "Nothing needs to be changed. A person will look at it."


@dataclass(frozen=True, slots=True)
class Arrived:
    """One file as a form brought it."""

    name: str
    size: int
    content: IO[bytes]


@dataclass(frozen=True, slots=True)
class InFile:
    """A rule's hit in the file at place ``file`` of the message; offsets are those of the words on ``page``."""

    finding: EngineFinding
    file: int
    name: str
    page: int
    quote: str

    @property
    def where(self) -> str:
        """“invoice.pdf, page 2”."""
        return place_in_file(self.name, self.page)


@dataclass(frozen=True, slots=True)
class WholeVerdict(Verdict):
    """The verdict on words and files: ``outcome`` is the worst of all, ``findings`` are those in the words.

    ``trials`` are in the words, too; those of rules on trial in the files are ``tried_in_files``.
    """

    in_files: tuple[InFile, ...] = ()
    tried_in_files: tuple[InFile, ...] = ()


def take_files(
    *,
    user: User,
    marketplace: Marketplace,
    files: Iterable[Arrived],
    kept: Sequence[Upload],
    photos: bool = False,
    now: datetime,
) -> tuple[list[Upload], list[str]]:
    """Take in what a form brought beside what it has ``kept``: all files that may be sent, and why others may not.

    Where what is ``kept`` is too much already, all of it stays and the first of the refusals says so. ``photos``: the
    form asks for pictures alone.
    """
    limits = profile_in_force(marketplace, now).attachments
    limits = limits.of_photos() if photos else limits
    uploads, refusals = list(kept), [] if fits(kept, limits) else [_too_much(limits)]
    for file in files:
        try:
            _refuse_more(uploads, file, limits)
            _refuse_often(user, file, limits, now=now)
            uploads.append(take(file.content, name=file.name, size=file.size, limits=limits, now=now))
        except FileRefused as refused:
            refusals.append(f"{_shown(file.name)}: {refused.sentence}")
            if refused.code == "infected":
                _tell_operator(user, marketplace, now=now)
    return uploads, refusals


def fits(files: Sequence[Upload], limits: Limits) -> bool:
    """Whether one message takes all of ``files``."""
    return len(files) <= limits.count and sum(upload.blob.size for upload in files) <= limits.message_bytes


def require_fitting(files: Sequence[Upload], limits: Limits) -> None:
    """Raise ``MessageRefused`` where ``files`` are more than one message takes."""
    if not fits(files, limits):
        raise MessageRefused("files", _too_much(limits), "files")


def _too_much(limits: Limits) -> str:
    files = f"{limits.count} files" if limits.count > 1 else "one file"
    return f"A message takes {files}, {megabytes(limits.message_bytes)} in all. Remove what is too much."


def _refuse_more(uploads: Sequence[Upload], file: Arrived, limits: Limits) -> None:
    if len(uploads) >= limits.count:
        raise FileRefused("count", f"A message takes {limits.count} files. Send it with another message.")
    together = sum(upload.blob.size for upload in uploads) + file.size
    if file.size <= limits.file_bytes and together > limits.message_bytes:
        words = f"All files together may have {megabytes(limits.message_bytes)}. Send it with another message."
        raise FileRefused("sum", words)


def _refuse_often(user: User, file: Arrived, limits: Limits, *, now: datetime) -> None:
    """Looking into a file costs the same whether it is kept or not, so each counts; what is too large is not read."""
    if file.size > limits.file_bytes:
        return
    about: dict[str, Any] = {"value": user.public_id, "now": now}
    again = throttle.take_some(kind=_FILES, amount=1, limit=limits.files_an_hour, window=timedelta(hours=1), **about)
    if again is not None:
        words = (
            f"You may upload {limits.files_an_hour} files an hour. Files are taken again from {locales.clock(again)}."
        )
        raise FileRefused("often", words)
    again = throttle.take_some(
        kind="upload bytes", amount=file.size, limit=limits.bytes_a_day, window=timedelta(days=1), **about
    )
    if again is not None:
        throttle.give_back(kind=_FILES, value=user.public_id)
        most = megabytes(limits.bytes_a_day)
        since = locales.moment(again)
        words = f"You may upload {most} a day. This file is taken from {since}; a smaller one may fit."
        raise FileRefused("much", words)


def _shown(name: str) -> str:
    return "".join(sign for sign in name if sign.isprintable())[:80] or "A file"


def _tell_operator(user: User, marketplace: Marketplace, *, now: datetime) -> None:
    """An event on the marketplace's stream: the audit trail shows it."""
    _log.warning("a file of %s was removed: the virus scanner found something in it", user.public_id)
    with write():
        locked = Marketplace.objects.select_for_update().get(pk=marketplace.pk)
        emit(
            locked,
            name="upload.infected",
            data={"user": user.public_id},
            stream_id=locked.public_id,
            marketplace=locked.public_id,
            actor=user.public_id,
            now=now,
        )
        locked.save(update_fields=["event_count"])


def uploads_of(message: Message) -> list[Upload]:
    """The files of a message that did not go out, to be sent again with its words."""
    attachments = message.attachments.select_related("blob__reading") if message.file_count else ()
    return [Upload(attachment.blob, attachment.name) for attachment in attachments]


def file_request(files: Sequence[Upload]) -> dict[str, Json]:
    """What tells a form with these files from one with others; nothing where there are none."""
    return {"files": [[upload.blob.digest, upload.name] for upload in files]} if files else {}


def judge_files(
    verdict: Verdict, files: Sequence[Upload], limits: Limits, screen_text: Callable[[str], Verdict]
) -> Verdict:
    """``verdict``, on the words, made the verdict on words and files."""
    if not files:
        return verdict
    found: list[InFile] = []
    tried: list[InFile] = []
    inputs = [verdict.input]
    failed = list(verdict.failed)
    for number, upload in enumerate(files):
        inputs.append(upload.blob.digest)
        for page, text in pieces_of(upload):
            of_piece = screen_text(text)
            inputs.append(of_piece.input)
            failed += of_piece.failed
            found += [_in_file(one, number, upload, page, text) for one in of_piece.findings]
            tried += [_in_file(one, number, upload, page, text) for one in of_piece.trials]
        found += _unread(number, upload, limits)
    found = _once_each(found)
    return WholeVerdict(
        outcome=worst([verdict.outcome, *(one.finding.outcome for one in found)]),
        findings=verdict.findings,
        rulebook=verdict.rulebook,
        engine=verdict.engine,
        input=hashlib.sha256("".join(inputs).encode()).hexdigest(),
        failed=tuple(dict.fromkeys(failed)),
        trials=verdict.trials,
        in_files=tuple(found),
        tried_in_files=tuple(_once_each(tried)),
    )


def _once_each(found: Iterable[InFile]) -> list[InFile]:
    """What stands where two pieces overlap was found twice."""
    return list({(one.file, one.page, one.finding.rule, one.quote): one for one in found}.values())


def pieces_of(upload: Upload) -> Iterable[tuple[int, str]]:
    """The name of the file, then its words, in pieces that the rules can take."""
    yield 0, upload.name
    for page, text in upload.reading.parts:
        for start in range(0, len(text), _PIECE - _OVERLAP):
            if (piece := text[start : start + _PIECE]).strip():
                yield page, piece


def _in_file(finding: EngineFinding, number: int, upload: Upload, page: int, text: str) -> InFile:
    return InFile(finding, number, upload.name, page, finding.quote(text)[:_QUOTE])


def _unread(number: int, upload: Upload, limits: Limits) -> list[InFile]:
    """The finding that holds a file which could not be read, where the profile says so."""
    if limits.unread.get(upload.reading.extent) != Outcome.HOLD:
        return []
    finding = EngineFinding(UNREAD, 0, 0, Outcome.HOLD, _UNREAD_REASON, _UNREAD_ADVICE, "plain")
    return [InFile(finding, number, upload.name, 0, "")]


def prepare(files: Sequence[Upload], *, now: datetime) -> list[Attachment]:
    """The attachments of a message that is about to be posted, their blobs locked against removal.

    Raises ``MessageRefused`` when one has been removed meanwhile. One query; none without files.
    """
    if not files:
        return []
    wanted = {upload.blob.pk for upload in files}
    there = set(Blob.objects.select_for_update().filter(pk__in=wanted).values_list("pk", flat=True))
    if gone := next((upload for upload in files if upload.blob.pk not in there), None):
        raise MessageRefused("gone", f"{gone.name} was uploaded too long ago. Choose it again.", "files")
    return [_attachment(upload, position, now) for position, upload in enumerate(files, start=1)]


def _attachment(upload: Upload, position: int, now: datetime) -> Attachment:
    return Attachment(
        public_id=new_id("att", now),
        blob=upload.blob,
        position=position,
        name=upload.name,
        content_type=upload.blob.content_type,
        size=upload.blob.size,
        pages=upload.reading.pages,
        reading=upload.reading.extent,
    )


def facts_of(attachments: Sequence[Attachment]) -> dict[str, Json]:
    """What the record says of the files; nothing without any."""
    files: list[Any] = [one.on_record for one in attachments]
    return {"files": files} if files else {}


def in_files_of(verdict: Verdict | None) -> tuple[InFile, ...]:
    """The findings in files; none where the verdict is on words alone."""
    return verdict.in_files if isinstance(verdict, WholeVerdict) else ()


def findings_in_files(verdict: Verdict | None) -> list[Json]:
    """What the record says of findings in files: file and page before what it says of any finding."""
    return [
        [one.file + 1, one.page, one.finding.rule, one.finding.start, one.finding.end, str(one.finding.outcome)]
        for one in in_files_of(verdict)
    ]


def attach(message: Message, attachments: list[Attachment]) -> None:
    """Store the attachments of ``message``; no statement without any."""
    if attachments:
        for attachment in attachments:
            attachment.message = message
        Attachment.objects.bulk_create(attachments)


def rows_of(verdict: Verdict | None, attachments: Sequence[Attachment]) -> list[Finding]:
    """The findings in files as rows, yet without message and position."""
    return [
        Finding(
            attachment=attachments[one.file],
            page=one.page,
            quote=one.quote,
            rule=one.finding.rule,
            start=one.finding.start,
            end=one.finding.end,
            outcome=str(one.finding.outcome),
            reason=one.finding.reason,
            advice=one.finding.advice,
            form=one.finding.form,
            detail=one.finding.detail,
        )
        for one in in_files_of(verdict)
    ]


def trial_rows_of(verdict: Verdict | None, attachments: Sequence[Attachment]) -> list[TrialFinding]:
    """What rules on trial found in files as rows, yet without message."""
    return [
        TrialFinding(
            attachment=attachments[one.file],
            page=one.page,
            rule=one.finding.rule,
            start=one.finding.start,
            end=one.finding.end,
            outcome=str(one.finding.outcome),
        )
        for one in (verdict.tried_in_files if isinstance(verdict, WholeVerdict) else ())
    ]
