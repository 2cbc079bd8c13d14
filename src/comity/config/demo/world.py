"""Shops, buyers, goods and orders of the demo, entered by the same import as real data."""

import io
import json
import random
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from comity.accounts.models import Marketplace, OperatorStaff, Seller
from comity.accounts.services.staff import seat_operator, seat_staff
from comity.accounts.services.users import create_user
from comity.common.imports import Refusal
from comity.orders.services.imports import run_import

ORDERS = 200
SOURCE = "demo"
# status -> its share of the orders, and how many days ago such an order was placed
STATUSES = {
    "pending": (6, (0.1, 0.6)),
    "unshipped": (20, (0.4, 1.8)),
    "partially_shipped": (3, (3.5, 6.0)),
    "shipped": (31, (4.0, 8.0)),
    "delivered": (34, (7.0, 40.0)),
    "cancelled": (4, (3.0, 20.0)),
    "unfulfillable": (2, (3.0, 9.0)),
}
_LEFT = ("partially_shipped", "shipped", "delivered")


@dataclass(slots=True)
class World:
    """What the demo file says, the chance that varies it, and the moment that is now."""

    data: dict[str, Any]
    chance: random.Random
    now: datetime

    def build(self) -> None:
        """Enter everything but the dialogues."""
        _enter("marketplaces", self.data["marketplaces"], None, self.now)
        for marketplace in Marketplace.objects.all():
            self._people(marketplace)
            slug, shops = marketplace.slug, self._shops(marketplace.slug)
            _enter("sellers", map(_seller, shops), slug, self.now)
            _enter("buyers", self._buyers(slug), slug, self.now)
            _enter("products", (_product(*good) for shop in shops for good in _goods(shop)), slug, self.now)
            _enter("listings", (self._listing(*good) for shop in shops for good in _goods(shop)), slug, self.now)
        orders = [
            (shop, self._order(number)) for number, shop in zip(range(ORDERS), self._shop_by_turns(), strict=False)
        ]
        for marketplace in Marketplace.objects.all():
            own = (self._filled(order, shop) for shop, order in orders if shop["marketplace"] == marketplace.slug)
            _enter("orders", own, marketplace.slug, self.now)
        self._staff()

    def _shops(self, slug: str) -> list[dict[str, Any]]:
        return [shop for shop in self.data["shops"] if shop["marketplace"] == slug]

    def _shop_by_turns(self) -> Iterable[dict[str, Any]]:
        while True:
            yield from self.data["shops"]

    def _people(self, marketplace: Marketplace) -> None:
        for name, role in self.data["operators"]:
            user = create_user(email=address(name, marketplace.slug), name=name, now=self.now)
            seat_operator(marketplace=marketplace, user=user, role=OperatorStaff.Role(role))

    def _staff(self) -> None:
        for shop in self.data["shops"]:
            seller = Seller.objects.get(external_id=shop["key"])
            for name, role in shop["staff"]:
                seat_staff(
                    seller=seller,
                    user=create_user(email=address(name, shop["key"]), name=name, now=self.now),
                    role=role,
                )

    def _buyers(self, slug: str) -> Iterable[dict[str, Any]]:
        """Everybody shops at the first marketplace, half of them at the second too."""
        people = self.data["buyers"]
        here = people if slug == self.data["marketplaces"][0]["slug"] else people[: len(people) // 2]
        for number, (name, language) in enumerate(here):
            yield {
                "external_id": f"buyer-{number}",
                "name": name,
                "email": f"buyer{number}@demo.example",
                "language": language,
            }

    def _listing(self, shop: dict[str, Any], number: int, _kind: str, _title: str, price: str) -> dict[str, Any]:
        currency = next(one["currency"] for one in self.data["marketplaces"] if one["slug"] == shop["marketplace"])
        return {
            "external_id": f"{shop['key']}-{number}",
            "seller": shop["key"],
            "product": f"{shop['key']}-{number}",
            "sku": f"{shop['key'][:2].upper()}-{1100 + 7 * number}",
            "price": price,
            "currency": currency,
            "quantity": self.chance.randint(2, 60),
            "handling_days": self.chance.choice([1, 2, 3]),
        }

    def _order(self, number: int) -> dict[str, Any]:
        names = list(STATUSES)
        status = self.chance.choices(names, [STATUSES[name][0] for name in names])[0]
        days = self.chance.uniform(*STATUSES[status][1])
        return {"external_id": f"order-{number}", "status": status, "placed_at": self.now - timedelta(days=days)}

    def _filled(self, order: dict[str, Any], shop: dict[str, Any]) -> dict[str, Any]:
        placed_at, status = order["placed_at"], order["status"]
        currency = next(one["currency"] for one in self.data["marketplaces"] if one["slug"] == shop["marketplace"])
        buyers = list(self._buyers(shop["marketplace"]))
        filled = {
            **order,
            "seller": shop["key"],
            "buyer": self.chance.choice(buyers)["external_id"],
            "fulfilment": "marketplace" if self.chance.random() < 0.2 else "seller",  # noqa: PLR2004 - one in five
            "currency": currency,
            "ship_from": placed_at,
            "ship_by": placed_at + timedelta(days=2),
            "deliver_from": placed_at + timedelta(days=3),
            "deliver_by": placed_at + timedelta(days=6),
            "lines": self._lines(shop),
        }
        if status == "cancelled":
            filled["cancelled_at"] = placed_at + timedelta(hours=20)
        if status in _LEFT:
            filled["shipments"] = [self._shipment(filled)]
        if status == "delivered":
            filled["delivered_at"] = filled["shipments"][0]["delivered_at"]
        return filled

    def _lines(self, shop: dict[str, Any]) -> list[dict[str, Any]]:
        chosen = self.chance.sample(list(_goods(shop)), self.chance.choice([1, 1, 1, 2, 3]))
        return [
            {
                "external_id": str(position),
                "listing": f"{shop['key']}-{number}",
                "title": title,
                "sku": f"{shop['key'][:2].upper()}-{1100 + 7 * number}",
                "quantity": self.chance.choice([1, 1, 1, 2]),
                "price": price,
            }
            for position, (_, number, _kind, title, price) in enumerate(chosen, start=1)
        ]

    def _shipment(self, order: dict[str, Any]) -> dict[str, Any]:
        carrier, form = self.chance.choice(self.data["carriers"])
        shipped_at = order["placed_at"] + timedelta(hours=self.chance.uniform(6, 40))
        shipment = {
            "external_id": "1",
            "carrier": carrier,
            "tracking_number": form.format(self.chance.randrange(10**9)),
            "shipped_at": shipped_at,
        }
        if order["status"] == "delivered":
            shipment["delivered_at"] = shipped_at + timedelta(hours=self.chance.uniform(24, 72))
        return shipment


def address(name: str, place: str) -> str:
    """The e-mail address of a person of the demo."""
    return f"{name.lower().replace(' ', '.')}@{place}.example"


def _goods(shop: dict[str, Any]) -> Iterable[tuple[dict[str, Any], int, str, str, str]]:
    for number, (title, kind, price) in enumerate(shop["goods"]):
        yield shop, number, kind, title, price


def _seller(shop: dict[str, Any]) -> dict[str, Any]:
    return {"external_id": shop["key"], "name": shop["name"], "time_zone": shop["time_zone"], "since_on": "2021-04-12"}


def _product(shop: dict[str, Any], number: int, kind: str, title: str, _price: str) -> dict[str, Any]:
    return {"external_id": f"{shop['key']}-{number}", "kind": kind, "title": title}


def _enter(kind: str, rows: Iterable[dict[str, Any]], slug: str | None, now: datetime) -> None:
    text = "\n".join(json.dumps(row, default=datetime.isoformat) for row in rows)
    run_import(
        kind,
        io.BytesIO(text.encode()),
        form="jsonl",
        marketplace_slug=slug,
        source=SOURCE,
        live=False,
        now=now,
        progress=_Strict(),
    )


class _Strict:
    """The demo's own rows are good, or the demo is broken."""

    def refused(self, refusal: Refusal) -> None:
        raise AssertionError(refusal)

    def advanced(self, bytes_read: int) -> None:
        """Nobody watches."""
