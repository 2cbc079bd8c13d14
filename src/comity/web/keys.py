"""Shortcuts: the one table from which the page's script, the overlay, the page “Keyboard” and the guide are made.

A shortcut finds its element by ``data-shortcut``: a field, a choice or a button takes the focus (a single key never
sends a form), a link is followed, a list is opened. Where no element has that name the shortcut does nothing; one
key may name different elements on different pages.
"""

from dataclasses import dataclass
from typing import NamedTuple


@dataclass(frozen=True, slots=True)
class Key:
    """``keys`` in order (“g i”), what they do, in words. ``does``: names of elements, or of a move in keys.js.

    Without ``does`` the browser or another script acts; it is listed all the same.
    """

    keys: str
    does: str
    words: str

    @property
    def parts(self) -> list[str]:
        """Each key by itself: “Ctrl+Enter” is one, “g i” are two."""
        return self.keys.split(" ")

    @property
    def single(self) -> bool:
        """Whether it is made of characters alone, so that it must be possible to switch it off (WCAG 2.1.4)."""
        return all(len(part) == 1 for part in self.parts)


class Group(NamedTuple):
    """Shortcuts of one place."""

    place: str
    keys: tuple[Key, ...]


KEYS: tuple[Group, ...] = (
    Group(
        "Everywhere",
        (
            Key("?", "help", "Show this list"),
            Key("s", "search", "Search"),
            Key("g t", "go-today", "Go to Today"),
            Key("g i", "go-inbox go-service", "Go to the inbox"),
            Key("g r", "go-saved", "Go to the saved replies"),
            Key("g h", "go-held", "Go to the held messages"),
            Key("Escape", "", "Close what is open, or leave the field"),
        ),
    ),
    Group(
        "In a list",
        (
            Key("j", "next", "Next one"),
            Key("k", "previous", "The one before"),
            Key("o", "open", "Open it"),
        ),
    ),
    Group(
        "In a conversation",
        (
            Key("r", "reply", "Write a message"),
            Key("/", "saved-reply", "Insert a saved reply"),
            Key("n", "note", "Write a private note"),
            Key("a", "assign", "Choose who has it"),
            Key("e", "no-response", "Go to “No response needed”; Enter presses it"),
            Key("u", "undo", "Go to “Undo”; Enter presses it"),
        ),
    ),
    Group(
        "While you write",
        (
            Key("Ctrl+Enter", "", "Send"),
            Key("/name", "", "Insert the saved reply of that name"),
        ),
    ),
    Group(
        "At a held message",
        (
            Key("1", "release", "Choose release"),
            Key("2", "return", "Choose return"),
            Key("3", "block", "Choose block"),
            Key("p", "preset", "Choose a ready reason"),
            Key("r", "reason", "Write the reason"),
            Key("d", "rule", "Go to “Rule”; Enter presses it"),
            Key("t", "take", "Go to “I am on it”; Enter presses it"),
        ),
    ),
)
