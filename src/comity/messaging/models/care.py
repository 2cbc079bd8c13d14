"""What a side does when the other goes too far, and whether an answer helped: reports, blocks, votes.

Invariants
    * A side reports a message of the other side once; a report moves along ``REPORT_TRANSITIONS``.
    * Of a pair of buyer and seller, each side has at most one block in force.
    * One vote a reply; the buyer may change it. Of a conversation, the last vote counts (rules §6).
"""

from django.db import models
from django.db.models import Q

from comity.accounts.models import Buyer, Marketplace, Seller, User
from comity.common.ids import PublicIdField
from comity.common.models import RecordBody
from comity.messaging.models.conversations import Conversation, Message, Side

_PARTIES = [(Side.BUYER, "buyer"), (Side.SELLER, "seller")]


class Report(models.Model):
    """A side says that a message of the other breaks the rules; the marketplace decides."""

    class State(models.TextChoices):
        OPEN = "open"
        UPHELD = "upheld"
        DISMISSED = "dismissed"

    class Reason(models.TextChoices):
        ABUSE = "abuse", "Insult, threat or hate"
        SPAM = "spam", "Advertising or spam"
        OFF_PLATFORM = "off_platform", "Asks to pay or talk elsewhere"
        PERSONAL_DATA = "personal_data", "Asks for or shows personal data"
        SCAM = "scam", "Fraud"
        OTHER = "other", "Something else"

    message = models.ForeignKey(Message, models.CASCADE, related_name="reports")
    marketplace = models.ForeignKey(Marketplace, models.PROTECT, related_name="message_reports")
    public_id = PublicIdField()
    side = models.CharField(max_length=12, choices=_PARTIES)
    reported_by = models.ForeignKey(User, models.PROTECT, related_name="message_reports")
    reported_at = models.DateTimeField()
    reason = models.CharField(max_length=16, choices=Reason.choices)
    body = models.ForeignKey(RecordBody, models.SET_NULL, null=True, related_name="+")
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    decision_body = models.ForeignKey(RecordBody, models.SET_NULL, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["message", "side"], name="report_once_a_side"),
            models.CheckConstraint(
                condition=Q(state="open", decided_by__isnull=True, decided_at__isnull=True)
                | (~Q(state="open") & Q(decided_by__isnull=False, decided_at__isnull=False)),
                name="report_decided_by_somebody",
            ),
        ]
        indexes = [
            models.Index(fields=["marketplace", "reported_at"], name="report_open", condition=Q(state="open")),
        ]

    @property
    def words(self) -> str:
        """What the reporter wrote besides the reason; empty when nothing, or once erased."""
        return self.body.text if self.body else ""

    @property
    def explanation(self) -> str:
        """What the reporter is told about the decision."""
        return self.decision_body.text if self.decision_body else ""


REPORT_TRANSITIONS: dict[str, frozenset[str]] = {
    "": frozenset({Report.State.OPEN}),
    Report.State.OPEN: frozenset({Report.State.UPHELD, Report.State.DISMISSED}),
    Report.State.UPHELD: frozenset(),
    Report.State.DISMISSED: frozenset(),
}


class Block(models.Model):
    """A side wants no more messages of the other, from ``made_at`` until ``ended_at``; see services.blocks."""

    marketplace = models.ForeignKey(Marketplace, models.PROTECT, related_name="blocks")
    buyer = models.ForeignKey(Buyer, models.PROTECT, related_name="blocks")
    seller = models.ForeignKey(Seller, models.PROTECT, related_name="blocks")
    side = models.CharField(max_length=12, choices=_PARTIES)
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    ended_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["buyer", "seller", "side"], name="block_in_force_once", condition=Q(ended_at__isnull=True)
            )
        ]


class Vote(models.Model):
    """The buyer's answer to "Did this solve it?" under a reply of the seller."""

    message = models.OneToOneField(Message, models.CASCADE, related_name="vote")
    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="votes")
    seller = models.ForeignKey(Seller, models.PROTECT, related_name="votes")
    voted_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    solved = models.BooleanField()
    voted_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["conversation", "-voted_at"], name="vote_last_of_conversation"),
            models.Index(fields=["seller", "voted_at"], name="vote_of_seller"),
        ]
