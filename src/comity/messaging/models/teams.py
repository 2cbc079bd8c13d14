"""How the people of one desk share its work: private notes, labels, saved views, the last visit.

A team is a seller's staff, or, where ``seller`` is empty, the people who serve for the marketplace.

Invariants
    * A note is read by the team of its ``side`` and by nobody else: no selector for buyers, for the other side
      or for the record finds it. It is no record entry, because records are exported and investigated.
    * A note's words never change; removed, they are gone and the place says who removed it.
    * Labels and saved views belong to one team; a conversation carries a label once.
"""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from comity.accounts.models import Marketplace, Seller, Staff, User
from comity.common.ids import PublicIdField
from comity.messaging.models.conversations import Conversation, Side


class Note(models.Model):
    """What one member of a team tells the others about a conversation."""

    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="notes")
    public_id = PublicIdField()
    side = models.CharField(max_length=12, choices=[(Side.SELLER, "seller"), (Side.MARKETPLACE, "marketplace")])
    author = models.ForeignKey(User, models.PROTECT, related_name="+")
    text = models.TextField(blank=True)
    written_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["conversation", "side", "written_at"], name="note_of_conversation")
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(removed_at__isnull=True) | Q(text=""), name="note_removed_is_empty"),
        ]


class Label(models.Model):
    """A word a team puts on conversations. ``colour`` names a token of the design, never a value."""

    class Colour(models.TextChoices):
        INK = "ink", "Grey"
        ACCENT = "accent", "Blue"
        OK = "ok", "Green"
        WARN = "warn", "Amber"
        ALERT = "alert", "Red"

    marketplace = models.ForeignKey(Marketplace, models.CASCADE, related_name="labels")
    seller = models.ForeignKey(Seller, models.CASCADE, null=True, related_name="labels")
    public_id = PublicIdField()
    name = models.CharField(max_length=40)
    folded = models.CharField(max_length=60, editable=False)
    colour = models.CharField(max_length=8, choices=Colour.choices, default=Colour.INK)
    conversations = models.ManyToManyField(Conversation, through="LabelledConversation", related_name="labels")

    class Meta:
        ordering: ClassVar[list[str]] = ["folded"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["seller", "folded"], name="label_name_once", condition=Q(seller__isnull=False)
            ),
            models.UniqueConstraint(
                fields=["marketplace", "folded"],
                name="label_name_once_for_service",
                condition=Q(seller__isnull=True),
            ),
        ]


class LabelledConversation(models.Model):
    """That a conversation carries a label."""

    label = models.ForeignKey(Label, models.CASCADE, related_name="carried")
    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="+")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["label", "conversation"], name="label_once_a_conversation")
        ]


class SavedView(models.Model):
    """Filters of the inbox under a name; ``query`` is what stands in the address. Its owner's, or the team's."""

    marketplace = models.ForeignKey(Marketplace, models.CASCADE, related_name="saved_views")
    seller = models.ForeignKey(Seller, models.CASCADE, null=True, related_name="saved_views")
    owner = models.ForeignKey(User, models.CASCADE, related_name="+")
    public_id = PublicIdField()
    name = models.CharField(max_length=40)
    query = models.CharField(max_length=300)
    shared = models.BooleanField(default=False)

    class Meta:
        ordering: ClassVar[list[str]] = ["name", "pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["seller", "owner", "name"], name="saved_view_once", condition=Q(seller__isnull=False)
            ),
            models.UniqueConstraint(
                fields=["marketplace", "owner", "name"],
                name="saved_view_once_for_service",
                condition=Q(seller__isnull=True),
            ),
        ]


class DeskVisit(models.Model):
    """When somebody last looked at the today page, and since when what they see there is new to them."""

    staff = models.OneToOneField(Staff, models.CASCADE, related_name="desk_visit")
    news_since = models.DateTimeField()
    last_at = models.DateTimeField()
