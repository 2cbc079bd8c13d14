"""Money: what a buyer owes for an order, and every cent that moved because of it. Amounts are minor units.

Accounts; a positive entry is a debit, a negative one a credit
    provider     money that the payment provider holds for the marketplace: taken from buyers, not yet paid out
    seller       what the marketplace owes a seller, as a credit; a debit balance is what the seller owes it
    reserve      a part of that, held back while a claim is open
    marketplace  what the marketplace itself bears: reimbursements, and some of what banks take (see below)
    buyer        what the marketplace owes buyers outside of the provider, as a credit
    before       paid before these books began: orders that a historic import brought

Invariants
    * One journal an event: ``(kind, cause)`` is unique, so nothing is booked twice, whoever repeats it.
    * The entries of a journal sum to zero, so all books together do.
    * ``refunded + reserved <= captured``, ``lost <= captured`` and ``captured + released <= authorised``, held by the
      database.
    * Whoever moves money locks the payable first; of several, in the order of their keys.
    * A payable's sums are what its journals say; ``comity ledger reconcile`` compares the two, and both with what
      the payment provider knows.

Disputes: a buyer's bank takes money back, whatever was given back of the order before
    * As much of it as the order still has is a ``chargeback``, the rest a ``loss``: that money is gone twice. Both are
      booked as soon as the bank has taken them; a loss waits while a claim holds a part of the order's money, and is
      booked before anything else can be had of what the claim sets free.
    * The seller bears both; the marketplace does where it fulfils the order, and what a loss takes beyond the seller's
      balance. What the bank gives again, ``recovery`` and ``reversal``, goes to who bore it, the loss first.
    * All disputes of an order never take more than was captured. What goes beyond is not believed: it is not booked,
      and `comity ledger reconcile` lists it until the bank gives again or a person has asked the provider.
    * One that is told in another currency than the order's is booked once a person has said what it is in the order's.

A ``Payment`` is what the provider is to do about it: it is asked outside of the transaction, with the payment's public
id and round as its idempotency key, and its answer is booked in another.
"""

from django.db import models
from django.db.models import F, Q

from comity.accounts.models import Marketplace, Seller
from comity.common.ids import PublicIdField
from comity.common.models import Stream


class Payable(Stream):
    """What one order costs its buyer, and how much of it has been taken, given up, given back, held back, paid out.

    ``subject``: the public id of the order. ``authorisation``: the provider's own id of what the buyer agreed to pay,
    for this order alone; empty where none was told. ``lost_minor``: what a buyer's bank has taken beyond the rest.
    """

    marketplace = models.ForeignKey(Marketplace, models.PROTECT, related_name="payables")
    seller = models.ForeignKey(Seller, models.PROTECT, related_name="payables")
    public_id = PublicIdField()
    subject = models.CharField(max_length=31, unique=True)
    authorisation = models.CharField(max_length=100, blank=True)
    currency = models.CharField(max_length=3)
    authorised_minor = models.PositiveBigIntegerField()
    captured_minor = models.PositiveBigIntegerField(default=0)
    released_minor = models.PositiveBigIntegerField(default=0)
    refunded_minor = models.PositiveBigIntegerField(default=0)
    reserved_minor = models.PositiveBigIntegerField(default=0)
    lost_minor = models.PositiveBigIntegerField(default=0)
    opened_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(captured_minor__gte=F("refunded_minor") + F("reserved_minor")),
                name="payable_never_over_paid",
            ),
            models.CheckConstraint(condition=Q(captured_minor__gte=F("lost_minor")), name="payable_never_over_lost"),
            models.CheckConstraint(
                condition=Q(authorised_minor__gte=F("captured_minor") + F("released_minor")),
                name="payable_never_over_charged",
            ),
            models.UniqueConstraint(
                fields=["authorisation"], condition=~Q(authorisation=""), name="payable_authorised_once"
            ),
        ]

    @property
    def open_minor(self) -> int:
        """What may still be taken from the buyer."""
        return self.authorised_minor - self.captured_minor - self.released_minor

    @property
    def refundable_minor(self) -> int:
        """What may still be given back."""
        return max(self.captured_minor - self.refunded_minor - self.lost_minor - self.reserved_minor, 0)


class Journal(models.Model):
    """One event that moved money. ``cause``: the public id of what made it so: a shipment, an adjustment, a run."""

    class Kind(models.TextChoices):
        BROUGHT_FORWARD = "brought_forward"
        CAPTURE = "capture"
        RELEASE = "release"
        REFUND = "refund"
        REIMBURSEMENT = "reimbursement"
        RESERVE = "reserve"
        UNRESERVE = "unreserve"
        DISBURSEMENT = "disbursement"
        CHARGEBACK = "chargeback"
        REVERSAL = "reversal"
        LOSS = "loss"
        RECOVERY = "recovery"
        WRITE_OFF = "write_off"
        OWED = "owed"

    marketplace = models.ForeignKey(Marketplace, models.PROTECT, related_name="journals")
    payable = models.ForeignKey(Payable, models.PROTECT, null=True, related_name="journals")
    public_id = PublicIdField()
    kind = models.CharField(max_length=16, choices=Kind.choices)
    cause = models.CharField(max_length=31)
    currency = models.CharField(max_length=3)
    amount_minor = models.PositiveBigIntegerField()
    actor = models.CharField(max_length=31, blank=True)
    occurred_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "cause"], name="journal_once")]
        indexes = [models.Index(fields=["payable", "id"], name="journal_of_payable")]


class Entry(models.Model):
    """One side of a journal: a debit (positive) or a credit (negative) of one account."""

    class Account(models.TextChoices):
        PROVIDER = "provider"
        SELLER = "seller"
        RESERVE = "reserve"
        MARKETPLACE = "marketplace"
        BUYER = "buyer"
        BEFORE = "before"

    journal = models.ForeignKey(Journal, models.PROTECT, related_name="entries")
    account = models.CharField(max_length=12, choices=Account.choices)
    seller = models.ForeignKey(Seller, models.PROTECT, null=True, related_name="ledger_entries")
    amount_minor = models.BigIntegerField()

    class Meta:
        indexes = [models.Index(fields=["seller", "account"], name="entry_of_seller")]


class Payment(models.Model):
    """What the payment provider does for a journal: asked outside of the transaction, as often as it takes.

    requested -> done | failed; a failed one waits for a person. ``reference`` is the provider's own id of it. Of one
    payable they are asked for in the order of their journals; ``leased_until``: a worker has it in hand.
    ``round``: how often its key was given up, ``keyed_at``: when the present one was first used; what was asked for
    then is asked for with that key ever after, so ``final`` stays as it was.
    ``given_up_minor``: so much of it is not asked for any more, since it could not be taken from the buyer, or not be
    given back by the provider.
    """

    class State(models.TextChoices):
        REQUESTED = "requested"
        DONE = "done"
        FAILED = "failed"

    journal = models.OneToOneField(Journal, models.PROTECT, related_name="payment")
    public_id = PublicIdField()
    provider = models.CharField(max_length=20)
    state = models.CharField(max_length=10, choices=State.choices)
    reference = models.CharField(max_length=100, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=200, blank=True)
    requested_at = models.DateTimeField()
    run_after = models.DateTimeField()
    leased_until = models.DateTimeField(null=True)
    round = models.PositiveSmallIntegerField(default=0)
    keyed_at = models.DateTimeField(null=True)
    final = models.BooleanField(null=True)
    settled_at = models.DateTimeField(null=True)
    given_up_minor = models.PositiveBigIntegerField(default=0)

    class Meta:
        indexes = [models.Index(fields=["run_after"], name="payment_waiting", condition=~Q(state="done"))]

    @property
    def key(self) -> str:
        """The idempotency key that it is asked for with."""
        return f"{self.public_id}-{self.round}" if self.round else self.public_id

    @property
    def amount_minor(self) -> int:
        """What the provider is asked for."""
        return self.journal.amount_minor - self.given_up_minor


class Dispute(models.Model):
    """What the provider told of money that the buyer's bank took back, and gave again; in any order, None: not told.

    ``cause``: as the journals of it name it. ``currency``: in which that was told, empty for the order's. Of one in
    another currency ``translated_minor`` is what a person said that the bank has of the order's money by it.
    """

    payable = models.ForeignKey(Payable, models.PROTECT, related_name="disputes")
    cause = models.CharField(max_length=31)
    currency = models.CharField(max_length=3, blank=True)
    withdrawn_minor = models.PositiveBigIntegerField(null=True)
    reinstated_minor = models.PositiveBigIntegerField(null=True)
    translated_minor = models.PositiveBigIntegerField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["payable", "cause"], name="dispute_once")]


class EarlyNotice(models.Model):
    """What the provider told of a dispute before the payment was known here: an order that is imported later, say.

    Kept until it is, once for each ``kind`` (``chargeback``, ``reversal``) of a dispute. The provider also tells of
    payments that never become known, those of another shop on the same account; one row each is what they cost.
    """

    authorisation = models.CharField(max_length=100)
    kind = models.CharField(max_length=10)
    cause = models.CharField(max_length=31)
    currency = models.CharField(max_length=3, blank=True)
    amount_minor = models.BigIntegerField()
    told_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["authorisation", "kind", "cause"], name="early_notice_once")]


class Hold(models.Model):
    """An account-level hold: nothing is paid out to the seller from ``starts_at`` until it is lifted or ends."""

    seller = models.ForeignKey(Seller, models.PROTECT, related_name="holds")
    public_id = PublicIdField()
    reason = models.TextField()
    made_by = models.CharField(max_length=31, blank=True)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)
    lifted_at = models.DateTimeField(null=True)
    lifted_by = models.CharField(max_length=31, blank=True)


class Disbursement(models.Model):
    """What was paid out to a seller in one currency, once a day of its schedule."""

    seller = models.ForeignKey(Seller, models.PROTECT, related_name="disbursements")
    public_id = PublicIdField()
    currency = models.CharField(max_length=3)
    amount_minor = models.PositiveBigIntegerField()
    due_on = models.DateField()
    made_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["seller", "currency", "due_on"], name="disbursement_once_a_day")]
