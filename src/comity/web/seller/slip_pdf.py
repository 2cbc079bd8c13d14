"""Packing slips as one PDF: A4, black on white, each slip on pages of its own with the order's number on every page.

The typeface that comes with the product has most alphabets. What it lacks, and what is written from right to left or
with marks that are put together, would come out wrong: ``unprintable`` tells, and such a slip is printed by a browser.
"""

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from django.utils.timezone import localtime
from fpdf import FPDF
from fpdf.enums import TableBordersLayout, VAlign
from fpdf.fonts import FontFace, TTFFont

from comity.common.locales import day_in
from comity.orders.selectors.slips import Slip

_FONTS = Path(__file__).parents[1] / "vendor/dejavu"
_MARGIN, _LINE = 18, 5.5  # millimetres
_BODY, _SMALL, _TITLE = 10, 8, 20  # points
_RIGHT_TO_LEFT = frozenset({"R", "AL", "AN"})  # bidirectional classes
_QUESTIONS = "Questions about this order, or something to send back? Write to us from the order’s page on {}."


def pdf_of(slips: Sequence[Slip], *, words: str = "", now: datetime) -> bytes:
    """The slips, one after the other, each with the seller's own ``words``; nothing in them is ``unprintable``."""
    paper = _Paper(now)
    with _typeface(paper):
        for slip in slips:
            paper.begin(slip)
            paper.head(slip)
            paper.items(slip)
            paper.below(slip, words)
        return bytes(paper.output())


def unprintable(slip: Slip, words: str = "") -> str:
    """The characters of the slip that the PDF cannot have, each once; empty: it can be made."""
    text = "".join(map(_plain, _texts(slip, words)))
    return "".join(one for one in dict.fromkeys(text) if one != "\n" and not _is_printable(one))


def parcel_words(slip: Slip) -> str:
    """Which parcel of how many; empty where there is only one."""
    if slip.count == 1:
        return ""
    return f"Parcel {slip.number} of {slip.count}" if slip.count else f"Parcel {slip.number}"


class _Paper(FPDF):
    """A page with the number of the order at its foot."""

    def __init__(self, now: datetime) -> None:
        super().__init__(format="A4")
        self.str_alias_nb_pages = ""  # otherwise a “{nb}” in somebody's words becomes a number of pages
        self.set_margins(_MARGIN, _MARGIN)
        self.set_auto_page_break(auto=True, margin=_MARGIN)
        self.set_creation_date(now)
        self.set_title("Packing slips")
        self._number, self._first = "", 0

    def footer(self) -> None:
        """The order, and which page of its slip it is from the second one on."""
        page = self.page_no() - self._first
        self.set_y(-_MARGIN + 4)
        self.set_font("DejaVu", "", _SMALL)
        self.cell(0, _LINE, f"Order {self._number}, page {page + 1}" if page else f"Order {self._number}", align="R")

    def begin(self, slip: Slip) -> None:
        """A new page; the one before it ends with its own order's number."""
        self.add_page()
        self._number, self._first = slip.order.number, self.page_no()

    def head(self, slip: Slip) -> None:
        """Title, order, and who sends what to whom."""
        order = slip.order
        self._write("Packing slip", "B", _TITLE, 10)
        self._write(_of_order(slip), "", _BODY)
        self._write(parcel_words(slip), "B", _BODY)
        self.ln(4)
        carrier = (
            ", ".join(filter(None, (slip.shipment.carrier, slip.shipment.tracking_number))) if slip.shipment else ""
        )
        for label, text in (("Sold by", order.seller.name), ("To", slip.recipient), ("Carrier", carrier)):
            if text:
                self._pair(label, text)
        self.ln(4)

    def items(self, slip: Slip) -> None:
        """A line for each item; on a further page the heading stands again."""
        self.set_font("DejaVu", "", _BODY)
        bold = FontFace(emphasis="BOLD")
        widths, aligned = (110, 40, 24), ("LEFT", "LEFT", "RIGHT")
        with self.table(
            borders_layout=TableBordersLayout.HORIZONTAL_LINES,
            col_widths=widths,
            headings_style=bold,
            line_height=_LINE,
            padding=1,
            text_align=aligned,
            v_align=VAlign.T,
        ) as table:
            table.row(("Item", "SKU", "Pieces"))
            for line, pieces in slip.rows:
                table.row((_line(line.title), _line(line.sku), str(pieces)))
        self.ln(4)

    def below(self, slip: Slip, words: str) -> None:
        """The seller's words, and how to reach the seller."""
        if words:
            self._write(words, "", _BODY)
            self.ln(4)
        self._write(_QUESTIONS.format(_line(slip.order.marketplace.name)), "", _SMALL)

    def _pair(self, label: str, text: str) -> None:
        self.set_font("DejaVu", "B", _BODY)
        self.cell(25, _LINE, label)
        self.set_font("DejaVu", "", _BODY)
        self.multi_cell(0, _LINE, _plain(text), align="L", new_x="LMARGIN", new_y="NEXT")
        self.ln(1)

    def _write(self, text: str, style: str, size: int, height: float = _LINE) -> None:
        if text:
            self.set_font("DejaVu", style, size)
            self.multi_cell(0, height, _plain(text), align="L", new_x="LMARGIN", new_y="NEXT")


def _of_order(slip: Slip) -> str:
    placed = day_in("en", localtime(slip.order.placed_at).date())
    return f"Order {slip.order.number}, placed {placed} on {_line(slip.order.marketplace.name)}"


def _texts(slip: Slip, words: str) -> Iterable[str]:
    """Everything on the slip that somebody wrote."""
    order, shipment = slip.order, slip.shipment
    yield from (order.number, order.marketplace.name, order.seller.name, slip.recipient, words)
    yield from (shipment.carrier, shipment.tracking_number) if shipment else ()
    for line, _ in slip.rows:
        yield from (line.title, line.sku)


def _line(text: str) -> str:
    """``text`` on one line."""
    return " ".join(_plain(text).split())


def _plain(text: str) -> str:
    """``text`` with letters and their marks in one, and without characters that are never seen."""
    lines = "\n".join(text.splitlines())
    shown = ("\n" if one == "\n" else " " if unicodedata.category(one)[0] == "Z" else one for one in lines)
    composed = unicodedata.normalize("NFC", "".join(shown))
    return "".join(one for one in composed if one == "\n" or unicodedata.category(one) not in ("Cc", "Cf"))


def _is_printable(character: str) -> bool:
    marks = unicodedata.category(character) in ("Mn", "Me", "Mc")
    turned = unicodedata.bidirectional(character) in _RIGHT_TO_LEFT
    return not marks and not turned and ord(character) in _letters()


@lru_cache(1)
def _letters() -> frozenset[int]:
    """The code points that both weights of the typeface have."""
    with _typeface(FPDF()) as (regular, bold):
        return frozenset(regular.cmap.keys() & bold.cmap.keys())


@contextmanager
def _typeface(paper: FPDF) -> Iterator[tuple[TTFFont, TTFFont]]:
    """The typeface, regular and bold, as part of ``paper``; its files are open as long."""
    paper.add_font("DejaVu", "", _FONTS / "DejaVuSans.ttf")
    paper.add_font("DejaVu", "B", _FONTS / "DejaVuSans-Bold.ttf")
    regular, bold = paper.fonts["dejavu"], paper.fonts["dejavuB"]
    assert isinstance(regular, TTFFont)
    assert isinstance(bold, TTFFont)
    with regular.ttfont, bold.ttfont:
        yield regular, bold
