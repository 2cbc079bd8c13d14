import comity.common.ids
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("messaging", "0007_search"),
        ("accounts", "0001_initial"),
        ("catalog", "0001_initial"),
        ("orders", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Notice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("event_count", models.PositiveIntegerField(default=0, editable=False)),
                ("public_id", comity.common.ids.PublicIdField(editable=False, max_length=31, unique=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("service", "Service notice"),
                            ("content_update", "Content update"),
                            ("recall", "Recall"),
                        ],
                        max_length=16,
                    ),
                ),
                (
                    "side",
                    models.CharField(choices=[("seller", "seller"), ("marketplace", "marketplace")], max_length=12),
                ),
                ("text", models.TextField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("awaiting", "Waits for approval"),
                            ("returned", "Returned to its author"),
                            ("approved", "Approved"),
                            ("sending", "Being sent"),
                            ("sent", "Sent"),
                            ("stopped", "Stopped"),
                            ("closed", "Closed"),
                            ("discarded", "Discarded"),
                        ],
                        default="draft",
                        max_length=10,
                    ),
                ),
                ("outcome", models.CharField(blank=True, max_length=8)),
                ("findings", models.JSONField(default=list)),
                ("rulebook_digest", models.CharField(blank=True, max_length=64)),
                ("engine_version", models.CharField(blank=True, max_length=20)),
                ("input_digest", models.CharField(blank=True, max_length=64)),
                ("written_at", models.DateTimeField()),
                ("submitted_at", models.DateTimeField(null=True)),
                ("decided_at", models.DateTimeField(null=True)),
                ("reason", models.TextField(blank=True)),
                ("sent_at", models.DateTimeField(null=True)),
                ("closed_at", models.DateTimeField(null=True)),
                (
                    "author",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="notices", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "marketplace",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="notices", to="accounts.marketplace"
                    ),
                ),
                (
                    "product",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="notices", to="catalog.product"
                    ),
                ),
                (
                    "seller",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="notices",
                        to="accounts.seller",
                    ),
                ),
                (
                    "submitted_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Recall",
            fields=[
                (
                    "notice",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="recall",
                        serialize=False,
                        to="messaging.notice",
                    ),
                ),
                ("is_public", models.BooleanField(default=False)),
                ("lots", models.JSONField(default=list)),
                ("ordered_from", models.DateField(null=True)),
                ("ordered_until", models.DateField(null=True)),
                ("hazard", models.TextField()),
                (
                    "remedy",
                    models.CharField(
                        choices=[
                            ("refund", "Refund"),
                            ("repair", "Repair"),
                            ("replacement", "Replacement"),
                            ("dispose", "Disposal"),
                        ],
                        max_length=12,
                    ),
                ),
                ("instructions", models.TextField()),
            ],
        ),
        migrations.CreateModel(
            name="NoticeRecipient",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("sent", "Sent"),
                            ("opted_out", "Takes no unsolicited messages"),
                            ("blocked", "Blocked between buyer and seller"),
                            ("no_account", "Has never signed in"),
                            ("restricted", "The shop was restricted before their turn"),
                        ],
                        max_length=10,
                    ),
                ),
                ("acknowledged_at", models.DateTimeField(null=True)),
                ("reminded_at", models.DateTimeField(null=True)),
                (
                    "buyer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="notices", to="accounts.buyer"
                    ),
                ),
                (
                    "message",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="messaging.message"
                    ),
                ),
                (
                    "notice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="recipients", to="messaging.notice"
                    ),
                ),
                (
                    "order",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="orders.order"),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Agreement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", comity.common.ids.PublicIdField(editable=False, max_length=31, unique=True)),
                ("kind", models.CharField(max_length=40)),
                (
                    "party",
                    models.CharField(choices=[("seller", "seller"), ("marketplace", "marketplace")], max_length=12),
                ),
                ("valid_from", models.DateField()),
                ("note", models.TextField(blank=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("proposed", "Proposed"),
                            ("accepted", "Accepted"),
                            ("declined", "Declined"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default="proposed",
                        max_length=10,
                    ),
                ),
                (
                    "proposed_side",
                    models.CharField(choices=[("seller", "seller"), ("marketplace", "marketplace")], max_length=12),
                ),
                ("proposed_at", models.DateTimeField()),
                ("answered_at", models.DateTimeField(null=True)),
                (
                    "answered_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "proposed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "seller",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="agreements", to="accounts.seller"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["seller", "kind", "-valid_from"], name="agreement_in_force")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "proposed")),
                        fields=("seller", "kind"),
                        name="agreement_proposed_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("answered_at__isnull", True), ("answered_by__isnull", True), ("state", "proposed")
                            ),
                            models.Q(
                                models.Q(("state", "proposed"), _negated=True),
                                ("answered_at__isnull", False),
                                ("answered_by__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="agreement_answered_by_somebody",
                    ),
                ],
            },
        ),
        migrations.AddIndex(
            model_name="notice",
            index=models.Index(fields=["seller", "-id"], name="notice_of_seller"),
        ),
        migrations.AddIndex(
            model_name="notice",
            index=models.Index(fields=["marketplace", "kind", "-id"], name="notice_of_marketplace"),
        ),
        migrations.AddIndex(
            model_name="notice",
            index=models.Index(fields=["product", "state"], name="notice_about_product"),
        ),
        migrations.AddConstraint(
            model_name="notice",
            constraint=models.CheckConstraint(
                condition=models.Q(("side", "marketplace"), ("seller__isnull", False), _connector="OR"),
                name="notice_of_seller_has_seller",
            ),
        ),
        migrations.AddConstraint(
            model_name="notice",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "recall"), _negated=True),
                    ("state__in", ["draft", "awaiting", "returned", "discarded"]),
                    ("decided_by__isnull", False),
                    _connector="OR",
                ),
                name="recall_sent_when_approved",
            ),
        ),
        migrations.AddIndex(
            model_name="noticerecipient",
            index=models.Index(fields=["buyer", "notice"], name="notice_recipient_of_buyer"),
        ),
        migrations.AddIndex(
            model_name="noticerecipient",
            index=models.Index(fields=["notice", "acknowledged_at"], name="notice_acknowledged"),
        ),
        migrations.AddConstraint(
            model_name="noticerecipient",
            constraint=models.UniqueConstraint(fields=("notice", "buyer"), name="notice_recipient_once"),
        ),
        migrations.AddConstraint(
            model_name="noticerecipient",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("message__isnull", False), ("outcome", "sent")),
                    models.Q(models.Q(("outcome", "sent"), _negated=True), ("message__isnull", True)),
                    _connector="OR",
                ),
                name="notice_sent_is_a_message",
            ),
        ),
    ]
