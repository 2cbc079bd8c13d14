"""SEC6: what an upload is, is told by its content; what it costs is bounded; what it carried along is gone."""

import io
import resource
import zipfile
from contextlib import contextmanager
from dataclasses import replace
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from pypdf import PdfReader

from comity.accounts.profiles import profile_files
from comity.files.services import inspection
from comity.files.services.inspection import FileRefused, inspected
from comity.files.services.names import clean_name
from comity.files.services.reading.kinds import KINDS, kind_of
from comity.integrations.scanners import NoScanner
from tests.files import samples as s

LIMITS = next(profile for profile in profile_files() if profile.name == "open-marketplace").attachments


@contextmanager
def look(content, limits=LIMITS):
    with inspected(io.BytesIO(content), size=len(content), limits=limits, scanner=NoScanner()) as found:
        yield found


def refusal(content, limits=LIMITS):
    """The code of the refusal, or the kind that was taken."""
    try:
        with look(content, limits) as found:
            return found.kind
    except FileRefused as refused:
        return refused.code


def words_in(content):
    with look(content) as found:
        return found.extent, [tuple(part) for part in found.parts]


def opened(path):
    return Image.open(io.BytesIO(path.read_bytes()))


def unpacked(path):
    with zipfile.ZipFile(path) as kept:
        return b"".join(kept.read(name) for name in kept.namelist()), {entry.date_time for entry in kept.infolist()}


@pytest.fixture(autouse=True)
def without_picture_reader(monkeypatch):
    monkeypatch.setattr(inspection, "picture_reader", lambda: "")


# name -> (content, code of the refusal or the kind it is taken for)
HOSTILE = {
    # not what may be sent
    "empty": (lambda: b"", "empty"),
    "too large": (lambda: s.zeros(10_000_001), "size"),
    "26 MB": (lambda: b"%PDF-1.7" + s.zeros(26_000_000), "size"),
    "EICAR": (lambda: s.EICAR, "type"),
    "windows programme": (lambda: b"MZ" + s.zeros(500), "type"),
    "linux programme": (lambda: b"\x7fELF" + s.zeros(500), "type"),
    "mac programme": (lambda: b"\xcf\xfa\xed\xfe" + s.zeros(500), "type"),
    "script": (lambda: b"#!/bin/sh\nrm -rf /", "type"),
    "web page": (lambda: b"<!DOCTYPE html><script>alert(1)</script>", "type"),
    "svg": (lambda: b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', "type"),
    "xml with entities": (lambda: s.laughs().encode(), "type"),
    "business card": (lambda: b"BEGIN:VCARD\nTEL:+44 161 496 0018\nEND:VCARD", "type"),
    "old office file": (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + s.zeros(500), "type"),
    "rtf": (lambda: b"{\\rtf1 hello}", "type"),
    "gzip bomb": (s.gzip_bomb, "type"),
    "7z": (lambda: b"7z\xbc\xaf\x27\x1c" + s.zeros(99), "type"),
    "rar": (lambda: b"Rar!\x1a\x07\0", "type"),
    "film": (lambda: b"\0\0\0\x18ftypmp42", "type"),
    "heic": (lambda: b"\0\0\0\x18ftypheic", "type"),
    "nothing known": (lambda: bytes(range(256)) * 4, "type"),
    "pdf with something before it": (lambda: b"<html>" + s.pdf(), "type"),
    # pictures
    "png of 50,000 by 50,000": (lambda: s.png_of(50_000, 50_000), "pixels"),
    "png of 2 billion": (lambda: s.png_of(2**31 - 1, 1), "pixels"),
    "gif of 65,535 by 65,535": (lambda: s.picture("GIF")[:6] + b"\xff\xff\xff\xff" + s.picture("GIF")[10:], "pixels"),
    "png without points": (lambda: s.png_of(100, 100), "broken"),
    "png cut off": (lambda: s.picture()[:-30], "broken"),
    "png head only": (lambda: b"\x89PNG\r\n\x1a\n", "broken"),
    "jpeg head only": (lambda: b"\xff\xd8\xff\xe0" + s.zeros(50), "broken"),
    "webp head only": (lambda: b"RIFF\x10\0\0\0WEBPVP8 ", "broken"),
    "png with a comment of 100 MB": (s.png_text_bomb, "broken"),
    "gif before a pdf": (lambda: s.moved(s.pdf(), 20), "broken"),
    "jpeg and archive": (lambda: s.photo() + s.archive({"a": "b"}), "polyglot"),
    "png and archive": (lambda: s.picture() + s.docx(), "polyglot"),
    # pdf
    "pdf and archive": (lambda: s.pdf() + s.archive({"a": "b"}), "polyglot"),
    "pdf head only": (lambda: b"%PDF-1.7\n", "broken"),
    "pdf without pages": (lambda: s.written({1: b"<</Type/Catalog/Pages 2 0 R>>", 2: b"<</Kids[]/Count 0>>"}), "broken"),
    "pdf 3,000 deep": (s.deep_pdf, "broken"),
    "pdf of 101 pages": (lambda: s.pdf(*["x"] * 101), "pages"),
    "locked pdf": (s.locked_pdf, "locked"),
    # office
    "plain archive": (lambda: s.archive({"a.txt": "hello"}), "archive"),
    "archive head only": (lambda: b"PK\x03\x04" + s.zeros(99), "polyglot"),
    "archive after an archive": (lambda: s.docx() + b"trailer", "polyglot"),
    "archive with a comment": (lambda: s.docx()[:-2] + b"\x05\0hello", "polyglot"),
    "locked docx": (s.encrypted_archive, "locked_archive"),
    "docx that unpacks to 60 MB": (lambda: s.docx(more={"word/a.bin": s.zeros(60 << 20)}), "ratio"),
    "docx of many zeros": (lambda: s.docx(more={f"word/{n}": s.zeros(1 << 20) for n in range(9)}), "ratio"),
    "docx of 501 files": (lambda: s.docx(more={f"word/{n}.xml": "<a/>" for n in range(501)}), "entries"),
    "docx with an archive": (lambda: s.docx(more={"word/embeddings/a.docx": s.docx()}), "nested"),
    "docx with a gzip bomb": (lambda: s.docx(more={"word/media/a.png": s.gzip_bomb()}), "nested"),
    "docx with a programme": (lambda: s.docx(more={"word/media/a.png": b"MZ" + s.zeros(99)}), "nested"),
    "docx with macros": (lambda: s.docx(more={"word/vbaProject.bin": "macro"}), "macros"),
    "docm": (lambda: s.docx(more={"[Content_Types].xml": s.TYPES + b"<!-- macroEnabled -->"}), "macros"),
    "docx climbing out": (lambda: s.docx(more={"../../etc/passwd": "x"}), "crooked"),
    "docx from the root": (lambda: s.docx(more={"/etc/passwd": "x"}), "crooked"),
    "docx with a drive": (lambda: s.docx(more={"C:evil": "x"}), "crooked"),
    "docx with a link": (s.link_in_archive, "crooked"),
    "docx with entities": (lambda: s.docx(more={"word/_rels/document.xml.rels": s.laughs()}), "broken"),
    "docx with a remote template": (
        lambda: s.docx(more={"word/_rels/settings.xml.rels": s.relations("http://evil.example/t", "attachedTemplate")}),
        "remote",
    ),
    "docx with a tracking picture": (
        lambda: s.docx(more={"word/_rels/document.xml.rels": s.relations("http://evil.example/p.png", "image")}),
        "remote",
    ),
    "xlsx that fetches": (
        lambda: s.archive({"[Content_Types].xml": s.TYPES, "xl/workbook.xml": "<a/>", "xl/externalLinks/1.xml": "<a/>"}),
        "remote",
    ),
    "odt with macros": (lambda: s.odt(**{"Basic/Standard/a.xml": "<a/>"}), "macros"),
    "odt with a tracking picture": (lambda: s.odt(more='<draw:image xlink:href="http://evil.example/p"/>'), "remote"),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files_are_refused_for_what_they_are(name):
    content, expected = HOSTILE[name]
    assert refusal(content()) == expected


def test_there_are_as_many_hostile_files_as_promised():
    assert len(HOSTILE) >= 60


def test_who_trusts_the_ending_takes_other_things_for_what_they_say(monkeypatch):
    """The mutant of SEC6: the ending decides. Every file here is called .pdf."""
    monkeypatch.setattr(inspection, "kind_of", lambda head: "pdf")
    told = {name: HOSTILE[name] for name in ("windows programme", "web page", "locked docx", "png of 50,000 by 50,000")}
    assert {name: refusal(content()) == code for name, (content, code) in told.items()} == dict.fromkeys(told, False)


# What must end the process that looks, not the server: more of it than SEC6 allows.
COSTLY = {"pdf that unpacks to 200 MB": s.pdf_bomb}


@pytest.mark.parametrize("name", COSTLY)
def test_what_costs_too_much_is_read_in_part_and_ends_its_own_process(name):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    with look(COSTLY[name]()) as found:
        assert found.extent == "partly"
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < LIMITS.seconds + 1


def test_memory_is_bounded_by_the_process_itself():
    little = replace(LIMITS, memory_bytes=40_000_000)
    assert refusal(s.picture("PNG", (4000, 3000)), little) in ("memory", "broken")
    assert refusal(s.picture("PNG", (4000, 3000))) == "png"


def test_nothing_is_left_lying_about(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    refusal(s.photo())
    refusal(s.docx(more={"../x": "y"}))
    assert list(tmp_path.iterdir()) == []


def test_a_photograph_stands_upright_and_says_nothing_of_camera_and_place():
    with look(s.photo((60, 40))) as found:
        kept = opened(found.clean)
        assert (kept.format, kept.size, dict(kept.getexif())) == ("JPEG", (40, 60), {})
        assert b"Secret Camera" not in found.clean.read_bytes()
        assert max(opened(found.preview).size) <= LIMITS.preview_pixels


@pytest.mark.parametrize(
    ("content", "kept"),
    [
        (lambda: s.picture("GIF"), "png"),
        (lambda: s.picture("WEBP"), "jpeg"),
        (lambda: s.picture("WEBP", mode="RGBA"), "png"),
        (lambda: s.picture("PNG", mode="P"), "png"),
        (lambda: s.picture("JPEG", mode="CMYK"), "jpeg"),
        (lambda: s.picture("PNG", mode="I;16"), "png"),
    ],
)
def test_pictures_of_every_make_are_kept_as_what_everybody_opens(content, kept):
    with look(content()) as found:
        assert (found.kind, found.extent, opened(found.clean).size) == (kept, "picture", (60, 40))


def test_words_of_a_pdf_are_read_page_by_page_with_its_links_and_notes():
    note = "<</Type/Annot/Subtype/Link/Rect[0 0 9 9]/A<</S/URI/URI(https://evil.example)>>/Contents(call me)>>"
    extent, parts = words_in(s.pdf("First page", "Second page", page=f"/Annots[{note}]"))
    assert (extent, [page for page, _ in parts]) == ("read", [1, 2])
    assert next(part for _, part in parts).split("\n") == ["First page", "call me", "https://evil.example"]


@pytest.mark.parametrize("name", ["script", "launch", "attached", "form"])
def test_a_pdf_is_kept_without_what_acts_and_without_its_author(name):
    with look(s.programme_pdf(name)) as found:
        kept = PdfReader(io.BytesIO(found.clean.read_bytes()))
        assert {"/OpenAction", "/Names", "/AcroForm", "/Metadata"} & kept.trailer["/Root"].keys() == set()
        assert not kept.metadata
        assert [
            bad for bad in (b"JavaScript", b"Launch", b"MZ this", b"Author") if bad in found.clean.read_bytes()
        ] == []


def test_notes_that_carry_programmes_are_taken_from_the_page():
    bad = "<</Type/Annot/Subtype/FileAttachment/Rect[0 0 9 9]/FS 100 0 R>>"
    acts = "<</Type/Annot/Subtype/Link/Rect[0 0 9 9]/A<</S/Launch/F(cmd.exe)>>>>"
    content = s.pdf(page=f"/Annots[{bad}{acts}]/AA<</O<</S/JavaScript/JS(x)>>>>", objects=[s.stream(b"MZ inside")])
    with look(content) as found:
        (page,) = PdfReader(io.BytesIO(found.clean.read_bytes())).pages
        assert ([dict(note.get_object()).get("/A") for note in page["/Annots"]], "/AA" in page) == ([None], False)
        assert b"MZ inside" not in found.clean.read_bytes()


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (lambda: s.docx("Call 0161 496 0018"), (0, "Call 0161 496 0018\n")),
        (lambda: s.odt("Call 0161 496 0018"), (0, "Call 0161 496 0018\n")),
        (lambda: s.xlsx("Call", "0161 496 0018"), (1, "Call\n0161 496 0018")),
        (lambda: s.docx(more={"word/_rels/a.rels": s.relations("https://evil.example")}), (0, "https://evil.example")),
        (lambda: s.docx(more={"word/media/a.png": s.code("https://evil.example")}), (0, "https://evil.example")),
        (lambda: s.code("https://evil.example"), (0, "https://evil.example")),
    ],
)
def test_words_links_and_codes_of_files_are_read(content, expected):
    assert expected in words_in(content())[1]


@pytest.mark.parametrize(("make", "kind"), [(s.docx, "docx"), (s.odt, "odt")])
def test_an_office_file_is_kept_without_its_author_and_opens_as_before(make, kind):
    content = make(more={"word/media/a.jpg": s.photo()}) if kind == "docx" else make()
    with look(content) as found:
        everything, moments = unpacked(found.clean)
        assert found.kind == kind
        assert (b"Dear customer" in everything, b"Ann Author" in everything, b"Secret Camera" in everything) == (
            True,
            False,
            False,
        )
        assert moments == {(1980, 1, 1, 0, 0, 0)}


def test_the_same_file_becomes_the_same_content_every_time():
    for content in (s.photo(), s.pdf("x"), s.docx()):
        with look(content) as first, look(content) as second:
            assert first.clean.read_bytes() == second.clean.read_bytes()


def test_words_beyond_the_limit_are_left_and_said_to_be():
    with look(s.docx("word " * 1000), replace(LIMITS, characters=100)) as found:
        assert (found.extent, len(found.parts[0][1])) == ("partly", 100)


def test_what_may_be_sent_is_the_profiles_word():
    only_pdf = replace(LIMITS, kinds=("pdf",))
    assert [refusal(content, only_pdf) for content in (s.pdf(), s.photo(), s.docx())] == ["pdf", "type", "type"]
    unread = replace(LIMITS, unread={"locked": "hold", "picture": "refuse", "partly": "hold"})
    assert [refusal(content, unread) for content in (s.locked_pdf(), s.photo())] == ["pdf", "picture"]


def test_words_of_a_picture_are_read_where_its_reader_is_installed(monkeypatch):
    monkeypatch.undo()
    if not inspection.picture_reader():
        pytest.skip("no reader of pictures: install the package tesseract-ocr")
    from PIL import ImageDraw

    drawn = Image.new("RGB", (700, 120), "white")
    ImageDraw.Draw(drawn).text((20, 30), "Call 0161 496 0018", fill="black", font_size=50)
    packed = io.BytesIO()
    drawn.save(packed, "PNG")
    assert words_in(packed.getvalue()) == ("read", [(0, "Call 0161 496 0018")])


@pytest.mark.parametrize("answers", [lambda *a: 1, lambda *a: -1])
def test_a_picture_whose_reader_fails_counts_as_a_picture(monkeypatch, answers):
    monkeypatch.setattr(inspection, "picture_reader", lambda: "/bin/false")
    assert words_in(s.photo()) == ("picture", [])


def test_a_queue_that_is_full_says_so(monkeypatch):
    monkeypatch.setattr(inspection, "_AT_ONCE", SimpleNamespace(acquire=lambda timeout: False))
    assert refusal(s.photo()) == "busy"


def test_every_refusal_names_figure_and_next_step():
    with pytest.raises(FileRefused) as refused, look(s.png_of(50_000, 50_000)):
        pass
    assert refused.value.sentence == (
        "The picture has 50,000 × 50,000 points; up to 25,000,000 points can be sent. Make it smaller."
    )


@pytest.mark.parametrize(
    ("name", "kind", "clean"),
    [
        ("invoice.pdf", "pdf", "invoice.pdf"),
        ("IMG 1.JPEG", "jpeg", "IMG 1.JPEG"),
        ("../../etc/passwd", "pdf", "passwd.pdf"),
        ("C:\\Users\\ann\\a.png", "png", "a.png"),
        ("invoice.pdf.exe", "pdf", "invoice.pdf.pdf"),
        ("photo.pdf", "png", "photo.png"),
        ("a\u202egnp.exe", "pdf", "agnp.pdf"),
        ("a\x00b\r\nc.pdf", "pdf", "ab c.pdf"),
        ("", "pdf", "file.pdf"),
        ("...", "png", "file.png"),
        ("con.pdf", "pdf", "file con.pdf"),
        ('a<b>:"|?*.pdf', "pdf", "a_b______.pdf"),
        ("x" * 300 + ".pdf", "pdf", "x" * 116 + ".pdf"),
        ("Rechnung für Jörg.pdf", "pdf", "Rechnung für Jörg.pdf"),
    ],
)
def test_names_are_cleaned(name, kind, clean):
    assert clean_name(name, kind) == clean


@settings(max_examples=200)
@given(st.text(max_size=400), st.sampled_from(sorted(KINDS)))
def test_no_name_is_long_or_leads_anywhere(name, kind):
    cleaned = clean_name(name, kind)
    assert len(cleaned) <= 120
    assert cleaned.lower().endswith((f".{KINDS[kind].ending}", ".jpeg", ".jpe"))
    assert not set(cleaned) & set('/\\\0\n\r\u202e:"')
    assert clean_name(cleaned, kind) == cleaned


@given(st.binary(max_size=100))
def test_content_that_is_nothing_of_ours_is_no_kind(content):
    assert kind_of(content) in {"", *KINDS, "archive"}
