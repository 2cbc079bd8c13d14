import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import comity.common.ids

_PARTIES = [("buyer", "buyer"), ("seller", "seller")]
_ID = ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"))
_PROTECT = django.db.models.deletion.PROTECT
_CASCADE = django.db.models.deletion.CASCADE


def say_who_owed(apps, schema_editor):
    """Until now only the conversation knew which shop owed an answer."""
    conversations = apps.get_model("messaging", "Conversation").objects
    owed = models.Subquery(conversations.filter(pk=models.OuterRef("conversation")).values("seller")[:1])
    apps.get_model("messaging", "ReplyDeadline").objects.filter(owed_by="seller").update(seller=owed)


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
        ("common", "0001_initial"),
        ("messaging", "0005_saved_replies"),
    ]

    operations = [
        migrations.AddField(
            model_name="replydeadline",
            name="seller",
            field=models.ForeignKey(
                db_index=False, null=True, on_delete=_PROTECT, related_name="reply_deadlines", to="accounts.seller"
            ),
        ),
        migrations.RunPython(say_who_owed, migrations.RunPython.noop),
        migrations.CreateModel(
            name="Report",
            fields=[
                _ID,
                ("public_id", comity.common.ids.PublicIdField(editable=False, max_length=31, unique=True)),
                ("side", models.CharField(choices=_PARTIES, max_length=12)),
                ("reported_at", models.DateTimeField()),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("abuse", "Insult, threat or hate"),
                            ("spam", "Advertising or spam"),
                            ("off_platform", "Asks to pay or talk elsewhere"),
                            ("personal_data", "Asks for or shows personal data"),
                            ("scam", "Fraud"),
                            ("other", "Something else"),
                        ],
                        max_length=16,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "Open"), ("upheld", "Upheld"), ("dismissed", "Dismissed")],
                        default="open",
                        max_length=10,
                    ),
                ),
                ("decided_at", models.DateTimeField(null=True)),
                (
                    "body",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="common.recordbody",
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(null=True, on_delete=_PROTECT, related_name="+", to=settings.AUTH_USER_MODEL),
                ),
                (
                    "decision_body",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="common.recordbody",
                    ),
                ),
                (
                    "marketplace",
                    models.ForeignKey(on_delete=_PROTECT, related_name="message_reports", to="accounts.marketplace"),
                ),
                (
                    "message",
                    models.ForeignKey(on_delete=_CASCADE, related_name="reports", to="messaging.message"),
                ),
                (
                    "reported_by",
                    models.ForeignKey(on_delete=_PROTECT, related_name="message_reports", to=settings.AUTH_USER_MODEL),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Block",
            fields=[
                _ID,
                ("side", models.CharField(choices=_PARTIES, max_length=12)),
                ("made_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                ("buyer", models.ForeignKey(on_delete=_PROTECT, related_name="blocks", to="accounts.buyer")),
                (
                    "ended_by",
                    models.ForeignKey(null=True, on_delete=_PROTECT, related_name="+", to=settings.AUTH_USER_MODEL),
                ),
                ("made_by", models.ForeignKey(on_delete=_PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                (
                    "marketplace",
                    models.ForeignKey(on_delete=_PROTECT, related_name="blocks", to="accounts.marketplace"),
                ),
                ("seller", models.ForeignKey(on_delete=_PROTECT, related_name="blocks", to="accounts.seller")),
            ],
        ),
        migrations.CreateModel(
            name="Vote",
            fields=[
                _ID,
                ("solved", models.BooleanField()),
                ("voted_at", models.DateTimeField()),
                (
                    "conversation",
                    models.ForeignKey(on_delete=_CASCADE, related_name="votes", to="messaging.conversation"),
                ),
                (
                    "message",
                    models.OneToOneField(on_delete=_CASCADE, related_name="vote", to="messaging.message"),
                ),
                ("seller", models.ForeignKey(on_delete=_PROTECT, related_name="votes", to="accounts.seller")),
                ("voted_by", models.ForeignKey(on_delete=_PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.AddIndex(
            model_name="replydeadline",
            index=models.Index(
                condition=models.Q(("end", "answered")),
                fields=["seller", "-ended_at"],
                name="reply_deadline_answered",
            ),
        ),
        migrations.AddConstraint(
            model_name="report",
            constraint=models.UniqueConstraint(fields=("message", "side"), name="report_once_a_side"),
        ),
        migrations.AddConstraint(
            model_name="report",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("decided_at__isnull", True), ("decided_by__isnull", True), ("state", "open")),
                    models.Q(
                        models.Q(("state", "open"), _negated=True),
                        ("decided_at__isnull", False),
                        ("decided_by__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="report_decided_by_somebody",
            ),
        ),
        migrations.AddIndex(
            model_name="report",
            index=models.Index(
                condition=models.Q(("state", "open")), fields=["marketplace", "reported_at"], name="report_open"
            ),
        ),
        migrations.AddConstraint(
            model_name="block",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at__isnull", True)),
                fields=("buyer", "seller", "side"),
                name="block_in_force_once",
            ),
        ),
        migrations.AddIndex(
            model_name="vote",
            index=models.Index(fields=["conversation", "-voted_at"], name="vote_last_of_conversation"),
        ),
        migrations.AddIndex(
            model_name="vote",
            index=models.Index(fields=["seller", "voted_at"], name="vote_of_seller"),
        ),
    ]
