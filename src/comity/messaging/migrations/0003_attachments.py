import comity.common.ids
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("files", "0002_inspection"), ("messaging", "0002_outreach")]

    operations = [
        migrations.AddField("message", "file_count", models.PositiveSmallIntegerField(default=0)),
        migrations.CreateModel(
            name="Attachment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", comity.common.ids.PublicIdField(editable=False, max_length=31, unique=True)),
                ("position", models.PositiveSmallIntegerField()),
                ("name", models.CharField(max_length=200)),
                ("content_type", models.CharField(max_length=100)),
                ("size", models.PositiveBigIntegerField()),
                ("pages", models.PositiveIntegerField(null=True)),
                (
                    "reading",
                    models.CharField(
                        choices=[
                            ("read", "read"),
                            ("picture", "a picture whose words were not read"),
                            ("partly", "read in part"),
                            ("locked", "locked by a password"),
                        ],
                        max_length=8,
                    ),
                ),
                (
                    "blob",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="attachments", to="files.blob"
                    ),
                ),
                (
                    "message",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="attachments", to="messaging.message"
                    ),
                ),
            ],
            options={
                "ordering": ["position"],
                "constraints": [
                    models.UniqueConstraint(fields=("message", "position"), name="attachment_position_once")
                ],
            },
        ),
        migrations.AddField(
            "finding",
            "attachment",
            models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="findings",
                to="messaging.attachment",
            ),
        ),
        migrations.AddField("finding", "page", models.PositiveIntegerField(null=True)),
        migrations.AddField("finding", "quote", models.TextField(blank=True, default=""), preserve_default=False),
    ]
