"""What may come back, until when, and what that costs whom, as a profile has it (S78, C12, rules §5).

``eligibility`` is one table, read from its top: the first row that fits says what follows. Numbers and sources stand
in the profile's file.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

FAULTS = ("buyer", "seller")
# full: must be taken back, all of the price is refunded; deduction: must be taken back, at a price of up to
# ``percent``; refused: the seller may decline, and who takes it back all the same may deduct up to ``percent``.
OUTCOMES = ("full", "deduction", "refused")


@dataclass(frozen=True, slots=True)
class ReturnReason:
    """Why something comes back. ``fault``: whose it is, and so who pays for sending it back (rules §5)."""

    key: str
    label: str
    fault: str
    comment: bool = False


@dataclass(frozen=True, slots=True)
class Grade:
    """A condition in which something arrives. ``opened``: how the table of eligibility then reads it.

    ``reasons``: what the seller picks from to say what is wrong; “other” needs a comment. None: nothing is wrong.
    ``refusable``: the seller may keep all of the money, whatever the table says.
    """

    key: str
    label: str
    opened: bool
    reasons: tuple[str, ...] = ()
    refusable: bool = False


@dataclass(frozen=True, slots=True)
class Eligibility:
    """A row of the table. What is left out (None, empty) fits anything.

    fault    whose the reason is
    kinds    of the product
    opened   whether it was
    days     at most so many since delivery, as calendar days of the marketplace
    outcome  one of ``OUTCOMES``
    percent  of what was paid, the most that may be deducted
    words    what it is about, as people read it
    source   where the row comes from
    """

    outcome: str
    percent: int
    words: str
    source: str
    fault: str = ""
    kinds: tuple[str, ...] = ()
    opened: bool | None = None
    days: int | None = None

    def fits(self, *, days: int, opened: bool, kind: str, fault: str) -> bool:
        """Whether the row is about such a case."""
        return (
            self.fault in ("", fault)
            and (not self.kinds or kind in self.kinds)
            and self.opened in (None, opened)
            and (self.days is None or days <= self.days)
        )

    @property
    def must_accept(self) -> bool:
        """Whether the seller has to take it back. Where all may be deducted there is nothing to take it back for."""
        return self.outcome != "refused" and self.percent < 100  # noqa: PLR2004 - per cent


@dataclass(frozen=True, slots=True)
class Holiday:
    """What is delivered in these days, both included, may come back as if on time until ``until``."""

    delivered_from: date
    delivered_until: date
    until: date


@dataclass(frozen=True, slots=True)
class ReturnTerms:
    """All that a profile says about returns. ``outbound_days``: so long the way there is refunded whoever's fault."""

    window_days: int
    answer_hours: int
    refund_days: int
    outbound_days: int
    batch: int
    reasons: tuple[ReturnReason, ...]
    grades: tuple[Grade, ...]
    eligibility: tuple[Eligibility, ...]
    holidays: tuple[Holiday, ...] = ()

    def reason(self, key: str) -> ReturnReason | None:
        """The reason of that key."""
        return next((one for one in self.reasons if one.key == key), None)

    def grade(self, key: str) -> Grade | None:
        """The condition of that key."""
        return next((one for one in self.grades if one.key == key), None)

    def eligible(self, *, days: int, opened: bool, kind: str, fault: str) -> Eligibility:
        """The first row that fits; ``days`` since delivery, 0 while no carrier has told of it."""
        return next(row for row in self.eligibility if row.fits(days=days, opened=opened, kind=kind, fault=fault))


def read_returns(**table: Any) -> ReturnTerms:
    """The terms of a profile's ``[returns]``. Raises ``TypeError`` for an unknown key, ``ValueError`` for a hole."""
    rows = tuple(Eligibility(**_tuples(row)) for row in table.pop("eligibility"))
    holidays = tuple(Holiday(**row) for row in table.pop("holidays", ()))
    terms = ReturnTerms(
        **table | {"reasons": _all(ReturnReason, table["reasons"]), "grades": _all(Grade, table["grades"])},
        eligibility=rows,
        holidays=holidays,
    )
    if any(row.outcome not in OUTCOMES or (row.outcome == "full" and row.percent) for row in rows):
        raise ValueError("a row of eligibility has an unknown outcome, or deducts from a full refund")
    if not rows or (rows[-1].fault, rows[-1].kinds, rows[-1].opened, rows[-1].days) != ("", (), None, None):
        raise ValueError("the last row of eligibility must fit anything")
    if any(reason.fault not in FAULTS for reason in terms.reasons):
        raise ValueError("the fault of a reason is the buyer's or the seller's")
    return terms


def _all(made: Any, tables: Any) -> tuple[Any, ...]:
    return tuple(made(**_tuples(table)) for table in tables)


def _tuples(table: Mapping[str, Any]) -> dict[str, Any]:
    return {key: tuple(value) if isinstance(value, list) else value for key, value in table.items()}
