"""What a provider told of disputes: of those booked before, what was booked. And charges that are given up."""

import django.db.models.deletion
from django.db import migrations, models

_ROUND = 500


def note_what_was_booked(apps, editor):
    """A dispute for each chargeback that stands in the books, with what was given again of it."""
    columns = {"chargeback": "withdrawn_minor", "reversal": "reinstated_minor"}
    booked = apps.get_model("ledger", "Journal").objects.filter(kind__in=columns)
    found = {}
    for payable, cause, kind, amount in booked.values_list("payable", "cause", "kind", "amount_minor").iterator(_ROUND):
        found.setdefault((payable, cause), {})[columns[kind]] = amount
    Dispute = apps.get_model("ledger", "Dispute")
    rows = [Dispute(payable_id=payable, cause=cause, **told) for (payable, cause), told in found.items()]
    Dispute.objects.bulk_create(rows, batch_size=_ROUND)


class Migration(migrations.Migration):
    dependencies = [
        ("ledger", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Dispute",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("cause", models.CharField(max_length=31)),
                ("withdrawn_minor", models.PositiveBigIntegerField(null=True)),
                ("reinstated_minor", models.PositiveBigIntegerField(null=True)),
                (
                    "payable",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="disputes", to="ledger.payable"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("payable", "cause"), name="dispute_once")],
            },
        ),
        migrations.RunPython(note_what_was_booked, migrations.RunPython.noop),
        migrations.AddField(
            model_name="payment",
            name="given_up_minor",
            field=models.PositiveBigIntegerField(default=0),
        ),
        migrations.AlterField(
            model_name="journal",
            name="kind",
            field=models.CharField(
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
                    ("write_off", "Write Off"),
                ],
                max_length=16,
            ),
        ),
    ]
