"""PDF: only its pages are kept. Scripts, attached files, actions and document information stay behind."""

import io
from collections.abc import Iterator
from typing import IO, Any

from pypdf import PdfReader, PdfWriter
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, NameObject, StreamObject

from comity.files.services.reading.answers import Job, Looked, Refusal
from comity.files.services.reading.pictures import codes_in_embedded, without_metadata

# Notes on a page that may stay; the others carry files, films or programmes.
_NOTES = frozenset(
    {
        *("/Link", "/Widget", "/FreeText", "/Text", "/Highlight", "/Underline", "/StrikeOut", "/Squiggly", "/Line"),
        *("/Square", "/Circle", "/Polygon", "/PolyLine", "/Ink", "/Stamp", "/Caret", "/Popup"),
    }
)
_DROPPED_OF_PAGE = ("/AA", "/Metadata", "/PieceInfo", "/Thumb", "/B", "/PresSteps", "/AF")
_DROPPED_OF_NOTE = ("/AA", "/PA", "/Parent", "/IRT", "/RichMediaContent", "/FS", "/Sound", "/Movie", "/AF")
_FORMS_DEEP = 4  # drawings inside drawings
_PICTURES_A_PAGE = 8


def look(content: IO[bytes], job: Job) -> Looked:
    """Write the document anew from its pages."""
    reader = PdfReader(content)
    if reader.is_encrypted and not reader.decrypt(""):
        content.seek(0)
        with open(job.clean, "wb") as kept:  # noqa: PTH123 - a path that we were given
            kept.write(content.read())
        return Looked("pdf", None, locked=True)
    count = len(reader.pages)
    if count > job.limits["pages"]:
        raise Refusal("pages", f"{count:,}")
    if not count:
        raise Refusal("broken")
    notes = [_clean_page(page) for page in reader.pages]
    writer = PdfWriter()
    for page in reader.pages:
        writer.add_page(page)
    writer.metadata = None
    with open(job.clean, "wb") as kept:  # noqa: PTH123 - as above
        writer.write(kept)
    return Looked("pdf", count, words=_words(reader, notes, job))


def _clean_page(page: Any) -> list[str]:
    """Take out what is no part of the page; the words of its notes, and where its links lead."""
    for name in _DROPPED_OF_PAGE:
        page.pop(name, None)
    _clean_pictures(page.get("/Resources"), set(), _FORMS_DEEP)
    said: list[str] = []
    kept = ArrayObject()
    for reference in _array(page.get("/Annots")):
        note = reference.get_object()
        if isinstance(note, DictionaryObject) and note.get("/Subtype") in _NOTES:
            said += _clean_note(note)
            kept.append(reference)
    if "/Annots" in page:
        page[NameObject("/Annots")] = kept
    return said


def _clean_note(note: DictionaryObject) -> list[str]:
    """The words of a note; of its actions only the address of a link stays."""
    field = note
    said = [str(note[name]) for name in ("/Contents", "/RC", "/T") if isinstance(note.get(name), str)]
    for _ in range(_FORMS_DEEP):
        if isinstance(field.get("/V"), str):
            said.append(str(field["/V"]))
        parent = field.get("/Parent")
        if parent is None or not isinstance(parent.get_object(), DictionaryObject):
            break
        field = parent.get_object()
    for name in _DROPPED_OF_NOTE:
        note.pop(name, None)
    action = note.get("/A")
    action = action.get_object() if action is not None else None
    if isinstance(action, DictionaryObject) and action.get("/S") == "/URI":
        said.append(str(action.get("/URI", "")))
        action.pop("/Next", None)
    else:
        note.pop("/A", None)
    return said


def _clean_pictures(resources: Any, seen: set[int], depth: int) -> None:
    """Photographs inside the document lose what the camera wrote into them."""
    for drawing in _drawings(resources):
        if id(drawing) in seen:
            continue
        seen.add(id(drawing))
        for name in ("/Metadata", "/PieceInfo", "/AF", "/OPI"):
            drawing.pop(name, None)
        if drawing.get("/Filter") in ("/DCTDecode", ["/DCTDecode"]):
            drawing._data = without_metadata(drawing._data)  # noqa: SLF001 - the packed bytes, as they are written
        if depth:
            _clean_pictures(drawing.get("/Resources"), seen, depth - 1)


def _drawings(resources: Any) -> Iterator[StreamObject]:
    resources = resources.get_object() if resources is not None else None
    named = resources.get("/XObject") if isinstance(resources, DictionaryObject) else None
    named = named.get_object() if named is not None else None
    if isinstance(named, DictionaryObject):
        found = (one.get_object() for one in named.values())
        yield from (one for one in found if isinstance(one, StreamObject))


def _array(value: Any) -> list[Any]:
    found = value.get_object() if isinstance(value, IndirectObject) else value
    return list(found) if isinstance(found, ArrayObject) else []


def _words(reader: PdfReader, notes: list[list[str]], job: Job) -> Iterator[tuple[int, str]]:
    """Each page's words, then what its notes and links say; last, because it is dear, its codes.

    A page whose words come from a picture says so by an empty text.
    """
    for number, page in enumerate(reader.pages, start=1):
        words = page.extract_text()
        yield from ((number, text) for text in ("\n".join([words, *notes[number - 1]]),) if text.strip())
        if not words.strip() and any(_pictures(page)):
            yield number, ""
    for number, page in enumerate(reader.pages, start=1):
        for found, _ in zip(_pictures(page), range(_PICTURES_A_PAGE), strict=False):
            for text in codes_in_embedded(io.BytesIO(found), job.limits["pixels"]):
                yield number, text


def _pictures(page: Any) -> Iterator[bytes]:
    """The pictures drawn on a page, as files."""
    for name in list(page.images.keys()):
        picture = page.images[name].image
        if picture is None:
            continue
        packed = io.BytesIO()
        picture.convert("L").save(packed, "PNG", compress_level=1)
        yield packed.getvalue()
