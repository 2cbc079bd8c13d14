"""A feed is taken apart record by record, in a process with limits, whatever somebody sends."""

import fcntl
import gzip
import io
import json
import os
import signal
import subprocess
import sys
import tempfile
from contextlib import suppress

import pytest

from comity.common.imports import BadFile
from comity.orders.services.feeds import reading
from comity.orders.services.feeds.reading import Fatal, form_of, parsed, records

LIMITS = {"bytes": 2_000_000, "ratio": 50, "memory_bytes": 100_000_000, "seconds": 20}
SHIPPING, ADJUSTMENT, ACKNOWLEDGEMENT = "shipping_confirmation", "order_adjustment", "order_acknowledgement"
SHIPPED = (
    "<AmazonOrderID>305-0000001-9000001</AmazonOrderID><FulfillmentDate>2026-11-02T10:00:00Z</FulfillmentDate>"
    "<FulfillmentData><CarrierCode>DHL</CarrierCode><ShipperTrackingNumber>JVGL1</ShipperTrackingNumber>"
    "</FulfillmentData><Item><AmazonOrderItemCode>1</AmazonOrderItemCode><Quantity>2</Quantity></Item>"
)


def envelope(*messages, kind="OrderFulfillment", declared=None):
    bodies = "".join(
        f"<Message><MessageID>{number}</MessageID><{kind}>{body}</{kind}></Message>\n"
        for number, body in enumerate(messages, start=7)
    )
    head = f"<MessageType>{declared or kind}</MessageType>"
    return f'<?xml version="1.0"?>\n<AmazonEnvelope>{head}\n{bodies}</AmazonEnvelope>'.encode()


def read(content, kind=SHIPPING, **limits):
    """As the process does it, in this one."""
    file = io.BufferedReader(io.BytesIO(content))
    yield from parsed(file, kind=kind, form=form_of(content[:4096]), limits={**LIMITS, **limits})


def refusal(content, kind=SHIPPING, **limits):
    """What was read before the document ended to be readable, and why it did."""
    found = []
    with pytest.raises(BadFile) as bad:
        found.extend(read(content, kind, **limits))
    return len(found), bad.value.refusal.code


def read_apart(content, kind=SHIPPING, **limits):
    """In the process with limits."""
    with tempfile.TemporaryFile() as file:
        file.write(content)
        file.seek(0)
        yield from records(file, kind=kind, form=form_of(content[:4096]), limits={**LIMITS, **limits})


def test_a_shipment_in_xml():
    (record,) = read(envelope(SHIPPED))
    assert record == {
        "record": 1,
        "line": 3,
        "id": "7",
        "faults": [],
        "values": {
            "order": "305-0000001-9000001",
            "ship_date": "2026-11-02T10:00:00Z",
            "carrier": "DHL",
            "tracking": "JVGL1",
            "items": [{"line": "1", "quantity": "2"}],
        },
    }


def test_an_adjustment_in_xml_with_what_a_promotion_had_taken_off():
    item = (
        "<MerchantOrderID>A-1</MerchantOrderID><ActionType>Refund</ActionType><AdjustedItem>"
        "<AmazonOrderItemCode>1</AmazonOrderItemCode><AdjustmentReason>CustomerReturn</AdjustmentReason>"
        '<ItemPriceAdjustments><Component><Type>Principal</Type><Amount currency="EUR">9.50</Amount></Component>'
        "</ItemPriceAdjustments><PromotionAdjustments><PromotionClaimCode>X</PromotionClaimCode><Component>"
        '<Type>Principal</Type><Amount currency="EUR">1.00</Amount></Component></PromotionAdjustments></AdjustedItem>'
    )
    (record,) = read(envelope(item, kind="OrderAdjustment"), ADJUSTMENT)
    part = {"component": "Principal", "currency": "EUR"}
    assert record["values"] == {
        "merchant_order": "A-1",
        "action": "Refund",
        "items": [
            {
                "line": "1",
                "reason": "CustomerReturn",
                "parts": [{**part, "amount": "9.50"}, {**part, "amount": "1.00", "promotion": "yes"}],
            }
        ],
    }


def test_an_acknowledgement_in_xml():
    item = (
        "<AmazonOrderID>305-0000001-9000001</AmazonOrderID><StatusCode>Failure</StatusCode><Item>"
        "<AmazonOrderItemCode>1</AmazonOrderItemCode><CancelReason>NoInventory</CancelReason></Item>"
    )
    (record,) = read(envelope(item, kind="OrderAcknowledgement"), ACKNOWLEDGEMENT)
    assert record["values"]["status"] == "Failure"
    assert record["values"]["items"] == [{"line": "1", "reason": "NoInventory"}]


HEADING = "order-id\torder-item-id\tquantity\tship-date\tcarrier-code\tcarrier-name\ttracking-number\tship-method"


@pytest.mark.parametrize("preamble", ["", "TemplateType=OrderFulfillment\tVersion=2011.1102\nsomething\n"])
def test_rows_of_one_parcel_are_one_record(preamble):
    rows = ["A\t1\t2\t2026-11-02\tDHL\t\tT1\tStd", "A\t2\t1\t2026-11-02\tDHL\t\tT1\tStd", "B\t\t\t2026-11-02\t\t\t\t"]
    first, second = read((preamble + "\n".join([HEADING, *rows])).encode())
    assert first["values"]["items"] == [{"line": "1", "quantity": "2"}, {"line": "2", "quantity": "1"}]
    assert (first["line"], second["line"]) == (2 + preamble.count("\n"), 4 + preamble.count("\n"))
    assert second["values"] == {"order": "B", "ship_date": "2026-11-02"}


def test_rows_of_one_acknowledgement_are_one_record():
    heading = "order-id\tstatus-code\torder-item-id\tcancel-reason-code\tquantity\n"
    rows = ["A\tFailure\t1\tRejectOrder\t2", "A\tFailure\t2\tRejectOrder\t", "A\tSuccess\t3\t\t", "B\tFailure\t\t\t"]
    found = list(read((heading + "\n".join(rows)).encode(), ACKNOWLEDGEMENT))
    assert [(one["line"], one["values"].get("items")) for one in found] == [
        (2, [{"line": "1", "reason": "RejectOrder", "quantity": "2"}, {"line": "2", "reason": "RejectOrder"}]),
        (4, [{"line": "3"}]),
        (5, None),
    ]
    assert found[2]["values"] == {"order": "B", "status": "Failure"}


def test_rows_of_more_items_than_a_record_may_have_are_refused_together():
    first, second = read("\n".join([HEADING, *["A\t1\t1\t2026-11-02\tDHL\t\tT1\tStd"] * 1_200, "B\t" * 7]).encode())
    assert (first["line"], first["faults"][0][:2], second["line"]) == (2, ["items", "too_large"], 1_202)


def test_commas_for_tabs_and_a_bom_are_read_too():
    text = "\ufefforder-id,adjustment-reason-code,currency,principal,shipping\nA,Other,EUR,1.50,\n"
    (record,) = read(text.encode(), ADJUSTMENT)
    assert record["values"] == {
        "order": "A",
        "items": [{"reason": "Other", "parts": [{"component": "Principal", "amount": "1.50", "currency": "EUR"}]}],
    }


def test_json_lines_and_a_bad_one_between_them():
    lines = b'{"order": "A", "ship_date": "2026-11-02"}\n{"order": \n{"order": "B"}\n'
    first, second, third = read(lines)
    assert (first["values"]["order"], third["values"]["order"], third["record"]) == ("A", "B", 3)
    assert second["faults"][0][1] == "json"


def test_a_packed_file_is_read_as_it_unpacks():
    assert [one["id"] for one in read(gzip.compress(envelope(SHIPPED, SHIPPED)))] == ["7", "8"]


@pytest.mark.parametrize("at", [1, 400, -1])
def test_a_packed_file_of_several_members_is_read_to_its_end(at):
    whole = envelope(SHIPPED, SHIPPED)
    packed = gzip.compress(whole[:at]) + gzip.compress(b"") + gzip.compress(whole[at:])
    assert [one["id"] for one in read(packed)] == ["7", "8"]


def test_what_is_behind_a_packed_file_is_told():
    lines = b'{"order": "A", "ship_date": "2026-11-02"}\n'
    assert refusal(gzip.compress(lines) + b"and so on") == (1, "gzip")


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"<!DOCTYPE x [<!ENTITY a 'b'>]><AmazonEnvelope><Message>&a;</Message></AmazonEnvelope>", "dtd"),
        (b'<!DOCTYPE x SYSTEM "file:///etc/passwd"><AmazonEnvelope/>', "dtd"),
        (b"<Other><Message/></Other>", "envelope"),
        (b"<AmazonEnvelope></AmazonEnvelope>", "empty"),
        (b"<AmazonEnvelope>", "xml"),
        (b"", "empty"),
        (b"order-id\tship-date\n", "empty"),
        (b"order-id\tcolour\nA\tred\n", "columns"),
        ("order-id\tship-date\nA\t2026".encode("utf-16"), "encoding"),
        (gzip.compress(envelope(SHIPPED))[:-30], "truncated"),
        (b"\x1f\x8b" + b"rubbish" * 20, "gzip"),
        (envelope(SHIPPED, declared="OrderAdjustment"), "message_type"),
    ],
)
def test_what_cannot_be_read_is_fatal_with_a_reason(content, code):
    assert refusal(content) == (0, code)


def test_a_packed_file_may_not_grow_to_many_times_its_size():
    first = b'{"order": "A", "ship_date": "2026-11-02"}\n'
    assert refusal(gzip.compress(first + b"\n" * 1_900_000)) == (1, "ratio")


def test_a_packed_file_may_not_grow_without_end():
    noise = io.BytesIO()
    for number in range(60_000):
        noise.write(json.dumps({"order": f"{number * 7919 % 99991}", "ship_date": "2026-11-02"}).encode() + b"\n")
    assert refusal(gzip.compress(noise.getvalue()), bytes=500_000)[1] == "unpacked"


def test_what_stood_before_the_break_counts():
    assert refusal(envelope(SHIPPED, SHIPPED)[:-400]) == (1, "xml")


def test_nesting_and_size_of_a_message_are_bounded():
    deep = "<a>" * 20 + "</a>" * 20
    assert refusal(envelope(deep)) == (0, "too_deep")
    wide = "<Item/>" * 20_001
    assert refusal(envelope(wide)) == (0, "too_large")


@pytest.mark.parametrize(
    ("values", "field", "said"),
    [
        ({"items": [{}] * 1_001}, "items", "1,001 entries in one list; up to 1,000"),
        ({"x": [[], [1] * 1_001]}, "", "1,001 entries in one list; up to 1,000"),
        ({"items": [{"parts": [{}] * 1_000}] * 40}, "", "40,082 values; up to 40,000"),
        ({str(number): 1 for number in range(40_000)}, "", "40,001 values; up to 40,000"),
    ],
)
def test_a_record_that_holds_too_much_is_refused_by_itself(values, field, said):
    first, second = read(json.dumps({"order": "A", **values}).encode() + b'\n{"order": "B"}\n')
    assert first["values"] == {"order": "A"}
    assert first["faults"] == [[field, "too_large", f"The record has {said} are allowed: send it as several."]]
    assert (second["values"], second["faults"]) == ({"order": "B"}, [])


def test_a_message_of_much_text_is_refused_by_itself():
    long = "<Item><AmazonOrderItemCode>" + "x" * 1_999 + "</AmazonOrderItemCode></Item>"
    first, second = read(envelope(long * 501, SHIPPED), bytes=10_000_000)
    sentence = "The record has 1,001,499 characters; up to 1,000,000 are allowed: send it as several."
    assert (first["id"], first["faults"]) == ("7", [["", "too_large", sentence]])
    assert (second["id"], second["faults"]) == ("8", [])


def test_an_element_that_nobody_reads_is_named():
    (record,) = read(envelope(SHIPPED.replace("CarrierCode", "CarierCode")))
    assert record["faults"] == [["CarierCode", "unknown_field", "<CarierCode> is not known in a <OrderFulfillment>."]]


@pytest.mark.parametrize(
    ("beside", "field", "code", "sentence"),
    [
        (f"<OrderFulfillment>{SHIPPED}</OrderFulfillment>", "OrderFulfillment", "duplicate",
         "The message has more than one <OrderFulfillment>: give each a <Message> of its own."),
        ("<OrderAdjustment/>", "OrderAdjustment", "unknown_field", "<OrderAdjustment> is not known in a <Message>."),
        ("<Item/>", "Item", "unknown_field", "<Item> is not known in a <Message>."),
    ],
)  # fmt: skip
@pytest.mark.parametrize("first", [True, False])
def test_a_message_says_one_thing(beside, field, code, sentence, first):
    body = f"<OrderFulfillment>{SHIPPED}</OrderFulfillment>"
    inside = f"<MessageID>7</MessageID><OperationType>Update</OperationType>{beside + body if first else body + beside}"
    (record,) = read(f"<AmazonEnvelope><Message>{inside}</Message></AmazonEnvelope>".encode())
    assert record["faults"] == [[field, code, sentence]]
    assert record["values"]["order"] == "305-0000001-9000001"


def test_the_process_says_the_same_record_by_record():
    said = list(read_apart(envelope(SHIPPED, SHIPPED)))
    assert [one.pop("bytes") for one in said] == [213, 213]
    assert said == list(read(envelope(SHIPPED, SHIPPED)))


def test_the_process_says_why_it_ends():
    found = []
    with pytest.raises(Fatal) as fatal:
        found.extend(read_apart(envelope(SHIPPED, SHIPPED)[:-400]))
    assert (len(found), fatal.value.code) == (1, "xml")
    assert fatal.value.sentence.startswith("The document is not XML or breaks off: line 3")


@pytest.mark.parametrize(("limit", "value"), [("memory_bytes", 12_000_000), ("seconds", 0)])
def test_memory_and_time_are_bounded(limit, value):
    wide = "<Item/>" * 19_000
    content = envelope(*[wide] * 30)
    with pytest.raises(Fatal) as fatal:
        list(read_apart(content, bytes=10_000_000, **{limit: value}))
    assert fatal.value.code in ("memory", "cost")


@pytest.fixture
def readers(monkeypatch):
    """The processes that read, in the order in which they were started."""
    started, popen = [], subprocess.Popen

    def start(*given, **named):
        started.append(popen(*given, **named))
        return started[-1]

    monkeypatch.setattr(reading.subprocess, "Popen", start)
    return started


# More than a pipe holds: its reader is still at work after the first.
LONG = envelope(*[SHIPPED] * 4_000)


def read_while_struck(readers, *signs):
    """How many records of ``LONG`` are read when its first reader is sent these."""
    found = []
    for record in read_apart(LONG):
        if not found:
            for sign in signs:
                os.kill(readers[0].pid, sign)
        found.append(record["record"])
    assert found == sorted(set(found))
    return len(found)


@pytest.mark.parametrize(
    ("signs", "started"), [((signal.SIGTERM, signal.SIGINT), 1), ((signal.SIGABRT,), 2)], ids=["stop", "end"]
)
def test_what_is_sent_to_all_processes_of_a_service_that_stops_takes_nothing_from_a_file(readers, signs, started):
    assert (read_while_struck(readers, *signs), len(readers)) == (4_000, started)
    assert os.getsid(0) != readers[0].pid


def test_a_reader_that_takes_any_end_for_a_costly_file_would_be_noticed(readers, monkeypatch):
    """A mutant of R6: what was behind the end is lost."""
    monkeypatch.setattr(reading, "_COSTLY", (-signal.SIGABRT,))
    with pytest.raises(Fatal):
        read_while_struck(readers, signal.SIGABRT)


@pytest.mark.skipif(not hasattr(fcntl, "F_GETPIPE_SZ"), reason="only Linux tells")
def test_a_reader_runs_ahead_by_more_than_a_pipe_holds_unless_asked(readers):
    found = read_apart(LONG)
    next(found)
    assert fcntl.fcntl(readers[0].stdout, fcntl.F_GETPIPE_SZ) == 1 << 19
    found.close()


def test_a_pipe_that_cannot_be_larger_is_read_all_the_same(monkeypatch):
    def no(*_):
        raise PermissionError

    monkeypatch.setattr(reading.fcntl, "fcntl", no)
    assert len(list(read_apart(LONG))) == 4_000


@pytest.mark.parametrize(("end", "code", "started"), [("exit 1", "broken", 3), ("kill -9 $$", "cost", 1)])
def test_readers_that_end_at_once_are_not_started_for_ever(readers, monkeypatch, tmp_path, end, code, started):
    programme = tmp_path / "python"
    programme.write_text(f"#!/bin/sh\n{end}\n")
    programme.chmod(0o700)
    monkeypatch.setattr(sys, "executable", str(programme))
    with pytest.raises(Fatal) as fatal:
        list(read_apart(SHIPPED.encode()))
    assert (fatal.value.code, len(readers)) == (code, started)


@pytest.mark.parametrize("byte", [b"\xff", b"\x00", b"\x80", b"<", b"{", b"\t"])
def test_rubbish_is_answered_not_raised(byte):
    with suppress(BadFile):
        assert all(one["faults"] for one in read(byte * 3_000))
