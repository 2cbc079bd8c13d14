"""The pump: gives committed events their position and hands each to its handlers, in order and exactly once.

"Exactly once" is: the handler's effect and the mark that it is done are one transaction. What a handler does
outside of the database happens at least once.
"""

import logging
import random
import threading
import time
from collections import deque
from collections.abc import Mapping
from datetime import datetime

from comity.common import outbox
from comity.common.buggify import crash_point
from comity.common.errors import describe
from comity.common.models import EventDelivery, OutboxEvent, OutboxPosition
from comity.common.retries import Retries
from comity.common.transactions import turn, write
from comity.jobs import deliveries
from comity.jobs.deliveries import RETRIES, LeaseLost
from comity.jobs.loop import loop
from comity.jobs.table import HANDLERS, Handler, handler_name

_EVENTS_A_ROUND = 500
_TURN = 0.03  # seconds that a pump may write before others come to it
_POLL = 0.5  # seconds between looks for what another process has committed
_log = logging.getLogger(__name__)


class Pump:
    """One worker's hand on the queue. Any number of pumps may run, in any number of processes."""

    def __init__(
        self,
        owner: str,
        handlers: Mapping[str, tuple[Handler, ...]] = HANDLERS,
        *,
        retries: Retries = RETRIES,
        chance: random.Random | None = None,
    ) -> None:
        """``owner`` names this pump in the rows it leases; ``chance`` spreads the retries."""
        self._owner = owner
        self._names = {event: tuple(map(handler_name, those)) for event, those in handlers.items()}
        self._handlers = {handler_name(handler): handler for those in handlers.values() for handler in those}
        self._retries = retries
        self._chance = chance or random.Random()  # noqa: S311 - spreads load, keeps no secret

    def run_once(self, now: datetime) -> int:
        """Place what is new, hand out what is due; how many events and deliveries that were."""
        deliveries.reap(now)
        placed = self._place(now)
        leased = deliveries.lease(self._owner, self._handlers.keys(), now)
        waiting = deque(leased)
        while waiting:
            with turn():  # one of many writers: a whole round at once would hold up everybody who sends
                end = time.monotonic() + _TURN
                self._deliver(waiting.popleft(), now)
                while waiting and time.monotonic() < end:
                    self._deliver(waiting.popleft(), now)
        return placed + len(leased)

    def run_forever(self, stop: threading.Event) -> None:
        """Until ``stop`` is set: work, and wait for the next commit when there is nothing to do."""
        loop(self.run_once, stop, pause=_POLL, wake=outbox.committed)

    def _place(self, now: datetime) -> int:
        unplaced = OutboxEvent.objects.filter(position=None).order_by("id")
        if not unplaced.exists():
            return 0  # an idle pump locks nothing
        with write():
            counter, _ = OutboxPosition.objects.select_for_update().get_or_create(pk=1)
            events = list(unplaced[:_EVENTS_A_ROUND])
            for event in events:
                counter.last += 1
                event.position = counter.last
            OutboxEvent.objects.bulk_update(events, ["position"])
            counter.save(update_fields=["last"])
            EventDelivery.objects.bulk_create(
                [self._delivery(event, name, now) for event in events for name in self._names.get(event.name, ())]
            )
        return len(events)

    def _delivery(self, event: OutboxEvent, handler: str, now: datetime) -> EventDelivery:
        due_at = outbox.due_at(event) or now
        return EventDelivery(
            event=event, handler=handler, stream=event.stream, sequence=event.sequence, run_after=max(now, due_at)
        )

    def _deliver(self, delivery: EventDelivery, now: datetime) -> None:
        try:
            with write():
                deliveries.hold(delivery)
                self._handlers[delivery.handler](delivery.event, now=now)
                crash_point("effect_before_done")
                deliveries.mark_done(delivery, now)
            crash_point("after_done")
        except LeaseLost:
            _log.warning("%s of %s was taken over by another worker", delivery.handler, delivery.event.public_id)
        except Exception as error:  # noqa: BLE001 - whatever a handler raises, the queue goes on
            why = describe(error)
            _log.warning("%s of %s failed: %s", delivery.handler, delivery.event.public_id, why)
            deliveries.mark_failed(delivery, why, retries=self._retries, chance=self._chance, now=now)
