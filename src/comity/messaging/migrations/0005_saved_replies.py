import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import comity.common.ids


class Migration(migrations.Migration):
    dependencies = [("messaging", "0004_teams")]

    operations = [
        migrations.CreateModel(
            name="SavedReply",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "marketplace",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="saved_replies",
                        to="accounts.marketplace",
                    ),
                ),
                (
                    "seller",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="saved_replies",
                        to="accounts.seller",
                    ),
                ),
                ("public_id", comity.common.ids.PublicIdField(editable=False, max_length=31, unique=True)),
                ("name", models.CharField(max_length=40)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("seller__isnull", False)),
                        fields=("seller", "name"),
                        name="saved_reply_of_seller_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("seller__isnull", True)),
                        fields=("marketplace", "name"),
                        name="saved_reply_of_service_once",
                    ),
                ]
            },
        ),
        migrations.CreateModel(
            name="SavedReplyText",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "saved_reply",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="texts", to="messaging.savedreply"
                    ),
                ),
                ("language", models.CharField(max_length=12)),
                ("text", models.TextField()),
                (
                    "changed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("changed_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("saved_reply", "language"), name="saved_reply_language_once")
                ]
            },
        ),
        migrations.AddField(model_name="message", name="undo_until", field=models.DateTimeField(null=True)),
        migrations.AddField(
            model_name="draft",
            name="started_at",
            field=models.DateTimeField(default=django.utils.timezone.now),
            preserve_default=False,
        ),
        migrations.AddIndex(
            model_name="draft", index=models.Index(fields=["place", "updated_at"], name="draft_of_place")
        ),
    ]
