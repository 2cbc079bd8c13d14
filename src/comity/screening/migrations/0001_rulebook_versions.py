import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import comity.common.ids


class Migration(migrations.Migration):
    initial = True

    dependencies = [("accounts", "0001_squashed")]

    operations = [
        migrations.CreateModel(
            name="RulebookVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("event_count", models.PositiveIntegerField(default=0, editable=False)),
                (
                    "marketplace",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="own_rulebooks",
                        to="accounts.marketplace",
                    ),
                ),
                ("public_id", comity.common.ids.PublicIdField(editable=False, max_length=31, unique=True)),
                ("content", models.TextField()),
                ("digest", models.CharField(db_index=True, max_length=64)),
                ("valid_from", models.DateField()),
                ("why", models.TextField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("proposed", "Waits for a second person"),
                            ("published", "Published"),
                            ("refused", "Refused"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default="proposed",
                        max_length=10,
                    ),
                ),
                (
                    "proposed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("proposed_at", models.DateTimeField()),
                (
                    "decided_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("decided_at", models.DateTimeField(null=True)),
                ("reason", models.TextField(blank=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "proposed")),
                        fields=("marketplace",),
                        name="rulebook_proposal_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "published"), _negated=True),
                            models.Q(
                                ("decided_by__isnull", False),
                                models.Q(("decided_by", models.F("proposed_by")), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="rulebook_four_eyes",
                    ),
                ],
            },
        ),
    ]
