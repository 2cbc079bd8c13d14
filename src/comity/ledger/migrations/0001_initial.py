import comity.common.ids
import django.db.models.deletion
import django.db.models.expressions
from django.db import migrations, models

from comity.common.migrating import CreateTogether


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0001_squashed"),
    ]

    operations = [
        CreateTogether(
            models=[
                migrations.CreateModel(
                    name="Hold",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("public_id", comity.common.ids.PublicIdField(editable=False, max_length=31, unique=True)),
                        ("reason", models.TextField()),
                        ("made_by", models.CharField(blank=True, max_length=31)),
                        ("starts_at", models.DateTimeField()),
                        ("ends_at", models.DateTimeField(null=True)),
                        ("lifted_at", models.DateTimeField(null=True)),
                        ("lifted_by", models.CharField(blank=True, max_length=31)),
                        (
                            "seller",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="holds", to="accounts.seller"
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="Payable",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("event_count", models.PositiveIntegerField(default=0, editable=False)),
                        ("public_id", comity.common.ids.PublicIdField(editable=False, max_length=31, unique=True)),
                        ("subject", models.CharField(max_length=31, unique=True)),
                        ("authorisation", models.CharField(blank=True, max_length=100)),
                        ("currency", models.CharField(max_length=3)),
                        ("authorised_minor", models.PositiveBigIntegerField()),
                        ("captured_minor", models.PositiveBigIntegerField(default=0)),
                        ("released_minor", models.PositiveBigIntegerField(default=0)),
                        ("refunded_minor", models.PositiveBigIntegerField(default=0)),
                        ("reserved_minor", models.PositiveBigIntegerField(default=0)),
                        ("opened_at", models.DateTimeField()),
                        (
                            "marketplace",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="payables",
                                to="accounts.marketplace",
                            ),
                        ),
                        (
                            "seller",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="payables",
                                to="accounts.seller",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "captured_minor__gte",
                                        django.db.models.expressions.CombinedExpression(
                                            models.F("refunded_minor"), "+", models.F("reserved_minor")
                                        ),
                                    )
                                ),
                                name="payable_never_over_paid",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "authorised_minor__gte",
                                        django.db.models.expressions.CombinedExpression(
                                            models.F("captured_minor"), "+", models.F("released_minor")
                                        ),
                                    )
                                ),
                                name="payable_never_over_charged",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("authorisation", ""), _negated=True),
                                fields=("authorisation",),
                                name="payable_authorised_once",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Journal",
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
                                    ("brought_forward", "Brought Forward"),
                                    ("capture", "Capture"),
                                    ("release", "Release"),
                                    ("refund", "Refund"),
                                    ("reimbursement", "Reimbursement"),
                                    ("reserve", "Reserve"),
                                    ("unreserve", "Unreserve"),
                                    ("disbursement", "Disbursement"),
                                    ("chargeback", "Chargeback"),
                                    ("reversal", "Reversal"),
                                ],
                                max_length=16,
                            ),
                        ),
                        ("cause", models.CharField(max_length=31)),
                        ("currency", models.CharField(max_length=3)),
                        ("amount_minor", models.PositiveBigIntegerField()),
                        ("actor", models.CharField(blank=True, max_length=31)),
                        ("occurred_at", models.DateTimeField()),
                        (
                            "marketplace",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="journals",
                                to="accounts.marketplace",
                            ),
                        ),
                        (
                            "payable",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="journals",
                                to="ledger.payable",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [models.Index(fields=["payable", "id"], name="journal_of_payable")],
                        "constraints": [models.UniqueConstraint(fields=("kind", "cause"), name="journal_once")],
                    },
                ),
                migrations.CreateModel(
                    name="Payment",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("public_id", comity.common.ids.PublicIdField(editable=False, max_length=31, unique=True)),
                        ("provider", models.CharField(max_length=20)),
                        (
                            "state",
                            models.CharField(
                                choices=[("requested", "Requested"), ("done", "Done"), ("failed", "Failed")],
                                max_length=10,
                            ),
                        ),
                        ("reference", models.CharField(blank=True, max_length=100)),
                        ("attempts", models.PositiveSmallIntegerField(default=0)),
                        ("error", models.CharField(blank=True, max_length=200)),
                        ("requested_at", models.DateTimeField()),
                        ("run_after", models.DateTimeField()),
                        ("leased_until", models.DateTimeField(null=True)),
                        ("round", models.PositiveSmallIntegerField(default=0)),
                        ("keyed_at", models.DateTimeField(null=True)),
                        ("final", models.BooleanField(null=True)),
                        ("settled_at", models.DateTimeField(null=True)),
                        (
                            "journal",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT, related_name="payment", to="ledger.journal"
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                condition=models.Q(("state", "done"), _negated=True),
                                fields=["run_after"],
                                name="payment_waiting",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Disbursement",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("public_id", comity.common.ids.PublicIdField(editable=False, max_length=31, unique=True)),
                        ("currency", models.CharField(max_length=3)),
                        ("amount_minor", models.PositiveBigIntegerField()),
                        ("due_on", models.DateField()),
                        ("made_at", models.DateTimeField()),
                        (
                            "seller",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="disbursements",
                                to="accounts.seller",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("seller", "currency", "due_on"), name="disbursement_once_a_day"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Entry",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "account",
                            models.CharField(
                                choices=[
                                    ("provider", "Provider"),
                                    ("seller", "Seller"),
                                    ("reserve", "Reserve"),
                                    ("marketplace", "Marketplace"),
                                    ("before", "Before"),
                                ],
                                max_length=12,
                            ),
                        ),
                        ("amount_minor", models.BigIntegerField()),
                        (
                            "seller",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="ledger_entries",
                                to="accounts.seller",
                            ),
                        ),
                        (
                            "journal",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="entries", to="ledger.journal"
                            ),
                        ),
                    ],
                    options={
                        "indexes": [models.Index(fields=["seller", "account"], name="entry_of_seller")],
                    },
                ),
            ],
        ),
    ]
