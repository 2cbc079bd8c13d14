"""What a seller may start once and no more.

Invariant: an order has one review request of the seller's side, whatever way it is asked, in words of its own too; the
database holds it (S35, S51, C6). A request whose message was refused, or given back, no longer stands, and its row is
used again.
"""

from django.db import models

from comity.accounts.models import User
from comity.messaging.models.conversations import Message
from comity.orders.models import Order

REVIEW_REQUEST = "review_request"  # the purpose of its message
_REFUSED = (Message.State.BLOCKED, Message.State.WITHDRAWN)


class ReviewRequest(models.Model):
    """The seller's one request for a review of an order; ``message`` is empty where it went another way."""

    order = models.OneToOneField(Order, models.PROTECT, related_name="review_request")
    asked_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    asked_at = models.DateTimeField()
    message = models.OneToOneField(Message, models.PROTECT, null=True, related_name="+")

    @property
    def stands(self) -> bool:
        """Whether it has used up the order's one request."""
        return self.message is None or self.message.state not in _REFUSED
