"""Names of files, as people may safely read them and machines may safely use them."""

import re
import unicodedata

from comity.files.services.reading.kinds import KINDS

LONGEST = 120  # characters of a name, its ending included
_FORBIDDEN = re.compile(r'[<>:"|?*/\\]')  # what some systems take for more than a name
_ENDING = re.compile(r"\.[A-Za-z0-9]{1,5}$")
_SAME_ENDING = {"jpg": {"jpg", "jpeg", "jpe"}, "png": {"png"}, "pdf": {"pdf"}}
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)", re.IGNORECASE)


def clean_name(name: str, kind: str) -> str:
    """``name`` without folders, controls and signs that turn text around, at most 120 long, with its kind's ending."""
    ending = KINDS[kind].ending
    name = unicodedata.normalize("NFC", re.split(r"[/\\]", name)[-1])
    shown = "".join(sign for sign in name if sign.isspace() or unicodedata.category(sign)[0] != "C")
    stem = " ".join(_FORBIDDEN.sub("_", shown).split()).strip(". ")
    known = _SAME_ENDING.get(ending, {ending})
    if found := _ENDING.search(stem):
        ending = found[0][1:] if found[0][1:].lower() in known else ending
        stem = stem[: found.start()]
    stem = stem[: LONGEST - len(ending) - 1].rstrip(". ")
    if not stem or _RESERVED.fullmatch(stem):
        stem = f"file {stem}".strip()
    return f"{stem}.{ending}"
