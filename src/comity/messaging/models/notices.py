"""What goes to many buyers at once, and who has agreed to send what.

Invariants
    * An agreement is settled by the side that did not propose it; once answered, its row never changes.
    * A notice moves along ``NOTICE_TRANSITIONS`` of its kind and nowhere else. A recall is never sent without the
      approval of somebody of the operator who neither wrote nor submitted it.
    * A buyer is a recipient of a notice once, whatever is repeated.
"""

from typing import Any

from django.db import models
from django.db.models import Q

from comity.accounts.models import Buyer, Marketplace, Seller, User
from comity.catalog.models import Product
from comity.common.ids import PublicIdField
from comity.common.models import Stream
from comity.messaging.models.conversations import Message, Side
from comity.messaging.models.order_notices import ORDER_NOTICE
from comity.messaging.models.outreach import REVIEW_REQUEST
from comity.orders.models import Order

_PARTIES = [(Side.SELLER, "seller"), (Side.MARKETPLACE, "marketplace")]


class Agreement(models.Model):
    """Seller and marketplace settle which of them sends one kind of message, from a day on (S10, S11).

    ``kind`` is a key of the profile's ``message_kinds``. Of those accepted, the one with the latest ``valid_from``
    that has come counts; of two with the same day, the one accepted last.
    """

    class State(models.TextChoices):
        PROPOSED = "proposed"
        ACCEPTED = "accepted"
        DECLINED = "declined"
        WITHDRAWN = "withdrawn"

    seller = models.ForeignKey(Seller, models.PROTECT, related_name="agreements")
    public_id = PublicIdField()
    kind = models.CharField(max_length=40)
    party = models.CharField(max_length=12, choices=_PARTIES)
    valid_from = models.DateField()
    note = models.TextField(blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.PROPOSED)
    proposed_side = models.CharField(max_length=12, choices=_PARTIES)
    proposed_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    answered_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["seller", "kind"], name="agreement_proposed_once", condition=Q(state="proposed")
            ),
            models.CheckConstraint(
                condition=Q(state="proposed", answered_by__isnull=True, answered_at__isnull=True)
                | (~Q(state="proposed") & Q(answered_by__isnull=False, answered_at__isnull=False)),
                name="agreement_answered_by_somebody",
            ),
        ]
        indexes = [models.Index(fields=["seller", "kind", "-valid_from"], name="agreement_in_force")]


AGREEMENT_TRANSITIONS: dict[str, frozenset[str]] = {
    "": frozenset({Agreement.State.PROPOSED}),
    Agreement.State.PROPOSED: frozenset(
        {Agreement.State.ACCEPTED, Agreement.State.DECLINED, Agreement.State.WITHDRAWN}
    ),
    Agreement.State.ACCEPTED: frozenset(),
    Agreement.State.DECLINED: frozenset(),
    Agreement.State.WITHDRAWN: frozenset(),
}


class Notice(Stream):
    """One text to the owners of one product: on service, on its content, or a recall (then with ``recall``).

    ``side`` says who speaks; ``seller`` whose orders are meant, none for every seller's. ``text`` is what each
    buyer reads, and the verdict on it was reached once, when it was written.
    """

    class Kind(models.TextChoices):
        SERVICE = "service", "Service notice"
        CONTENT_UPDATE = "content_update", "Content update"
        RECALL = "recall", "Recall"

    class State(models.TextChoices):
        DRAFT = "draft", "Draft"
        AWAITING = "awaiting", "Waits for approval"
        RETURNED = "returned", "Returned to its author"
        APPROVED = "approved", "Approved"
        SENDING = "sending", "Being sent"
        SENT = "sent", "Sent"
        STOPPED = "stopped", "Stopped"
        CLOSED = "closed", "Closed"
        DISCARDED = "discarded", "Discarded"

    marketplace = models.ForeignKey(Marketplace, models.PROTECT, related_name="notices")
    seller = models.ForeignKey(Seller, models.PROTECT, null=True, related_name="notices")
    public_id = PublicIdField()
    kind = models.CharField(max_length=16, choices=Kind.choices)
    side = models.CharField(max_length=12, choices=_PARTIES)
    product = models.ForeignKey(Product, models.PROTECT, related_name="notices")
    text = models.TextField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    outcome = models.CharField(max_length=8, blank=True)
    findings: Any = models.JSONField(default=list)
    rulebook_digest = models.CharField(max_length=64, blank=True)
    engine_version = models.CharField(max_length=20, blank=True)
    input_digest = models.CharField(max_length=64, blank=True)
    author = models.ForeignKey(User, models.PROTECT, related_name="notices")
    written_at = models.DateTimeField()
    submitted_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    submitted_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    reason = models.TextField(blank=True)
    sent_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(side=Side.MARKETPLACE) | Q(seller__isnull=False), name="notice_of_seller_has_seller"
            ),
            models.CheckConstraint(
                condition=~Q(kind="recall")
                | Q(state__in=["draft", "awaiting", "returned", "discarded"])
                | Q(decided_by__isnull=False),
                name="recall_sent_when_approved",
            ),
        ]
        indexes = [
            models.Index(fields=["seller", "-id"], name="notice_of_seller"),
            models.Index(fields=["marketplace", "kind", "-id"], name="notice_of_marketplace"),
            models.Index(fields=["product", "state"], name="notice_about_product"),
        ]

    @property
    def is_recall(self) -> bool:
        """Whether it is a recall: critical, approved, acknowledged."""
        return self.kind == self.Kind.RECALL

    @property
    def is_editable(self) -> bool:
        """Whether its author may still change it."""
        return self.state in (self.State.DRAFT, self.State.RETURNED)


# What a seller or the marketplace sends unasked and to which nothing is owed: it stops no clock and solves nothing.
ANSWERS_NOTHING = frozenset({REVIEW_REQUEST, ORDER_NOTICE, *Notice.Kind.values})

_State = Notice.State
_COMMON: dict[str, frozenset[str]] = {
    "": frozenset({_State.DRAFT}),
    _State.AWAITING: frozenset({_State.APPROVED, _State.RETURNED}),
    _State.APPROVED: frozenset({_State.SENDING}),
    _State.SENDING: frozenset({_State.SENT}),
    _State.STOPPED: frozenset(),
    _State.DISCARDED: frozenset(),
}
_OF_SELLER: dict[str, frozenset[str]] = {
    **_COMMON,
    # what the rules hold waits for a person; everything else goes out when its author confirms it
    _State.DRAFT: frozenset({_State.SENDING, _State.AWAITING, _State.DISCARDED}),
    _State.RETURNED: frozenset({_State.SENDING, _State.AWAITING, _State.DISCARDED}),
    # whose shop may no longer write first reaches nobody else; a recall goes on
    _State.SENDING: frozenset({_State.SENT, _State.STOPPED}),
    _State.SENT: frozenset(),
    _State.CLOSED: frozenset(),
}
NOTICE_TRANSITIONS: dict[str, dict[str, frozenset[str]]] = {
    Notice.Kind.SERVICE: _OF_SELLER,
    Notice.Kind.CONTENT_UPDATE: _OF_SELLER,
    Notice.Kind.RECALL: {
        **_COMMON,
        _State.DRAFT: frozenset({_State.AWAITING, _State.DISCARDED}),
        _State.RETURNED: frozenset({_State.AWAITING, _State.DISCARDED}),
        _State.SENT: frozenset({_State.CLOSED}),
        _State.CLOSED: frozenset(),
    },
}


class Recall(models.Model):
    """What a notice of a recall says, field by field: what is wrong, with which goods, what the buyer gets (S2)."""

    class Remedy(models.TextChoices):
        REFUND = "refund", "Refund"
        REPAIR = "repair", "Repair"
        REPLACEMENT = "replacement", "Replacement"
        DISPOSE = "dispose", "Disposal"

    notice = models.OneToOneField(Notice, models.CASCADE, primary_key=True, related_name="recall")
    is_public = models.BooleanField(default=False)
    lots: Any = models.JSONField(default=list)
    ordered_from = models.DateField(null=True)
    ordered_until = models.DateField(null=True)
    hazard = models.TextField()
    remedy = models.CharField(max_length=12, choices=Remedy.choices)
    instructions = models.TextField()


class NoticeRecipient(models.Model):
    """One buyer of a notice and what became of it for them; ``order`` is their latest order that it concerns."""

    class Outcome(models.TextChoices):
        SENT = "sent", "Sent"
        OPTED_OUT = "opted_out", "Takes no unsolicited messages"
        BLOCKED = "blocked", "Blocked between buyer and seller"
        NO_ACCOUNT = "no_account", "Has never signed in"
        RESTRICTED = "restricted", "The shop was restricted before their turn"

    notice = models.ForeignKey(Notice, models.CASCADE, related_name="recipients")
    buyer = models.ForeignKey(Buyer, models.PROTECT, related_name="notices")
    order = models.ForeignKey(Order, models.PROTECT, related_name="+")
    outcome = models.CharField(max_length=10, choices=Outcome.choices)
    message = models.ForeignKey(Message, models.PROTECT, null=True, related_name="+")
    acknowledged_at = models.DateTimeField(null=True)
    reminded_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["notice", "buyer"], name="notice_recipient_once"),
            models.CheckConstraint(
                condition=Q(outcome="sent", message__isnull=False) | (~Q(outcome="sent") & Q(message__isnull=True)),
                name="notice_sent_is_a_message",
            ),
        ]
        indexes = [
            models.Index(fields=["buyer", "notice"], name="notice_recipient_of_buyer"),
            models.Index(fields=["notice", "acknowledged_at"], name="notice_acknowledged"),
        ]
