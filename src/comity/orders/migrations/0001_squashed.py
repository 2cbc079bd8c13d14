import comity.common.crypto
import comity.common.ids
import django.db.models.deletion
from django.db import migrations, models

from comity.common.migrating import CreateTogether


class Migration(migrations.Migration):
    replaces = [
        ("orders", "0001_initial"),
        ("orders", "0002_stock"),
        ("orders", "0003_carriers"),
        ("orders", "0004_ship_deadlines"),
        ("orders", "0005_adjustments"),
        ("orders", "0006_returns"),
        ("orders", "0007_feeds"),
        ("orders", "0008_subscriptions"),
        ("orders", "0009_box_reports"),
    ]

    initial = True

    dependencies = [
        ("accounts", "0001_squashed"),
        ("catalog", "0001_squashed"),
        ("files", "0001_squashed"),
        ("ledger", "0001_initial"),
    ]

    operations = [
        CreateTogether(
            models=[
                migrations.CreateModel(
                    name="ImportRun",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("kind", models.CharField(max_length=20)),
                        ("source", models.CharField(max_length=60)),
                        ("live", models.BooleanField(default=False)),
                        ("applied", models.PositiveIntegerField(default=0)),
                        ("unchanged", models.PositiveIntegerField(default=0)),
                        ("refused", models.PositiveIntegerField(default=0)),
                        ("refusals", models.JSONField(default=list)),
                        ("started_at", models.DateTimeField()),
                        ("finished_at", models.DateTimeField(null=True)),
                        (
                            "blob",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="files.blob"
                            ),
                        ),
                        (
                            "marketplace",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="import_runs",
                                to="accounts.marketplace",
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="Order",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("event_count", models.PositiveIntegerField(default=0, editable=False)),
                        ("public_id", comity.common.ids.PublicIdField(editable=False, max_length=31, unique=True)),
                        ("source", models.CharField(default="comity", max_length=60)),
                        ("external_id", models.CharField(max_length=100)),
                        ("number", models.CharField(max_length=19)),
                        (
                            "status",
                            models.CharField(
                                choices=[
                                    ("pending", "Pending"),
                                    ("unshipped", "Unshipped"),
                                    ("partially_shipped", "Partially Shipped"),
                                    ("shipped", "Shipped"),
                                    ("delivered", "Delivered"),
                                    ("cancelled", "Cancelled"),
                                    ("unfulfillable", "Unfulfillable"),
                                ],
                                max_length=20,
                            ),
                        ),
                        (
                            "fulfilment",
                            models.CharField(
                                choices=[("seller", "Seller"), ("marketplace", "Marketplace")], max_length=12
                            ),
                        ),
                        ("currency", models.CharField(max_length=3)),
                        ("total_minor", models.PositiveBigIntegerField()),
                        ("language", models.CharField(default="en", max_length=12)),
                        ("ship_to", comity.common.crypto.EncryptedTextField(blank=True)),
                        ("placed_at", models.DateTimeField()),
                        ("ship_from", models.DateTimeField(null=True)),
                        ("ship_by", models.DateTimeField(null=True)),
                        ("deliver_from", models.DateTimeField(null=True)),
                        ("deliver_by", models.DateTimeField(null=True)),
                        ("delivered_at", models.DateTimeField(null=True)),
                        ("cancelled_at", models.DateTimeField(null=True)),
                        (
                            "buyer",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="orders", to="accounts.buyer"
                            ),
                        ),
                        (
                            "marketplace",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="orders",
                                to="accounts.marketplace",
                            ),
                        ),
                        (
                            "seller",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="orders", to="accounts.seller"
                            ),
                        ),
                        (
                            "payable",
                            models.OneToOneField(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="order",
                                to="ledger.payable",
                            ),
                        ),
                        ("record_count", models.PositiveIntegerField(default=0, editable=False)),
                        ("record_head", models.CharField(blank=True, editable=False, max_length=64)),
                    ],
                    options={
                        "indexes": [
                            models.Index(fields=["buyer", "-placed_at"], name="order_of_buyer"),
                            models.Index(fields=["seller", "-placed_at"], name="order_of_seller"),
                            models.Index(
                                condition=models.Q(
                                    ("status", "unshipped"), ("status", "partially_shipped"), _connector="OR"
                                ),
                                fields=["seller", "fulfilment", "ship_by"],
                                name="order_to_ship",
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("marketplace", "source", "external_id"), name="order_external_id_once"
                            ),
                            models.UniqueConstraint(fields=("marketplace", "number"), name="order_number_once"),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="OrderLine",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("external_id", models.CharField(max_length=100)),
                        ("title", models.CharField(max_length=300)),
                        ("sku", models.CharField(max_length=80)),
                        ("quantity", models.PositiveIntegerField()),
                        ("unit_minor", models.PositiveBigIntegerField()),
                        (
                            "listing",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="order_lines",
                                to="catalog.listing",
                            ),
                        ),
                        (
                            "order",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="lines", to="orders.order"
                            ),
                        ),
                        ("taken", models.PositiveIntegerField(default=0)),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("order", "external_id"), name="order_line_external_id_once"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("quantity__gt", 0)), name="order_line_has_quantity"
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Shipment",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("public_id", comity.common.ids.PublicIdField(editable=False, max_length=31, unique=True)),
                        ("source", models.CharField(default="comity", max_length=60)),
                        ("external_id", models.CharField(max_length=100)),
                        ("carrier", models.CharField(max_length=60)),
                        ("service", models.CharField(blank=True, max_length=60)),
                        ("tracking_number", models.CharField(blank=True, max_length=60)),
                        ("shipped_at", models.DateTimeField()),
                        ("delivered_at", models.DateTimeField(null=True)),
                        (
                            "order",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="shipments", to="orders.order"
                            ),
                        ),
                        ("confirmed_at", models.DateTimeField(null=True)),
                        ("confirmed_by", models.CharField(blank=True, max_length=31)),
                        ("corrected_at", models.DateTimeField(null=True)),
                        ("expected_by", models.DateTimeField(null=True)),
                        ("first_scan_at", models.DateTimeField(null=True)),
                        ("refused_at", models.DateTimeField(null=True)),
                        ("returned_at", models.DateTimeField(null=True)),
                        ("undeliverable_at", models.DateTimeField(null=True)),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                condition=models.Q(("tracking_number", ""), _negated=True),
                                fields=["tracking_number"],
                                name="shipment_by_tracking",
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("order", "source", "external_id"), name="shipment_external_id_once"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ShipmentLine",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("quantity", models.PositiveIntegerField()),
                        (
                            "line",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="shipped",
                                to="orders.orderline",
                            ),
                        ),
                        (
                            "shipment",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="lines", to="orders.shipment"
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("shipment", "line"), name="shipment_line_once")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="CarrierEvent",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("public_id", comity.common.ids.PublicIdField(editable=False, max_length=31, unique=True)),
                        ("source", models.CharField(max_length=60)),
                        ("carrier", models.CharField(max_length=60)),
                        ("tracking_number", models.CharField(max_length=60)),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("accepted", "Accepted"),
                                    ("in_transit", "In Transit"),
                                    ("delivered", "Delivered"),
                                    ("refused", "Refused"),
                                    ("undeliverable", "Undeliverable"),
                                    ("returned", "Returned"),
                                ],
                                max_length=14,
                            ),
                        ),
                        ("place", models.CharField(blank=True, max_length=120)),
                        ("occurred_at", models.DateTimeField()),
                        ("received_at", models.DateTimeField()),
                        (
                            "marketplace",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="carrier_events",
                                to="accounts.marketplace",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [models.Index(fields=["tracking_number"], name="carrier_event_by_tracking")],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("marketplace", "carrier", "tracking_number", "kind", "occurred_at"),
                                name="carrier_event_once",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="DelayNotice",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("public_id", comity.common.ids.PublicIdField(editable=False, max_length=31, unique=True)),
                        ("ship_by", models.DateTimeField()),
                        ("deliver_by", models.DateTimeField(null=True)),
                        ("reason", models.TextField()),
                        ("told_by", models.CharField(max_length=31)),
                        ("told_at", models.DateTimeField()),
                        (
                            "choice",
                            models.CharField(
                                blank=True,
                                choices=[("", "none yet"), ("keep", "Keep"), ("cancel", "Cancel")],
                                default="",
                                max_length=6,
                            ),
                        ),
                        ("chosen_at", models.DateTimeField(null=True)),
                        (
                            "order",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="delay_notices",
                                to="orders.order",
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="CancelRequest",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("public_id", comity.common.ids.PublicIdField(editable=False, max_length=31, unique=True)),
                        ("reason", models.TextField(blank=True)),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("waiting", "Waiting"),
                                    ("accepted", "Accepted"),
                                    ("declined", "Declined"),
                                    ("overtaken", "Overtaken"),
                                ],
                                default="waiting",
                                max_length=10,
                            ),
                        ),
                        ("asked_at", models.DateTimeField()),
                        ("answered_at", models.DateTimeField(null=True)),
                        ("answered_by", models.CharField(blank=True, max_length=31)),
                        ("answer", models.TextField(blank=True)),
                        (
                            "order",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="cancel_requests",
                                to="orders.order",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("state", "waiting")),
                                fields=("order",),
                                name="cancel_request_waits_once",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ShipDeadline",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("started_at", models.DateTimeField()),
                        ("due_at", models.DateTimeField()),
                        ("profile_digest", models.CharField(max_length=64)),
                        ("ended_at", models.DateTimeField(null=True)),
                        ("remind_at", models.DateTimeField()),
                        ("cancel_at", models.DateTimeField()),
                        ("reminded_at", models.DateTimeField(null=True)),
                        ("late_at", models.DateTimeField(null=True)),
                        ("breached_at", models.DateTimeField(null=True)),
                        (
                            "end",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("", "open"),
                                    ("shipped", "Shipped"),
                                    ("cancelled", "Cancelled"),
                                    ("delayed", "Delayed"),
                                ],
                                default="",
                                max_length=10,
                            ),
                        ),
                        (
                            "order",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="ship_deadlines",
                                to="orders.order",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                condition=models.Q(
                                    ("ended_at__isnull", True), ("late_at__isnull", True), ("reminded_at__isnull", True)
                                ),
                                fields=["remind_at"],
                                name="ship_deadline_to_remind",
                            ),
                            models.Index(
                                condition=models.Q(("ended_at__isnull", True), ("late_at__isnull", True)),
                                fields=["due_at"],
                                name="ship_deadline_due",
                            ),
                            models.Index(
                                condition=models.Q(("ended_at__isnull", True)),
                                fields=["cancel_at"],
                                name="ship_deadline_to_cancel",
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("ended_at__isnull", True)),
                                fields=("order",),
                                name="ship_deadline_open_once",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Adjustment",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("public_id", comity.common.ids.PublicIdField(editable=False, max_length=31, unique=True)),
                        ("source", models.CharField(default="comity", max_length=60)),
                        ("external_id", models.CharField(max_length=100)),
                        (
                            "reason",
                            models.CharField(
                                choices=[
                                    ("NoInventory", "No Inventory"),
                                    ("CustomerReturn", "Customer Return"),
                                    ("GeneralAdjustment", "General Adjustment"),
                                    ("CouldNotShip", "Could Not Ship"),
                                    ("DifferentItem", "Different Item"),
                                    ("Abandoned", "Abandoned"),
                                    ("CustomerCancel", "Customer Cancel"),
                                    ("PriceError", "Price Error"),
                                    ("ProductOutofStock", "Product Out Of Stock"),
                                    ("CustomerAddressIncorrect", "Customer Address Incorrect"),
                                    ("Exchange", "Exchange"),
                                    ("Other", "Other"),
                                    ("CarrierCreditDecision", "Carrier Credit Decision"),
                                    ("RiskAssessmentInformationNotValid", "Risk Assessment Information Not Valid"),
                                    ("CarrierCoverageFailure", "Carrier Coverage Failure"),
                                    ("TransactionRecord", "Transaction Record"),
                                    ("Undeliverable", "Undeliverable"),
                                    ("RefusedDelivery", "Refused Delivery"),
                                ],
                                max_length=40,
                            ),
                        ),
                        ("amount_minor", models.PositiveBigIntegerField()),
                        ("refunded_minor", models.PositiveBigIntegerField(default=0)),
                        ("released_minor", models.PositiveBigIntegerField(default=0)),
                        ("note", models.TextField(blank=True)),
                        ("made_by", models.CharField(blank=True, max_length=31)),
                        ("made_at", models.DateTimeField()),
                        (
                            "order",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="adjustments",
                                to="orders.order",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("order", "source", "external_id"), name="adjustment_external_id_once"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="AdjustmentPart",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "component",
                            models.CharField(
                                choices=[
                                    ("Principal", "Principal"),
                                    ("Shipping", "Shipping"),
                                    ("Tax", "Tax"),
                                    ("ShippingTax", "Shipping Tax"),
                                    ("RestockingFee", "Restocking Fee"),
                                    ("RestockingFeeTax", "Restocking Fee Tax"),
                                    ("GiftWrap", "Gift Wrap"),
                                    ("GiftWrapTax", "Gift Wrap Tax"),
                                    ("Surcharge", "Surcharge"),
                                    ("ReturnShipping", "Return Shipping"),
                                    ("Goodwill", "Goodwill"),
                                    ("ExportCharge", "Export Charge"),
                                    ("COD", "Cod"),
                                    ("CODTax", "Cod Tax"),
                                    ("Other", "Other"),
                                    ("FreeReplacementReturnShipping", "Free Replacement Return Shipping"),
                                ],
                                max_length=32,
                            ),
                        ),
                        ("quantity", models.PositiveIntegerField(null=True)),
                        ("amount_minor", models.BigIntegerField()),
                        (
                            "adjustment",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="parts",
                                to="orders.adjustment",
                            ),
                        ),
                        (
                            "line",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="adjusted",
                                to="orders.orderline",
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="Return",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("public_id", comity.common.ids.PublicIdField(editable=False, max_length=31, unique=True)),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("requested", "Requested"),
                                    ("authorised", "Authorised"),
                                    ("in_transit", "In Transit"),
                                    ("received", "Received"),
                                    ("graded", "Graded"),
                                    ("refunded", "Refunded"),
                                    ("declined", "Declined"),
                                    ("closed", "Closed"),
                                ],
                                default="requested",
                                max_length=10,
                            ),
                        ),
                        ("postage", models.CharField(choices=[("buyer", "Buyer"), ("seller", "Seller")], max_length=6)),
                        ("profile_digest", models.CharField(max_length=64)),
                        ("returnless", models.BooleanField(default=False)),
                        ("automatic", models.BooleanField(default=False)),
                        ("address", models.TextField(blank=True)),
                        ("carrier", models.CharField(blank=True, max_length=60)),
                        ("tracking_number", models.CharField(blank=True, max_length=60)),
                        ("answer", models.TextField(blank=True)),
                        ("requested_at", models.DateTimeField()),
                        ("answered_at", models.DateTimeField(null=True)),
                        ("received_at", models.DateTimeField(null=True)),
                        ("closed_at", models.DateTimeField(null=True)),
                        (
                            "adjustment",
                            models.OneToOneField(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="of_return",
                                to="orders.adjustment",
                            ),
                        ),
                        (
                            "label",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="files.blob",
                            ),
                        ),
                        (
                            "order",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="returns", to="orders.order"
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(fields=["order", "-requested_at"], name="return_of_order"),
                            models.Index(
                                condition=models.Q(
                                    ("state", "authorised"), models.Q(("tracking_number", ""), _negated=True)
                                ),
                                fields=["tracking_number"],
                                name="return_to_be_scanned",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ReturnDeadline",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("started_at", models.DateTimeField()),
                        ("due_at", models.DateTimeField()),
                        ("profile_digest", models.CharField(max_length=64)),
                        ("ended_at", models.DateTimeField(null=True)),
                        ("missed_at", models.DateTimeField(null=True)),
                        (
                            "returned",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="deadlines",
                                to="orders.return",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                condition=models.Q(("ended_at__isnull", True)),
                                fields=["due_at"],
                                name="return_deadline_due",
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("ended_at__isnull", True)),
                                fields=("returned",),
                                name="return_deadline_open_once",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ReturnLine",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("quantity", models.PositiveIntegerField()),
                        ("reason", models.CharField(max_length=40)),
                        ("comment", models.TextField(blank=True)),
                        ("opened", models.BooleanField(default=False)),
                        ("grade", models.CharField(blank=True, max_length=40)),
                        ("grade_reason", models.CharField(blank=True, max_length=40)),
                        ("grade_comment", models.TextField(blank=True)),
                        ("deduction_percent", models.PositiveSmallIntegerField(null=True)),
                        (
                            "line",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="returned",
                                to="orders.orderline",
                            ),
                        ),
                        (
                            "returned",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="lines", to="orders.return"
                            ),
                        ),
                    ],
                    options={
                        "constraints": [models.UniqueConstraint(fields=("returned", "line"), name="return_line_once")],
                    },
                ),
                migrations.CreateModel(
                    name="ReturnPhoto",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("public_id", comity.common.ids.PublicIdField(editable=False, max_length=31, unique=True)),
                        ("name", models.CharField(max_length=200)),
                        ("side", models.CharField(choices=[("buyer", "buyer"), ("seller", "seller")], max_length=6)),
                        ("added_at", models.DateTimeField()),
                        (
                            "blob",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="files.blob"
                            ),
                        ),
                        (
                            "returned",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="photos", to="orders.return"
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="ReturnRule",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("public_id", comity.common.ids.PublicIdField(editable=False, max_length=31, unique=True)),
                        ("reasons", models.JSONField(default=list)),
                        ("most_minor", models.PositiveBigIntegerField(null=True)),
                        ("currency", models.CharField(blank=True, max_length=3)),
                        ("returnless", models.BooleanField(default=False)),
                        ("address", models.TextField(blank=True)),
                        ("made_by", models.CharField(max_length=31)),
                        ("made_at", models.DateTimeField()),
                        ("ended_at", models.DateTimeField(null=True)),
                        (
                            "seller",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="return_rules",
                                to="accounts.seller",
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="Feed",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("public_id", comity.common.ids.PublicIdField(editable=False, max_length=31, unique=True)),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("shipping_confirmation", "Shipping Confirmation"),
                                    ("order_adjustment", "Order Adjustment"),
                                    ("order_acknowledgement", "Order Acknowledgement"),
                                ],
                                max_length=24,
                            ),
                        ),
                        (
                            "form",
                            models.CharField(
                                choices=[("xml", "Xml"), ("tsv", "Tsv"), ("csv", "Csv"), ("jsonl", "Jsonl")],
                                max_length=5,
                            ),
                        ),
                        ("name", models.CharField(blank=True, max_length=200)),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("received", "Received"),
                                    ("processing", "Processing"),
                                    ("done", "Done"),
                                    ("fatal", "Fatal"),
                                ],
                                default="received",
                                max_length=10,
                            ),
                        ),
                        ("records", models.PositiveIntegerField(default=0)),
                        ("applied", models.PositiveIntegerField(default=0)),
                        ("unchanged", models.PositiveIntegerField(default=0)),
                        ("refused", models.PositiveIntegerField(default=0)),
                        ("fatal", models.TextField(blank=True)),
                        ("uploaded_by", models.CharField(blank=True, max_length=31)),
                        ("received_at", models.DateTimeField()),
                        ("leased_until", models.DateTimeField(null=True)),
                        ("finished_at", models.DateTimeField(null=True)),
                        (
                            "blob",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="files.blob"
                            ),
                        ),
                        (
                            "seller",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="feeds", to="accounts.seller"
                            ),
                        ),
                    ],
                    options={
                        "indexes": [models.Index(fields=["seller", "-id"], name="feed_of_seller")],
                        "constraints": [models.UniqueConstraint(fields=("seller", "kind", "blob"), name="feed_once")],
                    },
                ),
                migrations.CreateModel(
                    name="FeedResult",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("record", models.PositiveIntegerField()),
                        ("line", models.PositiveIntegerField(null=True)),
                        ("message", models.CharField(blank=True, max_length=60)),
                        ("order_number", models.CharField(blank=True, max_length=60)),
                        ("field", models.CharField(blank=True, max_length=60)),
                        ("code", models.CharField(max_length=40)),
                        ("sentence", models.TextField()),
                        ("warning", models.BooleanField(default=False)),
                        (
                            "feed",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="results", to="orders.feed"
                            ),
                        ),
                    ],
                    options={
                        "indexes": [models.Index(fields=["feed", "record"], name="feed_result_of_record")],
                    },
                ),
                migrations.CreateModel(
                    name="ReportSchedule",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("public_id", comity.common.ids.PublicIdField(editable=False, max_length=31, unique=True)),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("orders", "Orders"),
                                    ("to_ship", "To Ship"),
                                    ("returns", "Returns"),
                                    ("adjustments", "Adjustments"),
                                ],
                                max_length=12,
                            ),
                        ),
                        (
                            "form",
                            models.CharField(
                                choices=[("tsv", "Tsv"), ("csv", "Csv"), ("jsonl", "Jsonl"), ("parquet", "Parquet")],
                                max_length=7,
                            ),
                        ),
                        ("hours", models.PositiveSmallIntegerField()),
                        ("next_at", models.DateTimeField(db_index=True)),
                        ("made_by", models.CharField(max_length=31)),
                        ("ended_at", models.DateTimeField(null=True)),
                        (
                            "seller",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="report_schedules",
                                to="accounts.seller",
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="Report",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("public_id", comity.common.ids.PublicIdField(editable=False, max_length=31, unique=True)),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("orders", "Orders"),
                                    ("to_ship", "To Ship"),
                                    ("returns", "Returns"),
                                    ("adjustments", "Adjustments"),
                                ],
                                max_length=12,
                            ),
                        ),
                        (
                            "form",
                            models.CharField(
                                choices=[("tsv", "Tsv"), ("csv", "Csv"), ("jsonl", "Jsonl"), ("parquet", "Parquet")],
                                max_length=7,
                            ),
                        ),
                        (
                            "state",
                            models.CharField(
                                choices=[("requested", "Requested"), ("done", "Done"), ("failed", "Failed")],
                                default="requested",
                                max_length=9,
                            ),
                        ),
                        ("since", models.DateTimeField(null=True)),
                        ("until", models.DateTimeField(null=True)),
                        ("rows", models.PositiveIntegerField(default=0)),
                        ("requested_by", models.CharField(blank=True, max_length=31)),
                        ("requested_at", models.DateTimeField()),
                        ("finished_at", models.DateTimeField(null=True)),
                        (
                            "blob",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="files.blob",
                            ),
                        ),
                        (
                            "seller",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="reports",
                                to="accounts.seller",
                            ),
                        ),
                        (
                            "schedule",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="reports",
                                to="orders.reportschedule",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [models.Index(fields=["seller", "-id"], name="report_of_seller")],
                    },
                ),
                migrations.CreateModel(
                    name="Subscription",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("event_count", models.PositiveIntegerField(default=0, editable=False)),
                        ("public_id", comity.common.ids.PublicIdField(editable=False, max_length=31, unique=True)),
                        (
                            "state",
                            models.CharField(
                                choices=[("active", "Active"), ("cancelled", "Cancelled"), ("ended", "Ended")],
                                default="active",
                                max_length=10,
                            ),
                        ),
                        ("terms", models.TextField(blank=True)),
                        ("months", models.PositiveSmallIntegerField(default=1)),
                        ("price_minor", models.PositiveBigIntegerField()),
                        ("currency", models.CharField(max_length=3)),
                        ("started_at", models.DateTimeField()),
                        ("renews_on", models.DateField()),
                        ("announced_on", models.DateField(null=True)),
                        ("cancelled_at", models.DateTimeField(null=True)),
                        (
                            "buyer",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="subscriptions",
                                to="accounts.buyer",
                            ),
                        ),
                        (
                            "listing",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="subscriptions",
                                to="catalog.listing",
                            ),
                        ),
                        (
                            "seller",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="subscriptions",
                                to="accounts.seller",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                condition=models.Q(("state", "active")), fields=["renews_on"], name="subscription_due"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Renewal",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("period_on", models.DateField()),
                        (
                            "order",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT, related_name="renewal", to="orders.order"
                            ),
                        ),
                        (
                            "subscription",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="renewals",
                                to="orders.subscription",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("subscription", "period_on"), name="renewal_once_a_period")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="BoxReport",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("public_id", comity.common.ids.PublicIdField(editable=False, max_length=31, unique=True)),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("extra_item", "Extra Item"),
                                    ("advertising", "Advertising"),
                                    ("review_request", "Review Request"),
                                ],
                                max_length=16,
                            ),
                        ),
                        ("text", models.TextField(blank=True)),
                        ("reported_at", models.DateTimeField()),
                        ("upheld", models.BooleanField(null=True)),
                        ("decision", models.TextField(blank=True)),
                        ("decided_by", models.CharField(blank=True, max_length=31)),
                        ("decided_at", models.DateTimeField(null=True)),
                        (
                            "order",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="box_reports",
                                to="orders.order",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                condition=models.Q(("decided_at__isnull", True)),
                                fields=["reported_at"],
                                name="box_report_open",
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(fields=("order", "kind"), name="box_report_once_a_kind")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="BoxPhoto",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("name", models.CharField(max_length=200)),
                        (
                            "blob",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="files.blob"
                            ),
                        ),
                        (
                            "report",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="photos",
                                to="orders.boxreport",
                            ),
                        ),
                    ],
                ),
            ],
        ),
    ]
