import django.db.models.deletion
from django.db import migrations, models

import comity.common.crypto


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_squashed")]

    operations = [
        migrations.CreateModel(
            name="CarrierKey",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=180)),
                ("carrier", models.CharField(max_length=60)),
                ("secret", comity.common.crypto.EncryptedTextField()),
                ("old_secret", comity.common.crypto.EncryptedTextField(blank=True)),
                ("old_until", models.DateTimeField(null=True)),
                ("made_at", models.DateTimeField()),
                (
                    "marketplace",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="carrier_keys",
                        to="accounts.marketplace",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("marketplace", "code"), name="carrier_key_once"),
                ],
            },
        ),
    ]
