import comity.common.ids
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from comity.common.migrating import CreateTogether


INDEX = {
    "sqlite": [
        # Which entry holds which term, and nothing else: no copy of the text, no positions, no sizes. Terms come ready,
        # so the tokenizer only cuts at spaces; "@" marks the scope terms, which no person can type.
        # Messages apart from orders and people, which are few beside them: looking for those must not read these.
        """CREATE VIRTUAL TABLE messaging_search USING fts5(
            terms, content='', columnsize=0, detail='none', tokenize="ascii tokenchars '@'"
        )""",
        """CREATE VIRTUAL TABLE messaging_searchothers USING fts5(
            terms, content='', columnsize=0, detail='none', tokenize="ascii tokenchars '@'"
        )""",
    ],
    "postgresql": [
        "ALTER TABLE messaging_searchentry ADD COLUMN vector tsvector NOT NULL DEFAULT ''",
        "CREATE INDEX messaging_search ON messaging_searchentry USING gin (vector)",
    ],
}


def create_index(apps, schema_editor):
    for statement in INDEX[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


def drop_index(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute("DROP TABLE messaging_search")
        schema_editor.execute("DROP TABLE messaging_searchothers")


class Migration(migrations.Migration):
    replaces = [
        ("messaging", "0001_initial"),
        ("messaging", "0002_outreach"),
        ("messaging", "0003_attachments"),
        ("messaging", "0004_teams"),
        ("messaging", "0005_saved_replies"),
        ("messaging", "0006_care"),
        ("messaging", "0007_search"),
        ("messaging", "0008_notices"),
        ("messaging", "0009_trial_findings"),
        ("messaging", "0010_finding_forms"),
        ("messaging", "0011_likeness"),
        ("messaging", "0012_offers"),
    ]

    initial = True

    dependencies = [
        ("accounts", "0001_squashed"),
        ("catalog", "0001_squashed"),
        ("common", "0001_squashed"),
        ("files", "0001_squashed"),
        ("orders", "0001_squashed"),
    ]

    operations = [
        CreateTogether(
            models=[
                migrations.CreateModel(
                    name="Message",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("public_id", comity.common.ids.PublicIdField(editable=False, max_length=31, unique=True)),
                        ("number", models.PositiveIntegerField()),
                        (
                            "side",
                            models.CharField(
                                choices=[("buyer", "Buyer"), ("seller", "Seller"), ("marketplace", "Marketplace")],
                                max_length=12,
                            ),
                        ),
                        ("language", models.CharField(blank=True, max_length=12)),
                        ("purpose", models.CharField(max_length=20)),
                        ("topic", models.CharField(blank=True, max_length=40)),
                        ("automatic", models.BooleanField(default=False)),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("accepted", "Accepted"),
                                    ("held", "Held"),
                                    ("blocked", "Blocked"),
                                    ("delivered", "Delivered"),
                                    ("withdrawn", "Withdrawn"),
                                ],
                                max_length=10,
                            ),
                        ),
                        ("sent_at", models.DateTimeField()),
                        ("held_until", models.DateTimeField(null=True)),
                        ("delivered_at", models.DateTimeField(null=True)),
                        ("delivered_position", models.PositiveIntegerField(null=True)),
                        ("rulebook_digest", models.CharField(blank=True, max_length=64)),
                        ("engine_version", models.CharField(blank=True, max_length=20)),
                        (
                            "author",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="messages",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
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
                            "conversation",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="messages",
                                to="messaging.conversation",
                            ),
                        ),
                        (
                            "replaces",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="replaced_by",
                                to="messaging.message",
                            ),
                        ),
                        ("file_count", models.PositiveSmallIntegerField(default=0)),
                        ("undo_until", models.DateTimeField(null=True)),
                        ("likeness", models.BigIntegerField(null=True)),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                condition=models.Q(("state", "held")),
                                fields=["state", "held_until"],
                                name="message_held",
                            ),
                            models.Index(
                                condition=models.Q(("state", "blocked"), ("state", "withdrawn"), _connector="OR"),
                                fields=["sent_at"],
                                name="message_refused",
                            ),
                            models.Index(
                                condition=models.Q(("likeness__isnull", False)),
                                fields=["likeness", "sent_at"],
                                name="message_alike",
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(fields=("conversation", "number"), name="message_number_once"),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("state", "held"), _negated=True),
                                    ("held_until__isnull", False),
                                    _connector="OR",
                                ),
                                name="held_message_has_until",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Conversation",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("event_count", models.PositiveIntegerField(default=0, editable=False)),
                        ("record_count", models.PositiveIntegerField(default=0, editable=False)),
                        ("record_head", models.CharField(blank=True, editable=False, max_length=64)),
                        ("public_id", comity.common.ids.PublicIdField(editable=False, max_length=31, unique=True)),
                        (
                            "addressee",
                            models.CharField(
                                choices=[("seller", "seller"), ("marketplace", "marketplace")], max_length=12
                            ),
                        ),
                        ("topic", models.CharField(max_length=40)),
                        ("opened_at", models.DateTimeField()),
                        ("message_count", models.PositiveIntegerField(default=0)),
                        ("last_message_at", models.DateTimeField(null=True)),
                        ("reply_due_at", models.DateTimeField(null=True)),
                        ("buyer_waiting_since", models.DateTimeField(null=True)),
                        (
                            "buyer",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="conversations",
                                to="accounts.buyer",
                            ),
                        ),
                        (
                            "listing",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="conversations",
                                to="catalog.listing",
                            ),
                        ),
                        (
                            "marketplace",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="conversations",
                                to="accounts.marketplace",
                            ),
                        ),
                        (
                            "order",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="conversations",
                                to="orders.order",
                            ),
                        ),
                        (
                            "seller",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="conversations",
                                to="accounts.seller",
                            ),
                        ),
                        (
                            "last_message",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="messaging.message",
                            ),
                        ),
                        (
                            "assignee",
                            models.ForeignKey(
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("unread_by_addressee", models.BooleanField(default=False)),
                    ],
                    options={
                        "indexes": [
                            models.Index(fields=["buyer", "-last_message_at"], name="conversation_of_buyer"),
                            models.Index(
                                condition=models.Q(("last_message__isnull", False)),
                                fields=["seller", "addressee", "reply_due_at", "-last_message_at", "-id"],
                                name="conversation_seller_inbox",
                            ),
                            models.Index(
                                condition=models.Q(("last_message__isnull", False)),
                                fields=["marketplace", "addressee", "reply_due_at", "-last_message_at", "-id"],
                                name="conversation_service_inbox",
                            ),
                            models.Index(
                                condition=models.Q(("assignee__isnull", False)),
                                fields=["assignee", "reply_due_at", "-last_message_at", "-id"],
                                name="conversation_of_assignee",
                            ),
                            models.Index(
                                condition=models.Q(("last_message__isnull", False), ("unread_by_addressee", True)),
                                fields=["seller", "addressee", "reply_due_at", "-last_message_at", "-id"],
                                name="conversation_unread",
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("order__isnull", False)),
                                fields=("buyer", "addressee", "order"),
                                name="conversation_per_order",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("listing__isnull", False), ("order__isnull", True)),
                                fields=("buyer", "addressee", "listing"),
                                name="conversation_per_listing",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(
                                    ("listing__isnull", True), ("order__isnull", True), ("seller__isnull", False)
                                ),
                                fields=("buyer", "addressee", "seller"),
                                name="conversation_per_seller",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(
                                    ("listing__isnull", True), ("order__isnull", True), ("seller__isnull", True)
                                ),
                                fields=("buyer", "addressee"),
                                name="conversation_without_subject",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("addressee", "marketplace"), ("seller__isnull", False), _connector="OR"
                                ),
                                name="conversation_has_addressee",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Attachment",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
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
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="attachments",
                                to="messaging.message",
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
                migrations.CreateModel(
                    name="Finding",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("position", models.PositiveSmallIntegerField()),
                        ("rule", models.CharField(max_length=60)),
                        ("start", models.PositiveIntegerField()),
                        ("end", models.PositiveIntegerField()),
                        ("outcome", models.CharField(max_length=8)),
                        ("reason", models.TextField()),
                        ("advice", models.TextField()),
                        (
                            "message",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="findings",
                                to="messaging.message",
                            ),
                        ),
                        (
                            "attachment",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="findings",
                                to="messaging.attachment",
                            ),
                        ),
                        ("page", models.PositiveIntegerField(null=True)),
                        ("quote", models.TextField(blank=True)),
                        ("form", models.CharField(blank=True, default="", max_length=40)),
                        ("detail", models.TextField(blank=True, default="")),
                    ],
                    options={
                        "ordering": ["position"],
                        "constraints": [
                            models.UniqueConstraint(fields=("message", "position"), name="finding_position_once")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Participant",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "side",
                            models.CharField(
                                choices=[("buyer", "Buyer"), ("seller", "Seller"), ("marketplace", "Marketplace")],
                                max_length=12,
                            ),
                        ),
                        ("read_up_to", models.PositiveIntegerField(default=0)),
                        (
                            "conversation",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="participants",
                                to="messaging.conversation",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("conversation", "side"), name="participant_side_once")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ReplyDeadline",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("started_at", models.DateTimeField()),
                        ("due_at", models.DateTimeField()),
                        ("profile_digest", models.CharField(max_length=64)),
                        ("ended_at", models.DateTimeField(null=True)),
                        (
                            "owed_by",
                            models.CharField(
                                choices=[("seller", "seller"), ("marketplace", "marketplace")], max_length=12
                            ),
                        ),
                        (
                            "end",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("", "open"),
                                    ("answered", "Answered"),
                                    ("not_needed", "Not Needed"),
                                    ("merged", "Merged"),
                                ],
                                default="",
                                max_length=12,
                            ),
                        ),
                        (
                            "conversation",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="reply_deadlines",
                                to="messaging.conversation",
                            ),
                        ),
                        (
                            "ended_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="messaging.message",
                            ),
                        ),
                        (
                            "first_message",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="messaging.message"
                            ),
                        ),
                        (
                            "marked_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "seller",
                            models.ForeignKey(
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="reply_deadlines",
                                to="accounts.seller",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                condition=models.Q(("end", "answered")),
                                fields=["seller", "-ended_at"],
                                name="reply_deadline_answered",
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("ended_at__isnull", True)),
                                fields=("conversation",),
                                name="reply_deadline_open_once",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Ruling",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "decision",
                            models.CharField(
                                choices=[("release", "Release"), ("return", "Return"), ("block", "Block")], max_length=8
                            ),
                        ),
                        ("decided_at", models.DateTimeField(db_index=True)),
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
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="rulings",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "message",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="ruling",
                                to="messaging.message",
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="Draft",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("place", models.CharField(max_length=80)),
                        ("text", models.TextField()),
                        ("topic", models.CharField(blank=True, max_length=40)),
                        ("updated_at", models.DateTimeField()),
                        (
                            "user",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="drafts",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("started_at", models.DateTimeField()),
                    ],
                    options={
                        "constraints": [models.UniqueConstraint(fields=("user", "place"), name="draft_place_once")],
                        "indexes": [models.Index(fields=["place", "updated_at"], name="draft_of_place")],
                    },
                ),
                migrations.CreateModel(
                    name="ReviewRequest",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("asked_at", models.DateTimeField()),
                        (
                            "asked_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "message",
                            models.OneToOneField(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="messaging.message",
                            ),
                        ),
                        (
                            "order",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="review_request",
                                to="orders.order",
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="Note",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("public_id", comity.common.ids.PublicIdField(editable=False, max_length=31, unique=True)),
                        (
                            "side",
                            models.CharField(
                                choices=[("seller", "seller"), ("marketplace", "marketplace")], max_length=12
                            ),
                        ),
                        ("text", models.TextField(blank=True)),
                        ("written_at", models.DateTimeField()),
                        ("removed_at", models.DateTimeField(null=True)),
                        (
                            "author",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "conversation",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="notes",
                                to="messaging.conversation",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(fields=["conversation", "side", "written_at"], name="note_of_conversation")
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("removed_at__isnull", True), ("text", ""), _connector="OR"),
                                name="note_removed_is_empty",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Label",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("public_id", comity.common.ids.PublicIdField(editable=False, max_length=31, unique=True)),
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
                        (
                            "marketplace",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="labels",
                                to="accounts.marketplace",
                            ),
                        ),
                        (
                            "seller",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="labels",
                                to="accounts.seller",
                            ),
                        ),
                        (
                            "conversations",
                            models.ManyToManyField(
                                related_name="labels",
                                through="messaging.LabelledConversation",
                                to="messaging.conversation",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["folded"],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("seller__isnull", False)),
                                fields=("seller", "folded"),
                                name="label_name_once",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("seller__isnull", True)),
                                fields=("marketplace", "folded"),
                                name="label_name_once_for_service",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="LabelledConversation",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "conversation",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="messaging.conversation",
                            ),
                        ),
                        (
                            "label",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="carried",
                                to="messaging.label",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("label", "conversation"), name="label_once_a_conversation")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="SavedView",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("public_id", comity.common.ids.PublicIdField(editable=False, max_length=31, unique=True)),
                        ("name", models.CharField(max_length=40)),
                        ("query", models.CharField(max_length=300)),
                        ("shared", models.BooleanField(default=False)),
                        (
                            "marketplace",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="saved_views",
                                to="accounts.marketplace",
                            ),
                        ),
                        (
                            "owner",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "seller",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="saved_views",
                                to="accounts.seller",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["name", "pk"],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("seller__isnull", False)),
                                fields=("seller", "owner", "name"),
                                name="saved_view_once",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("seller__isnull", True)),
                                fields=("marketplace", "owner", "name"),
                                name="saved_view_once_for_service",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="DeskVisit",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("news_since", models.DateTimeField()),
                        ("last_at", models.DateTimeField()),
                        (
                            "staff",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="desk_visit",
                                to="accounts.staff",
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="SavedReply",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
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
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="SavedReplyText",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "saved_reply",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="texts",
                                to="messaging.savedreply",
                            ),
                        ),
                        ("language", models.CharField(max_length=12)),
                        ("text", models.TextField()),
                        (
                            "changed_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("changed_at", models.DateTimeField()),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("saved_reply", "language"), name="saved_reply_language_once"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Report",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("public_id", comity.common.ids.PublicIdField(editable=False, max_length=31, unique=True)),
                        ("side", models.CharField(choices=[("buyer", "buyer"), ("seller", "seller")], max_length=12)),
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
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
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
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="message_reports",
                                to="accounts.marketplace",
                            ),
                        ),
                        (
                            "message",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="reports",
                                to="messaging.message",
                            ),
                        ),
                        (
                            "reported_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="message_reports",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                condition=models.Q(("state", "open")),
                                fields=["marketplace", "reported_at"],
                                name="report_open",
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(fields=("message", "side"), name="report_once_a_side"),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("decided_at__isnull", True), ("decided_by__isnull", True), ("state", "open")
                                    ),
                                    models.Q(
                                        models.Q(("state", "open"), _negated=True),
                                        ("decided_at__isnull", False),
                                        ("decided_by__isnull", False),
                                    ),
                                    _connector="OR",
                                ),
                                name="report_decided_by_somebody",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Block",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("side", models.CharField(choices=[("buyer", "buyer"), ("seller", "seller")], max_length=12)),
                        ("made_at", models.DateTimeField()),
                        ("ended_at", models.DateTimeField(null=True)),
                        (
                            "buyer",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="blocks", to="accounts.buyer"
                            ),
                        ),
                        (
                            "ended_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
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
                                related_name="blocks",
                                to="accounts.marketplace",
                            ),
                        ),
                        (
                            "seller",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="blocks", to="accounts.seller"
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("ended_at__isnull", True)),
                                fields=("buyer", "seller", "side"),
                                name="block_in_force_once",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Vote",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("solved", models.BooleanField()),
                        ("voted_at", models.DateTimeField()),
                        (
                            "conversation",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="votes",
                                to="messaging.conversation",
                            ),
                        ),
                        (
                            "message",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.CASCADE, related_name="vote", to="messaging.message"
                            ),
                        ),
                        (
                            "seller",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="votes", to="accounts.seller"
                            ),
                        ),
                        (
                            "voted_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(fields=["conversation", "-voted_at"], name="vote_last_of_conversation"),
                            models.Index(fields=["seller", "voted_at"], name="vote_of_seller"),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="SearchEntry",
                    fields=[
                        ("id", models.BigIntegerField(primary_key=True, serialize=False)),
                        ("kept", models.TextField()),
                    ],
                ),
                migrations.CreateModel(
                    name="Notice",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
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
                            models.CharField(
                                choices=[("seller", "seller"), ("marketplace", "marketplace")], max_length=12
                            ),
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
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="notices",
                                to=settings.AUTH_USER_MODEL,
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
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="notices",
                                to="accounts.marketplace",
                            ),
                        ),
                        (
                            "product",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="notices",
                                to="catalog.product",
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
                    options={
                        "indexes": [
                            models.Index(fields=["seller", "-id"], name="notice_of_seller"),
                            models.Index(fields=["marketplace", "kind", "-id"], name="notice_of_marketplace"),
                            models.Index(fields=["product", "state"], name="notice_about_product"),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("side", "marketplace"), ("seller__isnull", False), _connector="OR"),
                                name="notice_of_seller_has_seller",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("kind", "recall"), _negated=True),
                                    ("state__in", ["draft", "awaiting", "returned", "discarded"]),
                                    ("decided_by__isnull", False),
                                    _connector="OR",
                                ),
                                name="recall_sent_when_approved",
                            ),
                        ],
                    },
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
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
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
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="messaging.message",
                            ),
                        ),
                        (
                            "notice",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="recipients",
                                to="messaging.notice",
                            ),
                        ),
                        (
                            "order",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="orders.order"
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(fields=["buyer", "notice"], name="notice_recipient_of_buyer"),
                            models.Index(fields=["notice", "acknowledged_at"], name="notice_acknowledged"),
                        ],
                        "constraints": [
                            models.UniqueConstraint(fields=("notice", "buyer"), name="notice_recipient_once"),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("message__isnull", False), ("outcome", "sent")),
                                    models.Q(models.Q(("outcome", "sent"), _negated=True), ("message__isnull", True)),
                                    _connector="OR",
                                ),
                                name="notice_sent_is_a_message",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Agreement",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("public_id", comity.common.ids.PublicIdField(editable=False, max_length=31, unique=True)),
                        ("kind", models.CharField(max_length=40)),
                        (
                            "party",
                            models.CharField(
                                choices=[("seller", "seller"), ("marketplace", "marketplace")], max_length=12
                            ),
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
                            models.CharField(
                                choices=[("seller", "seller"), ("marketplace", "marketplace")], max_length=12
                            ),
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
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "seller",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="agreements",
                                to="accounts.seller",
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
                                        ("answered_at__isnull", True),
                                        ("answered_by__isnull", True),
                                        ("state", "proposed"),
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
                migrations.CreateModel(
                    name="TrialFinding",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "message",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="trial_findings",
                                to="messaging.message",
                            ),
                        ),
                        ("rule", models.CharField(max_length=60)),
                        ("start", models.PositiveIntegerField()),
                        ("end", models.PositiveIntegerField()),
                        ("outcome", models.CharField(max_length=8)),
                        (
                            "attachment",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="trial_findings",
                                to="messaging.attachment",
                            ),
                        ),
                        ("page", models.PositiveIntegerField(null=True)),
                    ],
                ),
                migrations.CreateModel(
                    name="Duty",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("started_at", models.DateTimeField()),
                        ("due_at", models.DateTimeField()),
                        ("profile_digest", models.CharField(max_length=64)),
                        ("ended_at", models.DateTimeField(null=True)),
                        ("public_id", comity.common.ids.PublicIdField(editable=False, max_length=31, unique=True)),
                        ("kind", models.CharField(max_length=40)),
                        ("event", models.CharField(max_length=31)),
                        ("about", models.CharField(max_length=31)),
                        ("missed_at", models.DateTimeField(null=True)),
                        (
                            "message",
                            models.OneToOneField(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="fulfils",
                                to="messaging.message",
                            ),
                        ),
                        (
                            "order",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="duties", to="orders.order"
                            ),
                        ),
                        (
                            "seller",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="duties", to="accounts.seller"
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                condition=models.Q(("ended_at__isnull", True)),
                                fields=["seller", "due_at"],
                                name="duty_of_seller",
                            ),
                            models.Index(
                                condition=models.Q(("ended_at__isnull", True), ("missed_at__isnull", True)),
                                fields=["due_at"],
                                name="duty_due",
                            ),
                        ],
                        "constraints": [models.UniqueConstraint(fields=("event", "kind"), name="duty_once")],
                    },
                ),
                migrations.CreateModel(
                    name="Escalation",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("public_id", comity.common.ids.PublicIdField(editable=False, max_length=31, unique=True)),
                        ("reason", models.TextField()),
                        ("made_at", models.DateTimeField()),
                        ("answer", models.TextField(blank=True)),
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
                            "conversation",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="escalations",
                                to="messaging.conversation",
                            ),
                        ),
                        (
                            "made_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                condition=models.Q(("answered_at__isnull", True)),
                                fields=["made_at"],
                                name="escalation_open",
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("answered_at__isnull", True)),
                                fields=("conversation",),
                                name="escalation_open_once",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Offer",
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
                                    ("refund", "Refund of all that was paid"),
                                    ("partial", "Partial refund, the item is kept"),
                                    ("replacement", "Replacement"),
                                    ("return", "Return, then refund"),
                                ],
                                max_length=12,
                            ),
                        ),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("offered", "Waits for the buyer"),
                                    ("countered", "The buyer asks for another amount"),
                                    ("accepted", "Accepted"),
                                    ("declined", "Declined"),
                                    ("withdrawn", "Taken back"),
                                    ("expired", "Expired"),
                                ],
                                default="offered",
                                max_length=10,
                            ),
                        ),
                        ("amount_minor", models.PositiveBigIntegerField(default=0)),
                        ("counter_minor", models.PositiveBigIntegerField(null=True)),
                        ("profile_digest", models.CharField(max_length=64)),
                        ("made_at", models.DateTimeField()),
                        ("expires_at", models.DateTimeField()),
                        ("closed_at", models.DateTimeField(null=True)),
                        (
                            "adjustment",
                            models.OneToOneField(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="offer",
                                to="orders.adjustment",
                            ),
                        ),
                        (
                            "closed_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "conversation",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="offers",
                                to="messaging.conversation",
                            ),
                        ),
                        (
                            "message",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="offer",
                                to="messaging.message",
                            ),
                        ),
                        (
                            "order",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="offers", to="orders.order"
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                condition=models.Q(("state", "offered"), ("state", "countered"), _connector="OR"),
                                fields=["expires_at"],
                                name="offer_to_expire",
                            ),
                            models.Index(fields=["conversation", "-made_at"], name="offer_of_conversation"),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("state", "offered"), ("state", "countered"), _connector="OR"),
                                fields=("order",),
                                name="offer_open_once",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("state", "countered"), _negated=True),
                                    ("counter_minor__isnull", False),
                                    _connector="OR",
                                ),
                                name="offer_counter_has_amount",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="OrderNotice",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("event", models.CharField(max_length=31)),
                        ("kind", models.CharField(max_length=40)),
                        ("sent_at", models.DateTimeField()),
                        (
                            "message",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="order_notice",
                                to="messaging.message",
                            ),
                        ),
                        (
                            "order",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="notices", to="orders.order"
                            ),
                        ),
                    ],
                    options={
                        "indexes": [models.Index(fields=["order", "sent_at"], name="order_notice_of_order")],
                        "constraints": [models.UniqueConstraint(fields=("event", "kind"), name="order_notice_once")],
                    },
                ),
            ],
        ),
        migrations.RunPython(create_index, drop_index),
    ]
