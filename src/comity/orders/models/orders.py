"""What was bought, from whom, and what was promised.

The status table ``TRANSITIONS`` is the whole life of an order; services move along it and nowhere else, and each move
is an entry of the order's record. Delivery is known only from a carrier's word: ``delivered_at`` stays empty until
then, and the promised date is never taken for it.
"""

from collections.abc import Mapping
from typing import Any

from django.apps import apps
from django.db import models

from comity.accounts.models import Buyer, Marketplace, Seller
from comity.catalog.models import Listing
from comity.common.crypto import EncryptedTextField
from comity.common.ids import PublicIdField
from comity.common.models import Chained
from comity.ledger.models import Payable


class Order(Chained):
    """One purchase from one seller. ``number`` is what people see: 3-7-7 digits (rules §2).

    ``payable`` is what the buyer owes and paid for it; a service that moves money locks it before anything else.
    """

    class Status(models.TextChoices):
        PENDING = "pending"
        UNSHIPPED = "unshipped"
        PARTIALLY_SHIPPED = "partially_shipped"
        SHIPPED = "shipped"
        DELIVERED = "delivered"
        CANCELLED = "cancelled"
        UNFULFILLABLE = "unfulfillable"

    class Fulfilment(models.TextChoices):
        SELLER = "seller"
        MARKETPLACE = "marketplace"

    marketplace = models.ForeignKey(Marketplace, models.PROTECT, related_name="orders")
    seller = models.ForeignKey(Seller, models.PROTECT, related_name="orders")
    buyer = models.ForeignKey(Buyer, models.PROTECT, related_name="orders")
    public_id = PublicIdField()
    source = models.CharField(max_length=60, default="comity")
    external_id = models.CharField(max_length=100)
    number = models.CharField(max_length=19)
    status = models.CharField(max_length=20, choices=Status.choices)
    fulfilment = models.CharField(max_length=12, choices=Fulfilment.choices)
    currency = models.CharField(max_length=3)
    total_minor = models.PositiveBigIntegerField()
    language = models.CharField(max_length=12, default="en")
    ship_to = EncryptedTextField(blank=True)
    placed_at = models.DateTimeField()
    ship_from = models.DateTimeField(null=True)
    ship_by = models.DateTimeField(null=True)
    deliver_from = models.DateTimeField(null=True)
    deliver_by = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)
    cancelled_at = models.DateTimeField(null=True)
    payable = models.OneToOneField(Payable, models.PROTECT, null=True, related_name="order")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["marketplace", "source", "external_id"], name="order_external_id_once"),
            models.UniqueConstraint(fields=["marketplace", "number"], name="order_number_once"),
        ]
        indexes = [
            models.Index(fields=["buyer", "-placed_at"], name="order_of_buyer"),
            models.Index(fields=["seller", "-placed_at"], name="order_of_seller"),
            models.Index(fields=["seller", "external_id"], name="order_own_id"),
            models.Index(
                fields=["seller", "fulfilment", "ship_by"],
                name="order_to_ship",
                condition=models.Q(status="unshipped") | models.Q(status="partially_shipped"),
            ),
        ]

    def __str__(self) -> str:
        return self.number

    def forget(self, facts: Mapping[str, Any]) -> None:
        """See ``Chained``: which rows have the words of an entry is in ``COPIES``."""
        if copy := COPIES.get(str(facts.get("what"))):
            model, column, path, fact = copy
            rows = apps.get_model("orders", model).objects.filter(**{path: facts[fact]})
            rows.exclude(**{column: ""}).update(**{column: ERASED})


ERASED = "(erased)"  # what people read in place of words
# Where words of the record stand a second time, by what the entry says happened: the column, and by what its rows are
# found, which a fact of the entry names.
COPIES: Mapping[str, tuple[str, str, str, str]] = {
    "order.cancel_requested": ("CancelRequest", "reason", "public_id", "request"),
    "order.cancel_declined": ("CancelRequest", "answer", "public_id", "request"),
    "order.delayed": ("DelayNotice", "reason", "public_id", "notice"),
    "adjustment.made": ("Adjustment", "note", "public_id", "adjustment"),
    "box.reported": ("BoxReport", "text", "public_id", "box"),
    "box.decided": ("BoxReport", "decision", "public_id", "box"),
    "return.requested": ("ReturnLine", "comment", "returned__public_id", "return"),
    "return.graded": ("ReturnLine", "grade_comment", "returned__public_id", "return"),
    "return.declined": ("Return", "answer", "public_id", "return"),
}


TRANSITIONS: dict[str, frozenset[str]] = {
    Order.Status.PENDING: frozenset({Order.Status.UNSHIPPED, Order.Status.CANCELLED}),
    Order.Status.UNSHIPPED: frozenset(
        {
            Order.Status.PARTIALLY_SHIPPED,
            Order.Status.SHIPPED,
            Order.Status.CANCELLED,
            Order.Status.UNFULFILLABLE,
        }
    ),
    Order.Status.PARTIALLY_SHIPPED: frozenset({Order.Status.SHIPPED, Order.Status.UNFULFILLABLE}),
    Order.Status.SHIPPED: frozenset({Order.Status.DELIVERED}),
    Order.Status.DELIVERED: frozenset(),
    Order.Status.CANCELLED: frozenset(),
    Order.Status.UNFULFILLABLE: frozenset({Order.Status.CANCELLED}),
}


class OrderLine(models.Model):
    """One item of an order, with title and price as they were when it was placed.

    ``taken`` pieces of it came out of the listing's stock; a cancelled order gives them back.
    """

    order = models.ForeignKey(Order, models.CASCADE, related_name="lines")
    listing = models.ForeignKey(Listing, models.PROTECT, null=True, related_name="order_lines")
    external_id = models.CharField(max_length=100)
    title = models.CharField(max_length=300)
    sku = models.CharField(max_length=80)
    quantity = models.PositiveIntegerField()
    unit_minor = models.PositiveBigIntegerField()
    taken = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["order", "external_id"], name="order_line_external_id_once"),
            models.CheckConstraint(condition=models.Q(quantity__gt=0), name="order_line_has_quantity"),
        ]
