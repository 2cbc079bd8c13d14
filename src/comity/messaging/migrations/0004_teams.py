import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

import comity.common.ids

ID = ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"))
PUBLIC_ID = ("public_id", comity.common.ids.PublicIdField(editable=False, max_length=31, unique=True))
IN_ORDER = ["reply_due_at", "-last_message_at", "-id"]


def cascade(to, **options):
    return models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to=to, **options)


def remember_what_is_unread(apps, schema_editor):
    """What a desk has not read was counted from messages until now; from here on each conversation says it."""
    conversations = apps.get_model("messaging", "Conversation").objects
    participants = apps.get_model("messaging", "Participant").objects
    messages = apps.get_model("messaging", "Message").objects
    read = participants.filter(conversation=OuterRef("conversation"), side=OuterRef("conversation__addressee"))
    news = messages.filter(
        ~Q(side=F("conversation__addressee")),
        conversation=OuterRef("pk"),
        delivered_position__gt=Coalesce(Subquery(read.values("read_up_to")[:1]), 0),
    )
    conversations.filter(Exists(news)).update(unread_by_addressee=True)


class Migration(migrations.Migration):
    dependencies = [
        ("messaging", "0003_attachments"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Note",
            fields=[
                ID,
                PUBLIC_ID,
                (
                    "side",
                    models.CharField(choices=[("seller", "seller"), ("marketplace", "marketplace")], max_length=12),
                ),
                ("text", models.TextField(blank=True)),
                ("written_at", models.DateTimeField()),
                ("removed_at", models.DateTimeField(null=True)),
                (
                    "author",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("conversation", cascade("messaging.conversation", related_name="notes")),
            ],
            options={
                "indexes": [models.Index(fields=["conversation", "side", "written_at"], name="note_of_conversation")],
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(("removed_at__isnull", True), ("text", ""), _connector="OR"),
                        name="note_removed_is_empty",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Label",
            fields=[
                ID,
                PUBLIC_ID,
                ("name", models.CharField(max_length=40)),
                ("folded", models.CharField(editable=False, max_length=60)),
                (
                    "colour",
                    models.CharField(
                        choices=[
                            ("ink", "Grey"),
                            ("accent", "Blue"),
                            ("ok", "Green"),
                            ("warn", "Amber"),
                            ("alert", "Red"),
                        ],
                        default="ink",
                        max_length=8,
                    ),
                ),
                ("marketplace", cascade("accounts.marketplace", related_name="labels")),
                ("seller", cascade("accounts.seller", null=True, related_name="labels")),
            ],
            options={
                "ordering": ["folded"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=Q(("seller__isnull", False)), fields=("seller", "folded"), name="label_name_once"
                    ),
                    models.UniqueConstraint(
                        condition=Q(("seller__isnull", True)),
                        fields=("marketplace", "folded"),
                        name="label_name_once_for_service",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="LabelledConversation",
            fields=[
                ID,
                ("conversation", cascade("messaging.conversation", related_name="+")),
                ("label", cascade("messaging.label", related_name="carried")),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("label", "conversation"), name="label_once_a_conversation")
                ],
            },
        ),
        migrations.AddField(
            model_name="label",
            name="conversations",
            field=models.ManyToManyField(
                related_name="labels", through="messaging.LabelledConversation", to="messaging.conversation"
            ),
        ),
        migrations.CreateModel(
            name="SavedView",
            fields=[
                ID,
                PUBLIC_ID,
                ("name", models.CharField(max_length=40)),
                ("query", models.CharField(max_length=300)),
                ("shared", models.BooleanField(default=False)),
                ("marketplace", cascade("accounts.marketplace", related_name="saved_views")),
                ("owner", cascade(settings.AUTH_USER_MODEL, related_name="+")),
                ("seller", cascade("accounts.seller", null=True, related_name="saved_views")),
            ],
            options={
                "ordering": ["name", "pk"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=Q(("seller__isnull", False)),
                        fields=("seller", "owner", "name"),
                        name="saved_view_once",
                    ),
                    models.UniqueConstraint(
                        condition=Q(("seller__isnull", True)),
                        fields=("marketplace", "owner", "name"),
                        name="saved_view_once_for_service",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="DeskVisit",
            fields=[
                ID,
                ("news_since", models.DateTimeField()),
                ("last_at", models.DateTimeField()),
                (
                    "staff",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="desk_visit", to="accounts.staff"
                    ),
                ),
            ],
        ),
        migrations.RemoveIndex(model_name="conversation", name="conversation_seller_inbox"),
        migrations.RemoveIndex(model_name="conversation", name="conversation_service_inbox"),
        migrations.AddField(
            model_name="conversation",
            name="assignee",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="conversation",
            name="unread_by_addressee",
            field=models.BooleanField(default=False),
        ),
        migrations.AddIndex(
            model_name="conversation",
            index=models.Index(
                condition=Q(("last_message__isnull", False)),
                fields=["seller", "addressee", *IN_ORDER],
                name="conversation_seller_inbox",
            ),
        ),
        migrations.AddIndex(
            model_name="conversation",
            index=models.Index(
                condition=Q(("last_message__isnull", False)),
                fields=["marketplace", "addressee", *IN_ORDER],
                name="conversation_service_inbox",
            ),
        ),
        migrations.AddIndex(
            model_name="conversation",
            index=models.Index(
                condition=Q(("assignee__isnull", False)),
                fields=["assignee", *IN_ORDER],
                name="conversation_of_assignee",
            ),
        ),
        migrations.AddIndex(
            model_name="conversation",
            index=models.Index(
                condition=Q(("last_message__isnull", False), ("unread_by_addressee", True)),
                fields=["seller", "addressee", *IN_ORDER],
                name="conversation_unread",
            ),
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(
                condition=Q(("state", "blocked"), ("state", "withdrawn"), _connector="OR"),
                fields=["sent_at"],
                name="message_refused",
            ),
        ),
        migrations.AlterField(
            model_name="ruling",
            name="decided_at",
            field=models.DateTimeField(db_index=True),
        ),
        migrations.RunPython(remember_what_is_unread, migrations.RunPython.noop, elidable=True),
    ]
