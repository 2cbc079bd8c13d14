"""Saved replies: texts that a team writes once and inserts where they fit, one text a language.

Invariants
    * A saved reply belongs to one seller, or, without a seller, to the marketplace's own service desk.
    * Its name is unique there; it is what people type after a slash.
    * A stored text names known variables only, and the rules let it be sent.
"""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from comity.accounts.models import Marketplace, Seller, User
from comity.common.ids import PublicIdField

NAME_CHARACTERS = 40  # a name is typed after a slash


class SavedReply(models.Model):
    """One saved reply in however many languages."""

    marketplace = models.ForeignKey(Marketplace, models.PROTECT, related_name="saved_replies")
    seller = models.ForeignKey(Seller, models.PROTECT, null=True, related_name="saved_replies")
    public_id = PublicIdField()
    name = models.CharField(max_length=NAME_CHARACTERS)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["seller", "name"], name="saved_reply_of_seller_once", condition=Q(seller__isnull=False)
            ),
            models.UniqueConstraint(
                fields=["marketplace", "name"], name="saved_reply_of_service_once", condition=Q(seller__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return self.name


class SavedReplyText(models.Model):
    """What a saved reply says in one language, variables unfilled; who changed it last, and when."""

    saved_reply = models.ForeignKey(SavedReply, models.CASCADE, related_name="texts")
    language = models.CharField(max_length=12)
    text = models.TextField()
    changed_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    changed_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["saved_reply", "language"], name="saved_reply_language_once")
        ]
