import django.db.models.deletion
from django.db import migrations, models

from comity.common.migrating import CreateTogether


class Migration(migrations.Migration):
    replaces = [("files", "0001_initial"), ("files", "0002_inspection")]

    initial = True

    dependencies = []

    operations = [
        CreateTogether(
            models=[
                migrations.CreateModel(
                    name="Blob",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("digest", models.CharField(max_length=64, unique=True)),
                        ("size", models.PositiveBigIntegerField()),
                        ("content_type", models.CharField(max_length=100)),
                        ("stored_at", models.DateTimeField()),
                        ("wanted_at", models.DateTimeField(db_index=True)),
                        (
                            "preview",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="previewed",
                                to="files.blob",
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="Reading",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("extent", models.CharField(max_length=8)),
                        ("pages", models.PositiveIntegerField(null=True)),
                        ("parts", models.JSONField(default=list)),
                        (
                            "blob",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.CASCADE, related_name="reading", to="files.blob"
                            ),
                        ),
                    ],
                ),
            ],
        ),
    ]
