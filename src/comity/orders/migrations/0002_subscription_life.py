"""What is bought again and again, replacements, the shop's words on its slips, returns that nobody looks at.

Nothing has made a subscription before this: the two tables are empty and are made anew.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import comity.common.ids
from comity.common.migrating import CreateTogether


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_squashed"),
        ("catalog", "0001_squashed"),
        ("orders", "0001_squashed"),
    ]

    operations = [
        migrations.DeleteModel("Renewal"),
        migrations.DeleteModel("Subscription"),
        CreateTogether(
            models=[
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
                        ("record_count", models.PositiveIntegerField(default=0, editable=False)),
                        ("record_head", models.CharField(blank=True, editable=False, max_length=64)),
                        (
                            "marketplace",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="subscriptions",
                                to="accounts.marketplace",
                            ),
                        ),
                        ("source", models.CharField(default="comity", max_length=60)),
                        ("external_id", models.CharField(max_length=100)),
                        ("anchor_day", models.PositiveSmallIntegerField()),
                        ("ended_at", models.DateTimeField(null=True)),
                        (
                            "end_reason",
                            models.CharField(
                                blank=True,
                                choices=[("", "none"), ("withdrawn", "Withdrawn"), ("out_of_stock", "Out Of Stock")],
                                default="",
                                max_length=12,
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                condition=models.Q(("state", "active")), fields=["renews_on"], name="subscription_due"
                            ),
                            models.Index(fields=["seller", "-started_at"], name="subscription_of_seller"),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("marketplace", "source", "external_id"), name="subscription_external_id_once"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("anchor_day__gt", 0), ("anchor_day__lte", 31), ("months__gt", 0)),
                                name="subscription_has_periods",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("announced_on__isnull", True),
                                    ("announced_on__lte", models.F("renews_on")),
                                    _connector="OR",
                                ),
                                name="subscription_announced_before",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("cancelled_at", None),
                                        ("end_reason", ""),
                                        ("ended_at", None),
                                        ("state", "active"),
                                    ),
                                    models.Q(
                                        ("cancelled_at__isnull", False),
                                        ("end_reason", ""),
                                        ("ended_at", None),
                                        ("state", "cancelled"),
                                    ),
                                    models.Q(
                                        ("cancelled_at", None),
                                        ("ended_at__isnull", False),
                                        ("state", "ended"),
                                        models.Q(("end_reason", ""), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="subscription_end_fits_state",
                            ),
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
                        ("announced_on", models.DateField(null=True)),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("subscription", "period_on"), name="renewal_once_a_period")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Replacement",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("offer", models.CharField(max_length=31, unique=True)),
                        (
                            "of",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="replaced_by",
                                to="orders.order",
                            ),
                        ),
                        (
                            "order",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.CASCADE, related_name="replaces", to="orders.order"
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="InsertText",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("number", models.PositiveIntegerField()),
                        ("text", models.TextField(blank=True)),
                        ("rulebook_digest", models.CharField(blank=True, max_length=64)),
                        ("written_at", models.DateTimeField()),
                        (
                            "seller",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="insert_texts",
                                to="accounts.seller",
                            ),
                        ),
                        (
                            "written_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("seller", "number"), name="insert_text_number_once")
                        ],
                    },
                ),
            ],
        ),
        migrations.AddField(
            model_name="return",
            name="promised_minor",
            field=models.PositiveBigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="return",
            name="overdue_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddIndex(
            model_name="return",
            index=models.Index(
                condition=models.Q(("overdue_at", None), ("state", "received")),
                fields=["received_at"],
                name="return_to_be_looked_at",
            ),
        ),
    ]
