"""Returns that are on their way are looked for among what carriers said, too."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("orders", "0008_renewal_payments"),
    ]

    operations = [
        migrations.RemoveIndex(model_name="return", name="return_to_be_scanned"),
        migrations.AddIndex(
            model_name="return",
            index=models.Index(
                condition=models.Q(
                    ("state__in", ["authorised", "in_transit"]),
                    models.Q(("tracking_number", ""), _negated=True),
                ),
                fields=["tracking_number"],
                name="return_to_be_scanned",
            ),
        ),
    ]
