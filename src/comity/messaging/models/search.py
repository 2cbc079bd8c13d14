"""What can be found: one entry for each message, order, buyer and seller.

The terms themselves lie beside this table in the index of each database, which no model can describe: on SQLite the
contentless FTS5 tables ``messaging_search`` (messages) and ``messaging_searchothers`` (orders and people), in which
the rowid is the entry's id; on PostgreSQL the column ``vector`` with its GIN index.
Only ``services.search`` writes them and only ``selectors.search`` reads them.
"""

from django.db import models


class Findable(models.IntegerChoices):
    """What an entry is about; the lowest digit, to base 4, of its id."""

    SELLER = 0
    MESSAGE = 1
    ORDER = 2
    BUYER = 3


class SearchEntry(models.Model):
    """``id`` is ``row id * 4 + Findable``, so that the highest ids are the latest rows of their kind.

    ``kept`` is what must be known to take the entry out of the index again: for a message the scopes under which it
    is found (its words are on record), for everything else all terms; with spaces between.
    """

    id = models.BigIntegerField(primary_key=True)
    kept = models.TextField()


def entry_id(kind: Findable, row_id: int) -> int:
    """The id of the entry about that row."""
    return row_id * len(Findable) + kind
