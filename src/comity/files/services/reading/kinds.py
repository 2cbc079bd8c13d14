"""Which kind of file it is, by its content. Neither its name nor the browser's word counts."""

from dataclasses import dataclass
from typing import IO

from comity.files.services.reading.answers import Refusal

HEAD = 64  # bytes that tell kinds apart
_END = 1 << 16  # bytes at a file's end in which an archive's directory would announce itself

ARCHIVE = b"PK\x03\x04"
_ARCHIVE_END = b"PK\x05\x06"
_ARCHIVE_END_LENGTH = 22


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of file: its usual ending, content type, and its word for people."""

    ending: str
    content_type: str
    word: str


KINDS: dict[str, Kind] = {
    "pdf": Kind("pdf", "application/pdf", "PDF"),
    "jpeg": Kind("jpg", "image/jpeg", "JPEG"),
    "png": Kind("png", "image/png", "PNG"),
    "gif": Kind("gif", "image/gif", "GIF"),
    "webp": Kind("webp", "image/webp", "WebP"),
    "docx": Kind("docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "Word (docx)"),
    "xlsx": Kind("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "Excel (xlsx)"),
    "odt": Kind("odt", "application/vnd.oasis.opendocument.text", "OpenDocument (odt)"),
}
PICTURES = ("jpeg", "png", "gif", "webp")
OFFICE = ("docx", "xlsx", "odt")

# What people send by mistake or on purpose, so that the refusal can name it.
_KNOWN = (
    (b"MZ", "a programme"),
    (b"\x7fELF", "a programme"),
    (b"\xca\xfe\xba\xbe", "a programme"),
    (b"\xcf\xfa\xed\xfe", "a programme"),
    (b"#!", "a programme"),
    (b"\x1f\x8b", "an archive"),
    (b"7z\xbc\xaf\x27\x1c", "an archive"),
    (b"Rar!", "an archive"),
    (b"BZh", "an archive"),
    (b"\xfd7zXZ", "an archive"),
    (b"\xd0\xcf\x11\xe0", "an office file of the old kind, or one locked by a password"),
    (b"<svg", "an SVG picture"),
    (b"<?xml", "an XML file"),
    (b"<!doctype html", "a web page"),
    (b"<html", "a web page"),
    (b"{\\rtf", "an RTF file"),
    (b"BEGIN:VCARD", "a business card"),
)


def kind_of(head: bytes) -> str:
    """``pdf``, ``jpeg``, ``png``, ``gif``, ``webp``, ``archive`` (perhaps an office file), or empty."""
    if head.startswith(b"%PDF-"):
        return "pdf"
    if head.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if head.startswith((b"GIF87a", b"GIF89a")):
        return "gif"
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "webp"
    return "archive" if head.startswith(ARCHIVE) else ""


def looks_like(head: bytes) -> str:
    """What a file that is none of ours seems to be, in words; empty when nobody knows."""
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    if head[4:8] == b"ftyp":
        return "a HEIC picture" if head[8:11] in (b"hei", b"hev", b"mif") else "a film"
    return next((word for sign, word in _KNOWN if start.lower().startswith(sign.lower())), "")


def refuse_two_files(content: IO[bytes], kind: str) -> None:
    """Raise ``Refusal`` when an archive hides behind a file of another kind, or something else around an archive."""
    size = content.seek(0, 2)
    content.seek(max(size - _END, 0))
    end = content.read()
    content.seek(0)
    # An archive of ours ends with its directory; nothing follows, not even a comment.
    whole = end[-_ARCHIVE_END_LENGTH:].startswith(_ARCHIVE_END) and end.endswith(b"\0\0")
    if not whole if kind == "archive" else _ARCHIVE_END in end:
        raise Refusal("polyglot")
