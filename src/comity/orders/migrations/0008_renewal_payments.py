import comity.common.ids
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_carrier_keys"),
        ("catalog", "0001_squashed"),
        ("orders", "0007_scans_once"),
    ]

    operations = [
        migrations.CreateModel(
            name="RenewalPayment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", comity.common.ids.PublicIdField(editable=False, max_length=31, unique=True)),
                ("period_on", models.DateField()),
                ("customer", models.CharField(blank=True, max_length=100)),
                ("method", models.CharField(blank=True, max_length=100)),
                (
                    "state",
                    models.CharField(
                        choices=[("requested", "Requested"), ("used", "Used"), ("void", "Void"), ("over", "Over")],
                        default="requested",
                        max_length=10,
                    ),
                ),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("error", models.CharField(blank=True, max_length=200)),
                ("requested_at", models.DateTimeField()),
                ("run_after", models.DateTimeField()),
                ("leased_until", models.DateTimeField(null=True)),
                ("round", models.PositiveSmallIntegerField(default=0)),
                ("keyed_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.AddField(
            model_name="subscription",
            name="customer",
            field=models.CharField(blank=True, default="", max_length=100),
        ),
        migrations.AddField(
            model_name="subscription",
            name="declined_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="subscription",
            name="method",
            field=models.CharField(blank=True, default="", max_length=100),
        ),
        migrations.AddConstraint(
            model_name="subscription",
            constraint=models.CheckConstraint(
                condition=models.Q(("declined_at", None), ("state", "active"), _connector="OR"),
                name="subscription_declined_goes_on",
            ),
        ),
        migrations.AddField(
            model_name="renewalpayment",
            name="subscription",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="payments", to="orders.subscription"
            ),
        ),
        migrations.AddIndex(
            model_name="renewalpayment",
            index=models.Index(
                condition=models.Q(("state", "void")), fields=["run_after"], name="renewal_payment_void"
            ),
        ),
        migrations.AddConstraint(
            model_name="renewalpayment",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "requested")), fields=("subscription",), name="renewal_payment_one_in_hand"
            ),
        ),
    ]
