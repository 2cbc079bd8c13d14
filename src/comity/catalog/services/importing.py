"""Products and listings from a file. A batch is applied in the transaction of its caller."""

from functools import partial

from comity.accounts.models import Seller
from comity.accounts.services.importing import EXTERNAL_ID, Kind, Outcome, Scope
from comity.catalog.models import Listing, Product
from comity.catalog.services.listings import tell_handling_change
from comity.common import import_values as values
from comity.common.import_writes import Changes
from comity.common.imports import Field, Row

REASON = "handling_time_reason"


def apply_products(rows: list[Row], scope: Scope) -> Outcome:
    """Create or change products."""
    known = scope.known(Product, [row.values["external_id"] for row in rows])
    make = scope.make(Product, "prd")
    changes = Changes(Product)
    for row in rows:
        given = dict(row.values)
        external_id = given.pop("external_id")
        changes.put(known.get(external_id), given, partial(make, external_id))
    changes.save()
    outcome = Outcome()
    outcome.count(len(rows), len(changes.touched))
    return outcome


def apply_listings(rows: list[Row], scope: Scope) -> Outcome:
    """Create or change listings of sellers and products that were imported before, from the same source.

    Handling time is the seller's word: where an import changes it, a reason must stand beside it, and is told (S85).
    """
    outcome = Outcome()
    sellers = scope.known(Seller, [row.values["seller"] for row in rows])
    products = scope.known(Product, [row.values["product"] for row in rows])
    good = [row for row in rows if _refers_well(row, sellers, products, outcome)]
    owners = _locked_sellers(good, sellers)
    known = _locked(good, scope)
    skus = _owners_of_skus(good, sellers)
    make = scope.make(Listing, "lst")
    changes = Changes(Listing)
    handled: list[tuple[Listing, int, str]] = []
    count = 0
    for row in good:
        given = _columns(row, sellers, products)
        external_id = row.values["external_id"]
        found = known.get(external_id)
        if _sku_taken(row, skus, given["seller_id"], outcome) or _moved(row, found, given, outcome):
            continue
        if found and found.handling_days != given.get("handling_days", found.handling_days):
            if not (reason := row.values.get(REASON)):
                outcome.refuse(row.refusal("handling_days", "reason_missing", _unsaid(found, given)))
                continue
            handled.append((found, found.handling_days, reason))
        if found and any(getattr(found, name) != value for name, value in given.items()):
            given["version"] = found.version + 1  # so that a page opened before does not undo the import
        changes.put(found, given, partial(make, external_id))
        count += 1
    changes.save()
    for listing, before, reason in handled:
        owner = owners[listing.seller_id]
        tell_handling_change(owner, listing, before=before, reason=reason, by=None, now=scope.now)
    outcome.count(count, len(changes.touched))
    return outcome


def _unsaid(found: Listing, given: dict[str, object]) -> str:
    return (
        f"is {found.handling_days} here and {given['handling_days']} in the file. It is the seller's word: say in "
        f"{REASON} why it must change, which the seller is told, or leave this cell empty."
    )


def _locked_sellers(rows: list[Row], sellers: dict[str, Seller]) -> dict[int, Seller]:
    """The sellers who may have to be told something, locked before their listings as everywhere; often none."""
    ids = {sellers[row.values["seller"]].pk for row in rows if row.values.get(REASON)}
    if not ids:
        return {}
    found = Seller.objects.select_related("marketplace").filter(pk__in=ids).order_by("pk")
    return {one.pk: one for one in found.select_for_update(of=("self",))}


def _refers_well(row: Row, sellers: dict[str, Seller], products: dict[str, Product], outcome: Outcome) -> bool:
    """Refuse a row whose seller, product or price cannot be."""
    faults = []
    for name, known in (("seller", sellers), ("product", products)):
        if row.values[name] not in known:
            sentence = f"“{row.values[name]}” is not known here; import {name}s first, from the same source."
            faults.append(row.refusal(name, "unknown_reference", sentence))
    try:
        values.minor(row.values["price"], row.values["currency"], field="price")
    except values.BadValue as bad:
        faults += [row.raw.refusal(fault) for fault in bad.faults]
    if faults:
        outcome.refuse(*faults)
    return not faults


def _columns(row: Row, sellers: dict[str, Seller], products: dict[str, Product]) -> dict[str, object]:
    plain = ("external_id", "seller", "product", "price", REASON)
    given = {name: value for name, value in row.values.items() if name not in plain}
    return given | {
        "seller_id": sellers[row.values["seller"]].pk,
        "product_id": products[row.values["product"]].pk,
        "price_minor": values.minor(row.values["price"], row.values["currency"], field="price"),
    }


def _locked(rows: list[Row], scope: Scope) -> dict[str, Listing]:
    """The known listings of the rows, locked: an order that takes stock meanwhile is not written over."""
    ids = [row.values["external_id"] for row in rows]
    found = Listing.objects.filter(marketplace=scope.home, source=scope.source, external_id__in=ids)
    return {one.external_id: one for one in found.select_for_update().order_by("pk")}


def _owners_of_skus(rows: list[Row], sellers: dict[str, Seller]) -> dict[tuple[object, str], str]:
    """Which listing has each (seller, SKU) that the batch speaks of."""
    ids = {sellers[row.values["seller"]].pk for row in rows}
    found = Listing.objects.filter(seller__in=ids, sku__in=[row.values["sku"] for row in rows])
    return {
        (seller, sku): external_id for seller, sku, external_id in found.values_list("seller", "sku", "external_id")
    }


def _sku_taken(row: Row, skus: dict[tuple[object, str], str], seller: object, outcome: Outcome) -> bool:
    owner = skus.setdefault((seller, row.values["sku"]), row.values["external_id"])
    if owner == row.values["external_id"]:
        return False
    sentence = f"“{row.values['sku']}” is the SKU of this seller's listing “{owner}” already."
    outcome.refuse(row.refusal("sku", "sku_taken", sentence))
    return True


def _moved(row: Row, found: Listing | None, given: dict[str, object], outcome: Outcome) -> bool:
    """Refuse to hand an existing listing to another seller: its conversations and orders stay with the first."""
    if found is None or found.seller_id == given["seller_id"]:
        return False
    outcome.refuse(row.refusal("seller", "fixed", "cannot change once the listing is imported."))
    return True


PRODUCTS = Kind(
    "products",
    (
        EXTERNAL_ID,
        Field("kind", values.choice(Product.Kind.values), "media, non_media, digital or subscription", required=True),
        Field("title", values.text(300), "What it is called", required=True),
        Field("description", values.text(20_000, lines=True), "Free text"),
    ),
    apply_products,
)
LISTINGS = Kind(
    "listings",
    (
        EXTERNAL_ID,
        Field("seller", values.text(100), "external_id of the seller", required=True),
        Field("product", values.text(100), "external_id of the product", required=True),
        Field("sku", values.text(80), "The seller's own article number, once per seller", required=True),
        Field("price", values.amount, "With a decimal point and in the currency's main unit: 12.50", required=True),
        Field("currency", values.currency, "ISO 4217 code such as EUR", required=True),
        Field("quantity", values.integer(0, 2_000_000_000), "Pieces on offer; 0 unless given"),
        Field("handling_days", values.integer(0, 365), "Business days until dispatch; 2 unless given"),
        Field(REASON, values.text(4_000, lines=True), "Why a known listing's handling_days change; its seller is told"),
    ),
    apply_listings,
)
