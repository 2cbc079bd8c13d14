"""One scan is kept once, however its carrier is written. By itself: PostgreSQL alters no table that it has just changed."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("orders", "0006_carrier_keys")]

    operations = [
        migrations.AddConstraint(
            "carrierevent",
            models.UniqueConstraint(
                fields=("marketplace", "carrier_key", "tracking_number", "kind", "occurred_at"),
                name="carrier_event_once",
            ),
        ),
    ]
