import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import comity.common.crypto
import comity.common.ids


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]

    operations = [
        migrations.AddField(model_name="marketplace", name="profile_versions", field=models.JSONField(default=list)),
        migrations.AddField(model_name="marketplace", name="topics", field=models.JSONField(default=dict)),
        migrations.AddField(model_name="user", name="signed_out_at", field=models.DateTimeField(null=True)),
        migrations.CreateModel(
            name="Invitation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", comity.common.ids.PublicIdField(editable=False, max_length=31, unique=True)),
                ("email", comity.common.crypto.EncryptedTextField()),
                ("email_lookup", models.CharField(editable=False, max_length=64)),
                ("role", models.CharField(max_length=16)),
                ("sent_at", models.DateTimeField()),
                ("sent_count", models.PositiveSmallIntegerField(default=1)),
                ("expires_at", models.DateTimeField()),
                ("accepted_at", models.DateTimeField(null=True)),
                ("revoked_at", models.DateTimeField(null=True)),
                (
                    "accepted_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "invited_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "marketplace",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="invitations",
                        to="accounts.marketplace",
                    ),
                ),
                (
                    "seller",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="invitations",
                        to="accounts.seller",
                    ),
                ),
            ],
            options={"indexes": [models.Index(fields=["marketplace", "seller"], name="invitation_of_party")]},
        ),
        migrations.CreateModel(
            name="SettingsVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("digest", models.CharField(db_index=True, max_length=64)),
                ("base", models.CharField(max_length=64)),
                ("values", models.JSONField(default=dict)),
                ("changes", models.JSONField(default=list)),
                ("valid_from", models.DateTimeField()),
                ("why", models.TextField()),
                (
                    "made_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "marketplace",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="settings_versions",
                        to="accounts.marketplace",
                    ),
                ),
            ],
            options={"indexes": [models.Index(fields=["marketplace", "-id"], name="settings_version_latest")]},
        ),
    ]
