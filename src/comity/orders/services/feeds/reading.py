"""Takes a feed apart in a process of its own: ``records`` starts it, the rest of this file is what it runs.

It gets the file on standard input, nothing of our environment, and limits on memory, time and what a compressed file
may grow to. It writes one JSON object a record, and one with ``fatal`` where the document ends to be readable. It is
not ended when the service is (that ends it by closing the pipe), and what ends it anyway has the file read on anew.
"""

import fcntl
import json
import os
import resource
import signal
import subprocess
import sys
import zlib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import IO, Any

from comity.common.imports import LONGEST_LINE, LONGEST_LIST, BadFile
from comity.orders.services.feeds import envelope, flat

_GZIP = b"\x1f\x8b"
_CHUNK = 1 << 16
_AHEAD = 1 << 19  # bytes: about two batches, which the process takes apart while one is applied
HEAD = 4_096  # bytes that tell the form
_OPEN_FILES = 16
_SMALL = 1_000_000  # bytes: what unpacks to less may be packed as tightly as it likes
# Of one record, as its lists and texts are bounded: the service holds it as objects, which take many times its bytes.
MOST_VALUES = 2 * envelope.MOST_NODES  # an amount with a currency is one element and two values
_TRIES = 3  # readers that may be lost one after the other without a record between them
_NO_MEMORY = 3  # status of a process that has not even enough left to say so
_COSTLY = (_NO_MEMORY, -signal.SIGXCPU, -signal.SIGKILL)  # how the limits of memory and time end a process


class Fatal(Exception):
    """The document cannot be read (any further); ``code`` and a sentence for its sender."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code, self.sentence = code, sentence


class _Lost(Exception):
    """The process that reads was ended by something else than the file."""


def form_of(head: bytes) -> str:
    """``xml``, ``jsonl``, ``tsv`` or ``csv``, by the first bytes of a file, packed or not."""
    if head.startswith(_GZIP):
        try:
            head = zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(head, HEAD)
        except zlib.error:
            head = b""
    start = head.replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    if start.startswith(b"<"):
        return "xml"
    return "jsonl" if start.startswith((b"{", b"[")) else "tsv" if b"\t" in start else "csv"


def records(file: IO[bytes], *, kind: str, form: str, limits: Mapping[str, int]) -> Iterator[dict[str, Any]]:
    """The records of ``file``, read in a limited process; nothing of it is trusted yet.

    Each says in how many ``bytes`` it came from there. ``limits``: ``bytes`` unpacked, ``ratio`` of unpacking,
    ``memory_bytes``, ``seconds`` of computing. Raises ``Fatal``.
    """
    job = json.dumps({"kind": kind, "form": form, "limits": dict(limits)})
    known, tries = 0, _TRIES
    while tries:
        try:
            for said in _read_apart(file, job):
                if said["record"] > known:
                    known, tries = said["record"], _TRIES
                    yield said
        except _Lost:
            tries -= 1
        else:
            return
    raise Fatal("broken", "Reading the file broke off several times. Save it anew and send it again.")


def _read_apart(file: IO[bytes], job: str) -> Iterator[dict[str, Any]]:
    """What one process says of ``file``, from its start. Raises ``Fatal`` and ``_Lost``."""
    os.lseek(file.fileno(), 0, os.SEEK_SET)  # the one before has moved it on
    command = [sys.executable, "-I", "-m", __name__, job]
    environment = {"PATH": "/usr/local/bin:/usr/bin:/bin", "LC_ALL": "C.UTF-8"}
    with subprocess.Popen(  # noqa: S603 - a fixed programme; the file is data to it
        command,
        stdin=file,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment,
        start_new_session=True,
    ) as child:
        assert child.stdout is not None
        if setting := getattr(fcntl, "F_SETPIPE_SZ", None):  # Linux
            with suppress(OSError):  # a user may have so many large pipes; a small one does, too
                fcntl.fcntl(child.stdout, setting, _AHEAD)
        try:
            for line in child.stdout:
                if not line.endswith(b"\n"):
                    break  # it was ended in the middle of a line
                said = json.loads(line)
                if "fatal" in said:
                    raise Fatal(*said["fatal"])
                if "end" in said:
                    return
                said["bytes"] = len(line)
                yield said
            if child.wait() not in _COSTLY:
                raise _Lost
            raise Fatal("cost", "Reading the file takes more memory or time than is allowed. Send it in parts.")
        finally:
            child.kill()


class _Unpacked:
    """A gzip file as it unpacks, all of its members (RFC 1952), up to so many bytes and so many times its size."""

    def __init__(self, file: IO[bytes], limits: Mapping[str, int]) -> None:
        self._file, self._limits = file, limits
        self._unpack = zlib.decompressobj(zlib.MAX_WBITS | 16)
        self._kept = b""
        self._packed = self._size = 0

    def read(self, most: int) -> bytes:
        while not self._kept and (packed := self._next()):
            try:
                self._kept = self._unpack.decompress(packed, _CHUNK)
            except zlib.error:
                raise BadFile("gzip", "The compressed file is damaged. Pack it anew and send it again.") from None
            self._count(len(self._kept))
        piece, self._kept = self._kept[:most], self._kept[most:]
        return piece

    def _next(self) -> bytes:
        """What is to be unpacked next; nothing behind the last member."""
        if self._unpack.eof:
            if rest := self._unpack.unused_data or self._more():
                self._unpack = zlib.decompressobj(zlib.MAX_WBITS | 16)
            return rest
        if not (packed := self._unpack.unconsumed_tail or self._more()):
            raise BadFile("truncated", "The compressed file breaks off. Send it again, whole.")
        return packed

    def _more(self) -> bytes:
        packed = self._file.read(_CHUNK)
        self._packed += len(packed)
        return packed

    def _count(self, more: int) -> None:
        self._size += more
        ratio, most = self._limits["ratio"], self._limits["bytes"]
        if self._size > most:
            raise BadFile("unpacked", f"The file unpacks to more than {most // 1_000_000} MB. Send it in parts.")
        if self._size > _SMALL and self._size > self._packed * ratio:
            raise BadFile("ratio", f"The file unpacks to more than {ratio} times its size. Send it unpacked.")

    def readline(self, most: int) -> bytes:
        """The next line, or as much of it."""
        found = b""
        while b"\n" not in found and len(found) < most and (piece := self.read(_CHUNK)):
            found += piece
        end = found.find(b"\n") + 1 or len(found)
        end = min(end, most)
        self._kept = found[end:] + self._kept
        return found[:end]


def parsed(file: Any, *, kind: str, form: str, limits: Mapping[str, int]) -> Iterator[dict[str, Any]]:
    """The records of ``file``, read here and now. Raises ``BadFile``; memory and time are the caller's to limit."""
    if file.peek(2)[:2] == _GZIP:
        file = _Unpacked(file, limits)
    found = envelope.read(file, kind) if form == "xml" else flat.read(file, kind, form)
    return (_bounded(record) for record in found)


def _bounded(record: dict[str, Any]) -> dict[str, Any]:
    """``record``; one that holds more than a record may has a fault that says so in place of its values."""
    values = record["values"]
    if not (sentence := _too_large(values)):
        return record
    named = {name: values[name][:100] for name in ("order", "merchant_order") if isinstance(values.get(name), str)}
    items = values.get("items")
    field = "items" if isinstance(items, list) and len(items) > LONGEST_LIST else ""
    return {**record, "values": named, "faults": [[field, "too_large", sentence]]}


def _too_large(values: Mapping[str, Any]) -> str:
    """What there is too much of in a record, as a sentence; empty where nothing is."""
    longest = count = characters = 0
    waiting: list[Any] = [*values.values()]
    while waiting:
        one = waiting.pop()
        count += 1
        if isinstance(one, str):
            characters += len(one)
        elif isinstance(one, dict):
            waiting += one.values()
        elif isinstance(one, list):
            longest = max(longest, len(one))
            waiting += one
    bounds = (
        (longest, LONGEST_LIST, "entries in one list"),
        (count, MOST_VALUES, "values"),
        (characters, LONGEST_LINE, "characters"),
    )
    wrong = (f"{found:,} {what}; up to {most:,} are allowed" for found, most, what in bounds if found > most)
    return f"The record has {said}: send it as several." if (said := next(wrong, "")) else ""


def _limit(limits: Mapping[str, int]) -> None:
    seconds, memory = limits["seconds"], limits["memory_bytes"]
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (_OPEN_FILES, _OPEN_FILES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _main(argument: str) -> None:
    job = json.loads(argument)
    for stop in (signal.SIGTERM, signal.SIGINT):  # the service finishes what it has begun, and needs us for it
        signal.signal(stop, signal.SIG_IGN)
    _limit(job["limits"])
    try:
        for record in parsed(sys.stdin.buffer, **job):
            _say(record)
        _say({"end": True})
    except BadFile as bad:
        _say({"fatal": [bad.refusal.code, bad.refusal.sentence]})
    except MemoryError:
        _say({"fatal": ["memory", "Reading the file takes too much memory. Send it in parts."]})
    except Exception as error:  # noqa: BLE001 - whatever a parser says about a hostile file, the file is refused
        sentence = f"The file cannot be read ({type(error).__name__}). Save it anew and send it again."
        _say({"fatal": ["broken", sentence]})
    sys.stdout.flush()


def _say(what: Mapping[str, Any]) -> None:
    sys.stdout.write(json.dumps(what, default=str) + "\n")


if __name__ == "__main__":
    try:
        _main(sys.argv[1])
    except MemoryError:
        os._exit(_NO_MEMORY)
