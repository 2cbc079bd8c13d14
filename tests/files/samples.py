"""Files for tests: what people send, and what attackers send. All are made here; none is kept anywhere."""

import gzip
import io
import struct
import zipfile
import zlib
from functools import cache

import zxingcpp
from PIL import Image

EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR" + b"-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
ORIENTATION, MAKER = 0x0112, 0x010F
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
RELS = "http://schemas.openxmlformats.org/package/2006/relationships"
TYPES = b'<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'


def picture(kind="PNG", size=(60, 40), mode="RGB", **options):
    packed = io.BytesIO()
    Image.new(mode, size, 90).save(packed, kind, **options)
    return packed.getvalue()


def photo(size=(60, 40), maker="Secret Camera"):
    """A JPEG as a phone makes it: lying on its side, with the camera's name and the place in it."""
    exif = Image.Exif()
    exif[ORIENTATION], exif[MAKER] = 6, maker
    exif.get_ifd(0x8825)[1] = "N"
    return picture("JPEG", size, exif=exif)


@cache
def code(text):
    """A picture of a QR code."""
    drawn = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode).to_image(scale=6)
    packed = io.BytesIO()
    Image.frombuffer("L", (drawn.shape[1], drawn.shape[0]), bytes(drawn)).save(packed, "PNG")
    return packed.getvalue()


def png_of(width, height):
    """A PNG that says it is that large and holds next to nothing."""
    header = struct.pack("!IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        chunk(*one) for one in ((b"IHDR", header), (b"IDAT", zlib.compress(b"")), (b"IEND", b""))
    )


def chunk(name, content):
    return struct.pack("!I", len(content)) + name + content + struct.pack("!I", zlib.crc32(name + content))


def pdf(*pages, page="", catalog="", info="(Ann Author)", objects=()):
    """A PDF with a line of text on each page; ``page`` and ``catalog`` are further entries, ``objects`` from 100 on."""
    pages = pages or ("A page",)
    made = {1: f"<</Type/Catalog/Pages 2 0 R{catalog}>>".encode(), 3: f"<</Author {info}>>".encode()}
    made[4] = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"
    kids = []
    for number, text in enumerate(pages):
        at = 10 + 2 * number
        drawn = f"BT /F1 12 Tf 20 100 Td ({text}) Tj ET".encode()
        made[at] = (
            f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]/Resources<</Font<</F1 4 0 R>>>>/Contents {at + 1} 0 R{page}>>".encode()
        )
        made[at + 1] = b"<</Length %d>>stream\n%s\nendstream" % (len(drawn), drawn)
        kids.append(f"{at} 0 R")
    made[2] = f"<</Type/Pages/Kids[{' '.join(kids)}]/Count {len(kids)}>>".encode()
    made |= dict(enumerate(objects, 100))
    return written(made)


def written(objects):
    out, places = bytearray(b"%PDF-1.7\n"), {}
    for number, content in sorted(objects.items()):
        places[number] = len(out)
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    start = len(out)
    out += b"xref\n0 1\n0000000000 65535 f \n"
    for number, place in places.items():
        out += b"%d 1\n%010d 00000 n \n" % (number, place)
    return bytes(out + b"trailer<</Size 1000/Root 1 0 R/Info 3 0 R>>\nstartxref\n%d\n%%%%EOF\n" % start)


def stream(content, entries=""):
    return f"<<{entries}/Length {len(content)}>>stream\n".encode() + content + b"\nendstream"


def locked_pdf():
    from pypdf import PdfReader, PdfWriter

    writer, packed = PdfWriter(PdfReader(io.BytesIO(pdf("Secret")))), io.BytesIO()
    writer.encrypt("open sesame", algorithm="AES-256")
    writer.write(packed)
    return packed.getvalue()


def archive(files, *, stored=()):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in files.items():
            kind = zipfile.ZIP_STORED if name in stored else zipfile.ZIP_DEFLATED
            made.writestr(name, content, kind)
    return packed.getvalue()


def docx(text="Dear customer", more=None, **parts):
    body = f'<w:document xmlns:w="{WORD}"><w:body><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:body></w:document>'
    core = "<c:coreProperties xmlns:c='c'><c:creator>Ann Author</c:creator></c:coreProperties>"
    files = {"[Content_Types].xml": TYPES, "word/document.xml": body, "docProps/core.xml": core}
    return archive({**files, **(more or {}), **parts})


def xlsx(*cells):
    rows = "".join(f'<c t="inlineStr"><is><t>{cell}</t></is></c>' for cell in cells)
    sheet = f"<worksheet><sheetData><row>{rows}</row></sheetData></worksheet>"
    return archive({"[Content_Types].xml": TYPES, "xl/workbook.xml": "<workbook/>", "xl/worksheets/sheet1.xml": sheet})


def odt(text="Dear customer", more="", **parts):
    names = 'xmlns:office="o" xmlns:text="t" xmlns:draw="d" xmlns:xlink="http://www.w3.org/1999/xlink"'
    content = f"<office:doc {names}><text:p>{text}</text:p>{more}</office:doc>"
    files = {"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": content, **parts}
    return archive({**files, "meta.xml": "<m>Ann Author</m>"}, stored=("mimetype",))


def relations(target, kind="hyperlink"):
    return f'<Relationships xmlns="{RELS}"><Relationship Id="a" Type="x/{kind}" Target="{target}" TargetMode="External"/></Relationships>'


def link_in_archive(target="/etc/passwd"):
    packed = io.BytesIO(docx())
    with zipfile.ZipFile(packed, "a") as made:
        entry = zipfile.ZipInfo("word/link")
        entry.external_attr = 0o120777 << 16
        made.writestr(entry, target)
    return packed.getvalue()


def encrypted_archive():
    """The flag that says so in both of its headers is all that a reader needs."""
    made = bytearray(docx())
    made[6] |= 1
    made[made.index(b"PK\x01\x02") + 8] |= 1
    return bytes(made)


def zeros(size):
    return b"\0" * size


def gzip_bomb():
    return gzip.compress(zeros(10 << 20))


def laughs():
    """Entities that each hold ten of the one before."""
    entities = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 9))
    return f'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY l0 "lol">{entities}]><l>&l8;</l>'


def deep_pdf(levels=3000):
    """Pages inside pages inside pages."""
    kids = {n: f"<</Type/Pages/Kids[{n + 1} 0 R]/Count 1>>".encode() for n in range(2, levels)}
    return written({1: b"<</Type/Catalog/Pages 2 0 R>>", **kids, levels: b"<</Type/Pages/Kids[]/Count 0>>"})


def pdf_bomb(size=200 << 20):
    """A page whose drawing unpacks to ``size`` bytes."""
    packed = zlib.compressobj(9)
    drawn = b"".join([packed.compress(zeros(1 << 20)) for _ in range(size >> 20)]) + packed.flush()
    return pdf("x", objects=[stream(drawn, "/Filter/FlateDecode")]).replace(b"/Contents 11 0 R", b"/Contents 100 0 R")


def png_text_bomb(size=100 << 20):
    """A comment inside a picture that unpacks to ``size`` bytes."""
    comment = chunk(b"zTXt", b"Comment\0\0" + zlib.compress(zeros(size), 9))
    small = picture()
    return small[:33] + comment + small[33:]


def programme_pdf(name):
    """A PDF that would run a script, start a programme or open a file, named ``name``."""
    actions = {
        "script": "/OpenAction<</S/JavaScript/JS(app.alert\\(1\\))>>",
        "launch": "/OpenAction<</S/Launch/F(cmd.exe)>>",
        "attached": "/Names<</EmbeddedFiles<</Names[(a.exe) 100 0 R]>>>>",
        "form": "/AcroForm<</XFA 100 0 R/Fields[]>>",
    }
    return pdf(catalog=actions[name], objects=[stream(b"MZ this is a programme")])


def moved(base, shift):
    """``base`` with something before it: what some readers skip."""
    return b"GIF89a/*" + zeros(shift) + base
