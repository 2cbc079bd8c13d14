"""What happens to an order before it leaves: when it must, who is told that it will not, who gives it up.

Invariants
    * At most one ship deadline of an order is open; a delay the buyer accepts ends it and starts the next.
    * Late without a notice of delay before is a breach, recorded once (``breached_at``; S45).
    * At most one cancellation request of an order waits for an answer.
"""

from django.db import models
from django.db.models import Q

from comity.common.ids import PublicIdField
from comity.common.models import Deadline
from comity.orders.models.orders import Order


class ShipDeadline(Deadline):
    """Until when an order must be confirmed as shipped (S73, S74, S81), and what follows when it is not.

    ``cancel_at``: when it is cancelled by itself (rules §5: ship-by plus 7 business days).
    """

    class End(models.TextChoices):
        OPEN = "", "open"
        SHIPPED = "shipped"
        CANCELLED = "cancelled"
        DELAYED = "delayed"

    order = models.ForeignKey(Order, models.CASCADE, related_name="ship_deadlines")
    remind_at = models.DateTimeField()
    cancel_at = models.DateTimeField()
    reminded_at = models.DateTimeField(null=True)
    late_at = models.DateTimeField(null=True)
    breached_at = models.DateTimeField(null=True)
    end = models.CharField(max_length=10, choices=End.choices, blank=True, default=End.OPEN)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["order"], name="ship_deadline_open_once", condition=Q(ended_at__isnull=True)
            )
        ]
        # One for each thing that the clock does, with what it has yet to do it to.
        indexes = [
            models.Index(
                fields=["remind_at"],
                name="ship_deadline_to_remind",
                condition=Q(ended_at__isnull=True, reminded_at__isnull=True, late_at__isnull=True),
            ),
            models.Index(
                fields=["due_at"], name="ship_deadline_due", condition=Q(ended_at__isnull=True, late_at__isnull=True)
            ),
            models.Index(fields=["cancel_at"], name="ship_deadline_to_cancel", condition=Q(ended_at__isnull=True)),
        ]


class DelayNotice(models.Model):
    """The seller told the buyer that it ships later (S45); the buyer keeps or cancels (S46)."""

    class Choice(models.TextChoices):
        NONE = "", "none yet"
        KEEP = "keep"
        CANCEL = "cancel"

    order = models.ForeignKey(Order, models.CASCADE, related_name="delay_notices")
    public_id = PublicIdField()
    ship_by = models.DateTimeField()
    deliver_by = models.DateTimeField(null=True)
    reason = models.TextField()
    told_by = models.CharField(max_length=31)
    told_at = models.DateTimeField()
    choice = models.CharField(max_length=6, choices=Choice.choices, blank=True, default=Choice.NONE)
    chosen_at = models.DateTimeField(null=True)


class CancelRequest(models.Model):
    """A buyer who does not want the order any more, after the time in which that is free."""

    class State(models.TextChoices):
        WAITING = "waiting"
        ACCEPTED = "accepted"
        DECLINED = "declined"
        OVERTAKEN = "overtaken"  # it had left, or was cancelled otherwise, before anybody answered

    order = models.ForeignKey(Order, models.CASCADE, related_name="cancel_requests")
    public_id = PublicIdField()
    reason = models.TextField(blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    asked_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    answered_by = models.CharField(max_length=31, blank=True)
    answer = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["order"], name="cancel_request_waits_once", condition=Q(state="waiting"))
        ]
