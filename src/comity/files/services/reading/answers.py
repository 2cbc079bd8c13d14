"""What is asked and what is answered."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any


class Refusal(Exception):
    """The file is not taken: ``code`` says why, ``detail`` the figure or thing that was met."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Job:
    """One file to look at. ``clean`` and ``preview`` are the paths to write to; ``limits`` as in ``Limits``."""

    kind: str
    clean: str
    preview: str
    limits: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Looked:
    """What the file is. It is clean now; ``words`` are read only afterwards, as (page, text).

    ``locked``: a password keeps us out, so it was kept as it is.
    """

    kind: str
    pages: int | None
    words: Iterable[tuple[int, str]] = ()
    preview: bool = False
    locked: bool = False
