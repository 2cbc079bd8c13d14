"""What is bought again and again on the same terms (S8, S10, S13).

Life (``SUBSCRIPTION_TRANSITIONS``)
    active    each period is announced, then renewed: an order of its own, with the terms of the subscription
    cancelled by the buyer, here or in the marketplace's shop; what was ordered before still comes
    ended     by itself (``end_reason``), where there is nothing any more that could be bought again
From neither of the last two is there a way back: who wants it again subscribes again.

Invariants
    * No renewal that was not announced at least the profile's ``notice_days`` before, in days of the marketplace's
      calendar. ``announced_on`` is that day, of the period to come; without it nothing is renewed.
    * A period is renewed once (``renewal_once_a_period``), and only the next one: periods that were missed are not
      caught up with. One that could not be announced in time is moved later, never earlier, and those after it follow.
    * ``renews_on`` falls on ``anchor_day`` of its month, or on the month's last day where it has none of that number.
    * What the buyer agreed to (listing, price, currency, months, terms) does not change.
    * Every announcement, renewal and end is an entry of the subscription's own record, with the event of that name.

Where a payment provider takes the money
    * A renewal is paid for first: the provider is asked, outside of any transaction, to hold its price (``customer``
      and ``method`` are its own ids of the buyer and of how they pay); the order is made with what it holds, in the
      transaction that marks the ``RenewalPayment`` as used. The money is taken as it leaves, like any other order's.
    * Of one subscription one payment at most is in hand (``renewal_payment_one_in_hand``), and one idempotency key has
      one effect. So a process that dies between the two leaves what the next one finds, and makes one order of.
    * What is held for a renewal that is not made is let go.
    * One that is refused is not tried again: nothing is ordered, and nothing is announced or renewed while
      ``declined_at`` stands. Another payment, with a file, takes it away; then the renewal is made where its day is not
      over by more than ``late_days``, and announced anew otherwise.
"""

from django.db import models
from django.db.models import F, Q

from comity.accounts.models import Buyer, Marketplace, Seller
from comity.catalog.models import Listing
from comity.common.ids import PublicIdField
from comity.common.models import Chained
from comity.orders.models.orders import Order


class Subscription(Chained):
    """One buyer's standing purchase of one listing. ``months`` between renewals; prices are minor units.

    ``customer``, ``method``: how it is paid, in the payment provider's own ids; empty where none were told.
    """

    class State(models.TextChoices):
        ACTIVE = "active"
        CANCELLED = "cancelled"
        ENDED = "ended"

    class EndReason(models.TextChoices):
        NONE = "", "none"
        WITHDRAWN = "withdrawn"  # the listing is not offered any more
        OUT_OF_STOCK = "out_of_stock"  # on the day of the renewal

    marketplace = models.ForeignKey(Marketplace, models.PROTECT, related_name="subscriptions")
    buyer = models.ForeignKey(Buyer, models.PROTECT, related_name="subscriptions")
    seller = models.ForeignKey(Seller, models.PROTECT, related_name="subscriptions")
    listing = models.ForeignKey(Listing, models.PROTECT, related_name="subscriptions")
    public_id = PublicIdField()
    source = models.CharField(max_length=60, default="comity")
    external_id = models.CharField(max_length=100)
    state = models.CharField(max_length=10, choices=State.choices, default=State.ACTIVE)
    terms = models.TextField(blank=True)
    months = models.PositiveSmallIntegerField(default=1)
    price_minor = models.PositiveBigIntegerField()
    currency = models.CharField(max_length=3)
    started_at = models.DateTimeField()
    renews_on = models.DateField()
    anchor_day = models.PositiveSmallIntegerField()
    announced_on = models.DateField(null=True)
    customer = models.CharField(max_length=100, blank=True, default="")
    method = models.CharField(max_length=100, blank=True, default="")
    declined_at = models.DateTimeField(null=True)
    cancelled_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    end_reason = models.CharField(max_length=12, choices=EndReason.choices, blank=True, default=EndReason.NONE)

    class Meta:
        indexes = [
            models.Index(fields=["renews_on"], name="subscription_due", condition=Q(state="active")),
            models.Index(fields=["seller", "-started_at"], name="subscription_of_seller"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["marketplace", "source", "external_id"], name="subscription_external_id_once"
            ),
            models.CheckConstraint(
                condition=Q(months__gt=0, anchor_day__gt=0, anchor_day__lte=31), name="subscription_has_periods"
            ),
            models.CheckConstraint(
                condition=Q(announced_on__isnull=True) | Q(announced_on__lte=F("renews_on")),
                name="subscription_announced_before",
            ),
            models.CheckConstraint(
                condition=Q(state="active", cancelled_at=None, ended_at=None, end_reason="")
                | Q(state="cancelled", cancelled_at__isnull=False, ended_at=None, end_reason="")
                | (Q(state="ended", cancelled_at=None, ended_at__isnull=False) & ~Q(end_reason="")),
                name="subscription_end_fits_state",
            ),
            models.CheckConstraint(
                condition=Q(declined_at=None) | Q(state="active"), name="subscription_declined_goes_on"
            ),
        ]


SUBSCRIPTION_TRANSITIONS: dict[str, frozenset[str]] = {
    Subscription.State.ACTIVE: frozenset({Subscription.State.CANCELLED, Subscription.State.ENDED}),
    Subscription.State.CANCELLED: frozenset(),
    Subscription.State.ENDED: frozenset(),
}


class Renewal(models.Model):
    """One period of a subscription and the order that it made; the first is the purchase itself.

    ``announced_on``: the day on which the buyer was told of it; none of the first.
    """

    subscription = models.ForeignKey(Subscription, models.CASCADE, related_name="renewals")
    order = models.OneToOneField(Order, models.PROTECT, related_name="renewal")
    period_on = models.DateField()
    announced_on = models.DateField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["subscription", "period_on"], name="renewal_once_a_period")]


class RenewalPayment(models.Model):
    """What the payment provider is asked to hold for one period, before the order of that period is made.

    requested  it is asked, or was and it is not known what came of it
    used       the order stands, and is charged with it
    void       no order is made with it: refused, or not wanted any more; what there is of it has to be let go
    over       nothing is held, nor can be

    ``leased_until``: a worker has it in hand. ``round``: how often its key was given up, ``keyed_at``: when the present
    one was first used, as of ``ledger.Payment``. ``customer`` and ``method`` are what was asked with, until it is over.
    """

    class State(models.TextChoices):
        REQUESTED = "requested"
        USED = "used"
        VOID = "void"
        OVER = "over"

    subscription = models.ForeignKey(Subscription, models.CASCADE, related_name="payments")
    public_id = PublicIdField()
    period_on = models.DateField()
    customer = models.CharField(max_length=100, blank=True)
    method = models.CharField(max_length=100, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.REQUESTED)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=200, blank=True)
    requested_at = models.DateTimeField()
    run_after = models.DateTimeField()
    leased_until = models.DateTimeField(null=True)
    round = models.PositiveSmallIntegerField(default=0)
    keyed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["subscription"], condition=Q(state="requested"), name="renewal_payment_one_in_hand"
            )
        ]
        indexes = [models.Index(fields=["run_after"], name="renewal_payment_void", condition=Q(state="void"))]

    @property
    def key(self) -> str:
        """The idempotency key that it is asked for with."""
        return f"{self.public_id}-{self.round}" if self.round else self.public_id


RENEWAL_PAYMENT_TRANSITIONS: dict[str, frozenset[str]] = {
    RenewalPayment.State.REQUESTED: frozenset({RenewalPayment.State.USED, RenewalPayment.State.VOID}),
    RenewalPayment.State.USED: frozenset(),
    RenewalPayment.State.VOID: frozenset({RenewalPayment.State.OVER}),
    RenewalPayment.State.OVER: frozenset(),
}
