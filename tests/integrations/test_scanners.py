"""The scanner's answers against a clamd of our own, which says and does whatever a test wants."""

import io
import socketserver
import struct
import threading

import pytest

from comity.integrations.scanners import NoScanner, ScannerDown, scanner_at

SIGNATURE = b"STANDARD-ANTIVIRUS-TEST-FILE"


class Clamd(socketserver.ThreadingUnixStreamServer):
    """``mood`` is how it behaves; ``scanned`` what it was sent, whole."""

    daemon_threads = True

    def __init__(self, path):
        super().__init__(path, Conversation)
        self.mood, self.scanned = "well", []
        self.stop = threading.Event()


class Conversation(socketserver.StreamRequestHandler):
    def handle(self):
        command = b""
        while not command.endswith(b"\0"):
            command += self.rfile.read(1)
        answer = b"ClamAV 1.4.6/1" if command == b"zVERSION\0" else self.judge(self.content())
        moods = {
            "garbage": b"\xff\xfe what?\0",
            "cut off": b"stream: O",
            "error": b"INSTREAM size limit exceeded. ERROR\0",
        }
        if self.server.mood == "silent":
            self.server.stop.wait(5)
        self.wfile.write(moods.get(self.server.mood, answer + b"\0"))

    def content(self):
        pieces = []
        while length := struct.unpack("!I", self.rfile.read(4))[0]:
            pieces.append(self.rfile.read(length))
        self.server.scanned.append(b"".join(pieces))
        return self.server.scanned[-1]

    def judge(self, content):
        return b"stream: Eicar-Test FOUND" if SIGNATURE in content else b"stream: OK"


@pytest.fixture
def clamd(tmp_path):
    server = Clamd(str(tmp_path / "clamd"))
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}).start()
    yield server
    server.stop.set()
    server.shutdown()
    server.server_close()


@pytest.fixture
def scanner(clamd):
    return scanner_at(f"clamd://{clamd.server_address}", seconds=0.3)


def test_content_goes_whole_and_the_answer_comes_back(clamd, scanner):
    content = bytes(range(256)) * 1000
    assert (scanner.scan(io.BytesIO(content)), clamd.scanned) == ("", [content])
    assert scanner.scan(io.BytesIO(b"x" * 70_000 + SIGNATURE)) == "Eicar-Test"
    assert scanner.ping() == "ClamAV 1.4.6/1"


@pytest.mark.parametrize("mood", ["garbage", "cut off", "error", "silent"])
def test_whatever_is_no_answer_counts_as_down(clamd, scanner, mood):
    clamd.mood = mood
    with pytest.raises(ScannerDown):
        scanner.scan(io.BytesIO(b"x"))
    with pytest.raises(ScannerDown):
        scanner.ping()


@pytest.mark.parametrize("url", ["clamd:///nowhere/clamd", "clamd://127.0.0.1:1"])
def test_nobody_there_counts_as_down(url):
    with pytest.raises(ScannerDown):
        scanner_at(url, seconds=0.3).scan(io.BytesIO(b"x"))


def test_over_a_port_it_is_the_same(clamd):
    class OverPort(socketserver.ThreadingTCPServer):
        daemon_threads, mood, scanned, stop = True, "well", [], threading.Event()

    with OverPort(("127.0.0.1", 0), Conversation) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}).start()
        scanner = scanner_at(f"clamd://127.0.0.1:{server.server_address[1]}", seconds=1)
        found = scanner.scan(io.BytesIO(SIGNATURE))
        server.shutdown()
    assert (found, scanner.name) == ("Eicar-Test", f"clamd at 127.0.0.1:{server.server_address[1]}")


@pytest.mark.parametrize("url", ["clamav://x", "clamd:", "http://127.0.0.1", "yes"])
def test_nonsense_is_refused_with_what_is_allowed(url):
    with pytest.raises(ValueError, match="say none, clamd://host:3310 or clamd:///path/to/socket"):
        scanner_at(url)


def test_without_a_scanner_nothing_is_found():
    assert isinstance(scanner_at(""), NoScanner)
    assert (scanner_at("none").scan(io.BytesIO(SIGNATURE)), NoScanner().ping()) == ("", "")
