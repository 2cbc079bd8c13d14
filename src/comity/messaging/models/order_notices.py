"""What buyers are told of their orders: by the marketplace, or by the seller, who then owes it.

Invariants
    * Of an event one notice of a kind is sent, and one is owed, whatever is repeated.
    * A duty ends with the message that fulfils it; missed before that, it is so once and for good (``missed_at``).
"""

from django.db import models
from django.db.models import Q

from comity.accounts.models import Seller
from comity.common.ids import MAX_LENGTH, PublicIdField
from comity.common.models import Deadline
from comity.messaging.models.conversations import Message
from comity.orders.models import Order

# The purpose of the marketplace's messages about what has happened to an order: they answer nothing.
ORDER_NOTICE = "order_notice"


class OrderNotice(models.Model):
    """One confirmation or piece of news that the marketplace sent. ``event``: the public id of what it tells of.

    ``order`` is None for what is told of a subscription that has none yet.
    """

    order = models.ForeignKey(Order, models.CASCADE, null=True, related_name="notices")
    event = models.CharField(max_length=MAX_LENGTH)
    kind = models.CharField(max_length=40)
    message = models.OneToOneField(Message, models.PROTECT, related_name="order_notice")
    sent_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["event", "kind"], name="order_notice_once")]
        indexes = [models.Index(fields=["order", "sent_at"], name="order_notice_of_order")]


class Duty(Deadline):
    """A message of ``kind`` that a seller owes the buyer because of ``event``, ``about`` a shipment or adjustment."""

    seller = models.ForeignKey(Seller, models.PROTECT, related_name="duties")
    order = models.ForeignKey(Order, models.CASCADE, related_name="duties")
    public_id = PublicIdField()
    kind = models.CharField(max_length=40)
    event = models.CharField(max_length=MAX_LENGTH)
    about = models.CharField(max_length=MAX_LENGTH)
    message = models.OneToOneField(Message, models.PROTECT, null=True, related_name="fulfils")
    missed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["event", "kind"], name="duty_once")]
        indexes = [
            models.Index(fields=["seller", "due_at"], name="duty_of_seller", condition=Q(ended_at__isnull=True)),
            models.Index(
                fields=["due_at"], name="duty_due", condition=Q(ended_at__isnull=True, missed_at__isnull=True)
            ),
        ]
