"""Counting as far as anybody reads.

A count over all rows grows with them. What people read is “3”, “41” or “more than 500”: so counting stops there,
and a page costs the same at a thousand rows and at a million.
"""

from functools import cached_property
from typing import Any

from django.core.paginator import Paginator
from django.db.models import IntegerField, QuerySet, Subquery

COUNTED = 500
_PAGES_AHEAD = 9
_LAST_PAGE = 10**6


class CappedCount(Subquery):
    """The number of rows of a sliced queryset, as a column."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) AS counted)"
    output_field = IntegerField()


def capped_counts(one_row: QuerySet[Any], counted: dict[str, QuerySet[Any]]) -> dict[str, int]:
    """How many rows each queryset of ``counted`` has, up to ``COUNTED`` and one more. One query.

    ``one_row``: any row that exists, for a database answers in rows.
    """
    counts: dict[str, int] = counted_columns(one_row, counted).values(*counted).get()
    return counts


def counted_columns(one_row: QuerySet[Any], counted: dict[str, QuerySet[Any]]) -> QuerySet[Any]:
    """``one_row`` with those numbers as columns."""
    columns = {name: CappedCount(rows.order_by().values("pk")[: COUNTED + 1]) for name, rows in counted.items()}
    counts: QuerySet[Any] = one_row.annotate(**columns)
    return counts


def count_words(count: int) -> str:
    """A capped count as people read it: “500+” for what was not counted to its end."""
    return f"{COUNTED}+" if count > COUNTED else str(count)


class OpenEnded(Paginator):  # type: ignore[type-arg]  # not subscriptable at run time
    """Pages of a list whose end nobody needs: counted nine pages ahead of the one that is wanted.

    ``known``: a capped count of the rows that is there already; used where it reaches as far.
    """

    def __init__(self, rows: QuerySet[Any], per_page: int, wanted: int | str | None, known: int | None = None) -> None:
        typed = str(wanted)
        number = int(typed[: len(str(_LAST_PAGE))]) if typed.isdecimal() else 1  # int() refuses thousands of digits
        self._reach = (min(max(number, 1), _LAST_PAGE) + _PAGES_AHEAD) * per_page
        self._rows, self._known = rows, known
        super().__init__(rows, per_page)

    @cached_property
    def _counted(self) -> int:
        if self._known is not None and self._reach <= COUNTED:
            return self._known
        return self._rows.order_by()[: self._reach + 1].count()

    @property
    def count(self) -> int:
        """How many rows there are, as far as was counted."""
        return min(self._counted, self._reach)

    @property
    def goes_on(self) -> bool:
        """Whether there are pages beyond the last one known."""
        return self._counted > self._reach
