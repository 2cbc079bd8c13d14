"""Check the books against themselves, each order and the payment provider; show or put right what one order moved.

`reconcile` lists what does not agree: books or journals that are not zero, orders whose sums their journals do not say,
payments that wait for over an hour or have failed, disputes that are not booked to their end, and what the payment
provider knows differently of orders with payments of the last days. `show` prints the journals of one order, debits and
credits, and what became of its payments. `write-off` gives up the charge of one order that the payment provider has
refused for good, an authorisation that has run out, say: the seller does not get that money, what it gave back of it is
not asked for any more, and what waited behind it goes on. `pay-otherwise` gives up the refund of one order that the
payment provider has refused for good, a card that is closed, say: the marketplace owes the buyer that money, and pays
it by other means; REASON goes on the order's record. `dispute` books a dispute that the provider told of in another
currency than the order's: AMOUNT is how much of the order's money the buyer's bank has by it now.

Exit code: 0 all agrees, or it was done; 1 there are differences, no such order, or nothing to do; 2 used wrongly.

for example:
  comity ledger reconcile
  comity ledger reconcile --json --days 30
  comity ledger show 305-0000001-9000001 --marketplace north
  comity ledger write-off 305-0000001-9000001
  comity ledger pay-otherwise 305-0000001-9000001 'Card closed; paid by bank transfer 4711'
  comity ledger dispute 305-0000001-9000001 dp_1Pq2… 12.50
"""

import argparse
import json
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from comity.config.commands import add_data_argument, start

if TYPE_CHECKING:
    from comity.ledger.models import Journal, Payable
    from comity.ledger.selectors.reconciling import Difference
    from comity.orders.models import Order

_MOST_DAYS = 3_650
_MOST_LISTED = 20  # orders that their shops call the same
_LOOKING = ("reconcile", "show")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What `comity ledger` understands."""
    deeds = parser.add_subparsers(dest="deed", required=True, metavar=" | ".join(_DEEDS))
    made = {name: deeds.add_parser(name, help=words) for name, (words, _) in _DEEDS.items()}
    days = f"ask the provider about payments of so many days, 1 to {_MOST_DAYS:,} (7)"
    made["reconcile"].add_argument("--days", type=_days, default=7, help=days)
    for name, one in made.items():
        if name != "reconcile":
            one.add_argument("order", metavar="ORDER", help="its number, its public id, or what its shop calls it")
            one.add_argument("--marketplace", metavar="SLUG", help="where it is; needed when the name is not unique")
        if name in _LOOKING:
            one.add_argument("--json", action="store_true", help="JSON lines instead of sentences")
        add_data_argument(one)
    made["pay-otherwise"].add_argument("reason", metavar="REASON", help="why, for the order's record")
    made["dispute"].add_argument("dispute", metavar="DISPUTE", help="as `reconcile` names it")
    made["dispute"].add_argument("amount", metavar="AMOUNT", help="such as 12.50, in the order's currency; 0: nothing")


def run(arguments: argparse.Namespace) -> int:
    """Check, show or put right."""
    start(only_looks=arguments.deed in _LOOKING)
    from comity.common.errors import Refused  # needs settings
    from comity.config.server import require_tables  # the same

    require_tables()
    try:
        return _DEEDS[arguments.deed][1](arguments)
    except (Refused, LookupError) as refused:
        sys.stderr.write(f"comity ledger: {refused}\n")
        return 1


def _days(typed: str) -> int:
    if not (typed.isascii() and typed.isdecimal() and 1 <= int(typed[:9]) <= _MOST_DAYS):
        raise argparse.ArgumentTypeError(f"a number of days, 1 to {_MOST_DAYS:,}")
    return int(typed)


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


def _order(arguments: argparse.Namespace) -> "tuple[Order, Payable]":
    """The one order with this number or id, else with this id in its shop, and its money. Raises ``LookupError``."""
    from django.db.models import Q  # needs settings, as all of these

    from comity.orders.models import Order  # models

    given, slug = arguments.order, arguments.marketplace
    every = Order.objects.select_related("payable", "seller", "marketplace").order_by("pk")
    there = every.filter(marketplace__slug=slug) if slug else every
    orders = list(there.filter(Q(number=given) | Q(public_id=given))[:2])
    if len(orders) > 1:
        raise LookupError(f"“{given}” is on more than one marketplace: add --marketplace, or name its public id.")
    orders = orders or list(there.filter(external_id=given)[: _MOST_LISTED + 1])
    where = f" on “{slug}”" if slug else ""
    if not orders:
        raise LookupError(f"there is no order “{given}”{where}.")
    if len(orders) > 1:
        raise LookupError(_several(given, orders))
    if orders[0].payable is None:
        raise LookupError(f"no money has moved for “{given}”.")
    return orders[0], orders[0].payable


def _several(given: str, orders: "list[Order]") -> str:
    """That shops call several orders so, with what tells these apart."""
    rows = [
        f"  {one.public_id}  {one.number}  of {one.seller.name} on {one.marketplace.slug}, from {one.source}"
        for one in orders[:_MOST_LISTED]
    ]
    more = ["  … and more"] if len(orders) > _MOST_LISTED else []
    lines = [f"“{given}” is what more than one order is called in its shop. Name one by its public id:", *rows, *more]
    return "\n".join(lines)


def _write_off(arguments: argparse.Namespace) -> int:
    from comity.common import clock  # needs settings, as all of these
    from comity.ledger.services.writing_off import write_off  # models

    order, payable = _order(arguments)
    amount = write_off(payable, by=None, now=clock.now())
    sys.stdout.write(f"Given up: {_money(amount, payable)} of {order.number}.\n")
    return 0


def _pay_otherwise(arguments: argparse.Namespace) -> int:
    from comity.common import clock  # needs settings, as all of these
    from comity.orders.services.owing import pay_otherwise  # models

    order, payable = _order(arguments)
    amount = pay_otherwise(order, arguments.reason, by=None, now=clock.now())
    sys.stdout.write(f"Owed to the buyer of {order.number}, to be paid otherwise: {_money(amount, payable)}.\n")
    return 0


def _dispute(arguments: argparse.Namespace) -> int:
    from comity.common import clock  # needs settings, as all of these
    from comity.common.import_values import BadValue, amount, minor  # likewise
    from comity.ledger.services.disputes import translate  # models

    order, payable = _order(arguments)
    try:
        wanted = minor(amount(arguments.amount), payable.currency, field="AMOUNT")
    except BadValue as bad:
        raise LookupError(f"AMOUNT {bad.faults[0].sentence}") from None
    bears = order.fulfilment == order.Fulfilment.MARKETPLACE
    before = translate(payable, arguments.dispute, wanted, marketplace_bears=bears, now=clock.now())
    changed = f"{_money(wanted, payable)}, before {_money(before, payable)}"
    sys.stdout.write(f"The buyer's bank has of {order.number} by {arguments.dispute}: {changed}.\n")
    return 0


def _show(arguments: argparse.Namespace) -> int:
    from comity.ledger.selectors.journals import journals_of  # models

    order, payable = _order(arguments)
    for journal in journals_of(payable):
        facts = _facts(journal)
        sys.stdout.write((json.dumps(facts) if arguments.json else _line(facts)) + "\n")
    if not arguments.json:
        sys.stdout.write(_sums(order, payable))
    return 0


def _sums(order: "Order", payable: "Payable") -> str:
    sums = {"paid": payable.captured_minor, "given back": payable.refunded_minor, "held": payable.reserved_minor}
    sums |= {"lost": payable.lost_minor} if payable.lost_minor else {}
    amounts = (f"{name} {_money(amount, payable)}" for name, amount in (sums | {"open": payable.open_minor}).items())
    return f"{order.number} ({payable.subject}): {', '.join(amounts)}.\n"


def _money(amount_minor: int, payable: "Payable") -> str:
    from comity.common.import_values import major  # needs settings

    return f"{major(amount_minor, payable.currency):f} {payable.currency}"


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
    from comity.common.import_values import major  # needs settings

    currency = facts["currency"]
    entries = "  ".join(f"{account} {major(amount, currency):+f}" for account, amount in facts["entries"].items())
    payment = f"  ({facts['payment']})" if facts["payment"] else ""
    amount = major(facts["amount_minor"], currency)
    at = f"{datetime.fromisoformat(facts['at']):%Y-%m-%d %H:%M:%S} UTC"
    return f"{at}  {facts['kind']:<15} {amount:>10f} {currency}  {entries}{payment}"


_DEEDS: "Mapping[str, tuple[str, Callable[[argparse.Namespace], int]]]" = {
    "reconcile": ("list what does not agree", _reconcile),
    "show": ("print what was booked about one order", _show),
    "write-off": ("give up a charge of an order that has failed for good", _write_off),
    "pay-otherwise": ("give up a refund of an order that has failed for good: you pay it otherwise", _pay_otherwise),
    "dispute": ("book a dispute that was told in another currency", _dispute),
}
