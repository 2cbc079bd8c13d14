"""People's text as safe HTML: escaped, findings marked and numbered, invisible direction signs made visible."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

# Signs that turn, hide or join text so that it reads otherwise than it is stored. Joiners that writing systems
# and emoji need (U+200C, U+200D) stay as they are.
_INVISIBLE = (
    (0x00, 0x08),  # controls but tab and line feed
    (0x0B, 0x1F),
    (0x7F, 0x9F),
    (0xAD, 0xAD),  # soft hyphen
    (0x61C, 0x61C),  # Arabic letter mark
    (0x180E, 0x180E),
    (0x200B, 0x200B),  # zero-width space
    (0x200E, 0x200F),  # direction marks
    (0x2028, 0x202E),  # line and paragraph separators, direction embeddings and overrides
    (0x2060, 0x2064),  # word joiner, invisible operators
    (0x2066, 0x2069),  # direction isolates
    (0xFEFF, 0xFEFF),
    (0xE0000, 0xE007F),  # tag characters
)
_SURROGATES = re.compile("[\ud800-\udfff]")
_SIGNS = re.compile("[" + "".join(f"{chr(first)}-{chr(last)}" for first, last in _INVISIBLE) + "]")


@dataclass(frozen=True, slots=True)
class _Spot:
    number: int
    start: int
    end: int
    blocks: bool


def value(thing: Any, name: str) -> Any:
    """``thing.name`` or ``thing["name"]``, as templates look values up; None when there is none."""
    return thing.get(name) if isinstance(thing, dict) else getattr(thing, name, None)


def visible(text: str) -> SafeString:
    """``text`` escaped, each invisible sign shown by its code, half surrogate pairs replaced."""
    shown = _SIGNS.sub(_code, escape(_SURROGATES.sub("\ufffd", text)))
    return mark_safe(shown)  # noqa: S308 - escaped, and what is put in are numbers


def _code(sign: re.Match[str]) -> str:
    return f'<bdi class="ctl">U+{ord(sign[0]):04X}</bdi>'


def marked_html(text: str, findings: Iterable[Any], prefix: str = "") -> SafeString:
    """``text`` with every finding's words in ``<mark>`` and its number after them.

    ``findings``: with ``start``, ``end`` (code points) and ``outcome``; numbered in the order given. Where they
    overlap the stricter look wins; what was found in a file is not in the text. ``prefix`` makes the numbers links to
    ``#prefix-number``.
    """
    in_text = [(number, finding) for number, finding in enumerate(findings, 1) if not value(finding, "where")]
    spots = [_spot(number, finding, len(text)) for number, finding in in_text]
    edges = sorted({0, len(text), *(spot.start for spot in spots), *(spot.end for spot in spots)})
    pieces = [_numbers(_ending(spots, 0, 0), prefix)]
    for start, end in pairwise(edges):
        inside = [spot for spot in spots if spot.start <= start and end <= spot.end]
        pieces.append(_piece(text[start:end], inside, _numbers(_ending(spots, start, end), prefix)))
    return mark_safe("".join(pieces))  # noqa: S308 - made of escaped pieces only


def _spot(number: int, finding: Any, length: int) -> _Spot:
    start = min(max(int(value(finding, "start") or 0), 0), length)
    end = min(max(int(value(finding, "end") or 0), start), length)
    return _Spot(number, start, end, blocks=str(value(finding, "outcome")) in ("block", "hold"))


def _ending(spots: Sequence[_Spot], start: int, end: int) -> list[_Spot]:
    """The findings whose number stands after the piece ``start`` to ``end``."""
    return [spot for spot in spots if spot.end == end and (spot.start < end or start == end == 0)]


def _numbers(spots: Sequence[_Spot], prefix: str) -> SafeString:
    if not prefix:
        return mark_safe("".join(f"<sup>{spot.number}</sup>" for spot in spots))  # noqa: S308 - numbers
    links = (format_html('<sup><a href="#{}-{}">{}</a></sup>', prefix, spot.number, spot.number) for spot in spots)
    return mark_safe("".join(links))  # noqa: S308 - format_html made them


def _piece(words: str, inside: Sequence[_Spot], numbers: SafeString) -> SafeString:
    if not inside:
        return visible(words) + numbers
    tag = "<mark>" if any(spot.blocks for spot in inside) else '<mark class="w">'
    return mark_safe(f"{tag}{visible(words)}{numbers}</mark>")  # noqa: S308 - pieces escaped above
