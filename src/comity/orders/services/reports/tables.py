"""What stands in each report: its columns, and where the database has them.

No report names a buyer or an address: its file outlives what must be erased. The order's number leads to both.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal

from django.db.models import BigIntegerField, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, Coalesce, NullIf

from comity.common.import_values import currencies
from comity.orders.models import AdjustmentPart, OrderLine, Report, ReturnLine, ShipmentLine
from comity.orders.selectors.orders import to_ship
from comity.orders.services.remaining import NOT_SENT

Cell = str | int | bool | Decimal | datetime | None
_CHUNK = 2_000  # rows fetched at once


@dataclass(frozen=True, slots=True)
class Column:
    """``name`` heads it, ``source`` is the field that the database has. An amount is in the row's currency."""

    name: str
    source: str
    kind: Literal["text", "number", "flag", "amount", "moment"] = "text"


@dataclass(frozen=True, slots=True)
class Table:
    """A kind of report: its columns, the last one the currency, and its rows in their order."""

    columns: tuple[Column, ...]
    rows: Callable[[Report], "QuerySet[Any, Any]"]


def cells(report: Report) -> Iterator[tuple[Cell, ...]]:
    """The rows of a report, a piece at a time; amounts in whole units of their currency."""
    table = TABLES[report.kind]
    amounts = [place for place, column in enumerate(table.columns) if column.kind == "amount"]
    rows = table.rows(report).values_list(*(column.source for column in table.columns))
    for row in rows.iterator(chunk_size=_CHUNK):
        found = list(row)
        exponent = currencies()[found[-1]]
        for place in amounts:
            found[place] = None if found[place] is None else Decimal(found[place]).scaleb(-exponent)
        yield tuple(found)


def _within(report: Report, field: str) -> dict[str, Any]:
    """The report's period, as a filter of ``field``: its beginning belongs to it, its end does not."""
    bounds = {"gte": report.since, "lt": report.until}
    return {f"{field}__{bound}": at for bound, at in bounds.items() if at}


def _orders(report: Report) -> "QuerySet[OrderLine]":
    lines = OrderLine.objects.filter(order__seller=report.seller_id, **_within(report, "order__placed_at"))
    return lines.order_by("order_id", "id")


def _to_ship(report: Report) -> "QuerySet[OrderLine]":
    gone = ShipmentLine.objects.filter(line=OuterRef("pk")).order_by().values("line").annotate(pieces=Sum("quantity"))
    waiting = to_ship(report.seller).order_by().values("pk")
    lines = OrderLine.objects.filter(order__in=waiting).annotate(
        gone=Coalesce(Subquery(gone.values("pieces")), 0), left=F("quantity") - F("gone") - _given_up_pieces()
    )
    return lines.filter(left__gt=0).order_by("order__ship_by", "order_id", "id")


def _given_up_pieces() -> Combinable:
    """How many pieces of a line are not sent any more, as ``remaining.Adjusted`` counts them."""
    parts = AdjustmentPart.objects.filter(
        line=OuterRef("pk"), adjustment__reason__in=NOT_SENT, component=AdjustmentPart.Component.PRINCIPAL
    )
    lines = parts.order_by().values("line")
    named = lines.annotate(pieces=Sum("quantity"))
    unnamed = Sum("amount_minor", filter=Q(quantity__isnull=True), default=0)
    money = lines.annotate(money=Cast(unnamed, BigIntegerField()))
    counted = Coalesce(Subquery(money.values("money")) / NullIf(F("unit_minor"), 0), 0)
    return Coalesce(Subquery(named.values("pieces")), 0) + counted


def _returns(report: Report) -> "QuerySet[ReturnLine]":
    within = _within(report, "returned__requested_at")
    return ReturnLine.objects.filter(returned__order__seller=report.seller_id, **within).order_by("returned_id", "id")


def _adjustments(report: Report) -> "QuerySet[AdjustmentPart]":
    within = _within(report, "adjustment__made_at")
    parts = AdjustmentPart.objects.filter(adjustment__order__seller=report.seller_id, **within)
    return parts.order_by("adjustment_id", "id")


TABLES: Mapping[str, Table] = {
    Report.Kind.ORDERS: Table(
        (
            Column("order-id", "order__number"),
            Column("status", "order__status"),
            Column("fulfilled-by", "order__fulfilment"),
            Column("purchase-date", "order__placed_at", "moment"),
            Column("promise-date", "order__ship_by", "moment"),
            Column("delivery-date", "order__delivered_at", "moment"),
            Column("cancel-date", "order__cancelled_at", "moment"),
            Column("order-item-id", "external_id"),
            Column("sku", "sku"),
            Column("product-name", "title"),
            Column("quantity-purchased", "quantity", "number"),
            Column("item-price", "unit_minor", "amount"),
            Column("order-total", "order__total_minor", "amount"),
            Column("currency", "order__currency"),
        ),
        _orders,
    ),
    Report.Kind.TO_SHIP: Table(
        (
            Column("order-id", "order__number"),
            Column("purchase-date", "order__placed_at", "moment"),
            Column("promise-date", "order__ship_by", "moment"),
            Column("order-item-id", "external_id"),
            Column("sku", "sku"),
            Column("product-name", "title"),
            Column("quantity-purchased", "quantity", "number"),
            Column("quantity-shipped", "gone", "number"),
            Column("quantity-to-ship", "left", "number"),
            Column("item-price", "unit_minor", "amount"),
            Column("currency", "order__currency"),
        ),
        _to_ship,
    ),
    Report.Kind.RETURNS: Table(
        (
            Column("return-id", "returned__public_id"),
            Column("order-id", "returned__order__number"),
            Column("state", "returned__state"),
            Column("request-date", "returned__requested_at", "moment"),
            Column("answer-date", "returned__answered_at", "moment"),
            Column("arrival-date", "returned__received_at", "moment"),
            Column("order-item-id", "line__external_id"),
            Column("sku", "line__sku"),
            Column("product-name", "line__title"),
            Column("quantity", "quantity", "number"),
            Column("reason", "reason"),
            Column("opened", "opened", "flag"),
            Column("condition", "grade"),
            Column("deduction-percent", "deduction_percent", "number"),
            Column("postage-paid-by", "returned__postage"),
            Column("refund-of-return", "returned__adjustment__amount_minor", "amount"),
            Column("currency", "returned__order__currency"),
        ),
        _returns,
    ),
    Report.Kind.ADJUSTMENTS: Table(
        (
            Column("adjustment-id", "adjustment__public_id"),
            Column("order-id", "adjustment__order__number"),
            Column("adjustment-date", "adjustment__made_at", "moment"),
            Column("reason", "adjustment__reason"),
            Column("order-item-id", "line__external_id"),
            Column("sku", "line__sku"),
            Column("component", "component"),
            Column("quantity", "quantity", "number"),
            Column("amount", "amount_minor", "amount"),
            Column("currency", "adjustment__order__currency"),
        ),
        _adjustments,
    ),
}
