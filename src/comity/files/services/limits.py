"""What an upload may be. The numbers stand in the marketplace's profile, with their sources."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from comity.files.services.reading.kinds import PICTURES


@dataclass(frozen=True, slots=True)
class Limits:
    """Sizes in bytes, times in seconds of computing, pictures in points.

    kinds            what may be sent: names from ``reading.kinds.KINDS``
    count            files of one message
    file_bytes       one file; message_bytes: all of one message
    pixels           of one picture; preview_pixels: the longer side of its preview
    pages            of one document
    unpacked_bytes   an office file when unpacked; entries: files inside; ratio: of unpacked to packed
    characters       of words that are read from one file, and given to the rules
    seconds, memory_bytes   what looking at one file may cost; what costs more is refused
    picture_reader_seconds  for reading the words of one picture
    keep_hours       how long a file is kept that was uploaded and not sent
    files_an_hour, bytes_a_day   what one user may upload, counting what is then refused for its content
    unread           what follows for a file that could not be read: by ``Reading.extent`` deliver, hold or refuse
    """

    kinds: tuple[str, ...]
    count: int
    file_bytes: int
    message_bytes: int
    pixels: int
    preview_pixels: int
    pages: int
    unpacked_bytes: int
    entries: int
    ratio: int
    characters: int
    seconds: int
    memory_bytes: int
    picture_reader_seconds: int
    keep_hours: int
    files_an_hour: int
    bytes_a_day: int
    unread: Mapping[str, str] = field(hash=False)

    def of_photos(self) -> "Limits":
        """The same where only pictures are asked for; a profile that allows none keeps its kinds."""
        return replace(self, kinds=tuple(kind for kind in self.kinds if kind in PICTURES) or self.kinds)


def read_limits(table: Mapping[str, Any]) -> Limits:
    """The limits of a profile's ``[attachments]``. Raises ``TypeError`` for what is missing or unknown."""
    return Limits(**{**table, "kinds": tuple(table["kinds"])})
