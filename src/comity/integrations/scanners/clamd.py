"""What clamd understands: INSTREAM and VERSION, one connection each.

INSTREAM takes pieces, each after its length in four bytes, and an empty one at the end; the answer is
``stream: OK``, ``stream: <name> FOUND`` or ``… ERROR``.
"""

import socket
import struct
from typing import IO

_PIECE = 1 << 16  # bytes
_LONGEST = 4096  # bytes of an answer
_CLEAN, _FOUND = "stream: OK", " FOUND"

Address = str | tuple[str, int]


class Clamd:
    """A clamd at ``address``: (host, port), or the path of a socket. Raises ``OSError`` and ``ValueError``."""

    def __init__(self, address: Address, *, seconds: float) -> None:
        self._address = address
        self._seconds = seconds

    @property
    def place(self) -> str:
        """The address in words."""
        return self._address if isinstance(self._address, str) else f"{self._address[0]}:{self._address[1]}"

    def scan(self, content: IO[bytes]) -> str:
        """The name of what clamd finds in ``content``; empty when it says that nothing is in it."""
        with self._connect() as line:
            line.sendall(b"zINSTREAM\0")
            while piece := content.read(_PIECE):
                line.sendall(struct.pack("!I", len(piece)) + piece)
            line.sendall(struct.pack("!I", 0))
            answer = _answer(line)
        if answer == _CLEAN:
            return ""
        if answer.startswith("stream: ") and answer.endswith(_FOUND):
            return answer.removeprefix("stream: ").removesuffix(_FOUND)
        raise ValueError(answer)

    def version(self) -> str:
        """What clamd says it is."""
        with self._connect() as line:
            line.sendall(b"zVERSION\0")
            answer = _answer(line)
        if not answer.startswith("ClamAV"):
            raise ValueError(answer)
        return answer

    def _connect(self) -> socket.socket:
        if isinstance(self._address, tuple):
            return socket.create_connection(self._address, timeout=self._seconds)
        line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        line.settimeout(self._seconds)
        try:
            line.connect(self._address)
        except OSError:
            line.close()
            raise
        return line


def _answer(line: socket.socket) -> str:
    said = b""
    while not said.endswith(b"\0") and len(said) <= _LONGEST and (piece := line.recv(_LONGEST)):
        said += piece
    if not said.endswith(b"\0"):
        raise ValueError("the answer has no end")
    return said[:-1].decode("utf-8", "replace").strip()
