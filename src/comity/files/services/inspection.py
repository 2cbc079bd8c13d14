"""Decides whether an upload may be kept, and what of it: never by its name, and never in our own process.

Only the first bytes are read here. Everything that takes a hostile file apart runs in a process with limits of its
own (``reading``); when that ends early, the file is refused, or counts as read in part.
"""

import json
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Any

from comity.common.errors import Refused
from comity.files.services.limits import Limits
from comity.files.services.reading.kinds import HEAD, KINDS, kind_of, looks_like
from comity.integrations.scanners import Scanner, ScannerDown

_MODULE = "comity.files.services.reading"
_PATIENCE = 10  # times the seconds of computing: on a busy machine they take longer by the clock
_AT_ONCE = threading.BoundedSemaphore(2)  # files looked at by this process at the same time
_WAIT = 20  # seconds in that queue
_PICTURE_READER = "tesseract"
_MILLION = 1_000_000


class FileRefused(Refused):
    """A file that is not kept; the sentence does not name it, whoever shows it does."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(code, sentence, "files")


@dataclass(frozen=True, slots=True)
class Inspected:
    """A file that may be kept. ``clean`` and ``preview`` (None where there is none) last as long as the inspection.

    ``extent`` and ``parts`` are those of ``models.Reading``.
    """

    kind: str
    clean: Path
    preview: Path | None
    pages: int | None
    extent: str
    parts: list[tuple[int, str]]


@contextmanager
def inspected(content: IO[bytes], *, size: int, limits: Limits, scanner: Scanner) -> Iterator[Inspected]:
    """Look at ``content`` of ``size`` bytes. Raises ``FileRefused`` with the limit that was met, in words."""
    _refuse_size(size, limits)
    with TemporaryDirectory(prefix="comity-upload-") as folder:
        upload = Path(folder, "upload")
        with upload.open("wb") as copy:
            shutil.copyfileobj(content, copy)
        _scan(upload, scanner)
        kind = _kind(upload, limits)
        if not _AT_ONCE.acquire(timeout=_WAIT):
            raise FileRefused("busy", "Too many files are being checked at the moment. Send it again in a minute.")
        try:
            found = _look(upload, kind, Path(folder), limits)
        finally:
            _AT_ONCE.release()
        yield found


def picture_reader() -> str:
    """The programme that reads the words of pictures, if there is one on this machine."""
    return shutil.which(_PICTURE_READER) or ""


def _refuse_size(size: int, limits: Limits) -> None:
    if not size:
        raise FileRefused("empty", "The file is empty. Choose it again.")
    if size > limits.file_bytes:
        sentence = f"The file has {megabytes(size)}; up to {megabytes(limits.file_bytes)} can be sent."
        raise FileRefused("size", sentence)


def _scan(upload: Path, scanner: Scanner) -> None:
    try:
        with upload.open("rb") as content:
            found = scanner.scan(content)
    except ScannerDown:
        sentence = "Files cannot be checked for viruses at the moment. Send your message without it, or later."
        raise FileRefused("unscanned", sentence) from None
    if found:
        raise FileRefused("infected", "The file was removed for safety: the virus scanner found something in it.")


def _kind(upload: Path, limits: Limits) -> str:
    with upload.open("rb") as content:
        head = content.read(HEAD)
    kind = kind_of(head)
    if not kind or (kind != "archive" and kind not in limits.kinds):
        seems = looks_like(head)
        what = f"This is {seems}, which" if seems else "A file of this type"
        raise FileRefused("type", f"{what} cannot be sent. Allowed: {words_of(limits.kinds)}.")
    return kind


def _look(upload: Path, kind: str, folder: Path, limits: Limits) -> Inspected:
    clean, preview = folder / "clean", folder / "preview"
    lines = _lines(upload, kind, clean, preview, limits)
    first: dict[str, Any] = next(lines, {"refused": "cost"})
    if "refused" in first or first["kind"] not in limits.kinds:
        raise FileRefused(*_sentence(first.get("refused", "type"), str(first.get("detail", "")), limits))
    rest = list(lines)
    parts = [(line["page"], line["text"]) for line in rest if "text" in line]
    extent = next((line["extent"] for line in rest if "extent" in line), "partly")
    if extent == "picture" and first["preview"] and picture_reader():
        extent, parts = _with_words_of_picture(clean, parts, limits)
    if limits.unread.get(extent) == "refuse":
        raise FileRefused(*_sentence(extent, "", limits))
    return Inspected(first["kind"], clean, preview if first["preview"] else None, first["pages"], extent, parts)


def _lines(upload: Path, kind: str, clean: Path, preview: Path, limits: Limits) -> Iterator[dict[str, Any]]:
    """What the process said before it ended, one way or another."""
    size = upload.stat().st_size
    job = {
        "kind": kind,
        "clean": str(clean),
        "preview": str(preview),
        "limits": {**_plain(limits), "size": size},
    }
    said = upload.with_name("said")
    with upload.open("rb") as content, said.open("wb") as output:
        _run([sys.executable, "-I", "-m", _MODULE, json.dumps(job)], content, output, limits.seconds * _PATIENCE)
    for line in said.read_text("utf-8", "replace").splitlines():
        try:
            yield json.loads(line)
        except ValueError:
            return  # cut off in the middle of a line


def _plain(limits: Limits) -> dict[str, Any]:
    return {**asdict(limits), "unread": dict(limits.unread)}


def _run(command: list[str], content: IO[bytes], output: IO[bytes], seconds: int) -> int:
    """The end of a process that gets the file, nothing of our environment, and a limit by the clock."""
    try:
        return subprocess.run(  # noqa: S603 - a fixed programme; the file is data to it
            command,
            stdin=content,
            stdout=output,
            stderr=subprocess.DEVNULL,
            env={"PATH": "/usr/local/bin:/usr/bin:/bin", "OMP_THREAD_LIMIT": "1", "LC_ALL": "C.UTF-8"},
            timeout=seconds,
            check=False,
        ).returncode
    except subprocess.TimeoutExpired:
        return -1


def _with_words_of_picture(
    clean: Path, parts: list[tuple[int, str]], limits: Limits
) -> tuple[str, list[tuple[int, str]]]:
    """The words in the cleaned picture too, if they can be read within their time."""
    words = clean.with_name("words")
    job = {"kind": "words", "clean": picture_reader(), "preview": "", "limits": {**_plain(limits), "size": 0}}
    with clean.open("rb") as content, words.open("wb") as output:
        command = [sys.executable, "-I", "-m", _MODULE, json.dumps(job)]
        if _run(command, content, output, limits.picture_reader_seconds * 2):
            return "picture", parts
    text = words.read_text("utf-8", "replace").replace("\0", "")[: limits.characters].strip()
    return "read", [*parts, (0, text)] if text else parts


def _sentence(code: str, detail: str, limits: Limits) -> tuple[str, str]:
    """The code with its words: what was met, what is allowed, what to do."""
    sentences: Mapping[str, str] = {
        "type": f"A file of this type cannot be sent, whatever its name. Allowed: {words_of(limits.kinds)}.",
        "archive": f"This is an archive, which cannot be sent. Allowed: {words_of(limits.kinds)}.",
        "pixels": f"The picture has {detail} points; up to {limits.pixels:,} points can be sent. Make it smaller.",
        "pages": f"The document has {detail} pages; up to {limits.pages} can be sent. Send the pages that matter.",
        "entries": f"The document is made of {detail} files; up to {limits.entries} are allowed. Send it as a PDF.",
        "unpacked": f"The document unpacks to more than {megabytes(limits.unpacked_bytes)}. Send it as a PDF.",
        "ratio": f"The document unpacks to more than {limits.ratio} times its size. Send it as a PDF.",
        "nested": "Another file is packed inside this document. Send that file by itself, or the document as a PDF.",
        "macros": "The document contains a programme (macros). Save it without, or as a PDF.",
        "remote": "The document fetches a picture or a template from elsewhere. Save it as a PDF.",
        "crooked": "The document names a file in it in a way that is not allowed. Save it as a PDF.",
        "polyglot": "This is two files in one, which cannot be sent. Save it anew and choose it again.",
        "locked": "The document is locked by a password, so nobody can check it. Save it without one.",
        "locked_archive": "The document is locked by a password, so nobody can check it. Save it without one.",
        "partly": "The document could not be read in full. Send a shorter one.",
        "picture": "The words in this picture cannot be read here. Write them in your message.",
        "memory": "Looking at the file takes too much memory. Make it smaller, or save it as a PDF.",
        "cost": f"Looking at the file takes longer than {limits.seconds} seconds. Make it smaller or save it as a PDF.",
        "broken": "The file is damaged or is not what it says. Save it anew and choose it again.",
    }
    known = code if code in sentences else "broken"
    return known, sentences[known]


def words_of(kinds: tuple[str, ...]) -> str:
    """“PDF, JPEG, PNG or Word (docx)”."""
    *others, last = [KINDS[kind].word for kind in kinds]
    return f"{', '.join(others)} or {last}" if others else last


def megabytes(size: int) -> str:
    """“10 MB”, “2.4 MB”, “12 kB”: a size for people."""
    if size < _MILLION:
        return f"{max(size // 1000, 1)} kB"
    return f"{size / _MILLION:.1f}".removesuffix(".0") + " MB"
