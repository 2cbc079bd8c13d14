"""What a provider refuses to give back is owed to its buyer otherwise."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("ledger", "0003_losses"),
    ]

    operations = [
        migrations.AlterField(
            model_name="entry",
            name="account",
            field=models.CharField(
                choices=[
                    ("provider", "Provider"),
                    ("seller", "Seller"),
                    ("reserve", "Reserve"),
                    ("marketplace", "Marketplace"),
                    ("buyer", "Buyer"),
                    ("before", "Before"),
                ],
                max_length=12,
            ),
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
                    ("loss", "Loss"),
                    ("recovery", "Recovery"),
                    ("write_off", "Write Off"),
                    ("owed", "Owed"),
                ],
                max_length=16,
            ),
        ),
    ]
