"""What a conversation of two messages takes on the disk, with indexes, search and record.

    python benchmarks/disk.py [--database sqlite|postgres] [--conversations 1000]

A question and its answer, each of the size of a typical message, are sent through the services and delivered by
the worker. Printed: bytes a conversation by table, as it stands after a day, and after what the worker clears away
(the queue after a week, answers to repeated requests and what was mailed after a month, mails kept here instead of
being sent). The ratio is to the bytes of the words alone. Orders and people are there before the measure begins.
"""

import argparse
import json
import os
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "src")]

from benchmarks.accept import WORDS
from benchmarks.serving import Place, place

ANSWER = WORDS.replace("Anna", "the people of the shop")


SIZES = {
    "sqlite": """SELECT coalesce(m.tbl_name, s.name), sum(s.pgsize)
                 FROM dbstat s LEFT JOIN sqlite_master m USING (name) GROUP BY 1""",
    "postgresql": """SELECT relname, pg_total_relation_size(oid)
                     FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace""",
}


def size(cursor: Any, vendor: str) -> dict[str, int]:
    """Bytes by table, each with its indexes and nothing left between the rows."""
    cursor.execute("VACUUM" if vendor == "sqlite" else "VACUUM FULL")
    cursor.execute(SIZES[vendor])
    return dict(cursor.fetchall())


def talk(where: Place, conversations: int) -> tuple[dict[str, int], dict[str, int], dict[str, int]]:
    os.environ.update(where.environment)
    import django

    django.setup()
    from datetime import timedelta

    from django.db import connection

    from comity.jobs.pump import Pump
    from comity.jobs.schedules import prune
    from comity.notify.models import MailboxItem
    from comity.notify.services.sending import send_due
    from tests import factories
    from tests.factories import NOW
    from tests.messaging.desk import Desk

    market = factories.marketplace()
    shop = factories.seller(market)
    staff, operator = factories.staff(shop), factories.operator(market)
    buyers = [factories.buyer(market) for _ in range(conversations)]
    desks = [Desk(factories.order(buyer, shop), buyer, staff, operator) for buyer in buyers]
    pump = Pump("disk")
    with connection.cursor() as cursor:
        before = size(cursor, connection.vendor)
        for desk in desks:
            desk.ask(WORDS)
        while pump.run_once(NOW):
            pass
        for desk in desks:
            desk.later(1).answer(ANSWER)
        while pump.run_once(NOW + timedelta(hours=2)) or send_due(NOW + timedelta(hours=2)):
            pass
        after = size(cursor, connection.vendor)
        prune(NOW + timedelta(days=31))
        MailboxItem.objects.all().delete()
        kept = size(cursor, connection.vendor)
    return before, after, kept


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--database", choices=("sqlite", "postgres"), default="sqlite")
    parser.add_argument("--conversations", type=int, default=1000)
    options = parser.parse_args()
    with place(options.database) as where:
        before, after, kept = talk(where, options.conversations)
    count = options.conversations
    for table in sorted(after, key=lambda name: before.get(name, 0) - after[name]):
        grown, left = ((one.get(table, 0) - before.get(table, 0)) / count for one in (after, kept))
        if grown >= 1:
            print(f"{grown:8.0f} {left:8.0f}  {table}")
    found = {
        name: round((sum(one.values()) - sum(before.values())) / count)
        for name, one in (("bytes_at_first", after), ("bytes_kept", kept))
    }
    words = len(WORDS.encode()) + len(ANSWER.encode())
    print(
        json.dumps(
            {
                "benchmark": "disk",
                "database": options.database,
                **found,
                "words": words,
                "kept_to_words": round(found["bytes_kept"] / words, 2),
            }
        )
    )


if __name__ == "__main__":
    main()
