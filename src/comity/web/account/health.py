"""Whether the process runs, and whether it can do its work: for load balancers and monitors."""

from datetime import datetime

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Min, Q
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from comity.common import clock
from comity.common.models import EventDelivery, OutboxEvent


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - Django passes it
    """200 as long as the process answers at all."""
    return JsonResponse({"alive": True})


@require_safe
def readyz(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - Django passes it
    """200 when the database answers and its schema is ours, else 503.

    Seconds of queue lag and dead letters tell whether the worker keeps up; they do not make the web part unready.
    """
    try:
        executor = MigrationExecutor(connection)
        migrated = not executor.migration_plan(executor.loader.graph.leaf_nodes())
        queue = _queue(clock.now()) if migrated else {}
    except DatabaseError:
        return JsonResponse({"ready": False, "database": "unreachable"}, status=503)
    state = {"ready": migrated, "database": "reachable", "migrations": "applied" if migrated else "missing", **queue}
    return JsonResponse(state, status=200 if migrated else 503)


def _queue(now: datetime) -> dict[str, int]:
    """How long the oldest waiting event has waited, in seconds, and how many deliveries were given up."""
    waiting = Q(state__in=(EventDelivery.State.READY, EventDelivery.State.LEASED))
    unplaced = OutboxEvent.objects.filter(position=None).aggregate(at=Min("occurred_at"))["at"]
    undelivered = EventDelivery.objects.filter(waiting).aggregate(at=Min("event__occurred_at"))["at"]
    oldest = min((at for at in (unplaced, undelivered) if at), default=now)
    dead = EventDelivery.objects.filter(state=EventDelivery.State.DEAD).count()
    return {"queue_lag_seconds": max(0, int((now - oldest).total_seconds())), "dead_letters": dead}
