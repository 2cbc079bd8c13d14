"""How an order leaves and arrives: confirmed dispatches, and what carriers say about them.

Invariants
    * A carrier event is kept as it came, once (``carrier, tracking_number, kind, occurred_at``); what is known of a
      shipment follows from all that have its carrier and number, so the order in which they arrive changes nothing.
    * Without a carrier's word delivery is unknown; the promised date is never taken for it.
"""

from django.db import models
from django.db.models import Q

from comity.accounts.models import Marketplace
from comity.common.ids import PublicIdField
from comity.orders.models.orders import Order, OrderLine


class Shipment(models.Model):
    """A confirmed dispatch: who carries it, under which number, since when.

    ``shipped_at`` is the seller's word, ``confirmed_at`` the moment of the confirmation itself, which metrics count;
    ``expected_by`` until when it should be there; the last five are the carrier's words.
    """

    order = models.ForeignKey(Order, models.CASCADE, related_name="shipments")
    public_id = PublicIdField()
    source = models.CharField(max_length=60, default="comity")
    external_id = models.CharField(max_length=100)
    carrier = models.CharField(max_length=60)
    service = models.CharField(max_length=60, blank=True)
    tracking_number = models.CharField(max_length=60, blank=True)
    shipped_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)
    confirmed_by = models.CharField(max_length=31, blank=True)
    expected_by = models.DateTimeField(null=True)
    corrected_at = models.DateTimeField(null=True)
    first_scan_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)
    refused_at = models.DateTimeField(null=True)
    undeliverable_at = models.DateTimeField(null=True)
    returned_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["order", "source", "external_id"], name="shipment_external_id_once")
        ]
        indexes = [
            models.Index(fields=["tracking_number"], name="shipment_by_tracking", condition=~Q(tracking_number=""))
        ]


class ShipmentLine(models.Model):
    """How many of an order line are in a shipment."""

    shipment = models.ForeignKey(Shipment, models.CASCADE, related_name="lines")
    line = models.ForeignKey(OrderLine, models.PROTECT, related_name="shipped")
    quantity = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["shipment", "line"], name="shipment_line_once")]


class CarrierEvent(models.Model):
    """What a carrier said about a parcel, when it happened and when we heard; often before anybody confirmed it.

    ``carrier`` is written as ``integrations.carriers`` writes it; ``carrier_key`` is its ``same_carrier``, by which one
    scan is known whoever spells its carrier how. ``undeliverable``: the address was not found, say;
    ``returned``: the parcel is back with its sender.
    """

    class Kind(models.TextChoices):
        ACCEPTED = "accepted"
        IN_TRANSIT = "in_transit"
        DELIVERED = "delivered"
        REFUSED = "refused"
        UNDELIVERABLE = "undeliverable"
        RETURNED = "returned"

    marketplace = models.ForeignKey(Marketplace, models.PROTECT, related_name="carrier_events")
    public_id = PublicIdField()
    source = models.CharField(max_length=60)
    carrier = models.CharField(max_length=60)
    carrier_key = models.CharField(max_length=180)  # a letter may become three
    tracking_number = models.CharField(max_length=60)
    kind = models.CharField(max_length=14, choices=Kind.choices)
    place = models.CharField(max_length=120, blank=True)
    occurred_at = models.DateTimeField()
    received_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["marketplace", "carrier_key", "tracking_number", "kind", "occurred_at"],
                name="carrier_event_once",
            )
        ]
        indexes = [models.Index(fields=["tracking_number"], name="carrier_event_by_tracking")]
