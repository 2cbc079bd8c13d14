import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import comity.common.ids


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
        ("catalog", "0001_initial"),
    ]

    operations = [
        migrations.AddField(model_name="listing", name="description", field=models.TextField(blank=True)),
        migrations.AddField(model_name="listing", name="offered", field=models.BooleanField(default=True)),
        migrations.AddField(model_name="listing", name="offered_from_on", field=models.DateField(null=True)),
        migrations.AddField(model_name="listing", name="offered_until_on", field=models.DateField(null=True)),
        migrations.AddField(model_name="listing", name="version", field=models.PositiveIntegerField(default=1)),
        migrations.AddConstraint(
            model_name="listing",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("offered_from_on__isnull", True),
                    ("offered_until_on__isnull", True),
                    ("offered_from_on__lte", models.F("offered_until_on")),
                    _connector="OR",
                ),
                name="listing_days_in_order",
            ),
        ),
        migrations.CreateModel(
            name="HandlingChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
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
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
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
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "seller",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="policies", to="accounts.seller"
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="sellerpolicy",
            constraint=models.UniqueConstraint(fields=("seller", "kind", "number"), name="seller_policy_number_once"),
        ),
        migrations.AddIndex(
            model_name="sellerpolicy",
            index=models.Index(fields=["seller", "kind", "valid_from"], name="seller_policy_in_force"),
        ),
    ]
