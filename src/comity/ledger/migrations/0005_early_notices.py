"""What was told of disputes before their payments are known is kept."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("ledger", "0004_owed"),
    ]

    operations = [
        migrations.CreateModel(
            name="EarlyNotice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("authorisation", models.CharField(max_length=100)),
                ("kind", models.CharField(max_length=10)),
                ("cause", models.CharField(max_length=31)),
                ("currency", models.CharField(blank=True, max_length=3)),
                ("amount_minor", models.BigIntegerField()),
                ("told_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("authorisation", "kind", "cause"), name="early_notice_once")
                ],
            },
        ),
    ]
