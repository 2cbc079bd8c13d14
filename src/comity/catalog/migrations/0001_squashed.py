import comity.common.ids
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from comity.common.migrating import CreateTogether


class Migration(migrations.Migration):
    replaces = [("catalog", "0001_initial"), ("catalog", "0002_sellers_word")]

    initial = True

    dependencies = [
        ("accounts", "0001_squashed"),
    ]

    operations = [
        CreateTogether(
            models=[
                migrations.CreateModel(
                    name="Product",
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
                            "kind",
                            models.CharField(
                                choices=[
                                    ("media", "Media"),
                                    ("non_media", "Non Media"),
                                    ("digital", "Digital"),
                                    ("subscription", "Subscription"),
                                ],
                                max_length=12,
                            ),
                        ),
                        ("title", models.CharField(max_length=300)),
                        ("description", models.TextField(blank=True)),
                        (
                            "marketplace",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="products",
                                to="accounts.marketplace",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("marketplace", "source", "external_id"), name="product_external_id_once"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Listing",
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
                        ("sku", models.CharField(max_length=80)),
                        ("price_minor", models.PositiveBigIntegerField()),
                        ("currency", models.CharField(max_length=3)),
                        ("quantity", models.PositiveIntegerField(default=0)),
                        ("handling_days", models.PositiveSmallIntegerField(default=2)),
                        (
                            "marketplace",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="listings",
                                to="accounts.marketplace",
                            ),
                        ),
                        (
                            "seller",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="listings",
                                to="accounts.seller",
                            ),
                        ),
                        (
                            "product",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="listings",
                                to="catalog.product",
                            ),
                        ),
                        ("description", models.TextField(blank=True)),
                        ("offered", models.BooleanField(default=True)),
                        ("offered_from_on", models.DateField(null=True)),
                        ("offered_until_on", models.DateField(null=True)),
                        ("version", models.PositiveIntegerField(default=1)),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("marketplace", "source", "external_id"), name="listing_external_id_once"
                            ),
                            models.UniqueConstraint(fields=("seller", "sku"), name="listing_sku_once"),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("offered_from_on__isnull", True),
                                    ("offered_until_on__isnull", True),
                                    ("offered_from_on__lte", models.F("offered_until_on")),
                                    _connector="OR",
                                ),
                                name="listing_days_in_order",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="HandlingChange",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("public_id", comity.common.ids.PublicIdField(editable=False, max_length=31, unique=True)),
                        ("before", models.PositiveSmallIntegerField()),
                        ("after", models.PositiveSmallIntegerField()),
                        ("reason", models.TextField()),
                        ("changed_at", models.DateTimeField()),
                        (
                            "changed_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "listing",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="handling_changes",
                                to="catalog.listing",
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="SellerPolicy",
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
                                choices=[("shipping", "Shipping"), ("returns", "Returns"), ("refunds", "Refunds")],
                                max_length=10,
                            ),
                        ),
                        ("number", models.PositiveIntegerField()),
                        ("text", models.TextField()),
                        ("valid_from", models.DateTimeField()),
                        ("rulebook_digest", models.CharField(max_length=64)),
                        (
                            "published_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "seller",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="policies",
                                to="accounts.seller",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(fields=["seller", "kind", "valid_from"], name="seller_policy_in_force")
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("seller", "kind", "number"), name="seller_policy_number_once"
                            )
                        ],
                    },
                ),
            ],
        ),
    ]
