"""A file as it comes: lines are read in bounded memory, every bad one is named, nothing raises."""

import io
import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.common import import_values as values
from comity.common.imports import LONGEST_LINE, BadFile, Field, Items, Reader, parse_values

COLUMNS = (Field("id", values.text(10), "", required=True), Field("name", values.text(50), ""))
HEAD = b"id,name\n"


def read(content, form="csv"):
    refusals = []
    reader = Reader(io.BytesIO(content), refusals.append)
    raws = reader.json_lines() if form == "jsonl" else reader.csv(COLUMNS)
    return [(raw.line, dict(raw.values)) for raw in raws], [(one.line, one.code) for one in refusals]


def ids(rows):
    return [(line, values["id"]) for line, values in rows]


@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
@pytest.mark.parametrize("bom", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("delimiter", [b",", b"\t", b";"])
def test_csv_in_every_dress(end, bom, delimiter):
    content = bom + end.join([delimiter.join([b"id", b"name"]), delimiter.join([b"1", b"Tea"]), b"", b""])
    assert read(content) == ([(2, {"id": "1", "name": "Tea"})], [])


@pytest.mark.parametrize("bom", [b"", b"\xef\xbb\xbf"])
def test_json_lines_with_blank_lines_and_mixed_ends(bom):
    content = bom + b'{"id":"1"}\r\n\n  \n{"id":"2"}'
    assert read(content, "jsonl") == ([(1, {"id": "1"}), (4, {"id": "2"})], [])


def test_quoted_cells_hold_delimiters_quotes_and_line_breaks():
    rows, refusals = read(HEAD + b'1,"a, ""b""\r\nc"\r\n2,x\n')
    assert rows == [(2, {"id": "1", "name": 'a, "b"\nc'}), (4, {"id": "2", "name": "x"})]
    assert refusals == []


def test_a_quote_inside_a_plain_cell_is_text():
    assert read(HEAD + b'1,five" pipe\n2,x\n') == (
        [(2, {"id": "1", "name": 'five" pipe'}), (3, {"id": "2", "name": "x"})],
        [],
    )


def test_an_unclosed_quote_costs_its_own_line_only():
    rows, refusals = read(HEAD + b'1,"open\n2,x\n3,"y"\n')
    assert (ids(rows), refusals) == ([(3, "2"), (4, "3")], [(2, "csv")])


def test_a_line_with_another_number_of_cells_is_named():
    rows, refusals = read(HEAD + b"1\n2,x\n3,y,z\n")
    assert (ids(rows), refusals) == ([(3, "2")], [(2, "columns"), (4, "columns")])


@pytest.mark.parametrize(
    ("content", "code", "words"),
    [
        (b"", "empty", ["first line must name the columns"]),
        (b"\xff\xfei\x00d\x00", "encoding", ["UTF-16"]),
        (b"\x89\xff\xfe", "not_text", ["is not text", "save it as CSV"]),
        (b"\x89PNG\r\n\x1a\n", "not_text", ["is not text"]),
        (b"PK\x03\x04\x14\x00\x06\n", "not_text", ["is not text"]),
        (b"id,prize,name,name\n", "columns", ["unknown: prize", "twice: name", "Columns are: id, name"]),
        (b"name\n", "columns", ["missing: id"]),
        (b"id|name\n", "columns", ["unknown: id|name"]),
    ],
)
def test_a_file_without_usable_columns_says_what_is_expected(content, code, words):
    with pytest.raises(BadFile) as caught:
        read(content)
    assert (caught.value.refusal.line, caught.value.refusal.code) == (1, code)
    assert [word for word in words if word not in caught.value.refusal.sentence] == []


BAD_LINES = [
    (b"[1]", "json"),
    (b'"text"', "json"),
    (b'{"id":', "json"),
    (b'{"id":"1","id":"2"}', "json"),
    (b'{"id":NaN}', "json"),
    (b'{"id":-Infinity}', "json"),
    (b'{"id":' + b"9" * 5000 + b"}", "too_large"),
    (b'{"id":1e9999999999999999999}', "too_large"),
    (b'{"id":1e99999999}', "too_large"),
    (b'{"id":-1E-99999999}', "too_large"),
    (b'{"id":0.' + b"1" * 100_000 + b"}", "too_large"),
    (b'{"id":' + b"[" * 100_000 + b"}", "too_deep"),
    (b'{"id":"\xff"}', "encoding"),
    (b'{"id":"caf\xc3', "encoding"),
    (b"x" * (LONGEST_LINE + 5), "line_too_long"),
]


@pytest.mark.parametrize(("line", "code"), BAD_LINES, ids=[f"{code} {line[:12]!r}" for line, code in BAD_LINES])
def test_a_bad_line_is_refused_and_the_next_one_read(line, code):
    rows, refusals = read(b'{"id":"1"}\n' + line + b'\n{"id":"3"}\n', "jsonl")
    assert (ids(rows), refusals) == ([(1, "1"), (3, "3")], [(2, code)])


@pytest.mark.parametrize("number", ["12.50", "1e3", "999999999999.999999", "0.000001", "1E+18"])
def test_a_number_of_a_real_size_is_read_exactly(number):
    rows, refusals = read(b'{"id":' + number.encode() + b"}", "jsonl")
    assert (rows, refusals) == ([(1, {"id": Decimal(number)})], [])


def test_an_over_long_line_is_never_held_whole():
    class Endless(io.BytesIO):
        largest = 0

        def readline(self, size=-1):
            content = super().readline(size)
            self.largest = max(self.largest, len(content))
            return content

    file = Endless(b"x" * (3 * LONGEST_LINE) + b'\n{"id":"2"}\n')
    reader = Reader(file, lambda refusal: None)
    assert [raw.line for raw in reader.json_lines()] == [2]
    assert file.largest == LONGEST_LINE + 1
    assert reader.bytes_read == len(file.getvalue())


@given(st.binary(max_size=300))
def test_no_bytes_raise_as_json_lines(content):
    rows, refusals = read(content, "jsonl")
    assert len(rows) + len(refusals) <= content.count(b"\n") + 1


@given(st.binary(max_size=300) | st.text('",\n\r\tä', max_size=80).map(str.encode))
def test_no_bytes_raise_as_csv(content):
    rows, refusals = read(HEAD + content)
    assert len(rows) + len(refusals) <= content.count(b"\n") + 1


@given(st.lists(st.tuples(st.text(max_size=8), st.text(max_size=20)), max_size=5))
def test_what_json_writes_is_read_back(pairs):
    content = "\n".join(json.dumps({"id": first, "name": second}) for first, second in pairs).encode()
    rows, refusals = read(content, "jsonl")
    assert ([(row["id"], row["name"]) for _, row in rows], refusals) == (pairs, [])


def faults(raw, fields):
    with pytest.raises(values.BadValue) as caught:
        parse_values(raw, fields)
    return [(fault.field, fault.code) for fault in caught.value.faults]


def test_every_fault_of_a_row_is_named_at_once():
    assert faults({"name": Decimal(5), "prize": 1, "a\ud800": 2}, COLUMNS) == [
        ("a\ufffd", "unknown_field"),
        ("prize", "unknown_field"),
        ("id", "missing"),
        ("name", "type"),
    ]


def test_a_fault_in_a_nested_list_has_its_place():
    nested = (Field("lines", Items(COLUMNS), "", required=True),)
    assert faults({"lines": [{"id": "1"}, {"id": " "}]}, nested) == [("lines[1].id", "missing")]
    assert faults({"lines": {"id": "1"}}, nested) == [("lines", "type")]
    assert faults({"lines": [{"id": "1"}] * 1001}, nested) == [("lines", "type")]


def test_a_field_that_is_empty_is_left_out():
    assert parse_values({"id": "1", "name": " "}, COLUMNS) == {"id": "1"}
    assert parse_values({"id": "1", "name": None}, COLUMNS) == {"id": "1"}
