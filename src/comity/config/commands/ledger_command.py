"""Check the books against themselves, each order and the payment provider; or show what one order moved.

`reconcile` lists what does not agree: books or journals that are not zero, orders whose sums their journals do not say,
payments that wait for over an hour or have failed, and what the payment provider knows differently of orders with
payments of the last days. `show` prints the journals of one order, debits and credits, and what became of its payments.

Exit code: 0 all agrees, 1 there are differences, or no such order.

for example:
  comity ledger reconcile
  comity ledger reconcile --json --days 30
  comity ledger show 305-0000001-9000001
"""

import argparse
import json
import sys
from collections.abc import Iterator
from dataclasses import asdict
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from comity.config.commands import add_data_argument, start

if TYPE_CHECKING:
    from comity.ledger.models import Journal
    from comity.ledger.selectors.reconciling import Difference


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What `comity ledger` understands."""
    deeds = parser.add_subparsers(dest="deed", required=True, metavar="reconcile | show")
    check = deeds.add_parser("reconcile", help="list what does not agree")
    check.add_argument("--days", type=int, default=7, help="ask the provider about payments of so many days (7)")
    show = deeds.add_parser("show", help="print what was booked about one order")
    show.add_argument("order", metavar="ORDER", help="its number or public id")
    for one in (check, show):
        one.add_argument("--json", action="store_true", help="JSON lines instead of sentences")
        add_data_argument(one)


def run(arguments: argparse.Namespace) -> int:
    """Check or show."""
    start(only_looks=True)
    from comity.config.server import require_tables  # needs settings

    require_tables()
    return _reconcile(arguments) if arguments.deed == "reconcile" else _show(arguments)


def _reconcile(arguments: argparse.Namespace) -> int:
    count = 0
    for one in _differences(arguments.days):
        count += 1
        told = json.dumps(asdict(one)) if arguments.json else f"{one.subject}: {one.sentence}"
        sys.stdout.write(told + "\n")
    if not arguments.json:
        found = "no difference" if not count else f"{count:,} difference{'' if count == 1 else 's'}"
        sys.stdout.write(f"Books, orders and payments: {found}.\n")
    return 1 if count else 0


def _differences(days: int) -> "Iterator[Difference]":
    from comity.common import clock  # needs settings, as all of these
    from comity.ledger.selectors.reconciling import differences, differences_with  # models
    from comity.ledger.services.payments import provider_in_use  # models

    now = clock.now()
    yield from differences(now)
    yield from differences_with(provider_in_use(), since=now - timedelta(days=days))


def _show(arguments: argparse.Namespace) -> int:
    from django.db.models import Q  # needs settings, as all of these

    from comity.ledger.selectors.journals import journals_of  # models
    from comity.orders.models import Order  # models

    found = Order.objects.filter(Q(number=arguments.order) | Q(public_id=arguments.order)).select_related("payable")
    payables = [order.payable for order in found if order.payable]
    if not payables:
        sys.stderr.write(f"comity ledger: there is no order “{arguments.order}”, or no money has moved for it.\n")
        return 1
    for payable in payables:
        for journal in journals_of(payable):
            facts = _facts(journal)
            sys.stdout.write((json.dumps(facts) if arguments.json else _line(facts)) + "\n")
        if not arguments.json:
            sums = f"paid {payable.captured_minor}, given back {payable.refunded_minor}, held {payable.reserved_minor}"
            sys.stdout.write(f"{payable.subject}: {sums}, open {payable.open_minor} {payable.currency}.\n")
    return 0


def _facts(journal: "Journal") -> dict[str, Any]:
    payment = getattr(journal, "payment", None)
    return {
        "journal": journal.public_id,
        "at": journal.occurred_at.isoformat(),
        "kind": journal.kind,
        "cause": journal.cause,
        "amount_minor": journal.amount_minor,
        "currency": journal.currency,
        "entries": {entry.account: entry.amount_minor for entry in journal.entries.all()},
        "payment": payment.state if payment else None,
    }


def _line(facts: dict[str, Any]) -> str:
    entries = "  ".join(f"{account} {amount:+d}" for account, amount in facts["entries"].items())
    payment = f"  ({facts['payment']})" if facts["payment"] else ""
    return f"{facts['at']}  {facts['kind']:<15} {facts['amount_minor']:>10} {facts['currency']}  {entries}{payment}"
