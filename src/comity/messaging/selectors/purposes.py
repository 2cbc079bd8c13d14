"""Which purposes are open to a seller who writes first about one order, and why the others are not (S17, S60).

The decision is pure: ``opening`` looks at a profile's row and at a ``Standing``, nothing else.
The checks of ``CHECKS`` are asked from the top; the first that closes gives the reason. Services ask again inside the
conversation's lock, so what a page showed a minute ago decides nothing.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

from comity.accounts.models import Restriction
from comity.accounts.profiles import Profile
from comity.accounts.profiles.purposes import Purpose
from comity.common import locales
from comity.orders.models import Order
from comity.orders.services.statuses import STATUS_WORDS, completed_at, reachable

Status = Order.Status


@dataclass(frozen=True, slots=True)
class Standing:
    """What decides about one order at one moment. ``sent``: by purpose, how many are on their way or have arrived.

    ``restricted`` is the kind of restriction on the seller, if any. ``kinds`` are those of the products, empty where
    they are not known. ``declined``: the buyer takes nothing unsolicited. ``to_tell``: the kinds of message of which
    something has happened that the seller tells, and not the marketplace.
    """

    now: datetime
    status: str
    fulfilment: str
    placed_at: datetime
    deliver_from: datetime | None = None
    deliver_by: datetime | None = None
    delivered_at: datetime | None = None
    cancelled_at: datetime | None = None
    kinds: frozenset[str] = frozenset()
    declined: bool = False
    restricted: str = ""
    restricted_until: datetime | None = None
    sent: Mapping[str, int] = field(default_factory=dict)
    to_tell: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Opening:
    """A purpose for one order: open, or ``closed`` for a reason of ``CHECKS``, which ``sentence`` tells people."""

    purpose: Purpose
    sent: int
    closed: str = ""
    sentence: str = ""
    until: datetime | None = None

    @property
    def open(self) -> bool:
        """Whether it may be used now."""
        return not self.closed

    @property
    def left(self) -> int:
        """How many more times it may be used for this order."""
        return max(self.purpose.most - self.sent, 0)


class Asked(NamedTuple):
    """What a check looks at."""

    purpose: Purpose
    standing: Standing
    until: datetime | None


def opening(purpose: Purpose, standing: Standing, profile: Profile) -> Opening:
    """Whether ``purpose`` is open; ``until`` is the end of its window once that is known."""
    until = _window_end(purpose, standing, profile)
    sent = standing.sent.get(purpose.key, 0)
    for reason, closes in CHECKS.items():
        if sentence := closes(Asked(purpose, standing, until)):
            return Opening(purpose, sent, reason, sentence, until)
    return Opening(purpose, sent, until=until)


def menu(standing: Standing, profile: Profile) -> list[Opening]:
    """Every purpose of the profile, in its order."""
    return [opening(purpose, standing, profile) for purpose in profile.purposes]


def _restricted(asked: Asked) -> str:
    return told(asked.standing) if asked.standing.restricted == Restriction.Kind.MESSAGING else ""


def _restricted_proactive(asked: Asked) -> str:
    """Answers and critical messages still pass (rules §2)."""
    if asked.purpose.critical or not asked.standing.restricted:
        return ""
    return f"{told(asked.standing)} You may still answer, and write about what is critical."


def told(standing: Standing) -> str:
    """The sentence about a restricted seller."""
    until = f"until {day(standing.restricted_until)}" if standing.restricted_until else "until it is lifted"
    first = "" if standing.restricted == Restriction.Kind.MESSAGING else "first "
    return f"You may not write {first}{until}."


def _served_elsewhere(asked: Asked) -> str:
    if asked.standing.fulfilment in asked.purpose.fulfilment:
        return ""
    return "The marketplace ships this order and serves its buyer."


def _other_goods(asked: Asked) -> str:
    kinds = asked.standing.kinds
    fits = not kinds or not asked.purpose.kinds or kinds & {*asked.purpose.kinds}
    return "" if fits else "Nothing in this order needs it."


def _nothing_to_tell(asked: Asked) -> str:
    kind = asked.purpose.declares
    if not kind or kind in asked.standing.to_tell:
        return ""
    return "The marketplace tells the buyer this itself, or nothing of it has happened."


def _declined(asked: Asked) -> str:
    if asked.purpose.critical or not asked.standing.declined:
        return ""
    return "The buyer takes no unsolicited messages. You may answer what they write."


def _not_yet(asked: Asked) -> str:
    status, wanted = asked.standing.status, asked.purpose.statuses
    ahead = [one for one in wanted if reachable(status, one)]
    if status in wanted or not ahead:
        return ""
    return f"Opens once the order is {either(ahead)}."


def _no_more(asked: Asked) -> str:
    if asked.standing.status in asked.purpose.statuses:
        return ""
    return f"Closed because the order is {STATUS_WORDS[asked.standing.status]}."


def _used_up(asked: Asked) -> str:
    most = asked.purpose.most
    if asked.standing.sent.get(asked.purpose.key, 0) < most:
        return ""
    return "Sent once; that is all for one order." if most == 1 else f"Sent {most} times; that is all for one order."


def _window_over(asked: Asked) -> str:
    if asked.until is None or asked.standing.now <= asked.until:
        return ""
    return f"The time for it ended on {day(asked.until)}."


NOTHING_TO_TELL = "nothing_to_tell"
CHECKS: Mapping[str, Callable[[Asked], str]] = {
    "restricted": _restricted,
    "restricted_proactive": _restricted_proactive,
    "served_elsewhere": _served_elsewhere,  # S36
    "other_goods": _other_goods,
    NOTHING_TO_TELL: _nothing_to_tell,
    "declined": _declined,
    "not_yet": _not_yet,
    "no_more": _no_more,
    "used_up": _used_up,
    "window_over": _window_over,
}


ANCHORED: Mapping[str, Callable[[Standing], datetime | None]] = {
    "completed": completed_at,
    "delivered": lambda standing: standing.delivered_at,
    "placed": lambda standing: standing.placed_at,
}


def _window_end(purpose: Purpose, standing: Standing, profile: Profile) -> datetime | None:
    began = ANCHORED[purpose.window_anchor or profile.proactive_anchor](standing)
    days = purpose.window_days if purpose.window_days is not None else profile.proactive_days
    return began + timedelta(days=days) if began else None


def either(statuses: tuple[str, ...] | list[str]) -> str:
    """“partly shipped, shipped or delivered”."""
    *first, last = dict.fromkeys(STATUS_WORDS[status] for status in statuses)
    return f"{', '.join(first)} or {last}" if first else last


def day(at: datetime | None) -> str:
    """The day of a moment, in words; empty for none."""
    return locales.day(at)
