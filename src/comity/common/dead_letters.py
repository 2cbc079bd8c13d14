"""Deliveries that were given up: an operator looks at them, then has them tried again or skipped.

A dead delivery holds up the later events of its stream for its handler, so that their order is kept.
"""

from collections.abc import Collection
from datetime import datetime

from django.db.models import QuerySet

from comity.common.errors import NotFound, Refused
from comity.common.models import EventDelivery
from comity.common.transactions import write


def dead_letters(*, marketplace: str | None = None) -> QuerySet[EventDelivery]:
    """The dead deliveries with their events, oldest first; of one marketplace (its public id) or of all."""
    dead = EventDelivery.objects.filter(state=EventDelivery.State.DEAD).select_related("event").order_by("id")
    return dead if marketplace is None else dead.filter(event__marketplace=marketplace)


def retry(*, delivery_id: int, marketplace: str | None = None, now: datetime) -> None:
    """Have a dead delivery tried again at once, with all its attempts. Raises ``NotFound``."""
    _change(delivery_id, marketplace, state=EventDelivery.State.READY, attempts=0, run_after=now)


def skip(*, delivery_id: int, marketplace: str | None = None, never: Collection[str] = (), now: datetime) -> None:
    """Give up a dead delivery for good and let the stream go on.

    Raises ``NotFound``, and ``Refused`` for a handler named in ``never``: what it does was promised to somebody.
    """
    if dead_letters(marketplace=marketplace).filter(pk=delivery_id, handler__in=never).exists():
        sentence = "This delivers a message that its author was told is on its way. Mend the cause and try it again."
        raise Refused("never_skipped", sentence, "action")
    _change(delivery_id, marketplace, state=EventDelivery.State.DONE, run_after=now)


def _change(delivery_id: int, marketplace: str | None, **fields: object) -> None:
    with write():
        own = dead_letters(marketplace=marketplace).filter(pk=delivery_id).values("pk")
        if not EventDelivery.objects.filter(pk__in=own, state=EventDelivery.State.DEAD).update(**fields):
            raise NotFound
