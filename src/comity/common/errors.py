"""What services and selectors raise when they do not do what was asked."""

import traceback
from pathlib import Path


class NotFound(LookupError):
    """There is no such object, or it is not this person's: both look the same."""


class Refused(Exception):
    """A request that is not carried out, in words for the person who made it. Nothing was stored.

    ``code`` is for programs, ``sentence`` says what is wrong, what is allowed and what to do next, ``field``
    names the input it is about (empty: the whole request).
    """

    def __init__(self, code: str, sentence: str, field: str = "") -> None:
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence
        self.field = field


def describe(error: Exception) -> str:
    """Class and place of an error, without its message: that may quote what a person wrote."""
    place = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__} at {Path(place.filename).name}:{place.lineno} in {place.name}"
