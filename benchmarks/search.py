"""How long a search takes at 100,000 messages in 20,000 conversations, and whether it counts right.

    python benchmarks/search.py [--database sqlite|postgres] [--messages 100000]

Five messages of about 600 bytes a conversation are inserted in bulk, one shop's all of them, and put into the index by
the service that the worker uses. A rare word stands in one of 5,000 messages, a common one in four of five. Each
search is the selector's, snippets and rows included, a median of warm runs; beside it two limits measured in the
same run: the bare statement that counts and names a page, and a scan of all texts, which is what LIKE costs.
"""

import argparse
import json
import os
import random
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "src")]

from benchmarks.serving import Place, place

EACH = 5
RUNS = 21
TARGETS = {"zanzibar": 11, "order": 60}  # milliseconds


def sentence(chance: random.Random, number: int) -> str:
    words = [f"word{min(int(chance.paretovariate(0.7)), 30_000)}" for _ in range(46)]
    words += ["order"] if number % 5 else []
    words += ["Zanzibar"] if number % 5_000 == 0 else []
    return " ".join([*words, f"{number % 997:03}-{number:07}-{number * 7 % 10_000_000:07}", "please"])


def fill(shop: Any, offer: Any, count: int) -> None:
    from django.db import transaction

    from comity.accounts.models import Buyer
    from comity.common.ids import new_id
    from comity.common.models import RecordBody, RecordEntry
    from comity.messaging.models import Conversation, Message
    from tests.factories import NOW

    market, chance = shop.marketplace, random.Random(7)
    for start in range(0, count, 5_000):
        numbers = range(start, min(start + 5_000, count))
        with transaction.atomic():
            buyers = Buyer.objects.bulk_create(
                Buyer(marketplace=market, public_id=new_id("buy", NOW), external_id=f"b{n}", name=f"Buyer {n}")
                for n in numbers[::EACH]
            )
            talks = Conversation.objects.bulk_create(
                Conversation(
                    marketplace=market, seller=shop, buyer=buyer, listing=offer, addressee="seller", topic="product",
                    public_id=new_id("cnv", NOW), opened_at=NOW, last_message_at=NOW,
                )
                for buyer in buyers
            )  # fmt: skip
            entries = RecordEntry.objects.bulk_create(
                RecordEntry(chain=talks[(n - start) // EACH].public_id, marketplace="m", position=n % EACH + 1,
                            kind="posted", facts="{}", body_digest="b" * 64, digest="d" * 64)
                for n in numbers
            )  # fmt: skip
            RecordBody.objects.bulk_create(
                RecordBody(entry=entry, salt=b"s" * 16, text=sentence(chance, n))
                for n, entry in zip(numbers, entries, strict=True)
            )
            Message.objects.bulk_create(
                Message(conversation=talks[(n - start) // EACH], public_id=new_id("msg", NOW), number=n % EACH + 1,
                        side="buyer" if n % 2 else "seller", body_id=entry.pk, purpose="reply", state="delivered",
                        sent_at=NOW, delivered_at=NOW, delivered_position=1)
                for n, entry in zip(numbers, entries, strict=True)
            )  # fmt: skip


def index(count: int) -> int:
    from comity.common.transactions import write
    from comity.messaging.models import Findable
    from comity.messaging.services.search import index_all

    begun = time.perf_counter()
    for kind in (Findable.MESSAGE, Findable.SELLER, Findable.BUYER):
        done, last = 1, 0
        while done:
            with write():
                done, last = index_all(kind, after=last)
    return round(count / (time.perf_counter() - begun))


def median(work: Callable[[], object]) -> float:
    work()
    times = []
    for _ in range(RUNS):
        begun = time.perf_counter()
        work()
        times.append((time.perf_counter() - begun) * 1_000)
    return statistics.median(times)


def measure(where: Place, count: int) -> Iterator[dict[str, Any]]:
    os.environ.update(where.environment)
    import django

    django.setup()
    from django.db import connection

    from comity.common.words import read_query
    from comity.messaging.selectors.search import Filters, Scope, question, search
    from tests import factories

    shop = factories.seller()
    fill(shop, factories.listing(shop), count)
    speed = index(count)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")

        def ask(sql: str, parameters: list[Any]) -> list[Any]:
            cursor.execute(sql, parameters)
            return cursor.fetchall()

        for word, target in TARGETS.items():
            begun = time.perf_counter()
            right = ask("SELECT count(*) FROM common_recordbody WHERE lower(text) LIKE %s", [f"%{word}%"])[0][0]
            scan = (time.perf_counter() - begun) * 1_000
            for who, scope in (("shop", Scope.of_seller(shop)), ("record", Scope.of_record(shop.marketplace))):
                sql, parameters = question(scope.terms("messages"), "messages", read_query(word), Filters())
                bare = median(partial(ask, f"{sql} LIMIT 25", parameters))
                took = median(partial(search, scope=scope, query=word))
                found = search(scope=scope, query=word).counts["messages"]
                yield {
                    "benchmark": "search", "database": connection.vendor, "messages": count, "reader": who,
                    "word": word, "hits": found, "right": found == right, "ms": round(took, 2),
                    "to_bare_index": round(took / bare, 2), "to_scan": round(took / scan, 4),
                    "target_ms": target, "meets": found == right and took <= target, "indexed_a_second": speed,
                }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--database", choices=("sqlite", "postgres"), default="sqlite")
    parser.add_argument("--messages", type=int, default=100_000)
    options = parser.parse_args()
    with place(options.database) as where:
        for line in measure(where, options.messages):
            print(json.dumps(line), flush=True)


if __name__ == "__main__":
    main()
