import comity.common.ids
import django.db.models.deletion
from django.db import migrations, models

from comity.common.migrating import CreateTogether


class Migration(migrations.Migration):
    replaces = [("common", "0001_initial"), ("common", "0002_event_actor"), ("common", "0003_moved")]

    initial = True

    dependencies = []

    operations = [
        CreateTogether(
            models=[
                migrations.CreateModel(
                    name="OutboxPosition",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("last", models.PositiveBigIntegerField(default=0)),
                    ],
                ),
                migrations.CreateModel(
                    name="RecordEntry",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("chain", models.CharField(max_length=31)),
                        ("marketplace", models.CharField(max_length=31)),
                        ("position", models.PositiveIntegerField()),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("posted", "Posted"),
                                    ("screened", "Screened"),
                                    ("ruled", "Ruled"),
                                    ("delivered", "Delivered"),
                                    ("marked", "Marked"),
                                    ("moved", "Moved"),
                                    ("withdrawn", "Withdrawn"),
                                    ("erased", "Erased"),
                                ],
                                max_length=12,
                            ),
                        ),
                        ("facts", models.TextField()),
                        ("body_digest", models.CharField(max_length=64)),
                        ("digest", models.CharField(max_length=64)),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("chain", "position"), name="record_entry_position")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="RecordHeadLog",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("marketplace", models.CharField(max_length=31)),
                        ("day_on", models.DateField()),
                        ("heads", models.JSONField()),
                        ("signature", models.CharField(max_length=64)),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("marketplace", "day_on"), name="record_head_log_day")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ScheduleRun",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("name", models.CharField(max_length=60, unique=True)),
                        ("last_at", models.DateTimeField()),
                    ],
                ),
                migrations.CreateModel(
                    name="IdempotencyKey",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("actor", models.CharField(max_length=31)),
                        ("route", models.CharField(max_length=100)),
                        ("key", models.CharField(max_length=255)),
                        ("request_digest", models.CharField(max_length=64)),
                        ("status", models.PositiveSmallIntegerField()),
                        ("body", models.JSONField(default=dict)),
                        ("created_at", models.DateTimeField()),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("actor", "route", "key"), name="idempotency_key_once")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="OutboxEvent",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("public_id", comity.common.ids.PublicIdField(editable=False, max_length=31, unique=True)),
                        ("name", models.CharField(max_length=60)),
                        ("version", models.PositiveSmallIntegerField(default=1)),
                        ("marketplace", models.CharField(max_length=31)),
                        ("stream", models.CharField(max_length=31)),
                        ("sequence", models.PositiveIntegerField()),
                        ("occurred_at", models.DateTimeField()),
                        ("data", models.JSONField(default=dict)),
                        ("position", models.PositiveBigIntegerField(editable=False, null=True, unique=True)),
                        ("actor", models.CharField(blank=True, max_length=31)),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                condition=models.Q(("position", None)), fields=["id"], name="outbox_event_unplaced"
                            ),
                            models.Index(
                                condition=models.Q(("actor", ""), _negated=True),
                                fields=["marketplace", "-id"],
                                name="outbox_event_audit",
                            ),
                            models.Index(
                                condition=models.Q(("actor", ""), _negated=True),
                                fields=["actor", "-id"],
                                name="outbox_event_of_actor",
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(fields=("stream", "sequence"), name="outbox_event_sequence")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="EventDelivery",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("handler", models.CharField(max_length=60)),
                        ("stream", models.CharField(max_length=31)),
                        ("sequence", models.PositiveIntegerField()),
                        (
                            "state",
                            models.CharField(
                                choices=[("ready", "Ready"), ("leased", "Leased"), ("done", "Done"), ("dead", "Dead")],
                                default="ready",
                                max_length=8,
                            ),
                        ),
                        ("attempts", models.PositiveSmallIntegerField(default=0)),
                        ("run_after", models.DateTimeField()),
                        ("leased_until", models.DateTimeField(null=True)),
                        ("leased_by", models.CharField(blank=True, max_length=60)),
                        ("last_error", models.TextField(blank=True)),
                        (
                            "event",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="deliveries",
                                to="common.outboxevent",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(fields=["handler", "stream", "sequence"], name="event_delivery_order"),
                            models.Index(fields=["state", "run_after"], name="event_delivery_due"),
                        ],
                        "constraints": [
                            models.UniqueConstraint(fields=("event", "handler"), name="event_delivery_once")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="RecordBody",
                    fields=[
                        (
                            "entry",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                primary_key=True,
                                related_name="body",
                                serialize=False,
                                to="common.recordentry",
                            ),
                        ),
                        ("salt", models.BinaryField(max_length=16)),
                        ("text", models.TextField()),
                    ],
                ),
            ],
        ),
    ]
