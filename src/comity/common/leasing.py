"""Taking rows that wait, for a while: who has one works on it, and what a killed process had is free again later.

A row says in ``leased_until`` how long it is taken. What may be taken is the caller's question; what came of it, the
caller stores, and clears the column.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TypeVar

from django.db import connection
from django.db.models import Model, Q, QuerySet

from comity.common.transactions import write

Row = TypeVar("Row", bound=Model)


def free(now: datetime) -> Q:
    """Rows that nobody has, or whose lease has run out."""
    return Q(leased_until__isnull=True) | Q(leased_until__lt=now)


def lock_free(rows: QuerySet[Row], beside: str = "") -> QuerySet[Row]:
    """Lock the rows that nobody else has locked; SQLite, where one writes at a time, needs no locks.

    ``beside``: a foreign key, never empty; what it leads to is locked, too.
    """
    if not connection.features.has_select_for_update_skip_locked:
        return rows
    if beside:  # so that rows which refer to it can still be written
        return rows.select_related(beside).select_for_update(skip_locked=True, no_key=True, of=("self", beside))
    return rows.select_for_update(skip_locked=True, of=("self",))


def lease(
    due: Callable[[], QuerySet[Row]],
    *,
    most: int,
    until: datetime,
    take: Callable[[Row], Sequence[str]] = lambda _: (),
    one_of: str = "",
) -> list[Row]:
    """Take at most ``most`` of the rows that ``due`` asks for, for nobody else until ``until``; committed at once.

    ``take`` changes a row beside that and returns the names of the columns it changed: the state, say, and the attempt,
    which is counted before it is made. With nothing due nothing is locked. Call outside of a transaction.

    ``one_of``: a foreign key; of the rows that have it in common ``due`` asks for none while one is taken. So that two
    do not take one each at the same moment, what it leads to is locked, and ``due`` is asked again.
    """
    if not due().exists():
        return []
    with write():
        leased = list(lock_free(due(), beside=one_of)[:most])
        if one_of:
            still = set(due().filter(pk__in=[row.pk for row in leased]).values_list("pk", flat=True))
            leased = [row for row in leased if row.pk in still]
        for row in leased:
            row.leased_until = until  # type: ignore[attr-defined]  # every such row has it
        columns = dict.fromkeys(name for row in leased for name in take(row))
        if leased:
            rows: QuerySet[Row] = QuerySet(type(leased[0]))
            rows.bulk_update(leased, ["leased_until", *columns])
    return leased
