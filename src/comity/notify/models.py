"""Notifications: a mail that says that something waits, never what was written.

States: queued -> sending -> sent, or back to queued after a failure that may pass, or failed for good.
"""

from django.db import models

from comity.accounts.models import User
from comity.common.crypto import EncryptedTextField
from comity.common.ids import MAX_LENGTH, PublicIdField


class Notification(models.Model):
    """One thing to tell one user by e-mail. ``event`` makes it unique, so a repeated handler adds nothing."""

    class Kind(models.TextChoices):
        MESSAGE_WAITING = "message_waiting"
        RULING_MADE = "ruling_made"
        RULING_OVERDUE = "ruling_overdue"
        REPORT_DECIDED = "report_decided"
        MENTIONED = "mentioned"
        ASSIGNED = "assigned"
        INVITED = "invited"
        HANDLING_TIME_CHANGED = "handling_changed"
        ORDER_NEWS = "order_news"
        REPORT_READY = "report_ready"
        HELP_ASKED = "help_asked"
        HELP_ANSWERED = "help_answered"

    class State(models.TextChoices):
        QUEUED = "queued"
        SENDING = "sending"
        SENT = "sent"
        FAILED = "failed"

    public_id = PublicIdField()
    user = models.ForeignKey(User, models.CASCADE, related_name="notifications")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    event = models.CharField(max_length=MAX_LENGTH)
    marketplace = models.CharField(max_length=120)
    path = models.CharField(max_length=200)
    state = models.CharField(max_length=8, choices=State.choices, default=State.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    run_after = models.DateTimeField()
    leased_until = models.DateTimeField(null=True)
    last_error = models.TextField(blank=True)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "kind", "event"], name="notification_once"),
        ]
        indexes = [models.Index(fields=["state", "run_after"], name="notification_due")]


class NotificationPreference(models.Model):
    """A user who does not want mail of a kind. No row means the mail is wanted."""

    user = models.ForeignKey(User, models.CASCADE, related_name="notification_preferences")
    kind = models.CharField(max_length=20, choices=Notification.Kind.choices)
    by_email = models.BooleanField(default=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "kind"], name="notification_preference_once")]


class MailboxItem(models.Model):
    """A mail kept instead of sent, where the mail transport is the mailbox (demo, tests)."""

    message_id = models.CharField(max_length=200, unique=True)
    recipient = EncryptedTextField()
    subject = models.CharField(max_length=200)
    text = models.TextField()
    sent_at = models.DateTimeField()
