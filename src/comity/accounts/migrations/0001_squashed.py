import comity.common.crypto
import comity.common.ids
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from comity.common.migrating import CreateTogether


class Migration(migrations.Migration):
    replaces = [
        ("accounts", "0001_initial"),
        ("accounts", "0002_settings"),
        ("accounts", "0003_contact_choices"),
        ("accounts", "0004_rulebook_versions"),
    ]

    initial = True

    dependencies = []

    operations = [
        CreateTogether(
            models=[
                migrations.CreateModel(
                    name="User",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("password", models.CharField(max_length=128, verbose_name="password")),
                        ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                        ("public_id", comity.common.ids.PublicIdField(editable=False, max_length=31, unique=True)),
                        ("email", comity.common.crypto.EncryptedTextField()),
                        ("email_lookup", models.CharField(editable=False, max_length=64, unique=True)),
                        ("name", models.CharField(max_length=120)),
                        ("language", models.CharField(default="en", max_length=12)),
                        ("time_zone", models.CharField(default="UTC", max_length=60)),
                        ("is_active", models.BooleanField(default=True)),
                        ("joined_at", models.DateTimeField()),
                        ("signed_out_at", models.DateTimeField(null=True)),
                    ],
                    options={
                        "abstract": False,
                    },
                ),
                migrations.CreateModel(
                    name="Marketplace",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("event_count", models.PositiveIntegerField(default=0, editable=False)),
                        ("public_id", comity.common.ids.PublicIdField(editable=False, max_length=31, unique=True)),
                        ("slug", models.SlugField(unique=True)),
                        ("name", models.CharField(max_length=120)),
                        ("language", models.CharField(default="en", max_length=12)),
                        ("time_zone", models.CharField(default="UTC", max_length=60)),
                        ("currency", models.CharField(default="EUR", max_length=3)),
                        ("profile", models.CharField(default="open-marketplace", max_length=60)),
                        ("rulebook", models.CharField(default="open-marketplace", max_length=60)),
                        ("trusted_domains", models.JSONField(default=list)),
                        ("hand_over_secret", comity.common.crypto.EncryptedTextField(blank=True)),
                        ("profile_versions", models.JSONField(default=list)),
                        ("topics", models.JSONField(default=dict)),
                        ("rulebook_versions", models.JSONField(default=list)),
                    ],
                    options={
                        "abstract": False,
                    },
                ),
                migrations.CreateModel(
                    name="Organisation",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("public_id", comity.common.ids.PublicIdField(editable=False, max_length=31, unique=True)),
                        ("name", models.CharField(max_length=200)),
                    ],
                ),
                migrations.CreateModel(
                    name="Tries",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("key", models.CharField(max_length=64, unique=True)),
                        ("since", models.DateTimeField()),
                        ("count", models.PositiveIntegerField(default=0)),
                    ],
                    options={
                        "verbose_name_plural": "tries",
                    },
                ),
                migrations.CreateModel(
                    name="SpentToken",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("digest", models.CharField(max_length=64, unique=True)),
                        ("spent_at", models.DateTimeField()),
                        ("expires_at", models.DateTimeField()),
                    ],
                ),
                migrations.CreateModel(
                    name="Buyer",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("event_count", models.PositiveIntegerField(default=0, editable=False)),
                        ("public_id", comity.common.ids.PublicIdField(editable=False, max_length=31, unique=True)),
                        ("source", models.CharField(default="comity", max_length=60)),
                        ("external_id", models.CharField(max_length=100)),
                        ("name", models.CharField(max_length=120)),
                        ("email", comity.common.crypto.EncryptedTextField(blank=True)),
                        ("email_lookup", models.CharField(blank=True, editable=False, max_length=64)),
                        ("language", models.CharField(default="en", max_length=12)),
                        (
                            "user",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="buyers",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "marketplace",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="buyers",
                                to="accounts.marketplace",
                            ),
                        ),
                        ("unsolicited_declined_at", models.DateTimeField(null=True)),
                    ],
                    options={
                        "indexes": [models.Index(fields=["marketplace", "email_lookup"], name="buyer_email_lookup")],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("marketplace", "source", "external_id"), name="buyer_external_id_once"
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("user__isnull", False)),
                                fields=("marketplace", "user"),
                                name="buyer_user_once",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="OperatorStaff",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "role",
                            models.CharField(
                                choices=[
                                    ("moderator", "Moderator"),
                                    ("service_agent", "Service Agent"),
                                    ("adjudicator", "Adjudicator"),
                                    ("investigator", "Investigator"),
                                    ("admin", "Admin"),
                                ],
                                max_length=16,
                            ),
                        ),
                        (
                            "marketplace",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="operator_staff",
                                to="accounts.marketplace",
                            ),
                        ),
                        (
                            "user",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="operator_seats",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("marketplace", "user"), name="operator_seat_once")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Seller",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("event_count", models.PositiveIntegerField(default=0, editable=False)),
                        ("public_id", comity.common.ids.PublicIdField(editable=False, max_length=31, unique=True)),
                        ("source", models.CharField(default="comity", max_length=60)),
                        ("external_id", models.CharField(max_length=100)),
                        ("name", models.CharField(max_length=120)),
                        ("language", models.CharField(default="en", max_length=12)),
                        ("time_zone", models.CharField(default="UTC", max_length=60)),
                        ("since_on", models.DateField(null=True)),
                        (
                            "marketplace",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="sellers",
                                to="accounts.marketplace",
                            ),
                        ),
                        (
                            "organisation",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="sellers",
                                to="accounts.organisation",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("marketplace", "source", "external_id"), name="seller_external_id_once"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Restriction",
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
                                choices=[("messaging", "Messaging"), ("proactive_messaging", "Proactive Messaging")],
                                max_length=24,
                            ),
                        ),
                        ("reason", models.TextField()),
                        ("starts_at", models.DateTimeField()),
                        ("ends_at", models.DateTimeField(null=True)),
                        ("lifted_at", models.DateTimeField(null=True)),
                        (
                            "buyer",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="restrictions",
                                to="accounts.buyer",
                            ),
                        ),
                        (
                            "marketplace",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="restrictions",
                                to="accounts.marketplace",
                            ),
                        ),
                        (
                            "seller",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="restrictions",
                                to="accounts.seller",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("buyer__isnull", True), ("seller__isnull", False)),
                                    models.Q(("buyer__isnull", False), ("seller__isnull", True)),
                                    _connector="OR",
                                ),
                                name="restriction_on_one_party",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Staff",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "role",
                            models.CharField(
                                choices=[("owner", "Owner"), ("agent", "Agent"), ("read_only", "Read Only")],
                                max_length=12,
                            ),
                        ),
                        (
                            "seller",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="staff", to="accounts.seller"
                            ),
                        ),
                        (
                            "user",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="staff_seats",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "constraints": [models.UniqueConstraint(fields=("seller", "user"), name="staff_seat_once")],
                    },
                ),
                migrations.CreateModel(
                    name="Invitation",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
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
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
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
                    options={
                        "indexes": [models.Index(fields=["marketplace", "seller"], name="invitation_of_party")],
                    },
                ),
                migrations.CreateModel(
                    name="SettingsVersion",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("digest", models.CharField(db_index=True, max_length=64)),
                        ("base", models.CharField(max_length=64)),
                        ("values", models.JSONField(default=dict)),
                        ("changes", models.JSONField(default=list)),
                        ("valid_from", models.DateTimeField()),
                        ("why", models.TextField()),
                        (
                            "made_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
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
                    options={
                        "indexes": [models.Index(fields=["marketplace", "-id"], name="settings_version_latest")],
                    },
                ),
            ],
        ),
    ]
