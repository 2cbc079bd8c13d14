import comity.common.crypto
import comity.common.ids
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from comity.common.migrating import CreateTogether


class Migration(migrations.Migration):
    replaces = [
        ("notify", "0001_initial"),
        ("notify", "0002_kinds"),
        ("notify", "0003_order_news"),
        ("notify", "0004_reports"),
    ]

    initial = True

    dependencies = [
        ("accounts", "0001_squashed"),
    ]

    operations = [
        CreateTogether(
            models=[
                migrations.CreateModel(
                    name="MailboxItem",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("message_id", models.CharField(max_length=200, unique=True)),
                        ("recipient", comity.common.crypto.EncryptedTextField()),
                        ("subject", models.CharField(max_length=200)),
                        ("text", models.TextField()),
                        ("sent_at", models.DateTimeField()),
                    ],
                ),
                migrations.CreateModel(
                    name="Notification",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("public_id", comity.common.ids.PublicIdField(editable=False, max_length=31, unique=True)),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("message_waiting", "Message Waiting"),
                                    ("ruling_made", "Ruling Made"),
                                    ("ruling_overdue", "Ruling Overdue"),
                                    ("report_decided", "Report Decided"),
                                    ("mentioned", "Mentioned"),
                                    ("assigned", "Assigned"),
                                    ("invited", "Invited"),
                                    ("handling_changed", "Handling Time Changed"),
                                    ("order_news", "Order News"),
                                    ("report_ready", "Report Ready"),
                                ],
                                max_length=20,
                            ),
                        ),
                        ("event", models.CharField(max_length=31)),
                        ("marketplace", models.CharField(max_length=120)),
                        ("path", models.CharField(max_length=200)),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("queued", "Queued"),
                                    ("sending", "Sending"),
                                    ("sent", "Sent"),
                                    ("failed", "Failed"),
                                ],
                                default="queued",
                                max_length=8,
                            ),
                        ),
                        ("attempts", models.PositiveSmallIntegerField(default=0)),
                        ("run_after", models.DateTimeField()),
                        ("leased_until", models.DateTimeField(null=True)),
                        ("last_error", models.TextField(blank=True)),
                        ("sent_at", models.DateTimeField(null=True)),
                        (
                            "user",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="notifications",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "indexes": [models.Index(fields=["state", "run_after"], name="notification_due")],
                        "constraints": [
                            models.UniqueConstraint(fields=("user", "kind", "event"), name="notification_once")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="NotificationPreference",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("message_waiting", "Message Waiting"),
                                    ("ruling_made", "Ruling Made"),
                                    ("ruling_overdue", "Ruling Overdue"),
                                    ("report_decided", "Report Decided"),
                                    ("mentioned", "Mentioned"),
                                    ("assigned", "Assigned"),
                                    ("invited", "Invited"),
                                    ("handling_changed", "Handling Time Changed"),
                                    ("order_news", "Order News"),
                                    ("report_ready", "Report Ready"),
                                ],
                                max_length=20,
                            ),
                        ),
                        ("by_email", models.BooleanField(default=True)),
                        (
                            "user",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="notification_preferences",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("user", "kind"), name="notification_preference_once")
                        ],
                    },
                ),
            ],
        ),
    ]
