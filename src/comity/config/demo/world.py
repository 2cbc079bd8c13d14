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
from comity.config.demo.casting import Role
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
    roles: list[Role]
    chance: random.Random
    now: datetime

    def build(self) -> None:
        """Enter everything but the dialogues."""
        enter("marketplaces", self.data["marketplaces"], None, self.now)
        for marketplace in Marketplace.objects.all():
            self._people(marketplace)
            slug, shops = marketplace.slug, self._shops(marketplace.slug)
            enter("sellers", map(_seller, shops), slug, self.now)
            enter("buyers", self._buyers(slug), slug, self.now)
            enter("products", (_product(*good) for shop in shops for good in _goods(shop)), slug, self.now)
            enter("listings", (self._listing(*good) for shop in shops for good in _goods(shop)), slug, self.now)
        self._orders()
        self._staff()

    def _shops(self, slug: str) -> list[dict[str, Any]]:
        return [shop for shop in self.data["shops"] if shop["marketplace"] == slug]

    def _people(self, marketplace: Marketplace) -> None:
        for name, role in self.data["operators"]:
            user = create_user(email=address(name, marketplace.slug), name=name, now=self.now)
            seat_operator(marketplace=marketplace, user=user, role=OperatorStaff.Role(role), now=self.now)

    def _staff(self) -> None:
        for shop in self.data["shops"]:
            seller = Seller.objects.get(external_id=shop["key"])
            for name, role in shop["staff"]:
                seat_staff(
                    seller=seller,
                    user=create_user(email=address(name, shop["key"]), name=name, now=self.now),
                    role=role,
                    now=self.now,
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
            "sku": _sku(shop, number),
            "price": price,
            "currency": currency,
            "quantity": self.chance.randint(2, 60),
            "handling_days": self.chance.choice([1, 2, 3]),
        }

    def _orders(self) -> None:
        """One order for each dialogue, and as many more as are promised."""
        wanted = [self._order_of(number, role) for number, role in enumerate(self.roles)]
        for number in range(len(wanted), ORDERS - 1):
            shop = self.data["shops"][number % len(self.data["shops"])]
            wanted.append(self._order(number, shop, self._any_status()))
        wanted.append(self._newest_order_of_the_walk())
        for marketplace in Marketplace.objects.all():
            rows = (_packed(self._addressed(order)) for slug, order in wanted if slug == marketplace.slug)
            enter("orders", rows, marketplace.slug, self.now)

    def _order_of(self, number: int, role: Role) -> tuple[str, dict[str, Any]]:
        status = role.dialogue.get("status", "delivered")
        oldest = max(hours for hours, _, _ in role.dialogue["steps"]) / 24
        youngest, eldest = (days + oldest for days in STATUSES[status][1])
        slug, order = self._order(number, role.shop, status, days=self.chance.uniform(youngest, eldest))
        order |= {
            "buyer": role.buyer,
            "fulfilment": role.dialogue.get("fulfilment", "seller"),
            "lines": self._lines(role.shop, [role.good]),
        }
        return slug, order

    def _newest_order_of_the_walk(self) -> tuple[str, dict[str, Any]]:
        """On top of the list of the buyer whose link is printed: from the shop whose link is printed, who ships it."""
        slug, order = self._order(ORDERS - 1, self.data["shops"][0], "unshipped", days=0.1)
        return slug, order | {
            "buyer": "buyer-0",
            "fulfilment": "seller",
            "lines": self._lines(self.data["shops"][0], [0]),
        }

    def _addressed(self, order: dict[str, Any]) -> dict[str, Any]:
        """The order with where its buyer lives."""
        number = int(order["buyer"].removeprefix("buyer-"))
        return order | {"ship_to": f"{self.data['buyers'][number][0]}\n{self.data['addresses'][number]}"}

    def _any_status(self) -> str:
        return self.chance.choices(list(STATUSES), [share for share, _ in STATUSES.values()])[0]

    def _order(self, number: int, shop: dict[str, Any], status: str, days: float = 0) -> tuple[str, dict[str, Any]]:
        placed_at = self.now - timedelta(days=days or self.chance.uniform(*STATUSES[status][1]))
        currency = next(one["currency"] for one in self.data["marketplaces"] if one["slug"] == shop["marketplace"])
        order = {
            "external_id": f"order-{number}",
            "status": status,
            "seller": shop["key"],
            "buyer": self.chance.choice(list(self._buyers(shop["marketplace"])))["external_id"],
            "fulfilment": self.chance.choices(["seller", "marketplace"], [4, 1])[0],
            "currency": currency,
            "placed_at": placed_at,
            "ship_from": placed_at,
            "ship_by": placed_at + timedelta(days=2),
            "deliver_from": placed_at + timedelta(days=3),
            "deliver_by": placed_at + timedelta(days=6),
            "lines": self._lines(
                shop, self.chance.sample(range(len(shop["goods"])), self.chance.choice([1, 1, 1, 2, 3]))
            ),
        }
        if status == "cancelled":
            order["cancelled_at"] = placed_at + 0.9 * (self.now - placed_at)
        if status in _LEFT:
            order["shipments"] = [self._shipment(order)]
        if status == "delivered":
            order["delivered_at"] = order["shipments"][0]["delivered_at"]
        return shop["marketplace"], order

    def _lines(self, shop: dict[str, Any], goods: list[int]) -> list[dict[str, Any]]:
        return [
            {
                "external_id": str(position),
                "listing": f"{shop['key']}-{number}",
                "title": shop["goods"][number][0],
                "sku": _sku(shop, number),
                "quantity": self.chance.choice([1, 1, 1, 2]),
                "price": shop["goods"][number][2],
            }
            for position, number in enumerate(goods, start=1)
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


def _sku(shop: dict[str, Any], number: int) -> str:
    return f"{shop['key'][:2].upper()}-{1100 + 7 * number}"


def _goods(shop: dict[str, Any]) -> Iterable[tuple[dict[str, Any], int, str, str, str]]:
    for number, (title, kind, price) in enumerate(shop["goods"]):
        yield shop, number, kind, title, price


def _packed(order: dict[str, Any]) -> dict[str, Any]:
    """The order with what is in its parcel: all of it, but for one piece of what left in part."""
    for parcel in order.get("shipments", []):
        parcel["lines"] = [{"line": one["external_id"], "quantity": one["quantity"]} for one in order["lines"]]
    if order["status"] == "partially_shipped":
        order["lines"][0]["quantity"] += 1
    return order


def _seller(shop: dict[str, Any]) -> dict[str, Any]:
    return {"external_id": shop["key"], "name": shop["name"], "time_zone": shop["time_zone"], "since_on": "2021-04-12"}


def _product(shop: dict[str, Any], number: int, kind: str, title: str, _price: str) -> dict[str, Any]:
    return {"external_id": f"{shop['key']}-{number}", "kind": kind, "title": title}


def enter(kind: str, rows: Iterable[dict[str, Any]], slug: str | None, now: datetime) -> None:
    """Import ``rows`` as from a historic file; each must be good."""
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

    def warned(self, warning: Refusal) -> None:
        """As good as a refusal."""
        raise AssertionError(warning)

    def advanced(self, bytes_read: int) -> None:
        """Nobody watches."""
