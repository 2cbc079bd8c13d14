"""Reading a file of rows in bounded memory: JSON Lines or CSV, every bad line with its number and a reason.

Nothing here raises because of what is in the file, except ``BadFile`` for one that has no usable rows at all.
"""

import codecs
import csv
import json
import re
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import IO, Any, NoReturn

from comity.common.import_values import BadValue, Fault, Parser, visible

# Safety bounds, not business rules: one row is held in memory, and no real row comes near them.
LONGEST_LINE = 1_000_000  # bytes
LONGEST_RECORD = 100  # physical lines in one quoted CSV record
LONGEST_LIST = 1_000  # items of a nested list
_LONGEST_INTEGER = 18  # digits
_LONGEST_DECIMAL = 40  # characters
_LARGEST_POWER = 18  # of ten, up or down: what is written out stays short
_DELIMITERS = ("\t", ",", ";")
_ITEM = re.compile(r"lines\[(\d+)\]\.?(.*)")


class BadFile(ValueError):
    """The whole file cannot be used: wrong columns, another encoding, nothing in it."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.refusal = Refusal(1, "", code, sentence)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a line was not applied."""

    line: int
    field: str
    code: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Field:
    """One column of a kind of file."""

    name: str
    parse: Parser
    meaning: str
    required: bool = False


@dataclass(frozen=True, slots=True)
class Raw:
    """A line as it stands in the file.

    A record folded from several CSV lines says where its items stood (``item_lines``) and what did not fit
    together (``faults``).
    """

    line: int
    values: Mapping[str, Any]
    item_lines: tuple[int, ...] = ()
    faults: tuple[Fault, ...] = ()

    def refusal(self, fault: Fault) -> Refusal:
        """The fault as a refusal at the line and column that the reader of the file knows."""
        item = _ITEM.fullmatch(fault.field) if self.item_lines else None
        if item is None:
            return Refusal(self.line, *fault)
        return Refusal(self.item_lines[int(item[1])], f"line_{item[2]}", fault.code, fault.sentence)


@dataclass(frozen=True, slots=True)
class Row:
    """A line whose every field was understood."""

    raw: Raw
    values: dict[str, Any]

    def refusal(self, name: str, code: str, sentence: str) -> Refusal:
        """The refusal of this row because of field ``name``."""
        return self.raw.refusal(Fault(name, code, sentence))


def parse_values(raw: Mapping[str, Any], fields: tuple[Field, ...]) -> dict[str, Any]:
    """The clean value of every field that is given. Raises ``BadValue`` with all faults of the row."""
    faults = [_unknown(name, fields) for name in sorted(raw.keys() - {one.name for one in fields})]
    values: dict[str, Any] = {}
    for one in fields:
        given = raw.get(one.name)
        if given is None or (isinstance(given, str) and not given.strip()):
            faults += [Fault(one.name, "missing", "is required and is empty.")] if one.required else []
            continue
        try:
            values[one.name] = one.parse(given)
        except BadValue as bad:
            faults += [Fault(f"{one.name}{fault.field}", fault.code, fault.sentence) for fault in bad.faults]
    if faults:
        raise BadValue.of(faults)
    return values


def _unknown(name: str, fields: tuple[Field, ...]) -> Fault:
    return Fault(
        visible(name[:40]), "unknown_field", f"is no known field; known are {', '.join(one.name for one in fields)}."
    )


@dataclass(frozen=True, slots=True)
class Items:
    """The parser of a list of objects with ``fields``."""

    fields: tuple[Field, ...]

    def __call__(self, raw: Any) -> list[dict[str, Any]]:
        if not isinstance(raw, list) or len(raw) > LONGEST_LIST or not all(isinstance(one, dict) for one in raw):
            raise BadValue("type", f"is not a list of at most {LONGEST_LIST} objects.")
        parsed, faults = [], []
        for position, one in enumerate(raw):
            try:
                parsed.append(parse_values(one, self.fields))
            except BadValue as bad:
                faults += [Fault(f"[{position}].{each.field}", each.code, each.sentence) for each in bad.faults]
        if faults:
            raise BadValue.of(faults)
        return parsed


@dataclass(slots=True)
class Reader:
    """Reads ``file`` (opened for bytes) line by line; ``refuse`` is told of every line that is no row.

    ``bytes_read`` grows while reading and can be shown as progress.
    """

    file: IO[bytes]
    refuse: Callable[[Refusal], None]
    bytes_read: int = 0
    _line: int = 0
    _waiting: "deque[tuple[int, str]]" = field(default_factory=deque)

    def json_lines(self) -> Iterator[Raw]:
        """One raw row for each line that holds a JSON object."""
        while (numbered := self._next_line()) is not None:
            line, content = numbered
            if not content.strip():
                continue
            try:
                yield Raw(line, _json_object(content))
            except BadValue as bad:
                self.refuse(Raw(line, {}).refusal(bad.faults[0]))

    def csv(self, columns: tuple[Field, ...]) -> Iterator[Raw]:
        """One raw row for each record under a heading of ``columns``. Raises ``BadFile`` for another heading."""
        names, delimiter = self._heading(columns)
        while (numbered := self._next_line()) is not None:
            line, content = numbered
            if not content.strip():
                continue
            cells = self._record(line, content, delimiter)
            if cells is None:
                continue
            if len(cells) != len(names):
                sentence = f"has {len(cells)} cells, but the heading has {len(names)} columns."
                self.refuse(Refusal(line, "", "columns", f"The line {sentence}"))
                continue
            yield Raw(line, dict(zip(names, cells, strict=True)))

    def _heading(self, columns: tuple[Field, ...]) -> tuple[list[str], str]:
        before = self._line
        numbered = self._next_line()
        if numbered is None and self._line == before:
            raise BadFile("empty", "The file is empty; its first line must name the columns.")
        if numbered is None or numbered[0] != before + 1 or "\0" in numbered[1]:  # such as a picture or a spreadsheet
            raise BadFile("not_text", "The file is not text. A spreadsheet: save it as CSV in UTF-8; then send that.")
        delimiter = max(_DELIMITERS, key=numbered[1].count)
        names = [name.strip() for name in self._record(*numbered, delimiter) or []]
        _check_heading(names, columns)
        return names, delimiter

    def _record(self, line: int, content: str, delimiter: str) -> list[str] | None:
        """The cells of the record that starts here, or None when it cannot be read: only its first line is lost."""
        try:
            return next(csv.reader([content], delimiter=delimiter, strict=True))
        except csv.Error:
            more = self._lines_until_quotes_close(content)
        try:
            whole = [f"{each}\n" for each in (content, *(each for _, each in more))]
            return next(csv.reader(whole, delimiter=delimiter, strict=True))
        except csv.Error as bad:
            self._waiting.extendleft(reversed(more))
            sentence = f"The line cannot be read as CSV ({bad}): is a quotation mark opened and not closed?"
            self.refuse(Refusal(line, "", "csv", sentence))
            return None

    def _lines_until_quotes_close(self, content: str) -> list[tuple[int, str]]:
        """The lines that a quoted cell, opened in ``content``, goes on over."""
        quotes, length = content.count('"'), len(content)
        more: list[tuple[int, str]] = []
        while quotes % 2 and len(more) < LONGEST_RECORD and length < LONGEST_LINE:
            following = self._next_line()
            if following is None:
                break
            more.append(following)
            quotes += following[1].count('"')
            length += len(following[1])
        return more

    def _next_line(self) -> tuple[int, str] | None:
        """The next line that is text, with its number and without its line end; None at the end of the file."""
        if self._waiting:
            return self._waiting.popleft()
        while content := self.file.readline(LONGEST_LINE + 1):
            self._line += 1
            self.bytes_read += len(content)
            if self._line == 1:
                content = _without_bom(content)
            if len(content) > LONGEST_LINE and not content.endswith(b"\n"):
                self._skip_rest_of_line()
                sentence = f"The line is longer than {LONGEST_LINE:,} bytes."
                self.refuse(Refusal(self._line, "", "line_too_long", sentence))
                continue
            try:
                return self._line, content.decode("utf-8").rstrip("\r\n")
            except UnicodeDecodeError as bad:
                sentence = f"The line is not UTF-8 text (byte {bad.start + 1}); save the file as UTF-8."
                self.refuse(Refusal(self._line, "", "encoding", sentence))
        return None

    def _skip_rest_of_line(self) -> None:
        while content := self.file.readline(LONGEST_LINE):
            self.bytes_read += len(content)
            if content.endswith(b"\n"):
                return


def _without_bom(content: bytes) -> bytes:
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise BadFile("encoding", "The file is UTF-16; save it as UTF-8.")
    return content.removeprefix(codecs.BOM_UTF8)


def _check_heading(names: list[str], columns: tuple[Field, ...]) -> None:
    known = [one.name for one in columns]
    wrong = [
        f"unknown: {', '.join(visible(name[:40]) or '(empty)' for name in names if name not in known)[:400]}",
        f"missing: {', '.join(one.name for one in columns if one.required and one.name not in names)}",
        f"twice: {', '.join(sorted({name for name in names if names.count(name) > 1}))[:400]}",
    ]
    if faults := [one for one in wrong if not one.endswith(": ")]:
        said = "; ".join(faults)
        raise BadFile("columns", f"The heading does not fit ({said}). Columns are: {', '.join(known)}.")


def _json_object(content: str) -> dict[str, Any]:
    try:
        found = json.loads(
            content,
            parse_constant=_no_constant,
            parse_float=_bounded_decimal,
            parse_int=_bounded_integer,
            object_pairs_hook=_object,
        )
    except RecursionError:
        raise BadValue("too_deep", "The JSON is nested too deeply.") from None
    except json.JSONDecodeError as bad:
        raise BadValue("json", f"The line is not JSON: {bad.msg} at character {bad.pos + 1}.") from None
    if not isinstance(found, dict):
        raise BadValue("json", 'The line is not a JSON object such as {"external_id": "A-1", …}.')
    return found


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise BadValue("json", "The line names a field twice.")
    return found


def _no_constant(name: str) -> NoReturn:
    raise BadValue("json", f"{name} is not a value that JSON knows.")


def _bounded_integer(digits: str) -> int:
    if len(digits) > _LONGEST_INTEGER:
        raise BadValue("too_large", f"A number has {len(digits)} digits; at most {_LONGEST_INTEGER} are allowed.")
    return int(digits)


def _bounded_decimal(digits: str) -> Decimal:
    number: Decimal | None
    try:
        number = Decimal(digits)
    except ArithmeticError:  # an exponent that Decimal cannot hold
        number = None
    if number is None or len(digits) > _LONGEST_DECIMAL or abs(number.adjusted()) > _LARGEST_POWER:
        allowed = f"at most {_LONGEST_DECIMAL} characters, up to 10^{_LARGEST_POWER} and down to 10^-{_LARGEST_POWER}"
        raise BadValue("too_large", f"A number is too long, too large or too small; {allowed} is allowed.")
    return number
