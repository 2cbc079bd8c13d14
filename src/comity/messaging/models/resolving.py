"""How a matter between buyer and seller is settled: offers, and asking the marketplace for help (S29).

Invariants
    * ``OFFER_TRANSITIONS`` is the whole life of an offer. Of an order one offer at a time waits for an answer.
    * An offer is made by a message of its seller, and cannot be answered before that has been delivered.
    * What is offered is carried out in the transaction that accepts it, once: the money (``adjustment``), or the order
      or return that follows (``made``).
"""

from django.db import models
from django.db.models import Q

from comity.accounts.models import User
from comity.common.ids import PublicIdField
from comity.messaging.models.conversations import Conversation, Message
from comity.orders.models import Adjustment, Order


class Offer(models.Model):
    """What a seller offers a buyer about one order. Amounts are minor units of the order's currency.

    ``counter_minor``: what the buyer asks for instead, for the seller to answer. ``pieces``: of a replacement or a
    return, how many of each line, by the line's external id. ``address``: where a return goes. ``made``: public id of
    the order or the return that came of it.
    """

    class Kind(models.TextChoices):
        REFUND = "refund", "Refund of all that was paid"
        PARTIAL = "partial", "Partial refund, the item is kept"
        REPLACEMENT = "replacement", "Replacement"
        RETURN = "return", "Return, then refund"

    class State(models.TextChoices):
        OFFERED = "offered", "Waits for the buyer"
        COUNTERED = "countered", "The buyer asks for another amount"
        ACCEPTED = "accepted", "Accepted"
        DECLINED = "declined", "Declined"
        WITHDRAWN = "withdrawn", "Taken back"
        EXPIRED = "expired", "Expired"

    conversation = models.ForeignKey(Conversation, models.PROTECT, related_name="offers")
    order = models.ForeignKey(Order, models.PROTECT, related_name="offers")
    message = models.OneToOneField(Message, models.PROTECT, related_name="offer")
    public_id = PublicIdField()
    kind = models.CharField(max_length=12, choices=Kind.choices)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OFFERED)
    amount_minor = models.PositiveBigIntegerField(default=0)
    counter_minor = models.PositiveBigIntegerField(null=True)
    pieces = models.JSONField(default=dict)
    address = models.TextField(blank=True)
    made = models.CharField(max_length=31, blank=True)
    profile_digest = models.CharField(max_length=64)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    adjustment = models.OneToOneField(Adjustment, models.PROTECT, null=True, related_name="offer")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["order"], name="offer_open_once", condition=Q(state="offered") | Q(state="countered")
            ),
            models.CheckConstraint(
                condition=~Q(state="countered") | Q(counter_minor__isnull=False), name="offer_counter_has_amount"
            ),
        ]
        indexes = [
            models.Index(
                fields=["expires_at"], name="offer_to_expire", condition=Q(state="offered") | Q(state="countered")
            ),
            models.Index(fields=["conversation", "-made_at"], name="offer_of_conversation"),
        ]

    @property
    def is_open(self) -> bool:
        """Whether somebody may still answer it."""
        return bool(OFFER_TRANSITIONS[self.state])

    @property
    def is_money(self) -> bool:
        """Whether accepting it gives money back at once."""
        return self.kind in (self.Kind.REFUND, self.Kind.PARTIAL)


_State = Offer.State
_CLOSED = frozenset({_State.ACCEPTED, _State.DECLINED, _State.WITHDRAWN, _State.EXPIRED})
OFFER_TRANSITIONS: dict[str, frozenset[str]] = {
    "": frozenset({_State.OFFERED}),
    # by the buyer, taken back by the seller, or by time
    _State.OFFERED: _CLOSED | {_State.COUNTERED},
    # by the seller, or by time
    _State.COUNTERED: frozenset({_State.ACCEPTED, _State.DECLINED, _State.WITHDRAWN, _State.EXPIRED}),
    _State.ACCEPTED: frozenset(),
    _State.DECLINED: frozenset(),
    _State.WITHDRAWN: frozenset(),
    _State.EXPIRED: frozenset(),
}


class Escalation(models.Model):
    """A seller asks the marketplace for help with a conversation, which it reads as a whole; open until answered."""

    conversation = models.ForeignKey(Conversation, models.PROTECT, related_name="escalations")
    public_id = PublicIdField()
    reason = models.TextField()
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    answer = models.TextField(blank=True)
    answered_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["conversation"], name="escalation_open_once", condition=Q(answered_at__isnull=True)
            )
        ]
        indexes = [models.Index(fields=["made_at"], name="escalation_open", condition=Q(answered_at__isnull=True))]
