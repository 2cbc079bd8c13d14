"""For rules about a message as such: its purpose, length, form and what its kind has to say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from comity_policy.model import FindSpans, Span
from comity_policy.reading import Reading


def messages_only(find: FindSpans) -> FindSpans:
    """Return ``find`` as it is, but silent on the text of a file that comes with a message."""

    def narrowed(reading: Reading, parameters: Mapping[str, Any]) -> Iterable[Span]:
        return () if reading.context.in_file else find(reading, parameters)

    return narrowed
