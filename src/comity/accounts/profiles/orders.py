"""Windows of orders, shipments and feeds, as a profile has them. Numbers and sources stand in its file."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class OrderTerms:
    """What must happen to an order, and until when. Business days are the seller's (S73, S74, rules §5)."""

    media_ship_days: int
    remind_hours: int
    auto_cancel_days: int
    free_cancel_minutes: int
    longest_delay_days: int
    longest_way_days: int
    words_characters: int
    address_characters: tuple[int, int]
    address_lines: int
    address_line_characters: int
    insert_characters: int


@dataclass(frozen=True, slots=True)
class MoneyTerms:
    """When sellers are paid, and which components of an adjustment deduct."""

    payout_days: int
    deducts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FeedTerms:
    """How large a feed may be, and what reading it may cost (SEC9).

    ``waiting``, ``waiting_bytes``: how many files of one seller, and how much, may wait to be done; ``again_minutes``:
    when who is turned away for that is asked to come again.
    """

    bytes: int
    ratio: int
    records: int
    memory_bytes: int
    seconds: int
    batch: int
    waiting: int
    waiting_bytes: int
    again_minutes: int


@dataclass(frozen=True, slots=True)
class DutyTerms:
    """In how many hours a seller sends a kind of message that the rulebook leaves to it (S40, S42, C1)."""

    hours: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class OfferTerms:
    """``hours``: how long a side may think about an offer (S29)."""

    hours: int


@dataclass(frozen=True, slots=True)
class QualityTerms:
    """What says that a listing misled: ``reasons`` of returns, ``topics`` of conversations (S28, S31)."""

    reasons: tuple[str, ...]
    topics: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReportTerms:
    """``hours``: the intervals of a schedule; how many ``schedules`` and ``waiting`` reports a seller may have.

    ``lag_minutes``: how long after the end of its period a scheduled report is made, for what is stored late;
    ``keep_days``: how long a report is kept after it was made.
    """

    hours: tuple[int, ...]
    lag_minutes: int
    keep_days: int
    schedules: int
    waiting: int


@dataclass(frozen=True, slots=True)
class SubscriptionTerms:
    """``notice_days``: how long before a renewal its buyer is told of it (S10).

    ``late_days``: so long after its day a renewal is still made; later it is announced anew. Sellers answer subscribers
    as quickly as everybody else (S13): compared over the answers of ``parity_days``, the latest ``parity_sample``,
    where each of the two groups has ``parity_minimum``.
    """

    notice_days: int
    late_days: int
    parity_days: int
    parity_minimum: int
    parity_sample: int
