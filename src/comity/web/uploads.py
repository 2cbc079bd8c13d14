"""How the files of a form come in: to the disk, and not without end."""

from typing import Any

from django.core.files.uploadhandler import TemporaryFileUploadHandler

KEPT = 32_000_000  # bytes of one file: more than a message may have, so that what is too large can be told its size


class BoundedUpload(TemporaryFileUploadHandler):
    """Counts all of a file and keeps its beginning; what is refused for its size needs no more.

    ``size`` is the true one.
    """

    file: Any

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Keep the piece as far as there is room."""
        if start < KEPT:
            self.file.write(raw_data[: KEPT - start])
