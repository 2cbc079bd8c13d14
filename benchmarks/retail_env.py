"""The retail-env data set as import files: its shoppers, products and orders, with shops that we assign.

The set is a single shop's back office without dates or sellers. Each order goes to one of our shops and gets its
moments from its place in the file; each shop that sells a variant gets a listing of it.
"""

import csv
import json
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

Row = dict[str, Any]
MARKETPLACE = "retail"
SOURCE = "retail-env"
SHOPS = ("Cedar Street Goods", "Harbour Outfitters", "Lantern & Loom", "North Pier Home", "Quiet Engine")
STATUS = {"pending": "unshipped", "processed": "shipped", "delivered": "delivered", "cancelled": "cancelled"}
KINDS = ("marketplaces", "sellers", "buyers", "products", "listings", "orders", "shipments")


def read(path: Path) -> list[Row]:
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def shop_of(text: str) -> str:
    """Which of our shops: the same for the same text on every machine."""
    return f"shop-{zlib.crc32(text.encode()) % len(SHOPS) + 1}"


def owner_of(shop: str) -> str:
    return f"{shop}@example.com"


def convert(folder: Path, target: Path, now: datetime) -> dict[str, Path]:
    """Write one import file per kind into ``target`` and return where they are."""
    users, orders, products = (read(folder / f"{name}.jsonl") for name in ("users", "orders", "products"))
    rows = {
        "marketplaces": [
            {"slug": MARKETPLACE, "name": "Retail", "currency": "USD", "trusted_domains": "retail.example"}
        ],
        "sellers": [
            {
                "external_id": f"shop-{n}",
                "name": name,
                "time_zone": "America/New_York",
                "owner_email": owner_of(f"shop-{n}"),
            }
            for n, name in enumerate(SHOPS, start=1)
        ],
        "buyers": [buyer(user) for user in users],
        "products": [{"external_id": one["product_id"], "kind": "non_media", "title": one["name"]} for one in products],
        "listings": list(listings(products, orders)),
        "orders": [order(one, moment(now, place)) for place, one in enumerate(orders)],
        "shipments": [
            parcel | {"order": one["order_id"]}
            for place, one in enumerate(orders)
            if one["status"] == "processed"
            for parcel in parcels(one, moment(now, place))
        ],
    }
    return {kind: write(target, kind, rows[kind]) for kind in KINDS}


def write(target: Path, kind: str, rows: list[Row]) -> Path:
    """JSON Lines; buyers as CSV, so that a run goes through both readers."""
    path = target / f"{kind}.{'csv' if kind == 'buyers' else 'jsonl'}"
    with path.open("w", encoding="utf-8", newline="") as file:
        if kind == "buyers":
            sheet = csv.DictWriter(file, rows[0])
            sheet.writeheader()
            sheet.writerows(rows)
        else:
            file.writelines(json.dumps(row) + "\n" for row in rows)
    return path


def buyer(user: Row) -> Row:
    name = f"{user['name']['first_name']} {user['name']['last_name']}"
    return {"external_id": user["user_id"], "name": name, "email": user["email"], "language": "en-US"}


def listings(products: list[Row], orders: list[Row]) -> Iterator[Row]:
    """Every variant in its home shop, and in each shop that sold it."""
    offers = {}
    for one in products:
        home = shop_of(one["product_id"])
        for item, variant in one["variants"].items():
            offers[home, item] = listing(
                home, one["product_id"], item, variant["price"], left=25 * variant["available"]
            )
    for one in orders:
        shop = shop_of(one["order_id"])
        for item in one["items"]:
            offers.setdefault(
                (shop, item["item_id"]), listing(shop, item["product_id"], item["item_id"], item["price"], left=25)
            )
    yield from offers.values()


def listing(shop: str, product: str, item: str, price: float, *, left: int) -> Row:
    return {
        "external_id": f"{shop}-{item}",
        "seller": shop,
        "product": product,
        "sku": item,
        "price": f"{price:.2f}",
        "currency": "USD",
        "quantity": left,
    }


def moment(now: datetime, place: int) -> datetime:
    """When the order in that place was placed: spread over the sixty days before ``now``, the oldest first."""
    return (now - timedelta(days=60) + timedelta(hours=2 * (place % 700))).astimezone(UTC).replace(microsecond=0)


def order(one: Row, placed: datetime) -> Row:
    shop, status = shop_of(one["order_id"]), STATUS[one["status"]]
    address = one["address"]
    row = {
        "external_id": one["order_id"],
        "seller": shop,
        "buyer": one["user_id"],
        # What is in `shipments` of its own moves along from here.
        "status": "unshipped" if status == "shipped" else status,
        "fulfilment": "marketplace" if zlib.crc32(one["order_id"].encode()) % 4 == 0 else "seller",
        "currency": "USD",
        "placed_at": placed.isoformat(),
        "ship_by": (placed + timedelta(days=2)).isoformat(),
        "deliver_by": (placed + timedelta(days=7)).isoformat(),
        "ship_to": ", ".join(
            str(address[part]) for part in ("address1", "address2", "city", "state", "zip", "country")
        ),
        "lines": [
            {
                "external_id": str(number),
                "listing": f"{shop}-{item['item_id']}",
                "title": item["name"],
                "sku": item["item_id"],
                "quantity": 1,
                "price": f"{item['price']:.2f}",
            }
            for number, item in enumerate(one["items"], start=1)
        ],
    }
    if status == "delivered":
        row |= {"delivered_at": (placed + timedelta(days=4)).isoformat(), "shipments": list(parcels(one, placed))}
    if status == "cancelled":
        row |= {"cancelled_at": (placed + timedelta(hours=5)).isoformat()}
    return row


def parcels(one: Row, placed: datetime) -> Iterator[Row]:
    """The shipments of an order; an item id that stands twice in it means its next line."""
    lines: dict[str, list[str]] = {}
    for number, item in enumerate(one["items"], start=1):
        lines.setdefault(item["item_id"], []).append(str(number))
    for number, sent in enumerate(one["fulfillments"], start=1):
        held = [lines[item].pop(0) for item in sent["item_ids"] if lines.get(item)]
        parcel = {
            "external_id": str(number),
            "carrier": "Parcel Post",
            "tracking_number": sent["tracking_id"][0],
            "shipped_at": (placed + timedelta(days=1)).isoformat(),
            "lines": [{"line": line, "quantity": 1} for line in held],
        }
        if one["status"] == "delivered":
            parcel["delivered_at"] = (placed + timedelta(days=4)).isoformat()
        yield parcel
