"""Office files of the new kind: an archive of XML files and pictures, written anew without document information."""

import io
import posixpath
import re
import stat
from collections.abc import Iterator
from typing import IO
from xml.etree.ElementTree import Element
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from defusedxml.ElementTree import fromstring

from comity.files.services.reading.answers import Job, Looked, Refusal
from comity.files.services.reading.kinds import KINDS
from comity.files.services.reading.pictures import codes_in_embedded, without_metadata

_PIECE = 1 << 16  # bytes
_SMALL = 1 << 20  # bytes below which no ratio of packing is suspicious
_ALWAYS = (1980, 1, 1, 0, 0, 0)  # one moment for every file inside: when it was written is nobody's business
_ENCRYPTED = 0x1

# What a document may not hold: other archives, old office files with macros, programmes.
_HIDDEN = (
    b"PK\x03\x04",
    b"\x1f\x8b",
    b"7z\xbc\xaf",
    b"Rar!",
    b"BZh",
    b"\xfd7zXZ",
    b"\xd0\xcf\x11\xe0",
    b"MZ",
    b"\x7fELF",
)
_MACROS = re.compile(r"(^|/)(vbaProject|vbaData|Basic/|Scripts/|macrosheets/|activeX/|ctrlProps/)", re.IGNORECASE)
_FETCHING = frozenset({"image", "object", "plugin", "applet", "floating-frame", "script"})
_NOTHING = b"<nothing/>"
_REMOTE_PARTS = re.compile(r"^xl/(externalLinks|connections|queryTables)", re.IGNORECASE)

_NS = "http://schemas.openxmlformats.org/"
_EMPTY = {
    "docProps/core.xml": f'<cp:coreProperties xmlns:cp="{_NS}package/2006/metadata/core-properties"/>',
    "docProps/app.xml": f'<Properties xmlns="{_NS}officeDocument/2006/extended-properties"/>',
    "docProps/custom.xml": f'<Properties xmlns="{_NS}officeDocument/2006/custom-properties"/>',
    "meta.xml": (
        '<office:document-meta xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" office:version="1.2">'
        "<office:meta/></office:document-meta>"
    ),
}
_WORDS_OF_DOCX = re.compile(r"word/(document|header\d*|footer\d*|footnotes|endnotes|comments)\.xml")
_SHEET = re.compile(r"xl/worksheets/sheet(\d+)\.xml")
_PICTURE = re.compile(r"(word/media|xl/media|Pictures)/[^/]+")
_MOST_PICTURES = 20


def look(content: IO[bytes], job: Job) -> Looked:
    """Check every file inside while it is unpacked, and write the archive anew."""
    with ZipFile(content) as archive:
        entries = archive.infolist()
        if len(entries) > job.limits["entries"]:
            raise Refusal("entries", f"{len(entries):,}")
        files = _unpacked(archive, entries, job)
    kind = _kind(files)
    _refuse_what_acts(files)
    _write(files, job.clean)
    sheets = sum(_SHEET.fullmatch(name) is not None for name in files) if kind == "xlsx" else None
    return Looked(kind, sheets, words=_words(kind, files, job))


def _unpacked(archive: ZipFile, entries: list[ZipInfo], job: Job) -> dict[str, bytes]:
    """Name and content of every file inside; sizes are counted, not believed."""
    files: dict[str, bytes] = {}
    total = 0
    for entry in entries:
        _refuse_odd(entry, files)
        if entry.is_dir():
            continue
        pieces = []
        with archive.open(entry) as packed:
            while piece := packed.read(_PIECE):
                total += len(piece)
                _refuse_swollen(total, job)
                pieces.append(piece)
        content = b"".join(pieces)
        if content.startswith(_HIDDEN):
            raise Refusal("nested", entry.filename)
        files[entry.filename] = content
    return files


def _refuse_odd(entry: ZipInfo, files: dict[str, bytes]) -> None:
    name = entry.filename
    if entry.flag_bits & _ENCRYPTED:
        raise Refusal("locked_archive")
    normal = posixpath.normpath(name.removesuffix("/"))
    outside = normal != name.removesuffix("/") or normal.startswith(("/", "..")) or "\\" in name or ":" in name
    if outside or stat.S_ISLNK(entry.external_attr >> 16) or name in files:
        raise Refusal("crooked", name)
    if entry.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
        raise Refusal("broken")


def _refuse_swollen(total: int, job: Job) -> None:
    if total > job.limits["unpacked_bytes"]:
        raise Refusal("unpacked", f"{total:,}")
    if total > _SMALL and total > job.limits["ratio"] * job.limits["size"]:
        raise Refusal("ratio", f"{total // job.limits['size']:,}")


def _kind(files: dict[str, bytes]) -> str:
    if files.get("mimetype", b"").strip() == KINDS["odt"].content_type.encode() and "content.xml" in files:
        return "odt"
    types = files.get("[Content_Types].xml", b"")
    if b"macroEnabled" in types:
        raise Refusal("macros")
    if types and "word/document.xml" in files:
        return "docx"
    if types and "xl/workbook.xml" in files:
        return "xlsx"
    raise Refusal("archive")


def _refuse_what_acts(files: dict[str, bytes]) -> None:
    """Macros, and whatever the reader's programme would fetch from elsewhere by itself."""
    for name, content in files.items():
        if _MACROS.search(name):
            raise Refusal("macros")
        if _REMOTE_PARTS.search(name):
            raise Refusal("remote")
        if name.endswith(".rels") and any(map(_fetches, _ties_out(content))):
            raise Refusal("remote")
    if any(map(_leads_out, _xml(files.get("content.xml", _NOTHING)).iter())):
        raise Refusal("remote")


def _ties_out(rels: bytes) -> list[Element]:
    """The ties of a part of a document to what lies outside."""
    return [tie for tie in _xml(rels).iter() if tie.get("TargetMode") == "External"]


def _fetches(tie: Element) -> bool:
    return not (tie.get("Type") or "").endswith("/hyperlink")


def _leads_out(element: Element) -> bool:
    outside = any(name.endswith("}href") and ":" in value for name, value in element.items())
    return outside and _bare(element) in _FETCHING


def _write(files: dict[str, bytes], path: str) -> None:
    first = [name for name in files if name == "mimetype"]
    with ZipFile(path, "w", ZIP_DEFLATED) as archive:
        for name in [*first, *(name for name in files if name != "mimetype")]:
            content = _EMPTY[name].encode() if name in _EMPTY else without_metadata(files[name])
            entry = ZipInfo(name, _ALWAYS)
            entry.compress_type = ZIP_STORED if name == "mimetype" else ZIP_DEFLATED
            archive.writestr(entry, content)


def _words(kind: str, files: dict[str, bytes], job: Job) -> Iterator[tuple[int, str]]:
    """The words of the document, then what its links lead to, then the codes in its pictures."""
    yield from {"docx": _words_of_docx, "xlsx": _words_of_xlsx, "odt": _words_of_odt}[kind](files)
    for name, content in files.items():
        if name.endswith(".rels"):
            yield 0, "\n".join(tie.get("Target") or "" for tie in _ties_out(content))
    for name in [name for name in files if _PICTURE.fullmatch(name)][:_MOST_PICTURES]:
        yield from ((0, text) for text in codes_in_embedded(io.BytesIO(files[name]), job.limits["pixels"]))


def _words_of_docx(files: dict[str, bytes]) -> Iterator[tuple[int, str]]:
    for name in filter(_WORDS_OF_DOCX.fullmatch, files):
        yield 0, _flowing(_xml(files[name]), ends=("p", "br"), words=("t", "delText", "instrText"))


def _words_of_odt(files: dict[str, bytes]) -> Iterator[tuple[int, str]]:
    for name in ("content.xml", "styles.xml"):
        root = _xml(files.get(name, _NOTHING))
        links = [value for one in root.iter() for key, value in one.items() if key.endswith("}href")]
        yield 0, "\n".join([_flowing(root, ends=("p", "h", "line-break", "tab")), *links])


def _words_of_xlsx(files: dict[str, bytes]) -> Iterator[tuple[int, str]]:
    shared = [_flowing(one) for one in _xml(files.get("xl/sharedStrings.xml", _NOTHING))]
    for name, content in files.items():
        if sheet := _SHEET.fullmatch(name):
            cells = (_cell(one, shared) for one in _xml(content).iter() if _bare(one) == "c")
            yield int(sheet[1]), "\n".join(cell for cell in cells if cell.strip())
        elif name.startswith("xl/") and re.search(r"(comments|drawings/drawing)\d*\.xml$", name):
            yield 0, _flowing(_xml(content), ends=("t",))


def _cell(cell: Element, shared: list[str]) -> str:
    text = _flowing(cell, words=("v", "t"))
    if cell.get("t") == "s" and text.strip().isdecimal() and int(text) < len(shared):
        return shared[int(text)]
    return text


def _flowing(root: Element, *, ends: tuple[str, ...] = (), words: tuple[str, ...] = ()) -> str:
    """The text below ``root``, of elements named in ``words`` if there are any; a new line after each of ``ends``."""
    found: list[str] = []
    waiting: list[tuple[Element, bool]] = [(root, False)]
    while waiting:  # no recursion: how deep a file goes is its author's choice
        element, over = waiting.pop()
        name = _bare(element)
        if over:
            found.append("\n" if name in ends else "")
            if element.tail and not words:
                found.append(element.tail)
            continue
        if element.text and (not words or name in words):
            found.append(element.text)
        waiting.append((element, True))
        waiting += [(child, False) for child in reversed(element)]
    return "".join(found)


def _bare(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _xml(content: bytes) -> Element:
    """Parsed without document types and entities; whatever is wrong with it is the file's fault."""
    found: Element = fromstring(content, forbid_dtd=True)
    return found
