"""Virus scanners. Which one, if any, is the environment's word: ``COMITY_SCANNER``."""

from typing import IO, Protocol
from urllib.parse import unquote, urlsplit

from comity.integrations.scanners.clamd import Clamd


class ScannerDown(Exception):
    """No verdict could be had: the scanner is away, too slow, or talks nonsense. Nothing may pass unscanned."""


class Scanner(Protocol):
    """Looks for what must not be passed on."""

    name: str

    def scan(self, content: IO[bytes]) -> str:
        """The name of what was found, empty when nothing was. Raises ``ScannerDown`` for any other end."""
        ...

    def ping(self) -> str:
        """The scanner's version. Raises ``ScannerDown``."""
        ...


class NoScanner:
    """Looks at nothing; what Comity checks by itself stays."""

    name = "none"

    def scan(self, content: IO[bytes]) -> str:
        """Find nothing."""
        del content
        return ""

    def ping(self) -> str:
        """Nobody there."""
        return ""


class _Guarded:
    """Clamd, whose every failure is one answer: down."""

    def __init__(self, clamd: Clamd) -> None:
        self._clamd = clamd
        self.name = f"clamd at {clamd.place}"

    def scan(self, content: IO[bytes]) -> str:
        try:
            return self._clamd.scan(content)
        except (OSError, ValueError) as error:
            raise ScannerDown(type(error).__name__) from error

    def ping(self) -> str:
        try:
            return self._clamd.version()
        except (OSError, ValueError) as error:
            raise ScannerDown(type(error).__name__) from error


def scanner_at(url: str, *, seconds: float = 10) -> Scanner:
    """The scanner that ``url`` names: ``none``, ``clamd://host:3310``, ``clamd:///path/to/socket``.

    ``seconds``: how long it may be silent. Raises ``ValueError`` for anything else.
    """
    if url in ("", "none"):
        return NoScanner()
    parts = urlsplit(url)
    if parts.scheme != "clamd" or not (parts.hostname or parts.path.strip("/")):
        raise ValueError(f"“{url}”: say none, clamd://host:3310 or clamd:///path/to/socket.")
    if parts.hostname:
        return _Guarded(Clamd((parts.hostname, parts.port or 3310), seconds=seconds))
    return _Guarded(Clamd(unquote(parts.path), seconds=seconds))
