"""Pictures: drawn anew from their points, so that nothing else that the file held is left."""

from collections.abc import Iterator
from typing import IO, Any

import zxingcpp
from PIL import Image, ImageOps

from comity.files.services.reading.answers import Job, Looked, Refusal

Image.MAX_IMAGE_PIXELS = None  # we count ourselves, before anything is unpacked

_FORMATS = {"jpeg": "JPEG", "png": "PNG", "gif": "GIF", "webp": "WEBP"}
_QUALITY = 90
_PACKING = 4  # of 9: time is dearer than a little space
_CODE_SIDE = 1600  # points in which codes are looked for; more costs time and finds no more


def look(content: IO[bytes], job: Job) -> Looked:
    """Write the picture anew, upright, without metadata, and a small one. An animation keeps its first frame."""
    picture = _open(content, job)
    kept = _kept_as(job.kind, picture)
    upright = _upright(picture, kept)
    options: dict[str, Any] = {"quality": _QUALITY} if kept == "jpeg" else {"compress_level": _PACKING}
    upright.save(job.clean, _FORMATS[kept], **options)
    _save_preview(upright, job)
    return Looked(kept, None, preview=True, words=_words(upright))


def _open(content: IO[bytes], job: Job) -> Image.Image:
    picture = Image.open(content, formats=[_FORMATS[job.kind]])
    width, height = picture.size
    if width * height > job.limits["pixels"]:
        raise Refusal("pixels", f"{width:,} × {height:,}")
    return picture


def _kept_as(kind: str, picture: Image.Image) -> str:
    """GIF and WebP become what every programme opens."""
    if kind == "webp":
        return "png" if "A" in picture.getbands() else "jpeg"
    return "png" if kind == "gif" else kind


def _upright(picture: Image.Image, kept: str) -> Image.Image:
    """The first frame as points only; turned as the camera said."""
    orientation = picture.getexif().get(0x0112, 1)
    if kept == "jpeg":
        wanted = picture.mode if picture.mode in ("L", "RGB") else "RGB"
    else:
        wanted = picture.mode if picture.mode in ("1", "L", "LA", "P", "RGB", "RGBA") else "RGBA"
        if wanted == "P":
            wanted = "RGBA"  # a palette's transparency is metadata
    picture.load()
    points = picture if picture.mode == wanted else picture.convert(wanted)
    points.info.clear()
    if orientation != 1:
        points.getexif()[0x0112] = orientation
        ImageOps.exif_transpose(points, in_place=True)
        points.info.clear()
    points.getexif().clear()
    return points


def _save_preview(picture: Image.Image, job: Job) -> None:
    small = _shrunk(picture, job.limits["preview_pixels"])
    paper = Image.new("RGB", small.size, "white")
    paper.paste(small, mask=small.getchannel("A") if "A" in small.getbands() else None)
    paper.save(job.preview, "JPEG", quality=80)


def _shrunk(picture: Image.Image, side: int) -> Image.Image:
    """A copy whose longer side has at most so many points."""
    scale = min(side / max(picture.size), 1)
    size = (max(int(picture.width * scale), 1), max(int(picture.height * scale), 1))
    return picture.resize(size, reducing_gap=2.0) if scale < 1 else picture.copy()


def _words(picture: Image.Image) -> Iterator[tuple[int, str]]:
    yield from ((0, text) for text in codes_in(picture))


def codes_in(picture: Image.Image) -> list[str]:
    """What the QR codes and bar codes of a picture say."""
    grey = _shrunk(picture, _CODE_SIDE).convert("L")
    return [found.text for found in zxingcpp.read_barcodes(grey) if found.text.strip()]


def codes_in_embedded(content: IO[bytes], most: int) -> list[str]:
    """The same of a picture inside a document; nothing where it is too large or broken."""
    try:
        picture = Image.open(content, formats=list(_FORMATS.values()))
        if picture.width * picture.height > most:
            return []
        picture.load()
        return codes_in(picture)
    except (OSError, ValueError, SyntaxError):
        return []


def without_metadata(jpeg: bytes) -> bytes:
    """A JPEG without the segments in which cameras and programmes write; its points are not touched.

    Content that is no JPEG, or a broken one, comes back as it is.
    """
    if not jpeg.startswith(b"\xff\xd8\xff"):
        return jpeg
    kept, at = [jpeg[:2]], 2
    while jpeg[at : at + 1] == b"\xff" and at + 4 <= len(jpeg):
        sign, length = jpeg[at + 1], int.from_bytes(jpeg[at + 2 : at + 4], "big")
        if sign == 0xDA or length < 2:  # noqa: PLR2004 - from here on it is the picture
            break
        if not (0xE1 <= sign <= 0xED or sign in (0xEF, 0xFE)):  # noqa: PLR2004 - APP0 and APP14 say how to draw
            kept.append(jpeg[at : at + 2 + length])
        at += 2 + length
    return b"".join([*kept, jpeg[at:]])
