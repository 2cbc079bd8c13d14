"""Tasks of a retail back office, carried out by its buyers and sellers: `python benchmarks/retail_tasks.py [FOLDER]`.

FOLDER (else COMITY_DATA_SHARED) holds the data set retail-env. Its orders are imported; then each task's write actions
that our model of an order can express are done as the buyer or seller would do them, through the product's services:
an order is called off and the seller accepts; items are asked back, authorised, received, graded and refunded; an
address is changed. The order is then compared with what the task says that it must be. Each task starts from the
imported state. Prints how many actions can be expressed, how many end equal and what the others lack, and one JSON
line; exit 1 when an action that can be expressed ends otherwise.
"""

import argparse
import json
import os
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(Path(__file__).parent)]
os.environ["DJANGO_SETTINGS_MODULE"] = "comity.config.settings_test"

import retail_env

Row = dict[str, Any]
NOW = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)
LACKS = {
    "modify_pending_order_items": "an order's items are what was bought: another variant is another order",
    "exchange_delivered_order_items": "a return and an order for another variant; what replaces is the same item again",
    "modify_pending_order_payment": "how a buyer pays is between buyer and payment provider",
    "modify_user_address": "the shop that hands its buyers over keeps their addresses; ours are of orders",
    "transfer_to_human_agents": "no change of an order",
}


def main() -> int:
    """Print what became of the tasks; 1 when one that can be done ends otherwise."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", nargs="?", default=os.environ.get("COMITY_DATA_SHARED", "../shared/data"))
    folder = Path(parser.parse_args().folder, "retail-env")
    with tempfile.TemporaryDirectory(prefix="comity-retail-") as data:
        _start(data)
        _import(folder, Path(data))
        asked, equal, unequal = _carry_out(folder)
    return _tell(asked, equal, unequal)


def _start(data: str) -> None:
    os.environ |= {"COMITY_DATA": data, "COMITY_DATABASE_URL": f"sqlite://{data}/comity.sqlite3"}
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)


class _Quiet:
    """Nobody watches the import; what it refuses ends the run."""

    def refused(self, refusal: Any) -> None:
        raise SystemExit(f"{refusal.line} {refusal.field}: {refusal.sentence}")

    def warned(self, warning: Any) -> None:
        """Historic rows warn of nothing."""

    def advanced(self, bytes_read: int) -> None:
        """Not shown."""


def _import(folder: Path, target: Path) -> None:
    from comity.orders.services.imports import run_import

    for kind, path in retail_env.convert(folder, target, NOW).items():
        form = "csv" if path.suffix == ".csv" else "jsonl"
        slug = None if kind == "marketplaces" else retail_env.MARKETPLACE
        with path.open("rb") as file:
            about: Row = {"form": form, "marketplace_slug": slug, "source": retail_env.SOURCE, "live": False}
            run_import(kind, file, **about, now=NOW, progress=_Quiet())


def _carry_out(folder: Path) -> tuple[Counter[str], Counter[str], list[str]]:
    from django.db import transaction

    # Every fourth order was given to the marketplace to ship: here all are the shops', so that all can be acted on.
    from comity.orders.models import Order

    Order.objects.update(fulfilment=Order.Fulfilment.SELLER)
    asked: Counter[str] = Counter()
    equal: Counter[str] = Counter()
    unequal = []
    for task in retail_env.read(folder / "tasks.jsonl"):
        with transaction.atomic():
            for name, given in _actions(task):
                asked[name] += 1
                if name in LACKS:
                    continue
                said = _done(ACTIONS[name], given)
                equal[name] += not said
                unequal += [f"{task['id']} {name}: {said}"] if said else []
            transaction.set_rollback(True)
    return asked, equal, unequal


def _actions(task: Row) -> Iterator[tuple[str, Row]]:
    """The write actions of a task, in either form of the two sets that it was made of."""
    whole = task["task"]
    for one in whole.get("evaluation_criteria", whole)["actions"] or []:
        if one["name"] in task["write_actions"]:
            yield one["name"], one.get("arguments") or one.get("kwargs") or {}


def _done(act: Callable[[Any, Row], str], given: Row) -> str:
    """What is not as it should be afterwards; empty when all is."""
    from comity.common.errors import Refused
    from comity.orders.models import Order

    order = Order.objects.select_related("buyer__user", "seller", "marketplace").get(external_id=given["order_id"])
    try:
        return act(order, given)
    except Refused as refused:
        return f"refused as {refused.code}: {refused.sentence}"


def _cancel(order: Any, given: Row) -> str:
    from comity.accounts.models import Staff
    from comity.orders.models import Order
    from comity.orders.services.cancel_requests import answer_request, call_off

    now = order.placed_at + timedelta(hours=3)  # no longer free, so that the seller is asked
    reason = f"I do not need it any more: {given['reason']}."
    request = call_off(order=order, buyer=order.buyer, reason=reason, now=now)
    assert request is not None
    staff = Staff.objects.select_related("user", "seller__marketplace").filter(seller=order.seller).first()
    assert staff is not None
    answer_request(staff=staff, order=order, request_id=request.public_id, accept=True, now=now)
    after = Order.objects.select_related("payable").get(pk=order.pk)
    money = after.payable and (after.payable.captured_minor, after.payable.open_minor)
    return "" if (after.status, money) == ("cancelled", (0, 0)) else f"{after.status}, {money}"


def _return(order: Any, given: Row) -> str:
    from comity.orders.models import Return
    from comity.orders.services.returning.answers import authorise
    from comity.orders.services.returning.arrivals import Graded, grade, receive
    from comity.orders.services.returning.refunds import refund
    from comity.orders.services.returning.requests import Wanted, request_return

    now = order.delivered_at + timedelta(days=5)
    lines = _lines(order, given["item_ids"])
    wanted = [Wanted(line.external_id, 1, "no_longer_wanted") for line in lines]
    made = request_return(order, wanted, actor="", now=now)
    by: Row = {"side": "seller", "actor": "", "now": now + timedelta(days=3)}
    authorise(made, address="Returns, 1 Harbour Road", **by)
    receive(made, **by)
    grade(made, [Graded(line.external_id, "new") for line in lines], **by)
    paid = refund(made, **by)
    state, due = Return.objects.get(pk=made.pk).state, sum(line.unit_minor for line in lines)
    return "" if (state, paid.refunded_minor) == ("refunded", due) else f"{state}, {paid.refunded_minor} of {due}"


def _lines(order: Any, items: list[str]) -> list[Any]:
    """The order's lines with these items; one that is named twice means two of them."""
    left = list(order.lines.order_by("id"))
    found = []
    for item in items:
        line = next(line for line in left if line.sku == item)
        left.remove(line)
        found.append(line)
    return found


def _move(order: Any, given: Row) -> str:
    from comity.orders.models import Order
    from comity.orders.services.addresses import change_address

    parts = [str(given[part]) for part in ("address1", "address2", "city", "state", "zip", "country")]
    address = ", ".join(part for part in parts if part)
    change_address(order=order, buyer=order.buyer, address=address, now=order.placed_at + timedelta(hours=1))
    after = Order.objects.get(pk=order.pk)
    return "" if after.ship_to == address else "another address"


ACTIONS: dict[str, Callable[[Any, Row], str]] = {
    "cancel_pending_order": _cancel,
    "return_delivered_order_items": _return,
    "modify_pending_order_address": _move,
}


def _tell(asked: Counter[str], equal: Counter[str], unequal: list[str]) -> int:
    sys.stdout.write(f"{'action':<34}{'asked':>7}{'expressed':>11}{'equal':>7}\n")
    for name, count in asked.most_common():
        shown = (0, 0) if name in LACKS else (count, equal[name])
        sys.stdout.write(f"{name:<34}{count:>7}{shown[0]:>11}{shown[1]:>7}  {LACKS.get(name, '')}\n")
    for line in unequal:
        sys.stdout.write(f"not equal: {line}\n")
    expressed = sum(count for name, count in asked.items() if name not in LACKS)
    facts = {"actions": asked.total(), "expressed": expressed, "equal": equal.total()}
    sys.stdout.write(json.dumps(facts) + "\n")
    return 1 if unequal else 0


if __name__ == "__main__":
    sys.exit(main())
