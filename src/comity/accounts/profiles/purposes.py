"""Why a seller may write first about an order, as a profile allows it, and when it may ask for a review.

Numbers and their sources stand in the profile's file (S15–S17, S35, S51, S60, rules §2).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

ANCHORS = ("completed", "delivered", "placed")


@dataclass(frozen=True, slots=True)
class AskedDate:
    """A day that the form of a purpose asks for; it stands in the purpose's words under ``key``."""

    key: str
    label: str


@dataclass(frozen=True, slots=True)
class Purpose:
    """One permitted reason to write first.

    key                   stored with the message; at most 20 characters
    label, hint           what people read: its name, and when it is meant
    checked_as            what the rule engine is told: one of ``comity_policy.model.PURPOSES``
    declares              the kind of message that it is, where rules and agreements know such a kind
    template              which words its form begins with (``messaging.selectors.words``) unless ``declares`` says so
    topic                 the topic of the conversation that it opens, where there is none yet
    statuses, fulfilment  of the order, while it is open
    kinds                 of the products, one of which must be in the order; none: any
    most                  times an order
    characters            of free text; 0: none, then ``words`` are sent, by language
    critical_because      completes "sent although you opted out, because …"; empty: not critical
    window_days, window_anchor   where they differ from the profile's ``proactive_days`` and ``proactive_anchor``
    """

    key: str
    label: str
    hint: str
    checked_as: str
    topic: str
    statuses: tuple[str, ...]
    most: int
    fulfilment: tuple[str, ...] = ("seller",)
    kinds: tuple[str, ...] = ()
    characters: int = 0
    words: Mapping[str, str] = field(default_factory=dict, hash=False)
    files_min: int = 0
    files_max: int = 0
    critical_because: str = ""
    window_days: int | None = None
    window_anchor: str = ""
    dates: tuple[AskedDate, ...] = ()
    declares: str = ""
    template: str = ""

    @property
    def critical(self) -> bool:
        """Whether it reaches a buyer who declined unsolicited messages. Nobody but the profile decides this."""
        return bool(self.critical_because)


@dataclass(frozen=True, slots=True)
class ReviewTerms:
    """When a review may be asked for, and in which words, by language.

    ``opens_after_days`` counts from the earliest promised delivery, ``closes_after_days`` from the latest.
    """

    label: str
    checked_as: str
    topic: str
    statuses: tuple[str, ...]
    opens_after_days: int
    closes_after_days: int
    words: Mapping[str, str] = field(default_factory=dict, hash=False)


def read_purposes(tables: list[dict[str, Any]]) -> tuple[Purpose, ...]:
    """The purposes of a profile's file, in its order. Raises ``TypeError`` for a key that no purpose has."""
    return tuple(_purpose(dict(table)) for table in tables)


def read_review(table: dict[str, Any]) -> ReviewTerms:
    """The terms of the review request of a profile's file."""
    return ReviewTerms(**_tuples(table))


def in_language(words: Mapping[str, str], *languages: str) -> tuple[str, str]:
    """Language and text of the first of ``languages`` that there is, else of the first in the file."""
    known = next((language for language in languages if language in words), next(iter(words)))
    return known, words[known]


def _purpose(table: dict[str, Any]) -> Purpose:
    dates = tuple(AskedDate(**asked) for asked in table.pop("dates", ()))
    return Purpose(**_tuples(table), dates=dates)


def _tuples(table: dict[str, Any]) -> dict[str, Any]:
    return {key: tuple(value) if isinstance(value, list) else value for key, value in table.items()}
