"""How long the pages of a shop's desk take, and how they grow with everything it has ever answered.

    python benchmarks/inbox.py [--database sqlite|postgres] [--large] [--pages 40]

One shop gets 1,000, then 20,000 (with --large also 200,000) conversations of two messages by bulk insert: one in
ten waits for an answer, one in fifty is unread, one in a hundred is assigned, one in five carries a label. Each
page is asked for through the whole stack of middleware, 50 rows a list. Printed: the median in milliseconds at
each size, and how many times the one at 1,000 it is; with --cpu of CPU instead (on SQLite that is all the work there
is), which says the same on a machine that others use too.
"""

import argparse
import json
import os
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "src")]

from benchmarks.serving import Place, percentile, place

SIZES = (1_000, 20_000)
LARGE = 200_000
BATCH = 1_000
WORDS = "The parcel was promised for Tuesday and the tracking page has not moved since. Could you find out where it is?"


class Shop:
    """A shop whose conversations are made in bulk, and somebody signed in at its desk."""

    def __init__(self) -> None:
        from django.test import Client

        from comity.messaging.models import Label
        from tests import factories

        self.market = factories.marketplace()
        self.seller = factories.seller(self.market)
        self.staff = factories.staff(self.seller)
        self.offer = factories.listing(self.seller)
        self.label = Label.objects.create(
            marketplace=self.market, seller=self.seller, public_id="lab_bench", name="Bench", folded="bench"
        )
        self.count = 0
        self.client = Client()
        self.client.force_login(self.staff.user)

    def grow(self, size: int) -> None:
        """Make conversations until there are ``size``."""
        from django.db import connection, transaction

        while self.count < size:
            with transaction.atomic():
                self._batch(range(self.count, min(self.count + BATCH, size)))
            self.count = min(self.count + BATCH, size)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")

    def _batch(self, numbers: range) -> None:
        from comity.accounts.models import Buyer
        from comity.common.ids import new_id
        from comity.messaging.models import Conversation, LabelledConversation, Participant, ReplyDeadline
        from comity.orders.models import Order
        from tests.factories import NOW

        moments = {n: NOW - timedelta(minutes=5 * (LARGE - n) % 400_000) for n in numbers}
        buyers = Buyer.objects.bulk_create(
            Buyer(marketplace=self.market, public_id=new_id("buy", NOW), external_id=f"b{n}", name=f"Buyer {n}")
            for n in numbers
        )
        orders = Order.objects.bulk_create(
            Order(
                marketplace=self.market, seller=self.seller, buyer=buyer, public_id=new_id("ord", NOW),
                external_id=f"o{n}", number=f"306-{n:07}-{n:07}", status="unshipped" if n % 50 == 0 else "shipped",
                fulfilment="seller", currency="EUR", total_minor=2450, placed_at=moments[n], ship_by=moments[n],
            )
            for n, buyer in zip(numbers, buyers, strict=True)
        )  # fmt: skip
        talks = Conversation.objects.bulk_create(
            Conversation(
                marketplace=self.market, seller=self.seller, buyer=buyer, order=order, addressee="seller",
                public_id=new_id("cnv", NOW), topic="order_status", opened_at=moments[n], message_count=2,
                record_count=6, last_message_at=moments[n], unread_by_addressee=n % 50 == 1,
                reply_due_at=moments[n] + timedelta(hours=24) if n % 10 == 1 else None,
                assignee=self.staff.user if n % 100 == 1 else None,
            )
            for n, buyer, order in zip(numbers, buyers, orders, strict=True)
        )  # fmt: skip
        self._messages(numbers, talks, moments)
        open_ones = [one for one in talks if one.reply_due_at]
        firsts = {one.conversation_id: one for one in self._last}
        ReplyDeadline.objects.bulk_create(
            ReplyDeadline(
                conversation=one, owed_by="seller", first_message=firsts[one.pk], started_at=one.last_message_at,
                due_at=one.reply_due_at, profile_digest="p" * 64,
            )
            for one in open_ones
        )  # fmt: skip
        Participant.objects.bulk_create(Participant(conversation=one, side="seller", read_up_to=6) for one in talks)
        LabelledConversation.objects.bulk_create(
            LabelledConversation(label=self.label, conversation=one) for one in talks[::5]
        )

    def _messages(self, numbers: range, talks: list, moments: dict) -> None:
        from comity.common.ids import new_id
        from comity.common.models import RecordBody, RecordEntry
        from comity.messaging.models import Conversation, Message
        from tests.factories import NOW

        entries = RecordEntry.objects.bulk_create(
            RecordEntry(
                chain=one.public_id, marketplace=self.market.public_id, position=position, kind="posted",
                facts="{}", body_digest="b" * 64, digest="d" * 64,
            )
            for one in talks
            for position in (1, 2)
        )  # fmt: skip
        bodies = RecordBody.objects.bulk_create(RecordBody(entry=one, salt=b"s" * 16, text=WORDS) for one in entries)
        messages = Message.objects.bulk_create(
            Message(
                conversation=talks[index // 2], public_id=new_id("msg", NOW), number=index % 2 + 1,
                side="seller" if index % 2 == 0 else "buyer", body=body, purpose="reply",
                state="held" if index % 2 == 0 and numbers[index // 2] % 2_000 == 3 else "delivered",
                sent_at=moments[numbers[index // 2]], delivered_at=moments[numbers[index // 2]],
                held_until=NOW, delivered_position=index % 2 + 1,
            )
            for index, body in enumerate(bodies)
        )  # fmt: skip
        self._last = messages[1::2]
        for one, last in zip(talks, self._last, strict=True):
            one.last_message = last
        Conversation.objects.bulk_update(talks, ["last_message"])

    def pages(self) -> dict[str, str]:
        """What is asked for, by its name."""
        from comity.messaging.models import Conversation

        desk = f"/{self.market.slug}/sell/{self.seller.public_id}/"
        newest = Conversation.objects.order_by("pk").filter(reply_due_at__isnull=False).first()
        return {
            "inbox": f"{desk}inbox/",
            "waiting": f"{desk}inbox/?view=waiting",
            "all": f"{desk}inbox/?view=all",
            "held": f"{desk}inbox/?view=held",
            "mine": f"{desk}inbox/?view=all&assignee=me",
            "unread": f"{desk}inbox/?view=all&unread=1",
            "label": f"{desk}inbox/?view=all&label={self.label.public_id}",
            "page 9": f"{desk}inbox/?view=all&page=9",
            "conversation": f"{desk}inbox/{newest.public_id if newest else ''}/",
            "today": f"{desk}today/",
            "orders": f"{desk}orders/",
        }

    def median(self, path: str, times: int, clock: Callable[[], float]) -> float:
        """Milliseconds."""
        taken = []
        for _ in range(times + 3):
            begin = clock()
            answer = self.client.get(path)
            taken.append((clock() - begin) * 1000)
            assert answer.status_code == 200, (path, answer.status_code)
        return percentile(taken[3:], 0.5)


def measure(
    where: Place, sizes: tuple[int, ...], times: int, clock: Callable[[], float]
) -> dict[int, dict[str, float]]:
    """Medians by size and page."""
    os.environ.update(where.environment)
    import django

    django.setup()
    from django.conf import settings

    settings.ALLOWED_HOSTS = ["testserver"]
    shop = Shop()
    found = {}
    for size in sizes:
        shop.grow(size)
        found[size] = {name: shop.median(path, times, clock) for name, path in shop.pages().items()}
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--database", choices=("sqlite", "postgres"), default="sqlite")
    parser.add_argument("--large", action="store_true")
    parser.add_argument("--cpu", action="store_true")
    parser.add_argument("--pages", type=int, default=40)
    options = parser.parse_args()
    sizes = (*SIZES, LARGE) if options.large else SIZES
    with place(options.database) as where:
        clock = time.process_time if options.cpu else time.perf_counter
        found = measure(where, sizes, options.pages, clock)
    first = found[sizes[0]]
    print(f"{'ms at the median':>16}" + "".join(f"{size:>12,}{'':>8}" for size in sizes))
    for name in first:
        figures = "".join(f"{found[size][name]:>12.1f}{found[size][name] / first[name]:>7.2f}x" for size in sizes)
        print(f"{name:>16}{figures}")
    rounded = {str(size): {name: round(value, 1) for name, value in one.items()} for size, one in found.items()}
    print(json.dumps({"benchmark": "inbox", "database": options.database, "cpu": options.cpu, "p50_ms": rounded}))


if __name__ == "__main__":
    main()
