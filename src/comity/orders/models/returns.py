"""Goods on their way back, from the request to the money.

``RETURN_TRANSITIONS`` is the whole life of a return; services move along it and nowhere else, and each move is an entry
of the order's record.

Invariants
    * Of a line never more pieces are under way back or taken back than were shipped.
    * A new, unopened item that comes within the window is accepted and refunded in full (S78, C12).
    * The 48-hour answer clock runs while a return is ``requested`` (rules §3).
    * What has arrived and was not looked at within the days of the profile is refunded in full by itself (rules §5).
"""

from django.db import models
from django.db.models import Q

from comity.common.ids import PublicIdField
from comity.common.models import Deadline
from comity.files.models import Blob
from comity.orders.models.money import Adjustment
from comity.orders.models.orders import Order, OrderLine


class Return(models.Model):
    """One request of a buyer to send something back, and what became of it.

    ``postage``: who pays for sending it back, by reason (rules §5). ``address`` or ``label``: where to, or with what.
    ``profile_digest``: the terms under which it was asked for, and stands to its end. ``promised_minor``: what comes
    back for it once it has arrived, where that was agreed with the seller. ``overdue_at``: when it was found that
    nobody had looked at what arrived in time.
    """

    class State(models.TextChoices):
        REQUESTED = "requested"
        AUTHORISED = "authorised"
        IN_TRANSIT = "in_transit"
        RECEIVED = "received"
        GRADED = "graded"
        REFUNDED = "refunded"
        DECLINED = "declined"
        CLOSED = "closed"

    class Postage(models.TextChoices):
        BUYER = "buyer"
        SELLER = "seller"

    order = models.ForeignKey(Order, models.CASCADE, related_name="returns")
    public_id = PublicIdField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.REQUESTED)
    postage = models.CharField(max_length=6, choices=Postage.choices)
    profile_digest = models.CharField(max_length=64)
    returnless = models.BooleanField(default=False)
    automatic = models.BooleanField(default=False)
    promised_minor = models.PositiveBigIntegerField(null=True)
    address = models.TextField(blank=True)
    label = models.ForeignKey(Blob, models.PROTECT, null=True, related_name="+")
    carrier = models.CharField(max_length=60, blank=True)
    carrier_key = models.CharField(max_length=180, blank=True)  # of the label's carrier, as in ``CarrierEvent``
    tracking_number = models.CharField(max_length=60, blank=True)
    adjustment = models.OneToOneField(Adjustment, models.PROTECT, null=True, related_name="of_return")
    answer = models.TextField(blank=True)
    requested_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    received_at = models.DateTimeField(null=True)
    overdue_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["order", "-requested_at"], name="return_of_order"),
            models.Index(
                fields=["tracking_number"],
                name="return_to_be_scanned",
                condition=Q(state__in=["authorised", "in_transit"]) & ~Q(tracking_number=""),
            ),
            models.Index(
                fields=["received_at"], name="return_to_be_looked_at", condition=Q(state="received", overdue_at=None)
            ),
        ]


RETURN_TRANSITIONS: dict[str, frozenset[str]] = {
    Return.State.REQUESTED: frozenset(
        {Return.State.AUTHORISED, Return.State.REFUNDED, Return.State.DECLINED, Return.State.CLOSED}
    ),
    Return.State.AUTHORISED: frozenset({Return.State.IN_TRANSIT, Return.State.RECEIVED, Return.State.CLOSED}),
    Return.State.IN_TRANSIT: frozenset({Return.State.RECEIVED, Return.State.CLOSED}),
    # refunded: by itself, where nobody looked at it in time
    Return.State.RECEIVED: frozenset({Return.State.GRADED, Return.State.REFUNDED}),
    Return.State.GRADED: frozenset({Return.State.REFUNDED, Return.State.DECLINED}),
    Return.State.REFUNDED: frozenset(),
    Return.State.DECLINED: frozenset(),
    Return.State.CLOSED: frozenset(),
}


class ReturnLine(models.Model):
    """How many of an order line come back, why, and in which condition they arrived.

    ``reason``, ``grade``: keys of the profile's tables. ``deduction_percent``: of what was paid for them.
    """

    returned = models.ForeignKey(Return, models.CASCADE, related_name="lines")
    line = models.ForeignKey(OrderLine, models.PROTECT, related_name="returned")
    quantity = models.PositiveIntegerField()
    reason = models.CharField(max_length=40)
    comment = models.TextField(blank=True)
    opened = models.BooleanField(default=False)
    grade = models.CharField(max_length=40, blank=True)
    grade_reason = models.CharField(max_length=40, blank=True)
    grade_comment = models.TextField(blank=True)
    deduction_percent = models.PositiveSmallIntegerField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["returned", "line"], name="return_line_once")]


class ReturnPhoto(models.Model):
    """A picture of what comes or came back: the buyer's with the request, the seller's with the grade."""

    returned = models.ForeignKey(Return, models.CASCADE, related_name="photos")
    public_id = PublicIdField()
    blob = models.ForeignKey(Blob, models.PROTECT, related_name="+")
    name = models.CharField(max_length=200)
    side = models.CharField(max_length=6, choices=[("buyer", "buyer"), ("seller", "seller")])
    added_at = models.DateTimeField()


class ReturnDeadline(Deadline):
    """When the seller must have authorised, refunded or closed a request: 48 hours of wall time (rules §3)."""

    returned = models.ForeignKey(Return, models.CASCADE, related_name="deadlines")
    missed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["returned"], name="return_deadline_open_once", condition=Q(ended_at__isnull=True)
            )
        ]
        indexes = [models.Index(fields=["due_at"], name="return_deadline_due", condition=Q(ended_at__isnull=True))]


class ReturnRule(models.Model):
    """A seller's standing order: requests that fit are accepted, or refunded without the goods, by themselves.

    Empty limits hold for any. ``most_minor``: of what was paid for all pieces of an order that rules answered, in
    ``currency``. ``address``: where to,
    unless ``returnless``.
    """

    seller = models.ForeignKey("accounts.Seller", models.CASCADE, related_name="return_rules")
    public_id = PublicIdField()
    reasons = models.JSONField(default=list)
    most_minor = models.PositiveBigIntegerField(null=True)
    currency = models.CharField(max_length=3, blank=True)
    returnless = models.BooleanField(default=False)
    address = models.TextField(blank=True)
    made_by = models.CharField(max_length=31)
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
