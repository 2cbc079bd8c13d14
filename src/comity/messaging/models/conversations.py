"""Conversations: what buyer, seller and marketplace say about one order, listing or seller, on record.

Invariants
    * A message's words lie once, in the body of its *posted* record entry; the row here says what became of it.
    * States move along ``TRANSITIONS`` and nowhere else. Nothing is delivered by time alone.
    * At most one reply deadline of a conversation is open; it belongs to the first unanswered buyer message.
    * One conversation per buyer, addressee and subject: whoever writes again finds the old one.
"""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from comity.accounts.models import Buyer, Marketplace, Seller, User
from comity.catalog.models import Listing
from comity.common.ids import PublicIdField
from comity.common.models import Chained, Deadline, RecordBody
from comity.orders.models import Order


class Side(models.TextChoices):
    """Whose seat it is."""

    BUYER = "buyer"
    SELLER = "seller"
    MARKETPLACE = "marketplace"


class Conversation(Chained):
    """One subject, one buyer, one addressee (the seller, or the marketplace itself).

    ``only_notices``: nothing was delivered but what the marketplace tells by itself, so that nobody has work with it.
    """

    marketplace = models.ForeignKey(Marketplace, models.PROTECT, related_name="conversations")
    public_id = PublicIdField()
    buyer = models.ForeignKey(Buyer, models.PROTECT, related_name="conversations")
    addressee = models.CharField(max_length=12, choices=[(Side.SELLER, "seller"), (Side.MARKETPLACE, "marketplace")])
    seller = models.ForeignKey(Seller, models.PROTECT, null=True, related_name="conversations")
    order = models.ForeignKey(Order, models.PROTECT, null=True, related_name="conversations")
    listing = models.ForeignKey(Listing, models.PROTECT, null=True, related_name="conversations")
    topic = models.CharField(max_length=40)
    opened_at = models.DateTimeField()
    message_count = models.PositiveIntegerField(default=0)
    last_message = models.ForeignKey("Message", models.SET_NULL, null=True, related_name="+")
    last_message_at = models.DateTimeField(null=True)
    reply_due_at = models.DateTimeField(null=True)
    buyer_waiting_since = models.DateTimeField(null=True)
    assignee = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", db_index=False)
    unread_by_addressee = models.BooleanField(default=False)
    only_notices = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["buyer", "addressee", "order"],
                name="conversation_per_order",
                condition=Q(order__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["buyer", "addressee", "listing"],
                name="conversation_per_listing",
                condition=Q(order__isnull=True, listing__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["buyer", "addressee", "seller"],
                name="conversation_per_seller",
                condition=Q(order__isnull=True, listing__isnull=True, seller__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["buyer", "addressee"],
                name="conversation_without_subject",
                condition=Q(order__isnull=True, listing__isnull=True, seller__isnull=True),
            ),
            models.CheckConstraint(
                condition=Q(addressee=Side.MARKETPLACE) | Q(seller__isnull=False),
                name="conversation_has_addressee",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            # In the order of every inbox, so that a page of it is read from the index and nothing is sorted.
            models.Index(
                fields=["seller", "addressee", "reply_due_at", "-last_message_at", "-id"],
                name="conversation_seller_inbox",
                condition=Q(last_message__isnull=False),
            ),
            models.Index(
                fields=["marketplace", "addressee", "reply_due_at", "-last_message_at", "-id"],
                name="conversation_service_inbox",
                condition=Q(last_message__isnull=False),
            ),
            models.Index(  # every order has a conversation of notices: the desk's lists must not walk over them
                fields=["marketplace", "addressee", "reply_due_at", "-last_message_at", "-id"],
                name="conversation_service_work",
                condition=Q(last_message__isnull=False, only_notices=False),
            ),
            models.Index(
                fields=["assignee", "reply_due_at", "-last_message_at", "-id"],
                name="conversation_of_assignee",
                condition=Q(assignee__isnull=False),
            ),
            models.Index(
                fields=["seller", "addressee", "reply_due_at", "-last_message_at", "-id"],
                name="conversation_unread",
                condition=Q(unread_by_addressee=True, last_message__isnull=False),
            ),
            models.Index(fields=["buyer", "-last_message_at"], name="conversation_of_buyer"),
        ]


class Participant(models.Model):
    """One seat in a conversation. ``read_up_to`` is the record position up to which the seat has read."""

    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="participants")
    side = models.CharField(max_length=12, choices=Side.choices)
    read_up_to = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["conversation", "side"], name="participant_side_once"),
        ]


class Message(models.Model):
    """One immutable utterance and what became of it.

    ``likeness``: of what a seller wrote first in words of its own, a number that the same shop's messages of nearly
    the same words share (``screening.services.recognition``); nothing else has one.
    """

    class State(models.TextChoices):
        ACCEPTED = "accepted"
        HELD = "held"
        BLOCKED = "blocked"
        DELIVERED = "delivered"
        WITHDRAWN = "withdrawn"

    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="messages")
    public_id = PublicIdField()
    number = models.PositiveIntegerField()
    side = models.CharField(max_length=12, choices=Side.choices)
    author = models.ForeignKey(User, models.PROTECT, null=True, related_name="messages")
    body = models.ForeignKey(RecordBody, models.SET_NULL, null=True, related_name="+")
    language = models.CharField(max_length=12, blank=True)
    purpose = models.CharField(max_length=20)
    topic = models.CharField(max_length=40, blank=True)
    automatic = models.BooleanField(default=False)
    replaces = models.ForeignKey("self", models.PROTECT, null=True, related_name="replaced_by")
    file_count = models.PositiveSmallIntegerField(default=0)
    state = models.CharField(max_length=10, choices=State.choices)
    sent_at = models.DateTimeField()
    held_until = models.DateTimeField(null=True)
    undo_until = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)
    delivered_position = models.PositiveIntegerField(null=True)
    rulebook_digest = models.CharField(max_length=64, blank=True)
    engine_version = models.CharField(max_length=20, blank=True)
    likeness = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["conversation", "number"], name="message_number_once"),
            models.CheckConstraint(
                condition=~Q(state="held") | Q(held_until__isnull=False), name="held_message_has_until"
            ),
        ]
        indexes = [
            models.Index(fields=["state", "held_until"], name="message_held", condition=Q(state="held")),
            models.Index(
                fields=["sent_at"], name="message_refused", condition=Q(state="blocked") | Q(state="withdrawn")
            ),
            # The number is that of one seller's words, so this is read seller by seller.
            models.Index(fields=["likeness", "sent_at"], name="message_alike", condition=Q(likeness__isnull=False)),
        ]

    @property
    def text(self) -> str:
        """The words, or an empty text once they are erased."""
        return self.body.text if self.body else ""


TRANSITIONS: dict[str, frozenset[str]] = {
    # a draft becomes a message in one of three states, by verdict
    "": frozenset({Message.State.ACCEPTED, Message.State.HELD, Message.State.BLOCKED}),
    # taken back by its author before delivery, where there is time for it (undo_until)
    Message.State.ACCEPTED: frozenset({Message.State.DELIVERED, Message.State.WITHDRAWN}),
    # released, returned to its author or taken back, blocked
    Message.State.HELD: frozenset({Message.State.ACCEPTED, Message.State.WITHDRAWN, Message.State.BLOCKED}),
    Message.State.BLOCKED: frozenset(),
    Message.State.DELIVERED: frozenset(),
    Message.State.WITHDRAWN: frozenset(),
}


class Finding(models.Model):
    """One rule's hit in a message: code-point offsets in its text, why, and how to mend it.

    In a file the offsets are those of the words read on ``page`` (0 where it has none), and ``quote`` holds them.
    ``reason`` and ``advice`` are English; from ``form`` and ``detail`` they are told in other languages. Findings older
    than these two have none, and are told as they stand.
    """

    message = models.ForeignKey(Message, models.CASCADE, related_name="findings")
    attachment = models.ForeignKey("Attachment", models.CASCADE, null=True, related_name="findings")
    page = models.PositiveIntegerField(null=True)
    quote = models.TextField(blank=True)
    position = models.PositiveSmallIntegerField()
    rule = models.CharField(max_length=60)
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()
    outcome = models.CharField(max_length=8)
    reason = models.TextField()
    advice = models.TextField()
    form = models.CharField(max_length=40, blank=True, default="")
    detail = models.TextField(blank=True, default="")

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["message", "position"], name="finding_position_once")]

    @property
    def where(self) -> str:
        """The file and page of a finding in a file; empty for one in the words of the message."""
        return place_in_file(self.attachment.name, self.page or 0) if self.attachment else ""


class TrialFinding(models.Model):
    """What a rule on trial found in a message: counted for the operator, shown to neither side, without any effect.

    In a file the offsets are those of the words read on ``page`` (0 where it has none), as in ``Finding``.
    """

    message = models.ForeignKey(Message, models.CASCADE, related_name="trial_findings")
    attachment = models.ForeignKey("Attachment", models.CASCADE, null=True, related_name="trial_findings")
    page = models.PositiveIntegerField(null=True)
    rule = models.CharField(max_length=60)
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()
    outcome = models.CharField(max_length=8)


def place_in_file(name: str, page: int) -> str:
    """“invoice.pdf, page 2”."""
    return f"{name}, page {page}" if page else name


class Ruling(models.Model):
    """A person's decision on a held message; its reason lies in the body of the *ruled* record entry."""

    class Decision(models.TextChoices):
        RELEASE = "release"
        RETURN = "return"
        BLOCK = "block"

    message = models.OneToOneField(Message, models.CASCADE, related_name="ruling")
    decided_by = models.ForeignKey(User, models.PROTECT, related_name="rulings")
    decision = models.CharField(max_length=8, choices=Decision.choices)
    body = models.ForeignKey(RecordBody, models.SET_NULL, null=True, related_name="+")
    decided_at = models.DateTimeField(db_index=True)

    @property
    def reason(self) -> str:
        """What the author is told."""
        return self.body.text if self.body else ""


class ReplyDeadline(Deadline):
    """When an answer is due: 24 hours of wall time from the first unanswered buyer message (S27, rules §3).

    ``seller`` is the shop that owes the answer; none where the marketplace does.
    """

    class End(models.TextChoices):
        OPEN = "", "open"
        ANSWERED = "answered"
        NOT_NEEDED = "not_needed"
        MERGED = "merged"

    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="reply_deadlines")
    owed_by = models.CharField(max_length=12, choices=[(Side.SELLER, "seller"), (Side.MARKETPLACE, "marketplace")])
    seller = models.ForeignKey(Seller, models.PROTECT, null=True, related_name="reply_deadlines", db_index=False)
    first_message = models.ForeignKey(Message, models.PROTECT, related_name="+")
    ended_by = models.ForeignKey(Message, models.PROTECT, null=True, related_name="+")
    marked_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    end = models.CharField(max_length=12, choices=End.choices, blank=True, default=End.OPEN)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["conversation"], name="reply_deadline_open_once", condition=Q(ended_at__isnull=True)
            )
        ]
        indexes = [
            models.Index(fields=["seller", "-ended_at"], name="reply_deadline_answered", condition=Q(end="answered")),
        ]


class Draft(models.Model):
    """What a user has typed and not yet sent, per place: a conversation, or a contact form's subject.

    ``started_at``: since when the user has been writing without a longer rest.
    """

    user = models.ForeignKey(User, models.CASCADE, related_name="drafts")
    place = models.CharField(max_length=80)
    text = models.TextField()
    topic = models.CharField(max_length=40, blank=True)
    started_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "place"], name="draft_place_once")]
        indexes = [models.Index(fields=["place", "updated_at"], name="draft_of_place")]
